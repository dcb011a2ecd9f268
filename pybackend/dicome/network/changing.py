"""An attribute copied into another one on the way out; the file stays as it is, and so does every other byte."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence

from dicome.dicom.dictionary import name_of, vr_of
from dicome.dicom.scan import Element, Walker
from dicome.dicom.scan import Encoding as Scanned
from dicome.dicom.transfer import transfer_syntax
from dicome.enhanced.encode import Encoding, header
from dicome.errors import UnsupportedError
from dicome.network.outgoing import CHUNK, Outgoing

Change = tuple[int, int, bytes]
"""(start, end, bytes in their place), offsets from the file's begin."""


def changed_parts(outgoing: Outgoing, copies: Sequence[tuple[int, int]], chunk: int = CHUNK) -> Iterator[memoryview]:
    """The data set in pieces, with the value of one tag written into another, for each of ``copies`` (from, into).

    Where the first has no value, nothing changes. Raises DamagedFileError, UnsupportedError (deflated), OSError.
    """
    with outgoing.path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as buffer:
        at = outgoing.begin
        for start, end, value in _changes(outgoing, buffer, copies):
            yield from _pieces(buffer, at, start, chunk)
            yield memoryview(value)
            at = end
        yield from _pieces(buffer, at, outgoing.size, chunk)


def _pieces(buffer: mmap.mmap, start: int, end: int, chunk: int) -> Iterator[memoryview]:
    # Copies: a view would keep the map open beyond its block.
    yield from (memoryview(buffer[at : min(at + chunk, end)]) for at in range(start, end, chunk))


def _changes(outgoing: Outgoing, buffer: mmap.mmap, copies: Sequence[tuple[int, int]]) -> list[Change]:
    if not copies:
        return []
    syntax = transfer_syntax(outgoing.syntax, outgoing.path)
    if syntax.deflated:
        raise UnsupportedError(f"{outgoing.path}: is deflated; attributes cannot be changed on the way")
    walker = Walker(buffer, Scanned(syntax.explicit, syntax.byte_order), str(outgoing.path))
    asked = {tag for pair in copies for tag in pair}
    elements, behind = _elements(walker, outgoing.begin, syntax.explicit, asked)
    encoding = Encoding(implicit=not syntax.explicit, big_endian=syntax.byte_order == ">")
    changes = []
    for source, into in copies:
        found = elements.get(source)
        value = bytes(buffer[found.offset : found.end]) if found is not None else b""
        if not value.strip(b" \0"):
            continue
        head = header(into, vr_of(into), len(value), encoding)
        old = elements.get(into)
        start, end = (old.start, old.end) if old is not None else (behind[into], behind[into])
        changes.append((start, end, head + value))
    return sorted(changes)


def _elements(walker: Walker, at: int, explicit: bool, asked: set[int]) -> tuple[dict[int, Element], dict[int, int]]:
    """Top-level elements of those tags, and for each where the first one behind it starts."""
    found: dict[int, Element] = {}
    behind = dict.fromkeys(asked, walker.size)
    creator_of: dict[int, str] = {}
    while at < walker.size:
        element = walker.header(at, explicit, creator_of)
        for tag in asked:
            if element.tag > tag:
                behind[tag] = min(behind[tag], at)
        if element.tag > max(asked):
            break
        walker.step(element, walker.size, explicit, creator_of)
        if element.tag in asked:
            found[element.tag] = element
        at = element.end
    return found, behind


def words(copies: Sequence[tuple[int, int]]) -> str:
    """What is copied, for people."""
    return ", ".join(f"{name_of(source)} into {name_of(into)}" for source, into in copies)
