"""Options Order and Combine."""

from __future__ import annotations

import numpy as np
import pytest

from dicome.errors import ArgumentError
from dicome.frames.labels import Axis
from dicome.frames.order import apply_combine, apply_order, combine, rearrange, reorder, with_plane

SLICES = Axis("Slice", ("1", "2", "3"), np.array([1.0, 2.0, 3.0]))
ECHOES = Axis("Echo", ("20", "40"), np.array([20.0, 40.0]), "ms")
GRID = np.array([[0, 3], [1, 4], [2, 5]])
AXES, FULL_GRID = with_plane((SLICES, ECHOES), GRID)
PIXELS = np.arange(4 * 5 * 3 * 2).reshape(4, 5, 3, 2)
"""Four rows, five columns, three slices, two echoes."""


def names(axes: tuple[Axis, ...]) -> list[str]:
    return [axis.name for axis in axes]


def test_in_plane_dimensions_come_first() -> None:
    assert names(AXES) == ["Column", "Row", "Slice", "Echo"]
    assert FULL_GRID.shape == (1, 1, 3, 2)
    axes, grid = with_plane((), np.array(0), samples=3)
    assert names(axes) == ["Column", "Row", "Sample"]
    assert grid.shape == (1, 1, 1)


@pytest.mark.parametrize(
    "order", [[2, 4, 1, 3], ["Row", "Echo", "Column", "Slice"], [2.0, "echo", 1, " SLICE "], np.array([2, 4, 1, 3])]
)
def test_order_by_number_from_1_or_by_name(order: list[int | str]) -> None:
    found = reorder(AXES, FULL_GRID, order)
    assert names(found.axes) == ["Row", "Echo", "Column", "Slice"]
    assert found.permutation == (1, 3, 0, 2)
    assert found.grid.shape == (1, 2, 1, 3)
    assert found.grid[0, 1, 0].tolist() == [3, 4, 5]
    moved = found.apply(PIXELS)
    assert moved.shape == (5, 2, 4, 3)
    assert moved[4, 1, 2, 0] == PIXELS[2, 4, 0, 1]


@pytest.mark.parametrize(
    "order",
    [
        [1, 2, 3],
        [1, 2, 3, 3],
        [0, 1, 2, 3],
        [1, 2, 3, 5],
        [1, 2, 3, 4.5],
        [1, 2, 3, float("nan")],
        ["Row", "Column", "Slice", "Time"],
        "Row",
        [],
    ],
)
def test_an_order_that_names_not_every_dimension_once(order: list[int | str]) -> None:
    with pytest.raises(ArgumentError, match="1 'Column', 2 'Row', 3 'Slice', 4 'Echo'"):
        reorder(AXES, FULL_GRID, order)


def test_a_name_that_fits_two_dimensions() -> None:
    twice = (SLICES, SLICES)
    with pytest.raises(ArgumentError, match="once"):
        reorder(twice, np.zeros((3, 3), np.int64), ["Slice", "Slice"])


def test_combine_makes_the_left_one_fastest() -> None:
    found = combine(AXES, FULL_GRID, [0, 0, 0, 1])
    assert names(found.axes) == ["Column", "Row", "SlicexEcho"]
    assert found.axes[2].labels == ("1/20", "2/20", "3/20", "1/40", "2/40", "3/40")
    assert found.axes[2].values is not None
    assert found.axes[2].values.tolist() == [[1, 20], [2, 20], [3, 20], [1, 40], [2, 40], [3, 40]]
    assert found.grid.tolist() == [[[0, 1, 2, 3, 4, 5]]]
    pixels = found.apply(PIXELS)
    assert pixels.shape == (4, 5, 6)
    assert (pixels[:, :, 4] == PIXELS[:, :, 1, 1]).all()


def test_combine_all_and_nothing() -> None:
    everything = combine(AXES, FULL_GRID, [0, 1, 1, 1])
    assert names(everything.axes) == ["ColumnxRowxSlicexEcho"]
    assert everything.apply(PIXELS).tolist() == PIXELS.ravel(order="F").tolist()
    nothing = combine(AXES, FULL_GRID, [False] * 4)
    assert nothing.axes == AXES
    assert nothing.apply(PIXELS).base is PIXELS.base


