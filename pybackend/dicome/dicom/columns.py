"""Attributes of many data sets of known layout, as columns.

`ItemColumns` strings the shapes of a file together (see `rows`): a path of keywords leads to one offset and length per
frame, and to one array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom import strings
from dicome.dicom import values as decode
from dicome.dicom.dictionary import field_name, is_private_creator
from dicome.dicom.layouts import ItemIndex
from dicome.dicom.rows import Rows, Spots, Table, rows_by_shape
from dicome.dicom.scan import ByteOrder, Element, leaves


def no_check() -> None:
    """A buffer in memory stays as it is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A buffer and how its text and numbers are written. ``check`` raises where the file under it has shrunk."""

    data: NDArray[np.uint8]
    byte_order: ByteOrder
    decoder: Callable[[bytes], str]
    check: Callable[[], None] = no_check


Link = tuple[Element, int]
"""An element on the way to a value, and which item of it the way goes through (1-based; 0: the value itself)."""


def named_chains(
    elements: list[Element], prefix: str = "", above: tuple[Link, ...] = (), sequences: bool = False
) -> Iterator[tuple[str, tuple[Link, ...]]]:
    """Path of every attribute with a value, and the elements on the way to it; creators and group lengths left out.

    sequences: these as well, each before what is in it.
    """
    used: set[str] = set()
    for element in elements:
        if is_private_creator(element.tag) or element.tag & 0xFFFF == 0:
            continue
        name = unused_name(element, used)
        if element.items is None or sequences:
            yield prefix + name, (*above, (element, 0))
        for number, item in enumerate(element.items or (), 1):
            step = name if number == 1 else f"{name}[{number}]"
            yield from named_chains(item.elements, f"{prefix}{step}.", (*above, (element, number)), sequences)


def named_leaves(elements: list[Element]) -> Iterator[tuple[str, Element]]:
    """Path and element of every attribute with a value, private creators and group lengths left out."""
    return ((path, chain[-1][0]) for path, chain in named_chains(elements))


def unused_name(element: Element, used: set[str]) -> str:
    """Field name of an element; the second of one name gets its number (two private blocks of one creator)."""
    name = _name(element.tag, element.creator)
    if name in used:
        name = f"Private_{element.tag >> 16:04x}_{element.tag & 0xFFFF:04x}"
    used.add(name)
    return name


_name = lru_cache(4096)(field_name)


def by_length(spots: Spots) -> Iterator[tuple[NDArray[np.int64] | slice, int]]:
    """Rows whose values have one length, and that length; all in one go (a slice) where they do."""
    lengths = spots.lengths
    if lengths.size and lengths.min() == lengths.max():
        yield slice(None), int(lengths[0])
        return
    for length in np.unique(lengths).tolist():
        yield np.flatnonzero(lengths == length), length


def texts(source: Source, spots: Spots, vr: str) -> tuple[list[str], NDArray[np.int32]]:
    """Distinct texts and each row's number among them; absent and empty rows have the empty text."""
    source.check()
    seen: dict[bytes, int] = {b"": 0}
    codes = np.zeros(len(spots.offsets), np.int32)
    for rows, length in by_length(spots):
        if length <= 0:
            continue
        raw = decode.gather(source.data, spots.offsets[rows], length)
        if (raw == raw[0]).all():
            codes[rows] = seen.setdefault(raw[0].tobytes(), len(seen))
        else:
            # Trailing zeros are padding, and numpy's byte strings leave them out.
            cells = raw.view(f"S{length}").reshape(-1).tolist()
            codes[rows] = [seen.setdefault(cell, len(seen)) for cell in cells]
    decoder = source.decoder if vr in strings.EXTENDED_TEXT else strings.plain_text
    return _merged([strings.clean(decoder(raw), vr) for raw in seen], codes)


def _merged(found: list[str], codes: NDArray[np.int32]) -> tuple[list[str], NDArray[np.int32]]:
    """Texts that differ in padding only become one; unused ones (the empty text, often) go."""
    number_of: dict[str, int] = {}
    used = np.zeros(len(found), bool)
    used[codes] = True
    new = [number_of.setdefault(text, len(number_of)) if use else 0 for text, use in zip(found, used, strict=True)]
    return list(number_of), np.array(new, np.int32)[codes]


