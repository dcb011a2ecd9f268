"""Files below a folder, one entry each, in order."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dicome.inspect import ls, ls_shown
from dicome.inspect.count import count
from dicome.inspect.ls_series import series_of
from dicome.inspect.ls_shown import human_size
from tests.inspect.making import classic, enhanced_file


def flat(paths: list[Path], hidden: bool = False) -> list[str]:
    lines = []
    for piece in ls.listed([str(path) for path in paths], hidden=hidden):
        lines += [f"{piece.path}:"] if isinstance(piece, ls.Folder) else [entry.name for entry in piece]
    return lines


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("b", "a", "a/x", ".hidden"):
        (tmp_path / folder).mkdir()
    classic(tmp_path / "a" / "2.dcm")
    classic(tmp_path / "a" / "10.dcm")
    enhanced_file(tmp_path / "a" / "x" / "e.dcm")
    (tmp_path / "b" / "notes.txt").write_text("hello")
    (tmp_path / "b" / "gone").symlink_to("nowhere")
    (tmp_path / "b" / "loop").symlink_to("..")
    (tmp_path / "z").touch()
    return tmp_path


def test_sorted_folder_by_folder(tree: Path) -> None:
    t = str(tree)
    assert flat([tree]) == [
        f"{t}:", "a", "b", "z", f"{t}/a:", "10.dcm", "2.dcm", "x", f"{t}/a/x:", "e.dcm", f"{t}/b:",
        "gone", "loop", "notes.txt",
    ]  # fmt: skip
    assert ".hidden" in flat([tree], hidden=True)
    assert flat([tree / "z", tree / "b"])[:2] == [f"{t}/z", f"{t}/b:"]


def test_headers(tree: Path) -> None:
    entry = ls.entry_of(str(tree / "a"), "2.dcm")
    assert entry.header is not None
    assert entry.header.fields["SeriesDescription"] == "T1 TFE"
    assert list(entry.header.fields) == [
        "SeriesDate", "SeriesTime", "StudyDescription", "SeriesDescription", "PatientName", "PatientID", "ProtocolName",
        "SeriesNumber", "PerformedProcedureStepDescription",
    ]  # fmt: skip
    assert (entry.header.frames, entry.header.shape) == (1, "")
    many = ls.entry_of(str(tree / "a" / "x"), "e.dcm").header
    assert many is not None
    assert (many.frames, many.shape) == (3, "2 x 2 x 3")


def test_what_is_no_dicom_is_plain(tree: Path) -> None:
    for name in ("notes.txt", "gone", "loop"):
        entry = ls.entry_of(str(tree / "b"), name)
        assert (entry.header, entry.problem) == (None, "")
        assert entry.status is not None


def test_a_link_says_where_it_leads(tree: Path) -> None:
    (tree / "a" / "z").symlink_to("2.dcm")
    (tree / "a" / "round").symlink_to("round")
    found = {name: ls.entry_of(str(tree / folder), name) for folder, name in
             (("a", "z"), ("a", "round"), ("b", "gone"), ("b", "loop"))}  # fmt: skip
    assert {name: entry.link for name, entry in found.items()} == {
        "z": "2.dcm", "round": "round (broken)", "gone": "nowhere (broken)", "loop": ".."
    }  # fmt: skip
    assert found["z"].header is not None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert ls.entry_of(str(tmp_path), "pipe").header is None


def test_damage_is_told(tmp_path: Path) -> None:
    path = classic(tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[:300])
    entry = ls.entry_of(str(tmp_path), "a.dcm")
    assert entry.header is None
    assert "a.dcm" in entry.problem
    assert ls.entry_of(str(tmp_path), "missing").problem == "No such file or directory"


def test_several_processes_give_the_same_in_the_same_order(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(150):
        classic(tree / "b" / f"{number:03}.dcm", {0x00200013: str(number)})
    monkeypatch.setattr(ls, "CHUNK", 7)
    alone = list(ls.listed([str(tree)]))
    monkeypatch.setattr(ls, "ALONE", 5)
    together = list(ls.listed([str(tree)], jobs=2))
    assert [one if isinstance(one, ls.Folder) else [(e.path, e.header) for e in one] for one in together] == [
        one if isinstance(one, ls.Folder) else [(e.path, e.header) for e in one] for one in alone
    ]


def test_nothing_is_read_ahead(tree: Path) -> None:
    """The first piece comes before other folders are looked at."""
    stream = ls.listed([str(tree)])
    assert isinstance(next(stream), ls.Folder)
    assert not isinstance(next(stream), ls.Folder)
    (tree / "b" / "late.dcm").write_bytes((tree / "a" / "2.dcm").read_bytes())
    rest = [entry.name for piece in stream if not isinstance(piece, ls.Folder) for entry in piece]
    assert "late.dcm" in rest


def test_series(tree: Path) -> None:
    classic(tree / "b" / "other.dcm", {0x0020000E: "9.9", 0x00200011: "5"})
    found = series_of(ls.listed([str(tree)]))
    assert [(one.uid, one.files, one.frames) for one in found] == [("9.9", 1, 1), ("1.2.3", 2, 2)]
    assert found[1].dimensions == "2 x 2 x 2"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0"), (1023, "1023"), (1024, "1.0K"), (1025, "1.1K"), (10239, "10K"), (10241, "11K"), (1048575, "1.0M"),
     (1048576, "1.0M"), (5 << 30, "5.0G"), ((1 << 40) - 1, "1.0T")],
)  # fmt: skip
def test_sizes_as_ls_has_them(size: int, text: str) -> None:
    assert human_size(size) == text


def test_no_number_is_too_long(tmp_path: Path) -> None:
    """Python refuses to read so many digits; an integer string has twelve (PS3.5 6.2)."""
    for uid, number in (("1", "7"), ("2", "1" * 5000), ("3", "5")):
        classic(tmp_path / f"{uid}.dcm", {0x0020000E: uid, 0x00200011: number})
    assert [one.uid for one in series_of(ls.listed([str(tmp_path)]))] == ["2", "3", "1"]
    assert [one.uid for one in count(ls.listed([str(tmp_path)]))] == ["2", "3", "1"]


@pytest.mark.parametrize("seconds", [1e17, -1e17])
def test_times_that_no_calendar_has(tmp_path: Path, seconds: float) -> None:
    """ls shows them as seconds."""
    classic(tmp_path / "a.dcm")
    entry = ls.entry_of(str(tmp_path), "a.dcm")
    assert entry.status is not None
    strange = entry._replace(status=entry.status._replace(modified=seconds, accessed=seconds))
    (line,) = ls_shown.Lines().of([strange])
    assert f" {seconds:.0f} a.dcm" in line
    facts = ls_shown.facts_of(strange, phi=True)
    assert facts["Modified"] == facts["Accessed"] == f"{seconds:.0f}"


def test_a_field_of_any_length_widens_no_other_line(tmp_path: Path) -> None:
    """One description of 60 kB would make every line of its folder as long."""
    classic(tmp_path / "a.dcm", {0x0008103E: "x" * 60_000})
    classic(tmp_path / "b.dcm")
    entries = [ls.entry_of(str(tmp_path), name) for name in ("a.dcm", "b.dcm")]
    first, second = ls_shown.Lines().of(entries)
    assert "x" * 60_000 in first
    assert len(second) < 400
