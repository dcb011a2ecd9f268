"""The begin of an encoded data set, which says where an object belongs. Nothing beyond the last tag needed is read."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from dicome.dicom import strings
from dicome.dicom.scan import UNDEFINED, Buffer, Encoding, Walker
from dicome.dicom.sniff import data_set_start
from dicome.dicom.transfer import TransferSyntax, transfer_syntax
from dicome.errors import DamagedFileError

SOP_CLASS, SOP_INSTANCE, STUDY = 0x00080016, 0x00080018, 0x0020000D
_LONGEST = 1 << 14
"""Bytes of one value that are looked at."""
_INFLATED = 1 << 22
"""Bytes of a deflated data set that are looked at."""


@dataclass(frozen=True, slots=True)
class Head:
    """UIDs of an object, '' where it has none. texts: values of the other tags asked for, where they are there."""

    sop_class: str
    sop_instance: str
    study: str
    texts: dict[int, str] = field(default_factory=dict)


def read_head(buffer: Buffer, at: int, syntax: TransferSyntax, tags: Iterable[int] = (), where: str = "object") -> Head:
    """The head of the data set that begins at ``at``. tags: others whose text is wanted. Raises DamagedFileError."""
    texts = read_texts(buffer, at, syntax, (SOP_CLASS, SOP_INSTANCE, STUDY, *tags), where)
    sop_class, sop_instance, study = (texts.get(tag, "") for tag in (SOP_CLASS, SOP_INSTANCE, STUDY))
    return Head(sop_class, sop_instance, study, {tag: texts[tag] for tag in tags if tag in texts})


def read_texts(
    buffer: Buffer, at: int, syntax: TransferSyntax, tags: Iterable[int], where: str = "object"
) -> dict[int, str]:
    """Text of top-level elements, by tag, where they are there. Raises DamagedFileError."""
    if syntax.deflated:
        buffer, at = _inflated(buffer, at), 0
    asked = frozenset((strings.CHARACTER_SET, *tags))
    raw = _values(Walker(buffer, Encoding(syntax.explicit, syntax.byte_order), where), at, syntax.explicit, asked)
    decoder = strings.text_decoder(strings.plain_text(raw.get(strings.CHARACTER_SET, b"")).strip(" \0"))
    return {tag: decoder(value).strip(" \0") for tag, value in raw.items()}


def file_head(path: Path, tags: Iterable[int] = ()) -> Head:
    """The head of a Part 10 file that a server has written. Raises DicomeError, OSError."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
        at, syntax = after_meta(buffer, path)
        return read_head(buffer, at, syntax, tags, str(path))


def after_meta(buffer: Buffer, path: Path) -> tuple[int, TransferSyntax]:
    """Where the data set of a Part 10 file begins, and how it is encoded. Raises NotDicomError, UnsupportedError."""
    at, _ = data_set_start(buffer, path)
    walker = Walker(buffer, Encoding(), str(path))
    uid = ""
    while at + 8 <= len(buffer) and bytes(buffer[at : at + 2]) == b"\x02\x00":
        element = walker.header(at, True, {})
        walker.fill(element, len(buffer), True, 0)
        if element.tag == 0x00020010:
            uid = strings.plain_text(bytes(buffer[element.offset : element.end])).strip(" \0")
        at = element.end
    return at, transfer_syntax(uid, path)


def _values(walker: Walker, at: int, explicit: bool, asked: frozenset[int]) -> dict[int, bytes]:
    # What lies within a sequence does not matter: where its length is known it is stepped over.
    last, found = max(asked), {}
    creator_of: dict[int, str] = {}
    if explicit and walker.looks_implicit(at, walker.size):
        explicit = False
    elif not explicit and at + 8 <= walker.size and walker.looks_explicit(at):
        explicit = True
    while at < walker.size:
        element = walker.header(at, explicit, creator_of)
        if element.tag > last:
            break
        walker.tally(at)
        if element.length == UNDEFINED:
            walker.step(element, walker.size, explicit, creator_of)
        elif element.end > walker.size:
            raise walker.too_long(element, walker.size)
        if element.tag in asked:
            found[element.tag] = bytes(walker.buffer[element.offset : min(element.end, element.offset + _LONGEST)])
        at = element.end
    return found


def _inflated(buffer: Buffer, at: int) -> bytes:
    """The first bytes of a deflated data set. Raises DamagedFileError."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        return unpacker.decompress(bytes(buffer[at : at + _INFLATED]), _INFLATED)
    except zlib.error as problem:
        raise DamagedFileError(f"the deflated data set cannot be inflated ({problem})") from None
