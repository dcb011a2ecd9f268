"""Axis positions -> frame numbers. Nothing is overwritten: a second frame at a place is handed back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dicome.frames.ranks import Ints


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Frames in their places.

    grid: 0-based frame number per place, -1 where no frame lies; shape = sizes (0-dimensional without axes).
    duplicates: 0-based frames, ascending, whose place a frame earlier in the file had already taken.
    missing: number of places without a frame.
    """

    grid: Ints
    duplicates: Ints
    missing: int


def place(ranks: Ints, sizes: Sequence[int]) -> Placement:
    """Put frame i at ``grid[tuple(ranks[i])]``.

    ranks: ``(frames, axes)``, 0-based, each column below its size. Of several frames at one place the first in the
    file stays, the others are listed as duplicates. Raises IndexError for a rank outside its size.
    """
    shape = tuple(sizes)
    if ranks.size and (ranks.min() < 0 or (ranks >= np.array(shape)).any()):
        raise IndexError(f"ranks reach {ranks.max(axis=0).tolist()}, but the grid has the sizes {list(shape)}")
    flat = np.full(int(np.prod(shape, dtype=np.int64)), -1, np.int64)
    places = np.zeros(len(ranks), np.int64)
    for column, size in enumerate(shape):
        places = places * size + ranks[:, column]
    taken, first = np.unique(places, return_index=True)
    flat[taken] = first
    later = np.ones(len(ranks), bool)
    later[first] = False
    return Placement(flat.reshape(shape), np.flatnonzero(later), len(flat) - len(taken))
