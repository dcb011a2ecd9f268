"""Where slices lie: literals worked out by hand, and the geometry of real files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

from dicome.enhanced.stacks import rotation
from dicome.phantom.geometry import Stack

REAL = ("dcm_qa_philips_enh/enh/2001_WIP_fcMRI_Field_Mapping_e2_phMag.dcm", "nitest-balls1/DICOM/T2_.dcm")


def stack(orientation: str, angulation: tuple[float, float, float] = (0, 0, 0), *, reverse: bool = False) -> Stack:
    return Stack(orientation, angulation, (10, 20, 30), (5, 3, 2), (2, 4, 8), reverse)


@pytest.mark.parametrize(
    ("orientation", "row", "column", "slices"),
    [
        ("TRA", (0, 2, 0), (4, 0, 0), (0, 0, 8)),
        ("SAG", (0, 0, -2), (0, 4, 0), (-8, 0, 0)),
        ("COR", (0, 0, -2), (4, 0, 0), (0, 8, 0)),
    ],
)
def test_straight_stacks(
    orientation: str, row: tuple[float, ...], column: tuple[float, ...], slices: tuple[float, ...]
) -> None:
    """Steps per index in x (left), y (posterior), z (head); the centre (ap 10, fh 20, rl 30) is at x 30, y 10, z 20."""
    affine = stack(orientation).affine
    assert np.allclose(affine[:3, :3].T, [row, column, slices])
    assert np.allclose(affine @ [2, 1, 0.5, 1], [30, 10, 20, 1])


def test_reversed_slices_fill_the_same_room() -> None:
    forth, back = stack("TRA"), stack("TRA", reverse=True)
    assert np.allclose(forth.positions(), back.positions()[::-1])
    assert not np.allclose(forth.affine, back.affine)


def test_the_private_position_is_the_corner_of_the_first_pixel() -> None:
    one = stack("TRA")
    assert np.allclose(one.positions()[0], [26, 6, 16])
    assert np.allclose(one.corners()[0], [24, 5, 16])


@pytest.mark.parametrize(
    ("angles", "moved"),
    [((90, 0, 0), (0, 0, 1)), ((0, 90, 0), (0, 1, 0)), ((0, 0, 90), (-1, 0, 0))],
)
def test_angles_turn_about_their_own_axis(angles: tuple[float, float, float], moved: tuple[float, ...]) -> None:
    """In the frame (ap, fh, rl): what happens to fh."""
    assert np.allclose(rotation(*angles) @ [0, 1, 0], moved)


def test_directions_stay_orthonormal_and_right_handed() -> None:
    row, column, slices = stack("SAG", (11, -7, 23)).directions
    assert np.allclose(np.cross(column, row), slices)
    assert np.allclose([row @ row, column @ column, row @ column], [1, 1, 0])


def test_field_of_view_along_ap_fh_rl() -> None:
    assert stack("TRA").field_of_view().tolist() == [10, 16, 12]
    assert stack("SAG").field_of_view().tolist() == [12, 10, 16]
    assert stack("COR").field_of_view().tolist() == [16, 10, 12]


@pytest.mark.parametrize("name", REAL)
def test_stack_parameters_of_real_files_give_their_positions(corpus: Path, name: str) -> None:
    data = pydicom.dcmread(corpus / "enhanced" / name, stop_before_pixels=True)
    described = data[0x2001105F].value[0]
    angulation = tuple(float(described[0x20051071 + axis].value) for axis in range(3))
    centre = tuple(float(described[0x20051078 + axis].value) for axis in range(3))
    frames = data.PerFrameFunctionalGroupsSequence
    count = int(described[0x2001102D].value)
    spacing = (*map(float, frames[0].PixelMeasuresSequence[0].PixelSpacing), float(described[0x2005107E].value))
    made = Stack("TRA", angulation, centre, (data.Rows, data.Columns, count), spacing)  # type: ignore[arg-type]
    for frame in frames:
        place = frame.FrameContentSequence[0].InStackPositionNumber - 1
        public, private = frame.PlanePositionSequence[0], frame[0x2005140F].value[0]
        assert np.allclose(made.positions()[place], np.float64(public.ImagePositionPatient), atol=1e-4)
        assert np.allclose(made.corners()[place], np.float64(private.ImagePositionPatient), atol=1e-4)
