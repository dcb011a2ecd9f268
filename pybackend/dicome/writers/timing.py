"""How far the volumes of an image lie apart in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dicome.image import Image

IRREGULAR = 0.01
"""Times that lie this part of the mean step off a regular spacing are not regular."""

_SECONDS = {"s": 1.0, "ms": 1e-3}
_BEGIN = (
    ("PrivatePerFrameSq.MRImageDynamicScanBeginTime", "Dynamic Scan Begin Time (2005,10A0)"),
    ("MRImageDynamicScanBeginTime", "Dynamic Scan Begin Time (2005,10A0)"),
    ("FrameContentSequence.TemporalPositionTimeOffset", "Temporal Position Time Offset (0020,930D)"),
    ("TemporalPositionSequence.TemporalPositionTimeOffset", "Temporal Position Time Offset (0020,930D)"),
)
"""Begin of each dynamic in s, and what to call it."""
_REPETITION = ("MRTimingAndRelatedParametersSequence.RepetitionTime", "RepetitionTime")


@dataclass(frozen=True, slots=True)
class Timing:
    """The axis in time: its number among the axes, mean step in s, what it comes from, and all times if irregular."""

    axis: int
    step: float
    source: str
    times: tuple[float, ...] = ()


def timing(image: Image) -> Timing | None:
    """Of the first axis that runs in time; None without one, or where nothing says how long a step is.

    From the axis itself where it counts s or ms (trigger delays), else from the begin of the dynamics, else the
    repetition time, which in a 3-D acquisition may be that of an excitation.
    """
    number = next((k for k, axis in enumerate(image.axes) if axis.role == "time"), None)
    if number is None:
        return None
    axis = image.axes[number]
    if axis.unit in _SECONDS and axis.values is not None and axis.values.ndim == 1:
        found = _stepped(number, axis.values * _SECONDS[axis.unit], axis.name)
        if found is not None:
            return found
    for path, name in _BEGIN:
        times = _along(image, number, path)
        found = None if times is None else _stepped(number, times, name)
        if found is not None:
            return found
    column = _along(image, number, *_REPETITION)
    if column is None or np.ptp(column) != 0 or not column[0] > 0:
        return None
    return Timing(number, float(column[0]) / 1000, "Repetition Time (0018,0080)")


def _along(image: Image, axis: int, *paths: str) -> NDArray[np.float64] | None:
    """An attribute at every position of an axis, from its first frame; None unless all have a number."""
    column = image.frames.find(*paths)
    if column is None or column.values.dtype == object or column.values.ndim != 1:
        return None
    rows = np.moveaxis(image.ordering.grid, axis, 0).reshape(len(image.axes[axis]), -1)
    if not (rows >= 0).any(axis=1).all():
        return None
    frames = np.where(rows < 0, image.frames.frame_count, rows).min(axis=1)
    return np.asarray(column.values[frames], np.float64) if column.present[frames].all() else None


def _stepped(axis: int, times: NDArray[np.float64], source: str) -> Timing | None:
    if len(times) < 2 or not np.isfinite(times).all() or not (np.diff(times) > 0).all():
        return None
    step = (times[-1] - times[0]) / (len(times) - 1)
    off = np.abs(times - times[0] - step * np.arange(len(times))).max()
    irregular = tuple((times - times[0]).tolist()) if off > IRREGULAR * step else ()
    return Timing(axis, float(step), source, irregular)
