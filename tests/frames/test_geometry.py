"""The affine of hand-made planes."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from dicome.frames.geometry import Planes, affine, planes
from dicome.frames.table import Column, FrameTable

AXIAL = [1.0, 0, 0, 0, 1, 0]
SAGITTAL = [0.0, 1, 0, 0, 0, -1]


def make(position: list[list[float]], directions: list[float], spacing: tuple[float, float] = (2.0, 3.0)) -> Planes:
    n = len(position)
    return Planes(np.array(position), np.tile(directions, (n, 1)), np.tile(spacing, (n, 1)), np.full(n, 5.0))


def voxel(matrix: NDArray[np.float64] | None, *index: int) -> list[float]:
    assert matrix is not None
    found: list[float] = (matrix @ [*index, 1])[:3].tolist()
    return found


def test_axial_slices_by_hand() -> None:
    # Pixel Spacing is (between rows, between columns); a row runs along x.
    matrix, note = affine(make([[-10, -20, 30], [-10, -20, 34]], AXIAL), np.array([0, 1]))
    assert note == ""
    assert voxel(matrix, 0, 0, 0) == [-10, -20, 30]
    assert voxel(matrix, 1, 0, 0) == [-10, -18, 30]
    assert voxel(matrix, 0, 1, 0) == [-7, -20, 30]
    assert voxel(matrix, 0, 0, 1) == [-10, -20, 34]


def test_the_affine_says_which_way_slices_run() -> None:
    matrix, _ = affine(make([[0, 0, 34], [0, 0, 30]], AXIAL), np.array([0, 1]))
    assert voxel(matrix, 0, 0, 1) == [0, 0, 30]


def test_time_faster_than_slices_keeps_the_spacing() -> None:
    """Two neighbouring frames at one place have distance 0; the spacing comes from all frames."""
    positions: list[list[float]] = [[0, 0, 0], [0, 0, 0], [0, 0, 2], [0, 0, 2]]
    matrix, _ = affine(make(positions, AXIAL), np.array([0, 0, 1, 1]))
    assert voxel(matrix, 0, 0, 1) == [0, 0, 2]


def test_one_slice_uses_its_thickness_along_the_normal() -> None:
    matrix, _ = affine(make([[1, 2, 3]], SAGITTAL), np.array([0]))
    # row direction +y, column direction -z: normal is -x
    assert voxel(matrix, 0, 0, 1) == [-4, 2, 3]
    assert voxel(matrix, 1, 0, 0) == [1, 2, 1]
    assert voxel(matrix, 0, 1, 0) == [1, 5, 3]


def test_frames_left_out_do_not_count() -> None:
    matrix, note = affine(make([[0, 0, 0], [0, 0, 2], [0, 0, 99]], AXIAL), np.array([0, 1, -1]))
    assert voxel(matrix, 0, 0, 1) == [0, 0, 2]
    assert note == ""


@pytest.mark.parametrize(
    ("planes", "reason"),
    [
        (Planes(np.zeros((2, 3)), np.array([AXIAL, SAGITTAL]), np.ones((2, 2)), np.ones(2)), "orientations"),
        (Planes(np.zeros((2, 3)), np.array([AXIAL, AXIAL]), np.array([[1, 1], [2, 2.0]]), np.ones(2)), "spacings"),
        (make([[0, 0, 0], [0, 0, 2], [0, 0, 9]], AXIAL), "off a regular spacing"),
        (make([[0, 0, 0], [0, 0, 2]], AXIAL, spacing=(0.0, 2.0)), "pixel spacing, orientation or distance of slices"),
        (make([[0, 0, 7], [0, 0, 7]], AXIAL), "pixel spacing, orientation or distance of slices is 0"),
        (make([[0, 0, 7]], [0.0] * 6), "pixel spacing, orientation or distance of slices is 0"),
    ],
)
def test_no_affine_where_none_fits(planes: Planes, reason: str) -> None:
    matrix, note = affine(planes, np.arange(len(planes.position)))
    assert matrix is None
    assert reason in note


def test_a_moving_table_is_told() -> None:
    matrix, note = affine(make([[0, 0, 0], [0, 0, 3], [0, 0, 1.0], [0, 0, 4]], AXIAL), np.array([0, 1, 0, 1]))
    assert voxel(matrix, 0, 0, 0) == [0, 0, 0.5]
    assert "0.5 mm apart" in note


def table_of(**columns: list[list[float]]) -> FrameTable:
    def made(rows: list[list[float]]) -> Column:
        return Column(np.array(rows), np.ones(len(rows), bool))

    return FrameTable(1, {name.replace("__", "."): partial(made, rows) for name, rows in columns.items()})


FRAME = {
    "PlanePositionSequence__ImagePositionPatient": [[1.0, 2, 3]],
    "PlaneOrientationSequence__ImageOrientationPatient": [AXIAL],
    "PixelMeasuresSequence__PixelSpacing": [[2.0, 3]],
    "PrivatePerFrameSq__ImagePositionPatient": [[0.0, 0.5, 3]],
}


def test_planes_come_from_the_public_groups() -> None:
    found = planes(table_of(**FRAME))
    assert found is not None
    assert found.position.tolist() == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("between", "thick", "wanted"), [(6.0, 5.0, 6.0), (0.0, 5.0, 5.0), (0.0, 0.0, 1.0)], ids=["both", "one", "none"]
)
def test_a_slice_that_says_0_mm_has_an_affine_all_the_same(between: float, thick: float, wanted: float) -> None:
    told = {"SpacingBetweenSlices": [[between]], "SliceThickness": [[thick]]}
    found = planes(table_of(**FRAME, **{f"PixelMeasuresSequence__{name}": rows for name, rows in told.items()}))
    assert found is not None
    assert found.thickness.tolist() == [wanted]


def test_the_private_copy_half_a_pixel_off_is_never_used() -> None:
    private_only = {name: rows for name, rows in FRAME.items() if not name.startswith("PlanePosition")}
    assert planes(table_of(**private_only)) is None


def test_classic_headers_have_it_at_the_top() -> None:
    found = planes(table_of(**{name.split("__")[1]: rows for name, rows in list(FRAME.items())[:3]}))
    assert found is not None
    assert found.spacing.tolist() == [[2, 3]]
