"""The header in the shape of MATLAB's dicominfo: field names, ``Item_n``, classes - over the same elements.

Two forms of one thing: `header_group` gives the whole header as columns (for the bridge and the exporters), `Header` is
the nested view for Python, which decodes a frame's item when it is looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dicome.columnar import Choices, Group, Items, Numbers, Parts, PersonName
from dicome.dicom import strings
from dicome.dicom import values as decode
from dicome.dicom.columns import Rows, Source, Spots, number_rows, rows_by_shape, texts, unused_name
from dicome.dicom.file import PER_FRAME_GROUPS, DicomFile
from dicome.dicom.layouts import ItemIndex
from dicome.dicom.pixels import PixelFormat
from dicome.dicom.scan import Element, leaves

_FRAMES = "PerFrameFunctionalGroupsSequence"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COLOR_TYPES = {"MONOCHROME1": "grayscale", "MONOCHROME2": "grayscale", "PALETTE COLOR": "indexed"}

Leaf = Numbers | Choices | Items | Parts


def _group(elements: Sequence[Element], count: int, leaf: Callable[[Element], Leaf]) -> Group:
    """``count`` data sets of one shape; ``leaf`` reads an element that is no sequence."""
    fields: dict[str, Leaf] = {}
    used: set[str] = set()
    for element in elements:
        name = unused_name(element, used)
        if element.items is None:
            fields[name] = leaf(element)
        else:
            fields[name] = Items(tuple(_group(item.elements, count, leaf) for item in element.items))
    return Group(count, fields)


def one_group(elements: Sequence[Element], source: Source, start: int = 0) -> Group:
    """One data set; its elements lie at their offsets from ``start``."""
    return _group(elements, 1, lambda element: _single(element, source, start))


def rows_group(rows: Rows, source: Source) -> Group:
    """All frame items of one shape."""
    number_of = {id(leaf): number for number, leaf in enumerate(leaves(rows.elements))}

    def leaf(element: Element) -> Leaf:
        return _column(element.vr, source, rows.spots(number_of[id(element)], element.vr))

    return _group(rows.elements, len(rows), leaf)


def _column(vr: str, source: Source, spots: Spots) -> Leaf:
    if vr not in decode.NUMERIC and vr not in decode.NUMBER_TEXT:
        distinct, codes = texts(source, spots, vr)
        return Choices(tuple(_entry(text, vr) for text in distinct), codes)
    found = number_rows(source, spots, vr)
    if isinstance(found, list):
        return _ragged(found)
    if found.shape[1] == 0:
        return Choices((None,), np.zeros(len(found), np.int32))
    if vr == "AT" and found.shape[1] % 2 == 0:
        return Numbers(found.reshape(len(found), -1, 2), pairs=True)
    return Numbers(found)


def _single(element: Element, source: Source, start: int) -> Leaf:
    """As `_column` for one data set, without the machinery of columns: most of a small file is of this kind."""
    source.check()
    begin = start + element.offset
    raw = source.data[begin : begin + element.length].tobytes()
    only = np.zeros(1, np.int32)
    if element.vr in decode.NUMERIC:
        row = decode.numbers(np.frombuffer(raw, np.uint8)[None], element.vr, source.byte_order)
        if element.vr == "AT" and row.size and row.shape[1] % 2 == 0:
            return Numbers(row.reshape(1, -1, 2), pairs=True)
    elif element.vr in decode.NUMBER_TEXT:
        row = decode.number_text(raw)[None]
    else:
        decoder = source.decoder if element.vr in strings.EXTENDED_TEXT else strings.plain_text
        return Choices((_entry(strings.clean(decoder(raw), element.vr), element.vr),), only)
    return Numbers(row) if row.size else Choices((None,), only)


def _entry(text: str, vr: str) -> str | PersonName | None:
    if vr == "PN":
        return PersonName.parse(text) if text else None
    return text or None


def _ragged(rows: Sequence[np.ndarray[Any, Any]]) -> Choices:
    number_of: dict[bytes, int] = {}
    distinct: list[np.ndarray[Any, Any] | None] = []
    codes = []
    for row in rows:
        code = number_of.setdefault(row.tobytes(), len(distinct))
        if code == len(distinct):
            distinct.append(row if row.size else None)
        codes.append(code)
    return Choices(tuple(distinct), np.array(codes, np.int32))


def file_group(file: DicomFile, stored: PixelFormat, tags: Container[int] | None = None) -> Group:
    """The header of one file without its frame items: what dicominfo says of the file, group 0002, the data set.

    tags: only these of the data set, for who needs a few of hundreds.
    """
    fields: dict[str, Leaf] = {}
    for name, value in _about_file(file, stored).items():
        if isinstance(value, str):
            fields[name] = Choices((value,), np.zeros(1, np.int32))
        else:
            fields[name] = Numbers(np.array([[value]], np.float64))
    fields |= one_group(file.meta, file.meta_source).fields
    wanted = [e for e in file.elements if e.tag != PER_FRAME_GROUPS and (tags is None or e.tag in tags)]
    fields |= one_group(wanted, file.source).fields
    return Group(1, fields)


def _about_file(file: DicomFile, stored: PixelFormat) -> dict[str, str | float]:
    moment = time.localtime(file.modified)
    date = f"{moment.tm_mday:02d}-{_MONTHS[moment.tm_mon - 1]}-{moment.tm_year} {time.strftime('%H:%M:%S', moment)}"
    return {
        "Filename": str(file.path.resolve()),
        "FileModDate": date,
        "FileSize": file.size,
        "Format": file.format,
        "FormatVersion": 3,
        "Width": stored.columns,
        "Height": stored.rows,
        "BitDepth": stored.bits_stored,
        "ColorType": _COLOR_TYPES.get(stored.photometric, "truecolor" if stored.samples > 1 else "grayscale"),
    }


def header_group(files: Sequence[DicomFile], stored: PixelFormat) -> Group:
    """The whole header of an image: of its first file, with the frame items of all files numbered on."""
    static = file_group(files[0], stored)
    parts: list[tuple[np.ndarray[Any, Any], Group]] = []
    first = 1
    for file in files:
        if file.frames is None:
            continue
        parts += [(rows.numbers + first, rows_group(rows, file.source)) for rows in rows_by_shape(file.frames)]
        first += len(file.frames)
    return Group(1, static.fields | {_FRAMES: Parts(tuple(parts))}) if parts else static


class Header(Mapping[str, Any]):
    """Nested view of a header: ``header.PerFrameFunctionalGroupsSequence.Item_3...`` or with ``['...']``.

    Values: text as str (several values keep their backslashes), numbers as numpy scalars or 1-D arrays, attribute tags
    as (n, 2) arrays of group and element, person names as `PersonName`, empty ones None. ``frames`` looks like one more
    field, decoded item by item.
    """

    __slots__ = ("_extra", "_fields", "_row")

    def __init__(self, group: Group, row: int = 0, extra: Mapping[str, Any] | None = None) -> None:
        self._fields = group.fields
        self._row = row
        self._extra = dict(extra or {})

    def __getitem__(self, name: str) -> Any:
        if name in self._extra:
            return self._extra[name]
        field = self._fields[name]
        if isinstance(field, Items):
            return SequenceItems(field, self._row) if field.groups else None
        if isinstance(field, Choices):
            return field.distinct[int(field.codes[self._row])]
        if isinstance(field, Parts):
            raise TypeError("frame items are given through `extra`")
        values = field.values[self._row]
        return values[0] if values.shape == (1,) else values

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"this header has no field {name!r}; its fields: {', '.join(self)}") from None

    def __iter__(self) -> Iterator[str]:
        yield from self._fields
        yield from (name for name in self._extra if name not in self._fields)

    def __len__(self) -> int:
        return len(self._fields.keys() | self._extra.keys())

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        return f"<Header: {len(self)} fields: {', '.join(list(self)[:6])}, ...>"

    def to_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries of everything."""
        return {name: value.to_dict() if hasattr(value, "to_dict") else value for name, value in self.items()}


