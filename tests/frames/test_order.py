"""Frame table and index to axes and grid, all steps together."""

from __future__ import annotations

import numpy as np
import pytest

from dicome.errors import ArgumentError, GridError
from dicome.frames.order import order_frames
from tests.frames.making import (
    B_VALUE,
    ECHO,
    GRADIENT,
    KIND,
    LABEL,
    SLICE,
    STACK,
    TIME,
    TYPE,
    every,
    frame_table,
    pointers,
)


def test_perfusion_with_labels() -> None:
    # File order as Philips writes it: label slowest, then slice, time fastest; label codes from 0.
    index = np.array([(1, s, t, label) for label in (0, 1) for s in (1, 2) for t in (1, 2, 3)])
    table = frame_table(
        12,
        {
            STACK: ["1"] * 12,
            SLICE: index[:, 1].tolist(),
            TIME: index[:, 2].tolist(),
            LABEL: ["CONTROL"] * 6 + ["LABEL"] * 6,
        },
    )
    labels = ("Stack ID", "In-Stack Position Number", "Temporal Position Index", "Private Label Type")
    found = order_frames(table, index, pointers(table, STACK, SLICE, TIME, LABEL, labels=labels))
    assert [axis.name for axis in found.axes] == ["In-Stack Position Number", "Temporal Position Index", "Label Type"]
    assert found.axes[2].labels == ("CONTROL", "LABEL")
    assert found.grid[:, :, 0].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found.grid[:, :, 1].tolist() == [[6, 7, 8], [9, 10, 11]]
    assert found.evidence == (f"Dimension Index Values of {', '.join(labels[:3])} and Label Type",)
    assert found.warnings == ()


def test_diffusion_from_index_and_from_attributes_alike() -> None:
    volumes = [(1, 3), (2, 1), (2, 2), (2, 3)]
    index = np.array([(s, *volume) for s in (1, 2) for volume in volumes])
    x, y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    table = frame_table(
        8,
        {
            SLICE: index[:, 0].tolist(),
            B_VALUE: [0.0, 800.0, 800.0, 800.0] * 2,
            KIND: ["NONE", "DIRECTIONAL", "DIRECTIONAL", "ISOTROPIC"] * 2,
            GRADIENT: [None, x, y, None] * 2,
        },
    )
    expected = ("800 1/0/0", "800 0/1/0", "0", "800 iso")
    indexed = order_frames(table, index, pointers(table, SLICE, B_VALUE, GRADIENT))
    assert indexed.axes[1].labels == expected
    assert indexed.grid.tolist() == [[1, 2, 0, 3], [5, 6, 4, 7]]
    # Index values whose meaning the file does not tell still say in which order directions come.
    unnamed = order_frames(table, index, ())
    assert unnamed.axes[1].labels == expected
    assert unnamed.grid.tolist() == indexed.grid.tolist()
    assert unnamed.evidence[0] == "no Dimension Index Sequence"
    bare = order_frames(table, None, ())
    assert bare.axes[1].labels == ("0", "800 iso", "800 1/0/0", "800 0/1/0")
    assert bare.grid.tolist() == [[0, 3, 1, 2], [4, 7, 5, 6]]
    assert bare.evidence[0] == "no Dimension Index Values"


def test_a_stack_that_the_index_does_not_count_loses_no_frame() -> None:
    # Four slices in the index; the attribute says the last belongs to another stack.
    table = frame_table(4, {STACK: ["a", "a", "a", "b"], SLICE: [1, 2, 3, 4]})
    found = order_frames(table, np.array([(1,), (2,), (3,), (4,)]), pointers(table, SLICE))
    assert found.grid.tolist() == [0, 1, 2, 3]


def test_stacks_by_name() -> None:
    table = frame_table(5, {STACK: ["neck", "neck", "head", "head", "head"], SLICE: [1, 2, 1, 2, 3]})
    index = np.array([(1, 1), (1, 2), (2, 1), (2, 2), (2, 3)])
    found = order_frames(table, index, pointers(table, STACK, SLICE))
    assert [axis.name for axis in found.axes] == ["Stack ID/In-Stack Position Number"]
    assert found.axes[0].labels == ("neck 1", "head 1", "neck 2", "head 2", "head 3")


