"""Repeats of one scan into one series, or their mean; what is no repeat is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from dicome.combine.combine import combine, plan_combination
from dicome.errors import ArgumentError, FileExistsAlreadyError, SeriesError, UnsupportedError
from tests.combine.making import classic, opened, repeat


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


@pytest.mark.parametrize(
    ("of_the_other", "told"), [("900", ""), ("0", "is 900.0 in .* but 0.0"), (None, "but missing")]
)
def test_an_inversion_time_that_some_frames_lack(tmp_path: Path, of_the_other: str | None, told: str) -> None:
    folders = [classic(tmp_path, k, echoes=1) for k in range(2)]
    for folder, value in zip(folders, ("900", of_the_other), strict=True):
        paths = sorted(folder.iterdir())
        for path, time in ((paths[0], value), (paths[1], "1200")):
            dataset = pydicom.dcmread(path)
            dataset.InversionTime = time
            dataset.save_as(path)
    if not told:
        assert combine(plan_combination(folders, tmp_path / "all")) == 6
        return
    with pytest.raises(SeriesError, match=told):
        plan_combination(folders, tmp_path / "all")


def _raw(path: Path, tag: int, vr: str, value: bytes) -> None:
    """Writes bytes that pydicom would not take for that VR."""
    for one in path.iterdir() if path.is_dir() else [path]:
        dataset = pydicom.dcmread(one)
        dataset[tag] = RawDataElement(Tag(tag), vr, len(value), value, 0, False, True)
        dataset.save_as(one)


@pytest.mark.filterwarnings("ignore::UserWarning")  # which pydicom gives of such values
@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("enhanced", [False, True])
@pytest.mark.parametrize(
    ("tag", "vr", "value", "number"),
    [(0x00200011, "IS", b"abc ", 0), (0x00200011, "IS", b"2147483647", 2147483647), (0x00200100, "IS", b"q ", 3020),
     (0x00080005, "CS", b"ISO_IR 999", 3020)],
)  # fmt: skip
def test_headers_with_odd_values_are_combined(
    tmp_path: Path, tag: int, vr: str, value: bytes, number: int, enhanced: bool, mean: bool
) -> None:
    paths = []
    for k in (1, 2):
        paths.append(repeat(tmp_path / f"{k}.dcm", k, echoes=1) if enhanced else classic(tmp_path, k, echoes=1))
        _raw(paths[-1], tag, vr, value)
    out = tmp_path / ("out.dcm" if enhanced else "out")
    assert combine(plan_combination(paths, out, mean=mean)) == (3 if mean else 6)
    written = [out] if enhanced else sorted(out.iterdir())
    assert {pydicom.dcmread(path).SeriesNumber for path in written} == {number}


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
