"""What is true of a phantom file, known from the plan that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.phantom.axes import Axis
from dicome.phantom.options import Options


@dataclass(frozen=True, slots=True)
class Phantom:
    """What a phantom file holds. Arrays: rows, columns, then ``axes``; missing frames are 0, NaN or item 0.

    stored: what the file holds (PV). item_numbers, rescale_slope, rescale_intercept, scale_slope, scale_intercept: by
    frame, shape of the axes; item numbers count from 1. affines: per stack, from (row, column, slice) counted from 0
    to x, y, z in mm (LPS). scale: what ``values`` are, "fp" (Philips) or "dv" (no private scale in the file).
    """

    path: Path
    options: Options
    axes: tuple[Axis, ...]
    stored: NDArray[np.integer]
    item_numbers: NDArray[np.int64]
    rescale_slope: NDArray[np.float64]
    rescale_intercept: NDArray[np.float64]
    scale_slope: NDArray[np.float64]
    scale_intercept: NDArray[np.float64]
    scale: str
    affines: tuple[NDArray[np.float64], ...]
    echo_times: tuple[float, ...]
    series: Mapping[str, Any]
    columns: Mapping[str, Any]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the axes."""
        return tuple(axis.name for axis in self.axes)

    @property
    def affine(self) -> NDArray[np.float64]:
        """That of the first stack."""
        return self.affines[0]

    @property
    def frame_count(self) -> int:
        """Frames in the file."""
        return int(np.count_nonzero(self.item_numbers))

    @property
    def display(self) -> NDArray[np.float64]:
        """Display values (DV), as the console shows them."""
        return np.asarray(self.stored * self.rescale_slope + self.rescale_intercept)

    @property
    def values(self) -> NDArray[np.float64]:
        """Floating-point values (FP) where the file has the private scale, else display values."""
        if self.scale == "dv":
            return self.display
        return np.asarray((self.stored - self.scale_intercept) / self.scale_slope)
