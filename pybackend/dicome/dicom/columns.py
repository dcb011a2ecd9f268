"""Attributes of many data sets of known layout, as columns.

`Rows` is a number of data sets (frame items, mostly) of one layout, somewhere in one buffer; `ItemColumns` strings the
layouts of a file together: a path of keywords leads to one offset and length per frame, and to one array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom import values as decode
from dicome.dicom.dictionary import field_name
from dicome.dicom.layouts import ItemIndex
from dicome.dicom.scan import Element, is_creator


@dataclass(frozen=True, slots=True)
class Source:
    """A buffer and how its text and numbers are written."""

    data: NDArray[np.uint8]
    byte_order: str
    decoder: Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Spots:
    """Where one attribute lies in each data set: ``vr`` per data set, ``lengths`` -1 where it is absent."""

    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    vrs: NDArray[np.str_]


def named_leaves(elements: list[Element], prefix: str = "") -> Iterator[tuple[str, Element]]:
    """Path and element of every attribute with a value, private creators and group lengths left out."""
    used: set[str] = set()
    for element in elements:
        if is_creator(element.tag) or element.tag & 0xFFFF == 0:
            continue
        name = unused_name(element, used)
        if element.items is None:
            yield prefix + name, element
            continue
        for number, item in enumerate(element.items, 1):
            step = name if number == 1 else f"{name}[{number}]"
            yield from named_leaves(item.elements, f"{prefix}{step}.")


def unused_name(element: Element, used: set[str]) -> str:
    """Field name of an element; the second of one name gets its number (two private blocks of one creator)."""
    name = field_name(element.tag, element.creator)
    if name in used:
        name = f"Private_{element.tag >> 16:04x}_{element.tag & 0xFFFF:04x}"
    used.add(name)
    return name


def texts(source: Source, spots: Spots, vr: str) -> tuple[list[str], NDArray[np.int32]]:
    """Distinct texts and each row's number among them; absent and empty rows have the empty text."""
    seen: dict[bytes, int] = {b"": 0}
    codes = np.zeros(len(spots.offsets), np.int32)
    for length in np.unique(spots.lengths).tolist():
        if length <= 0:
            continue
        rows = np.flatnonzero(spots.lengths == length)
        raw = decode.gather(source.data, spots.offsets[rows], length)
        if (raw == raw[0]).all():
            codes[rows] = seen.setdefault(raw[0].tobytes(), len(seen))
        else:
            cells = raw.view(f"S{length}").reshape(-1).tolist()
            codes[rows] = [seen.setdefault(cell, len(seen)) for cell in cells]
    decoder = source.decoder if vr in decode.EXTENDED_TEXT else _ascii
    return _merged([decode.clean(decoder(raw), vr) for raw in seen], codes)


def _ascii(raw: bytes) -> str:
    return raw.decode("latin-1")


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
    lengths = np.unique(spots.lengths).tolist()
    pieces: list[tuple[NDArray[np.int64], NDArray[Any] | list[NDArray[np.float64]]]] = []
    for length in lengths:
        rows = np.flatnonzero(spots.lengths == length)
        raw = decode.gather(source.data, spots.offsets[rows], max(length, 0))
        pieces.append((rows, _parsed(raw, vr, source.byte_order)))
    shapes = {piece.shape[1] if isinstance(piece, np.ndarray) else -1 for _, piece in pieces}
    if len(shapes) == 1 and -1 not in shapes:
        first = pieces[0][1]
        assert isinstance(first, np.ndarray)
        result = np.empty((len(spots.offsets), first.shape[1]), first.dtype)
        for rows, piece in pieces:
            result[rows] = piece
        return result
    ragged: list[NDArray[Any]] = [np.empty(0)] * len(spots.offsets)
    for rows, piece in pieces:
        for row, values in zip(rows.tolist(), piece, strict=True):
            ragged[row] = values
    return ragged


