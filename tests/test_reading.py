"""dicomeread in Python: Order, Combine, Noscale and the four added fields."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dicome
from dicome.errors import ArgumentError
from dicome.phantom import Phantom


@pytest.fixture
def phantom(tmp_path: Path) -> Phantom:
    return dicome.write_phantom(tmp_path / "Größe & 'Maß'.dcm", rows=7, columns=5, slices=4, echoes=3, dynamics=2)


def test_array_and_header(phantom: Phantom) -> None:
    img, info = dicome.dicomeread(phantom.path)
    assert img.shape == (7, 5, 4, 2, 3)
    np.testing.assert_allclose(img, phantom.values, rtol=1e-6)
    names = ("Column", "Row", "In-Stack Position Number", "Temporal Position Index", "Effective Echo Time")
    assert info.MatlabNames == names
    assert info.MatlabIndexes[:2] == (("1", "2", "3", "4"), ("1", "2"))
    assert np.array_equal(info.MatlabItems, phantom.item_numbers)
    assert any("Dimension Index Values" in note for note in info.MatlabEvidence)
    assert info.Width == 5


def test_the_item_of_a_voxel_leads_to_its_header(phantom: Phantom) -> None:
    _, info = dicome.dicomeread(phantom.path)
    items = list(info.PerFrameFunctionalGroupsSequence)
    frame = info.PerFrameFunctionalGroupsSequence[items[info.MatlabItems[3, 1, 2] - 1]]
    content = frame.FrameContentSequence.Item_1
    assert (content.InStackPositionNumber, content.TemporalPositionIndex) == (4, 2)
    assert frame.MREchoSequence.Item_1.EffectiveEchoTime == phantom.echo_times[2]


def test_noscale_keeps_the_stored_integers(phantom: Phantom) -> None:
    img, _ = dicome.dicomeread(phantom.path, noscale=True)
    assert img.dtype == np.uint16
    assert np.array_equal(img, phantom.stored)


def test_noscale_and_another_scale_contradict(phantom: Phantom) -> None:
    with pytest.raises(ArgumentError, match="contradict"):
        dicome.dicomeread(phantom.path, noscale=True, scale="dv")


def test_order_by_numbers_moves_pixels_names_labels_and_items(phantom: Phantom) -> None:
    plain, before = dicome.dicomeread(phantom.path)
    img, info = dicome.dicomeread(phantom.path, order=[1, 2, 5, 3, 4])
    assert np.array_equal(img, plain.transpose(0, 1, 4, 2, 3))
    assert info.MatlabNames[2:] == ("Effective Echo Time", "In-Stack Position Number", "Temporal Position Index")
    assert info.MatlabIndexes[0] == before.MatlabIndexes[2]
    assert np.array_equal(info.MatlabItems, before.MatlabItems.transpose(2, 0, 1))


def test_order_by_names_and_with_the_plane_moved(phantom: Phantom) -> None:
    plain, _ = dicome.dicomeread(phantom.path)
    names = ["Row", "Column", "Temporal Position Index", "In-Stack Position Number", "Effective Echo Time"]
    img, info = dicome.dicomeread(phantom.path, order=names)
    assert np.array_equal(img, plain.transpose(1, 0, 3, 2, 4))
    assert info.MatlabItems.shape == (2, 4, 3)


def test_combine_merges_into_the_left_neighbour_after_order(phantom: Phantom) -> None:
    plain, _ = dicome.dicomeread(phantom.path)
    img, info = dicome.dicomeread(phantom.path, order=[1, 2, 3, 5, 4], combine=[0, 0, 0, 0, 1])
    assert img.shape == (7, 5, 4, 6)
    # column-major: the echo, to the left, runs fastest
    assert np.array_equal(img[..., 1], plain[:, :, :, 0, 1])
    assert np.array_equal(img[..., 3], plain[:, :, :, 1, 0])
    assert info.MatlabNames[3] == "Effective Echo TimexTemporal Position Index"
    assert len(info.MatlabIndexes[1]) == 6
    assert info.MatlabIndexes[1][3].endswith("/2")
    assert info.MatlabItems.shape == (4, 6)


def test_combine_of_the_plane(phantom: Phantom) -> None:
    plain, _ = dicome.dicomeread(phantom.path)
    img, info = dicome.dicomeread(phantom.path, combine=[0, 1, 0, 0, 0])
    assert np.array_equal(img, plain.reshape(35, 4, 2, 3, order="F"))
    assert info.MatlabItems.shape == (4, 2, 3)


@pytest.mark.parametrize("order", [[1, 2, 3], [1, 2, 3, 4, 4], [0, 1, 2, 3, 4], ["Column", "Row", "x", "y", "z"]])
def test_an_invalid_order_names_the_dimensions(order: list[int | str], phantom: Phantom) -> None:
    with pytest.raises(ArgumentError, match="3 'In-Stack Position Number', 4 'Temporal Position Index'"):
        dicome.dicomeread(phantom.path, order=order)


@pytest.mark.parametrize("combine", [[0, 0, 1], [1, 0, 0, 0, 0], [0, 0, 2, 0, 0]])
def test_an_invalid_combine_names_the_dimensions(combine: list[int], phantom: Phantom) -> None:
    with pytest.raises(ArgumentError, match="3 'In-Stack Position Number'"):
        dicome.dicomeread(phantom.path, combine=combine)


def test_an_unknown_treatment_of_stopped_scans_is_refused(phantom: Phantom) -> None:
    with pytest.raises(ArgumentError, match="pad, trim, error"):
        dicome.dicomeread(phantom.path, incomplete="drop")  # type: ignore[arg-type]
