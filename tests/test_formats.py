"""A format besides DICOM is one row of a table: single files, folders and batches learn of it there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import dicome
from dicome.errors import DamagedFileError, NotDicomError
from dicome.files.find import find_series
from dicome.formats import Format, Head, format_of
from dicome.listing import list_series
from dicome.series import Series, open_series

MARK = b"# a scan in another format\n"


def head(path: Path, fields: Sequence[str]) -> Head:
    text = path.read_bytes()
    if b"damaged" in text:
        raise DamagedFileError(f"{path}: damaged")
    values = {"SeriesDescription": "other", "PatientID": "P1"}
    asked = {keyword: values[keyword] for keyword in fields if keyword in values}
    return Head(path, len(text), 1.0, "text", frames=6, rows=4, columns=4, number=7, values=asked)


def open_text(path: Path) -> Series:
    """The file names the scan that it stands for."""
    return open_series(path.with_name(path.read_text().splitlines()[1]))


ROW = Format(
    "text",
    knows=lambda path, first: first.startswith(MARK),
    head=head,
    open=open_text,
    is_companion=lambda path: path.suffix == ".pixels",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("dicome.formats.FORMATS", (ROW,))
    dicome.write_phantom(tmp_path / ".scan.dcm", rows=4, columns=4, slices=3, dynamics=2)
    (tmp_path / "a.text").write_bytes(MARK + b".scan.dcm\n")
    (tmp_path / "a.pixels").write_bytes(b"\x08\0\0\0")
    return tmp_path


def test_a_file_of_another_format_is_opened_by_its_row(folder: Path) -> None:
    image = dicome.open(folder / "a.text")
    assert np.array_equal(image.array(), dicome.open(folder / ".scan.dcm").array())


@pytest.mark.parametrize("number", [None, 7])
def test_so_is_the_only_one_of_a_folder_and_of_a_list(folder: Path, number: int | None) -> None:
    assert dicome.open(folder, series=number).shape == (4, 4, 3, 2)
    assert dicome.open([folder / "a.text"]).shape == (4, 4, 3, 2)


def test_listings_and_batches_see_it_beside_dicom(folder: Path) -> None:
    (folder / "b.text").write_bytes(MARK)
    (folder / "c.text").write_bytes(MARK + b"damaged")
    (folder / "d.text").write_bytes(b"something else")
    dicome.write_phantom(folder / "x.dcm", rows=4, columns=4, slices=2, series={"SeriesNumber": 9})
    found = list_series(folder)
    listed = [(entry.number, entry.kind, entry.frames, [path.name for path in entry.paths]) for entry in found.entries]
    assert listed == [(7, "text", 6, ["a.text"]), (7, "text", 6, ["b.text"]), (9, "enhanced", 2, ["x.dcm"])]
    assert [path.name for path, _ in found.unreadable] == ["c.text"]
    assert [path.name for path, _ in found.not_dicom] == ["d.text"]
    batch = find_series(folder, ["PatientID", "SeriesDescription", "StudyDate"])
    assert [[path.name for path in one.files] for one in batch.series] == [["a.text"], ["b.text"], ["x.dcm"]]
    assert batch.series[0].values == {"PatientID": "P1", "SeriesDescription": "other"}
    assert [path.name for path, _ in batch.bad] == ["c.text"]
    assert batch.others == 1


def test_what_no_row_knows(folder: Path) -> None:
    assert format_of(folder / "a.text") is ROW
    assert format_of(folder / "a.pixels") is None
    assert format_of(folder / "nothing") is None
    with pytest.raises(NotDicomError):
        dicome.open(folder / "a.pixels")
