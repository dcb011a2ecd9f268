"""What holds for any index: full grids come back, no frame is lost, the file's order does not matter."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dicome.errors import GridError
from dicome.frames.axes import INCOMPLETE, Incomplete, arrange
from dicome.frames.dimensions import Role
from tests.frames.making import dimensions

Ints = NDArray[np.int64]
ROLES: tuple[Role, ...] = ("slice", "time", "volume")
EXAMPLES = settings(max_examples=200, deadline=None)


@st.composite
def full_grids(draw: st.DrawFn) -> tuple[list[list[int]], tuple[Role, ...]]:
    """Values of every dimension, ascending, and roles."""
    values = draw(
        st.lists(
            st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=4, unique=True).map(sorted),
            min_size=1,
            max_size=5,
        )
    )
    return values, tuple(draw(st.sampled_from(ROLES)) for _ in values)


@st.composite
def any_index(draw: st.DrawFn) -> tuple[Ints, tuple[Role, ...]]:
    """Any few frames with any few small index values."""
    width = draw(st.integers(0, 4))
    row = st.tuples(*([st.integers(0, 2)] * width))
    rows = draw(st.lists(row, min_size=1, max_size=14))
    return np.array(rows, np.int64).reshape(len(rows), width), tuple(draw(st.sampled_from(ROLES)) for _ in range(width))


@st.composite
def designed_index(draw: st.DrawFn) -> tuple[Ints, tuple[Role, ...]]:
    """What scanners write: slices of one or two stacks, some combinations of volumes, repeats; maybe stopped early."""
    slices = draw(st.sampled_from([[(1, 1)], [(1, 1), (1, 2), (1, 3)], [(1, 1), (2, 1), (1, 2), (2, 2), (2, 3)]]))
    width = draw(st.integers(1, 3))
    volumes = draw(st.lists(st.tuples(*([st.integers(0, 2)] * width)), min_size=1, max_size=8, unique=True))
    times = draw(st.integers(1, 3))
    rows = [(*place, *volume, time) for time in range(times) for volume in sorted(volumes) for place in slices]
    rows = rows[: max(1, len(rows) - draw(st.integers(0, 4)))] * draw(st.integers(1, 2))
    roles: list[Role] = ["slice", "slice", *(["volume"] * width), draw(st.sampled_from(ROLES[1:]))]  # type: ignore[list-item]
    return np.array(draw(st.permutations(rows)), np.int64), tuple(roles)


INDICES = st.one_of(any_index(), designed_index())


@EXAMPLES
@given(full_grids(), st.randoms(use_true_random=False))
def test_a_shuffled_full_grid_comes_back(grid: tuple[list[list[int]], tuple[Role, ...]], random: Random) -> None:
    values, roles = grid
    rows = list(product(*values))
    random.shuffle(rows)
    index = np.array(rows, np.int64)
    found = arrange(index, dimensions(*roles), "error")
    assert found.grid.shape == tuple(len(one) for one in values if len(one) > 1)
    # Each place holds the frame whose index values belong there.
    expected = np.array(list(product(*values)), np.int64).reshape(*found.grid.shape, len(values))
    assert (index[found.grid] == expected).all()
    assert [axis.values[:, 0].tolist() for axis in found.axes] == [one for one in values if len(one) > 1]


@EXAMPLES
@given(INDICES, st.sampled_from(INCOMPLETE))
def test_no_frame_is_lost(case: tuple[Ints, tuple[Role, ...]], incomplete: Incomplete) -> None:
    index, roles = case
    try:
        found = arrange(index, dimensions(*roles), incomplete)
    except GridError:
        return
    placed = found.grid[found.grid >= 0].tolist()
    assert sorted([*placed, *found.dropped.tolist()]) == list(range(len(index)))
    assert bool(found.warnings) == (bool((found.grid < 0).any()) or len(found.dropped) > 0)
    assert found.grid.shape == tuple(len(axis) for axis in found.axes)
    if incomplete != "pad":
        assert (found.grid >= 0).all()
    if incomplete != "trim":
        assert len(found.dropped) == 0


@EXAMPLES
@given(INDICES)
def test_every_frame_lies_at_its_own_index_values(case: tuple[Ints, tuple[Role, ...]]) -> None:
    index, roles = case
    try:
        found = arrange(index, dimensions(*roles))
    except GridError:
        return
    ranked = any("ranked within" in note for note in found.notes)
    for number, axis in enumerate(found.axes):
        assert (found.grid[(slice(None),) * number + (np.arange(len(axis)),)] == found.grid).all()
        if ranked or not axis.parts:
            continue
        frames = np.moveaxis(found.grid, number, 0)
        for values, row in zip(axis.values, frames, strict=True):
            held = row[row >= 0].reshape(-1)
            assert (index[held][:, list(axis.parts)] == values).all()


@EXAMPLES
@given(INDICES, st.randoms(use_true_random=False))
def test_the_order_of_the_file_only_renumbers_frames(case: tuple[Ints, tuple[Role, ...]], random: Random) -> None:
    index, roles = case
    order = list(range(len(index)))
    random.shuffle(order)
    try:
        found = arrange(index, dimensions(*roles))
    except GridError:
        return
    moved = arrange(index[order], dimensions(*roles))
    assert [axis.parts for axis in moved.axes] == [axis.parts for axis in found.axes]
    assert (moved.grid >= 0).tolist() == (found.grid >= 0).tolist()
    assert [axis.values.tolist() for axis in moved.axes] == [axis.values.tolist() for axis in found.axes]
    assert moved.warnings == found.warnings
    assert moved.notes == found.notes
    if not any(axis.parts == () for axis in found.axes):
        back = np.array([*order, -1])[moved.grid]
        assert (back == found.grid).all()


@EXAMPLES
@given(INDICES)
def test_values_count_by_rank_only(case: tuple[Ints, tuple[Role, ...]]) -> None:
    index, roles = case
    try:
        found = arrange(index, dimensions(*roles))
    except GridError:
        return
    stretched = arrange(index * index * 7 + index - 40, dimensions(*roles))
    assert (stretched.grid == found.grid).all()
