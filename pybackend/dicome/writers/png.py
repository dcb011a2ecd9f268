"""A picture to look at: one montage per axis, the other axes at their first position (slices at the middle).

With split there is one such picture for each position of an axis, and with all axes split one for each frame. Values
between robust percentiles become grey; or, where asked for, the window of each frame's header does (PS3.3 C.11.2.1.2).
"""

from __future__ import annotations

from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dicome.beside import check_target, written_beside
from dicome.errors import ArgumentError, MissingPackageError
from dicome.frames.rearrange import ROW, rearrange, with_plane
from dicome.writers.volumes import split, with_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from dicome.image import Image
    from dicome.writers import Options

MOST_TILES = 48
"""Positions shown of one axis; of longer ones evenly spaced positions are taken."""
_ROW = 8
"""Tiles that stay in one row."""
_GAP = 2
_LOW, _HIGH = 1.0, 99.5
"""Percentiles that become black and white."""
WINDOWS = ("percentiles", "file")
_CENTER = ("FrameVOILUTSequence.WindowCenter", "WindowCenter")
_WIDTH = ("FrameVOILUTSequence.WindowWidth", "WindowWidth")


def write(image: Image, path: Path, options: Options) -> list[Path]:
    """Writes the montages of all axes below each other; with split one file for each position."""
    try:
        from PIL import Image as Picture
    except ImportError as problem:
        raise MissingPackageError("pictures need Pillow: pip install 'dicome[png]'") from problem
    if options.full_info or options.v73:
        raise ArgumentError(f"{path}: a picture has no header: leave full_info and v73 away")
    arranged, turned = _arranged(image, options)
    window = _window(image, options)
    parts = {_name(path, part.suffix): part.image for part in split(arranged, options.split)}
    for target in parts:  # all of them before the first is written
        check_target(target, force=options.force)
    tell = _Counter(options, sum(len(_positions(part, axis)) for part in parts.values() for axis in _axes(part)))
    for target, part in parts.items():
        sheet = _sheet(part, options.scale, window, tell, turned)
        with written_beside(target, force=options.force, size=sheet.nbytes // 8) as temporary:
            Picture.fromarray(sheet).save(temporary, format="PNG")
    return list(parts)


def _arranged(image: Image, options: Options) -> tuple[Image, bool]:
    """The image with its axes as order and combine want them, and whether rows become columns."""
    axes, grid = with_plane(image.axes, image.ordering.grid, image.series.format.samples)
    plane = len(image.series.format.shape)
    plan = rearrange(axes, grid, options.order, options.combine)
    if sorted(plan.permutation[:plane]) != list(range(plane)) or any(plan.flags[: plane + 1]):
        raise ArgumentError("a picture shows rows and columns: in order they come first, and combine leaves them apart")
    return with_grid(image, plan.axes[plane:], plan.grid.reshape(plan.grid.shape[plane:])), plan.axes[0].name == ROW


def _name(path: Path, suffix: str) -> Path:
    return path.with_name(f"{path.name[: -len('.png')]}{suffix}{path.suffix}")


class _Counter:
    """Progress over all pictures: of each, frames are read anew."""

    def __init__(self, options: Options, total: int) -> None:
        self._progress, self._before, self._total = options.progress, 0, total

    def next(self, count: int) -> Callable[[int, int], None] | None:
        """The progress of the next ``count`` frames."""
        before, progress = self._before, self._progress
        self._before += count
        return None if progress is None else lambda done, _: progress(before + done, self._total)


def _axes(image: Image) -> range:
    return range(max(len(image.axes), 1))


def _sheet(image: Image, scale: str | None, window: _Windows | None, tell: _Counter, turned: bool) -> NDArray[np.uint8]:
    rows = [montage(tiles(image, axis, scale, window, tell, turned)) for axis in _axes(image)]
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((0, _GAP * 3), (0, width - row.shape[1]), *((0, 0),) * (row.ndim - 2))) for row in rows]
    sheet: NDArray[np.uint8] = np.concatenate(padded)
    return sheet


def _positions(image: Image, axis: int) -> NDArray[np.int64]:
    """Frames shown of one axis: 0-based numbers, -1 where missing."""
    if not image.axes:
        return image.ordering.grid.reshape(1)
    key: list[Any] = [len(a) // 2 if a.role == "slice" else 0 for a in image.axes]
    size = len(image.axes[axis])
    key[axis] = np.unique(np.linspace(0, size - 1, min(size, MOST_TILES)).round().astype(int))
    found: NDArray[np.int64] = np.asarray(image.ordering.grid[tuple(key)])
    return found


def tiles(
    image: Image, axis: int, scale: str | None, window: _Windows | None, tell: _Counter, turned: bool = False
) -> NDArray[np.uint8]:
    """Positions of one axis as grey (or colour) pictures, (tiles, rows, columns[, 3]), 0 to 255."""
    grid = _positions(image, axis)
    found = image.read_grid(grid, scale if window is None else "dv", progress=tell.next(len(grid)))
    pictures = np.moveaxis(found, -1, 0)
    if turned:
        pictures = np.swapaxes(pictures, 1, 2)
    if window is not None:
        return np.stack([window.grey(picture, frame) for picture, frame in zip(pictures, grid.tolist(), strict=True)])
    if image.axes and image.axes[axis].role == "volume":
        # Magnitude beside phase, one echo beside the next: each picture has a range of its own.
        return np.concatenate([as_grey(picture[None]) for picture in pictures])
    return as_grey(pictures)


class _Windows:
    """Window Center and Width of every frame, on display values."""

    def __init__(self, center: NDArray[np.float64], width: NDArray[np.float64]) -> None:
        self._center, self._width = center, width

    def grey(self, picture: NDArray[Any], frame: int) -> NDArray[np.uint8]:
        """A frame by its window (PS3.3 C.11.2.1.2.1); a missing one is black."""
        if frame < 0:
            return np.zeros(picture.shape, np.uint8)
        center, width = self._center[frame] - 0.5, max(self._width[frame] - 1, np.finfo(float).tiny)
        grey: NDArray[np.uint8] = (np.clip((picture - center) / width + 0.5, 0, 1) * 255).astype(np.uint8)
        return grey


def _window(image: Image, options: Options) -> _Windows | None:
    """The windows of the file where they are asked for."""
    if options.window in (None, "percentiles"):
        return None
    if options.window not in WINDOWS:
        raise ArgumentError(f"window is {options.window!r}; use one of: {', '.join(WINDOWS)}")
    if options.scale not in (None, "dv"):
        raise ArgumentError(f"the window of a file is one of display values: leave scale={options.scale!r} away")
    columns = image.frames.find(*_CENTER), image.frames.find(*_WIDTH)
    center, width = (None if column is None or not column.present.all() else column.values for column in columns)
    if center is None or width is None or image.series.format.samples > 1:
        raise ArgumentError("not all frames have a window (0028,1050 and 1051), or they are in colour; use percentiles")
    # Of several windows the first counts.
    firsts = [np.array([np.atleast_1d(row)[0] for row in values], float) for values in (center, width)]
    return _Windows(*firsts)


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
