"""Where voxels lie in the patient: an affine from the positions of all frames.

Coordinates are DICOM's (LPS: x to the patient's left, y to posterior, z to the head; mm). Positions come from the
Plane Position of every frame, never from two neighbours, so the order in which frames were acquired cannot change the
spacing; Philips' private copy of Image Position lies half a pixel off and is never used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.frames.table import FrameTable

ORIENTATION_TOLERANCE = 1e-4
"""Direction cosines that differ by less belong to parallel planes (files round to 4 decimals and more)."""
POSITION_TOLERANCE = 0.02
"""Slices may lie this part of the slice step off their regular place (and 0.01 mm at least)."""


@dataclass(frozen=True, slots=True)
class Planes:
    """Geometry of all frames: position (frames, 3) mm of the first pixel's centre, directions (frames, 6), spacing
    between rows and between columns (frames, 2) mm, distance between slices (frames,) mm for single slices.
    """

    position: NDArray[np.float64]
    directions: NDArray[np.float64]
    spacing: NDArray[np.float64]
    thickness: NDArray[np.float64]


def planes(table: FrameTable) -> Planes | None:
    """The geometry of all frames; None where some frame lacks it (PS3.3 C.7.6.16.2.1-4)."""
    position = _vectors(table, "PlanePositionSequence.ImagePositionPatient", 3)
    directions = _vectors(table, "PlaneOrientationSequence.ImageOrientationPatient", 6)
    spacing = _vectors(table, "PixelMeasuresSequence.PixelSpacing", 2)
    if position is None or directions is None or spacing is None:
        return None
    names = ("PixelMeasuresSequence.SpacingBetweenSlices", "PixelMeasuresSequence.SliceThickness")
    distances = [found for name in names if (found := _vectors(table, name, 1)) is not None]
    # Of single slices some say that they are 0 mm apart, or thick.
    distance = next((found for found in distances if (found > 0).all()), None)
    thickness = np.ones(len(position)) if distance is None else distance[:, 0]
    return Planes(position, directions, spacing, thickness)


def _vectors(table: FrameTable, path: str, size: int) -> NDArray[np.float64] | None:
    """The attribute at this path, or at the top level in classic headers; never a copy in another group."""
    found = next((one for one in (path, path.rpartition(".")[2]) if one in table.paths), None)
    if found is None:
        return None
    column = table.column(found)
    if not column.present.all() or column.values.dtype == object:
        return None
    values = np.asarray(column.values, np.float64).reshape(len(column.values), -1)
    return values if values.shape[1] == size and np.isfinite(values).all() else None


def affine(found: Planes, slice_of: NDArray[np.int64]) -> tuple[NDArray[np.float64] | None, str]:
    """Affine (4, 4) from 0-based (row, column, slice, 1) to LPS mm, and a note; None where there is no single one.

    slice_of: 0-based slice of every frame, -1 for frames that are left out.
    """
    used = slice_of >= 0
    directions, spacing = found.directions[used], found.spacing[used]
    if np.abs(directions - directions[0]).max() > ORIENTATION_TOLERANCE:
        return None, "no affine: the frames have different orientations"
    if np.abs(spacing - spacing[0]).max() > ORIENTATION_TOLERANCE * spacing[0].max():
        return None, "no affine: the frames have different pixel spacings"
    count = int(slice_of.max()) + 1
    frames_in = np.bincount(slice_of[used], minlength=count)
    position = np.stack(
        [np.bincount(slice_of[used], found.position[used, k], minlength=count) / frames_in for k in range(3)], axis=1
    )
    along_row, along_column = directions[0, :3], directions[0, 3:]
    if count > 1:
        step = (position[-1] - position[0]) / (count - 1)
        off = np.abs(position - (position[0] + np.arange(count)[:, None] * step)).max()
        if off > max(POSITION_TOLERANCE * np.linalg.norm(step), 0.01):
            return None, f"no affine: slices lie up to {off:.3g} mm off a regular spacing"
    else:
        step = np.cross(along_row, along_column) * found.thickness[used][0]
    spread = np.abs(found.position[used] - position[slice_of[used]]).max()
    matrix = np.eye(4)
    matrix[:3, 0] = along_column * spacing[0, 0]
    matrix[:3, 1] = along_row * spacing[0, 1]
    matrix[:3, 2] = step
    matrix[:3, 3] = position[0]
    if np.linalg.matrix_rank(matrix[:3, :3]) < 3:
        return None, "no affine: pixel spacing, orientation or distance of slices is 0"
    if spread > max(POSITION_TOLERANCE * np.linalg.norm(step), 0.01):
        return matrix, f"frames of one slice lie up to {spread:.3g} mm apart; the affine takes their mean"
    return matrix, ""
