"""What of each file decides where it belongs, for any number of files: a few facts are kept, no headers.

Single-frame files, of which a folder holds thousands, are read ahead and looked at together, some hundred at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dicome.classic.headers import Headers, Tell, read_headers
from dicome.dicom.columns import ItemColumns, texts
from dicome.dicom.dictionary import tag_of
from dicome.dicom.file import DicomFile
from dicome.dicom.pixels import announced_frames
from dicome.errors import DicomeError
from dicome.formats import Head, format_of, is_companion

UIDS = {"SeriesInstanceUID": 0x0020000E, "SOPInstanceUID": 0x00080018, "SOPClassUID": 0x00080016}
SERIES_NUMBER, DESCRIPTION = 0x00200011, 0x0008103E
SAME_NUMBERS = {"Rows": 0x00280010, "Columns": 0x00280011, "SamplesPerPixel": 0x00280002,
                "BitsAllocated": 0x00280100, "PixelRepresentation": 0x00280103}  # fmt: skip
"""Equal in the files of one image, as is the SOP class."""
CHUNK = 512
"""Single-frame files whose headers are in memory at a time, about 10 KiB each."""
_HELD = 64
"""Files with several frames that may stay open."""


@dataclass(slots=True)
class Heads:
    """What was found among some files. heads: in the order of the files, formats apart.

    without_pixels: DICOM objects that are no images; unreadable: damaged files; not_dicom: the rest. Where what was
    read is held: headers, of the single-frame files in the order of their heads, and opened, multi-frame files.
    """

    heads: list[Head] = field(default_factory=list)
    without_pixels: list[tuple[Path, DicomeError]] = field(default_factory=list)
    unreadable: list[tuple[Path, DicomeError]] = field(default_factory=list)
    not_dicom: list[tuple[Path, DicomeError]] = field(default_factory=list)
    headers: Headers | None = None
    opened: dict[Path, DicomFile] = field(default_factory=dict)


def read_heads(
    paths: Sequence[Path], fields: Sequence[str] = (), *, hold: bool = False, tell: Tell | None = None
) -> Heads:
    """The heads of files of any format.

    fields: keywords of the attributes to note. hold: keep the headers for who opens the files next; without it memory
    does not grow by them. tell: told the number of files looked at. Raises ColumnError for an unknown keyword.
    """
    found, reader = Heads(), _Reader(fields)
    paths = [path for path in paths if not is_companion(path)]
    step = max(len(paths), 1) if hold else CHUNK
    for begin in range(0, len(paths), step):
        _add(found, paths[begin : begin + step], reader, hold, _from(begin, tell))
    return found


def _from(begin: int, tell: Tell | None) -> Tell | None:
    return None if tell is None else lambda count: tell(begin + count)


def _add(found: Heads, paths: Sequence[Path], reader: _Reader, hold: bool, tell: Tell | None) -> None:
    """Looks at some files."""

    def seen(file: DicomFile) -> None:
        found.heads.append(reader.of_file(file))
        if hold and len(found.opened) < _HELD:
            found.opened[file.path] = file

    these = read_headers(paths, seen, tell)
    if these.headers is not None:
        found.heads += reader.of_headers(these.headers)
        found.headers = these.headers if hold else None
    found.without_pixels += these.without_pixels
    found.unreadable += these.unreadable
    for path, problem in these.not_dicom:
        _add_other(found, path, problem, reader)


def _add_other(found: Heads, path: Path, problem: DicomeError, reader: _Reader) -> None:
    """A file that is no DICOM."""
    other = format_of(path)
    if other is None:
        found.not_dicom.append((path, problem))
        return
    try:
        found.heads.append(other.head(path, reader.fields))
    except DicomeError as damage:
        found.unreadable.append((path, damage))


class _Reader:
    """Makes heads that share what they have in common."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.fields = tuple(dict.fromkeys(fields))
        self._tags = {keyword: tag_of(keyword) for keyword in self.fields}
        self._shared: dict[Any, Any] = {}

    def of_file(self, file: DicomFile) -> Head:
        """Of a file with several frames."""
        uid, object_uid, sop_class = (file.text(tag) for tag in UIDS.values())
        numbers = [file.number(tag) for tag in SAME_NUMBERS.values()]
        return Head(
            file.path,
            file.size,
            file.modified,
            "enhanced",
            self._one(uid),
            object_uid,
            self._one((sop_class, *map(str, numbers))),
            announced_frames(file),
            numbers[0] or 0,
            numbers[1] or 0,
            file.number(SERIES_NUMBER),
            file.text(DESCRIPTION),
            self._values([file.text(tag) for tag in self._tags.values()]),
        )

    def of_headers(self, headers: Headers) -> list[Head]:
        """Of single-frame files."""
        heads: list[Head | None] = [None] * len(headers)
        for rows, part in alike_written(headers):
            for row, head in zip(rows, self._alike_written(part), strict=True):
                heads[row] = head
        return [head for head in heads if head is not None]

    def _alike_written(self, headers: Headers) -> list[Head]:
        columns = headers.columns
        uids, objects, classes = (texts_of(columns, name) for name in UIDS)
        numbers = list(zip(*(numbers_of(columns, name) for name in SAME_NUMBERS), strict=True))
        series, about = numbers_of(columns, "SeriesNumber"), texts_of(columns, "SeriesDescription")
        values = (
            zip(*(texts_of(columns, name) for name in self.fields), strict=True)
            if self.fields
            else ((),) * len(headers)
        )
        return [
            Head(
                path,
                size,
                modified,
                "classic",
                self._one(uids[row]),
                objects[row],
                self._one((classes[row], *map(str, numbers[row]))),
                1,
                numbers[row][0] or 0,
                numbers[row][1] or 0,
                series[row],
                self._one(about[row]),
                self._values(texts_of_row),
            )
            for row, (path, size, modified, texts_of_row) in enumerate(
                zip(headers.paths, headers.sizes.tolist(), headers.modified.tolist(), values, strict=True)
            )
        ]

    def _values(self, found: Sequence[str]) -> dict[str, str]:
        key = tuple(found)
        if key not in self._shared:
            self._shared[key] = dict(zip(self.fields, key, strict=True))
        values: dict[str, str] = self._shared[key]
        return values

    def _one(self, value: Any) -> Any:
        """The first of equal values."""
        return self._shared.setdefault(value, value)


