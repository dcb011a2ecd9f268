"""Series among files of all sorts, found by what they hold."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pydicom
import pytest

import dicome
from dicome.errors import ColumnError, FileMissingError, NotDicomError
from dicome.files.find import Findings, find_series
from dicome.phantom import write_phantom
from tests.inspect.making import classic

SMALL: dict[str, Any] = {"rows": 4, "columns": 4, "slices": 2}


def scan(path: Path, seed: int = 0, **series: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_phantom(path, **SMALL, seed=seed, series=series)
    return path


def changed(source: Path, target: Path, **values: object) -> Path:
    """A copy with other attributes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    data = pydicom.dcmread(source)
    for keyword, value in values.items():
        setattr(data, keyword, value)
    data.save_as(target)
    return target


def listed(found: Findings, root: Path) -> list[list[str]]:
    return [[path.relative_to(root).as_posix() for path in one.files] for one in found.series]


def test_series_are_found_whatever_they_are_called(tmp_path: Path) -> None:
    scan(tmp_path / "b" / "IM_0001", 1)
    scan(tmp_path / "a" / "deep" / "down.dcm", 2)
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "empty").touch()
    scan(tmp_path / ".hidden" / "x.dcm", 3)
    scan(tmp_path / ".y.dcm", 4)
    scan(tmp_path / "DICOMDIR", 5)
    seen: list[int] = []
    found = find_series(tmp_path, ["SeriesNumber", "PatientID"], tell=seen.append)
    assert listed(found, tmp_path) == [["a/deep/down.dcm"], ["b/IM_0001"]]
    assert found.series[0].values == {"SeriesNumber": "201", "PatientID": "PHANTOM-0000"}
    assert (found.others, found.bad, found.copies) == (2, (), ())
    assert seen == [1, 2, 3, 4]
    assert found.series[0].size == (tmp_path / "a" / "deep" / "down.dcm").stat().st_size


def test_files_of_one_series_go_together_from_all_folders(tmp_path: Path) -> None:
    first = scan(tmp_path / "x" / "1.dcm")
    changed(first, tmp_path / "y" / "2.dcm", SOPInstanceUID="1.2.3")
    assert listed(find_series(tmp_path), tmp_path) == [["x/1.dcm", "y/2.dcm"]]


@pytest.mark.parametrize(
    "values", [{"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7.2"}, {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}]
)
def test_what_cannot_be_one_image_is_told_apart(tmp_path: Path, values: dict[str, object]) -> None:
    first = scan(tmp_path / "1.dcm")
    changed(first, tmp_path / "2.dcm", SOPInstanceUID="1.2.3", **values)
    assert listed(find_series(tmp_path), tmp_path) == [["1.dcm"], ["2.dcm"]]


def test_files_without_uid_are_series_of_their_own(tmp_path: Path) -> None:
    first = scan(tmp_path / "0.dcm")
    for name in ("1.dcm", "2.dcm"):
        changed(first, tmp_path / name, SeriesInstanceUID="", SOPInstanceUID="")
    assert listed(find_series(tmp_path), tmp_path) == [["0.dcm"], ["1.dcm"], ["2.dcm"]]


def test_an_exact_copy_counts_once(tmp_path: Path) -> None:
    first = scan(tmp_path / "a.dcm")
    copy = tmp_path / "z" / "b.dcm"
    copy.parent.mkdir()
    shutil.copy(first, copy)
    found = find_series(tmp_path)
    assert listed(found, tmp_path) == [["a.dcm"]]
    assert found.copies == ((copy, first),)


def test_one_object_with_two_contents_is_not_lost(tmp_path: Path) -> None:
    first = scan(tmp_path / "a" / "1.dcm")
    changed(first, tmp_path / "a" / "2.dcm", SOPInstanceUID="1.2.3")
    changed(first, tmp_path / "b" / "1.dcm", PatientComments="other")
    changed(first, tmp_path / "b" / "2.dcm", SOPInstanceUID="1.2.3", PatientComments="other")
    changed(first, tmp_path / "b" / "3.dcm", SOPInstanceUID="1.2.3", PatientComments="a third")
    expected = [["a/1.dcm", "a/2.dcm"], ["b/1.dcm", "b/2.dcm"], ["b/3.dcm"]]
    assert listed(find_series(tmp_path), tmp_path) == expected


