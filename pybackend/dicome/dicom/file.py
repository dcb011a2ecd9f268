"""Opens one DICOM file: where the meta group, the header, the frame items and the pixels lie.

The file is memory-mapped and only its header bytes are touched. The frame items go through `layouts`, all else through
`scan`; a deflated data set, or a file packed by gzip, is inflated in memory first, and what the scanner cannot follow
is handed to `salvage`.
"""

from __future__ import annotations

import mmap
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dicome.dicom import inflate, strings
from dicome.dicom import values as decode
from dicome.dicom.columns import Source, no_check
from dicome.dicom.dataset import PER_FRAME_GROUPS, PIXEL_TAGS, SHARED_GROUPS, DataSet, scan_data_set
from dicome.dicom.layouts import ItemIndex
from dicome.dicom.scan import UNDEFINED, Buffer, Element, Encoding, HopelessError, Walker
from dicome.dicom.sniff import data_set_start, guessed_syntax, is_gzip
from dicome.dicom.transfer import TRANSFER_SYNTAX_UID, TransferSyntax, transfer_syntax
from dicome.errors import DamagedFileError, FileAccessError, FileMissingError, NotDicomError

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"


@dataclass(frozen=True, slots=True)
class DicomFile:
    """One opened file. ``elements`` are those of the top level, the pixels left out.

    frames: index of the per-frame items, None where there are none. source: what their offsets, and those of the
    elements, count from (the file itself, or the inflated or salvaged data set). pixels: the element that holds them,
    None in a header-only file; pixel_data: the bytes that its offset counts from; mapped: the map of the file that
    holds them, None where they had to be inflated. note: what had to be done to read the file, or ''. check: raises
    DamagedFileError where the file has become shorter since; reading on would kill the process. format: of the file
    itself, where the header was made of another one. damage: behind which nothing of the header could be read, only
    where `open_file` was asked for the rest.
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
    check: Callable[[], None]
    format: str = "DICOM"
    damage: DamagedFileError | None = None

    def element(self, tag: int) -> Element | None:
        """Top-level element of that tag."""
        return next((e for e in self.elements if e.tag == tag), None)

    def raw(self, element: Element) -> bytes:
        """Value bytes of a top-level element."""
        self.source.check()
        return self.source.data[element.offset : element.end].tobytes()

    def text(self, tag: int) -> str:
        """Top-level text value, '' where absent."""
        element = self.element(tag)
        if element is None:
            return ""
        decoder = self.source.decoder if element.vr in strings.EXTENDED_TEXT else strings.plain_text
        return strings.clean(decoder(self.raw(element)), element.vr)

    def number(self, tag: int) -> int | None:
        """First value of a top-level integer (US, UL, IS, ...), None where absent or no number."""
        element = self.element(tag)
        if element is None or element.length <= 0:
            return None
        raw = self.raw(element)
        if element.vr in decode.NUMERIC:
            found = decode.numbers(np.frombuffer(raw, np.uint8)[None], element.vr, self.source.byte_order)[0]
        else:
            found = decode.number_text(raw)
        return int(found[0]) if found.size and np.isfinite(found[0]) else None


def open_file(
    path: str | os.PathLike[str], assumed: TransferSyntax | None = None, *, damaged: bool = False
) -> DicomFile:
    """Opens and indexes a DICOM file.

    assumed: how a data set is written that has no Part 10 header to say so; else that is guessed from its bytes.
    damaged: of a header that is cut short, or damaged, take what lies before that (see `remains`).
    Raises FileMissingError, FileAccessError, NotDicomError, DamagedFileError, UnsupportedError.
    """
    where = Path(path)
    mapped, modified = _mapped(where)
    packed = is_gzip(mapped)
    if packed:
        _refuse_packed(mapped, where, assumed)
    buffer: Buffer = inflate.gzip_file(mapped, where) if packed else mapped
    check = no_check if packed else _guard(mapped, where)
    start, is_part_10 = _start(buffer, where, assumed)
    data = np.frombuffer(buffer, np.uint8)
    meta, at, uid = meta_group(buffer, start, where) if is_part_10 else ([], start, "")
    syntax = transfer_syntax(uid, where) if uid else assumed or guessed_syntax(buffer, at, where)
    scanned: Buffer = buffer
    if syntax.deflated:
        scanned, at, check_scanned = inflate.data_set(buffer, at, where), 0, no_check
    else:
        check_scanned = check
    try:
        found = _scan(scanned, at, syntax, where, check_scanned)
    except DamagedFileError as damage:
        if not damaged:
            raise
        from dicome.dicom.remains import remains

        found = remains(scanned, at, syntax, where, damage)
    return DicomFile(
        path=where,
        size=len(mapped),
        modified=modified,
        syntax=syntax,
        meta=meta,
        meta_source=Source(data, "<", strings.plain_text, check),
        elements=found.elements,
        source=found.source,
        frames=found.frames,
        pixels=found.pixels,
        pixel_data=np.frombuffer(scanned, np.uint8),
        mapped=None if syntax.deflated or packed else mapped,
        note=found.note,
        check=check_scanned,
        damage=found.damage,
    )


def made_file(header: bytes, path: Path, size: int, modified: float, format_: str) -> DicomFile:
    """A data set without pixels (explicit little endian) that stands for the header of a file of another format.

    path, size, modified: of that file.
    """
    syntax = transfer_syntax(EXPLICIT_LITTLE, path)
    found = scan_data_set(header, 0, syntax, path, no_check)
    data = np.frombuffer(header, np.uint8)
    return DicomFile(
        path=path,
        size=size,
        modified=modified,
        syntax=syntax,
        meta=[],
        meta_source=Source(data, "<", strings.plain_text, no_check),
        elements=found.elements,
        source=found.source,
        frames=found.frames,
        pixels=None,
        pixel_data=data,
        mapped=None,
        note=found.note,
        check=no_check,
        format=format_,
    )


def _refuse_packed(mapped: mmap.mmap, where: Path, assumed: TransferSyntax | None) -> None:
    """Refuses what is no DICOM by its begin: folders hold large .nii.gz and .tar.gz, and unpacking takes seconds."""
    begin = inflate.gzip_begin(mapped)
    if len(begin) == inflate.BEGIN:
        _start(begin, where, assumed)


def _start(buffer: Buffer, where: Path, assumed: TransferSyntax | None) -> tuple[int, bool]:
    """Where the first element lies, and whether a Part 10 header goes before; sniffed unless something is assumed."""
    if assumed is None or buffer[128:132] == b"DICM":
        return data_set_start(buffer, where)
    return 0, False


def _scan(buffer: Buffer, at: int, syntax: TransferSyntax, where: Path, check: Callable[[], None]) -> DataSet:
    try:
        return scan_data_set(buffer, at, syntax, where, check)
    except HopelessError:
        raise
    except DamagedFileError as damage:
        from dicome.dicom.salvage import salvage

        return salvage(where, buffer, at, syntax, damage)


def _mapped(path: Path) -> tuple[mmap.mmap, float]:
    try:
        # Looked at first, because opening a pipe would keep us waiting.
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size:
            with path.open("rb") as stream:
                return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ), status.st_mtime
    except (FileNotFoundError, NotADirectoryError):
        raise FileMissingError(f"{path}: no such file") from None
    except PermissionError:
        raise FileAccessError(f"{path}: no permission to read; ask its owner, or `chmod +r` it") from None
    except (OSError, ValueError) as problem:
        raise FileAccessError(f"{path}: cannot be read: {problem}") from problem
    if stat.S_ISDIR(status.st_mode):
        raise NotDicomError(f"{path}: is a folder; expected a file")
    raise NotDicomError(f"{path}: the file is empty" if stat.S_ISREG(status.st_mode) else f"{path}: is no file")


def _guard(buffer: mmap.mmap, where: Path) -> Callable[[], None]:
    """A check that the file is still as long as its map: touching what has gone would kill the process (SIGBUS)."""
    size = len(buffer)

    def check() -> None:
        now = buffer.size()
        if now < size:
            raise DamagedFileError(
                f"{where}: the file has shrunk from {size:,} to {now:,} bytes since it was opened; open it again when "
                "whatever writes it has finished"
            )

    return check


def meta_group(buffer: Buffer, at: int, where: Path) -> tuple[list[Element], int, str]:
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
            uid = strings.plain_text(bytes(buffer[element.offset : at])).strip(" \0")
    return meta, at, uid


__all__ = ["PER_FRAME_GROUPS", "PIXEL_TAGS", "SHARED_GROUPS", "UNDEFINED", "DicomFile", "open_file"]
