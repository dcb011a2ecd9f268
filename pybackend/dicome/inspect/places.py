"""Every attribute of a file with the place where it stands, and the search for some of them.

A place is one value, or a column of all frames: the per-frame items are never walked one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dicome.dicom import strings
from dicome.dicom.columns import ItemColumns, Link, Source
from dicome.dicom.dataset import PER_FRAME_GROUPS
from dicome.dicom.dictionary import is_private_creator
from dicome.dicom.file import DicomFile
from dicome.dicom.rows import Spots
from dicome.dicom.scan import Element
from dicome.inspect.shown import Value, column, single
from dicome.inspect.tags import Key, Step, Wanted, key_of, name_of_element
from dicome.inspect.tail import tail_of

_NOWHERE = Spots(np.empty(0, np.int64), np.empty(0, np.int64), "")


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One attribute at one place. chain: the elements on the way to it, outermost first. columns and path: of an
    attribute of the frames; items: number of items of a sequence (in the frames: of some), -1 of others.
    """

    chain: tuple[Link, ...]
    source: Source
    columns: ItemColumns | None = None
    path: str = ""
    items: int = -1

    @property
    def element(self) -> Element:
        """The attribute itself."""
        return self.chain[-1][0]

    @property
    def names(self) -> tuple[str, ...]:
        """The keywords on the way to it; ``Name[2]`` for a second item."""
        return tuple(name_of_element(element) + (f"[{item}]" if item > 1 else "") for element, item in self.chain)

    def values(self, exact: bool = False) -> tuple[list[Value], NDArray[np.int64]]:
        """Distinct values and the number of each row's among them, -1 where it is absent. exact: see `single`."""
        if self.columns is None:
            return [self.value(exact)], np.zeros(1, np.int64)
        if self.items >= 0:
            return _counted(self.columns.item_counts(self.path))
        return column(self.columns.source, self.columns.spots(self.path))

    def value(self, exact: bool = False) -> Value:
        """The value, or that of the first frame that has one. exact: see `single`."""
        if self.columns is not None:
            return self.values()[0][0]
        if self.items >= 0:
            return _items(self.items)
        return single(self.source, self.element.vr, self.element.offset, self.element.length, exact)


def _items(count: int) -> Value:
    text = f"({count:,} item{'s' * (count != 1)})"
    return Value(text, text)


def _counted(counts: NDArray[np.int64]) -> tuple[list[Value], NDArray[np.int64]]:
    """Numbers of items as distinct values and codes into them; -1 stays -1."""
    seen: dict[int, int] = {}
    codes = [seen.setdefault(count, len(seen)) if count >= 0 else -1 for count in counts.tolist()]
    return [_items(count) for count in seen], np.array(codes, np.int64)


def places(file: DicomFile) -> Iterator[Place]:
    """All attributes of a file in its order, sequences among them; private creators and group lengths left out."""
    yield from _below(file.meta, file.meta_source, ())
    for element in file.elements:
        if element.tag == PER_FRAME_GROUPS and file.frames is not None:
            yield Place(((element, 0),), file.source, items=len(file.frames))
            yield from _of_frames(file, element)
        else:
            yield from _below([element], file.source, ())
    tail = tail_of(file)
    yield from _below(tail.elements, tail.source, ())


def _of_frames(file: DicomFile, owner: Element) -> Iterator[Place]:
    assert file.frames is not None
    columns = ItemColumns(file.source, file.frames)
    for (path, _), chain in columns.all_chains.items():
        items = chain[-1][0].items
        yield Place(((owner, 0), *chain), file.source, columns, path, -1 if items is None else len(items))


def _below(elements: Sequence[Element], source: Source, above: tuple[Link, ...]) -> Iterator[Place]:
    for element in elements:
        if is_private_creator(element.tag) or element.tag & 0xFFFF == 0:
            continue
        if element.items is None:
            yield Place((*above, (element, 0)), source)
            continue
        yield Place((*above, (element, 0)), source, items=len(element.items))
        for number, item in enumerate(element.items, 1):
            yield from _below(item.elements, item_source(item.elements, source), (*above, (element, number)))


def item_source(elements: Sequence[Element], source: Source) -> Source:
    """The source of an item, which may have a Specific Character Set of its own (PS3.5 6.1.2.5.3)."""
    for element in elements:
        if element.tag > strings.CHARACTER_SET:
            break
        if element.tag == strings.CHARACTER_SET and element.items is None:
            text = strings.plain_text(source.data[element.offset : element.end].tobytes())
            return replace(source, decoder=strings.text_decoder(text.strip(" \0")))
    return source


