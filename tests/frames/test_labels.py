"""Names, labels, values and units of axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dicome.frames.axes import arrange
from dicome.frames.labels import Axis, make_axes, number_labels
from dicome.frames.table import FrameTable
from tests.frames.making import (
    B_VALUE,
    ECHO,
    GRADIENT,
    KIND,
    LABEL,
    SEQUENCE,
    SLICE,
    TRIGGER,
    TYPE,
    dimensions,
    frame_table,
    pointers,
)


def axes(table: FrameTable, rows: Sequence[tuple[int, ...]], *paths: str) -> tuple[Axis, ...]:
    made = pointers(table, *paths)
    return make_axes(arrange(np.array(rows), made), made, table)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([35.0, 2.3, 1000.0], ["35", "2.3", "1000"]),
        # A float32 that was written as a double.
        ([2.299999952316284, 4.599999904632568], ["2.3", "4.6"]),
        ([-0.0, 0.0], ["0", "0"]),
        # Whole numbers are never rounded; others get the digits that tell them apart.
        ([12345678.0], ["12345678"]),
        ([1.0000001, 1.0000002], ["1.0000001", "1.0000002"]),
        ([0.001, 1e-10, 1e20], ["0.001", "1e-10", "1e+20"]),
        ([1300.5, 1300.25], ["1300.5", "1300.25"]),
    ],
)
def test_numbers_are_short(values: list[float], labels: list[str]) -> None:
    assert number_labels(np.array(values)) == labels


def test_integers_and_vectors() -> None:
    assert number_labels(np.array([10**17 + 1, 3])) == [str(10**17 + 1), "3"]
    assert number_labels(np.array([[1.0, 0.0, -0.70710678], [0.0, -1.0, 0.5]])) == ["1/0/-0.707107", "0/-1/0.5"]


def test_a_number_with_unit() -> None:
    table = frame_table(4, {SLICE: [1, 1, 2, 2], ECHO: [4.6, 2.3, 4.6, 2.3]})
    found = axes(table, [(1, 2), (1, 1), (2, 2), (2, 1)], SLICE, ECHO)
    assert [axis.name for axis in found] == ["In-Stack Position Number", "Effective Echo Time"]
    assert found[1].labels == ("2.3", "4.6")
    assert found[1].values is not None
    assert found[1].values.tolist() == [2.3, 4.6]
    assert [axis.unit for axis in found] == ["", "ms"]
    assert [len(axis) for axis in found] == [2, 2]


def test_text_has_no_values() -> None:
    table = frame_table(2, {LABEL: ["LABEL ", "CONTROL"]})
    (found,) = axes(table, [(1,), (0,)], LABEL)
    assert (found.name, found.labels, found.values) == ("Label Type", ("CONTROL", "LABEL"), None)


def test_without_an_attribute_the_index_speaks() -> None:
    made = dimensions("slice", "time")
    found = make_axes(arrange(np.array([(3, 0), (3, 5)]), made), made, frame_table(2))
    assert [axis.name for axis in found] == ["B"]
    assert found[0].labels == ("0", "5")
    assert found[0].values is not None
    assert found[0].values.tolist() == [0, 5]


def test_a_missing_attribute_is_unknown() -> None:
    table = frame_table(3, {ECHO: [None, 20.0, 30.5], LABEL: ["", None, "LABEL"]})
    (found,) = axes(table, [(1,), (2,), (3,)], ECHO)
    assert found.labels == ("unknown", "20", "30.5")
    assert found.values is not None
    assert np.array_equal(found.values, [np.nan, 20, 30.5], equal_nan=True)
    (label,) = axes(table, [(1,), (2,), (3,)], LABEL)
    assert label.labels == ("unknown", "unknown", "LABEL")


def test_values_that_differ_between_slices_are_those_of_the_first_slice() -> None:
    # The file begins with slice 2.
    table = frame_table(4, {SLICE: [2, 2, 1, 1], TRIGGER: [343.0, 593.0, 300.0, 550.0]})
    found = axes(table, [(2, 1), (2, 2), (1, 1), (1, 2)], SLICE, TRIGGER)
    assert found[1].labels == ("300", "550")
    assert found[1].name == "Nominal Cardiac Trigger Delay Time"


def test_diffusion() -> None:
    direction = (0.5, -0.25, 0.125)
    table = frame_table(
        4,
        {
            B_VALUE: [0.0, 1000.0, 1000.0, 1000.0],
            KIND: ["NONE", "DIRECTIONAL", "DIRECTIONAL", "ISOTROPIC"],
            GRADIENT: [None, direction, None, None],
        },
    )
    (found,) = axes(table, [(1, 3), (2, 1), (2, 2), (2, 3)], B_VALUE, GRADIENT)
    assert found.name == "Diffusion b-value/Diffusion Gradient Orientation"
    assert found.labels == ("1000 0.5/-0.25/0.125", "1000 unknown", "0", "1000 iso")
    assert found.values is None
    assert found.unit == ""


def test_directions_alone_and_without_directionality() -> None:
    table = frame_table(2, {GRADIENT: [(1.0, 0.0, 0.0), None]})
    (found,) = axes(table, [(1,), (2,)], GRADIENT)
    assert found.labels == ("1/0/0", "unknown")
    kinds = frame_table(2, {GRADIENT: [(1.0, 0.0, 0.0), None], KIND: ["DIRECTIONAL", "NONE"]})
    assert axes(kinds, [(1,), (2,)], GRADIENT)[0].labels == ("1/0/0", "")


def test_merged_text() -> None:
    table = frame_table(2, {SEQUENCE: ["FFE", "UNSPECIFIED"], TYPE: ["M", "B0"]})
    (found,) = axes(table, [(2, 0), (5, 18)], SEQUENCE, TYPE)
    assert (found.name, found.labels) == ("Scanning Sequence/ImageTypeMR", ("FFE M", "UNSPECIFIED B0"))


def test_merged_numbers_stand_in_columns() -> None:
    table = frame_table(3, {ECHO: [10.0, 20.0, 20.0], TRIGGER: [0.0, 0.0, 50.0]})
    (found,) = axes(table, [(1, 1), (2, 1), (2, 2)], ECHO, TRIGGER)
    assert found.labels == ("10 0", "20 0", "20 50")
    assert found.values is not None
    assert found.values.tolist() == [[10, 0], [20, 0], [20, 50]]
    assert found.unit == "ms"


def test_repeat() -> None:
    made = dimensions("slice")
    found = make_axes(arrange(np.array([(1,), (1,), (1,)]), made), made, frame_table(3))
    assert (found[0].name, found[0].labels) == ("Repeat", ("1", "2", "3"))
    assert found[0].values is not None
    assert found[0].values.tolist() == [1, 2, 3]


def test_numbers_of_changing_count() -> None:
    table = frame_table(2, {"PrivatePerFrameSq.FlipAngle": ["x", "y"]})
    cells = np.empty(2, object)
    cells[:] = [(1.0, 2.5), (3.0,)]
    table.column("PrivatePerFrameSq.FlipAngle").values[:] = cells
    (found,) = axes(table, [(1,), (2,)], "PrivatePerFrameSq.FlipAngle")
    assert found.labels == ("1/2.5", "3")
