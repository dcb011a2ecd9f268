"""Header shapes that the files of a series share: the first file is walked, the others are followed.

The same idea as for the frame items of one file (`dicome.dicom.layouts`): the headers of one series have the same tags
in the same order, mostly with values of the same lengths. A file that fits a known layout in every header byte costs
one comparison; one that fits a known shape, lengths apart, is followed; only new shapes are walked.
What is kept of a file is its header behind the preamble, up to the pixels; here that is called its record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.dataset import NUMBER_OF_FRAMES
from dicome.dicom.file import DicomFile
from dicome.dicom.guide import Guide, guide_of
from dicome.dicom.layouts import Layout, Shape, moved_offsets, shape_of
from dicome.dicom.scan import Item, leaves
from dicome.dicom.strings import CHARACTER_SET
from dicome.dicom.transfer import TRANSFER_SYNTAX_UID, TransferSyntax

ITEM_HEADER = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
"""A record begins like a sequence item, because that is what a guide follows."""
LONGEST_KEPT = 4096
"""Values longer than this (bytes) are left out of the records: protocols of Siemens take 100 KiB a file."""
_MOST_TRIED = 8
_MOST_PATTERNS = 32
_TAIL = 24
"""Bytes at the end of a record compared first: they stand elsewhere where any value has another length."""
_FIXED = frozenset({TRANSFER_SYNTAX_UID, CHARACTER_SET, NUMBER_OF_FRAMES})
"""Values that every file of one shape has in common: they decide how the rest is read."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """How the files of one shape are written; pixel_tag: which of the three pixel elements they have."""

    syntax: TransferSyntax
    character_set: str
    pixel_tag: int


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One file's header. layout, kind: numbers in `Shapes`. content: its bytes.

    offset: of the pixels in the file, -1 where it has to be unpacked or mended first; length: of the pixels.
    """

    layout: int
    kind: int
    content: bytes
    offset: int
    length: int


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    shape: Shape
    guide: Guide
    variable: NDArray[np.intp]
    kind: int


class _Pattern:
    """The header bytes of one layout, to compare files with."""

    def __init__(self, known: _Known, layout: int, lengths: NDArray[np.int64], content: bytes) -> None:
        is_header = np.ones(len(content), bool)
        offsets = moved_offsets(known.shape, lengths)
        for value in known.variable.tolist():
            is_header[offsets[value] : offsets[value] + lengths[value]] = False
        self.kind, self.layout, self.length = known.kind, layout, len(content)
        self.header_at = np.flatnonzero(is_header)
        self.header = np.frombuffer(content, np.uint8)[self.header_at].tobytes()
        self.tail = content[-_TAIL:] if is_header[-_TAIL:].all() else content[-4:]

    def fits(self, content: bytes) -> bool:
        end = self.length
        if end + 4 > len(content) or content[end - len(self.tail) : end] != self.tail:
            return False
        return np.frombuffer(content, np.uint8, end)[self.header_at].tobytes() == self.header