def test_in_plane_dimensions_add_no_labels() -> None:
    found = combine(AXES, FULL_GRID, [0, 0, 1, 0])
    assert names(found.axes) == ["Column", "RowxSlice", "Echo"]
    assert found.axes[1].labels == ("1", "2", "3")
    assert found.axes[1].values is SLICES.values
    assert found.grid.shape == (1, 3, 2)
    pixels = found.apply(PIXELS)
    assert pixels.shape == (4, 15, 2)
    # Position 5 * slice + row within the combined dimension.
    assert pixels[1, 5 * 2 + 3, 1] == PIXELS[1, 3, 2, 1]


def test_roles_survive_where_they_agree() -> None:
    stack, slices = Axis("Stack", ("1", "2"), role="slice"), Axis("Slice", ("1", "2"), role="slice")
    grid = np.zeros((2, 2), np.int64)
    assert combine((stack, slices), grid, [0, 1]).axes[0].role == "slice"
    assert combine((slices, ECHOES), grid, [0, 1]).axes[0].role == "volume"
    axes, full = with_plane((slices,), np.zeros(2, np.int64))
    assert combine(axes, full, [0, 0, 1]).axes[1].role == "slice"


def test_units_survive_where_they_agree() -> None:
    times = Axis("Trigger", ("0", "9"), np.array([0.0, 9.0]), "ms")
    found = combine((ECHOES, times), np.zeros((2, 2), np.int64), [0, 1])
    assert found.axes[0].unit == "ms"
    mixed = combine((ECHOES, SLICES), np.zeros((2, 3), np.int64), [0, 1])
    assert mixed.axes[0].unit == ""
    text = combine((ECHOES, Axis("Type", ("M", "P"))), np.zeros((2, 2), np.int64), [0, 1])
    assert text.axes[0].values is None
    assert text.axes[0].labels == ("20/M", "40/M", "20/P", "40/P")


@pytest.mark.parametrize("flags", [[0, 0, 1], [1, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0, 1], []])
def test_flags_that_cannot_be_carried_out(flags: list[int]) -> None:
    with pytest.raises(ArgumentError, match=r"expected 4 numbers.*1 'Column', 2 'Row', 3 'Slice', 4 'Echo'"):
        combine(AXES, FULL_GRID, flags)


def test_order_first_then_combine() -> None:
    found = rearrange(AXES, FULL_GRID, ["Echo", "Slice", "Column", "Row"], [0, 1, 0, 1])
    assert names(found.axes) == ["EchoxSlice", "ColumnxRow"]
    assert found.axes[0].labels == ("20/1", "40/1", "20/2", "40/2", "20/3", "40/3")
    assert found.grid.reshape(-1).tolist() == [0, 3, 1, 4, 2, 5]
    pixels = found.apply(PIXELS)
    assert pixels.shape == (6, 20)
    assert pixels[2 * 1 + 1, 4 * 3 + 2] == PIXELS[2, 3, 1, 1]


def test_without_options_nothing_moves() -> None:
    found = rearrange(AXES, FULL_GRID)
    assert found.axes == AXES
    assert (found.apply(PIXELS) == PIXELS).all()
    assert found.permutation == (0, 1, 2, 3)
    assert not any(found.flags)


def test_the_grid_moves_with_the_array() -> None:
    # Pixels that show their own frame number, moved like the grid.
    shown = np.broadcast_to(GRID, (4, 5, 3, 2))
    found = rearrange(AXES, FULL_GRID, [4, 1, 3, 2], [0, 0, 0, 0])
    assert (found.apply(shown)[:, 0, :, 0] == found.grid[:, 0, :, 0]).all()


def test_arrays_as_in_matlab() -> None:
    array = np.array([[1, 2, 3], [4, 5, 6]])
    assert apply_order(array, (1, 0)).tolist() == [[1, 4], [2, 5], [3, 6]]
    assert apply_combine(array, (False, True)).tolist() == [1, 4, 2, 5, 3, 6]
