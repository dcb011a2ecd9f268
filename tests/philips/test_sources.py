"""Mixtures of files and folders: what is read, what is passed over, and where the words of enums come from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dicome.enhanced.encode import data_set
from dicome.errors import DicomeError, FileMissingError, NotDicomError
from dicome.phantom import write_phantom
from dicome.philips import ParameterGroup
from dicome.philips.extract import find_blob, write_card, write_numbered
from dicome.philips.rawdata import read_raw
from dicome.philips.sources import Source, files_of, look_at, one_source, read_sources
from tests.support.files import part10
from tests.support.raw_files import SCAN, as_exam, card, changed, group, raw_file, study_xml
from tests.support.system_calls import holders

T1 = group(*SCAN)
SERIES = [("PDF_EXAM_PARS", as_exam())]
PRESENTATION_STATE = part10(data_set([(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.11.1"), (0x00080060, "CS", "PR")]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study as a scanner exports it, and what lies about beside it."""
    here = tmp_path / "été à Genève"
    (here / "deeper" / "more").mkdir(parents=True)
    write_phantom(here / "IM_0001", slices=2)
    (here / "PS_0002").write_bytes(PRESENTATION_STATE)
    (here / "XX_0003").write_bytes(raw_file(SERIES, card="Brain"))
    study = study_xml("Brain", card("Brain", [("T1", T1)]))
    (here / "XX_0004").write_bytes(raw_file([("ExamCardBlob", study)], protocol="ExamCard", series=0, card="Brain"))
    (here / "deeper" / "notes.txt").write_text("hello " * 50)
    (here / "deeper" / "page.xml").write_text("<?xml version='1.0'?><other/>")
    (here / "deeper" / ".hidden").write_bytes(T1)
    (here / "deeper" / "more" / "other.ExamCard").write_bytes(card("other", [("T1", T1)]))
    return here


def words_of(source: Source) -> tuple[str, ...]:
    assert source.raw is not None
    exam = source.raw["PDF_EXAM_PARS"].content
    assert isinstance(exam, ParameterGroup)
    return exam["EX_ACQ_scan_mode"].labels


def test_a_folder_of_any_mixture(folder: Path) -> None:
    found = {source.path.name: source for source in read_sources([folder])}
    assert {name: source.word for name, source in found.items()} == {
        "IM_0001": "an image",
        "PS_0002": "a presentation state",
        "XX_0003": "",
        "XX_0004": "",
        "notes.txt": "no DICOM file",
        "page.xml": "XML, but no ExamCard",
        "other.ExamCard": "",
    }
    assert found["XX_0003"].is_series
    assert found["XX_0004"].card is not None
    assert not found["XX_0004"].is_series
    assert found["other.ExamCard"].raw is None
    assert all(source.problems == () for source in found.values())


def test_without_what_is_below(folder: Path) -> None:
    assert [path.name for path in files_of([folder], recurse=False)] == ["IM_0001", "PS_0002", "XX_0003", "XX_0004"]


def test_words_of_the_study_beside(folder: Path) -> None:
    """Also where only the series is named."""
    (source,) = read_sources([folder / "XX_0003"])
    assert [path.name for path in source.words_from] == ["XX_0004"]
    assert words_of(source) == ("2D", "3D", "MS", "M2D", "SV", "1D")


def test_the_study_beside_may_be_called_anything(folder: Path) -> None:
    (folder / "XX_0004").rename(folder / "IM.1.2.3.4")
    (source,) = read_sources([folder / "XX_0003"])
    assert [path.name for path in source.words_from] == ["IM.1.2.3.4"]


def test_no_words_of_another_study(folder: Path) -> None:
    (folder / "XX_0004").write_bytes(
        raw_file([("ExamCardBlob", study_xml("Brain", card("Brain", [("T1", T1)])))], study="9")
    )
    (source,) = read_sources([folder / "XX_0003"])
    assert source.words_from == ()
    assert words_of(source) == ()


def test_words_of_an_extracted_card_beside(folder: Path) -> None:
    (folder / "XX_0004").unlink()
    (folder / "Brain.ExamCard").write_bytes(card("Brain", [("T1", T1)]))
    (folder / "Knee.ExamCard").write_bytes(card("Knee", [("T1", T1)]))
    (source,) = read_sources([folder / "XX_0003"])
    assert [path.name for path in source.words_from] == ["Brain.ExamCard"]


def test_words_of_a_card_that_is_named(folder: Path) -> None:
    (source,) = read_sources([folder / "XX_0003"], [folder / "deeper" / "more" / "other.ExamCard"])
    assert [path.name for path in source.words_from] == ["other.ExamCard"]
    with pytest.raises(NotDicomError, match="holds no ExamCard"):
        read_sources([folder / "XX_0003"], [folder / "XX_0003"])


