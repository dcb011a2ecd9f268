"""Indexes the items of a frame sequence by layout: the header bytes that many items share.

The frames of one file have the same few layouts: same tags, VRs and lengths at the same offsets. An item is walked
once, its header bytes are kept with their offsets; the next items are compared with known layouts by one numpy gather.
Values of private creators count as header bytes, because they give tags their meaning. Items that differ in the lengths
of their values only share a shape, which is followed (see `guide`) where no layout fits; only new shapes are walked, so
that a file of thousands of layouts is read right, and fast.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, repeat

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.dictionary import name_of
from dicome.dicom.guide import Guide, guide_of
from dicome.dicom.scan import MAX_EMPTY_ITEMS, SEQUENCE_END, UNDEFINED, Element, Item, Walker, leaves

_MOST_TRIED = 8
"""Layouts compared, and shapes followed, before an item is walked; real files have 4 to 15 layouts of 1 to 3 shapes."""
_MOST_PATTERNS = 32
"""Layouts whose header bytes are kept."""
_TAIL = 24
"""Bytes at the end of an item (delimiters, mostly) compared first, to tell layouts apart cheaply."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What items with the same header bytes, lengths apart, have in common.

    elements: of the first such item, positions counted from its first byte. offsets, lengths: of its values (all
    `leaves`, in file order).
    """

    elements: list[Element]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Items of one shape with the same ``lengths`` of all values; ``length``: bytes of the whole item."""

    shape: Shape
    length: int
    lengths: NDArray[np.int64]

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Where the values lie, from the item's first byte."""
        return moved_offsets(self.shape, self.lengths)

    @property
    def elements(self) -> list[Element]:
        """The elements of such an item, positions counted from its first byte."""
        return _Mover((self.lengths - self.shape.lengths).tolist()).elements(self.shape.elements)