class _ItemMapping(Mapping[str, Header]):
    """Items of a sequence by their names ``Item_1`` ... ``Item_n``; also as attributes."""

    __slots__ = ()

    def _item(self, index: int) -> Header:
        raise NotImplementedError

    def __getitem__(self, name: str) -> Header:
        number = name.removeprefix("Item_")
        if not name.startswith("Item_") or not number.isdigit() or not 1 <= int(number) <= len(self):
            raise KeyError(name)
        return self._item(int(number) - 1)

    def __getattr__(self, name: str) -> Header:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no {name!r} here; there are Item_1 to Item_{len(self)}") from None

    def __iter__(self) -> Iterator[str]:
        return (f"Item_{k}" for k in range(1, len(self) + 1))

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def to_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries of all items."""
        return {name: item.to_dict() for name, item in self.items()}


class SequenceItems(_ItemMapping):
    """The items of one sequence in one data set."""

    __slots__ = ("_items", "_row")

    def __init__(self, items: Items, row: int) -> None:
        self._items = items
        self._row = row

    def _item(self, index: int) -> Header:
        return Header(self._items.groups[index], self._row)

    def __len__(self) -> int:
        return len(self._items.groups)


class FrameItems(_ItemMapping):
    """The per-frame items of all files, each decoded when asked for."""

    __slots__ = ("_bounds", "_files")

    def __init__(self, files: Sequence[DicomFile]) -> None:
        self._files = [file for file in files if file.frames is not None]
        self._bounds = np.cumsum([0] + [len(index_of(file)) for file in self._files])

    def _item(self, index: int) -> Header:
        which = int(np.searchsorted(self._bounds, index, side="right")) - 1
        file = self._files[which]
        index_in_file = index - int(self._bounds[which])
        frames = index_of(file)
        layout = frames.layouts[int(frames.layout_of[index_in_file])]
        return Header(one_group(layout.elements, file.source, int(frames.starts[index_in_file])))

    def __len__(self) -> int:
        return int(self._bounds[-1])


def index_of(file: DicomFile) -> ItemIndex:
    """The frame index of a file that has one."""
    assert file.frames is not None
    return file.frames


def header_of(files: Sequence[DicomFile], stored: PixelFormat, extra: Mapping[str, Any] | None = None) -> Header:
    """The nested header of an image, with further fields behind."""
    frames = FrameItems(files)
    more = {_FRAMES: frames} if len(frames) else {}
    return Header(file_group(files[0], stored), 0, {**more, **(extra or {})})
