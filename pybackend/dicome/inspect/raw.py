"""The bytes of one element as they stand in the file, at any depth: creators of private blocks, sequences and single
items of them too, inside of frames as elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dicome.dicom.columns import Link, Source
from dicome.dicom.dataset import PER_FRAME_GROUPS
from dicome.dicom.file import UNDEFINED, DicomFile
from dicome.dicom.scan import Element, Encoding, Walker
from dicome.errors import ColumnError, DamagedFileError
from dicome.inspect.tags import Step, Wanted
from dicome.inspect.tail import tail_of

_ITEM_HEADER = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """An element, or one item of it, and its value bytes. chain: the way to it; the last link has item 0 where the
    whole element is meant. offset: from the begin of the source.
    """

    chain: tuple[Link, ...]
    source: Source
    offset: int
    length: int


def raw_value(file: DicomFile, wanted: Wanted) -> bytes:
    """The bytes of a value as they stand in the file: of a sequence with its items, of compressed pixels with theirs.

    Raises ColumnError where the file has no such element.
    """
    spot = _find(file, wanted)
    if spot is None:
        raise ColumnError(f"{file.path}: no element {wanted.name} ({wanted.number})")
    source, length = spot.source, spot.length
    if length == UNDEFINED:
        length = _end_of_fragments(file, spot) - spot.offset
    source.check()
    if spot.offset + length > len(source.data):
        raise DamagedFileError(f"{file.path}: {wanted.name} announces {length:,} bytes, more than are left")
    return source.data[spot.offset : spot.offset + length].tobytes()


def _find(file: DicomFile, wanted: Wanted) -> _Spot | None:
    """The spot that the path leads to from the top level, else the first deeper one that ends in it."""
    found: _Spot | None = None
    rank_of_found = (True, len(wanted.ways))
    for spot in _spots(file, wanted):
        for number, way in enumerate(wanted.ways):
            rank = (len(way) < len(spot.chain), number)
            if rank < rank_of_found and _fits(way, spot.chain):
                found, rank_of_found = spot, rank
        if rank_of_found == (False, 0):
            break
    return found


def _fits(way: Sequence[Step], chain: tuple[Link, ...]) -> bool:
    if len(way) > len(chain) or way[-1].item != chain[-1][1]:
        return False
    links = chain[-len(way) :]
    return all(step.fits(element, item) for step, (element, item) in zip(way, links, strict=True))


def _spots(file: DicomFile, wanted: Wanted) -> Iterator[_Spot]:
    yield from _below(file.meta, file.meta_source, ())
    for element in file.elements:
        if element.tag == PER_FRAME_GROUPS and file.frames is not None:
            yield _Spot(((element, 0),), file.source, element.offset, element.length)
            yield from _of_frames(file, element, wanted)
        else:
            yield from _below([element], file.source, ())
    tail = tail_of(file)
    yield from _below(tail.elements, tail.source, ())


def _of_frames(file: DicomFile, owner: Element, wanted: Wanted) -> Iterator[_Spot]:
    """The first frame of every layout, because the rest hold the same elements, and those that the path names."""
    assert file.frames is not None
    firsts = np.unique(file.frames.layout_of, return_index=True)[1].tolist()
    named = {step.item - 1 for way in wanted.ways for step in way if 0 < step.item <= len(file.frames)}
    for frame in sorted(named.union(firsts)):
        layout = file.frames.layouts[int(file.frames.layout_of[frame])]
        start = int(file.frames.starts[frame])
        link = (owner, frame + 1)
        yield _Spot((link,), file.source, start + _ITEM_HEADER, layout.length - _ITEM_HEADER)
        yield from _below(layout.elements, file.source, (link,), start)


def _below(elements: Sequence[Element], source: Source, above: tuple[Link, ...], start: int = 0) -> Iterator[_Spot]:
    for element in elements:
        yield _Spot((*above, (element, 0)), source, start + element.offset, element.length)
        for number, item in enumerate(element.items or (), 1):
            chain = (*above, (element, number))
            first = item.start + _ITEM_HEADER
            yield _Spot(chain, source, start + first, item.end - first)
            yield from _below(item.elements, source, chain, start)


def _end_of_fragments(file: DicomFile, spot: _Spot) -> int:
    data = spot.source.data.data
    walker = Walker(data, Encoding(file.syntax.explicit, file.syntax.byte_order), str(file.path))
    element = replace(spot.chain[-1][0], offset=spot.offset)
    element.vr = "OB"
    walker.fill(element, len(data), True, 0)
    return element.end
