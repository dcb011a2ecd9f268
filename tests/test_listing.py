"""The series of a folder, and opening one of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

import dicome
from dicome.errors import DicomeWarning, FileMissingError, NotDicomError, SeriesError
from dicome.listing import list_series
from tests.classic.splitting import split

RAW_DATA = pydicom.uid.UID("1.2.840.10008.5.1.4.1.1.66")


def series(number: int, description: str) -> dict[str, object]:
    return {"SeriesNumber": number, "SeriesDescription": description, "SeriesInstanceUID": f"1.2.3.{number}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An enhanced file, a classic series of 6, raw data, notes and a sub-folder with one more series."""
    folder = tmp_path / "study"
    (folder / "below").mkdir(parents=True)
    dicome.write_phantom(folder / "whole.dcm", rows=8, columns=6, slices=4, echoes=2, series=series(401, "T1 größer"))
    parts = dicome.write_phantom(
        tmp_path / "w.dcm", rows=4, columns=4, slices=3, dynamics=2, series=series(301, "perfusion")
    )
    split(parts, folder)
    dicome.write_phantom(folder / "below" / "x.dcm", rows=4, columns=4, slices=2, series=series(12, "below"))
    raw = pydicom.dcmread(folder / "0000.dcm")
    raw.file_meta.MediaStorageSOPClassUID = raw.SOPClassUID = RAW_DATA
    raw.SOPInstanceUID = pydicom.uid.UID("1.2.3.4.5")
    del raw.PixelData
    raw.save_as(folder / "XX_0001")
    (folder / "notes.txt").write_text("hello " * 50)
    (folder / "DICOMDIR").write_bytes(bytes(128) + b"DICM")
    (folder / ".hidden").write_bytes(b"\0")
    return folder


def test_the_series_of_a_folder(folder: Path) -> None:
    found = list_series(folder)
    assert [(e.number, e.description, e.kind, len(e.paths), e.frames) for e in found.entries] == [
        (301, "perfusion", "classic", 6, 6),
        (401, "T1 größer", "enhanced", 1, 8),
    ]
    assert [(e.rows, e.columns) for e in found.entries] == [(4, 4), (8, 6)]
    assert found.entries[1].size == (folder / "whole.dcm").stat().st_size
    assert [path.name for path, _ in found.passed_over] == ["XX_0001"]
    assert [path.name for path, _ in found.not_dicom] == ["notes.txt"]


def test_sub_folders_where_asked_for(folder: Path) -> None:
    assert [entry.number for entry in list_series(folder, recursive=True).entries] == [12, 301, 401]


def test_a_line_says_what_it_is(folder: Path) -> None:
    lines = [" ".join(entry.line().split()) for entry in list_series(folder).entries]
    assert lines[0].startswith("301 perfusion classic 6 files 6 frames of 4 x 4 ")
    assert lines[1].startswith("401 T1 größer enhanced 1 file 8 frames of 8 x 6 ")


def test_several_series_are_listed_in_the_error(folder: Path) -> None:
    with pytest.raises(SeriesError, match=r"2 series; open one at a time, e\.g\. dicome\.open\(.*series=301\)") as said:
        dicome.open(folder)
    lines = str(said.value).splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["301", "401"]


@pytest.mark.parametrize("which", [301, "301", "1.2.3.301"])
def test_one_of_them_by_number_or_uid(folder: Path, which: int | str) -> None:
    image = dicome.open(folder, series=which)
    assert image.shape == (4, 4, 3, 2)
    array, info = dicome.dicomeread(folder, series=which)
    assert np.array_equal(array, image.array())
    assert info.SeriesNumber == 301
    assert "1 DICOM file without pixels passed over: XX_0001" in image.evidence


def test_an_enhanced_one(folder: Path) -> None:
    image = dicome.open(folder, series=401)
    assert image.shape == (8, 6, 4, 2)
    assert np.array_equal(image.array("pv"), dicome.open(folder / "whole.dcm").array("pv"))


def test_of_two_with_one_number_the_uid_is_told(tmp_path: Path) -> None:
    for k in (1, 2):
        uid = {"SeriesInstanceUID": f"1.2.{k}", "SeriesNumber": 7}
        dicome.write_phantom(tmp_path / f"{k}.dcm", rows=4, columns=4, slices=2, series=uid)
    with pytest.raises(SeriesError, match=r"2 series fit 7; .*series='1\.2\.1'\)"):
        dicome.open(tmp_path, series=7)
    assert dicome.open(tmp_path, series="1.2.2").header.SeriesInstanceUID == "1.2.2"


def test_of_two_without_uid_the_path_is_told(tmp_path: Path) -> None:
    for name in ("a b", "c"):
        dicome.write_par(dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=4).path, tmp_path / f"{name}.PAR")
        (tmp_path / "w.dcm").unlink()
    said = rf"dicome\.open\('{tmp_path}/a b\.PAR'\) or `dicome info '{tmp_path}/a b\.PAR'`:"
    with pytest.raises(SeriesError, match=said):
        dicome.open(tmp_path)


@pytest.mark.parametrize("name", ["whole.dcm", "0000.dcm"])
def test_a_file_of_another_series_than_asked_for_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(SeriesError, match="no series 9"):
        dicome.open(folder / name, series=9)


@pytest.mark.parametrize(("which", "said"), [(9, "no series 9"), ("1.2.3.", "2 series fit '1.2.3.'")])
def test_none_or_several_fit(folder: Path, which: int | str, said: str) -> None:
    with pytest.raises(SeriesError, match=said):
        dicome.open(folder, series=which)


def test_a_folder_without_images(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(NotDicomError, match="no DICOM files in this folder"):
        dicome.open(tmp_path)
    with pytest.raises(FileMissingError, match="no files given"):
        dicome.open([])


def test_a_folder_of_raw_data_only(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (folder / "XX_0001").rename(tmp_path / "raw" / "XX_0001")
    with pytest.raises(NotDicomError, match="without pixels passed over: XX_0001; nothing to read"):
        dicome.open(tmp_path / "raw")


def test_damage_is_told(folder: Path) -> None:
    (folder / "broken.dcm").write_bytes((folder / "whole.dcm").read_bytes()[:2000])
    assert [path.name for path, _ in list_series(folder).unreadable] == ["broken.dcm"]
    with pytest.warns(DicomeWarning, match=r"left out: .*broken\.dcm"):
        dicome.open(folder, series=301)


def test_many_multi_frame_files_are_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dicome.heads._HELD", 1)
    uid = {"SeriesInstanceUID": "1.2.9"}
    for k in range(3):
        dicome.write_phantom(
            tmp_path / f"{k}.dcm",
            rows=4,
            columns=4,
            slices=3,
            seed=k,
            vendor="siemens",
            series={**uid, "InstanceNumber": k},
        )
    entry = list_series(tmp_path, hold=True).entries[0]
    assert (len(entry.paths), entry.opened) == (3, ())
