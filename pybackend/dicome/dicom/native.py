"""Uncompressed pixels (PS3.5 section 8 and annex D): bytes of the file to arrays of stored values."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import DicomFile
from dicome.dicom.pixels import PixelFormat, check_there
from dicome.dicom.scan import ByteOrder

_HALVED = "YBR_FULL_422"
"""Chrominance at every second pixel only: Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2)."""


def native_block(file: DicomFile, stored: PixelFormat, count: int) -> Callable[[int, int], NDArray[Any]]:
    """Reader of uncompressed frames: ``block(first, number)``."""
    element = file.pixels
    assert element is not None
    bits = stored_bits(stored)
    whole = min((min(element.end, len(file.pixel_data)) - element.offset) * 8 // bits, count)
    swapped = file.syntax.byte_order == ">" and stored.bits_allocated == 8 and element.vr == "OW"

    def block(first: int, number: int) -> NDArray[Any]:
        check_there(file, first, number, whole, count)
        file.check()
        begin, end = first * bits // 8, -(-(first + number) * bits // 8)
        if swapped:
            # Bytes travel in big-endian words (PS3.5 annex D.4).
            raw = file.pixel_data[element.offset + (np.arange(begin, end) ^ 1)]
        else:
            raw = file.pixel_data[element.offset + begin : element.offset + end]
        return arranged(raw, number, stored, file.syntax.byte_order, first * bits % 8)

    return block


def native_release(file: DicomFile, stored: PixelFormat) -> Callable[[int, int], None]:
    """Gives the pages of some frames of a mapped file back to the system; they are read again when needed."""
    mapped, pixels = file.mapped, file.pixels
    assert mapped is not None
    assert pixels is not None
    bits = stored_bits(stored)
    advice = getattr(mmap, "MADV_DONTNEED", None)  # not on Windows

    def release(first: int, number: int) -> None:
        start = (pixels.offset + first * bits // 8) // mmap.PAGESIZE * mmap.PAGESIZE
        end = min(pixels.offset + (first + number) * bits // 8, len(mapped))
        if advice is not None and end > start:
            mapped.madvise(advice, start, end - start)

    return release


def stored_bits(stored: PixelFormat) -> int:
    """Bits that one frame takes in the file."""
    bits = stored.rows * stored.columns * stored.samples * stored.bits_allocated
    return bits // 3 * 2 if stored.photometric == _HALVED else bits


def arranged(
    raw: NDArray[np.uint8], number: int, stored: PixelFormat, byte_order: ByteOrder, skipped_bits: int = 0
) -> NDArray[Any]:
    """The frames in those bytes, ``(number, *stored.shape)``; skipped_bits go before the first of one-bit frames."""
    shape = (number, *stored.shape)
    if stored.bits_allocated == 1:
        bits = np.unpackbits(raw, bitorder="little")
        return bits[skipped_bits : skipped_bits + int(np.prod(shape))].reshape(shape)
    values = raw.view(stored.dtype.newbyteorder(byte_order)).astype(stored.dtype, copy=False)
    if stored.photometric == _HALVED:
        values = _doubled(values)
    if stored.planar and stored.samples > 1:
        values = np.moveaxis(values.reshape(number, stored.samples, stored.rows, stored.columns), 1, -1)
    values = values.reshape(shape)
    if stored.photometric in ("YBR_FULL", _HALVED) and stored.samples == 3:
        values = _to_rgb(values)
    return within_bits(values, stored)


def within_bits(values: NDArray[Any], stored: PixelFormat) -> NDArray[Any]:
    """Stored values without what lies above Bits Stored (overlays of old, marks of Siemens), sign extended."""
    spare = stored.bits_allocated - stored.bits_stored
    if spare <= 0 or stored.dtype.kind not in "iu":
        return values
    top = 1 << (stored.bits_stored - stored.signed)
    if values.size == 0 or (values.max() < top and (not stored.signed or values.min() >= -top)):
        return values
    return values << spare >> spare


def _doubled(values: NDArray[Any]) -> NDArray[Any]:
    """Y1 Y2 Cb Cr as Y1 Cb Cr Y2 Cb Cr."""
    return values.reshape(-1, 4)[:, [0, 2, 3, 1, 2, 3]].reshape(-1)


def _to_rgb(values: NDArray[Any]) -> NDArray[Any]:
    """YBR_FULL pixels as RGB, as MATLAB's dicomread gives them."""
    from pydicom.pixels.processing import convert_color_space

    converted: NDArray[Any] = convert_color_space(np.ascontiguousarray(values), "YBR_FULL", "RGB")
    return converted