def alike_written(headers: Headers) -> Iterator[tuple[list[int], Headers]]:
    """The files in parts of one byte order and character set, with the rows of each."""
    written: dict[tuple[str, str], list[int]] = {}
    for row, number in enumerate(headers.kind_of.tolist()):
        kind = headers.kinds[number]
        written.setdefault((kind.syntax.byte_order, kind.character_set), []).append(row)
    for rows in written.values():
        yield rows, headers.part(np.array(rows, np.int64))


def texts_of(columns: ItemColumns, keyword: str) -> list[str]:
    """An attribute of every file as text, as `DicomFile.text` has it."""
    if keyword not in columns.paths:
        return [""] * len(columns.index)
    spots = columns.spots(keyword)
    if not isinstance(spots.vrs, str):
        return ["" if value is None else str(value) for value in columns.column(keyword)[0].tolist()]
    found, codes = texts(columns.source, spots, spots.vrs)
    return [found[code] for code in codes.tolist()]


def numbers_of(columns: ItemColumns, keyword: str) -> list[int | None]:
    """First value of an integer attribute of every file."""
    if keyword not in columns.paths:
        return [None] * len(columns.index)
    values, present = columns.column(keyword)
    return [
        first_number(value) if there else None for value, there in zip(values.tolist(), present.tolist(), strict=True)
    ]


def first_number(value: Any) -> int | None:
    """The first value as a whole number, None where it is none."""
    first = value[0] if isinstance(value, (list, tuple)) and value else value
    return int(first) if isinstance(first, (int, float)) and np.isfinite(first) else None
