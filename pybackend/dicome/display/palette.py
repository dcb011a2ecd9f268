"""The colours of an image whose pixels are numbers in a palette (PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import DicomFile

Colours = Callable[[NDArray[Any]], NDArray[np.uint8]]
"""From pixels (rows, columns) to red, green and blue (rows, columns, 3)."""

_DESCRIPTORS = (0x00281101, 0x00281102, 0x00281103)
_DATA = (0x00281201, 0x00281202, 0x00281203)
_PIXEL_REPRESENTATION = 0x00280103


def palette_of(file: DicomFile) -> Colours | None:
    """What paints the pixels of a file; None where it has no palette, or one in segments, or a damaged one."""
    if file.text(0x00280004) != "PALETTE COLOR":
        return None
    tables = [_table(file, *tags) for tags in zip(_DESCRIPTORS, _DATA, strict=True)]
    found = [table for table in tables if table is not None]
    return _painter(found) if len(found) == len(_DATA) else None


def _painter(tables: list[tuple[NDArray[np.uint8], int]]) -> Colours:
    def paint(pixels: NDArray[Any]) -> NDArray[np.uint8]:
        numbers = np.asarray(pixels).astype(np.int64)
        # What lies outside of a table has the colour of its nearest end.
        parts = [table[np.clip(numbers - first, 0, len(table) - 1)] for table, first in tables]
        return np.stack(parts, axis=-1)

    return paint


def _table(file: DicomFile, descriptor: int, data: int) -> tuple[NDArray[np.uint8], int] | None:
    """Intensities from 0 to 255, and the pixel value that has the first of them."""
    described, raw = _words(file, descriptor), _bytes(file, data)
    if len(described) < 3 or not raw:
        return None
    count, first, bits = described[:3].tolist()
    count = count or 1 << 16
    if file.number(_PIXEL_REPRESENTATION) == 1 and first >= 1 << 15:
        first -= 1 << 16
    words = _words(file, data)
    if bits == 8 and len(raw) < 2 * count:
        table = words.astype("<u2").view(np.uint8)  # two of them in a word
    else:
        # Some writers announce 16 bits and use 8 of them.
        table = (words >> 8 if bits > 8 and words.max(initial=0) > 255 else words & 255).astype(np.uint8)
    return (table[:count], int(first)) if len(table) else None


def _bytes(file: DicomFile, tag: int) -> bytes:
    element = file.element(tag)
    return b"" if element is None or element.items is not None else file.raw(element)


def _words(file: DicomFile, tag: int) -> NDArray[np.uint16]:
    raw = _bytes(file, tag)
    words: NDArray[np.uint16] = np.frombuffer(raw[: len(raw) // 2 * 2], f"{file.syntax.byte_order}u2").astype(np.uint16)
    return words
