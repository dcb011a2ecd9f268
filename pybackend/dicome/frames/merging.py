"""Which dimensions must become one so that the rest makes a full grid. Pure functions on ranks.

A dimension is free if every combination of the others occurs with each of its values. Free dimensions can be axes of
their own, all at once; the others cannot, so together they are the one smallest set to merge. Every dimension whose
values do not occur equally often is among them (dicomeread 1.1 took only those, and gave up where that made no grid).
"""

from __future__ import annotations

from math import prod

import numpy as np

from dicome.frames.ranks import Ints, codes, count, dense


def sizes(ranks: Ints) -> list[int]:
    """Number of values of each column."""
    return [count(dense(ranks[:, column])) for column in range(ranks.shape[1])]


def to_merge(ranks: Ints) -> tuple[int, ...]:
    """Columns to merge into one so that the rows fill a grid, as few as possible; () if they do so already.

    ranks: ``(rows, columns)``, all rows different.
    """
    size = sizes(ranks)
    if prod(size) == len(ranks):
        return ()
    columns = range(ranks.shape[1])
    return tuple(column for column in columns if not _is_free(ranks, column, size[column]))


def _is_free(ranks: Ints, column: int, size: int) -> bool:
    if len(ranks) % size:
        return False
    return count(codes(np.delete(ranks, column, axis=1))) * size == len(ranks)