def test_swapped_columns_are_put_right_and_named() -> None:
    index = np.array(every([1], [1, 2, 3], [1, 2]))
    table = frame_table(6, {STACK: ["1"] * 6, SLICE: index[:, 1].tolist(), TIME: index[:, 2].tolist()})
    found = order_frames(table, index[:, [0, 2, 1]], pointers(table, STACK, SLICE, TIME))
    assert [axis.name for axis in found.axes] == ["In-Stack Position Number", "Temporal Position Index"]
    assert found.grid.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert "not in the order of the Dimension Index Sequence" in found.evidence[1]


def test_frames_that_share_their_index_get_an_axis_of_what_differs() -> None:
    index = np.array([(1,), (2,), (1,), (2,)])
    table = frame_table(4, {SLICE: [1, 2, 1, 2], ECHO: [12.46, 12.46, 10.0, 10.0]})
    found = order_frames(table, index, pointers(table, SLICE))
    assert [axis.name for axis in found.axes] == ["In-Stack Position Number", "Effective Echo Time"]
    assert found.axes[1].labels == ("10", "12.46")
    assert found.grid.tolist() == [[2, 0], [3, 1]]


def test_repeats_that_nothing_tells_apart() -> None:
    index = np.array([(1,), (2,), (1,), (2,)])
    table = frame_table(4, {SLICE: [1, 2, 1, 2]})
    found = order_frames(table, index, pointers(table, SLICE))
    assert [axis.name for axis in found.axes] == ["In-Stack Position Number", "Repeat"]
    assert found.grid.tolist() == [[0, 2], [1, 3]]
    with pytest.raises(GridError, match="frames 1 and 3"):
        order_frames(frame_table(3, {SLICE: [1, 2, 1]}), index[:3], pointers(table, SLICE))


def test_a_stopped_scan() -> None:
    index = np.array(every([1, 2, 3], [1, 2])[:-1])
    table = frame_table(5, {SLICE: index[:, 0].tolist(), TIME: index[:, 1].tolist()})
    made = pointers(table, SLICE, TIME)
    padded = order_frames(table, index, made)
    assert padded.grid.tolist() == [[0, 3], [1, 4], [2, -1]]
    assert padded.axes[1].labels == ("1", "2")
    assert padded.warnings[0].startswith(
        "the scan stopped early: 1 of 6 frames is missing (In-Stack Position Number 3, Temporal Position Index 2)"
    )
    trimmed = order_frames(table, index, made, "trim")
    assert trimmed.grid.tolist() == [0, 1, 2]
    assert "frames 4-5 of that incomplete position are left out" in trimmed.warnings[0]
    with pytest.raises(GridError, match="stopped early"):
        order_frames(table, index, made, "error")
    with pytest.raises(ArgumentError, match="incomplete"):
        order_frames(table, index, made, "drop")  # type: ignore[arg-type]


def test_one_frame() -> None:
    table = frame_table(1, {TYPE: ["M"]})
    for index, paths in ((np.array([[1, 1]]), (STACK, SLICE)), (None, ())):
        found = order_frames(table, index, pointers(table, *paths))
        assert found.axes == ()
        assert found.grid.shape == ()
        assert found.grid.item() == 0


def test_an_index_that_does_not_fit_its_dimensions() -> None:
    table = frame_table(2, {SLICE: [2, 1]})
    found = order_frames(table, np.array([[1, 1], [1, 2]]), pointers(table, SLICE))
    assert found.grid.tolist() == [1, 0]
    assert found.evidence[0].startswith("Dimension Index Sequence of 1 dimension, but Dimension Index Values of shape")


def test_no_attributes_at_all() -> None:
    found = order_frames(frame_table(3), None, ())
    assert [(axis.name, axis.labels) for axis in found.axes] == [("Frame", ("1", "2", "3"))]
    assert found.grid.tolist() == [0, 1, 2]
