"""Scans that stopped early: told from odd designs, padded, trimmed or refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dicome.errors import GridError
from dicome.frames.axes import Incomplete, arrange
from dicome.frames.dimensions import Role
from dicome.frames.stopped import find_stop
from tests.frames.making import dimensions, every

S: Role = "slice"
T: Role = "time"
V: Role = "volume"
Rows = Sequence[tuple[int, ...]]

LAST_SLICES = every([1, 2, 3], [1, 2])[:-2]
"""Three slices, two times; of the last time only slice 1."""


def test_last_slices_of_the_last_time_are_padded() -> None:
    found = arrange(np.array(LAST_SLICES), dimensions(S, T))
    assert found.grid.tolist() == [[0, 3], [1, -1], [2, -1]]
    assert found.warnings == (
        "the scan stopped early: 2 of 6 frames are missing (A 2-3, B 2); their places are left empty",
    )
    assert found.dropped.tolist() == []


def test_last_slices_of_the_last_time_are_trimmed() -> None:
    found = arrange(np.array(LAST_SLICES), dimensions(S, T), "trim")
    assert found.grid.tolist() == [0, 1, 2]
    assert found.dropped.tolist() == [3]
    assert found.warnings == (
        "the scan stopped early: 2 of 6 frames are missing (A 2-3, B 2); "
        "frame 4 of that incomplete position is left out",
    )


def test_last_slices_of_the_last_time_are_refused() -> None:
    with pytest.raises(GridError, match=r"2 of 6 frames are missing \(A 2-3, B 2\); read with incomplete='pad'"):
        arrange(np.array(LAST_SLICES), dimensions(S, T), "error")


@pytest.mark.parametrize("incomplete", ["pad", "trim", "error"])
def test_a_whole_scan_is_left_alone(incomplete: Incomplete) -> None:
    found = arrange(np.array(every([1, 2, 3], [1, 2])), dimensions(S, T), incomplete)
    assert found.grid.tolist() == [[0, 3], [1, 4], [2, 5]]
    assert found.warnings == ()


def test_index_values_not_ranks_are_named() -> None:
    rows = every([0, 10, 20], [5, 7, 9])[:-1]
    found = arrange(np.array(rows), dimensions(S, T))
    assert found.warnings[0].startswith("the scan stopped early: 1 of 9 frames is missing (A 20, B 9)")


def test_dimensions_that_lack_everything_are_not_named() -> None:
    # A whole volume is missing, so its slices need no list.
    found = arrange(np.array(every([1, 2, 3], [1, 2], [1, 2])[:-3]), dimensions(S, V, T))
    assert found.warnings[0].startswith("the scan stopped early: 3 of 12 frames are missing (B 2, C 2);")


def test_it_does_not_matter_how_the_file_is_ordered() -> None:
    rows = np.array(every([1, 2, 3, 4], [1, 2, 3])[:-3])
    order = np.array([8, 3, 0, 5, 7, 1, 6, 2, 4])
    found = arrange(rows[order], dimensions(S, T))
    assert (found.grid[:, 2] >= 0).tolist() == [True, False, False, False]
    assert rows[order][found.grid[:, :2]][..., 0].tolist() == [[1, 1], [2, 2], [3, 3], [4, 4]]


ECHOES = every([1, 2, 3], [1, 2], [1, 2, 3])
"""Three slices, two echoes, three times."""


def without(rows: Rows, *missing: tuple[int, ...]) -> list[tuple[int, ...]]:
    assert set(missing) <= set(rows)
    return [row for row in rows if row not in missing]


STOPPED = [
    ("last slice of the last volume", [(3, 2, 3)]),
    ("the last volume", [(1, 2, 3), (2, 2, 3), (3, 2, 3)]),
    ("the last volume and slices of the one before", [(3, 1, 3), (1, 2, 3), (2, 2, 3), (3, 2, 3)]),
    ("slices ran slower than echoes", [(2, 2, 3), (3, 1, 3), (3, 2, 3)]),
    ("the last slice of both echoes", [(3, 1, 3), (3, 2, 3)]),
]


@pytest.mark.parametrize("missing", [case[1] for case in STOPPED], ids=[case[0] for case in STOPPED])
def test_stopped_in_the_last_time(missing: Rows) -> None:
    rows = np.array(without(ECHOES, *missing))
    found = arrange(rows, dimensions(S, V, T))
    assert found.grid.shape == (3, 2, 3)
    empty = [tuple(int(k) + 1 for k in place) for place in np.argwhere(found.grid < 0)]
    assert sorted(empty) == sorted(missing)
    trimmed = arrange(rows, dimensions(S, V, T), "trim")
    assert trimmed.grid.shape == (3, 2, 2)
    assert (trimmed.grid == found.grid[..., :2]).all()
    assert sorted(trimmed.dropped.tolist()) == sorted(found.grid[..., 2][found.grid[..., 2] >= 0].tolist())


NOT_STOPPED = [
    ("first slice of the last volume", [(1, 2, 3)]),
    ("a middle slice of the last volume", [(2, 2, 3)]),
    ("last slice of the first time", [(3, 2, 1)]),
    ("last slice of an echo that another follows", [(3, 1, 3)]),
    ("slices of two times", [(3, 2, 2), (3, 2, 3)]),
]


@pytest.mark.parametrize("missing", [case[1] for case in NOT_STOPPED], ids=[case[0] for case in NOT_STOPPED])
def test_other_holes_are_refused(missing: Rows) -> None:
    with pytest.raises(GridError, match="no scan stopped early"):
        arrange(np.array(without(ECHOES, *missing)), dimensions(S, V, T))


def test_a_missing_first_echo_is_a_design() -> None:
    # The last time has the second echo only: nothing was stopped, so the volumes are merged and none is padded.
    rows = without(ECHOES, (1, 1, 3), (2, 1, 3), (3, 1, 3))
    found = arrange(np.array(rows), dimensions(S, V, T))
    assert found.grid.shape == (3, 5)
    assert found.warnings == ()


def test_missing_volumes_need_a_dimension_that_runs_in_time() -> None:
    # The same frames: with time the last volume is missing, without it two dimensions are merged.
    rows = np.array(every([1, 2], [1, 2], [1, 2])[:-2])
    assert arrange(rows, dimensions(S, V, T)).grid.shape == (2, 2, 2)
    assert arrange(rows, dimensions(S, V, V)).grid.shape == (2, 3)


def test_missing_slices_do_not() -> None:
    rows = np.array(every([1, 2], [1, 2], [1, 2])[:-1])
    found = arrange(rows, dimensions(S, V, V))
    assert found.grid.shape == (2, 2, 2)
    assert found.grid[1, 1, 1] == -1
    # Trimming takes the last position of the last dimension.
    trimmed = arrange(rows, dimensions(S, V, V), "trim")
    assert trimmed.grid.tolist() == [[0, 2], [1, 3]]
    assert trimmed.dropped.tolist() == [4, 5, 6]


DIFFUSION = [(slice_, *volume) for volume in ((1, 5), (2, 1), (2, 2), (2, 3)) for slice_ in (1, 2, 3)]
"""b0 carries the number after the last planned direction; directions 1 to 3 were taken."""


def test_a_merge_and_a_stop() -> None:
    # The last direction lacks slices 2 and 3. It has the highest b-value, and no direction follows it.
    rows = np.array(DIFFUSION[:-2])
    found = arrange(rows, dimensions(S, V, V))
    # Merged order: directions 1, 2, 3, then b0.
    assert found.grid.tolist() == [[3, 6, 9, 0], [4, 7, -1, 1], [5, 8, -1, 2]]
    assert found.warnings[0].startswith("the scan stopped early: 2 of 12 frames are missing (A 2-3, B 2, C 3)")
    trimmed = arrange(rows, dimensions(S, V, V), "trim")
    assert trimmed.grid.tolist() == [[3, 6, 0], [4, 7, 1], [5, 8, 2]]
    assert trimmed.dropped.tolist() == [9]


def test_a_merge_within_every_time_and_a_stop() -> None:
    design = [(1, 3), (2, 1), (2, 2)]
    whole = [(slice_, *volume, time) for time in (1, 2, 3) for volume in design for slice_ in (1, 2)]
    # The merged order is (2, 1), (2, 2), (1, 3); in index values b-value 2, direction 2 is last beside b0.
    rows = without(whole, (2, 2, 2, 3))
    found = arrange(np.array(rows), dimensions(S, V, V, T))
    assert [axis.parts for axis in found.axes] == [(0,), (3,), (1, 2)]
    assert found.grid.shape == (2, 3, 3)
    assert np.argwhere(found.grid < 0).tolist() == [[1, 2, 1]]


def test_unequal_stacks_and_a_stop() -> None:
    slices = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
    rows = [(*place, time) for time in (1, 2) for place in slices][:-3]
    found = arrange(np.array(rows), dimensions(S, S, T))
    assert found.grid.shape == (5, 2)
    # Missing at time 2: slice 3 of stack 1 and all of stack 2; merged order (1,1) (2,1) (1,2) (2,2) (1,3).
    assert (found.grid[:, 1] >= 0).tolist() == [True, False, True, False, False]


def test_time_first_slice_last_and_a_stop() -> None:
    rows = every([1, 2, 3], [1, 2, 3, 4])
    found = arrange(np.array(without(rows, (3, 4))), dimensions(T, S))
    assert found.grid.shape == (3, 4)
    assert np.argwhere(found.grid < 0).tolist() == [[2, 3]]


def test_a_stop_counts_every_repeat() -> None:
    found = arrange(np.array(LAST_SLICES * 2), dimensions(S, T))
    assert found.grid.shape == (3, 2, 2)
    assert found.warnings[0].startswith("the scan stopped early: 4 of 12 frames are missing")


def test_a_stop_in_times_ranked_within_slices() -> None:
    # Every frame its own time; the last slice lacks the last.
    rows = [(1, 1), (2, 2), (3, 3), (1, 4), (2, 5), (3, 6), (1, 7), (2, 8)]
    found = arrange(np.array(rows), dimensions(S, T))
    assert found.grid.tolist() == [[0, 3, 6], [1, 4, 7], [2, 5, -1]]


def test_a_first_volume_alone_is_whole() -> None:
    assert find_stop(np.array([(0,), (1,)]), (S,)) is None
    assert find_stop(np.array([(0,), (1,)]), (T,)) is None


def test_a_block_too_large_to_look_at_is_no_stop() -> None:
    # Eight dimensions of 32 values each: 2**40 places a volume.
    lines = np.repeat(np.arange(32)[:, None], 8, axis=1)
    rows = np.concatenate([np.append(lines, np.zeros((32, 1), int), 1), np.append(lines, np.ones((32, 1), int), 1)])
    roles: tuple[Role, ...] = (*([S] * 8), T)
    assert find_stop(rows[:-1], roles) is None
    assert find_stop(rows[:-1][:, 6:], roles[6:]) is not None
