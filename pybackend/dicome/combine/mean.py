"""The mean of repeats, frame by frame, as stored values of the first repeat's scaling.

Stored values of two series cannot be averaged as they are: Philips scales every series for itself. The mean is taken of
the quantities (floating-point values, else display values), and written with the slope of the first repeat, so that it
is off by half a stored step at most; where it exceeds what the bits hold, with a greater slope.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.combine.repeats import Repeat
from dicome.errors import SeriesError, UnsupportedError


@dataclass(frozen=True, slots=True, eq=False)
class MeanFrame:
    """number: of the frame in the first repeat (0-based). factor: what its slopes are to be multiplied with."""

    number: int
    stored: NDArray[Any]
    factor: float


def common_scale(repeats: Sequence[Repeat]) -> str:
    """The kind of value that all repeats have: 'fp', 'dv' or 'pv'. Raises SeriesError where they differ."""
    kinds = {one.image.scale for one in repeats}
    if len(kinds) > 1:
        raise SeriesError(f"no mean: the repeats are scaled in different ways ({', '.join(sorted(kinds))})")
    return kinds.pop()


def mean_frames(repeats: Sequence[Repeat]) -> Iterator[MeanFrame]:
    """The mean of every frame, in the order of the frames of the first repeat. Raises UnsupportedError for floats."""
    first = repeats[0].image
    stored = first.series.format
    if stored.dtype.kind not in "iu" or stored.bits_allocated == 1:
        raise UnsupportedError(
            f"{repeats[0].name}: pixels of {stored.dtype} ({stored.bits_allocated} bits) have no mean here"
        )
    kind = common_scale(repeats)
    how = first.scaling(kind)
    orders = [one.order() for one in repeats]
    for place in np.argsort(orders[0]).tolist():
        total = np.zeros(stored.shape)
        for one, order in zip(repeats, orders, strict=True):
            total += one.image.read_grid(np.array(order[place]), kind, np.float64)
        number = int(orders[0][place])
        values = (total / len(repeats) - how.intercept[number]) / how.slope[number]
        factor = _factor(values, stored.bits_stored, stored.signed)
        yield MeanFrame(number, np.rint(values / factor).astype(stored.dtype), factor)


def _factor(values: NDArray[np.float64], bits: int, signed: bool) -> float:
    """How much greater the slope has to be for the values to fit the bits; 1 where they do."""
    highest = (1 << (bits - signed)) - 1
    lowest = -(highest + 1) if signed else 0
    over = float(values.max(initial=0)) / highest
    under = float(values.min(initial=0)) / lowest if lowest else 0.0
    return over if over > max(under, 1) + 0.5 / highest else max(under, 1.0)
