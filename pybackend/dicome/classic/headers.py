"""The headers of many single-frame files, in one buffer: read ahead by threads, no file stays open.

A folder of a scan holds thousands of files. Of each the bytes before the pixels are read once and put one behind the
other, so that a column is one gather over all files. Files that are no single frames are told apart here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dicome.classic.shapes import Kind, Record, Shapes
from dicome.dicom.columns import ItemColumns, Source
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.layouts import ItemIndex
from dicome.dicom.pixels import announced_frames, pixel_format
from dicome.dicom.strings import plain_text, text_decoder
from dicome.errors import DicomeError, NotDicomError

FIRST_GUESS = 16 << 10
"""Bytes read of a file before any header is known."""
SPARE = 2048
"""Bytes read beyond the longest header so far: the next may be longer."""
BATCH = 256
"""Files read ahead."""


@dataclass(frozen=True, slots=True, eq=False)
class Headers:
    """Headers of single-frame files, one row per file; `index` says where they lie in ``source.data``.

    kind_of: number in ``kinds`` of each file. offsets, lengths: of the pixels in the file (bytes), offset -1 where it
    has to be unpacked or mended first. sizes, modified: of the files, bytes and time. notes: what had to be done to
    read some of them.
    """

    paths: tuple[Path, ...]
    index: ItemIndex
    source: Source
    kinds: tuple[Kind, ...]
    kind_of: NDArray[np.int64]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    sizes: NDArray[np.int64]
    modified: NDArray[np.float64]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def columns(self) -> ItemColumns:
        """Every attribute of the files, as columns."""
        return ItemColumns(self.source, self.index)

    def part(self, rows: NDArray[np.int64]) -> Headers:
        """Some of the files; the order of bytes and the character set are those of the first."""
        paths = tuple(self.paths[row] for row in rows.tolist())
        kind = self.kinds[int(self.kind_of[rows[0]])]
        source = Source(self.source.data, kind.syntax.byte_order, text_decoder(kind.character_set))
        index = ItemIndex(self.index.starts[rows], self.index.layout_of[rows], self.index.layouts, self.index.end)
        names = {path.name for path in paths}
        return Headers(
            paths,
            _only_used(index),
            source,
            self.kinds,
            self.kind_of[rows],
            self.offsets[rows],
            self.lengths[rows],
            self.sizes[rows],
            self.modified[rows],
            tuple(note for note in self.notes if note.partition(": ")[0] in names),
        )


def _only_used(index: ItemIndex) -> ItemIndex:
    used, layout_of = np.unique(index.layout_of, return_inverse=True)
    layouts = [index.layouts[number] for number in used.tolist()]
    return ItemIndex(index.starts, layout_of.reshape(-1).astype(np.int32), layouts, index.end)


@dataclass(slots=True)
class Found:
    """What `read_headers` found besides: files with several frames, files without pixels, files it could not read."""

    headers: Headers | None = None
    multi_frame: list[Path] = field(default_factory=list)
    without_pixels: list[tuple[Path, DicomeError]] = field(default_factory=list)
    unreadable: list[tuple[Path, DicomeError]] = field(default_factory=list)
    not_dicom: list[tuple[Path, NotDicomError]] = field(default_factory=list)


@dataclass(slots=True)
class _Rows:
    """The rows so far, as lists."""

    paths: list[Path] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    modified: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    buffer: bytearray = field(default_factory=bytearray)
    notes: list[str] = field(default_factory=list)

    def add(self, path: Path, record: Record, size: int, modified: float) -> None:
        self.starts.append(len(self.buffer))
        self.buffer += record.content
        self.paths.append(path)
        self.records.append(Record(record.layout, record.kind, b"", record.offset, record.length))
        self.sizes.append(size)
        self.modified.append(modified)


Seen = Callable[[DicomFile], None]
Tell = Callable[[int], None]
"""Told the number of files looked at so far."""


def read_headers(paths: Sequence[Path], seen: Seen | None = None, tell: Tell | None = None) -> Found:
    """Reads the headers of all files that hold one frame, in the order given, and sorts out the others.

    seen: is given every opened file that holds several frames, which is not kept.
    """
    found, rows, shapes = Found(), _Rows(), Shapes()
    for count, (path, head, size, modified) in enumerate(_heads(paths, rows), start=1):
        record = shapes.follow(head)
        if record is None:
            record = _opened(path, shapes, found, rows.notes, seen)
        if record is not None:
            rows.add(path, record, size, modified)
        if tell is not None:
            tell(count)
    if rows.paths:
        found.headers = _headers(rows, shapes)
    return found


def _headers(rows: _Rows, shapes: Shapes) -> Headers:
    def numbers(values: Iterator[int]) -> NDArray[np.int64]:
        return np.fromiter(values, np.int64, len(rows.records))

    layout_of = numbers(record.layout for record in rows.records).astype(np.int32)
    index = ItemIndex(np.array(rows.starts, np.int64), layout_of, shapes.layouts, len(rows.buffer))
    return Headers(
        tuple(rows.paths),
        index,
        Source(np.frombuffer(rows.buffer, np.uint8), "<", plain_text),
        tuple(shapes.kinds),
        numbers(record.kind for record in rows.records),
        numbers(record.offset for record in rows.records),
        numbers(record.length for record in rows.records),
        np.array(rows.sizes, np.int64),
        np.array(rows.modified, np.float64),
        tuple(rows.notes),
    )


def _opened(path: Path, shapes: Shapes, found: Found, notes: list[str], seen: Seen | None) -> Record | None:
    """The record of a file of unknown shape, or None and its place among the others."""
    try:
        file = open_file(path)
    except NotDicomError as problem:
        found.not_dicom.append((path, problem))
        return None
    except DicomeError as problem:
        found.unreadable.append((path, problem))
        return None
    try:
        single = is_single_frame(file)
    except NotDicomError as problem:
        found.without_pixels.append((path, problem))
        return None
    except DicomeError as problem:
        found.unreadable.append((path, problem))
        return None
    if not single:
        found.multi_frame.append(path)
        if seen is not None:
            seen(file)
        return None
    if file.note:
        notes.append(f"{path.name}: {file.note}")
    return shapes.learn(file)


def is_single_frame(file: DicomFile) -> bool:
    """Whether a file holds one frame and describes it at the top level. Raises the errors of `pixel_format`."""
    pixel_format(file)
    return file.frames is None and announced_frames(file) == 1


def _heads(paths: Sequence[Path], rows: _Rows) -> Iterator[tuple[Path, bytes, int, float]]:
    """First bytes, size and time of every file, some read ahead by threads; nothing where a file cannot be read."""
    if len(paths) == 1:
        yield (paths[0], *_head(paths[0], FIRST_GUESS))
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(min(8, (os.cpu_count() or 1) * 2)) as pool:
        for begin in range(0, len(paths), BATCH):
            batch = paths[begin : begin + BATCH]
            most = _most(rows)
            for path, head in zip(batch, pool.map(_head, batch, [most] * len(batch)), strict=True):
                yield (path, *head)


def _most(rows: _Rows) -> int:
    """Bytes worth reading: the longest header of the last batch and some more."""
    last = rows.records[-BATCH:]
    ends = [record.offset for record in last if record.offset >= 0]
    return max(ends) + SPARE if ends else FIRST_GUESS


def _head(path: Path, most: int) -> tuple[bytes, int, float]:
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):  # opening a pipe would keep us waiting
            with path.open("rb", buffering=0) as stream:
                return stream.read(most), status.st_size, status.st_mtime
    except OSError:
        pass
    return b"", 0, 0.0  # whoever opens the file next says what is wrong with it
