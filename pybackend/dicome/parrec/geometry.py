"""Where the images of a PAR file lie: stacks, directions and positions, from angulation and off-centre.

An image line has its off-centre in 2 decimals and its angulation in 2; the general information has those of the stack
in 3. Where the images of one stack lie where thickness and gap put them, the finer numbers are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.stacks import BASES, rotation, to_xyz
from dicome.parrec.par import Par

Array = NDArray[np.float64]

ORIENTATIONS = ("TRA", "TRA", "SAG", "COR")
"""Base of each slice orientation; 0 (unknown) is taken for transverse."""
AGREES = 0.02
"""Angles (degrees) and positions (mm) that differ by less differ by rounding to 2 decimals, which is 0.005 at most in
the file and doubles where a mean is taken; V4 and V3 round to 1 decimal, see `_tolerance`.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """Of every image: stack and number in it (0-based, in the order of slice numbers); centre in x, y, z (LPS, mm);
    directions as rows, of increasing row, column and slice index (images, 3, 3).

    notes: what was decided.
    """

    stack: NDArray[np.int64]
    in_stack: NDArray[np.int64]
    angulation: Array
    centre: Array
    directions: Array
    notes: tuple[str, ...] = ()

    def first_pixels(self, par: Par) -> Array:
        """Image Position (Patient) of every image: centre of its first pixel, (images, 3) mm."""
        rows, columns = par.shape
        across, down = (par.images["pixel_spacing"][:, k, None] for k in (0, 1))
        along_column, along_row = self.directions[:, 0], self.directions[:, 1]
        first: Array = self.centre - (columns - 1) / 2 * across * along_row - (rows - 1) / 2 * down * along_column
        return first


def geometry(par: Par) -> Geometry:
    """The geometry of every image of a PAR file."""
    images = par.images
    orientation = np.clip(images["slice_orientation"], 0, 3)
    stack = _stacks(np.column_stack([orientation, images["image_angulation"]]), images["slice_number"])
    angulation, fine = _angulation(par, stack)
    offcentre, note = _offcentre(par, stack)
    turns = np.stack([_directions(ORIENTATIONS[o], a) for o, a in _firsts(stack, orientation, angulation)])
    directions = turns[stack]
    in_stack = np.zeros(len(images), np.int64)
    for one in range(len(turns)):
        here = stack == one
        in_stack[here] = np.unique(images["slice_number"][here], return_inverse=True)[1]
    centre = to_xyz(offcentre)
    if fine:
        centre = _refined(par, centre, directions[0])
    return Geometry(stack, in_stack, angulation, centre, directions, (note,) if note else ())


def _directions(orientation: str, angulation: Array) -> Array:
    """Unit vectors in x, y, z of increasing row, column and slice index, as rows."""
    column, row, slices = np.array(BASES[orientation][1], float) @ rotation(*angulation.tolist()).T
    return to_xyz(np.stack([row, column, slices]))


def _firsts(stack: NDArray[np.int64], orientation: NDArray[Any], angulation: Array) -> list[tuple[int, Array]]:
    """Orientation and angulation of each stack."""
    first = np.unique(stack, return_index=True)[1]
    return [(int(orientation[k]), angulation[k]) for k in first.tolist()]


def _stacks(rows: NDArray[Any], slices: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of each row among the distinct ones, in the order of their first slices."""
    inverse = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
    first = np.full(int(inverse.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, inverse, slices)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return np.asarray(rank[inverse], np.int64)


def _tolerance(par: Par) -> float:
    return 0.2 if par.version in ("V3", "V4") else AGREES


def _angulation(par: Par, stack: NDArray[np.int64]) -> tuple[Array, bool]:
    """Angulation of every image (ap, fh, rl), and whether it is that of the general information."""
    own = par.images["image_angulation"]
    stated = np.array(par.general["angulation"], float)
    if not stack.any() and np.abs(own - stated).max() < _tolerance(par):
        return np.broadcast_to(stated, own.shape), True
    return own, False


def _offcentre(par: Par, stack: NDArray[np.int64]) -> tuple[Array, str]:
    """Off-centre of every image (ap, fh, rl). Some V4 files have it in the order rl, ap, fh, which is put right."""
    own = par.images["image_offcentre"]
    if stack.any():
        return own, ""
    stated = np.array(par.general["off_centre"], float)
    where = own[np.unique(par.images["slice_number"], return_index=True)[1]]
    middle = (where.min(axis=0) + where.max(axis=0)) / 2
    if len(where) != par.general["max_slices"] or np.abs(middle - stated).max() < 10 * _tolerance(par):
        return own, ""
    turned = own[:, [1, 2, 0]]
    if np.abs(middle[[1, 2, 0]] - stated).max() < 10 * _tolerance(par):
        return turned, "image offcentre is in the order rl, ap, fh (a fault of some V4 exports), which was put right"
    off = np.abs(middle - stated).max()
    return own, f"the middle of the images lies {off:.3g} mm off 'Off Centre midslice'; the image lines count"


def _refined(par: Par, centre: Array, directions: Array) -> Array:
    """Centres from the middle of the stack and the slice distance, where these agree with the image lines."""
    images = par.images
    step = images["slice_thickness"] + images["slice_gap"]
    if np.ptp(step) > 0:
        return centre
    middle = to_xyz(np.array([par.general["off_centre"]], float))[0]
    place = images["slice_number"] - (par.general["max_slices"] + 1) / 2
    for sign in (1, -1):
        fine: Array = middle + sign * place[:, None] * step[:, None] * directions[2]
        if np.abs(fine - centre).max() < _tolerance(par):
            return fine
    return centre
