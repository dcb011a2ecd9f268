"""A few top-level attributes of a file, for lists of thousands: only the first bytes of it are read.

The walk here knows plain little-endian files, which nearly all are, and goes as far as the last attribute that is
wanted. What else there is (big endian, deflated, packed, damaged) is opened like any other file.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from functools import lru_cache
from io import FileIO
from pathlib import Path
from struct import Struct

from dicome.dicom import strings
from dicome.dicom.dictionary import vr_of
from dicome.dicom.scan import LONG_VRS, SHORT_VRS, UNDEFINED, Encoding, Walker
from dicome.dicom.strings import CHARACTER_SET
from dicome.dicom.transfer import SYNTAXES, TRANSFER_SYNTAX_UID, TransferSyntax
from dicome.errors import DamagedFileError, NotDicomError

FIRST, GROWTH, MOST = 8 << 10, 4, 64 << 20
"""Bytes read at first, how many times as many are read where those end too soon, and at the most."""
KEPT = 1 << 10
"""Bytes of a value whose text is kept at the most: a description may have any length, and so may each of thousands."""

_END_OF_META = 0x0002FFFF
_SHORT_HEADER = Struct("<HH2sH").unpack_from
_LONG = Struct("<I").unpack_from
_DELIMITERS = 0xFFFE
_DEEPER = {(0xE000, 1): 1, (0xE0DD, 1): -1, (0xE00D, 0): -1}
"""How much deeper an item, the end of a sequence and the end of an item lead; the latter only where an item is open."""
_HEADER_SIZES = {vr.encode(): 12 if vr in LONG_VRS else 8 for vr in LONG_VRS | SHORT_VRS}
"""Bytes before a value, by VR (PS3.5 7.1.2)."""


@dataclass(frozen=True, slots=True)
class Peeked:
    """Raw values by tag; those that the file lacks are left out."""

    raw: dict[int, bytes]
    big_endian: bool = False

    def text(self, tag: int) -> str:
        """The value as text, '' where absent; of binary numbers the first one."""
        raw = self.raw.get(tag)
        read = _text if raw and len(raw) <= KEPT else _text.__wrapped__
        return read(tag, raw, self.raw.get(CHARACTER_SET, b""), self.big_endian) if raw else ""

    def number(self, tag: int) -> int | None:
        """The value as an integer, None where absent or no number."""
        try:
            return int(float(self.text(tag).split("\\")[0]))
        except (ValueError, OverflowError):
            return None


@lru_cache(8192)
def _text(tag: int, raw: bytes, character_set: bytes, big_endian: bool) -> str:
    """A value as text; kept, because the files of a series say the same."""
    vr = vr_of(tag)
    if vr in ("US", "UL"):
        return str(int.from_bytes(raw[: 2 if vr == "US" else 4], "big" if big_endian else "little"))
    if vr in strings.EXTENDED_TEXT:
        return strings.clean(_decoder(character_set)(raw), vr)
    return strings.clean(strings.plain_text(raw), vr)


@lru_cache(64)
def _decoder(raw: bytes) -> strings.Decoder:
    return strings.text_decoder(strings.plain_text(raw).strip(" \0"))


@lru_cache(64)
def _with_meaning(wanted: frozenset[int]) -> tuple[frozenset[int], int]:
    """Those tags with the ones that decide how they are read, and the last of them."""
    return wanted | {TRANSFER_SYNTAX_UID, CHARACTER_SET}, max(wanted)


def peek(path: str, wanted: frozenset[int]) -> Peeked:
    """Those top-level attributes that the file has; the character set comes along.

    Raises the errors of `open_file`: NotDicomError, FileAccessError, DamagedFileError, ...
    """
    try:
        status = os.stat(path)  # noqa: PTH116  # thousands a second
        if stat.S_ISREG(status.st_mode):  # opening a pipe would keep us waiting
            with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
                found = _from_start(stream, status.st_size, wanted)
            if found is not None:
                return Peeked(found)
    except OSError:
        pass  # open_file says what is wrong
    return _opened(path, wanted)


def _from_start(stream: FileIO, size: int, wanted: frozenset[int]) -> dict[int, bytes] | None:
    """The values, reading as much as it takes; None where the file is no plain one."""
    length = FIRST
    buffer = stream.read(length)
    while buffer[128:132] == b"DICM":
        found = _walk(buffer, wanted)
        if found is not None or len(buffer) >= min(size, MOST):
            return found
        length *= GROWTH
        stream.seek(0)
        buffer = stream.read(length)
    return None


def _walk(buffer: bytes, wanted: frozenset[int]) -> dict[int, bytes] | None:
    """The values in those bytes; None where they end too soon, or hold what only the scanner understands."""
    wanted, last = _with_meaning(wanted)
    found: dict[int, bytes] = {}
    at = _collect(buffer, 132, True, wanted, _END_OF_META, found)
    syntax = _plain(found.get(TRANSFER_SYNTAX_UID))
    if at is None or syntax is None or _collect(buffer, at, syntax.explicit, wanted, last, found) is None:
        return None
    return found


def _collect(
    buffer: bytes, at: int, explicit: bool, wanted: frozenset[int], last: int, found: dict[int, bytes]
) -> int | None:
    """Adds the values up to the tag ``last``; the place of the first element behind it, None if that is not reached."""
    limit = len(buffer) - 12
    while at <= limit:
        group, number, vr, length = _SHORT_HEADER(buffer, at)
        tag = group << 16 | number
        if tag > last:
            return at
        size = _HEADER_SIZES.get(vr) if explicit else 8
        if size is None:
            return None
        if size == 12 or not explicit:
            length = _LONG(buffer, at + size - 4)[0]
        if length == UNDEFINED:
            # What is unknown (UN) holds another syntax.
            plain = None if explicit and vr != b"SQ" else _end_of_plain_sequence(buffer, at + size, explicit)
            end = plain or _end_of_sequence(buffer, at, explicit)
            if end is None:
                return None
        else:
            end = at + size + length
            if tag in wanted:
                found[tag] = buffer[at + size : end]
        at = end
    return None


def _plain(uid: bytes | None) -> TransferSyntax | None:
    """The syntax, if its data set is little endian and not deflated."""
    syntax = SYNTAXES.get(strings.plain_text(uid or b"").strip(" \0"))
    return syntax if syntax is not None and syntax.byte_order == "<" and not syntax.deflated else None


def _end_of_plain_sequence(buffer: bytes, at: int, explicit: bool) -> int | None:
    """Where a sequence of undefined length ends whose items begin there; None where it is not one as the book says.

    Items and sequences in it open and close in turn, so the depth tells which of them may come next (PS3.5 7.5).
    """
    limit, depth = len(buffer) - 8, 1
    while at <= limit:
        group, number, vr, length = _SHORT_HEADER(buffer, at)
        in_sequence = depth & 1
        if group == _DELIMITERS:
            deeper = _DEEPER.get((number, in_sequence))
            if deeper is None:
                return None
            length = _LONG(buffer, at + 4)[0]
            at += 8
            if deeper > 0 and length != UNDEFINED:
                at += length
            else:
                depth += deeper
            if not depth:
                return at
            continue
        size = _HEADER_SIZES.get(vr) if explicit else 8
        if size is None or in_sequence or at > limit - 4:
            return None
        if size == 12 or not explicit:
            length = _LONG(buffer, at + size - 4)[0]
        at += size
        if length != UNDEFINED:
            at += length
        elif explicit and vr != b"SQ":  # UN: what it holds is written in another syntax
            return None
        else:
            depth += 1
    return None


def _end_of_sequence(buffer: bytes, at: int, explicit: bool) -> int | None:
    """Where any element of undefined length ends, as the scanner has it; None if not within these bytes."""
    walker = Walker(buffer, Encoding(explicit), "")
    try:
        element = walker.header(at, explicit, {})
        walker.fill(element, len(buffer), explicit, 0)
    except DamagedFileError:
        return None
    return element.end


def _opened(path: str, wanted: frozenset[int]) -> Peeked:
    """The same through the scanner."""
    from dicome.dicom.file import open_file  # and numpy with it, which plain files do without

    where = Path(path)
    try:
        file = open_file(where)
    except DamagedFileError as damage:
        if not _is_marked(path):
            raise NotDicomError(f"{path}: not a DICOM file") from damage
        raise
    keep = wanted | {CHARACTER_SET}
    raw = {element.tag: file.raw(element) for element in file.elements if element.tag in keep and element.items is None}
    return Peeked(raw, file.syntax.byte_order == ">")


def _is_marked(path: str) -> bool:
    """Whether a file calls itself DICOM (PS3.10 7.1); without that, damage means that it is something else."""
    with open(path, "rb") as stream:  # noqa: PTH123
        head = stream.read(132)
    return head[128:132] == b"DICM" or head[:2] == b"\x1f\x8b"