def test_damaged_files_are_told(tmp_path: Path) -> None:
    whole = scan(tmp_path / "a.dcm")
    cut = tmp_path / "cut"
    cut.write_bytes(whole.read_bytes()[:700])
    zeros = tmp_path / "zeros.DCM"
    zeros.write_bytes(bytes(1000))
    found = find_series(tmp_path)
    assert [path for path, _ in found.bad] == [cut, zeros]
    assert all(reason.startswith(str(path)) for path, reason in found.bad)
    assert listed(found, tmp_path) == [["a.dcm"]]


def test_objects_without_an_image_are_no_series(tmp_path: Path) -> None:
    first = pydicom.dcmread(scan(tmp_path / "a.dcm"))
    del first.PixelData
    first.SOPInstanceUID = "1.2.3"
    first.save_as(tmp_path / "lost_pixels.dcm")  # an image all the same
    first.SOPClassUID = "1.2.840.10008.5.1.4.1.1.66"
    first.save_as(tmp_path / "raw.dcm")
    del first.Rows
    first.SOPClassUID = "1.2.3.4"
    first.save_as(tmp_path / "other.dcm")
    found = find_series(tmp_path)
    assert found.others == 2
    assert listed(found, tmp_path) == [["a.dcm"]]
    assert [path.name for path, _ in found.bad] == ["lost_pixels.dcm"]
    assert "the file ends before Pixel Data" in found.bad[0][1]


def test_folders_to_skip_and_links(tmp_path: Path) -> None:
    scan(tmp_path / "in" / "a.dcm")
    scan(tmp_path / "out" / "b.dcm", 1)
    scan(tmp_path / "elsewhere" / "c.dcm", 2)
    (tmp_path / "in" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in", target_is_directory=True)
    assert listed(find_series(tmp_path / "in"), tmp_path) == [["in/a.dcm"]]
    assert listed(find_series(tmp_path, skip=[tmp_path / "out"]), tmp_path) == [["elsewhere/c.dcm"], ["in/a.dcm"]]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    scan(tmp_path / "a.dcm").chmod(0)
    assert [path for path, _ in find_series(tmp_path).bad] == [tmp_path / "a.dcm"]


def test_no_folder_or_no_such_field(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match="no such folder"):
        find_series(tmp_path / "nothing")
    with pytest.raises(ColumnError):
        find_series(tmp_path, ["Nonsense"])


def test_real_files(corpus: Path) -> None:
    found = find_series(corpus / "enhanced" / "dcm_qa_enh" / "Siemens", ["SeriesDescription"])
    counts = {one.values["SeriesDescription"]: len(one.files) for one in found.series}
    assert counts["REST1 w SMS PF7-8"] == 4
    classic = find_series(corpus / "classic" / "philips_301_ASL_MultiPhase")
    assert [len(one.files) for one in classic.series] == [48]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.timeout(60, method="thread")  # the threads that wait would keep a test that fails from ending
def test_a_pipe_does_not_keep_us_waiting(tmp_path: Path) -> None:
    first = scan(tmp_path / "a" / "1.dcm")
    (tmp_path / "b").mkdir()
    classic(tmp_path / "b" / "2.dcm")
    for name in ("a/pipe", "b/pipe.dcm"):
        os.mkfifo(tmp_path / name)
    found = find_series(tmp_path)
    assert listed(found, tmp_path) == [["a/1.dcm"], ["b/2.dcm"]]
    assert found.others == 1
    assert found.bad == ((tmp_path / "b" / "pipe.dcm", f"{tmp_path / 'b' / 'pipe.dcm'}: is no file"),)
    assert dicome.open(first.parent).shape == (4, 4, 2)
    for path in (tmp_path / "a" / "pipe", [first, tmp_path / "a" / "pipe"]):
        with pytest.raises(NotDicomError, match="is no file"):
            dicome.open(path)
