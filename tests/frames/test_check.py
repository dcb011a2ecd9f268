"""An index that contradicts the attributes it points to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dicome.frames.check import checked_index
from dicome.frames.infer import Indexed
from tests.frames.making import ECHO, LABEL, SLICE, STACK, TIME, TRIGGER, TYPE, Cell, every, frame_table, pointers

ROWS = np.array(every([1], [1, 2, 3], [1, 2]))
"""Stack, slice, time."""
ATTRIBUTES: dict[str, Sequence[Cell]] = {STACK: ["1"] * 6, SLICE: [1, 2, 3, 1, 2, 3], TIME: [1, 1, 1, 2, 2, 2]}


def checked(index: np.ndarray[tuple[int, ...], np.dtype[np.int64]], columns: dict[str, Sequence[Cell]]) -> Indexed:
    table = frame_table(len(index), columns)
    return checked_index(index, pointers(table, *columns), table)


def test_an_index_that_agrees_is_left_alone() -> None:
    result = checked(ROWS, ATTRIBUTES)
    assert result.index is ROWS
    assert result.notes == ()


def test_gaps_and_zeros_agree() -> None:
    result = checked(ROWS * 10 - 10, ATTRIBUTES)
    assert result.index.tolist() == (ROWS * 10 - 10).tolist()
    assert result.notes == ()


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 0, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_columns_in_another_order_are_put_right(order: tuple[int, ...]) -> None:
    result = checked(ROWS[:, order], ATTRIBUTES)
    assert result.index.tolist() == ROWS.tolist()
    assert "not in the order of the Dimension Index Sequence" in result.notes[0]


def test_a_swap_with_one_time_only() -> None:
    # The slice column is constant and the time column counts slices.
    index = np.array([(1, 1, 1), (1, 1, 2), (1, 1, 3)])
    result = checked(index, {STACK: ["1"] * 3, SLICE: [1, 2, 3], TIME: [1] * 3})
    assert result.index.tolist() == [[1, 1, 1], [1, 2, 1], [1, 3, 1]]


def test_the_other_dimensions_move_too() -> None:
    # Sequence: stack, slice, time, echo; values: stack, slice, echo, time.
    index = np.array(every([1], [1, 2], [1, 2], [1, 2, 3]))
    slices, echoes, times = index[:, 1].tolist(), index[:, 2], index[:, 3].tolist()
    columns: dict[str, Sequence[Cell]] = {
        STACK: ["1"] * 12,
        SLICE: slices,
        TIME: times,
        ECHO: [10.0 * echo for echo in echoes.tolist()],
    }
    result = checked(index, columns)
    assert result.index.tolist() == index[:, [0, 1, 3, 2]].tolist()
    assert result.notes[0].startswith("the columns of Dimension Index Values")
    assert "Temporal Position Index and Effective Echo Time" in result.notes[0]


def test_a_dimension_without_attribute_takes_what_is_left() -> None:
    index = np.array(every([1, 2], [1, 2, 3], [5, 6]))
    table = frame_table(12, {SLICE: index[:, 1].tolist(), TIME: index[:, 2].tolist()})
    result = checked_index(index, pointers(table, SLICE, TYPE, TIME), table)
    assert result.index.tolist() == index[:, [1, 0, 2]].tolist()


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 2, 0), (2, 0, 1), (1, 0, 2)])
def test_a_constant_attribute_takes_a_constant_column(order: tuple[int, ...]) -> None:
    # The delays differ between slices, so they cannot say which column is theirs.
    delays = [300.0, 381.0, 462.0, 550.0, 631.0, 712.0]
    result = checked(ROWS[:, order], {STACK: ["1"] * 6, SLICE: [1, 2, 3, 1, 2, 3], TRIGGER: delays})
    assert result.index.tolist() == ROWS.tolist()


def test_constants_alone_move_nothing() -> None:
    # Time is said to be constant and its column is not; but nothing that varies asks for another column.
    index = np.array(every([1, 2], [1, 2], [1]))
    table = frame_table(4, {SLICE: [1, 2, 1, 2], TIME: [1] * 4})
    result = checked_index(index, pointers(table, SLICE, TIME, TYPE), table)
    assert result.index is index


def test_only_the_frame_content_wins() -> None:
    # The same keyword elsewhere is another attribute.
    index = np.array([(1,), (2,), (3,)])
    result = checked(index, {"PrivatePerFrameSq.InStackPositionNumber": [3, 2, 1]})
    assert result.index is index


def test_the_frame_content_chooses_its_columns_first() -> None:
    # Echo and time agree with the second column alike; time is the surer witness.
    index = np.array([(1, 1, 1), (2, 1, 1), (1, 2, 2), (2, 2, 2)])
    columns: dict[str, Sequence[Cell]] = {ECHO: [20.0, 20.0, 10.0, 10.0], TIME: [1, 1, 2, 2], SLICE: [1, 2, 1, 2]}
    result = checked(index, columns)
    assert result.index.tolist() == [[1, 1, 1], [1, 1, 2], [2, 2, 1], [2, 2, 2]]


def test_the_attribute_replaces_a_column_that_none_fits() -> None:
    # Times unique to every frame, while the attribute counts volumes.
    index = np.array([(1, 1, 1), (1, 2, 2), (1, 1, 3), (1, 2, 4)])
    result = checked(index, {STACK: ["1"] * 4, SLICE: [1, 2, 1, 2], TIME: [1, 1, 2, 2]})
    assert result.index.tolist() == [[1, 1, 1], [1, 2, 1], [1, 1, 2], [1, 2, 2]]
    assert result.notes == ("index values of Temporal Position Index contradict the attribute; the attribute counts",)


def test_slices_numbered_the_other_way_follow_the_attribute() -> None:
    result = checked(np.array([(1,), (2,), (3,)]), {SLICE: [3, 2, 1]})
    assert result.index.tolist() == [[3], [2], [1]]


def test_stacks_need_only_agree_in_what_belongs_together() -> None:
    index = np.array([(1, 1), (1, 2), (2, 1), (2, 2)])
    result = checked(index, {STACK: ["b", "b", "a", "a"], SLICE: [1, 2, 1, 2]})
    assert result.index is index


def test_no_frames_become_one() -> None:
    # Slices 1 and 2 at the attribute, three different ones in the index: the attribute would hide a frame.
    index = np.array([(1,), (2,), (3,)])
    result = checked(index, {SLICE: [1, 2, 2]})
    assert result.index is index
    assert result.notes == ()


def test_one_of_two_attributes_may_win() -> None:
    # The slices may be replaced, the times not: they would make frames 3 and 4 one.
    index = np.array([(1, 1), (2, 2), (1, 3), (1, 4)])
    result = checked(index, {SLICE: [1, 1, 2, 2], TIME: [1, 2, 3, 3]})
    assert result.index.tolist() == [[1, 1], [1, 2], [2, 3], [2, 4]]
    assert result.notes == ("index values of In-Stack Position Number contradict the attribute; the attribute counts",)


@pytest.mark.parametrize(
    "columns",
    [
        # A constant attribute, a constant index, an attribute that some frames lack, one of another group.
        {SLICE: [1, 2, 1, 2], TIME: [1, 1, 1, 1]},
        {SLICE: [1, 2, 1, 2], TIME: [None, 2, 1, 1]},
        {SLICE: [1, 2, 1, 2], TRIGGER: [0.0, 81.0, 250.0, 331.0]},
        {SLICE: [1, 2, 1, 2], LABEL: ["CONTROL", "LABEL", "LABEL", "LABEL"]},
    ],
)
def test_no_contradiction(columns: dict[str, Sequence[Cell]]) -> None:
    index = np.array(every([1, 2], [1, 2]))
    result = checked(index, columns)
    assert result.index is index
    assert result.notes == ()


def test_a_constant_index_is_no_contradiction() -> None:
    index = np.array(every([1, 2], [1]))
    result = checked(index, {SLICE: [1, 2], TIME: [1, 2]})
    assert result.index is index