def _parsed(raw: NDArray[np.uint8], vr: str, byte_order: str) -> NDArray[Any] | list[NDArray[np.float64]]:
    if vr in decode.NUMERIC:
        return decode.numbers(raw, vr, byte_order)
    if raw.shape[1] == 0:
        return np.empty((len(raw), 0))
    parsed = decode.number_texts(raw)
    return [decode.number_text(row.tobytes()) for row in raw] if parsed is None else parsed


class ItemColumns:
    """The items of one sequence as columns: ``paths`` in file order, one array per path."""

    def __init__(self, source: Source, index: ItemIndex) -> None:
        self.source = source
        self.index = index

    @cached_property
    def _elements(self) -> dict[str, list[Element | None]]:
        found: dict[str, list[Element | None]] = {}
        count = len(self.index.layouts)
        for number, layout in enumerate(self.index.layouts):
            for path, element in named_leaves(layout.elements):
                found.setdefault(path, [None] * count)[number] = element
        return found

    @property
    def paths(self) -> list[str]:
        """Every attribute that some item has, as keywords joined with dots."""
        return list(self._elements)

    def spots(self, path: str) -> Spots:
        """Where the attribute lies in every item."""
        elements = self._elements[path]
        offsets = np.array([0 if e is None else e.offset for e in elements], np.int64)
        lengths = np.array([-1 if e is None else e.length for e in elements], np.int64)
        vrs = np.array(["" if e is None else e.vr for e in elements])
        which = self.index.layout_of
        return Spots(self.index.starts + offsets[which], lengths[which], vrs[which])

    def column(self, path: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Values and presence of one attribute, one row per item; see `as_column`."""
        return as_column(self.source, self.spots(path))


def as_column(source: Source, spots: Spots) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Values with presence: numbers ``(rows,)`` or ``(rows, multiplicity)``, else an object array.

    Objects are text, or tuples of numbers where rows hold different counts. DS gives float64, IS int64, AT the tag as
    one number.
    """
    present = spots.lengths > 0
    rows = np.flatnonzero(present)
    vrs = set(spots.vrs[rows].tolist())
    if not vrs:
        return np.full(len(present), None, object), present
    held = Spots(spots.offsets[rows], spots.lengths[rows], spots.vrs[rows])
    vr = vrs.pop()
    if vrs:
        return _mixed(source, spots, present), present
    found = _values(source, held, vr)
    if len(rows) == len(present):
        return found, present
    values = np.full((len(present), *found.shape[1:]), None if found.dtype == object else 0, found.dtype)
    values[rows] = found
    return values, present


def _mixed(source: Source, spots: Spots, present: NDArray[np.bool_]) -> NDArray[Any]:
    """An attribute whose VR differs between frames (some as UN): object array, each by its own VR."""
    values = np.full(len(present), None, object)
    for vr in np.unique(spots.vrs[present]).tolist():
        rows = np.flatnonzero(present & (spots.vrs == vr))
        found = _values(source, Spots(spots.offsets[rows], spots.lengths[rows], spots.vrs[rows]), vr)
        values[rows] = found if found.ndim == 1 else [tuple(row) for row in found.tolist()]
    return values


def _values(source: Source, spots: Spots, vr: str) -> NDArray[Any]:
    if vr not in decode.NUMERIC and vr not in decode.NUMBER_TEXT:
        distinct, codes = texts(source, spots, vr)
        return np.array(distinct, object)[codes]
    found = number_rows(source, spots, vr)
    if isinstance(found, list):
        ragged = np.empty(len(found), object)
        ragged[:] = [tuple(vector.tolist()) for vector in found]
        return ragged
    if vr == "AT" and found.shape[1] % 2 == 0:
        found = found[:, ::2].astype(np.uint32) << 16 | found[:, 1::2].astype(np.uint32)
    if vr == "IS" and np.isfinite(found).all() and (found == np.trunc(found)).all():
        found = found.astype(np.int64)
    return found[:, 0] if found.shape[1] == 1 else found
