"""Stored values to the quantities they stand for: one slope and intercept (or table) per frame.

Philips keeps three values of a pixel: PV what the file holds, DV = PV * RS + RI what the console shows, and
FP = (PV - SI) / SS the floating-point value of the reconstruction, the only one that can be compared between frames and
scans. RS, RI are Rescale Slope and Intercept (0028,1053/1052); SS, SI are MR Scale Slope and Intercept, private
(2005,100E/100D). Other vendors have DV only. A real-world value map (0040,9096) may add a physical quantity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.errors import ArgumentError
from dicome.frames.table import Column, FrameTable

KINDS = {
    "fp": "floating-point value (Philips scale slope)",
    "dv": "display value (rescale slope and intercept)",
    "rwv": "real-world value (real-world value map)",
    "pv": "stored pixel value, unscaled",
}
"""Kinds of scaling and what they mean."""
SYNONYMS = {"none": "pv", "noscale": "pv"}

_MAP = "RealWorldValueMappingSequence."


@dataclass(frozen=True, slots=True)
class Scaling:
    """value = stored * slope + intercept, or ``table[stored - first]`` where a frame's map is a table.

    slope, intercept: float64, (frames,). tables: (frames, entries) or None; first: the stored value of entry 0.
    """

    kind: str
    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    tables: NDArray[np.float64] | None = None
    first: NDArray[np.int64] | None = None

    @property
    def is_identity(self) -> bool:
        """Whether values are the stored ones."""
        return self.tables is None and bool((self.slope == 1).all() and (self.intercept == 0).all())


def scaling(table: FrameTable, kind: str | None = None) -> Scaling:
    """The scaling of all frames; None takes fp where every frame has it, else dv, else pv.

    Raises ArgumentError for a kind that is unknown, or that the image does not carry in every frame.
    """
    if kind is None:
        found = (_MAKERS[name](table) for name in ("fp", "dv"))
        return next((one for one in found if one is not None), _stored(table))
    name = SYNONYMS.get(kind.lower(), kind.lower())
    if name not in KINDS:
        raise ArgumentError(f"unknown scale {kind!r}; use one of: {', '.join(KINDS)}, none")
    made = _MAKERS[name](table)
    if made is None:
        possible = [other for other in KINDS if _MAKERS[other](table) is not None]
        raise ArgumentError(
            f"scale {name!r} ({KINDS[name]}) is not in every frame of this image; possible: {', '.join(possible)}"
        )
    return made


def _numbers(column: Column | None) -> NDArray[np.float64] | None:
    """First number of every frame, None unless all have one."""
    if column is None or not column.present.all() or column.values.dtype == object:
        return None
    values = column.values.reshape(len(column.values), -1)[:, 0]
    return np.asarray(values, np.float64)


def _floating_point(table: FrameTable) -> Scaling | None:
    slope = _numbers(table.find("PrivatePerFrameSq.MRScaleSlope", "MRScaleSlope"))
    intercept = _numbers(table.find("PrivatePerFrameSq.MRScaleIntercept", "MRScaleIntercept"))
    if slope is None or intercept is None or not (np.isfinite(slope) & (slope != 0)).all():
        return None
    return Scaling("fp", 1 / slope, -intercept / slope)


def _display(table: FrameTable) -> Scaling | None:
    group = "PixelValueTransformationSequence."
    slope = _numbers(table.find(group + "RescaleSlope", "RescaleSlope"))
    intercept = _numbers(table.find(group + "RescaleIntercept", "RescaleIntercept"))
    if slope is None or intercept is None:
        return None
    return Scaling("dv", slope, intercept)


def _real_world(table: FrameTable) -> Scaling | None:
    slope = _numbers(table.find(_MAP + "RealWorldValueSlope", "RealWorldValueSlope"))
    intercept = _numbers(table.find(_MAP + "RealWorldValueIntercept", "RealWorldValueIntercept"))
    if slope is not None and intercept is not None:
        return Scaling("rwv", slope, intercept)
    tables = table.find(_MAP + "RealWorldValueLUTData")
    first = _numbers(
        table.find(_MAP + "RealWorldValueFirstValueMapped", _MAP + "DoubleFloatRealWorldValueFirstValueMapped")
    )
    if tables is None or first is None or not tables.present.all() or tables.values.ndim != 2:
        return None
    ones = np.ones(table.frame_count)
    return Scaling("rwv", ones, ones * 0, np.asarray(tables.values, np.float64), first.astype(np.int64))


def _stored(table: FrameTable) -> Scaling:
    return Scaling("pv", np.ones(table.frame_count), np.zeros(table.frame_count))


_MAKERS = {"fp": _floating_point, "dv": _display, "rwv": _real_world, "pv": _stored}
