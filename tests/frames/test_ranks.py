"""Ranks, codes and clusters of numbers."""

from __future__ import annotations

import numpy as np
import pytest

from dicome.frames import ranks


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([5], [0]),
        ([3, 1, 3, 7], [1, 0, 1, 2]),
        ([-2, -5, 10**12, -5], [1, 0, 2, 0]),
        ([2.5, -1.0, 2.5], [1, 0, 1]),
    ],
)
def test_dense(values: list[float], expected: list[int]) -> None:
    assert ranks.dense(np.array(values)).tolist() == expected


def test_codes_count_the_first_column_fastest() -> None:
    rows = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [2, 1]])
    assert ranks.codes(rows).tolist() == [0, 1, 2, 3, 4]
    assert ranks.codes(rows[[4, 0, 2]]).tolist() == [2, 0, 1]


def test_codes_of_no_columns_are_one_code() -> None:
    assert ranks.codes(np.empty((3, 0), np.int64)).tolist() == [0, 0, 0]


def test_codes_of_many_columns_do_not_overflow() -> None:
    rows = np.tile(np.arange(1000)[:, None], (1, 9))
    assert ranks.codes(rows).tolist() == list(range(1000))


def test_first_frames() -> None:
    assert ranks.first_frames(np.array([2, 0, 2, 1, 0])).tolist() == [1, 3, 0]


def test_within_ranks_each_group_on_its_own() -> None:
    groups = np.array([0, 1, 0, 1, 0])
    values = np.array([30, 5, 10, 9, 30])
    assert ranks.within(values, groups).tolist() == [1, 0, 0, 1, 1]


def test_occurrence_counts_in_file_order() -> None:
    assert ranks.occurrence(np.array([1, 0, 1, 1, 0])).tolist() == [0, 0, 1, 2, 1]


def test_by_first_seen() -> None:
    assert ranks.by_first_seen(np.array([2, 0, 2, 1])).tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize(
    ("second", "same"), [([9, 4, 9, 1], True), ([9, 4, 4, 1], False), ([7, 7, 7, 7], False), ([0, 1, 2, 3], False)]
)
def test_same_grouping(second: list[int], same: bool) -> None:
    assert ranks.same_grouping(np.array([2, 0, 2, 1]), ranks.dense(np.array(second))) is same


def test_clusters_by_distance() -> None:
    assert ranks.clusters(np.array([3.0, 0.0, 0.009, 3.5]), 0.01).tolist() == [1, 0, 0, 2]


def test_clusters_by_part_of_the_number() -> None:
    # b-values 0 and 0.001 are two, 999.9999 and 1000 are one.
    assert ranks.clusters(np.array([0.0, 0.001, 1000.0, 999.9999]), 0.0, 1e-6).tolist() == [0, 1, 2, 2]