def number_rows(source: Source, spots: Spots, vr: str) -> NDArray[Any] | list[NDArray[Any]]:
    """Numbers of every row, (rows, multiplicity) where all have the same count of values, else one vector a row.

    Absent and empty rows are vectors without entries.
    """
    source.check()
    pieces: list[tuple[NDArray[np.int64] | slice, NDArray[Any] | list[NDArray[np.float64]]]] = []
    for rows, length in by_length(spots):
        raw = decode.gather(source.data, spots.offsets[rows], max(length, 0))
        pieces.append((rows, _parsed(raw, vr, source.byte_order)))
    counts = {piece.shape[1] if isinstance(piece, np.ndarray) else -1 for _, piece in pieces}
    if len(counts) == 1 and -1 not in counts:
        return _stacked(pieces, len(spots.offsets))
    ragged: list[NDArray[Any]] = [np.empty(0)] * len(spots.offsets)
    everything = np.arange(len(ragged))
    for rows, piece in pieces:
        for row, values in zip(everything[rows].tolist(), piece, strict=True):
            ragged[row] = values
    return ragged


def _stacked(pieces: list[tuple[NDArray[np.int64] | slice, Any]], count: int) -> NDArray[Any]:
    """Pieces of equal width as one array, in the order of the rows."""
    first: NDArray[Any] = pieces[0][1]
    if len(pieces) == 1:
        return first
    result = np.empty((count, first.shape[1]), first.dtype)
    for rows, piece in pieces:
        result[rows] = piece
    return result


def _parsed(raw: NDArray[np.uint8], vr: str, byte_order: ByteOrder) -> NDArray[Any] | list[NDArray[np.float64]]:
    if vr in decode.NUMERIC:
        return decode.numbers(raw, vr, byte_order)
    if raw.shape[1] == 0:
        return np.empty((len(raw), 0))
    parsed = decode.number_texts(raw)
    if parsed is not None:
        return parsed
    found = [decode.number_text(row.tobytes()) for row in raw]
    return np.stack(found) if len({len(values) for values in found}) == 1 else found


