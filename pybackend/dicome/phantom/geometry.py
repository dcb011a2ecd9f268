"""Where the slices of the phantom lie: double-oblique stacks, described as Philips describes them.

Axes of the patient are named ap (towards posterior), fh (towards the head) and rl (towards the left); DICOM's x, y, z
are rl, ap, fh. Lengths in mm, angles in degrees, indices from 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.stacks import BASES, rotation, to_xyz

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stack:
    """Parallel slices. ``centre`` and ``angulation`` in the order ap, fh, rl; ``spacing`` of rows, columns, slices."""

    orientation: str
    angulation: tuple[float, float, float]
    centre: tuple[float, float, float]
    shape: tuple[int, int, int]
    spacing: tuple[float, float, float]
    reverse: bool = False

    @property
    def directions(self) -> Array:
        """Unit vectors in x, y, z of increasing row, column and slice index, as rows; shape (3, 3)."""
        column, row, slices = np.array(BASES[self.orientation][1], float) @ rotation(*self.angulation).T
        return to_xyz(np.stack([row, column, -slices if self.reverse else slices]))

    @property
    def affine(self) -> Array:
        """Matrix from (row, column, slice, 1), centres of voxels, to x, y, z in LPS; shape (4, 4)."""
        steps = self.directions * np.array(self.spacing)[:, None]
        result = np.eye(4)
        result[:3, :3] = steps.T
        result[:3, 3] = to_xyz(np.array([self.centre], float))[0] - (np.array(self.shape) - 1) / 2 @ steps
        return result

    def positions(self) -> Array:
        """Image Position (Patient): centre of the first pixel of every slice; shape (slices, 3)."""
        affine = self.affine
        numbers = np.arange(self.shape[2])[:, None]
        return np.asarray(affine[:3, 3] + numbers * affine[:3, 2])

    def corners(self) -> Array:
        """The private copy of the position, which is the outer corner of that pixel; shape (slices, 3)."""
        return np.asarray(self.positions() - self.affine[:3, :2].sum(axis=1) / 2)

    def field_of_view(self) -> Array:
        """Extent along ap, fh, rl before angulation."""
        size = np.array(self.shape) * self.spacing
        column, row, slices = np.abs(np.array(BASES[self.orientation][1], float))
        return np.asarray(row * size[0] + column * size[1] + slices * size[2])
