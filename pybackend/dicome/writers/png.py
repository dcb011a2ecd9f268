"""A picture to look at: one montage per axis, the other axes at their first position (slices at the middle)."""

from __future__ import annotations

from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dicome.beside import written_beside
from dicome.errors import MissingPackageError

if TYPE_CHECKING:
    from dicome.image import Image
    from dicome.writers import Options

MOST_TILES = 48
"""Positions shown of one axis; of longer ones evenly spaced positions are taken."""
_ROW = 8
"""Tiles that stay in one row."""
_GAP = 2
_LOW, _HIGH = 1.0, 99.5
"""Percentiles that become black and white."""


def write(image: Image, path: Path, options: Options) -> list[Path]:
    """Writes the montages of all axes below each other."""
    try:
        from PIL import Image as Picture
    except ImportError as problem:
        raise MissingPackageError("pictures need Pillow: pip install 'dicome[png]'") from problem
    rows = [montage(tiles(image, axis, options.scale)) for axis in range(max(len(image.axes), 1))]
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((0, _GAP * 3), (0, width - row.shape[1]), *((0, 0),) * (row.ndim - 2))) for row in rows]
    with written_beside(path, force=options.force) as temporary:
        Picture.fromarray(np.concatenate(padded)).save(temporary, format="PNG")
    return [path]


def tiles(image: Image, axis: int, scale: str | None) -> NDArray[np.uint8]:
    """Positions of one axis as grey (or colour) pictures, (tiles, rows, columns[, 3]), 0 to 255."""
    if not image.axes:
        return as_grey(np.asarray(image.array(scale))[None])
    key: list[Any] = [len(a) // 2 if a.role == "slice" else 0 for a in image.axes]
    size = len(image.axes[axis])
    key[axis] = np.unique(np.linspace(0, size - 1, min(size, MOST_TILES)).round().astype(int))
    grid = np.asarray(image.ordering.grid[tuple(key)])
    pictures = np.moveaxis(image.read_grid(grid, scale), -1, 0)
    if image.axes[axis].role == "volume":
        # Magnitude beside phase, one echo beside the next: each picture has a range of its own.
        return np.concatenate([as_grey(picture[None]) for picture in pictures])
    return as_grey(pictures)


def as_grey(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Values between robust percentiles as 0 to 255; missing ones black. 8-bit colour stays as it is."""
    if values.ndim == 4 and values.dtype == np.uint8:
        return values
    values = values.astype(np.float64)
    known = values[np.isfinite(values)]
    low, high = np.percentile(known, (_LOW, _HIGH)) if known.size else (0.0, 1.0)
    grey = np.clip((np.nan_to_num(values, nan=low) - low) / max(high - low, np.finfo(float).tiny), 0, 1)
    result: NDArray[np.uint8] = (grey * 255).astype(np.uint8)
    return result


def montage(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pictures side by side, a few in one row, many in a nearly square sheet, read like text."""
    count, height, width = pictures.shape[:3]
    across = max(min(count, _ROW), ceil(sqrt(count * height / width)))
    down = ceil(count / across)
    sheet = np.zeros((down * (height + _GAP), across * (width + _GAP), *pictures.shape[3:]), np.uint8)
    for k in range(count):
        y, x = k // across * (height + _GAP), k % across * (width + _GAP)
        sheet[y : y + height, x : x + width] = pictures[k]
    return sheet