class Shapes:
    """What has been learnt of the files so far."""

    def __init__(self) -> None:
        self.layouts: list[Layout] = []
        self.kinds: list[Kind] = []
        self._known: list[_Known] = []
        self._number_of: dict[tuple[int, bytes], int] = {}
        self._patterns: dict[int, _Pattern] = {}
        """Of the layouts met more than once, the latest last."""

    def follow(self, head: bytes) -> Record | None:
        """The record of a file by its first bytes; None where they have no known shape, or end before the pixels."""
        start = _start(head)
        content = ITEM_HEADER + head[start:]
        pattern = self._pattern(content)
        if pattern is not None:
            return _as_read(pattern.layout, pattern.kind, content, pattern.length, start)
        for place, known in enumerate(self._known[:_MOST_TRIED]):
            found = known.guide.follow(content, 0, len(content))
            if found is not None and found[1] + 4 <= len(content):
                self._known.insert(0, self._known.pop(place))
                return self._followed(known, content, *found, start)
        return None

    def _pattern(self, content: bytes) -> _Pattern | None:
        for number in islice(reversed(self._patterns), _MOST_TRIED):
            if self._patterns[number].fits(content):
                pattern = self._patterns[number] = self._patterns.pop(number)
                return pattern
        return None

    def _followed(self, known: _Known, content: bytes, lengths: list[int], end: int, start: int) -> Record:
        record = self._record(known, _as_read(0, known.kind, content, end, start), lengths)
        if len(record.content) == end and record.layout not in self._patterns:
            layout = self.layouts[record.layout]
            self._patterns[record.layout] = _Pattern(known, record.layout, layout.lengths, record.content)
            if len(self._patterns) > _MOST_PATTERNS:
                del self._patterns[next(iter(self._patterns))]
        return record

    def learn(self, file: DicomFile) -> Record:
        """The record of an opened file with pixels, whose shape is remembered where others can be followed by it."""
        assert file.pixels is not None
        kind = len(self.kinds)
        self.kinds.append(Kind(file.syntax, file.text(CHARACTER_SET), file.pixels.tag))
        if file.mapped is None or file.note or file.syntax.byte_order == ">":
            return self._as_it_is(file, kind)
        elements = [replace(e, fixed=e.fixed or e.tag in _FIXED) for e in (*file.meta, *file.elements)]
        start, end = elements[0].start, file.pixels.offset - 4
        content = ITEM_HEADER + file.pixel_data[start:end].tobytes()
        shape = shape_of(Item(start - len(ITEM_HEADER), end, elements))
        guide = guide_of(Item(0, len(content), shape.elements), content, "<")
        values = list(leaves(shape.elements))
        variable = np.flatnonzero([not value.fixed for value in values])
        known = _Known(shape, guide, variable, kind)
        self._known.insert(0, known)
        lengths = shape.lengths[variable].tolist()
        return self._record(known, Record(0, kind, content, file.pixels.offset, file.pixels.length), lengths)

    def _as_it_is(self, file: DicomFile, kind: int) -> Record:
        """Of a file that had to be unpacked or mended: what its elements count from, whole."""
        assert file.pixels is not None
        shape = shape_of(Item(0, file.pixels.start, file.elements))
        content = file.source.data[: file.pixels.start].tobytes()
        return Record(self._layout(shape, shape.lengths, len(content)), kind, content, -1, file.pixels.length)

    def _record(self, known: _Known, record: Record, lengths: list[int]) -> Record:
        """The record with its layout, and without its longest values."""
        content = record.content
        all_lengths = known.shape.lengths.copy()
        all_lengths[known.variable] = lengths
        if max(lengths, default=0) > LONGEST_KEPT:
            content, all_lengths = _without_long(known, content, all_lengths)
        layout = self._layout(known.shape, all_lengths, len(content))
        return Record(layout, record.kind, content, record.offset, record.length)

    def _layout(self, shape: Shape, lengths: NDArray[np.int64], size: int) -> int:
        found = self._number_of.setdefault((id(shape), lengths.tobytes()), len(self.layouts))
        if found == len(self.layouts):
            self.layouts.append(Layout(shape, size, lengths))
        return found


def _as_read(layout: int, kind: int, content: bytes, end: int, start: int) -> Record:
    """The record in the first bytes of a file; the length of the pixels follows its end."""
    length = int.from_bytes(content[end : end + 4], "little")
    return Record(layout, kind, content[:end], end + 4 - len(ITEM_HEADER) + start, length)


def _start(head: bytes) -> int:
    """Where the first element lies, behind preamble and DICM where there are some."""
    return 132 if head[128:132] == b"DICM" else 0


def _without_long(known: _Known, content: bytes, lengths: NDArray[np.int64]) -> tuple[bytes, NDArray[np.int64]]:
    """The record without its longest values, whose lengths become 0."""
    offsets = moved_offsets(known.shape, lengths)
    long = [int(k) for k in known.variable if lengths[k] > LONGEST_KEPT]
    pieces, at = [], 0
    for k in long:
        pieces.append(content[at : int(offsets[k])])
        at = int(offsets[k] + lengths[k])
    lengths[long] = 0
    return b"".join((*pieces, content[at:])), lengths
