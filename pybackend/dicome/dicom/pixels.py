"""The pixels of one file as blocks of frames, stored values, nothing scaled (PS3.3 C.7.6.3, PS3.5 section 8).

Native pixels are views into the mapped file, see `native`. Compressed ones are found fragment by fragment once and
decoded frame by frame; see `fragments` and `codecs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.dataset import MOST_FRAMES
from dicome.dicom.file import UNDEFINED, DicomFile
from dicome.errors import DamagedFileError, NotDicomError, UnsupportedError

ROWS, COLUMNS, SAMPLES = 0x00280010, 0x00280011, 0x00280002
BITS_ALLOCATED, BITS_STORED, PIXEL_REPRESENTATION = 0x00280100, 0x00280101, 0x00280103
PHOTOMETRIC, PLANAR, NUMBER_OF_FRAMES = 0x00280004, 0x00280006, 0x00280008
FLOAT_PIXELS, DOUBLE_PIXELS = 0x7FE00008, 0x7FE00009
MODALITY, SOP_CLASS = 0x00080060, 0x00080016

_INTEGERS = {1: "u1", 8: "u1", 16: "u2", 32: "u4", 64: "u8"}
_FLOATS = {FLOAT_PIXELS: "f4", DOUBLE_PIXELS: "f8"}
_IMAGE_CLASSES = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.4")
"""CT and MR, enhanced ones (.1 and so on) too: objects that always have pixels, but for spectroscopy."""
_SPECTROSCOPY = "1.2.840.10008.5.1.4.1.1.4.2"


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
        """Bytes of one frame in memory."""
        return self.rows * self.columns * self.samples * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Pixels:
    """The frames of one file. ``block(first, count)`` gives stored values ``(count, *format.shape)``; 0-based.

    Only those frames are touched and decoded. Raises DamagedFileError, MissingCodecError. release(first, count): says
    that these frames are done with, so that the mapped file does not fill the memory.
    """

    format: PixelFormat
    frame_count: int
    block: Callable[[int, int], NDArray[Any]]
    release: Callable[[int, int], None]


def pixel_format(file: DicomFile) -> PixelFormat:
    """The Image Pixel module of a file.

    Raises NotDicomError where it has no pixels, DamagedFileError, UnsupportedError.
    """
    if file.pixels is None:
        raise _without_pixels(file)
    dtype = _dtype(file, file.pixels.tag)
    allocated = file.number(BITS_ALLOCATED) if file.pixels.tag not in _FLOATS else dtype.itemsize * 8
    assert allocated is not None
    stored = _in_range(file, BITS_STORED, "Bits Stored (0028,0101)", allocated, allocated)
    return PixelFormat(
        rows=_in_range(file, ROWS, "Rows (0028,0010)", 65535),
        columns=_in_range(file, COLUMNS, "Columns (0028,0011)", 65535),
        samples=_in_range(file, SAMPLES, "Samples per Pixel (0028,0002)", 65535, 1),
        bits_allocated=allocated,
        bits_stored=stored,
        signed=dtype.kind == "i",
        planar=file.number(PLANAR) == 1,
        photometric=file.text(PHOTOMETRIC),
        dtype=dtype,
    )


def _without_pixels(file: DicomFile) -> NotDicomError | DamagedFileError:
    kind = file.text(SOP_CLASS)
    if kind.startswith(_IMAGE_CLASSES) and kind != _SPECTROSCOPY:
        return DamagedFileError(
            f"{file.path}: an image by its SOP Class UID (0008,0016), but the file ends before Pixel Data (7FE0,0010), "
            f"at byte {file.size:,}; is the file complete?"
        )
    kind = file.text(MODALITY) or "unknown modality"
    return NotDicomError(f"{file.path}: this DICOM file has no pixels ({kind}); nothing to read as an image")


def _dtype(file: DicomFile, tag: int) -> np.dtype[Any]:
    if tag in _FLOATS:
        return np.dtype(_FLOATS[tag])
    bits = file.number(BITS_ALLOCATED)
    if bits is None:
        raise DamagedFileError(f"{file.path}: Bits Allocated (0028,0100) is missing")
    if bits not in _INTEGERS:
        raise UnsupportedError(f"{file.path}: Bits Allocated (0028,0100) is {bits}; dicome reads 1, 8, 16, 32 and 64")
    signed = bits > 1 and file.number(PIXEL_REPRESENTATION)
    return np.dtype(_INTEGERS[bits].replace("u", "i") if signed else _INTEGERS[bits])


def _in_range(file: DicomFile, tag: int, name: str, most: int, default: int | None = None) -> int:
    """A number of the header between 1 and ``most``; the default where it is absent (or 0, where there is one)."""
    number = file.number(tag)
    if not number and default is not None:
        return default
    if number is None:
        raise DamagedFileError(f"{file.path}: {name} is missing, so the pixels cannot be read")
    if not 1 <= number <= most:
        raise DamagedFileError(f"{file.path}: {name} is {number:,}, not within 1 to {most:,}")
    return number


def announced_frames(file: DicomFile) -> int:
    """Number of Frames (0028,0008); 1 where it is absent, as in classic files. Raises DamagedFileError."""
    element = file.element(NUMBER_OF_FRAMES)
    if element is None or not file.text(NUMBER_OF_FRAMES):
        if file.frames is not None and len(file.frames) != 1:
            raise DamagedFileError(
                f"{file.path}: Number of Frames (0028,0008) is missing, but the Per-frame Functional Groups Sequence "
                f"(5200,9230) has {len(file.frames):,} items"
            )
        return 1
    count = file.number(NUMBER_OF_FRAMES)
    if count is None or not 1 <= count <= MOST_FRAMES:
        found = file.text(NUMBER_OF_FRAMES)[:32] if element.vr == "IS" else count
        raise DamagedFileError(
            f"{file.path}: Number of Frames (0028,0008) is {found!r}, not a number within 1 to {MOST_FRAMES:,}"
        )
    return count


def open_pixels(file: DicomFile) -> Pixels:
    """The pixels of an opened file; nothing is read yet. Raises the errors of `pixel_format`."""
    stored = pixel_format(file)
    count = announced_frames(file)
    assert file.pixels is not None
    if file.syntax.encapsulated or file.pixels.length == UNDEFINED:
        from dicome.dicom.codecs import coded_block

        return Pixels(stored, count, coded_block(file, stored, count), _keep)
    from dicome.dicom.native import native_block, native_release

    release = native_release(file, stored) if file.mapped is not None else _keep
    return Pixels(stored, count, native_block(file, stored, count), release)


def _keep(first: int, number: int) -> None:
    """Nothing is mapped, or too little at a time, to be released."""


def check_there(file: DicomFile, first: int, number: int, whole: int, count: int) -> None:
    """Checks that frames lie among the ``count`` announced (IndexError) and the ``whole`` ones in the file.

    Raises DamagedFileError where the pixels end too soon.
    """
    if not 0 <= first <= first + number <= count:
        raise IndexError(f"{number} frames from {first} on, of {count}")
    if first + number <= whole:
        return
    raise DamagedFileError(
        f"{file.path}: Number of Frames (0028,0008) is {count:,}, but the pixels of only {whole:,} are there; "
        "the file is cut short (an interrupted copy or transfer?): fetch it again, or read single frames with "
        "dicome.open(path).frame(number)"
    )
