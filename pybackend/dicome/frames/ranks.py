"""Numbers of things: ranks of values, codes of combinations, ranks within groups. Whole columns at a time.

A code numbers the distinct rows of some columns from 0 without gaps, ascending, the FIRST column varying fastest
(the linear index of a column-major array, with unused combinations left out).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def dense(values: NDArray[Any]) -> Ints:
    """Rank of each value among the distinct ones, ascending from 0; values ``(n,)``."""
    if values.dtype.kind in "iu" and len(values):
        low, high = int(values.min()), int(values.max())
        if high - low < 4 * len(values):
            # Small integers need no sorting.
            shifted = values.astype(np.int64) - low
            used = np.zeros(high - low + 1, np.int64)
            used[shifted] = 1
            return np.asarray((np.cumsum(used) - 1)[shifted], np.int64)
    return np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.int64, copy=False)


def codes(ranks: Ints) -> Ints:
    """Code of every row of ranks ``(n, columns)``; all 0 where there are no columns."""
    result = np.zeros(len(ranks), np.int64)
    for column in reversed(range(ranks.shape[1])):
        one = ranks[:, column]
        # Both factors are at most n, so the product cannot overflow.
        result = dense(result * (one.max(initial=0) + 1) + one)
    return result


def count(code: Ints) -> int:
    """How many different codes there are."""
    return int(code.max(initial=-1)) + 1


def first_frames(code: Ints) -> Ints:
    """Lowest row number at which each code occurs; codes without gaps."""
    result = np.empty(count(code), np.int64)
    # Of several assignments to one place the last stays.
    result[code[::-1]] = np.arange(len(code))[::-1]
    return result


def within(values: Ints, groups: Ints) -> Ints:
    """Rank of each value among the distinct values of its own group, ascending from 0."""
    order = np.lexsort((values, groups))
    sorted_groups, sorted_values = groups[order], values[order]
    new_group = np.ones(len(values), bool)
    new_group[1:] = sorted_groups[1:] != sorted_groups[:-1]
    new_value = new_group.copy()
    new_value[1:] |= sorted_values[1:] != sorted_values[:-1]
    running = np.cumsum(new_value)
    result = np.empty(len(values), np.int64)
    result[order] = running - np.maximum.accumulate(np.where(new_group, running, 0))
    return result


def occurrence(code: Ints) -> Ints:
    """How many earlier rows have the same code: 0 for the first, 1 for the second, ..."""
    return within(np.arange(len(code)), code)


def by_first_seen(code: Ints) -> Ints:
    """The same grouping, numbered from 0 in the order of first occurrence."""
    return dense(first_frames(code))[code] if len(code) else code


def same_grouping(first: Ints, second: Ints) -> bool:
    """Whether two codes put the same rows together, whatever the numbers."""
    return bool(np.array_equal(by_first_seen(first), by_first_seen(second)))


def clusters(values: NDArray[np.float64], tolerance: float, relative: float = 0.0) -> Ints:
    """Rank of each number among those that lie apart, ascending from 0.

    Neighbours are one where they differ by no more than tolerance, or by no more than this part of the larger one.
    """
    distinct, inverse = np.unique(values, return_inverse=True)
    step = np.zeros(len(distinct), np.int64)
    size = np.abs(distinct)
    step[1:] = np.diff(distinct) > np.maximum(tolerance, relative * np.maximum(size[1:], size[:-1]))
    return np.asarray(np.cumsum(step)[inverse.reshape(-1)], np.int64)
