"""Numbers of b-values and gradient directions of every frame, and the directions themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.parrec.source import Source

Ints = NDArray[np.int64]

_PRIVATE = "PrivatePerFrameSq."

_B_VALUES = (_PRIVATE + "MRImageDiffusionBFactor", "MRDiffusionSequence.DiffusionBValue", "MRImageDiffusionBFactor",
             "DiffusionBValue")  # fmt: skip


def b_numbers(source: Source) -> Ints | None:
    """The scanner's number of the b-value; else its rank."""
    number = source.numbers(_PRIVATE + "MRImageDiffBValueNumber", "MRImageDiffBValueNumber")
    if number is not None and number.min() > 0:
        return number.astype(np.int64)
    values = source.numbers(*_B_VALUES)
    return None if values is None else rank(values)


def gradients(source: Source) -> Ints | None:
    """The scanner's number; else directions are counted in the order of the image, and what has none comes last."""
    number = source.numbers(_PRIVATE + "MRImageGradientOrientationNumber", "MRImageGradientOrientationNumber")
    if number is not None and number.min() > 0:
        return number.astype(np.int64)
    vectors = gradient_directions(source)
    if vectors is None or not vectors.any():
        return None
    rows = vectors.round(4) + 0.0
    first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)[1:]
    grid = source.image.ordering.grid.ravel(order="F")
    seen = np.full(len(first), len(grid))
    np.minimum.at(seen, inverse.reshape(-1)[grid[grid >= 0]], np.arange(len(grid))[grid >= 0])
    order = [k for k in np.argsort(seen, kind="stable").tolist() if rows[first[k]].any()]
    rank = np.full(len(first), len(order) + 1)
    rank[order] = np.arange(1, len(order) + 1)
    return np.asarray(rank[inverse.reshape(-1)], np.int64)


def gradient_directions(source: Source) -> NDArray[Any] | None:
    """Gradient directions in ap, fh, rl; zeros without one."""
    parts = [
        source.numbers(_PRIVATE + f"DiffusionDirection{axis}", f"DiffusionDirection{axis}") for axis in ("Y", "Z", "X")
    ]
    found = [one for one in parts if one is not None]
    if len(found) == 3:
        return np.stack(found, axis=1)
    name = "DiffusionGradientOrientation"
    public = source.numbers(f"MRDiffusionSequence.DiffusionGradientDirectionSequence.{name}", name)
    return None if public is None or public.ndim != 2 else public[:, [1, 2, 0]]


def rank(values: NDArray[Any]) -> Ints:
    """1-based rank of every value among the distinct ones."""
    return np.asarray(np.unique(values.round(4), return_inverse=True)[1].reshape(-1) + 1, np.int64)
