"""The pixels of one file as blocks of frames, stored values, nothing scaled (PS3.3 C.7.6.3, PS3.5 section 8).

Native pixels are views into the mapped file. Compressed ones are found fragment by fragment once and decoded frame by
frame; see `codecs`.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import UNDEFINED, DicomFile
from dicome.dicom.scan import Element
from dicome.errors import DamagedFileError, NotDicomError, UnsupportedError

ROWS, COLUMNS, SAMPLES = 0x00280010, 0x00280011, 0x00280002
BITS_ALLOCATED, BITS_STORED, PIXEL_REPRESENTATION = 0x00280100, 0x00280101, 0x00280103
PHOTOMETRIC, PLANAR, NUMBER_OF_FRAMES = 0x00280004, 0x00280006, 0x00280008
FLOAT_PIXELS, DOUBLE_PIXELS = 0x7FE00008, 0x7FE00009

_INTEGERS = {8: "u1", 16: "u2", 32: "u4", 64: "u8"}
_FLOATS = {FLOAT_PIXELS: "f4", DOUBLE_PIXELS: "f8"}


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """How one frame is stored: ``rows`` x ``columns`` [x ``samples``] of ``dtype`` (native byte order)."""

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    signed: bool
    planar: bool
    photometric: str
    dtype: np.dtype[Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one frame; samples last, only where there are several."""
        return (self.rows, self.columns) if self.samples == 1 else (self.rows, self.columns, self.samples)

    @property
    def frame_bytes(self) -> int:
        """Bytes of one native frame."""
        return self.rows * self.columns * self.samples * self.bits_allocated // 8


@dataclass(frozen=True, slots=True)
class Pixels:
    """The frames of one file. ``block(first, count)`` gives stored values ``(count, *format.shape)``; 0-based.

    release(first, count): says that these frames are done with, so that the mapped file does not fill the memory.
    """

    format: PixelFormat
    frame_count: int
    block: Callable[[int, int], NDArray[Any]]
    release: Callable[[int, int], None]


def pixel_format(file: DicomFile) -> PixelFormat:
    """The Image Pixel module of a file; NotDicomError where it has no pixels."""
    if file.pixels is None:
        kind = file.text(0x00080060) or "unknown modality"
        raise NotDicomError(f"{file.path}: this DICOM file has no pixels ({kind}); nothing to read as an image")
    rows, columns = file.number(ROWS), file.number(COLUMNS)
    bits = file.number(BITS_ALLOCATED)
    if not rows or not columns or rows < 0 or columns < 0:
        raise DamagedFileError(f"{file.path}: Rows (0028,0010) is {rows}, Columns (0028,0011) is {columns}")
    if file.pixels.tag in _FLOATS:
        dtype = np.dtype(_FLOATS[file.pixels.tag])
        bits = dtype.itemsize * 8
    elif bits in _INTEGERS:
        name = _INTEGERS[bits]
        dtype = np.dtype(name.replace("u", "i") if file.number(PIXEL_REPRESENTATION) else name)
    elif bits == 1:
        dtype = np.dtype("u1")
    else:
        raise UnsupportedError(f"{file.path}: Bits Allocated (0028,0100) is {bits}; dicome reads 1, 8, 16, 32 and 64")
    return PixelFormat(
        rows,
        columns,
        max(file.number(SAMPLES) or 1, 1),
        bits,
        file.number(BITS_STORED) or bits,
        bool(file.number(PIXEL_REPRESENTATION)),
        file.number(PLANAR) == 1,
        file.text(PHOTOMETRIC),
        dtype,
    )


def announced_frames(file: DicomFile) -> int:
    """Number of Frames (0028,0008); 1 where it is absent, as in classic files."""
    count = file.number(NUMBER_OF_FRAMES)
    if count is not None and count < 1:
        raise DamagedFileError(f"{file.path}: Number of Frames (0028,0008) is {count}")
    return 1 if count is None else count


def open_pixels(file: DicomFile) -> Pixels:
    """The pixels of an opened file; nothing is read yet."""
    stored = pixel_format(file)
    count = announced_frames(file)
    assert file.pixels is not None
    if file.syntax.encapsulated or file.pixels.length == UNDEFINED:
        from dicome.dicom.codecs import coded_block

        return Pixels(stored, count, coded_block(file, stored, count), _keep)
    if stored.bits_allocated == 1 or "422" in stored.photometric:
        from dicome.dicom.codecs import unusual_block

        return Pixels(stored, count, unusual_block(file, stored, count), _keep)
    return Pixels(stored, count, _native_block(file, stored, count), _native_release(file, stored))


def _native_block(file: DicomFile, stored: PixelFormat, count: int) -> Callable[[int, int], NDArray[Any]]:
    element: Element | None = file.pixels
    assert element is not None
    whole = min(element.length, len(file.pixel_data) - element.offset) // stored.frame_bytes
    dtype = stored.dtype.newbyteorder(file.syntax.byte_order)
    planes = (stored.samples, stored.rows, stored.columns) if stored.planar and stored.samples > 1 else stored.shape

    def block(first: int, number: int) -> NDArray[Any]:
        if first + number > min(whole, count):
            raise truncated(file, whole, count)
        start = element.offset + first * stored.frame_bytes
        values = file.pixel_data[start : start + number * stored.frame_bytes].view(dtype).reshape(number, *planes)
        if stored.planar and stored.samples > 1:
            values = np.moveaxis(values, 1, -1)
        if stored.photometric.startswith("YBR"):
            from dicome.dicom.codecs import to_rgb

            values = to_rgb(values, stored.photometric)
        return within_bits(values, stored)

    return block


def _keep(first: int, number: int) -> None:
    """Nothing is mapped, so nothing has to be released."""


def _native_release(file: DicomFile, stored: PixelFormat) -> Callable[[int, int], None]:
    """Gives the pages of some frames back to the system; they are read again when needed."""
    mapped = file.mapped
    advice = getattr(mmap, "MADV_DONTNEED", None)  # not on Windows
    if mapped is None or advice is None or file.pixels is None:
        return _keep
    begin = file.pixels.offset

    def release(first: int, number: int) -> None:
        start = (begin + first * stored.frame_bytes) // mmap.PAGESIZE * mmap.PAGESIZE
        mapped.madvise(advice, start, begin + (first + number) * stored.frame_bytes - start)

    return release


def within_bits(values: NDArray[Any], stored: PixelFormat) -> NDArray[Any]:
    """Stored values without what lies above Bits Stored (overlays of old, marks of Siemens), sign extended."""
    spare = stored.bits_allocated - stored.bits_stored
    if spare <= 0 or stored.dtype.kind not in "iu":
        return values
    top = 1 << (stored.bits_stored - stored.signed)
    if values.size == 0 or (values.max() < top and (not stored.signed or values.min() >= -top)):
        return values
    native = values.astype(stored.dtype)
    return native << spare >> spare


def truncated(file: DicomFile, whole: int, count: int) -> DamagedFileError:
    """The error for pixels that end too soon."""
    return DamagedFileError(
        f"{file.path}: Number of Frames (0028,0008) is {count:,}, but the pixels of only {whole:,} are there; "
        "the file is cut short (an interrupted copy or transfer?): fetch it again, or read single frames with "
        "dicome.open(path).frame(number)"
    )
