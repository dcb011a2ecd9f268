"""The pixels of single-frame files: each file is opened when its frame is read, and closed again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.classic.headers import Headers
from dicome.dicom.file import UNDEFINED, open_file
from dicome.dicom.native import arranged, stored_bits
from dicome.dicom.pixels import PixelFormat, Pixels, open_pixels
from dicome.errors import DamagedFileError, FileAccessError, FileMissingError


def pixels_of(headers: Headers, stored: PixelFormat) -> Pixels:
    """The frames of all files, one per file, in their order; nothing is read yet."""
    straight = _straight(headers, stored)

    def block(first: int, count: int) -> NDArray[Any]:
        if straight[first : first + count].all():
            return _native(headers, stored, first, count)
        return np.stack([_frame(headers, stored, k, bool(straight[k])) for k in range(first, first + count)])

    return Pixels(stored, len(headers), block, _keep)


def _keep(first: int, count: int) -> None:
    """No file is mapped."""


def _straight(headers: Headers, stored: PixelFormat) -> NDArray[np.bool_]:
    """Which files have pixels that can be read from their place as they are."""
    native = np.array([not k.syntax.encapsulated and k.syntax.byte_order == "<" for k in headers.kinds], bool)
    known = (headers.offsets >= 0) & (headers.lengths != UNDEFINED) & native[headers.kind_of]
    return np.asarray(known & (stored.bits_allocated % 8 == 0), bool)


def _native(headers: Headers, stored: PixelFormat, first: int, count: int) -> NDArray[Any]:
    size = stored_bits(stored) // 8
    raw = np.empty((count, size), np.uint8)
    for k in range(count):
        _fill(raw[k], headers.paths[first + k], int(headers.offsets[first + k]), int(headers.lengths[first + k]))
    return arranged(raw.reshape(-1), count, stored, "<")


def _fill(target: NDArray[np.uint8], path: Path, offset: int, length: int) -> None:
    """Reads the pixels of one file; the file must still be as it was when its header was read."""
    there = 0
    if length >= len(target):
        try:
            with path.open("rb", buffering=0) as stream:
                stream.seek(offset)
                there = stream.readinto(target.data) or 0
        except FileNotFoundError:
            raise FileMissingError(f"{path}: has gone since its header was read") from None
        except OSError as problem:
            raise FileAccessError(f"{path}: cannot be read: {problem}") from problem
    if there < len(target):
        raise DamagedFileError(
            f"{path}: Pixel Data (7FE0,0010) should have {len(target):,} bytes, and {max(there, 0):,} can be read (the "
            f"file says {length:,}); is the file complete?"
        )


def _frame(headers: Headers, stored: PixelFormat, number: int, straight: bool) -> NDArray[Any]:
    """One frame of any encoding."""
    if straight:
        found = _native(headers, stored, number, 1)
    else:
        found = open_pixels(open_file(headers.paths[number])).block(0, 1)
    frame: NDArray[Any] = found[0]
    return frame
