"""What of each file decides its new name, read from the heads of the files, some hundred at a time.

Memory does not grow with the headers: see `records` for what is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dicome.classic.headers import Headers, read_headers
from dicome.dicom.columns import ItemColumns
from dicome.dicom.dictionary import tag_of
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.scan import Element
from dicome.errors import DamagedFileError, DicomeError, FileMissingError, NotDicomError
from dicome.heads import CHUNK, alike_written, numbers_of, texts_of
from dicome.moving.kinds import DIRECTORY, has_pixels
from dicome.moving.look import Files, Seen
from dicome.moving.recognise import meant_as_dicom
from dicome.moving.records import FileFacts, SeriesFacts, StudyFacts, Values
from dicome.moving.whole import Announced, missing_in, missing_in_opened

Tell = Callable[[int], None]
"""Told the number of files looked at."""


@dataclass(slots=True)
class Facts:
    """files: that are DICOM; bad: invalid headers and why; other: no DICOM files;
    unreadable: what the system does not let us read, or dicome does not know; changed: written to meanwhile.

    bad: by rows of the files that were looked at.
    """

    files: FileFacts
    bad: list[tuple[int, str]] = field(default_factory=list)
    other: list[Seen] = field(default_factory=list)
    unreadable: list[tuple[Seen, str]] = field(default_factory=list)
    changed: list[Seen] = field(default_factory=list)


def read_facts(files: Files, tell: Tell | None = None) -> Facts:
    """Reads the heads of files."""
    found = Facts(FileFacts(files))
    for begin in range(0, len(files), CHUNK):
        rows = range(begin, min(begin + CHUNK, len(files)))
        _Reader(found, rows).read(None if tell is None else _from(begin, tell))
    return found


def _from(begin: int, tell: Tell) -> Tell:
    return lambda count: tell(begin + count)


class _Reader:
    """Reads some files (rows) into the facts."""

    def __init__(self, found: Facts, rows: range) -> None:
        self._found = found
        self._rows = {Path(found.files.files.path(row)): row for row in rows}

    def read(self, tell: Tell | None) -> None:
        these = read_headers(list(self._rows), lambda file: self._add(self._rows[file.path], file), tell)
        if these.headers is not None:
            for _, part in alike_written(these.headers):
                self._add_images(part)
        for path, problem in these.not_dicom:
            self._sort_out(self._rows[path], problem)
        for path, _ in (*these.without_pixels, *these.unreadable):
            self._look_closer(self._rows[path])

    def _seen(self, row: int) -> Seen:
        return self._found.files.files[row]

    def _look_closer(self, row: int) -> None:
        """At a file that is no image that could be read: an object, a bad header, or pixels we do not know."""
        seen = self._seen(row)
        try:
            file = open_file(seen.path)
        except FileMissingError:
            self._found.changed.append(seen)
        except NotDicomError as problem:
            self._sort_out(row, problem)
        except DamagedFileError as problem:
            self._found.bad.append((row, _after_path(problem, seen)))
        except DicomeError as problem:
            self._found.unreadable.append((seen, _after_path(problem, seen)))
        else:
            self._add(row, file)

    def _sort_out(self, row: int, problem: DicomeError) -> None:
        """A file that is not DICOM: one that should be goes to the bad ones."""
        seen = self._seen(row)
        if meant_as_dicom(seen.path):
            self._found.bad.append((row, _after_path(problem, seen)))
        else:
            self._found.other.append(seen)

    def _add(self, row: int, file: DicomFile) -> None:
        """An opened file of any kind."""
        seen = self._seen(row)
        if file.size != seen.size:
            self._found.changed.append(seen)
            return
        meta = {element.tag: element for element in file.meta}
        sop_class = file.text(0x00080016) or _meta_text(file, meta.get(0x00020002))
        if sop_class == DIRECTORY:
            self._found.other.append(seen)
            return
        study = StudyFacts(*(file.text(tag_of(name)) for name in StudyFacts._fields))
        series = SeriesFacts(*(file.text(tag_of(name)) for name in SeriesFacts._fields))
        if file.pixels is not None:
            kind, incomplete = "frames", missing_in_opened(file)
        else:
            kind = "frames" if has_pixels(sop_class) else "object"
            incomplete = "no pixels at all" if kind == "frames" else ""
        self._keep(row, kind, file.text(0x00080018), sop_class, file.number(0x00200013), study, series, incomplete)

    def _add_images(self, headers: Headers) -> None:
        columns = headers.columns
        study = zip(*(texts_of(columns, name) for name in StudyFacts._fields), strict=True)
        series = zip(*(texts_of(columns, name) for name in SeriesFacts._fields), strict=True)
        values = zip(*(_values(columns, name) for name in Values._fields), strict=True)
        found = zip(
            headers.paths,
            headers.sizes.tolist(),
            texts_of(columns, "SOPInstanceUID"),
            texts_of(columns, "SOPClassUID"),
            numbers_of(columns, "InstanceNumber"),
            map(StudyFacts._make, study),
            map(SeriesFacts._make, series),
            _missing(headers, columns),
            values,
            strict=True,
        )
        for path, size, *facts in found:
            row = self._rows[path]
            if size != self._found.files.files.sizes[row]:
                self._found.changed.append(self._seen(row))
            else:
                self._keep(row, "image", *facts)

    def _keep(self, row: int, *facts: Any) -> None:
        if not self._found.files.add(row, *facts):
            self._found.bad.append((row, "its header holds no UID"))


def _values(columns: ItemColumns, keyword: str) -> list[Any]:
    """An attribute of every file: numbers, vectors as tuples, text; None where it is absent or no finite number."""
    if keyword not in columns.paths:
        return [None] * len(columns.index)
    values, present = columns.column(keyword)
    found: Iterable[Any] = values.tolist()
    if values.dtype.kind not in "iuf" or not np.isfinite(values).all():
        found = map(_plain, found)
    elif values.ndim > 1:
        found = map(tuple, found)
    return [value if there else None for value, there in zip(found, present.tolist(), strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _missing(headers: Headers, columns: ItemColumns) -> Iterator[str]:
    """What is missing of the pixels of every file."""
    numbers = (numbers_of(columns, name) for name in ("Rows", "Columns", "SamplesPerPixel", "BitsAllocated"))
    photometric = texts_of(columns, "PhotometricInterpretation")
    announced = (Announced(*row) for row in zip(*numbers, photometric, strict=True))
    places = zip(
        headers.paths,
        headers.offsets.tolist(),
        headers.lengths.tolist(),
        headers.sizes.tolist(),
        headers.kind_of.tolist(),
        announced,
        strict=True,
    )
    for path, at, length, size, kind, told in places:
        encapsulated = headers.kinds[kind].syntax.encapsulated
        if at >= 0:
            try:
                yield missing_in(str(path), at, length, size, told, encapsulated)
            except OSError as problem:
                yield problem.strerror or str(problem)
        else:  # unpacked or mended when it was read: only the lengths are known
            yield "" if encapsulated or length >= told.size else f"{length:,} of {told.size:,} bytes of pixels"


def _meta_text(file: DicomFile, element: Element | None) -> str:
    if element is None:
        return ""
    return file.meta_source.data[element.offset : element.end].tobytes().decode("latin-1").strip(" \0")


def _after_path(problem: DicomeError, seen: Seen) -> str:
    return str(problem).removeprefix(f"{seen.path}: ")
