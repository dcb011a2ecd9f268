"""Indexes the items of a frame sequence by layout: the header bytes that many items share.

The frames of one file have the same few shapes: same tags, VRs and lengths at the same offsets. An item is walked once,
its header bytes are kept with their offsets; the next items are compared with known layouts by one numpy gather each,
and walked only where none fits. Values of private creators count as header bytes, because they give tags their meaning.
A file of thousands of shapes stays right: after many misses only the likeliest layouts are tried before walking.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.scan import (
    ITEM,
    SEQUENCE_END,
    UNDEFINED,
    Element,
    Encoding,
    Item,
    Walker,
    is_creator,
    leaves,
)

_MOST_TRIED = 16
"""Layouts compared before an item is walked; real files have 4 to 15."""
_TAIL = 24
"""Bytes at the end of an item (delimiters, mostly) compared first, to tell layouts apart cheaply."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One shape of item. Offsets of `elements` count from the item's first byte."""

    length: int
    elements: list[Element]
    header_at: NDArray[np.intp]
    header: NDArray[np.uint8]
    tail: bytes


@dataclass(frozen=True, slots=True)
class ItemIndex:
    """Where all items of one sequence lie: ``starts`` from the buffer's begin, ``layout_of`` into ``layouts``."""

    starts: NDArray[np.int64]
    layout_of: NDArray[np.int32]
    layouts: list[Layout]
    end: int

    def __len__(self) -> int:
        return len(self.starts)


def learn(item: Item, data: NDArray[np.uint8]) -> Layout:
    """The layout of a walked item."""
    is_header = np.ones(item.end - item.start, bool)
    for leaf in leaves(item.elements):
        if not is_creator(leaf.tag):
            is_header[leaf.offset - item.start : leaf.end - item.start] = False
    header_at = np.flatnonzero(is_header)
    content = data[item.start : item.end]
    tail_length = min(_TAIL, len(content)) if is_header[-_TAIL:].all() else 0
    tail = content[len(content) - tail_length :].tobytes()
    return Layout(len(content), [_moved(e, item.start) for e in item.elements], header_at, content[header_at], tail)


def _moved(element: Element, origin: int) -> Element:
    items = element.items
    if items is not None:
        items = [Item(i.start - origin, i.end - origin, [_moved(e, origin) for e in i.elements]) for i in items]
    return Element(
        element.tag, element.vr, element.start - origin, element.offset - origin, element.length, element.creator, items
    )


class _Indexer:
    """Known layouts, and which of them to try next."""

    def __init__(self, walker: Walker, data: NDArray[np.uint8], explicit: bool) -> None:
        self.walker = walker
        self.data = data
        self.explicit = explicit
        self.layouts: list[Layout] = []
        self.number_of: dict[tuple[int, bytes, bytes], int] = {}
        self.follower: dict[int, int] = {}
        self.recent: list[int] = []
        self.hits = self.misses = 0

    def fits(self, number: int, at: int, limit: int) -> bool:
        layout = self.layouts[number]
        end = at + layout.length
        if end > limit or self.walker.buffer[end - len(layout.tail) : end] != layout.tail:
            return False
        return bool((self.data[at:end][layout.header_at] == layout.header).all())

    def match(self, at: int, limit: int, last: int) -> int:
        """Number of a known layout that the item at ``at`` has, or -1."""
        likely = self.follower.get(last, last)
        if likely >= 0 and self.fits(likely, at, limit):
            self.hits += 1
            return likely
        tries = _MOST_TRIED if self.hits >= self.misses else 1
        for number in self.recent[:tries]:
            if number != likely and self.fits(number, at, limit):
                self.hits += 1
                return number
        self.misses += 1
        return -1

    def walk(self, at: int, limit: int | None) -> int:
        """Number of the layout of the item at ``at``, learnt by walking it."""
        self.walker.count = 0
        tag, length = self.walker.item_header(at)
        item = self.walker.item(at, tag, length, limit, self.explicit, 1)
        layout = learn(item, self.data)
        key = (layout.length, layout.header_at.tobytes(), layout.header.tobytes())
        number = self.number_of.setdefault(key, len(self.layouts))
        if number == len(self.layouts):
            self.layouts.append(layout)
        return number

    def used(self, number: int, last: int) -> None:
        """Keeps the order of likelihood up to date."""
        self.follower[last] = number
        if not self.recent or self.recent[0] != number:
            if number in self.recent:
                self.recent.remove(number)
            self.recent.insert(0, number)
            del self.recent[_MOST_TRIED:]


def index_items(
    walker: Walker, data: NDArray[np.uint8], at: int, length: int, explicit: bool, most: int | None
) -> ItemIndex:
    """Indexes the items of the sequence whose value starts at ``at``.

    length: of the sequence value, or UNDEFINED. most: the number of items the header announces; one more is damage
    (a loop of empty items would otherwise fill the memory). Raises DamagedFileError.
    """
    indexer = _Indexer(walker, data, explicit)
    end = None if length == UNDEFINED else at + length
    limit = walker.size if end is None else end
    starts: list[int] = []
    layout_of: list[int] = []
    last = -1
    while end is None or at < end:
        tag, _ = walker.item_header(at)
        if tag == SEQUENCE_END and end is None:
            at += 8
            break
        if most is not None and len(starts) >= most:
            raise walker.damaged(at, f"more frame items than the {most:,} that Number of Frames announces,")
        number = indexer.match(at, limit, last) if tag == ITEM else -1
        if number < 0:
            number = indexer.walk(at, end)
        indexer.used(number, last)
        starts.append(at)
        layout_of.append(number)
        at += indexer.layouts[number].length
        last = number
    return ItemIndex(np.array(starts, np.int64), np.array(layout_of, np.int32), indexer.layouts, at)


__all__ = ["Encoding", "ItemIndex", "Layout", "index_items", "learn"]
