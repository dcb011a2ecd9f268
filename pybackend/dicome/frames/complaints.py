"""What is said about frames that do not simply fill a grid: where, what was found, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dicome.frames.dimensions import Dimension
from dicome.frames.merging import sizes
from dicome.frames.ranks import Ints, count, first_frames
from dicome.frames.wording import enumeration, frame_list, numbers, plural


def stopped_early(missing: Ints, ranks: Ints, values: Ints, dimensions: Sequence[Dimension], times: int) -> str:
    """``the scan stopped early: 12 of 320 frames are missing (In-Stack Position Number 5-16, ...)``.

    missing, ranks: ``(rows, dimensions)`` of the missing and of the present positions; values: index values of the
    present ones; times: frames per position.
    """
    amount = len(missing) * times
    where = []
    for column, dimension in enumerate(dimensions):
        lacking = np.unique(missing[:, column])
        if len(lacking) < count(ranks[:, column]):
            shown = values[first_frames(ranks[:, column])[lacking], column]
            where.append(f"{dimension.name} {numbers(shown.tolist())}")
    are = "is" if amount == 1 else "are"
    return (
        f"the scan stopped early: {amount} of {plural(len(ranks) * times + amount, 'frame')} {are} missing "
        f"({', '.join(where)})"
    )


def left_out(dropped: Ints) -> str:
    """``frames 31-36 of that incomplete position are left out``."""
    return f"{frame_list(dropped)} of that incomplete position {'is' if len(dropped) == 1 else 'are'} left out"


def uneven_volumes(slice_code: Ints, volume_code: Ints, ranks: Ints, dimensions: Sequence[Dimension]) -> str:
    """Why slices and volumes make no grid: the first volume that lacks slices.

    slice_code, volume_code: of each row of ranks ``(rows, dimensions)``.
    """
    whole, held = count(slice_code), np.bincount(volume_code)
    short = int(np.argmin(held))
    row = int(np.argmax(volume_code == short))
    names = [f"{d.name} ({size})" for d, size in zip(dimensions, sizes(ranks), strict=True)]
    volume = [
        f"{d.name} {rank + 1}" for d, rank in zip(dimensions, ranks[row].tolist(), strict=True) if d.role != "slice"
    ]
    return (
        f"{len(ranks)} frames make no grid of {enumeration(names)}: expected {plural(whole, 'slice')} in every volume, "
        f"but {int((held < whole).sum())} of {plural(len(held), 'volume')} lack some (the one of "
        f"{', '.join(volume) or 'all frames'}, counted from 1, has {held[short]}). That is no scan stopped early, and "
        "slices are never merged with other dimensions; read the frames one by one instead"
    )


def unequal_repeats(position: Ints, values: Ints, dimensions: Sequence[Dimension]) -> str:
    """Which frames share a position that other positions do not share as often.

    position: code of each frame; values: index values ``(frames, dimensions)``.
    """
    held = np.bincount(position)
    usual = int(np.argmax(np.bincount(held)))
    odd = np.flatnonzero(held != usual)
    worst = np.flatnonzero(position == odd[np.argmax(held[odd])])
    where = ", ".join(f"{d.name} {value}" for d, value in zip(dimensions, values[worst[0]].tolist(), strict=True))
    return (
        f"frames that share a position: expected {usual} at each, but {frame_list(worst)} "
        f"{'lies' if len(worst) == 1 else 'lie'} at {where or 'the only one'}; in all "
        f"{plural(len(odd), 'position')} with {frame_list(np.flatnonzero(held[position] != usual))}. "
        "No attribute that dicome knows tells them apart; read the frames one by one instead"
    )
