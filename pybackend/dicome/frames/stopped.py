"""Telling a scan that was stopped from one that was designed oddly. Pure functions on ranks.

What a stopped scan lacks comes last: the last slices of the last volume, or the last volumes (and slices) at the last
position of a dimension that runs in time; everything before is complete. 'Last' is meant in index values, not in the
order of acquisition: with a missing frame, every frame beyond it in all dimensions is missing too. So it does not
matter whether slices or echoes ran faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from dicome.frames.dimensions import Role
from dicome.frames.merging import to_merge
from dicome.frames.ranks import Ints, codes, count, dense, first_frames

LARGEST_BLOCK = 1 << 26
"""Places of one volume or time position that are looked at; scans stay far below."""


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """A scan that stopped early.

    missing: ranks ``(missing, columns)`` of the frames it lacks. last: which rows belong to the incomplete position,
    to be dropped by 'trim'.
    """

    missing: Ints
    last: NDArray[np.bool_]


def find_stop(ranks: Ints, roles: Sequence[Role]) -> Stop | None:
    """How the scan stopped early, or None if it did not, or not so that it can be told from an odd design.

    ranks: ``(rows, columns)``, all rows different, each column dense; roles: of the columns.
    """
    slices = [column for column, role in enumerate(roles) if role == "slice"]
    volumes = [column for column, role in enumerate(roles) if role != "slice"]
    for column in volumes:
        if roles[column] == "time" and (stop := _stopped_in_time(ranks, column, slices)):
            return stop
    return _stopped_in_volume(ranks, slices, volumes)


def _stopped_in_time(ranks: Ints, column: int, slices: list[int]) -> Stop | None:
    """The positions of one dimension hold the same frames each, but for the last one."""
    others = [k for k in range(ranks.shape[1]) if k != column]
    code = codes(ranks[:, others])
    whole = count(code)
    held = np.bincount(ranks[:, column])
    if len(held) < 2 or not (held[:-1] == whole).all() or held[-1] == whole:
        return None
    volumes = [k for k in others if k not in slices]
    if count(codes(ranks[:, slices])) * count(codes(ranks[:, volumes])) != whole:
        return None
    last = ranks[:, column] == len(held) - 1
    lacking = np.ones(whole, bool)
    lacking[code[last]] = False
    missing = ranks[first_frames(code)[lacking]]
    if not _come_last(missing[:, others], ranks[np.ix_(last, others)]):
        return None
    missing[:, column] = len(held) - 1
    return Stop(missing, last)


def _stopped_in_volume(ranks: Ints, slices: list[int], volumes: list[int]) -> Stop | None:
    """All volumes hold all slices, but for one that no other volume follows."""
    slice_code, volume_code = codes(ranks[:, slices]), codes(ranks[:, volumes])
    whole = count(slice_code)
    held = np.bincount(volume_code)
    short = np.flatnonzero(held < whole)
    if len(held) < 2 or len(short) != 1:
        return None
    last = volume_code == short[0]
    volume = ranks[np.flatnonzero(last)[0], volumes]
    if ((ranks[~last][:, volumes] >= volume).all(axis=1)).any():
        return None
    lacking = np.ones(whole, bool)
    lacking[slice_code[last]] = False
    missing = ranks[first_frames(slice_code)[lacking]]
    if not _come_last(missing[:, slices], ranks[np.ix_(last, slices)]):
        return None
    missing[:, volumes] = volume
    return Stop(missing, _position_to_trim(ranks, volumes, last))


def _position_to_trim(ranks: Ints, volumes: list[int], last: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of a grid of volumes a whole position has to go: the last one of the last dimension."""
    if to_merge(ranks[first_frames(codes(ranks[:, volumes]))][:, volumes]):
        return last
    column = ranks[:, volumes[-1]]
    return np.asarray(column == column.max())


def _come_last(missing: Ints, present: Ints) -> bool:
    """Whether no present point lies at or beyond a missing one in all columns."""
    both = np.concatenate([missing, present])
    points = np.stack([dense(both[:, column]) for column in range(both.shape[1])], axis=1)
    shape = tuple((points.max(axis=0) + 1).tolist())
    if prod(shape) > LARGEST_BLOCK:
        return False
    beyond = np.zeros(shape, bool)
    beyond[tuple(points[len(missing) :].T)] = True
    for axis in range(beyond.ndim):
        beyond = np.flip(np.logical_or.accumulate(np.flip(beyond, axis), axis=axis), axis)
    return not beyond[tuple(points[: len(missing)].T)].any()
