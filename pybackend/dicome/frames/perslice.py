"""Dimensions that number each slice on its own: an index unique to every frame, trigger delays that shift by slice.

Such values never meet across slices, so they make no grid as they are; their ranks within each slice do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dicome.frames.dimensions import Role
from dicome.frames.ranks import Ints, codes, count, dense, first_frames, within


def rank_per_slice(ranks: Ints, roles: Sequence[Role]) -> tuple[Ints, tuple[int, ...]]:
    """Ranks with every such dimension ranked within slice and the other volume dimensions; and which columns they are.

    ranks: ``(rows, columns)``, each column dense. Rows that differed still differ.
    """
    slices = [column for column, role in enumerate(roles) if role == "slice"]
    volumes = [column for column, role in enumerate(roles) if role != "slice"]
    slice_code = codes(ranks[:, slices])
    unlike = tuple(column for column in volumes if _never_meets(ranks[:, column], slice_code))
    groups = codes(ranks[:, [column for column in (*slices, *volumes) if column not in unlike]])
    result = ranks.copy()
    for column in unlike:
        result[:, column] = within(ranks[:, column], groups)
    return result, unlike


def _never_meets(rank: Ints, slice_code: Ints) -> bool:
    """Whether slices fall into two families or more that have no value in common."""
    lowest = np.full(count(slice_code), len(rank), np.int64)
    np.minimum.at(lowest, slice_code, rank)
    family = dense(lowest)[slice_code]
    return bool(family.any() and (family == family[first_frames(rank)][rank]).all())
