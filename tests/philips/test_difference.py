"""What differs between scans, cards and series."""

from __future__ import annotations

from pathlib import Path

import pytest

from dicome.errors import ArgumentError, FileMissingError
from dicome.philips.difference import differences, section_lines, split
from tests.support.raw_files import SCAN, Setting, as_exam, card, changed, group, raw_file

T1, T2 = group(*SCAN), group(*changed("EX_ACQ_flip_angle", [30.0]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.ExamCard").write_bytes(card("A", [("T1", T1), ("T2", T2), ("gone", T1)]))
    (tmp_path / "b:b.ExamCard").write_bytes(card("B", [("T1", T2), ("T2", T2), ("new", T1)]))
    (tmp_path / "XX_0001").write_bytes(raw_file([("PDF_EXAM_PARS", as_exam()), ("PDF_SPT_PARS", T1)]))
    exam = as_exam(changed("EX_GEO_fov", [200.0]))
    (tmp_path / "XX_0002").write_bytes(raw_file([("PDF_EXAM_PARS", exam), ("PDF_SPT_PARS", T1)], series=302))
    return tmp_path


def test_two_scans(folder: Path) -> None:
    (section,) = differences(f"{folder}/a.ExamCard:T1", f"{folder}/b:b.ExamCard:T1")
    (change,) = section.changes
    assert (change.name, change.label, change.left, change.right) == (
        "EX_ACQ_flip_angle",
        "Flip angle (deg)",
        "90",
        "30",
    )
    lines = list(section_lines(section))
    assert lines[0].endswith("1 differ")
    assert lines[1].split() == ["EX_ACQ_flip_angle", "Flip", "angle", "(deg)", "90", "|", "30"]
    assert differences(f"{folder}/a.ExamCard:2", f"{folder}/b:b.ExamCard:T2")[0].changes == ()


def test_labels_of_a_series_are_those_of_what_the_console_shows(folder: Path) -> None:
    """A series holds parameters between those of a sheet: they are no heading of what comes next."""

    def exam(delay: float) -> bytes:
        return as_exam(
            (
                Setting("EX_FLL_mode", "enum", [1], shown=True),
                Setting("EX_between", "int", [3], shown=False),
                Setting("EX_FLL_delay", "float", [delay], shown=True),
            )
        )

    for name, delay in (("XX_0011", 300.0), ("XX_0012", 1200.0)):
        (folder / name).write_bytes(raw_file([("PDF_EXAM_PARS", exam(delay))]))
    (section,) = differences(f"{folder}/XX_0011", f"{folder}/XX_0012")
    (change,) = section.changes
    assert (change.label, change.left) == ("Arterial Spin labeling, label delay (ms)", "300")


def test_the_words_of_a_card_that_is_named(folder: Path) -> None:
    exam = as_exam(changed("EX_ACQ_scan_mode", [1]))
    (folder / "XX_0011").write_bytes(raw_file([("PDF_EXAM_PARS", exam), ("PDF_SPT_PARS", T1)]))
    paths = f"{folder}/XX_0001", f"{folder}/XX_0011"
    for cards, wanted in (((), ("2", "1")), ((folder / "a.ExamCard",), ("2 MS", "1 3D"))):
        changes = differences(*paths, cards)[0].changes
        assert [(one.left, one.right) for one in changes if one.name == "EX_ACQ_scan_mode"] == [wanted]


def test_scans_of_one_name(folder: Path) -> None:
    """The names that messages and sections give them can be used."""
    (folder / "c.ExamCard").write_bytes(card("C", [("T1", T1), ("T1", T2)]))
    path = f"{folder}/c.ExamCard"
    assert [one.left for one in differences(path, path)] == ["T1", "T1 (2)"]
    (section,) = differences(f"{path}:T1", f"{path}:T1 (2)")
    assert [change.right for change in section.changes] == ["30"]
    assert section.right == f"{path}:T1 (2)"
    with pytest.raises(ArgumentError, match=r"no scan '²'; it has T1, T1 \(2\)"):
        differences(f"{path}:²", path)


def test_two_cards_scan_by_scan(folder: Path) -> None:
    sections = differences(f"{folder}/a.ExamCard", f"{folder}/b:b.ExamCard")
    assert [(one.left, one.right, len(one.changes)) for one in sections] == [
        ("T1", "T1", 1),
        ("T2", "T2", 0),
        ("gone", "", 0),
        ("", "new", 0),
    ]
    assert list(section_lines(sections[2])) == ["only on the left: gone"]
    assert list(section_lines(sections[3])) == ["only on the right: new"]


def test_two_series_blob_by_blob(folder: Path) -> None:
    exam, spt = differences(f"{folder}/XX_0001", f"{folder}/XX_0002")
    assert [(change.name, change.label, change.left, change.right) for change in exam.changes] == [
        ("EX_GEO_fov", "FOV M (mm)", "130", "200")
    ]
    assert spt.changes == ()


def test_a_scan_with_a_series(folder: Path) -> None:
    """Enums with words on one side compare by number, and are shown with the word on both."""
    (section,) = differences(f"{folder}/a.ExamCard:T2", f"{folder}/XX_0001")
    assert [(change.name, change.left, change.right) for change in section.changes] == [
        ("EX_ACQ_flip_angle", "30", "90")
    ]


def test_parameters_that_one_side_lacks(folder: Path) -> None:
    (folder / "c.ExamCard").write_bytes(card("C", [("T1", group(*SCAN[:-1], Setting("EX_NEW", "int", [1])))]))
    (section,) = differences(f"{folder}/a.ExamCard:T1", f"{folder}/c.ExamCard:T1")
    assert [(change.name, change.left, change.right) for change in section.changes] == [
        ("IF_str_total_scan_time", '"00:10.5"', None),
        ("EX_NEW", None, "1"),
    ]
    assert list(section_lines(section))[1].endswith("|  -")


def test_stacks_that_are_not_there_are_not_compared(folder: Path) -> None:
    other = group(*changed("EX_GEO_stacks_fov_ss", [120.97, 999.0]))
    (folder / "c.ExamCard").write_bytes(card("C", [("T1", other)]))
    assert differences(f"{folder}/a.ExamCard:T1", f"{folder}/c.ExamCard:T1")[0].changes == ()


def test_releases_that_number_words_anew(folder: Path) -> None:
    renumbered = [
        Setting(one.name, one.kind, [1], "2D,MS,3D", one.shown) if one.name == "EX_ACQ_scan_mode" else one
        for one in SCAN
    ]
    (folder / "c.ExamCard").write_bytes(card("C", [("T1", group(*renumbered))]))
    assert differences(f"{folder}/a.ExamCard:T1", f"{folder}/c.ExamCard:T1")[0].changes == ()


def test_nan_is_nan(folder: Path) -> None:
    nan = group(*changed("EX_ACQ_flip_angle", [float("nan")]))
    (folder / "c.ExamCard").write_bytes(card("C", [("T1", nan)]))
    assert differences(f"{folder}/c.ExamCard:T1", f"{folder}/c.ExamCard:T1")[0].changes == ()


def test_what_cannot_be_compared(folder: Path) -> None:
    with pytest.raises(ArgumentError, match="no scan 'T9'; it has T1, T2, gone"):
        differences(f"{folder}/a.ExamCard:T9", f"{folder}/a.ExamCard:T1")
    with pytest.raises(ArgumentError, match="is a whole card; say which scan"):
        differences(f"{folder}/a.ExamCard", f"{folder}/XX_0001")
    with pytest.raises(ArgumentError, match="has no scans; leave out ':T1'"):
        differences(f"{folder}/XX_0001:T1", f"{folder}/XX_0001")
    with pytest.raises(FileMissingError):
        differences(f"{folder}/nothing", f"{folder}/XX_0001")


def test_paths_with_colons(folder: Path) -> None:
    assert split(f"{folder}/b:b.ExamCard:T1") == (folder / "b:b.ExamCard", "T1")
    assert split(f"{folder}/b:b.ExamCard") == (folder / "b:b.ExamCard", "")
    assert split("nowhere:T1") == (Path("nowhere:T1"), "")
