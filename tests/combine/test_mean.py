"""The mean of repeats: of the scaled values, and of phases, which wrap."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from dicome.combine.changes import rescale
from dicome.combine.combine import combine, plan_combination
from dicome.combine.mean import fitting
from dicome.combine.phases import mean_of_phases
from dicome.errors import SeriesError, UnsupportedError
from tests.combine.making import classic, opened, repeat


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


@pytest.mark.parametrize(
    ("values", "range_", "expected"),
    [([0, 4095], (0, 4095), (1, 0)), ([0, 4095.4], (0, 4095), (1, 0)), ([0, 8190], (0, 4095), (2, 0)),
     ([-2048, 2047], (-2048, 2047), (1, 0)), ([-4096, 0], (-2048, 2047), (2, 0)), ([-3], (-128, 127), (1, 0)),
     ([-0.4, 100], (0, 4095), (1, 0)), ([-95, 4000], (0, 4095), (1, -95)), ([-4095, 4095], (0, 4095), (2, -4095))],
)  # fmt: skip
def test_scaling_changes_only_where_it_has_to(
    values: list[float], range_: tuple[int, int], expected: tuple[float, float]
) -> None:
    assert fitting(np.array(values, float), *range_) == expected


def test_another_offset_means_the_same() -> None:
    header, mapping = pydicom.Dataset(), pydicom.Dataset()
    header.RescaleSlope, header.RescaleIntercept = "2", "-100"
    mapping.RealWorldValueSlope, mapping.RealWorldValueIntercept = 0.5, 7.0
    header.RealWorldValueMappingSequence = [mapping]
    block = header.private_block(0x2005, "Philips MR Imaging DD 001", create=True)
    block.add_new(0x0D, "FL", 50.0)
    block.add_new(0x0E, "FL", 4.0)
    rescale(header, 2, -30)  # a stored 100 becomes (100 + 30) / 2 = 65
    assert 65 * float(header.RescaleSlope) + float(header.RescaleIntercept) == 100 * 2 - 100
    assert 65 * mapping.RealWorldValueSlope + mapping.RealWorldValueIntercept == 100 * 0.5 + 7
    assert (65 - block[0x0D].value) / block[0x0E].value == (100 - 50) / 4


def _as_real(path: Path, stored: int, slope: float) -> None:
    """Real parts: the whole range of the stored values is -2047.5 to 2047.5 times the slope."""
    dataset = pydicom.dcmread(path)
    dataset.PixelData = np.full_like(dataset.pixel_array, stored).tobytes()
    for frame in dataset.PerFrameFunctionalGroupsSequence:
        transformation = frame.PixelValueTransformationSequence[0]
        transformation.RescaleSlope, transformation.RescaleIntercept = slope, -2047.5 * slope
        frame.MRImageFrameTypeSequence[0].ComplexImageComponent = "REAL"
        for tag in [element.tag for element in frame if element.tag.is_private]:
            del frame[tag]
    dataset.save_as(path)


@pytest.mark.parametrize(("stored", "expected"), [((0, 0), -4095), ((1000, 95), -3452.5), ((4095, 4095), 4095)])
def test_the_mean_of_real_parts_may_leave_the_range_of_the_first(
    tmp_path: Path, stored: tuple[int, int], expected: float
) -> None:
    """1000 in steps of 1 is -1047.5, 95 in steps of 3 is -5857.5; the mean is -3452.5."""
    paths = [repeat(tmp_path / f"{k}.dcm", k, echoes=1) for k in range(2)]
    for path, value, slope in zip(paths, stored, (1, 3), strict=True):
        _as_real(path, value, slope)
    combine(plan_combination(paths, tmp_path / "mean.dcm", mean=True))
    assert np.allclose(opened(tmp_path / "mean.dcm").array("dv"), expected, atol=0.51)


@pytest.mark.parametrize(
    ("stored", "steps", "lowest", "expected"),
    [
        ((1, 4094), 4095, 0, 0),  # -pi and a step, pi less a step: pi, and not the 0 of their mean 2047.5
        ((0, 1024), 4096, 0, 512),  # 0 and 90 degrees: 45
        ((4096 - 114, 228), 4096, 0, 57),  # -10 and 20 degrees: 5
        ((4095, 4095, 4095), 4096, 0, 4095),
        ((4095, 1), 4096, 0, 0),
        ((-2048, 2047), 4096, -2048, -2048),
        ((-1, -3), 4096, -2048, -2),
        ((1024, 1024, 3072), 4096, 0, 1024),  # two against one
    ],
)
def test_phases_by_hand(stored: tuple[int, ...], steps: int, lowest: int, expected: int) -> None:
    mean = mean_of_phases((np.array([[value]], float) for value in stored), steps, lowest)
    assert lowest <= mean.item() < lowest + 4096
    assert (mean.item() - expected) % steps == 0  # either end is the same direction


def _with_values(path: Path, number: int) -> None:
    """Magnitudes 100 and 300; phases of 3.0 and -3.0 rad, as Philips stores them."""
    dataset = pydicom.dcmread(path)
    pixels = dataset.pixel_array
    for frame, groups in zip(pixels, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        is_phase = groups.MRImageFrameTypeSequence[0].ComplexImageComponent == "PHASE"
        frame[:] = round(2047.5 + (3, -3)[number] * 651.7395) if is_phase else (100, 300)[number]
    dataset.PixelData = pixels.tobytes()
    dataset.save_as(path)


def _two(tmp_path: Path, **other: Any) -> list[Path]:
    paths = [repeat(tmp_path / f"{k}.dcm", k, echoes=1, **other) for k in range(2)]
    for number, path in enumerate(paths):
        _with_values(path, number)
    return paths


def test_phases_are_averaged_as_directions_and_magnitudes_as_numbers(tmp_path: Path) -> None:
    paths = _two(tmp_path, types=("M", "P"))
    combine(plan_combination(paths, tmp_path / "mean.dcm", mean=True))
    found = opened(tmp_path / "mean.dcm")
    header = pydicom.dcmread(tmp_path / "mean.dcm")
    assert header.DerivationDescription == "mean of 2 NEX, circular mean of phases"
    assert set(found.array("pv")[..., 0].ravel().tolist()) == {200}
    phases = found.array("fp")[..., 1]
    assert np.abs(np.abs(phases) - math.pi).max() < 1 / 651.7  # and not 0


def _without_private(path: Path) -> pydicom.Dataset:
    dataset = pydicom.dcmread(path)
    dataset.remove_private_tags()
    return dataset


def test_phases_of_single_frame_files_and_without_what_philips_adds(tmp_path: Path) -> None:
    folders = [classic(tmp_path, k, echoes=1, types=("P",)) for k in range(2)]
    for number, folder in enumerate(folders):
        for path in folder.iterdir():
            dataset = _without_private(path)
            dataset.Manufacturer = "SIEMENS"
            dataset.ImageType = ["ORIGINAL", "PRIMARY", "P", "ND"]
            dataset.RescaleSlope, dataset.RescaleIntercept = 2, -4096
            dataset.PixelData = np.full(30, (4000, 196)[number], "<u2").tobytes()
            dataset.save_as(path)
    combine(plan_combination(folders, tmp_path / "mean", mean=True))
    assert set(opened(tmp_path / "mean").array("pv").ravel().tolist()) == {50}  # (4000 - 4096 + 196) / 2


def _each(path: Path, **values: str) -> None:
    dataset = pydicom.dcmread(path)
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)


def test_phases_whose_turn_is_not_known_are_refused_and_their_frames_combined(tmp_path: Path) -> None:
    paths = _two(tmp_path, types=("M", "P"))
    for path in paths:
        _each(path, Manufacturer="GE MEDICAL SYSTEMS")
    with pytest.raises(UnsupportedError, match="phases of GE MEDICAL SYSTEMS in 12 bits"):
        plan_combination(paths, tmp_path / "mean.dcm", mean=True)
    assert combine(plan_combination(paths, tmp_path / "all.dcm")) == 12


def test_phases_of_ge_are_told_by_its_raw_data_type(tmp_path: Path) -> None:
    folders = [classic(tmp_path, k, echoes=1) for k in range(3)]
    for number, folder in enumerate(folders):
        for path in folder.iterdir():
            dataset = _without_private(path)
            dataset.Manufacturer = "GE MEDICAL SYSTEMS"
            dataset.private_block(0x0043, "GEMS_PARM_01", create=True).add_new(0x2F, "SS", int(number > 0))
            dataset.save_as(path)
    with pytest.raises(UnsupportedError, match="phases of GE"):
        plan_combination(folders[1:], tmp_path / "mean", mean=True)
    with pytest.raises(SeriesError, match="Raw Data Type of GE"):
        plan_combination(folders[:2], tmp_path / "all")


def test_numbers_of_colours_have_no_mean(tmp_path: Path) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k) for k in range(2)]
    for path in paths:
        _each(path, PhotometricInterpretation="PALETTE COLOR")
    with pytest.raises(UnsupportedError, match="palette"):
        combine(plan_combination(paths, tmp_path / "mean.dcm", mean=True))
    assert not (tmp_path / "mean.dcm").exists()


def test_phases_of_different_ranges_are_refused(tmp_path: Path) -> None:
    paths = [repeat(tmp_path / f"{k}.dcm", k, slope=1 + k, types=("P",), echoes=1) for k in range(2)]
    with pytest.raises(SeriesError, match="one step of them is"):
        combine(plan_combination(paths, tmp_path / "mean.dcm", mean=True))
    assert not (tmp_path / "mean.dcm").exists()


def test_magnitudes_and_phases_are_no_repeats(tmp_path: Path) -> None:
    paths = [repeat(tmp_path / f"{kind}.dcm", k, types=(kind,), echoes=1) for k, kind in enumerate("MP")]
    with pytest.raises(SeriesError, match=r"Complex Image Component of plane 1 is MAGNITUDE in .* but PHASE in"):
        plan_combination(paths, tmp_path / "out.dcm")
