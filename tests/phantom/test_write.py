"""Files of the phantom read by pydicom, and every statement of the truth checked against the file's own attributes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

import dicome.phantom
from dicome.errors import FileExistsAlreadyError
from dicome.phantom import Phantom, stamped, write_phantom

SMALL: dict[str, Any] = {"rows": 10, "columns": 8, "slices": 3}

CASES: dict[str, dict[str, Any]] = {
    "one frame": {"slices": 1},
    "plain": {},
    "everything": {"echoes": 2, "types": ("M", "P"), "dynamics": 2, "phases": 2, "labels": 2},
    "complex": {"types": ("M", "R", "I", "P"), "echoes": 2},
    "field map": {"types": ("M", "B0"), "dynamics": 2},
    "velocity": {"types": ("M", "P"), "sequences": ("FFE", "PCA")},
    "diffusion": {"b_values": (0, 700, 1000), "directions": 3, "trace": True},
    "isotropic": {"b_values": (0, 500)},
    "repeats": {"repeats": 2, "dynamics": 2},
    "stacks": {"slices": (2, 2, 2)},
    "unequal stacks": {"slices": (1, 3)},
    "volume order": {"frame_order": "volume", "dynamics": 2, "echoes": 2},
    "shuffled": {"frame_order": "shuffled", "dynamics": 3},
    "stopped": {"dynamics": 3, "stop_after": 8},
    "gaps": {"gaps": True, "dynamics": 2, "echoes": 2, "b_values": (0, 1000), "directions": 2},
    "siemens": {"vendor": "siemens", "dynamics": 2},
    "siemens diffusion": {"vendor": "siemens", "b_values": (0, 1000), "directions": 2},
    "canon": {"vendor": "canon", "dynamics": 2, "echoes": 2},
    "no private": {"private": False, "types": ("M", "P")},
    "moved blocks": {"moved_blocks": True, "types": ("M", "P")},
    "values only": {"dimension_index": "values", "dynamics": 2},
    "no index": {"dimension_index": "none", "dynamics": 2},
    "swapped": {"swap_dimensions": True, "dynamics": 2, "echoes": 2},
    "implicit": {"transfer_syntax": "implicit", "types": ("M", "P")},
    "big endian": {"transfer_syntax": "big-endian", "types": ("M", "P")},
    "deflated": {"transfer_syntax": "deflated"},
    "rle": {"transfer_syntax": "rle", "offset_table": False},
    "jpeg-ls": {"transfer_syntax": "jpeg-ls"},
    "jpeg 2000": {"transfer_syntax": "jpeg2000", "rows": 40, "columns": 36},
    "defined lengths": {"undefined_lengths": False, "b_values": (0, 1000), "directions": 2},
    "reversed sagittal": {"orientation": "SAG", "reverse_slices": True},
}

Frame = pydicom.Dataset


def private(frame: Frame) -> pydicom.Dataset | None:
    """The private copy of the classic header, wherever its block is."""
    for tag in (0x2005140F, 0x2005100F):
        if tag in frame:
            return frame[tag].value[0]  # type: ignore[no-any-return]
    return None


def weighting(frame: Frame) -> tuple[float, tuple[float, ...] | None]:
    group = frame.MRDiffusionSequence[0]
    if "DiffusionGradientDirectionSequence" not in group:
        return group.DiffusionBValue, None
    return group.DiffusionBValue, tuple(group.DiffusionGradientDirectionSequence[0].DiffusionGradientOrientation)


def coded(frame: Frame, tag: int) -> Any:
    item = private(frame)
    assert item is not None
    return item[tag if tag in item else tag + 0x100].value


ATTRIBUTES: dict[str, Callable[[Frame], Any]] = {
    "Stack ID": lambda frame: int(frame.FrameContentSequence[0].StackID),
    "In-Stack Position Number": lambda frame: frame.FrameContentSequence[0].InStackPositionNumber,
    "Temporal Position Index": lambda frame: frame.FrameContentSequence[0].TemporalPositionIndex,
    "Effective Echo Time": lambda frame: frame.MREchoSequence[0].EffectiveEchoTime,
    "Diffusion b-Value": lambda frame: weighting(frame)[0],
    "Diffusion Gradient Orientation": lambda frame: weighting(frame)[1],
    "ImageTypeMR": lambda frame: coded(frame, 0x20051011),
    "Scanning Sequence": lambda frame: coded(frame, 0x2005106E),
    "Label Type": lambda frame: coded(frame, 0x20051429),
}
"""Name of an axis to what a frame says about its place on it; trigger times and repeats are checked apart."""


@pytest.fixture(params=CASES, scope="module")
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Phantom, pydicom.Dataset]:
    path = tmp_path_factory.mktemp("phantom") / "a.dcm"
    phantom = write_phantom(path, **{**SMALL, **CASES[request.param]})
    return phantom, pydicom.dcmread(path)


def frames_of(data: pydicom.Dataset) -> list[Frame]:
    """Per-frame groups, completed by the shared ones."""
    shared = data.SharedFunctionalGroupsSequence[0]
    result = []
    for frame in data.PerFrameFunctionalGroupsSequence:
        whole = pydicom.Dataset()
        whole.update(dict(shared.items()))
        whole.update(dict(frame.items()))
        result.append(whole)
    return result


def test_stored_pixels_lie_where_the_item_numbers_say(case: tuple[Phantom, pydicom.Dataset]) -> None:
    phantom, data = case
    pixels = data.pixel_array.reshape(data.NumberOfFrames, data.Rows, data.Columns)
    assert phantom.frame_count == data.NumberOfFrames
    assert phantom.stored.shape == (data.Rows, data.Columns, *phantom.item_numbers.shape)
    for place in np.ndindex(phantom.item_numbers.shape):
        item = phantom.item_numbers[place]
        frame = np.moveaxis(phantom.stored, (0, 1), (-2, -1))[place]
        assert stamped(frame) == item
        if item:
            assert np.array_equal(frame, pixels[item - 1])


def test_axes_say_what_the_attributes_of_the_frames_say(case: tuple[Phantom, pydicom.Dataset]) -> None:
    phantom, data = case
    frames = frames_of(data)
    for number, axis in enumerate(phantom.axes):
        names = axis.name.split("/")
        if names[0] not in ATTRIBUTES or (names[-1] == "ImageTypeMR" and not phantom.options.private):
            continue
        for place in np.argwhere(phantom.item_numbers > 0):
            frame = frames[phantom.item_numbers[tuple(place)] - 1]
            found = tuple(ATTRIBUTES[name](frame) for name in names)
            assert found == (axis.values[place[number]] if len(names) > 1 else (axis.values[place[number]],))


def test_scale_factors_are_those_of_the_frames(case: tuple[Phantom, pydicom.Dataset]) -> None:
    phantom, data = case
    for place in np.argwhere(phantom.item_numbers > 0):
        where = tuple(place)
        frame = frames_of(data)[phantom.item_numbers[where] - 1]
        group = frame.PixelValueTransformationSequence[0]
        assert float(group.RescaleSlope) == phantom.rescale_slope[where]
        assert float(group.RescaleIntercept) == phantom.rescale_intercept[where]
        if phantom.scale == "fp":
            assert coded(frame, 0x2005100E) == phantom.scale_slope[where]
            assert coded(frame, 0x2005100D) == phantom.scale_intercept[where]
    assert (private(frames_of(data)[0]) is not None) == (phantom.scale == "fp")


def test_fp_is_dv_over_both_slopes(case: tuple[Phantom, pydicom.Dataset]) -> None:
    """FP = DV / (RS * SS), the other way to say it."""
    phantom, _ = case
    both = phantom.rescale_slope * phantom.scale_slope if phantom.scale == "fp" else 1
    expected = phantom.display / both
    assert np.allclose(phantom.values, expected, rtol=1e-6, atol=1e-3, equal_nan=True)
    missing = np.broadcast_to(phantom.item_numbers == 0, phantom.values.shape)
    assert np.array_equal(np.isnan(phantom.values), missing)


def test_affine_gives_the_positions_of_the_frames(case: tuple[Phantom, pydicom.Dataset]) -> None:
    phantom, data = case
    first = 5 if phantom.options.gaps else 1
    step = 3 if phantom.options.gaps else 1
    for frame in frames_of(data):
        content = frame.FrameContentSequence[0]
        affine = phantom.affines[(int(content.StackID) - first) // step]
        place = (content.InStackPositionNumber - first) // step
        assert np.allclose(
            affine @ [0, 0, place, 1], [*frame.PlanePositionSequence[0].ImagePositionPatient, 1], atol=1e-9
        )
        spacing = frame.PixelMeasuresSequence[0].PixelSpacing
        orientation = np.float64(frame.PlaneOrientationSequence[0].ImageOrientationPatient).reshape(2, 3)
        assert np.allclose(affine[:3, 0], orientation[1] * spacing[0])
        assert np.allclose(affine[:3, 1], orientation[0] * spacing[1])
        corner = private(frame)
        if corner is not None:
            assert np.allclose(affine @ [-0.5, -0.5, place, 1], [*corner.ImagePositionPatient, 1], atol=1e-9)
    assert phantom.affine is phantom.affines[0]


def test_index_values_are_consistent_with_what_they_point_to(case: tuple[Phantom, pydicom.Dataset]) -> None:
    phantom, data = case
    if phantom.options.dimension_index != "full":
        assert "DimensionIndexSequence" not in data
        values = "DimensionIndexValues" in frames_of(data)[0].FrameContentSequence[0]
        assert values is (phantom.options.dimension_index == "values")
        return
    pointers = [int(item.DimensionIndexPointer) for item in data.DimensionIndexSequence]
    in_content = {0x00209056, 0x00209057, 0x00209128}
    agree = []
    for frame in frames_of(data):
        content = frame.FrameContentSequence[0]
        assert len(content.DimensionIndexValues) == len(pointers)
        for pointer, value in zip(pointers, content.DimensionIndexValues, strict=True):
            if pointer in in_content:
                agree.append(int(content[pointer].value) == value)
    assert all(agree) is not phantom.options.swap_dimensions


def test_uids_are_valid_and_frames_have_their_own(case: tuple[Phantom, pydicom.Dataset]) -> None:
    phantom, data = case
    assert data.SOPInstanceUID.is_valid
    if phantom.scale == "fp":
        uids = [str(coded_item.SOPInstanceUID) for frame in frames_of(data) if (coded_item := private(frame))]
        assert len(set(uids)) == data.NumberOfFrames


def read(tmp_path: Path, **options: Any) -> pydicom.Dataset:
    return pydicom.dcmread(write_phantom(tmp_path / "a.dcm", **{**SMALL, **options}, force=True).path)


def test_triggers_rise_with_the_phase_and_are_later_in_later_slices(tmp_path: Path) -> None:
    frames = frames_of(read(tmp_path, phases=3, slices=2))
    delays = [frame.CardiacSynchronizationSequence[0].NominalCardiacTriggerDelayTime for frame in frames]
    assert delays == [300, 550, 800, 322, 572, 822]
    assert [coded(frame, 0x20011008) for frame in frames] == [1, 2, 3, 1, 2, 3]


def test_dynamics_begin_one_after_the_other(tmp_path: Path) -> None:
    frames = frames_of(read(tmp_path, dynamics=3, slices=1))
    assert [coded(frame, 0x200510A0) for frame in frames] == [0, 2.125, 4.25]
    times = [frame.FrameContentSequence[0].FrameAcquisitionDateTime for frame in frames]
    assert times == ["20240229134501.0", "20240229134503.125", "20240229134505.25"]


def test_stripping_removes_all_private_elements(tmp_path: Path) -> None:
    def tags(data: pydicom.Dataset) -> list[int]:
        return [one.tag for one in data.iterall() if one.tag.is_private]

    assert tags(read(tmp_path, private=False, types=("M", "P"))) == []
    assert tags(read(tmp_path, vendor="siemens", private=False)) == []
    assert len(tags(read(tmp_path, types=("M", "P")))) > 100


def test_moved_blocks_are_where_their_creators_say(tmp_path: Path) -> None:
    frame = frames_of(read(tmp_path, moved_blocks=True))[0]
    assert frame[0x20050010].value == "Philips MR Imaging DD 005"
    item = frame[0x2005100F].value[0]
    assert item[0x20050011].value == "Philips MR Imaging DD 001"
    assert item[0x2005110E].value > 0


def test_the_patient_is_nobody(tmp_path: Path) -> None:
    data = read(tmp_path)
    assert (data.PatientName, data.PatientID, data.PatientBirthDate) == ("PHANTOM^Nobody", "PHANTOM-0000", "19000101")


def test_values_of_the_series_can_be_given(tmp_path: Path) -> None:
    data = read(tmp_path, series={"SeriesNumber": 77, "ProtocolName": "Mine", "StationName": "HERE"})
    assert (data.SeriesNumber, data.ProtocolName, data.StationName) == (77, "Mine", "HERE")


def test_fields_that_par_files_are_made_of(tmp_path: Path) -> None:
    data = read(tmp_path, echoes=2, dynamics=3)
    tags = (0x20011014, 0x20011017, 0x20011018, 0x20011081, 0x2001107B, 0x20011060)
    assert [data[tag].value for tag in tags] == [2, 1, 3, 3, 2, 1]
    stack = data[0x2001105F].value[0]
    assert [stack[tag].value for tag in (0x20051071, 0x20051072, 0x20051073)] == [-12.5, 7.25, 3.5]
    assert (stack[0x2001102D].value, stack[0x20051081].value) == (3, "FH")


def test_layouts_of_frames_differ_in_length_like_a_scanners(tmp_path: Path) -> None:
    path = write_phantom(tmp_path / "a.dcm", **{**SMALL, "slices": 20, "dynamics": 10}).path
    starts = path.read_bytes().split(bytes.fromhex("18 00 14 91 53 51"))[1:-1]
    assert 3 < len({len(one) for one in starts}) < 60


def test_the_same_options_give_the_same_file_and_others_other_uids(tmp_path: Path) -> None:
    first, same, seeded, longer = (
        write_phantom(tmp_path / f"{number}.dcm", **{**SMALL, **options})
        for number, options in enumerate(({}, {}, {"seed": 1}, {"dynamics": 2}))
    )
    assert first.path.read_bytes() == same.path.read_bytes()
    uids = {one.series["SOPInstanceUID"] for one in (first, same, seeded, longer)}
    assert len(uids) == 3


def test_nothing_is_overwritten_unless_forced(tmp_path: Path) -> None:
    write_phantom(tmp_path / "a.dcm", **SMALL)
    with pytest.raises(FileExistsAlreadyError):
        write_phantom(tmp_path / "a.dcm", **SMALL)
    write_phantom(tmp_path / "a.dcm", **SMALL, force=True)


def test_the_keywords_of_write_phantom_are_those_of_options() -> None:
    """One place tells the defaults, another documents them: they must not drift apart."""
    import inspect
    from dataclasses import MISSING, fields

    signature = inspect.signature(write_phantom).parameters
    ours = {name: one.default for name, one in signature.items() if name not in ("path", "force", "series")}
    theirs = {one.name: one.default for one in fields(dicome.phantom.Options) if one.default is not MISSING}
    assert ours == theirs
