"""Repeats of one scan into one series, or their mean; what is no repeat is refused."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from dicome.combine.combine import combine, plan_combination
from dicome.combine.mean import _factor
from dicome.errors import ArgumentError, FileExistsAlreadyError, SeriesError, UnsupportedError
from dicome.image import Image, open_image
from dicome.phantom import write_phantom
from tests.classic.splitting import split

STUDY = "1.2.826.0.1.1"


def repeat(path: Path, number: int, *, add: int = 0, slope: float = 1.0, **other: Any) -> Path:
    """An enhanced repeat: stored values plus ``add``, slopes of Philips times ``slope``."""
    options: dict[str, Any] = {"rows": 6, "columns": 5, "slices": 3, "echoes": 2, **other}
    series = {
        "StudyInstanceUID": STUDY,
        "FrameOfReferenceUID": f"{STUDY}.5",
        "SeriesNumber": 301 + number,
        "SeriesInstanceUID": f"{STUDY}.{number}",
        "SOPInstanceUID": f"{STUDY}.{number}.1",
        "PatientID": "P",
    }
    options["series"] = {**series, **options.get("series", {})}
    write_phantom(path, **options)
    dataset = pydicom.dcmread(path)
    dataset.PixelData = (dataset.pixel_array + np.array(add, dataset.pixel_array.dtype)).tobytes()
    for element in dataset.iterall():
        if slope != 1 and element.tag.group == 0x2005 and element.tag.element & 0xFF == 0x0E and element.VR == "FL":
            element.value = element.value * slope
    dataset.save_as(path)
    return path


def classic(tmp_path: Path, number: int, add: int = 0, **other: Any) -> Path:
    path = repeat(tmp_path / f"e{number}.dcm", number, add=add, **other)

    class Like:
        pass

    like = Like()
    like.path = path  # type: ignore[attr-defined]
    folder = tmp_path / f"nex {number}"
    split(like, folder)  # type: ignore[arg-type]
    path.unlink()
    return folder


def opened(path: Path) -> Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return open_image(path)


def test_enhanced_repeats_become_temporal_positions(tmp_path: Path) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k, add=10 * k) for k in range(3)]
    out = tmp_path / "all.dcm"
    assert combine(plan_combination(paths, out)) == 18
    found, single = opened(out), [opened(path) for path in paths]
    assert found.shape == (6, 5, 3, 2, 3)
    assert found.names[-1] == "Temporal Position Index"
    for k, one in enumerate(single):
        assert np.array_equal(found.array("pv")[..., k], one.array("pv"))
    header = pydicom.dcmread(out, stop_before_pixels=True)
    uids = {str(pydicom.dcmread(path, stop_before_pixels=True).SeriesInstanceUID) for path in paths}
    assert header.SeriesInstanceUID not in uids
    assert header.SOPInstanceUID == header.file_meta.MediaStorageSOPInstanceUID
    assert (header.SeriesNumber, header.NumberOfFrames) == (3010, 18)
    assert header.SeriesDescription.endswith("(3 NEX)")


def test_dynamics_go_on(tmp_path: Path) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k, add=k, dynamics=2, echoes=1) for k in range(2)]
    combine(plan_combination(paths, tmp_path / "all.dcm"))
    found = opened(tmp_path / "all.dcm")
    assert found.shape == (6, 5, 3, 4)
    assert np.array_equal(found.array("pv")[..., 2:], opened(paths[1]).array("pv"))
    frames = pydicom.dcmread(tmp_path / "all.dcm").PerFrameFunctionalGroupsSequence
    index = [tuple(frame.FrameContentSequence[0].DimensionIndexValues) for frame in frames]
    assert len(set(index)) == len(index) == 12
    assert {values[-1] for values in index} == {1, 2, 3, 4}


def test_the_mean_of_enhanced_files_is_that_of_the_scaled_values(tmp_path: Path) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k, add=30 * k, slope=1 + k / 4) for k in range(3)]
    combine(plan_combination(paths, tmp_path / "mean.dcm", mean=True))
    found, single = opened(tmp_path / "mean.dcm"), [opened(path) for path in paths]
    assert {one.scale for one in single} == {"fp"}
    expected = np.mean([one.array(dtype=np.float64) for one in single], axis=0)
    step = (1 / found.frames["MRScaleSlope"]).max()
    assert np.abs(found.array(dtype=np.float64) - expected).max() <= step * 0.51
    header = pydicom.dcmread(tmp_path / "mean.dcm")
    assert header.ImageType[0] == "DERIVED"
    assert header.DerivationDescription == "mean of 3 NEX"
    assert len(header.SourceImageSequence) == 3


def _scaled(path: Path, slope: float, real_world: float) -> None:
    """All frames share one slope, and some of them outgrow it more than others."""
    dataset = pydicom.dcmread(path)
    pixels = np.zeros_like(dataset.pixel_array)
    pixels[:, 0, 0] = 4095 - 100 * np.arange(len(pixels))
    dataset.PixelData = pixels.tobytes()
    transformation, mapping = pydicom.Dataset(), pydicom.Dataset()
    transformation.RescaleSlope, transformation.RescaleIntercept, transformation.RescaleType = slope, 0, "US"
    mapping.RealWorldValueSlope, mapping.RealWorldValueIntercept = real_world, 0.0
    shared = dataset.SharedFunctionalGroupsSequence[0]
    shared.PixelValueTransformationSequence, shared.RealWorldValueMappingSequence = [transformation], [mapping]
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        for tag in [element.tag for element in frame if element.tag.is_private]:
            del frame[tag]
        if "PixelValueTransformationSequence" in frame:
            del frame.PixelValueTransformationSequence
    dataset.save_as(path)


@pytest.mark.parametrize("slopes", [(1.0, 3.0), (1.0, 1.0)])
def test_the_mean_where_frames_share_a_slope_and_outgrow_it(tmp_path: Path, slopes: tuple[float, float]) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k) for k in range(2)]
    for path, slope in zip(paths, slopes, strict=True):
        _scaled(path, slope, 10 * slope)
    combine(plan_combination(paths, tmp_path / "mean.dcm", mean=True))
    found, single = opened(tmp_path / "mean.dcm"), [opened(path) for path in paths]
    expected = np.mean([one.array("dv", dtype=np.float64) for one in single], axis=0)
    assert np.allclose(found.array("dv", dtype=np.float64), expected, atol=1.1)
    header = pydicom.dcmread(tmp_path / "mean.dcm")
    groups = [*header.PerFrameFunctionalGroupsSequence, header.SharedFunctionalGroupsSequence[0]]
    found_slopes = [float(e.value) for group in groups for e in group.iterall() if e.keyword == "RealWorldValueSlope"]
    scale = [float(e.value) for group in groups for e in group.iterall() if e.keyword == "RescaleSlope"]
    assert found_slopes == pytest.approx([10 * slope for slope in scale])


def test_repeats_with_one_dimension(tmp_path: Path) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k, echoes=1, add=k) for k in range(2)]
    for path in paths:
        dataset = pydicom.dcmread(path)
        position = [item for item in dataset.DimensionIndexSequence if item.DimensionIndexPointer == 0x00209057]
        dataset.DimensionIndexSequence = position
        for number, frame in enumerate(dataset.PerFrameFunctionalGroupsSequence, 1):
            frame.FrameContentSequence[0].DimensionIndexValues = number
        dataset.save_as(path)
    combine(plan_combination(paths, tmp_path / "all.dcm"))
    found = opened(tmp_path / "all.dcm")
    assert found.shape == (6, 5, 3, 2)
    assert np.array_equal(found.array("pv")[..., 1], opened(paths[1]).array("pv"))


def test_frames_without_functional_groups_are_refused(tmp_path: Path) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k, echoes=1) for k in range(2)]
    for path in paths:
        dataset = pydicom.dcmread(path)
        for keyword in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
            delattr(dataset, keyword)
        dataset.save_as(path)
    with pytest.raises(UnsupportedError, match="no functional groups"):
        plan_combination(paths, tmp_path / "out")


def test_a_source_is_never_replaced(tmp_path: Path) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k) for k in range(2)]
    with pytest.raises(FileExistsAlreadyError, match="one of the files to combine"):
        plan_combination(paths, paths[1], force=True)


@pytest.mark.parametrize(
    ("option", "told"),
    [({"description": "\u65e5"}, "cannot be written in the character set"), ({"description": "a\\b"}, "no backslash"),
     ({"description": "x" * 65}, "up to 64"), ({"number": 1 << 31}, "series number")],
)  # fmt: skip
def test_what_no_header_can_hold(tmp_path: Path, option: dict[str, Any], told: str) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k) for k in range(2)]
    with pytest.raises(ArgumentError, match=told):
        plan_combination(paths, tmp_path / "out.dcm", **option)


def test_a_combined_classic_series_says_once_what_a_series_says_once(tmp_path: Path) -> None:
    folders = [classic(tmp_path, k) for k in range(2)]
    for path in folders[1].iterdir():
        dataset = pydicom.dcmread(path)
        dataset.SeriesDescription, dataset.SeriesTime, dataset.OperatorsName = "NEX 2", "235959", "X"
        dataset.save_as(path)
    combine(plan_combination(folders, tmp_path / "all"))
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in (tmp_path / "all").iterdir()]
    assert {header.SeriesNumber for header in headers} == {3010}
    for keyword in ("SeriesDescription", "SeriesTime", "OperatorsName", "SeriesInstanceUID"):
        assert len({str(header.get(keyword)) for header in headers}) == 1, keyword


def test_classic_repeats(tmp_path: Path) -> None:
    folders = [classic(tmp_path, k, add=10 * k) for k in range(2)]
    single = [opened(folder) for folder in folders]
    assert combine(plan_combination(folders, tmp_path / "all")) == 12
    found = opened(tmp_path / "all")
    time = found.names.index("Temporal Position Index")
    for k, one in enumerate(single):
        assert np.array_equal(np.take(found.array("pv"), k, time), one.array("pv"))
    numbers = [pydicom.dcmread(path).InstanceNumber for path in sorted((tmp_path / "all").iterdir())]
    assert numbers == list(range(1, 13))
    combine(plan_combination(folders, tmp_path / "mean", mean=True))
    mean = opened(tmp_path / "mean")
    expected = np.mean([one.array(dtype=np.float64) for one in single], axis=0)
    assert mean.shape == single[0].shape
    assert np.abs(mean.array(dtype=np.float64) - expected).max() <= np.abs(mean.scaling().slope).max() * 0.51


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"slices": 4}, "the shape is 6 x 5 x 3 x 2"),
        ({"series": {"PatientID": "Q"}}, r"Patient ID \(0010,0020\) is 'P' in .* but 'Q'"),
        ({"series": {"StudyInstanceUID": "1.9"}}, "Study Instance UID"),
        ({"series": {"FrameOfReferenceUID": "1.9"}}, "Frame of Reference UID"),
    ],
)
def test_what_does_not_belong_together(tmp_path: Path, other: dict[str, Any], told: str) -> None:
    one, two = repeat(tmp_path / "1.dcm", 1), repeat(tmp_path / "2.dcm", 2, **other)
    with pytest.raises(SeriesError, match=told):
        plan_combination([one, two], tmp_path / "out.dcm")


def _moved(dataset: pydicom.Dataset) -> None:
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        frame.PlanePositionSequence[0].ImagePositionPatient[0] += 1


def _other_te(dataset: pydicom.Dataset) -> None:
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        frame.MREchoSequence[0].EffectiveEchoTime += 1


def _other_tr(dataset: pydicom.Dataset) -> None:
    for element in dataset.iterall():
        if element.keyword == "RepetitionTime":
            element.value = float(element.value) * 2


@pytest.mark.parametrize(
    ("change", "told"),
    [(_moved, "the position of plane"), (_other_te, "Effective Echo Time|Echo Time"), (_other_tr, "Repetition Time")],
)
def test_another_geometry_or_timing(tmp_path: Path, change: Callable[[pydicom.Dataset], None], told: str) -> None:
    one, two = repeat(tmp_path / "1.dcm", 1), repeat(tmp_path / "2.dcm", 2)
    dataset = pydicom.dcmread(two)
    change(dataset)
    dataset.save_as(two)
    with pytest.raises(SeriesError, match=told):
        plan_combination([one, two], tmp_path / "out.dcm")


def test_one_file_twice_one_series_and_targets_that_exist(tmp_path: Path) -> None:
    one, two = repeat(tmp_path / "1.dcm", 1), repeat(tmp_path / "2.dcm", 2)
    with pytest.raises(ArgumentError, match="1 series in what was given"):
        plan_combination([one], tmp_path / "out.dcm")
    copied = pydicom.dcmread(one)
    copied.SeriesInstanceUID = "1.2.3"
    copied.save_as(tmp_path / "copy.dcm")
    with pytest.raises(SeriesError, match="the same object"):
        plan_combination([one, tmp_path / "copy.dcm"], tmp_path / "out.dcm")
    (tmp_path / "out.dcm").write_text("mine")
    with pytest.raises(FileExistsAlreadyError):
        plan_combination([one, two], tmp_path / "out.dcm")
    assert (tmp_path / "out.dcm").read_text() == "mine"


def test_one_folder_twice_is_no_repeat(tmp_path: Path) -> None:
    folder = classic(tmp_path, 1)
    with pytest.raises(SeriesError, match="the same object"):
        plan_combination([folder, folder], tmp_path / "out")


def test_nothing_half_written(tmp_path: Path) -> None:
    folders = [classic(tmp_path, k) for k in range(2)]
    plan = plan_combination(folders, tmp_path / "out")

    def stop(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        combine(plan, stop)
    assert {path.name for path in tmp_path.iterdir()} == {"nex 0", "nex 1"}


@pytest.mark.parametrize(
    ("values", "bits", "signed", "factor"),
    [([0, 4095], 12, False, 1), ([0, 4095.4], 12, False, 1), ([0, 8190], 12, False, 2), ([-2048, 2047], 12, True, 1),
     ([-4096, 0], 12, True, 2), ([-3], 8, True, 1)],
)  # fmt: skip
def test_slopes_grow_only_where_they_have_to(values: list[float], bits: int, signed: bool, factor: float) -> None:
    assert _factor(np.array(values, float), bits, signed) == factor
