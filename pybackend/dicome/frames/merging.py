"""Which dimensions must become one so that the rest makes a full grid. Pure functions on ranks.

A dimension may stay on its own only if each of its values occurs equally often, so every other one is in the merge
(dicomeread 1.1 stopped there). Where that makes no grid yet, as few balanced dimensions as possible go with them.
"""

from __future__ import annotations

from itertools import combinations
from math import prod

import numpy as np

from dicome.frames.ranks import Ints, codes, count, dense


def sizes(ranks: Ints) -> list[int]:
    """Number of values of each column."""
    return [count(dense(ranks[:, column])) for column in range(ranks.shape[1])]


def is_balanced(rank: Ints) -> bool:
    """Whether every value occurs equally often."""
    amounts = np.unique(rank, return_counts=True)[1]
    return bool((amounts == amounts[0]).all())


def to_merge(ranks: Ints) -> tuple[int, ...]:
    """Columns to merge into one so that the distinct rows fill a grid; () if they do so already.

    ranks: ``(rows, columns)``, all rows different. The smallest such set that holds every unbalanced column; of
    several, the one whose columns come first. All columns together always make a grid (of one axis).
    """
    size = sizes(ranks)
    if prod(size) == len(ranks):
        return ()
    columns = range(ranks.shape[1])
    unbalanced = [column for column in columns if not is_balanced(ranks[:, column])]
    balanced = [column for column in columns if column not in unbalanced]
    for extra in range(len(balanced)):
        for chosen in combinations(balanced, extra):
            merged = tuple(sorted((*unbalanced, *chosen)))
            if len(merged) > 1 and _fills(ranks, size, merged):
                return merged
    return tuple(columns)


def _fills(ranks: Ints, size: list[int], merged: tuple[int, ...]) -> bool:
    others = prod(size[column] for column in range(len(size)) if column not in merged)
    # The cheap question first: the number of combinations must come out whole.
    return len(ranks) % others == 0 and count(codes(ranks[:, list(merged)])) * others == len(ranks)