def test_of_several_scans_the_first_words_count(folder: Path) -> None:
    renamed = group(
        *(one if one.name != "EX_ACQ_scan_mode" else type(one)(one.name, "enum", [0], "A,B") for one in SCAN)
    )
    (folder / "two.ExamCard").write_bytes(card("two", [("a", T1), ("b", renamed)]))
    (source,) = read_sources([folder / "XX_0003"], [folder / "two.ExamCard"])
    assert words_of(source)[0] == "2D"


def test_damage_is_in_the_result(folder: Path) -> None:
    path = folder / "bad.ExamCard"
    path.write_bytes(b"<SOAP-ENV:Envelope><cut")
    assert "bad.ExamCard" in look_at(path).problem
    path.write_bytes(b"no card at all" * 20)
    assert look_at(path).problem
    path.write_bytes(raw_file([("ExamCardBlob", study_xml("Brain", b"no card"))]))
    source = look_at(path)
    assert source.raw is not None
    assert source.card is None
    assert source.problem


def test_a_path_that_is_not_there(folder: Path) -> None:
    missing, series = read_sources([folder / "nothing", folder / "XX_0003"])
    assert "no such file" in missing.problem
    assert series.is_series
    with pytest.raises(FileMissingError):
        one_source(folder / "nothing")
    with pytest.raises(FileMissingError, match="is a folder"):
        one_source(folder)
    with pytest.raises(NotDicomError, match="an image; expected a raw data file or an ExamCard"):
        one_source(folder / "IM_0001")


def test_a_folder_that_cannot_be_listed_is_in_the_result(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refusing(path: str | os.PathLike[str] = ".") -> Any:
        if Path(path).name == "deeper":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    wrong = [source.problem for source in read_sources([folder]) if source.problem]
    assert wrong == [f"{folder / 'deeper'}: this folder cannot be listed: Permission denied"]


def test_what_may_not_even_be_looked_at_does_not_stop_the_rest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(path: Any, *arguments: Any, **more: Any) -> os.stat_result:
        if Path(path).name == "barred":
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, *arguments, **more)

    stat = os.stat
    for one in holders():
        monkeypatch.setattr(one, "stat", refusing)
    barred, series = read_sources([folder / "barred", folder / "XX_0003"])
    assert "no permission to read" in barred.problem
    assert series.is_series


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """In a process of its own, which would stand still for ever."""
    for name in ("pipe", "pipe.ExamCard"):
        os.mkfifo(tmp_path / name)
    code = (
        "import sys; from dicome import philips; from dicome.errors import NotDicomError\n"
        "from dicome.philips.sources import read_sources\n"
        "print([source.word for source in read_sources(sys.argv[1:])])\n"
        "try:\n    philips.read_examcard(sys.argv[1] + '/pipe')\nexcept NotDicomError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines() == ["['no file', 'no file']", f"{tmp_path / 'pipe'}: is no file"]


def test_progress_is_told(folder: Path) -> None:
    told: list[int] = []
    read_sources([folder], tell=told.append)
    assert told == [1, 2, 3, 4, 5, 6, 7]


# -- writing --------------------------------------------------------


def test_cards_are_numbered_and_never_overwritten(folder: Path, tmp_path: Path) -> None:
    raw = read_raw(folder / "XX_0004")
    first, second = write_card(raw, tmp_path), write_card(raw, tmp_path)
    assert first is not None
    assert second is not None
    assert (first.name, second.name) == ("Brain.ExamCard", "Brain (2).ExamCard")
    assert first.read_bytes() == second.read_bytes() == card("Brain", [("T1", T1)])
    assert write_card(read_raw(folder / "XX_0003"), tmp_path) is None


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("T1/../../etc", "T1_.._.._etc.ExamCard"),
        ("", "unknown.ExamCard"),
        ("..", "unknown.ExamCard"),
        ("a:b*c?", "a_b_c.ExamCard"),
        ("con", "_con.ExamCard"),
        ("Kopf Schädel", "Kopf_Schädel.ExamCard"),
    ],
)
def test_names_are_safe(name: str, wanted: str, tmp_path: Path) -> None:
    assert write_numbered(tmp_path, name, ".ExamCard", b"x").name == wanted
    assert [path.name for path in tmp_path.iterdir()] == [wanted]


def test_a_dangling_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "Brain.ExamCard").symlink_to(tmp_path / "elsewhere")
    assert write_numbered(tmp_path, "Brain", ".ExamCard", b"x").name == "Brain (2).ExamCard"
    assert not (tmp_path / "elsewhere").exists()


def test_no_folder_to_write_into(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        write_card(read_raw(folder / "XX_0004"), tmp_path / "nowhere")


def test_blobs_by_name(folder: Path) -> None:
    raw = read_raw(folder / "XX_0003")
    assert find_blob(raw, "pdf_exam_pars").data == as_exam()
    with pytest.raises(DicomeError, match="no blob 'RC'; it has PDF_EXAM_PARS"):
        find_blob(raw, "RC")


def test_changed_really_changes() -> None:
    assert group(*changed("EX_GEO_fov", [1.0])) != T1
