"""dcms2e on phantoms: what it makes, and everything that it refuses, with the reason and nothing left behind."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

import dicome
from dicome.errors import DamagedFileError, DicomeError, FileExistsAlreadyError, FileMissingError, SeriesError
from tests.multiframe.scan import Scan, make_scan


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    return make_scan(tmp_path / "02_Rest é")


def private(path: Path) -> list[pydicom.Dataset]:
    """The private item of every frame."""
    frames = pydicom.dcmread(path).PerFrameFunctionalGroupsSequence
    return [frame[0x2005, 0x140F][0] for frame in frames]


@pytest.mark.parametrize("by_dynamic", [True, False], ids=["dynamic by dynamic", "slice by slice"])
def test_the_result_holds_every_image_in_its_place(tmp_path: Path, by_dynamic: bool) -> None:
    made = make_scan(tmp_path / "run", slices=4, dynamics=3, by_dynamic=by_dynamic)
    out = dicome.dcms2e(made.folder)
    assert out == tmp_path / "run.dcm"
    whole = pydicom.dcmread(out)
    assert whole.SOPClassUID == "1.2.840.10008.5.1.4.1.1.4.1"
    assert whole.NumberOfFrames == 12
    labels = [item.DimensionDescriptionLabel for item in whole.DimensionIndexSequence]
    assert labels == ["Stack ID", "In-Stack Position Number", "Temporal Position Index"]
    # Slice by slice, and in each of them dynamic after dynamic, as scanners send them.
    found = [list(f.FrameContentSequence[0].DimensionIndexValues) for f in whole.PerFrameFunctionalGroupsSequence]
    assert found == [[1, s, d] for s in (1, 2, 3, 4) for d in (1, 2, 3)]
    np.testing.assert_array_equal(whole.pixel_array.reshape(4, 3, *whole.pixel_array.shape[1:]), made.stored)


@pytest.mark.parametrize("by_dynamic", [True, False], ids=["dynamic by dynamic", "slice by slice"])
@pytest.mark.parametrize("anew", [True, False], ids=["slice numbers of the stack", "of the scan"])
def test_several_stacks_stay_apart_and_lie_where_they_lay(tmp_path: Path, by_dynamic: bool, anew: bool) -> None:
    made = make_scan(tmp_path / "run", slices=[3, 2], dynamics=3, by_dynamic=by_dynamic)
    paths = sorted(made.folder.iterdir())
    files = list(map(pydicom.dcmread, paths))
    assert [one[0x2001, 0x100A].value for one in files] == [1, 2, 3, 1, 2]
    if not anew:
        for number, (path, one) in enumerate(zip(paths, files, strict=True), 1):
            one[0x2001, 0x100A].value = number
            one.save_as(path)
    whole = pydicom.dcmread(dicome.dcms2e(made.folder))
    frames = whole.PerFrameFunctionalGroupsSequence
    found = [list(f.FrameContentSequence[0].DimensionIndexValues) for f in frames]
    places = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
    assert found == [[stack, place, d] for stack, place in places for d in (1, 2, 3)]
    assert [f.FrameContentSequence[0].StackID for f in frames] == [str(stack) for stack, _, _ in found]
    np.testing.assert_array_equal(whole.pixel_array.reshape(5, 3, *whole.pixel_array.shape[1:]), made.stored)
    for k, one in enumerate(files):
        for frame in frames[3 * k : 3 * k + 3]:
            np.testing.assert_allclose(frame.PlanePositionSequence[0].ImagePositionPatient, one.ImagePositionPatient)
            np.testing.assert_allclose(
                frame.PlaneOrientationSequence[0].ImageOrientationPatient, one.ImageOrientationPatient
            )
    stacks = whole[0x2001, 0x105F].value
    assert [one[0x2001, 0x102D].value for one in stacks] == [3, 2]


def test_what_changes_with_the_dynamic(scan: Scan) -> None:
    frames = private(dicome.dcms2e(scan.folder))[:3]
    assert [one[0x2005, 0x10A0].value for one in frames] == [0.0, 2.0, 4.0]
    assert [one.TemporalPositionIdentifier for one in frames] == [1, 2, 3]
    assert [one[0x2005, 0x1063].value for one in frames] == [0, 1, 2]
    start = float(frames[0].ContentTime)
    assert [float(one.ContentTime) - start for one in frames] == [0.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1, 2, 3, 4], [1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12]),  # dynamic by dynamic
        ([1, 4, 7, 10], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),  # slice by slice
        ([5, 50, 7, 9], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),  # in no way
    ],
)
def test_instance_numbers_go_on_as_they_begin(numbers: list[int], expected: list[int], scan: Scan) -> None:
    for number, path in zip(numbers, sorted(scan.folder.iterdir()), strict=True):
        one = pydicom.dcmread(path)
        one.InstanceNumber = number
        one.save_as(path)
    assert [int(one.InstanceNumber) for one in private(dicome.dcms2e(scan.folder))] == expected


def test_the_private_position_is_the_corner_of_the_first_pixel(scan: Scan) -> None:
    first = pydicom.dcmread(sorted(scan.folder.iterdir())[0])
    row, column = (np.array(first.ImageOrientationPatient[k : k + 3], float) for k in (0, 3))
    between_rows, between_columns = (float(one) for one in first.PixelSpacing)
    wanted = np.array(first.ImagePositionPatient, float) - row * between_columns / 2 - column * between_rows / 2
    found = np.array(private(dicome.dcms2e(scan.folder))[0].ImagePositionPatient, float)
    assert np.abs(found - wanted).max() < 1e-9


def test_windows_are_those_of_the_par_file(scan: Scan) -> None:
    whole = pydicom.dcmread(dicome.dcms2e(scan.folder))
    windows = [f.FrameVOILUTSequence[0] for f in whole.PerFrameFunctionalGroupsSequence]
    assert [int(one.WindowWidth) for one in windows[1:3]] == [1739, 1740]
    assert [int(one.WindowCenter) for one in windows[1:3]] == [1001, 1002]


def test_windows_are_estimated_where_the_par_file_has_none(tmp_path: Path) -> None:
    made = make_scan(tmp_path / "run", windows=False)
    whole = pydicom.dcmread(dicome.dcms2e(made.folder))
    frame = whole.PerFrameFunctionalGroupsSequence[1]
    scaling, window = frame.PixelValueTransformationSequence[0], frame.FrameVOILUTSequence[0]
    largest = float(made.stored[0, 1].max()) * float(scaling.RescaleSlope) + float(scaling.RescaleIntercept)
    assert int(window.WindowWidth) == round(0.87 * largest)
    assert int(window.WindowCenter) == round(0.5753 * int(window.WindowWidth))


def test_extremes_are_the_integers_as_floating_point_values(scan: Scan) -> None:
    item = private(dicome.dcms2e(scan.folder))[2]
    slope, intercept = item[0x2005, 0x100E].value, item[0x2005, 0x100D].value
    assert item[0x2005, 0x100B].value == pytest.approx((int(scan.stored[0, 2].max()) - intercept) / slope, rel=1e-6)
    assert item[0x2005, 0x100C].value == pytest.approx((int(scan.stored[0, 2].min()) - intercept) / slope, rel=1e-6)


def test_uids_are_new_and_differ(scan: Scan) -> None:
    old = {str(pydicom.dcmread(path).SOPInstanceUID) for path in scan.folder.iterdir()}
    first, second = (dicome.dcms2e(scan.folder, force=True) for _ in range(2))
    assert first == second
    uids = {str(one.SOPInstanceUID) for one in private(first)} | {str(pydicom.dcmread(first).SOPInstanceUID)}
    assert len(uids) == 13
    assert not uids & old
    assert all(len(uid) <= 64 for uid in uids)


def test_scaling_of_a_frame_that_the_par_file_has_otherwise(scan: Scan) -> None:
    text = scan.par.read_text(encoding="latin-1")
    line = next(one for one in text.splitlines() if one.startswith("  2   1    3"))
    slope = re.search(r" 0\.00000 +(\d+\.\d+) ", line)
    assert slope is not None
    other = line.replace(slope[1], f"{float(slope[1]) + 1:.5f}")
    scan.par.write_text(text.replace(line, other), encoding="latin-1")
    whole = pydicom.dcmread(dicome.dcms2e(scan.folder))
    slopes = [f.PixelValueTransformationSequence[0].RescaleSlope for f in whole.PerFrameFunctionalGroupsSequence]
    assert float(slopes[5]) == pytest.approx(float(slope[1]) + 1)
    assert slopes[4] == slopes[3]


def test_the_par_file_may_have_another_name(scan: Scan, tmp_path: Path) -> None:
    for path in (scan.par, scan.rec):
        path.rename(tmp_path / f"other{path.suffix.upper()}")
    with pytest.raises(FileMissingError, match=r"02_Rest é\.par: no such file.*--par"):
        dicome.dcms2e(scan.folder)
    assert dicome.dcms2e(scan.folder, par=tmp_path / "other.PAR").is_file()


def test_here_is_a_folder_too(scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scan.folder)
    assert dicome.dcms2e(".") == scan.folder.with_name("02_Rest é.dcm")


def edit(pattern: str, replacement: str) -> Callable[[Scan], None]:
    """A change of the PAR file, which must be one."""

    def change(scan: Scan) -> None:
        text = scan.par.read_text(encoding="latin-1")
        new = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        assert new != text
        scan.par.write_text(new, encoding="latin-1")

    return change


def set_tag(keyword: str, value: object) -> Callable[[Scan], None]:
    """A change of one classic file."""

    def change(scan: Scan) -> None:
        path = sorted(scan.folder.iterdir())[0]
        one = pydicom.dcmread(path)
        setattr(one, keyword, value)
        one.save_as(path)

    return change


def without_a_slice(scan: Scan) -> None:
    sorted(scan.folder.iterdir())[1].unlink()


def with_another_series(scan: Scan) -> None:
    other = make_scan(scan.folder.with_name("other"), slices=2)
    for path in other.folder.iterdir():
        one = pydicom.dcmread(path)
        one.SeriesInstanceUID = "1.2.3"
        one.save_as(scan.folder / f"x{path.name}")


def with_all_dynamics(scan: Scan) -> None:
    dicome.dcms2e(scan.folder)
    whole = scan.folder.with_name(f"{scan.folder.name}.dcm")
    dicome.split(whole, scan.folder, every=True, force=True)
    whole.unlink()
    for path in scan.folder.iterdir():  # those that were there before, under other UIDs
        one = pydicom.dcmread(path)
        one.SOPInstanceUID = one.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
        one.save_as(path)


def with_a_short_rec(scan: Scan) -> None:
    with scan.rec.open("r+b") as stream:
        stream.truncate(scan.rec.stat().st_size - 1)


def with_other_pixels(scan: Scan) -> None:
    content = bytearray(scan.rec.read_bytes())
    content[100] ^= 1
    scan.rec.write_bytes(content)


def without_files(scan: Scan) -> None:
    for path in scan.folder.iterdir():
        path.unlink()


def with_another_text(scan: Scan) -> None:
    scan.par.write_text("nothing", encoding="latin-1")


def without_private(scan: Scan) -> None:
    for path in scan.folder.iterdir():
        one = pydicom.dcmread(path)
        one.remove_private_tags()
        one.save_as(path)


LINE = r"^  2   1    2  1 0 2 "
BAD: dict[str, tuple[Callable[[Scan], None], type[DicomeError], str]] = {
    "a slice is missing": (without_a_slice, SeriesError, r"3 files, but the scan has 4 slices .*; missing: 2"),
    "two series": (with_another_series, SeriesError, "2 series"),
    "all dynamics": (with_all_dynamics, SeriesError, "of several dynamics.*keep the files of the first dynamic"),
    "two echoes in the folder": (set_tag("EchoTime", 99), SeriesError, "of several echo times"),
    "no files": (without_files, DicomeError, "no DICOM files"),
    "no private attributes": (without_private, DicomeError, "without the private attributes of Philips"),
    "REC cut short": (with_a_short_rec, DamagedFileError, "holds 11 whole images, but .* tells of 12"),
    "other pixels": (with_other_pixels, SeriesError, "the pixels of slice 1, dynamic 1 are not the same"),
    "other matrix": (
        edit(r"   12   16 ", "   16   12 "),
        SeriesError,
        "matrix .* 12 x 16 in the DICOM files, 16 x 12 in the PAR file",
    ),
    "other protocol": (
        edit("Protocol name(.*:   ).*", r"Protocol name\1Nose"),
        SeriesError,
        "protocol name .*, Nose in",
    ),
    "other acquisition": (
        edit("Acquisition nr(.*:   ).*", r"Acquisition nr\g<1>77"),
        SeriesError,
        "acquisition number",
    ),
    "other number of dynamics": (edit("dynamics(.*:   )3", r"dynamics\g<1>5"), SeriesError, "number of dynamics 3 in"),
    "other number of slices": (edit("locations(.*:   )4", r"locations\g<1>9"), SeriesError, "number of slices 4 in"),
    "a line is missing": (edit(LINE + ".*\n", ""), SeriesError, "no image line of slice 2, dynamic 2"),
    "a line twice": (edit(LINE, "  2   1    3  1 0 2 "), SeriesError, "image line"),
    "two echoes": (edit(LINE, "  2   2    2  1 0 2 "), SeriesError, "2 echoes"),
    "two types": (edit(LINE, "  2   1    2  1 3 2 "), SeriesError, "2 image types"),
    "two phases": (edit(LINE, "  2   1    2  2 0 2 "), SeriesError, "2 cardiac phases"),
    "slices elsewhere": (
        edit(r"(  0\.00   0\.00   0\.00 +)(-?\d+)\.", r"\g<1>9\2."),
        SeriesError,
        "slice 1 lies .* mm apart",
    ),
    "a newer version": (edit(r"V4\.2", "V5.1"), DicomeError, "version V5.1"),
    "not a PAR file": (with_another_text, DicomeError, "not a PAR file"),
    "no REC file": (lambda scan: scan.rec.unlink(), FileMissingError, "no such file"),
}


@pytest.mark.parametrize("name", list(BAD))
def test_what_does_not_go_together_is_refused(name: str, scan: Scan) -> None:
    change, error, message = BAD[name]
    change(scan)
    before = sorted(scan.folder.parent.rglob("*"))
    with pytest.raises(error, match=message):
        dicome.dcms2e(scan.folder)
    assert sorted(scan.folder.parent.rglob("*")) == before


def test_one_dynamic_is_no_fmri(tmp_path: Path) -> None:
    made = make_scan(tmp_path / "run", dynamics=1)
    with pytest.raises(SeriesError, match=r"one dynamic only.*dicome merge"):
        dicome.dcms2e(made.folder)


def test_nothing_is_overwritten_unasked(scan: Scan) -> None:
    out = scan.folder.with_name("mine.dcm")
    out.write_text("mine")
    with pytest.raises(FileExistsAlreadyError, match="exists already"):
        dicome.dcms2e(scan.folder, out)
    assert out.read_text() == "mine"
    dicome.dcms2e(scan.folder, out, force=True)
    assert out.stat().st_size > 1000


def test_stopped_in_the_middle_nothing_is_left(scan: Scan) -> None:
    def stop(done: float, total: float) -> None:
        raise KeyboardInterrupt

    before = sorted(scan.folder.parent.iterdir())
    with pytest.raises(KeyboardInterrupt):
        dicome.dcms2e(scan.folder, progress=stop)
    assert sorted(scan.folder.parent.iterdir()) == before


def test_a_full_disk_is_told_before_writing(scan: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(scan.folder)._replace(free=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DicomeError, match="100 are free"):
        dicome.dcms2e(scan.folder)


def test_progress_ends_at_the_number_of_frames(scan: Scan) -> None:
    told: list[tuple[float, float]] = []
    dicome.dcms2e(scan.folder, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (12, 12)