def moved_offsets(shape: Shape, lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Offsets of the values in items of one shape, for lengths ``(..., values)``."""
    longer = lengths - shape.lengths
    offsets: NDArray[np.int64] = shape.offsets + np.cumsum(longer, axis=-1) - longer
    return offsets


class _Mover:
    """Copies elements to where they lie when the values are longer by so much."""

    def __init__(self, longer: Iterable[int], shift: int = 0) -> None:
        self.longer = iter(longer)
        self.shift = shift

    def elements(self, elements: list[Element]) -> list[Element]:
        return [self.element(element) for element in elements]

    def element(self, element: Element) -> Element:
        start, offset, end = element.start + self.shift, element.offset + self.shift, element.end
        if element.items is None:
            self.shift += next(self.longer)
            items = None
        else:
            items = [self.item(item) for item in element.items]
        length = end + self.shift - offset
        # Written out, because `dataclasses.replace` takes four times as long.
        return Element(element.tag, element.vr, start, offset, length, element.creator, items, element.fixed)

    def item(self, item: Item) -> Item:
        start = item.start + self.shift
        return Item(start, elements=self.elements(item.elements), end=item.end + self.shift)


def shape_of(item: Item) -> Shape:
    """The shape of a walked item."""
    elements = _Mover(repeat(0), -item.start).elements(item.elements)
    values = list(leaves(elements))
    return Shape(
        elements,
        np.array([value.offset for value in values], np.int64),
        np.array([value.length for value in values], np.int64),
    )


@dataclass(frozen=True, slots=True)
class ItemIndex:
    """Where all items of one sequence lie: ``starts`` from the buffer's begin, ``layout_of`` into ``layouts``."""

    starts: NDArray[np.int64]
    layout_of: NDArray[np.int32]
    layouts: list[Layout]
    end: int

    def __len__(self) -> int:
        return len(self.starts)


class _Pattern:
    """The header bytes of one layout, to compare items with."""

    def __init__(self, layout: Layout, fixed: NDArray[np.bool_], content: NDArray[np.uint8]) -> None:
        is_header = np.ones(layout.length, bool)
        for offset, length, is_fixed in zip(layout.offsets.tolist(), layout.lengths.tolist(), fixed, strict=True):
            if not is_fixed:
                is_header[offset : offset + length] = False
        self.length = layout.length
        self.header_at = np.flatnonzero(is_header)
        self.header = content[self.header_at].tobytes()
        tail_length = min(_TAIL, layout.length) if is_header[-_TAIL:].all() else 0
        self.tail = content[layout.length - tail_length :].tobytes()

    def fits(self, walker: Walker, data: NDArray[np.uint8], at: int, limit: int) -> bool:
        end = at + self.length
        if end > limit or walker.buffer[end - len(self.tail) : end] != self.tail:
            return False
        # Bytes compare faster than arrays: this line runs once per frame.
        return data[at:end][self.header_at].tobytes() == self.header


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A shape with its guide; which of its values the guide gives the length of, and which are fixed."""

    shape: Shape
    guide: Guide
    variable: NDArray[np.intp]
    fixed: NDArray[np.bool_]


class _Indexer:
    """What has been learnt of the items so far."""

    def __init__(self, walker: Walker, data: NDArray[np.uint8], owner: Element, explicit: bool) -> None:
        self.walker = walker
        self.data = data
        self.owner = owner
        self.explicit = explicit
        self.layouts: list[Layout] = []
        self.is_empty: list[bool] = []
        self.number_of: dict[tuple[int, bytes], int] = {}
        self.patterns: dict[int, _Pattern] = {}
        """Of the layouts met more than once, the latest last."""
        self.follower: dict[int, int] = {}
        self.shapes: list[_Known] = []
        self.shape_of: dict[Guide, int] = {}
        self.recent: list[int] = []
        """Shapes, the latest first."""

    def place(self, at: int, limit: int | None, last: int) -> int:
        """Number of the layout of the item at ``at``, known or new."""
        bound = self.walker.size if limit is None else limit
        number = self.match(at, bound, last)
        if number < 0:
            number = self.follow(at, bound)
        if number < 0:
            number = self.walk(at, limit)
        self.follower[last] = number
        return number

    def match(self, at: int, limit: int, last: int) -> int:
        """Number of a known layout that the item has, or -1: the one that came next the last time, or a recent one."""
        likely = self.follower.get(last, last)
        pattern = self.patterns.get(likely)
        if pattern is not None and pattern.fits(self.walker, self.data, at, limit):
            return likely
        for number in islice(reversed(self.patterns), _MOST_TRIED):
            if self.patterns[number].fits(self.walker, self.data, at, limit):
                self.patterns[number] = self.patterns.pop(number)
                return number
        return -1

    def follow(self, at: int, limit: int) -> int:
        """Number of the layout of an item of known shape, or -1."""
        for place, shape in enumerate(self.recent[:_MOST_TRIED]):
            found = self.shapes[shape].guide.follow(self.walker.buffer, at, limit)
            if found is not None:
                self.recent.insert(0, self.recent.pop(place))
                return self.layout(shape, at, *found)
        return -1

    def walk(self, at: int, limit: int | None) -> int:
        """Number of the layout of any item, learnt by walking it."""
        self.walker.count = 0
        tag, length = self.walker.item_header(at)
        item = self.walker.item(at, tag, length, limit, self.explicit, 1, self.owner)
        guide = guide_of(item, self.walker.buffer, self.walker.encoding.byte_order)
        shape = self.shape_of.setdefault(guide, len(self.shapes))
        values = list(leaves(item.elements))
        if shape == len(self.shapes):
            fixed = np.array([value.fixed for value in values], bool)
            self.shapes.append(_Known(shape_of(item), guide, np.flatnonzero(~fixed), fixed))
            self.recent.insert(0, shape)
        return self.layout(shape, at, [value.length for value in values if not value.fixed], item.end)

    def layout(self, number: int, at: int, lengths: list[int], end: int) -> int:
        """Number of the layout with that shape and those lengths of its variable values."""
        known = self.shapes[number]
        variable = np.array(lengths, np.int64)
        found = self.number_of.setdefault((number, variable.tobytes()), len(self.layouts))
        if found == len(self.layouts):
            all_lengths = known.shape.lengths.copy()
            all_lengths[known.variable] = variable
            self.layouts.append(Layout(known.shape, end - at, all_lengths))
            self.is_empty.append(not all_lengths.any())
        else:
            self.patterns[found] = _Pattern(self.layouts[found], known.fixed, self.data[at:end])
            if len(self.patterns) > _MOST_PATTERNS:
                del self.patterns[next(iter(self.patterns))]
        return found


def index_items(walker: Walker, data: NDArray[np.uint8], owner: Element, explicit: bool, most: int) -> ItemIndex:
    """Indexes the items of the sequence ``owner``, whose header alone has been read.

    most: the number of items that the data set announces; one more is damage (a loop of empty items would otherwise
    fill the memory). Raises DamagedFileError, which names the frame.
    """
    indexer = _Indexer(walker, data, owner, explicit)
    at = owner.offset
    end = None if owner.length == UNDEFINED else owner.end
    if end is not None and end > walker.size:
        raise walker.too_long(owner, walker.size)
    starts: list[int] = []
    layout_of: list[int] = []
    last, empty = -1, 0
    while end is None or at < end:
        walker.frame = len(starts) + 1
        tag, _ = walker.item_header(at)
        if tag == SEQUENCE_END and end is None:
            at += 8
            break
        if len(starts) >= most:
            name = name_of(owner.tag, owner.creator)
            raise walker.runaway(at, f"{name} has more items than the {most:,} that Number of Frames (0028,0008) says")
        last = indexer.place(at, end, last)
        starts.append(at)
        layout_of.append(last)
        empty += indexer.is_empty[last]
        if empty > MAX_EMPTY_ITEMS:
            raise walker.runaway(at, f"more than {MAX_EMPTY_ITEMS:,} frame items without any value")
        at += indexer.layouts[last].length
    walker.frame = 0
    return ItemIndex(np.array(starts, np.int64), np.array(layout_of, np.int32), indexer.layouts, at)
