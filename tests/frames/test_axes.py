"""Index columns to axes and grid: hand-worked cases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dicome.errors import ArgumentError, GridError
from dicome.frames.axes import INCOMPLETE, Arrangement, arrange
from dicome.frames.dimensions import Role
from tests.frames.making import dimensions, every

S: Role = "slice"
T: Role = "time"
V: Role = "volume"


def shape(rows: Sequence[tuple[int, ...]], *roles: Role) -> tuple[int, ...]:
    return arrange(np.array(rows), dimensions(*roles)).grid.shape


def parts(found: Arrangement) -> list[str]:
    """Dimensions of each axis by their letters: ``['B', 'C+D']``."""
    return ["+".join("ABCDEFGH"[part] for part in axis.parts) or "Repeat" for axis in found.axes]


# --- full grids ------------------------------------------------------------------------------------------------------

FULL = [
    # One frame has no axes, whatever its index.
    ("one frame", [(1, 1)], (S, S), ()),
    ("one frame, more dimensions", [(1, 1, 7)], (S, S, V), ()),
    ("one slice over time", [(1, 1, 1), (1, 1, 2), (1, 1, 3), (1, 1, 4)], (S, S, T), (4,)),
    ("slices only", [(1, 3), (1, 1), (1, 2)], (S, S), (3,)),
    ("slices and time", every([1], [1, 2], [1, 2, 3]), (S, S, T), (2, 3)),
    ("gaps in the index", every([1], [1, 2], [2, 5, 11]), (S, S, V), (2, 3)),
    ("index from 0", every([1], [0, 1, 2], [0, 4]), (S, S, V), (3, 2)),
    ("negative index", every([-3, 8], [5]), (S, V), (2,)),
    ("no stack", every([1, 2, 3], [1, 2]), (S, T), (3, 2)),
    ("stack second", every([1, 2, 3], [1], [1, 2]), (S, S, T), (3, 2)),
    ("slice last", every([1, 2, 3], [1], [1], [1, 2]), (T, V, S, S), (3, 2)),
    ("equal stacks", every([1, 2], [1, 2, 3], [1, 2]), (S, S, T), (2, 3, 2)),
    ("five dimensions", every([1], [1, 2], [1, 2, 3], [0, 3], [1, 2]), (S, S, T, V, V), (2, 3, 2, 2)),
    ("no dimensions that vary but the volumes", every([1], [1, 2], [4, 5]), (S, V, V), (2, 2)),
]


@pytest.mark.parametrize(("rows", "roles", "expected"), [case[1:] for case in FULL], ids=[case[0] for case in FULL])
def test_full_grid(rows: list[tuple[int, ...]], roles: tuple[Role, ...], expected: tuple[int, ...]) -> None:
    found = arrange(np.array(rows), dimensions(*roles))
    assert found.grid.shape == expected
    assert found.warnings == ()
    assert sorted(found.grid.reshape(-1).tolist()) == list(range(len(rows)))


def test_frames_follow_the_index_not_the_file() -> None:
    # Time runs fastest in this file, and slices backwards.
    rows = [(1, 2, 1), (1, 2, 2), (1, 2, 3), (1, 1, 1), (1, 1, 2), (1, 1, 3)]
    found = arrange(np.array(rows), dimensions(S, S, T))
    assert found.grid.tolist() == [[3, 4, 5], [0, 1, 2]]
    assert parts(found) == ["B", "C"]


def test_axes_stand_in_the_order_of_the_dimensions() -> None:
    found = arrange(np.array([(5, 1), (5, 2), (6, 1), (6, 2), (9, 1), (9, 2)]), dimensions(T, S))
    assert parts(found) == ["A", "B"]
    assert found.grid.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert [axis.values.tolist() for axis in found.axes] == [[[5], [6], [9]], [[1], [2]]]


def test_first_frame_of_a_position_is_the_first_of_the_grid() -> None:
    # Slice 2 comes first in the file, yet slice 1 speaks for every time.
    found = arrange(np.array([(2, 1), (2, 2), (1, 1), (1, 2)]), dimensions(S, T))
    assert found.axes[1].frames.tolist() == [2, 3]
    assert found.axes[0].frames.tolist() == [2, 0]


# --- merging ---------------------------------------------------------------------------------------------------------


def test_diffusion_without_weighting_and_trace() -> None:
    # Stack, slice, b-value, direction; as in Philips: b0 has the direction after the last, the trace image too.
    volumes = [(1, 4), (2, 1), (2, 2), (2, 3), (2, 4)]
    rows = [(1, slice_, *volume) for slice_ in (1, 2) for volume in volumes]
    found = arrange(np.array(rows), dimensions(S, S, V, V))
    assert parts(found) == ["B", "C+D"]
    # Ascending, the b-value fastest: directions 1 to 3, then b0 before the trace.
    assert found.axes[1].values.tolist() == [[2, 1], [2, 2], [2, 3], [1, 4], [2, 4]]
    assert found.grid.tolist() == [[1, 2, 3, 0, 4], [6, 7, 8, 5, 9]]
    assert found.notes == ("C and D make no full grid, so their 5 combinations are one axis",)


def test_inversion_recovery_with_maps() -> None:
    # Scanning sequence, image type, delay: eight magnitude images, and two maps of another sequence and type.
    rows = [(1, 1, 2, 0, delay) for delay in range(1, 9)] + [(1, 1, 5, 6, 1), (1, 1, 5, 6, 2)]
    found = arrange(np.array(rows), dimensions(S, S, V, V, V))
    assert parts(found) == ["C+D+E"]
    expected = [[2, 0, 1], [5, 6, 1], [2, 0, 2], [5, 6, 2]] + [[2, 0, delay] for delay in range(3, 9)]
    assert found.axes[0].values.tolist() == expected
    assert found.grid.tolist() == [0, 8, 1, 9, 2, 3, 4, 5, 6, 7]


def test_field_map_whose_dimensions_are_balanced() -> None:
    # Two of four combinations of scanning sequence and image type, each occurring equally often.
    rows = [(1, slice_, *kind) for kind in ((2, 0), (5, 18)) for slice_ in (1, 2, 3)]
    found = arrange(np.array(rows), dimensions(S, S, V, V))
    assert parts(found) == ["B", "C+D"]
    assert found.grid.tolist() == [[0, 3], [1, 4], [2, 5]]


def test_a_balanced_dimension_stays_out_of_the_merge() -> None:
    volumes = [(1, 7), (2, 1), (2, 2)]
    rows = [(slice_, time, *volume) for volume in volumes for time in (1, 2) for slice_ in (1, 2)]
    found = arrange(np.array(rows), dimensions(S, T, V, V))
    assert parts(found) == ["A", "B", "C+D"]
    assert found.grid.shape == (2, 2, 3)


def test_merged_volumes_come_last_even_after_slices() -> None:
    rows = [(*volume, slice_) for volume in ((1, 3), (2, 1), (2, 2)) for slice_ in (1, 2)]
    found = arrange(np.array(rows), dimensions(V, V, S))
    assert parts(found) == ["C", "A+B"]
    # Combinations in the order (2, 1), (2, 2), (1, 3).
    assert found.grid.tolist() == [[2, 4, 0], [3, 5, 1]]


def test_the_smallest_set_that_makes_a_grid_is_merged() -> None:
    # B and C always agree, D is free: merging B and C is enough.
    rows = [(slice_, k, k, d) for d in (1, 2) for k in (1, 2, 3) for slice_ in (1, 2)]
    found = arrange(np.array(rows), dimensions(S, V, V, V))
    assert parts(found) == ["A", "D", "B+C"]
    assert found.grid.shape == (2, 2, 3)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Sums are even: any two dimensions alone are a full grid, all three are not.
        ([(0, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1)], ["A+B+C"]),
        # A and B agree, and so do C and D, in all combinations of the two pairs.
        ([(0, 0, 0, 0), (1, 1, 0, 0), (0, 0, 1, 1), (1, 1, 1, 1)], ["A+B+C+D"]),
        # A, B and C agree, D is free.
        ([(0, 0, 0, 0), (1, 1, 1, 0), (0, 0, 0, 1), (1, 1, 1, 1)], ["D", "A+B+C"]),
        # A and C agree, B between them is free.
        ([(0, 0, 0), (1, 0, 1), (0, 1, 0), (1, 1, 1)], ["B", "A+C"]),
    ],
)
def test_balanced_dimensions_that_make_no_grid(rows: list[tuple[int, ...]], expected: list[str]) -> None:
    found = arrange(np.array(rows), dimensions(*([V] * len(rows[0]))))
    assert parts(found) == expected


def test_combination_of_two_values_of_an_index_that_make_no_grid_alone() -> None:
    # The facts of a well-known case: (1, 1), (2, 1), (2, 2) are three volumes.
    rows = [(1, slice_, *volume) for volume in ((1, 1), (2, 1), (2, 2)) for slice_ in (1, 2)]
    assert shape(rows, S, S, V, V) == (2, 3)
    # The same with a time that could have stopped: what is missing is not its last volume.
    assert shape(rows, S, S, V, T) == (2, 3)


# --- stacks ----------------------------------------------------------------------------------------------------------


def test_unequal_stacks_merge_with_each_other_only() -> None:
    slices = [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2)]
    rows = [(*place, time) for place in slices for time in (1, 2)]
    found = arrange(np.array(rows), dimensions(S, S, T))
    assert parts(found) == ["A+B", "C"]
    # The first dimension varies fastest, as in every merge.
    assert found.axes[0].values.tolist() == [[1, 1], [2, 1], [1, 2], [2, 2], [1, 3]]
    assert found.grid.tolist() == [[0, 1], [6, 7], [2, 3], [8, 9], [4, 5]]


def test_a_slice_number_that_runs_on_over_stacks() -> None:
    assert shape([(1, 1), (1, 2), (1, 3), (2, 4)], S, S) == (4,)
    assert shape([(1, 1), (2, 1), (3, 2), (4, 1)], S, S) == (4,)


def test_merged_slices_and_merged_volumes() -> None:
    slices, volumes = [(1, 1), (1, 2), (2, 1)], [(1, 3), (2, 1), (2, 2)]
    rows = [(*place, *volume) for volume in volumes for place in slices]
    found = arrange(np.array(rows), dimensions(S, S, V, V))
    assert parts(found) == ["A+B", "C+D"]
    assert found.grid.shape == (3, 3)


def test_three_orientations() -> None:
    # A survey: three stacks of five slices.
    found = arrange(np.array(every([1, 2, 3], [1, 2, 3, 4, 5])), dimensions(S, S))
    assert parts(found) == ["A", "B"]
    assert found.grid[1].tolist() == [1, 4, 7, 10, 13]


def test_a_stack_that_changes_with_time_is_no_grid() -> None:
    rows = [(1, 1, 1), (1, 2, 1), (1, 1, 2), (1, 2, 2), (1, 1, 3), (2, 2, 3)]
    with pytest.raises(GridError, match="never merged"):
        arrange(np.array(rows), dimensions(S, S, T))


# --- index per slice -------------------------------------------------------------------------------------------------


def test_time_unique_to_every_frame() -> None:
    rows = [(1, 1, 1), (1, 2, 2), (1, 1, 3), (1, 2, 4), (1, 1, 5), (1, 2, 6)]
    found = arrange(np.array(rows), dimensions(S, S, T))
    assert found.grid.tolist() == [[0, 2, 4], [1, 3, 5]]
    assert found.axes[1].values.tolist() == [[1], [3], [5]]
    assert found.notes == ("C: values differ between slices, so they are ranked within each slice",)


def test_time_unique_to_every_frame_beside_another_dimension() -> None:
    rows = [(1, 1 + k % 2, 1 + k, 1 + k // 6) for k in range(12)]
    found = arrange(np.array(rows), dimensions(S, S, T, V))
    assert found.grid[:, :, 0].tolist() == [[0, 2, 4], [1, 3, 5]]
    assert found.grid[:, :, 1].tolist() == [[6, 8, 10], [7, 9, 11]]


def test_time_unique_to_every_frame_of_one_volume_goes() -> None:
    found = arrange(np.array([(1, 1, 1), (1, 2, 2), (1, 3, 3)]), dimensions(S, S, T))
    assert parts(found) == ["B"]
    assert found.grid.tolist() == [0, 1, 2]


def test_two_such_dimensions_are_one_axis() -> None:
    # One runs up, the other down: three volumes, not nine.
    rows = [(1, 1 + k % 2, 1 + k, 6 - k) for k in range(6)]
    found = arrange(np.array(rows), dimensions(S, S, T, V))
    assert parts(found) == ["B", "C+D"]
    assert found.grid.tolist() == [[4, 2, 0], [5, 3, 1]]


def test_slices_taken_at_once_share_their_times() -> None:
    # Two bands: slices 1 and 3 at odd times, 2 and 4 at even ones.
    rows = [(slice_, 2 * volume + 1 + (slice_ + 1) % 2) for volume in (0, 1, 2) for slice_ in (1, 2, 3, 4)]
    found = arrange(np.array(rows), dimensions(S, T))
    assert found.grid.tolist() == [[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]]


# --- repeats ---------------------------------------------------------------------------------------------------------


def test_balanced_duplicates_get_a_last_axis() -> None:
    rows = [(1, 1), (1, 2), (2, 1), (2, 2), (2, 2), (2, 1), (1, 2), (1, 1)]
    found = arrange(np.array(rows), dimensions(S, T))
    assert parts(found) == ["A", "B", "Repeat"]
    assert found.grid[:, :, 0].tolist() == [[0, 1], [2, 3]]
    assert found.grid[:, :, 1].tolist() == [[7, 6], [5, 4]]
    assert found.notes == ("2 frames share each position; they are told apart by their order in the file",)


def test_frames_that_differ_in_nothing() -> None:
    found = arrange(np.array([(1, 1)] * 4), dimensions(S, T))
    assert parts(found) == ["Repeat"]
    assert found.grid.tolist() == [0, 1, 2, 3]


def test_repeat_comes_after_merged_volumes() -> None:
    volumes = [(1, 3), (2, 1), (2, 2)]
    rows = [(slice_, *volume) for volume in volumes for slice_ in (1, 2)] * 2
    found = arrange(np.array(rows), dimensions(S, V, V))
    assert parts(found) == ["A", "B+C", "Repeat"]
    assert found.grid.shape == (2, 3, 2)


def test_unbalanced_duplicates_are_listed() -> None:
    rows = [(1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 2)]
    with pytest.raises(GridError) as refusal:
        arrange(np.array(rows), dimensions(S, T))
    assert "frames 4 and 6 lie at A 2, B 2" in str(refusal.value)


def test_a_repeat_that_lacks_a_frame_is_listed() -> None:
    rows = [(1, 1), (2, 1), (3, 1), (1, 1), (2, 1)]
    with pytest.raises(GridError, match=r"expected 2 at each, but frame 3 lies at A 3, B 1"):
        arrange(np.array(rows), dimensions(S, T))


# --- what makes no grid ----------------------------------------------------------------------------------------------


def test_two_volumes_of_different_slices() -> None:
    # Time 3 has slice 1 only, time 4 slice 2 only.
    rows = [(1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 4)]
    with pytest.raises(GridError) as refusal:
        arrange(np.array(rows), dimensions(S, T))
    assert "6 frames make no grid of A (2) and B (4)" in str(refusal.value)
    assert "2 of 4 volumes lack some (the one of B 3, counted from 1, has 1)" in str(refusal.value)


def test_a_hole_in_the_middle_is_no_stopped_scan() -> None:
    rows = [row for row in every([1, 2, 3], [1, 2, 3, 4]) if row != (2, 2)]
    for incomplete in INCOMPLETE:
        with pytest.raises(GridError, match="no scan stopped early"):
            arrange(np.array(rows), dimensions(S, T), incomplete)


@pytest.mark.parametrize("index", [np.empty((0, 2), np.int64), np.array([1, 2]), np.array([[1], [2]])])
def test_index_that_does_not_fit(index: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> None:
    with pytest.raises(GridError, match="2 dimensions"):
        arrange(index, dimensions(S, T))


def test_unknown_option() -> None:
    with pytest.raises(ArgumentError, match="pad, trim, error"):
        arrange(np.array([(1,)]), dimensions(S), "fill")  # type: ignore[arg-type]
