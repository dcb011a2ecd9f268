"""What is looked at: frames at positions of axes, each with values and perhaps a window of its own."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.pixels import open_pixels
from dicome.dicom.transfer import TransferSyntax
from dicome.display.palette import palette_of
from dicome.errors import ArgumentError, GridError
from dicome.frames.labels import Axis
from dicome.image import Image, open_image

PIXEL_SPACING = 0x00280030
WINDOW_CENTER, WINDOW_WIDTH, SLOPE, INTERCEPT = 0x00281050, 0x00281051, 0x00281053, 0x00281052
LOW, HIGH = 1.0, 99.5
"""Percentiles that become black and white where no window is given."""

Position = tuple[int, ...]
Window = tuple[float, float]
"""Center and width, of display values (PS3.3 C.11.2.1.2)."""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """frame: values (rows, columns[, 3]) at a position (0-based, one number per axis), None where it is missing.
    window: what the file says of that frame, None if nothing. aspect: height of a pixel by its width. number: 1-based
    of the frame at a position, 0 where missing.
    """

    title: str
    axes: tuple[Axis, ...]
    frame: Callable[[Position], NDArray[Any] | None]
    window: Callable[[Position], Window | None]
    number: Callable[[Position], int]
    aspect: float
    inverted: bool

    @property
    def start(self) -> Position:
        """The middle slice, and the first position of other axes."""
        return tuple(len(axis) // 2 if axis.role == "slice" else 0 for axis in self.axes)

    def position_of(self, number: int) -> Position:
        """Where a frame lies, by its 1-based number. Raises ArgumentError."""
        last = 0
        for place in np.ndindex(*(len(axis) for axis in self.axes)):
            found = self.number(place)
            if found == number > 0:
                return tuple(place)
            last = max(last, found)
        raise ArgumentError(f"no frame {number:,} in this image; its frames are numbered from 1 to {last:,}")


def open_stack(path: str | os.PathLike[str], assumed: TransferSyntax | None = None) -> Stack:
    """A file, or the only series of a folder. assumed: of a file without Part 10 header, see `open_file`.

    Frames that make no grid are shown in the order of the file. Raises the errors of `open_image`.
    """
    if assumed is not None and not Path(path).is_dir():
        file = open_file(path, assumed)
        if not file.meta:
            return _of_file(file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _of_image(open_image(path), Path(path).name)
        except GridError:
            return _of_file(open_file(path))


def _of_image(image: Image, title: str) -> Stack:
    grid = image.ordering.grid
    file = image.series.files[0]
    palette = palette_of(file)
    colour = image.series.format.samples > 1 or palette is not None
    kind = "pv" if colour else next((kind for kind in ("dv", "fp") if _has(image, kind)), "pv")
    centers, widths = (
        image.frames.find(f"FrameVOILUTSequence.{name}", name) for name in ("WindowCenter", "WindowWidth")
    )
    spacing = image.frames.find("PixelMeasuresSequence.PixelSpacing", "PixelSpacing")
    aspect = _ratio(spacing.values[0]) if spacing is not None and spacing.present.any() else 1.0

    def frame(position: Position) -> NDArray[Any] | None:
        if grid[position] < 0:
            return None
        values: NDArray[Any] = image.read_grid(np.array(int(grid[position])), kind)
        return values if palette is None else palette(values)

    def window(position: Position) -> Window | None:
        frame = int(grid[position])
        if centers is None or widths is None or frame < 0 or not (centers.present[frame] and widths.present[frame]):
            window_of_file = _window_of(file)
            return window_of_file if frame >= 0 else None
        center, width = (_first(column.values[frame]) for column in (centers, widths))
        return _usable(center, width)

    return Stack(
        title,
        image.axes,
        frame,
        window,
        lambda position: int(grid[position]) + 1,
        aspect,
        image.series.format.photometric == "MONOCHROME1",
    )


def _has(image: Image, kind: str) -> bool:
    try:
        image.scaling(kind)
    except ArgumentError:
        return False
    return True


def _ratio(spacing: Any) -> float:
    numbers = np.ravel(np.asarray(spacing, float)) if np.ndim(spacing) else np.empty(0)
    usable = numbers.size == 2 and np.isfinite(numbers).all() and (numbers > 0).all()
    return float(np.clip(numbers[0] / numbers[1], 0.1, 10)) if usable else 1.0


def _first(value: Any) -> float | None:
    numbers = np.ravel(np.asarray(value if value is not None else [], float))
    return float(numbers[0]) if numbers.size and np.isfinite(numbers[0]) else None


def _of_file(file: DicomFile) -> Stack:
    """The frames in the order of the file."""
    pixels, palette = open_pixels(file), palette_of(file)
    slope, intercept = _decimal(file, SLOPE), _decimal(file, INTERCEPT)
    labels = tuple(str(k + 1) for k in range(pixels.frame_count))
    axes = (Axis("Frame", labels),) if pixels.frame_count > 1 else ()

    def frame(position: Position) -> NDArray[Any]:
        values: NDArray[Any] = pixels.block(position[0] if position else 0, 1)[0]
        if palette is not None:
            return palette(values)
        if pixels.format.samples == 1:
            values = values * (slope or 1.0) + (intercept or 0.0)
        return values

    return Stack(
        file.path.name,
        axes,
        frame,
        lambda _: _window_of(file),
        lambda position: (position[0] if position else 0) + 1,
        _ratio(_spacing(file)),
        pixels.format.photometric == "MONOCHROME1",
    )


def _spacing(file: DicomFile) -> list[float]:
    """Between rows and between columns; none where they are no numbers."""
    try:
        return [float(part) for part in file.text(PIXEL_SPACING).split("\\")]
    except ValueError:
        return []


def _decimal(file: DicomFile, tag: int) -> float | None:
    try:
        number = float(file.text(tag).split("\\")[0])
    except ValueError:
        return None
    return number if isfinite(number) else None


def _window_of(file: DicomFile) -> Window | None:
    return _usable(_decimal(file, WINDOW_CENTER), _decimal(file, WINDOW_WIDTH))


def _usable(center: float | None, width: float | None) -> Window | None:
    """The window, None where it would show nothing: no width is 0 or less (PS3.3 C.11.2.1.2)."""
    return (center, width) if center is not None and width is not None and width > 0 else None


def automatic(values: NDArray[Any]) -> Window:
    """A window from percentiles of the values."""
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    low, high = np.percentile(known, (LOW, HIGH)) if known.size else (0.0, 1.0)
    return (float(low + high) / 2, max(float(high - low), 1e-12))


def as_grey(values: NDArray[Any] | None, window: Window | None, inverted: bool = False) -> NDArray[np.uint8]:
    """Values as 0 to 255; a missing frame is one black pixel. Colour of 8 bits stays as it is."""
    if values is None:
        return np.zeros((1, 1), np.uint8)
    if values.ndim == 3 and values.dtype == np.uint8:
        return values
    center, width = automatic(values) if window is None else window
    low = center - width / 2
    scaled = np.clip((np.nan_to_num(np.asarray(values, np.float64), nan=low) - low) / max(width, 1e-12), 0, 1)
    grey: NDArray[np.uint8] = np.rint(scaled * 255).astype(np.uint8)
    return 255 - grey if inverted else grey


def resized(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture with so many columns and rows, by nearest neighbours."""
    rows = (np.arange(height) + 0.5) * picture.shape[0] / height
    columns = (np.arange(width) + 0.5) * picture.shape[1] / width
    larger: NDArray[np.uint8] = picture[rows.astype(int)][:, columns.astype(int)]
    return larger


def fitted(shape: tuple[int, ...], aspect: float, width: int | None, height: int | None) -> tuple[int, int]:
    """Columns and rows of a picture of that shape that fits a width and height, either of which may be open.

    With both open no pixel is lost: those that are not square are stretched.
    """
    rows, columns = shape[0] * max(aspect, 1), shape[1] / min(aspect, 1)
    scales = [limit / size for limit, size in ((width, columns), (height, rows)) if limit is not None]
    scale = min(scales) if scales else 1.0
    return max(round(columns * scale), 1), max(round(rows * scale), 1)
