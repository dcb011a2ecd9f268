"""The images that the page has open: a few at a time, each with what its frames need to be shown."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.errors import ArgumentError, DicomeError
from dicome.frames.geometry import Planes, affine, planes
from dicome.frames.scaling import Scaling
from dicome.image import Image, open_image

MOST_OPEN = 8
"""Images kept open; the one that was looked at longest ago goes first."""
SHOWN_SCALES = ("fp", "dv", "rwv")
"""Kinds of scaling that are a slope and an intercept; stored values (pv) need none."""
MOST_VOLUME_BYTES = 1 << 30
"""Stored bytes of a volume that orthogonal planes are cut from."""

Place = tuple[int, ...]
"""0-based position on every axis."""


class NotOpenError(DicomeError):
    """The page speaks of an image that this server has not open (any more)."""

    kind = "notOpen"


@dataclass(eq=False)
class Opened:
    """One open image. paths, series: as they were asked for."""

    key: str
    image: Image
    paths: tuple[Path, ...]
    series: str | None
    lock: threading.Lock = field(default_factory=threading.Lock)
    _volume: tuple[Place, NDArray[Any]] | None = None

    @cached_property
    def scales(self) -> Mapping[str, Scaling]:
        """Every kind of scaling that the image has in all frames, by name."""
        found = {}
        for kind in SHOWN_SCALES if self.image.series.format.samples == 1 else ():
            try:
                scale = self.image.scaling(kind)
            except ArgumentError:
                continue
            if scale.tables is None:
                found[kind] = scale
        return found

    @cached_property
    def geometry(self) -> Planes | None:
        """Where the frames lie, None where some frame does not say."""
        return planes(self.image.frames)

    @cached_property
    def slice_axis(self) -> int | None:
        """The axis that runs through a volume: the longest of those along which slices lie; None without one."""
        slices = [k for k, axis in enumerate(self.image.axes) if axis.role == "slice"]
        return max(slices, key=lambda k: len(self.image.axes[k])) if slices else None

    def place(self, text: str) -> Place:
        """``2,0,1`` as a position on every axis. Raises ArgumentError."""
        shape = self.image.ordering.grid.shape
        try:
            at = tuple(int(part) for part in text.split(",")) if text else ()
        except ValueError:
            raise ArgumentError(f"position {text!r}; expected whole numbers with commas") from None
        if len(at) != len(shape) or not all(0 <= k < size for k, size in zip(at, shape, strict=True)):
            raise ArgumentError(f"position {text!r} is not within the axes, whose sizes are {shape}")
        return at

    def numbers_along(self, at: Place, axis: int) -> NDArray[np.int64]:
        """0-based frames along one axis, the others staying at this position; -1 = missing."""
        if not 0 <= axis < len(at):
            raise ArgumentError(f"axis {axis}; there are {len(at)}, counted from 0")
        key: tuple[Any, ...] = (*at[:axis], slice(None), *at[axis + 1 :])
        return np.asarray(self.image.ordering.grid[key])

    def stored(self, numbers: NDArray[np.int64]) -> NDArray[Any]:
        """Stored values of frames, (frames, rows, columns[, samples]); 0 where a frame is missing."""
        return np.moveaxis(self.image.read_grid(numbers, "pv"), -1, 0)

    def volume(self, at: Place) -> tuple[NDArray[np.int64], NDArray[Any]]:
        """Frame numbers and stored values (slices, rows, columns[, samples]) of the volume at a position.

        The last one is kept. Raises ArgumentError where there is no axis of slices, or too much of it.
        """
        axis = self.slice_axis
        if axis is None:
            raise ArgumentError("this image has no axis of slices; planes need a volume")
        numbers = self.numbers_along(at, axis)
        size = len(numbers) * self.image.series.format.frame_bytes
        if size > MOST_VOLUME_BYTES:
            raise ArgumentError(f"the volume has {size:,} bytes; planes are shown up to {MOST_VOLUME_BYTES:,}")
        key = (*at[:axis], *at[axis + 1 :])
        with self.lock:
            if self._volume is None or self._volume[0] != key:
                self._volume = (key, self.stored(numbers))
            return numbers, self._volume[1]

    def affine_of(self, numbers: NDArray[np.int64]) -> tuple[NDArray[np.float64] | None, str]:
        """Affine of the volume of these frames, 0-based (row, column, slice, 1) to LPS mm, and a note."""
        if self.geometry is None:
            return None, "some frame lacks Image Position, Image Orientation or Pixel Spacing"
        slice_of = np.full(self.image.frames.frame_count, -1, np.int64)
        there = numbers >= 0
        if not there.any():
            return None, "all frames of this volume are missing"
        slice_of[numbers[there]] = np.arange(int(there.sum()))  # a gap within shows as an irregular spacing
        return affine(self.geometry, slice_of)


class Shelf:
    """The open images by key."""

    def __init__(self) -> None:
        self._images: OrderedDict[str, Opened] = OrderedDict()
        self._numbers = count(1)
        self._lock = threading.Lock()

    def open(self, paths: Sequence[Path], series: str | None) -> Opened:
        """Opens files of one series, or a folder. Raises the errors of `dicome.open`."""
        found = open_image(paths[0] if len(paths) == 1 else list(paths), series=series)
        with self._lock:
            made = Opened(str(next(self._numbers)), found, tuple(paths), series)
            self._images[made.key] = made
            while len(self._images) > MOST_OPEN:
                self._images.popitem(last=False)
        return made

    def find(self, key: str) -> Opened:
        """An image by its key. Raises NotOpenError."""
        with self._lock:
            if key not in self._images:
                raise NotOpenError("this image is not open any more; open it again")
            self._images.move_to_end(key)
            return self._images[key]