def find_first(file: DicomFile, wanted: Sequence[Wanted]) -> list[Place | None]:
    """The first place of each attribute: where its path leads from the top level, else the first of deeper ones."""
    top = _TopLevel(file)
    found: list[Place | None] = [None] * len(wanted)
    hidden: list[tuple[int, int, tuple[Step, ...]]] = []
    for number, one in enumerate(wanted):
        for rank, way in enumerate(one.ways):
            place = top.find(way[0]) if len(way) == 1 else None
            if place is not None:
                found[number] = place
                break
            hidden.append((number, rank, way))
    hidden = [(number, rank, way) for number, rank, way in hidden if found[number] is None]
    ranks: dict[int, tuple[bool, int]] = {}  # deeper than its path?, which of the ways
    for number, which, place in _matches(file, hidden):
        rating = (len(wanted[number].ways[which]) < len(place.chain), which)
        if number not in ranks or rating < ranks[number]:
            found[number], ranks[number] = place, rating
    return found


def find_all(file: DicomFile, wanted: Sequence[Wanted]) -> list[list[Place]]:
    """All places of each attribute, of the first of its ways that the file has."""
    ways = [(number, rank, way) for number, one in enumerate(wanted) for rank, way in enumerate(one.ways)]
    found: list[dict[int, list[Place]]] = [{} for _ in wanted]
    for number, rank, place in _matches(file, ways):
        found[number].setdefault(rank, []).append(place)
    return [ranked[min(ranked)] if ranked else [] for ranked in found]


class _TopLevel:
    """The elements of the top level by what they are."""

    def __init__(self, file: DicomFile) -> None:
        self.file = file
        self.of_key: dict[Key, Element] = {}
        self.of_tag: dict[int, Element] = {}
        pixels = [file.pixels] if file.pixels is not None else []
        for element in (*file.meta, *file.elements, *pixels):
            self.of_key.setdefault(key_of(element), element)
            self.of_tag.setdefault(element.tag, element)

    def find(self, step: Step) -> Place | None:
        element = self.of_tag.get(step.key[0]) if step.literal else self.of_key.get(step.key)
        if element is None:
            return None
        file = self.file
        if element is file.pixels:
            return Place(((element, 0),), replace(file.source, data=file.pixel_data))
        source = file.meta_source if element.tag >> 16 == 2 else file.source
        if element.tag == PER_FRAME_GROUPS and file.frames is not None:
            return Place(((element, 0),), source, items=len(file.frames))
        items = -1 if element.items is None else len(element.items)
        return Place(((element, 0),), source, items=items)


def _matches(file: DicomFile, ways: Sequence[tuple[int, int, tuple[Step, ...]]]) -> Iterator[tuple[int, int, Place]]:
    """Places that fit some way, with the numbers that came with it."""
    if not ways:
        return
    of_key: dict[Key, list[tuple[int, int, tuple[Step, ...]]]] = {}
    of_tag: dict[int, list[tuple[int, int, tuple[Step, ...]]]] = {}
    for one in ways:
        last = one[2][-1]
        if last.literal:
            of_tag.setdefault(last.key[0], []).append(one)
        else:
            of_key.setdefault(last.key, []).append(one)
    for place in places(file):
        element = place.element
        for number, rank, way in (*of_key.get(key_of(element), ()), *of_tag.get(element.tag, ())):
            picked = _picked(way, place) if len(way) == 1 or _fits(way, place) else None
            if picked is not None:
                yield number, rank, picked


def _fits(way: Sequence[Step], place: Place) -> bool:
    """Whether a place ends in that path."""
    if len(way) > len(place.chain):
        return False
    links = place.chain[-len(way) :]
    return all(step.fits(element, item) for step, (element, item) in zip(way, links, strict=True))


def _picked(way: Sequence[Step], place: Place) -> Place | None:
    """The place; where the path names a frame, the value of that one, None if it has none."""
    frame = next((step.item for step in way if step.item), 0) if place.columns is not None else 0
    if not frame or place.columns is None or not _names_frame(way, place):
        return place
    row = frame - 1
    if place.items >= 0:
        counts = place.columns.item_counts(place.path)
        there = row < len(counts) and counts[row] >= 0
        return replace(place, columns=None, items=int(counts[row])) if there else None
    spots = place.columns.spots(place.path)
    if row >= len(spots.offsets) or spots.lengths[row] < 0:
        return None
    vr = spots.vrs if isinstance(spots.vrs, str) else str(spots.vrs[row])
    offset, length = int(spots.offsets[row]), int(spots.lengths[row])
    leaf = Element(place.element.tag, vr, offset, offset, length, place.element.creator)
    return Place((*place.chain[:-1], (leaf, 0)), place.columns.source)


def _names_frame(way: Sequence[Step], place: Place) -> bool:
    """Whether the path begins at the per-frame groups, and says which item of them."""
    return len(way) == len(place.chain) and way[0].item > 0 and place.chain[0][0].tag == PER_FRAME_GROUPS
