"""The mean of repeats, frame by frame, as stored values of the first repeat's scaling.

Stored values of two series cannot be averaged as they are: Philips scales every series for itself. The mean is taken of
the quantities (floating-point values, else display values), and written with the slope of the first repeat, so that it
is off by half a stored step at most; where it exceeds what the bits hold, with a greater slope or another intercept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.combine.phases import check_turns, mean_of_phases, phase_frames, steps_of_a_turn
from dicome.combine.repeats import Repeat
from dicome.dicom.pixels import PixelFormat
from dicome.errors import SeriesError, UnsupportedError


@dataclass(frozen=True, slots=True, eq=False)
class MeanFrame:
    """number: of the frame in the first repeat (0-based). factor, offset: stored values of the first repeat's scaling
    are stored * factor + offset (see `rescale`).
    """

    number: int
    stored: NDArray[Any]
    factor: float = 1.0
    offset: float = 0.0


def common_scale(repeats: Sequence[Repeat]) -> str:
    """The kind of value that all repeats have: 'fp', 'dv' or 'pv'. Raises SeriesError where they differ."""
    kinds = {one.image.scale for one in repeats}
    if len(kinds) > 1:
        raise SeriesError(f"no mean: the repeats are scaled in different ways ({', '.join(sorted(kinds))})")
    return kinds.pop()


def mean_frames(repeats: Sequence[Repeat]) -> Iterator[MeanFrame]:
    """The mean of every frame, in the order of the frames of the first repeat; of phases the circular mean.

    Raises UnsupportedError for floats and for phases whose turn is not known, SeriesError.
    """
    first = repeats[0].image
    stored = first.series.format
    if stored.dtype.kind not in "iu" or stored.bits_allocated == 1:
        raise UnsupportedError(
            f"{repeats[0].name}: pixels of {stored.dtype} ({stored.bits_allocated} bits) have no mean here"
        )
    if stored.photometric == "PALETTE COLOR":
        raise UnsupportedError(f"{repeats[0].name}: pixels are numbers of colours in a palette, which have no mean")
    kind = common_scale(repeats)
    scalings = [one.image.scaling(kind) for one in repeats]
    orders = [one.order() for one in repeats]
    phases = phase_frames(first)
    steps = steps_of_a_turn(first, repeats[0].name) if phases.any() else 0
    for place in np.argsort(orders[0]).tolist():
        numbers = [int(order[place]) for order in orders]
        number = numbers[0]
        read = (
            (one.image.read_grid(np.array(n), kind, np.float64) - scalings[0].intercept[number])
            / scalings[0].slope[number]
            for one, n in zip(repeats, numbers, strict=True)
        )
        if phases[number]:
            check_turns(repeats, numbers, scalings)
            mean = mean_of_phases(read, steps, stored_range(stored)[0])
            yield MeanFrame(number, mean.astype(stored.dtype))
            continue
        values = sum(read, np.zeros(stored.shape)) / len(repeats)
        factor, offset = fitting(values, *stored_range(stored))
        yield MeanFrame(number, np.rint((values - offset) / factor).astype(stored.dtype), factor, offset)


def stored_range(stored: PixelFormat) -> tuple[int, int]:
    """The lowest and the highest stored value that the bits hold."""
    highest = (1 << (stored.bits_stored - stored.signed)) - 1
    return (-(highest + 1) if stored.signed else 0), highest


def fitting(values: NDArray[np.float64], lowest: int, highest: int) -> tuple[float, float]:
    """Factor and offset for which ``(values - offset) / factor`` fits the bits; 1 and 0 where they do as they are."""
    least, most = float(values.min(initial=0)), float(values.max(initial=0))
    offset = least if lowest == 0 and least < -0.5 else 0.0
    over = (most - offset) / highest
    under = least / lowest if lowest else 0.0
    factor = over if over > max(under, 1) + 0.5 / highest else max(under, 1.0)
    return factor, offset
