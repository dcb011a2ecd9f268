"""Whether all the pixels are there that a header announces: a transfer that was cut short has fewer.

Only lengths are looked at. Compressed pixels have none, so their fragments are followed to the end (PS3.5 annex A.4).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from dicome.dicom.file import UNDEFINED, DicomFile
from dicome.dicom.pixels import BITS_ALLOCATED, COLUMNS, NUMBER_OF_FRAMES, PHOTOMETRIC, ROWS, SAMPLES
from dicome.dicom.scan import ITEM, SEQUENCE_END

_SUBSAMPLED = ("YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420")
"""Colours that several pixels share (PS3.3 C.7.6.3.1.2): at least the first sample of each is there."""
Read = Callable[[int, int], bytes]
"""Bytes at an offset, fewer where the file ends."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What a header says of its pixels; a number that is missing is None."""

    rows: int | None
    columns: int | None
    samples: int | None
    bits: int | None
    photometric: str
    frames: int = 1

    @property
    def size(self) -> int:
        """Bytes of all frames, uncompressed; 0 where that cannot be told."""
        samples = 1 if self.photometric in _SUBSAMPLED else self.samples or 1
        numbers = (self.rows, self.columns, self.bits)
        if any(number is None or number <= 0 for number in numbers):
            return 0
        return (int(self.rows or 0) * int(self.columns or 0) * samples * int(self.bits or 0) * self.frames + 7) // 8


def shortage(at: int, length: int, end: int, announced: Announced, encapsulated: bool, read: Read) -> str:
    """What is missing of the pixels, '' where all are there.

    at, length: of the value of Pixel Data; end: of the file; read: its bytes.
    """
    if length == UNDEFINED:
        return "" if _ends(at, end, read) else "the compressed pixels have no end"
    if at + length > end:
        return f"{end - at:,} of {length:,} bytes of pixels"
    if not encapsulated and length < announced.size:
        return f"{length:,} of {announced.size:,} bytes of pixels"
    return ""


def _ends(at: int, end: int, read: Read) -> bool:
    """Whether the fragments from ``at`` on come to their delimiter."""
    while at + 8 <= end:
        head = read(at, 8)
        tag = int.from_bytes(head[0:2], "little") << 16 | int.from_bytes(head[2:4], "little")
        if tag != ITEM:
            return tag == SEQUENCE_END
        at += 8 + int.from_bytes(head[4:8], "little")
    return False


def missing_in(path: str, at: int, length: int, size: int, announced: Announced, encapsulated: bool) -> str:
    """`shortage` in a file that is not open. Raises OSError."""
    if length != UNDEFINED:
        return shortage(at, length, size, announced, encapsulated, lambda *_: b"")
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123  # paths are texts here

        def read(offset: int, count: int) -> bytes:
            stream.seek(offset, os.SEEK_SET)
            return stream.read(count)

        return shortage(at, length, size, announced, encapsulated, read)


def missing_in_opened(file: DicomFile) -> str:
    """`shortage` in an opened file that has pixels."""
    assert file.pixels is not None
    frames = file.number(NUMBER_OF_FRAMES) or 1
    rows, columns, samples, bits = (file.number(tag) for tag in (ROWS, COLUMNS, SAMPLES, BITS_ALLOCATED))
    announced = Announced(rows, columns, samples, bits, file.text(PHOTOMETRIC), max(frames, 1))

    def read(offset: int, count: int) -> bytes:
        return file.pixel_data[offset : offset + count].tobytes()

    return shortage(
        file.pixels.offset, file.pixels.length, len(file.pixel_data), announced, file.syntax.encapsulated, read
    )
