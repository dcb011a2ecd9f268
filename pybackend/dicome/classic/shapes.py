"""Header shapes that the files of a series share: the first file is walked, the others are followed.

The same idea as for the frame items of one file (`dicome.dicom.layouts`): the headers of one series have the same tags
in the same order, so a file that fits a known shape in every header byte costs a few comparisons instead of a walk.
What is kept of a file is its header behind the preamble, up to the pixels; here that is called its record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.dataset import CHARACTER_SET, NUMBER_OF_FRAMES
from dicome.dicom.file import TRANSFER_SYNTAX_UID, DicomFile
from dicome.dicom.guide import Guide, guide_of
from dicome.dicom.layouts import Layout, Shape, moved_offsets, shape_of
from dicome.dicom.scan import Item, leaves
from dicome.dicom.transfer import TransferSyntax

ITEM_HEADER = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
"""A record begins like a sequence item, because that is what a guide follows."""
LONGEST_KEPT = 4096
"""Values longer than this (bytes) are left out of the records: protocols of Siemens take 100 KiB a file."""
_MOST_TRIED = 8
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

    offset: of the pixels in the file, -1 where it has to be unpacked or mended first; length: of the pixels, as the file
    says.
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


class Shapes:
    """What has been learnt of the files so far."""

    def __init__(self) -> None:
        self.layouts: list[Layout] = []
        self.kinds: list[Kind] = []
        self._known: list[_Known] = []
        self._number_of: dict[tuple[int, bytes], int] = {}

    def follow(self, head: bytes) -> Record | None:
        """The record of a file by its first bytes; None where they have no known shape, or end before the pixels."""
        start = _start(head)
        content = ITEM_HEADER + head[start:]
        for place, known in enumerate(self._known[:_MOST_TRIED]):
            found = known.guide.follow(content, 0, len(content))
            if found is not None and found[1] + 4 <= len(content):
                self._known.insert(0, self._known.pop(place))
                lengths, end = found
                length = int.from_bytes(content[end : end + 4], "little")
                return self._record(known, content[:end], lengths, end + 4 - len(ITEM_HEADER) + start, length)
        return None

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
        return self._record(known, content, lengths, file.pixels.offset, file.pixels.length)

    def _as_it_is(self, file: DicomFile, kind: int) -> Record:
        """Of a file that had to be unpacked or mended: what its elements count from, whole."""
        assert file.pixels is not None
        shape = shape_of(Item(0, file.pixels.start, file.elements))
        content = file.source.data[: file.pixels.start].tobytes()
        return Record(self._layout(shape, shape.lengths, len(content)), kind, content, -1, file.pixels.length)

    def _record(self, known: _Known, content: bytes, lengths: list[int], offset: int, length: int) -> Record:
        all_lengths = known.shape.lengths.copy()
        all_lengths[known.variable] = lengths
        if max(lengths, default=0) > LONGEST_KEPT:
            content, all_lengths = _without_long(known, content, all_lengths)
        return Record(self._layout(known.shape, all_lengths, len(content)), known.kind, content, offset, length)

    def _layout(self, shape: Shape, lengths: NDArray[np.int64], size: int) -> int:
        found = self._number_of.setdefault((id(shape), lengths.tobytes()), len(self.layouts))
        if found == len(self.layouts):
            self.layouts.append(Layout(shape, size, lengths))
        return found


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
