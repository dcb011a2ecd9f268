"""Angulation, off-centre and orientation of frames: those of the stacks, else from direction cosines and positions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.stacks import BASES, rotation, to_xyz
from dicome.frames.geometry import Planes
from dicome.parrec.codes import VIEW_AXES
from dicome.parrec.source import Source

Array = NDArray[np.float64]

NAMES = ("TRA", "SAG", "COR")
"""Orientations in the order of their codes, 1 to 3."""
AGREES = 0.002
"""Direction cosines of a stack's angles may differ by this from those of its frames."""


def offcentres(found: Planes, rows: int, columns: int) -> Array:
    """Centre of every frame in ap, fh, rl (mm): from Image Position (Patient), the centre of the first pixel."""
    along_row, along_column = found.directions[:, :3], found.directions[:, 3:]
    right = (columns - 1) / 2 * found.spacing[:, 1, None] * along_row
    down = (rows - 1) / 2 * found.spacing[:, 0, None] * along_column
    centre: Array = found.position + right + down
    return centre[:, [1, 2, 0]]


def orientation_and_angles(source: Source, found: Planes) -> tuple[NDArray[np.int64], Array]:
    """Code of the slice orientation of every frame (1 to 3), and its angulation (ap, fh, rl) in degrees."""
    own = _of_stacks(source, found)
    if own is not None:
        return own
    code, inverse = np.unique(found.directions.round(6), axis=0, return_index=True, return_inverse=True)[1:]
    made = [angles_of(found.directions[k]) for k in code.tolist()]
    which = inverse.reshape(-1)
    return np.array([one[0] for one in made], np.int64)[which], np.array([one[1] for one in made])[which]


def _of_stacks(source: Source, found: Planes) -> tuple[NDArray[np.int64], Array] | None:
    """The scanner's own numbers, where they say what the direction cosines say."""
    axes = source.of_stacks("MRStackViewAxis")
    angles = [source.of_stacks(f"MRStackAngulation{axis}") for axis in ("AP", "FH", "RL")]
    if axes is None or any(one is None for one in angles):
        return None
    codes = np.array([VIEW_AXES.get(str(axis).strip(), 0) for axis in axes.tolist()], np.int64)
    table = np.stack([np.asarray(one, np.float64) for one in angles if one is not None], axis=1)
    for stack in range(int(source.stack_of.max()) + 1):
        k = int(np.argmax(source.stack_of == stack))
        if codes[k] == 0:
            return None
        row, column = directions(codes[k], table[k])[[1, 0]]
        if np.abs(np.concatenate([row, column]) - found.directions[k]).max() > AGREES:
            return None
    return codes, table


def directions(code: int, angles: Array) -> Array:
    """Unit vectors in x, y, z of increasing row, column and slice index, as rows; code: slice orientation, 1 to 3."""
    column, row, slices = np.array(BASES[NAMES[code - 1]][1], float) @ rotation(*angles.tolist()).T
    return to_xyz(np.stack([row, column, slices]))


def angles_of(cosines: Array) -> tuple[int, Array]:
    """Slice orientation (1 to 3) and angulation of direction cosines (6): the orientation that is turned least."""
    along_row, along_column = (cosines[k : k + 3][[1, 2, 0]] for k in (0, 3))
    best: tuple[float, int, Array] | None = None
    for code, name in enumerate(NAMES, start=1):
        base = np.array(BASES[name][1], float)
        hand = np.linalg.det(base)
        turned = np.stack([along_row, along_column, hand * np.cross(along_row, along_column)])
        # turned = base @ R.T, so R = turned.T @ base, whose parts give the angles of Rz(rl) Rx(ap) Ry(fh).
        r = turned.T @ base
        ap = np.arcsin(np.clip(r[2, 1], -1, 1))
        fh, rl = np.arctan2(-r[2, 0], r[2, 2]), np.arctan2(-r[0, 1], r[1, 1])
        angle = float(np.arccos(np.clip((np.trace(r) - 1) / 2, -1, 1)))
        found = (angle, code, np.degrees([ap, fh, rl]) + 0.0)
        if best is None or angle < best[0] - 1e-9:
            best = found
    assert best is not None
    return best[1], best[2]