class ItemColumns:
    """The items of one sequence as columns: ``paths`` in file order, one array per path."""

    def __init__(self, source: Source, index: ItemIndex) -> None:
        self.source = source
        self.index = index

    @cached_property
    def _table(self) -> Table:
        return Table(self.index)

    @cached_property
    def _values(self) -> dict[str, dict[int, tuple[int, str]]]:
        """Path to the shapes that have it: the number of the value in that shape, and its VR."""
        found: dict[str, dict[int, tuple[int, str]]] = {}
        for shape, known in enumerate(self._table.shapes):
            number_of = {id(leaf): number for number, leaf in enumerate(leaves(known.elements))}
            for path, element in named_leaves(known.elements):
                found.setdefault(path, {})[shape] = number_of[id(element)], element.vr
        return found

    @cached_property
    def chains(self) -> dict[str, tuple[Link, ...]]:
        """The elements on the way to every attribute, in the first shape that has it; their positions mean nothing."""
        found: dict[str, tuple[Link, ...]] = {}
        for known in self._table.shapes:
            for path, chain in named_chains(known.elements):
                found.setdefault(path, chain)
        return found

    @cached_property
    def all_chains(self) -> dict[tuple[str, bool], tuple[Link, ...]]:
        """As `chains`, by path and whether it is a sequence: these too, each before what is in it."""
        found: dict[tuple[str, bool], tuple[Link, ...]] = {}
        for known in self._table.shapes:
            for path, chain in named_chains(known.elements, sequences=True):
                found.setdefault((path, chain[-1][0].items is not None), chain)
        return found

    @cached_property
    def _item_counts(self) -> dict[str, dict[int, int]]:
        """Path of every sequence to the shapes that have it, and how many items it has there."""
        found: dict[str, dict[int, int]] = {}
        for shape, known in enumerate(self._table.shapes):
            for path, chain in named_chains(known.elements, sequences=True):
                items = chain[-1][0].items
                if items is not None:
                    found.setdefault(path, {})[shape] = len(items)
        return found

    def item_counts(self, path: str) -> NDArray[np.int64]:
        """How many items that sequence has in every item; -1 where it is absent."""
        counts = np.full(len(self._table.shapes), -1)
        known = self._item_counts[path]
        counts[list(known)] = list(known.values())
        return counts[self._table.shape_of]

    @property
    def paths(self) -> list[str]:
        """Every attribute that some item has, as keywords joined with dots."""
        return list(self._values)

    def spots(self, path: str) -> Spots:
        """Where the attribute lies in every item."""
        table, values = self._table, self._values[path]
        value_of = np.full(len(table.shapes), -1)
        value_of[list(values)] = [value for value, _ in values.values()]
        vrs = {vr for _, vr in values.values()}
        wanted = value_of[table.shape_of]
        if len(vrs) == 1 and (value_of >= 0).all():
            return table.spots(slice(None), wanted, vrs.pop())
        items = np.flatnonzero(wanted >= 0)
        there = table.spots(items, wanted[items], "")
        offsets, lengths = np.zeros(len(wanted), np.int64), np.full(len(wanted), -1)
        offsets[items], lengths[items] = there.offsets, there.lengths
        if len(vrs) == 1:
            return Spots(offsets, lengths, vrs.pop())
        return Spots(
            offsets, lengths, np.array([values.get(k, (0, ""))[1] for k in range(len(value_of))])[table.shape_of]
        )

    def column(self, path: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Values and presence of one attribute, one row per item; see `as_column`."""
        return as_column(self.source, self.spots(path))


def as_column(source: Source, spots: Spots) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Values with presence: numbers ``(rows,)`` or ``(rows, multiplicity)``, else an object array.

    Objects are text, or tuples of numbers where rows hold different counts. DS gives float64, IS int64, AT the tag as
    one number.
    """
    present = spots.lengths > 0
    vrs = {spots.vrs} if isinstance(spots.vrs, str) else set(np.unique(spots.vrs[present]).tolist())
    if not present.any():
        return np.full(len(present), None, object), present
    if len(vrs) > 1:
        return _mixed(source, spots, present), present
    vr = vrs.pop()
    if present.all():
        return _values(source, spots, vr), present
    rows = np.flatnonzero(present)
    found = _values(source, spots.of(rows, vr), vr)
    values = np.full((len(present), *found.shape[1:]), None if found.dtype == object else 0, found.dtype)
    values[rows] = found
    return values, present


def _mixed(source: Source, spots: Spots, present: NDArray[np.bool_]) -> NDArray[Any]:
    """An attribute whose VR differs between frames (some as UN): object array, each by its own VR."""
    values = np.full(len(present), None, object)
    for vr in np.unique(spots.vrs[present]).tolist():
        rows = np.flatnonzero(present & (spots.vrs == vr))
        found = _values(source, spots.of(rows, vr), vr)
        values[rows] = found if found.ndim == 1 else _objects([tuple(row) for row in found.tolist()])
    return values


def _objects(found: list[tuple[Any, ...]]) -> NDArray[Any]:
    result = np.empty(len(found), object)
    result[:] = found
    return result


def _tags(halves: NDArray[Any]) -> NDArray[Any]:
    """Groups and elements by turns, in the last dimension, as tags."""
    pairs = halves[..., : halves.shape[-1] // 2 * 2].astype(np.uint32)
    tags: NDArray[Any] = pairs[..., ::2] << np.uint32(16) | pairs[..., 1::2]
    return tags


def _values(source: Source, spots: Spots, vr: str) -> NDArray[Any]:
    if vr not in decode.NUMERIC and vr not in decode.NUMBER_TEXT:
        distinct, codes = texts(source, spots, vr)
        return np.array(distinct, object)[codes]
    found = number_rows(source, spots, vr)
    if isinstance(found, list):
        return _objects([tuple((_tags(vector) if vr == "AT" else vector).tolist()) for vector in found])
    if vr == "AT":
        found = _tags(found)
    if vr == "IS" and (np.abs(found) < 2.0**63).all() and (found == np.trunc(found)).all():
        found = found.astype(np.int64)
    return found[:, 0] if found.shape[1] == 1 else found


__all__ = [
    "ItemColumns",
    "Link",
    "Rows",
    "Source",
    "Spots",
    "as_column",
    "named_chains",
    "named_leaves",
    "no_check",
    "number_rows",
    "rows_by_shape",
    "texts",
    "unused_name",
]
