"""Files to one frame table: a single file, the files of one series, or a folder of them.

Here is the door: `open_series` looks which format a path is of. What follows is about enhanced files; `dicome.classic`
opens single-frame ones, `dicome.formats` names what is no DICOM, and `dicome.listing` says which series lie in a
folder. Siemens writes a file per volume, and
scanners split large objects into concatenations (PS3.3 C.7.6.16.2.2.4): frames are numbered through all files, and each
attribute becomes one column.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.columns import ItemColumns, Spots, as_column, named_leaves
from dicome.dicom.dictionary import field_name
from dicome.dicom.file import SHARED_GROUPS, DicomFile, open_file
from dicome.dicom.pixels import PixelFormat, Pixels, announced_frames, open_pixels
from dicome.dicom.scan import Element
from dicome.errors import DamagedFileError, SeriesError
from dicome.formats import format_named, format_of
from dicome.frames.dimensions import Dimension, make_dimension
from dicome.frames.table import Column, FrameTable

if TYPE_CHECKING:
    from dicome.listing import Entry, Listing

SERIES_UID, SOP_INSTANCE_UID = 0x0020000E, 0x00080018
IN_CONCATENATION_NUMBER, FRAME_OFFSET, INSTANCE_NUMBER = 0x00209162, 0x00209228, 0x00200013
DIMENSION_INDEX_SEQUENCE = 0x00209222
DIMENSION_POINTER, GROUP_POINTER, DIMENSION_LABEL = 0x00209165, 0x00209167, 0x00209421
DIMENSION_CREATOR, GROUP_CREATOR = 0x00209213, 0x00209238
INDEX_VALUES = "FrameContentSequence.DimensionIndexValues"

Maker = Callable[[], Column]
Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True)
class Series:
    """The frames of one or several files that make one image.

    index: Dimension Index Values (frames, dimensions), None where some frame has none; dimensions: of its columns.
    notes: evidence for the order; warnings: what is wrong with the files. files: those that are open, the first among
    them; paths: of all files, in the order of the frames. made_index: the index was made from attributes.
    """

    files: tuple[DicomFile, ...]
    paths: tuple[Path, ...]
    table: FrameTable
    pixels: tuple[Pixels, ...]
    index: NDArray[np.int64] | None
    dimensions: tuple[Dimension, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    made_index: bool = False

    @property
    def frame_files(self) -> tuple[Path, ...]:
        """The file that each frame lies in."""
        if len(self.paths) == self.table.frame_count:
            return self.paths
        return tuple(path for path, part in zip(self.paths, self.pixels, strict=True) for _ in range(part.frame_count))

    @property
    def format(self) -> PixelFormat:
        """Of every frame."""
        return self.pixels[0].format


Which = int | str | None


def open_series(paths: Paths, which: Which = None) -> Series:
    """Opens a file, several files, or the files of a folder as one series.

    which: Series Number, or the begin of a Series Instance UID, where there are several. Raises SeriesError where files
    do not belong together or none fits, and the errors of `open_file`.
    """
    if isinstance(paths, (str, os.PathLike)) and not Path(paths).is_dir():
        series = _open_path(Path(paths))
        if series is not None:
            if which is not None:
                _check_series(Path(paths), which)
            return series

    from dicome import listing  # time that an enhanced file does without

    where = str(paths) if isinstance(paths, (str, os.PathLike)) else "these files"
    paths = paths if isinstance(paths, (str, os.PathLike)) else list(paths)
    found = listing.list_series(paths, hold=True)
    if not isinstance(paths, (str, os.PathLike)):
        _refuse_others(found)
    series = _open_entry(listing.choose(found, which, where))
    return replace(series, notes=(*found.notes(), *series.notes), warnings=(*found.warnings(), *series.warnings))


def _check_series(path: Path, which: Which) -> None:
    """A file of another series than the one asked for is not passed off as it."""
    from dicome import listing

    found = listing.list_series(path)
    if found.entries:  # a REC file is listed under its PAR file only
        listing.choose(found, which, str(path))


def _open_path(path: Path) -> Series | None:
    """One file is opened as what it is; None for a single frame, whose series is looked at first."""
    other = format_of(path)
    if other is not None:
        return other.open(path)
    file = open_file(path)
    return None if _is_classic(file) else _open_enhanced([file])


def _open_entry(entry: Entry) -> Series:
    other = format_named(entry.kind)
    if other is not None:
        return other.open(entry.paths[0])
    return _OPENERS[entry.kind](entry)


def _refuse_others(found: Listing) -> None:
    """A file that was asked for by name is not passed over."""
    for _, problem in (*found.unreadable, *found.passed_over, *found.not_dicom):
        raise problem


def _is_classic(file: DicomFile) -> bool:
    return file.pixels is not None and file.frames is None and announced_frames(file) == 1


def _open_classic_entry(entry: Entry) -> Series:
    from dicome.classic.series import open_classic

    assert entry.headers is not None
    return open_classic(entry.headers)


def _open_enhanced_entry(entry: Entry) -> Series:
    return _open_enhanced(entry.opened or [open_file(path) for path in entry.paths])


_OPENERS: dict[str, Callable[[Entry], Series]] = {"classic": _open_classic_entry, "enhanced": _open_enhanced_entry}


def _open_enhanced(opened: Sequence[DicomFile]) -> Series:
    files = _sorted(opened)
    _check_together(files)
    pixels = tuple(open_pixels(file) for file in files)
    return series_of(files, pixels)


def series_of(files: Sequence[DicomFile], pixels: tuple[Pixels, ...]) -> Series:
    """The series of headers and pixels that go together, in this order. Raises DamagedFileError."""
    for file, part in zip(files, pixels, strict=True):
        _check_frames(file, part)
    table = frame_table(files, pixels)
    dimensions = _dimensions(files, table)
    index, notes = _index(table)
    warnings = tuple(f"{file.path.name}: {file.note}" for file in files if file.note)
    paths = tuple(file.path for file in files)
    return Series(tuple(files), paths, table, pixels, index, dimensions, notes, warnings)


def _sorted(files: Sequence[DicomFile]) -> list[DicomFile]:
    """Concatenations by their number, other files by instance number, then name."""

    def key(file: DicomFile) -> tuple[int, int, int, str]:
        numbers = (file.number(tag) or 0 for tag in (IN_CONCATENATION_NUMBER, FRAME_OFFSET, INSTANCE_NUMBER))
        first, second, third = numbers
        return first, second, third, file.path.name

    return sorted(files, key=key)


_SAME = ((SERIES_UID, "Series Instance UID (0020,000E)"), (0x00280010, "Rows (0028,0010)"),
         (0x00280011, "Columns (0028,0011)"), (0x00280002, "Samples per Pixel (0028,0002)"),
         (0x00280100, "Bits Allocated (0028,0100)"), (0x00280103, "Pixel Representation (0028,0103)"))  # fmt: skip
"""What files of one image have in common."""


def _check_together(files: Sequence[DicomFile]) -> None:
    first = files[0]
    for other in files[1:]:
        for tag, name in _SAME:
            one, two = first.text(tag), other.text(tag)
            if first.element(tag) is not None and (one, first.number(tag)) != (two, other.number(tag)):
                shown = (first.number(tag), other.number(tag)) if tag != SERIES_UID else (one, two)
                raise SeriesError(
                    f"these files make no single image: {name} is {shown[0]} in {first.path.name} but {shown[1]} in "
                    f"{other.path.name}; open the files of one series at a time"
                )
        if other.text(SOP_INSTANCE_UID) == first.text(SOP_INSTANCE_UID) and first.text(SOP_INSTANCE_UID):
            raise SeriesError(
                f"{first.path} and {other.path} are the same object (SOP Instance UID {first.text(SOP_INSTANCE_UID)})"
            )


def _check_frames(file: DicomFile, pixels: Pixels) -> None:
    if file.frames is None:
        return
    if len(file.frames) != pixels.frame_count:
        raise DamagedFileError(
            f"{file.path}: Number of Frames (0028,0008) is {pixels.frame_count:,}, but the Per-frame Functional Groups "
            f"Sequence (5200,9230) has {len(file.frames):,} items; is the file complete?"
        )


def frame_table(files: Sequence[DicomFile], pixels: Sequence[Pixels]) -> FrameTable:
    """One table over the frames of all files."""
    counts = [part.frame_count for part in pixels]
    tables = [_makers(file, count) for file, count in zip(files, counts, strict=True)]
    if len(tables) == 1:
        return FrameTable(counts[0], tables[0])
    paths = dict.fromkeys(path for table in tables for path in table)

    def maker(path: str) -> Maker:
        return lambda: _joined([table[path]() if path in table else None for table in tables], counts)

    return FrameTable(sum(counts), {path: maker(path) for path in paths})


def _makers(file: DicomFile, count: int) -> dict[str, Maker]:
    makers: dict[str, Maker] = {}
    shared = file.element(SHARED_GROUPS)
    if shared is not None and shared.items:
        for path, element in named_leaves(shared.items[0].elements):
            makers[path] = _shared_maker(file, element, count)
    if file.frames is not None:
        columns = ItemColumns(file.source, file.frames)
        for path in columns.paths:
            makers[path] = _frame_maker(columns, path, makers.get(path))
    return makers


def _shared_maker(file: DicomFile, element: Element, count: int) -> Maker:
    def make() -> Column:
        spots = Spots(np.array([element.offset]), np.array([element.length]), np.array([element.vr]))
        values, present = as_column(file.source, spots)
        return Column(np.broadcast_to(values, (count, *values.shape[1:])), np.broadcast_to(present, (count,)))

    return make


def _frame_maker(columns: ItemColumns, path: str, shared: Maker | None) -> Maker:
    def make() -> Column:
        own = Column(*columns.column(path))
        if shared is None or own.present.all():
            return own
        # Some frames carry the attribute, the others have it from the shared group.
        return _filled(own, shared())

    return make


def _filled(own: Column, other: Column) -> Column:
    values = _joined([own, other], [len(own.values), len(other.values)]).values
    return Column(
        np.where(_along(own.present, values), values[: len(own.values)], values[len(own.values) :]),
        own.present | other.present,
    )


def _along(mask: NDArray[np.bool_], values: NDArray[Any]) -> NDArray[np.bool_]:
    return mask.reshape(-1, *(1,) * (values.ndim - 1))


def _joined(columns: Sequence[Column | None], counts: Sequence[int]) -> Column:
    """Columns of several files end to end; files without the attribute have absent rows."""
    shapes = {c.values.shape[1:] for c in columns if c is not None and c.present.any()}
    kinds = {c.values.dtype == object for c in columns if c is not None and c.present.any()}
    plain = len(shapes) <= 1 and kinds == {False}
    shape = shapes.pop() if plain and shapes else ()
    pieces = []
    for column, count in zip(columns, counts, strict=True):
        if column is None or (plain and not column.present.any()):
            pieces.append(np.zeros((count, *shape)) if plain else np.full(count, None, object))
        else:
            pieces.append(column.values if plain else _objects(column.values))
    present = [np.zeros(n, bool) if c is None else c.present for c, n in zip(columns, counts, strict=True)]
    if plain:
        dtype = np.result_type(*(c.values.dtype for c in columns if c is not None and c.present.any()))
        return Column(np.concatenate([piece.astype(dtype) for piece in pieces]), np.concatenate(present))
    return Column(np.concatenate(pieces), np.concatenate(present))


def _objects(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype == object:
        return values
    result = np.empty(len(values), object)
    result[:] = values.tolist() if values.ndim == 1 else [tuple(row) for row in values.tolist()]
    return result


def _dimensions(files: Sequence[DicomFile], table: FrameTable) -> tuple[Dimension, ...]:
    """The dimensions of the Dimension Index Sequence; empty unless all files agree."""
    found = {tuple(_pointers(file)) for file in files}
    if len(found) != 1:
        return ()
    dimensions = []
    for pointer, creator, group, group_creator, label in found.pop():
        keyword = field_name(pointer, creator or None)
        group_keyword = field_name(group, group_creator or None) if group else ""
        dimensions.append(make_dimension(keyword, table.paths, label=label, group=group_keyword, tag=pointer))
    return tuple(dimensions)


def _pointers(file: DicomFile) -> Iterable[tuple[int, str, int, str, str]]:
    sequence = file.element(DIMENSION_INDEX_SEQUENCE)
    for item in (sequence.items or []) if sequence is not None else []:
        raw = {element.tag: file.raw(element) for element in item.elements}
        pointer, group = (_tag(raw.get(tag, b""), file) for tag in (DIMENSION_POINTER, GROUP_POINTER))
        texts = (raw.get(tag, b"") for tag in (DIMENSION_CREATOR, GROUP_CREATOR, DIMENSION_LABEL))
        creator, group_creator, label = (file.source.decoder(text).strip(" \0") for text in texts)
        yield pointer, creator, group, group_creator, label


def _tag(raw: bytes, file: DicomFile) -> int:
    if len(raw) < 4:
        return 0
    group, element = np.frombuffer(raw[:4], np.dtype(f"{file.source.byte_order}u2")).tolist()
    return int(group) << 16 | int(element)


def _index(table: FrameTable) -> tuple[NDArray[np.int64] | None, tuple[str, ...]]:
    """Dimension Index Values of all frames (frames, dimensions), or None and why there are none."""
    if INDEX_VALUES not in table:
        return None, ()
    column = table.column(INDEX_VALUES)
    if not column.present.all():
        return None, (f"Dimension Index Values are missing in {int((~column.present).sum()):,} frames, so not used",)
    if column.values.dtype == object:
        return None, ("Dimension Index Values differ in number between frames, so they are not used",)
    return column.values.reshape(len(column.values), -1).astype(np.int64), ()
