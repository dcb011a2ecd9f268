"""How Philips says where a stack of slices lies: a view axis, and three angles by which it is turned.

Axes of the patient are named ap (towards posterior), fh (towards the head) and rl (towards the left); DICOM's x, y, z
are rl, ap, fh. Checked against Image Orientation (Patient) of scanner files, and PAR files against nibabel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BASES: dict[str, tuple[str, tuple[tuple[int, int, int], ...]]] = {
    "TRA": ("FH", ((0, 0, 1), (1, 0, 0), (0, 1, 0))),
    "SAG": ("RL", ((1, 0, 0), (0, -1, 0), (0, 0, -1))),
    "COR": ("AP", ((0, 0, 1), (0, -1, 0), (1, 0, 0))),
}
"""View axis, then the directions (ap, fh, rl) of increasing column, row and slice index before angulation."""


def rotation(ap: float, fh: float, rl: float) -> Array:
    """Rotation by the three angles, in the frame (ap, fh, rl): about ap after fh, about rl last."""
    return _turn(2, rl) @ _turn(0, ap) @ _turn(1, fh)


def _turn(axis: int, degrees: float) -> Array:
    """Right-handed rotation about one axis."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    first, second = (axis + 1) % 3, (axis + 2) % 3
    result = np.eye(3)
    result[first, first] = result[second, second] = cosine
    result[second, first], result[first, second] = sine, -sine
    return result


def to_xyz(vectors: Array) -> Array:
    """From (ap, fh, rl) to (x, y, z) = (rl, ap, fh)."""
    return vectors[:, [2, 0, 1]]
