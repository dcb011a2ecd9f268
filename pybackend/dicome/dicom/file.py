"""Opens one DICOM file: where the meta group, the header, the frame items and the pixels lie.

The file is memory-mapped and only its header bytes are touched. The frame items go through `layouts`, all else through
`scan`; a deflated data set is inflated in memory first, and what the scanner cannot follow is handed to `salvage`.
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dicome.dicom import values as decode
from dicome.dicom.columns import Source
from dicome.dicom.layouts import ItemIndex, index_items
from dicome.dicom.scan import UNDEFINED, Buffer, Element, Encoding, Walker
from dicome.dicom.sniff import data_set_start, refuse
from dicome.dicom.transfer import EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax, transfer_syntax
from dicome.errors import DamagedFileError, FileAccessError, FileMissingError, NotDicomError

PER_FRAME_GROUPS = 0x52009230
SHARED_GROUPS = 0x52009229
NUMBER_OF_FRAMES = 0x00280008
CHARACTER_SET = 0x00080005
TRANSFER_SYNTAX_UID = 0x00020010
PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
"""Float, Double Float and plain Pixel Data (PS3.3 C.7.6.3, C.7.6.24)."""

MOST_FRAMES_UNANNOUNCED = 200_000
"""Frame items read when Number of Frames is missing; scanners send 16,384 at the most."""
MOST_INFLATED = 4 << 30
"""Bytes a deflated data set may grow to."""


@dataclass(frozen=True, slots=True)
class DicomFile:
    """One opened file. ``elements`` are those of the top level, the pixels left out.

    buffer: what all offsets count from (the file itself, or the inflated or salvaged data set). frames: index of the
    per-frame items, None where there are none. pixels: the element that holds them, None in a header-only file;
    pixel_data: the bytes that its offset counts from; mapped: the map of the file that holds them, None where they had
    to be inflated. note: what had to be done to read the file, or ''.
    """

    path: Path
    size: int
    modified: float
    syntax: TransferSyntax
    meta: list[Element]
    meta_source: Source
    elements: list[Element]
    source: Source
    frames: ItemIndex | None
    pixels: Element | None
    pixel_data: NDArray[np.uint8]
    mapped: mmap.mmap | None
    note: str

    def element(self, tag: int) -> Element | None:
        """Top-level element of that tag."""
        return next((e for e in self.elements if e.tag == tag), None)

    def raw(self, element: Element) -> bytes:
        """Value bytes of a top-level element."""
        return self.source.data[element.offset : element.end].tobytes()

    def text(self, tag: int) -> str:
        """Top-level text value, '' where absent."""
        element = self.element(tag)
        if element is None:
            return ""
        decoder = self.source.decoder if element.vr in decode.EXTENDED_TEXT else bytes.decode
        return decode.clean(decoder(self.raw(element)), element.vr)

    def number(self, tag: int) -> int | None:
        """First value of a top-level integer (US, UL, IS, ...), None where absent or no number."""
        element = self.element(tag)
        if element is None or element.length <= 0:
            return None
        raw = self.raw(element)
        if element.vr in decode.NUMERIC:
            row = decode.numbers(np.frombuffer(raw, np.uint8)[None], element.vr, self.source.byte_order)
            return int(row[0, 0]) if row.size else None
        found = decode.number_text(raw)
        return int(found[0]) if found.size and np.isfinite(found[0]) else None


def open_file(path: str | os.PathLike[str]) -> DicomFile:
    """Opens and indexes a DICOM file. Raises FileMissingError, FileAccessError, NotDicomError, DamagedFileError."""
    where = Path(path)
    buffer, modified = _mapped(where)
    start, is_part_10 = data_set_start(buffer, where)
    data = np.frombuffer(buffer, np.uint8)
    meta, at, uid = _meta(buffer, start, where) if is_part_10 else ([], start, "")
    meta_source = Source(data, "<", bytes.decode)
    syntax = transfer_syntax(uid) if uid else _guessed_syntax(buffer, at, where)
    scanned: Buffer = buffer
    if syntax.deflated:
        scanned, at = _inflate(buffer, at, where), 0
    try:
        found = scan_data_set(scanned, at, syntax, where)
    except DamagedFileError as damage:
        from dicome.dicom.salvage import salvage

        found = salvage(where, scanned, damage)
    mapped = None if syntax.deflated else buffer
    pixel_data = np.frombuffer(scanned, np.uint8)
    return DicomFile(
        where, len(buffer), modified, syntax, meta, meta_source, found.elements, found.source, found.frames,
        found.pixels, pixel_data, mapped, found.note,
    )  # fmt: skip


def _mapped(path: Path) -> tuple[mmap.mmap, float]:
    try:
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if status.st_size == 0:
                raise NotDicomError(f"{path}: the file is empty")
            return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), status.st_mtime
    except FileNotFoundError:
        raise FileMissingError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise NotDicomError(f"{path}: is a folder; open_file takes one file") from None
    except PermissionError:
        if path.is_dir():
            raise NotDicomError(f"{path}: is a folder; open_file takes one file") from None
        raise FileAccessError(f"{path}: no permission to read; ask its owner, or `chmod +r` it") from None
    except (OSError, ValueError) as problem:
        raise FileAccessError(f"{path}: cannot be read: {problem}") from problem


def _meta(buffer: Buffer, at: int, where: Path) -> tuple[list[Element], int, str]:
    """Elements of group 0002, always explicit little endian (PS3.10 7.1), where they end, and the syntax's UID."""
    walker = Walker(buffer, Encoding(), str(where))
    meta: list[Element] = []
    uid = ""
    while at + 8 <= len(buffer) and buffer[at : at + 2] == b"\x02\x00":
        element = walker.header(at, True, {})
        walker.fill(element, len(buffer), True, 0)
        meta.append(element)
        at = element.end
        if element.tag == TRANSFER_SYNTAX_UID:
            uid = buffer[element.offset : at].decode("latin-1").strip(" \0")
    return meta, at, uid


