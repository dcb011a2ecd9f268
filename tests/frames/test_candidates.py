"""Codes of columns: what counts as the same value, and in which order values come."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dicome.frames.candidates import (
    COSINE_TOLERANCE,
    LAST_RESORT,
    VOLUMES,
    Candidate,
    column_codes,
    find,
    ordered_codes,
    position_codes,
    vector_codes,
)
from dicome.frames.dimensions import KNOWN
from tests.frames.making import Cell, column, frame_table

NO_GROUPS = np.zeros(3, np.int64)


@pytest.mark.parametrize(
    ("cells", "order", "codes"),
    [
        ([7, 3, 7], (), [1, 0, 1]),
        ([2.5, 0.0, 2.5000001], (), [1, 0, 1]),
        (["b", "a", "b "], (), [1, 0, 1]),
        # Digits by value, before words.
        (["10", "9", "a"], (), [1, 0, 2]),
        # Known words in their order, before others.
        (["B0", "M", "A", "P"], ("M", "P", "B0"), [2, 0, 3, 1]),
        # Frames without a value come first.
        ([None, 3, 1], (), [0, 2, 1]),
        ([None, "x", None], (), [0, 1, 0]),
        ([None, None], (), [0, 0]),
        # Vectors as they first occur.
        ([(1.0, 0.0), (0.0, 1.0), (1.0, 1e-9)], (), [0, 1, 0]),
        ([None, (0.0, 1.0), (1.0, 0.0)], (), [0, 1, 2]),
        ([(3.0,), (2.0,)], (), [1, 0]),
    ],
)
def test_column_codes(cells: Sequence[Cell], order: tuple[str, ...], codes: list[int]) -> None:
    assert column_codes(column(cells), order).tolist() == codes


def test_vectors_within_a_tolerance() -> None:
    cells = [(1.0, 0.0), (0.99995, 0.00005), (0.9, 0.1)]
    assert vector_codes(column(cells), COSINE_TOLERANCE).tolist() == [0, 0, 1]
    assert vector_codes(column([None, (1.0, 0.0), (1.0, 0.0)]), COSINE_TOLERANCE).tolist() == [0, 1, 1]


def test_positions_of_sheared_slices_count_along_the_normal() -> None:
    # Each slice is shifted in its plane against the run of the slices.
    places = [(0.0, 0.0, 0.0), (-50.0, -7.0, 1.0), (-100.0, -14.0, 2.0)]
    axial = [(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)] * 3
    assert position_codes(column(places), column(axial), NO_GROUPS).tolist() == [0, 1, 2]
    # Rows and columns exchanged turn the normal round.
    flipped = [(0.0, 1.0, 0.0, 1.0, 0.0, 0.0)] * 3
    assert position_codes(column(places), column(flipped), NO_GROUPS).tolist() == [2, 1, 0]


def test_positions_of_one_group_bridge_no_gap_of_another() -> None:
    # Steps of less than the tolerance between the groups, of more within the first.
    places = [(0.0, 0.0, z) for z in (0.0, 0.02, 0.008, 0.014)]
    axial = [(1.0, 0.0, 0.0, 0.0, 1.0, 0.0)] * 4
    assert position_codes(column(places), column(axial), np.array([0, 0, 1, 1])).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("orientation", [None, [None, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), None]])
def test_positions_without_every_orientation_count_along_their_line(orientation: list[Cell] | None) -> None:
    places = [(4.0, 0.0, -2.0), (2.0, 0.0, -1.0), (0.0, 0.0, 0.0)]
    given = None if orientation is None else column(orientation)
    assert position_codes(column(places), given, NO_GROUPS).tolist() == [2, 1, 0]


def test_frames_without_position_stay_together() -> None:
    assert position_codes(column([None, (0.0, 0.0, 1.0), None]), None, NO_GROUPS).tolist() == [0, 1, 0]


def test_the_first_path_with_values_counts() -> None:
    candidate = Candidate("EchoTime", ("A.EchoTime", "B.EchoTime", "EchoTime"))
    table = frame_table(2, {"EchoTime": [1.0, 2.0], "A.EchoTime": [None, None], "B.EchoTime": [3.0, 4.0]})
    found = find(candidate, table)
    assert found is not None
    assert found[0] == "B.EchoTime"
    # Never by keyword alone: another group may hold another copy.
    assert find(Candidate("EchoTime", ("EchoTime",)), frame_table(1, {"Private.EchoTime": [1.0]})) is None


def test_an_order_counts_only_where_it_groups_alike() -> None:
    candidate = Candidate("DiffusionGradientOrientation", ("G",), ("N",))
    directions: list[Cell] = [(0.0, 1.0), (1.0, 0.0), (0.0, 1.0)]
    alike = frame_table(3, {"G": directions, "N": [8, 2, 8]})
    assert ordered_codes(candidate, alike.column("G"), alike).tolist() == [1, 0, 1]
    other = frame_table(3, {"G": directions, "N": [8, 2, 1]})
    assert ordered_codes(candidate, other.column("G"), other).tolist() == [0, 1, 0]


def test_every_candidate_is_a_known_dimension() -> None:
    known = {row.keyword for row in KNOWN}
    for candidate in (*VOLUMES, *LAST_RESORT):
        assert candidate.keyword in known
        assert all(path.rpartition(".")[2] == candidate.keyword for path in candidate.paths)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 1e300])
def test_positions_that_are_nowhere_are_told_apart_all_the_same(wrong: float) -> None:
    places = [(0.0, 0.0, 0.0), (0.0, 0.0, wrong), (0.0, 0.0, 2.0)]
    codes = position_codes(column(places), None, NO_GROUPS).tolist()
    assert len(set(codes)) == 3