def _guessed_syntax(buffer: Buffer, at: int, where: Path) -> TransferSyntax:
    """Of a data set without transfer syntax: explicit if letters stand where a VR would."""
    if at + 8 > len(buffer):
        raise refuse(buffer, where)
    vr = buffer[at + 4 : at + 6]
    return EXPLICIT_LITTLE if vr.isalpha() and vr.isupper() else IMPLICIT_LITTLE


def _inflate(buffer: Buffer, at: int, where: Path) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(buffer[at:], MOST_INFLATED)
    except zlib.error as problem:
        raise DamagedFileError(f"{where}: the deflated data set cannot be inflated: {problem}") from problem
    if inflater.unconsumed_tail:
        raise DamagedFileError(f"{where}: the deflated data set is larger than {MOST_INFLATED:,} bytes")
    return data


@dataclass(frozen=True, slots=True)
class DataSet:
    """What `scan_data_set` finds; the fields are those of `DicomFile`."""

    elements: list[Element]
    frames: ItemIndex | None
    pixels: Element | None
    source: Source
    note: str


def scan_data_set(buffer: Buffer, at: int, syntax: TransferSyntax, where: Path) -> DataSet:
    """Finds the top-level elements from ``at`` up to the pixels, and the frame items among them."""
    data = np.frombuffer(buffer, np.uint8)
    walker = Walker(buffer, Encoding(syntax.explicit, syntax.byte_order), str(where))
    elements: list[Element] = []
    creator_of: dict[int, str] = {}
    frames: ItemIndex | None = None
    while at < len(buffer):
        element = walker.header(at, syntax.explicit, creator_of)
        if element.tag in PIXEL_TAGS:
            return DataSet(elements, frames, element, _source(data, syntax, elements), "; ".join(walker.notes))
        if elements and element.tag <= elements[-1].tag and element.tag >> 16 < 0x0008:
            break  # trailing zeros or other filling
        if element.tag == PER_FRAME_GROUPS:
            explicit = syntax.explicit and element.vr != "UN"
            most = _announced_frames(data, elements, syntax)
            frames = index_items(walker, data, element.offset, element.length, explicit, most)
            element.vr, element.length = "SQ", frames.end - element.offset
        else:
            walker.step(element, len(buffer), syntax.explicit, creator_of)
        elements.append(element)
        at = element.end
    return DataSet(elements, frames, None, _source(data, syntax, elements), "; ".join(walker.notes))


def _announced_frames(data: NDArray[np.uint8], elements: Iterable[Element], syntax: TransferSyntax) -> int:
    for element in elements:
        if element.tag == NUMBER_OF_FRAMES:
            found = decode.number_text(data[element.offset : element.end].tobytes())
            if found.size and found[0] >= 1:
                return int(found[0])
    return MOST_FRAMES_UNANNOUNCED


def _source(data: NDArray[np.uint8], syntax: TransferSyntax, elements: list[Element]) -> Source:
    character_set = ""
    for element in elements:
        if element.tag == CHARACTER_SET:
            character_set = data[element.offset : element.end].tobytes().decode("latin-1").strip(" \0")
    return Source(data, syntax.byte_order, decode.text_decoder(character_set))


__all__ = ["PIXEL_TAGS", "UNDEFINED", "DataSet", "DicomFile", "open_file", "scan_data_set"]
