"""Single-frame files of one series to the same `Series` that an enhanced file makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dicome.classic.dimensions import derived, enhanced_index
from dicome.classic.headers import Headers
from dicome.classic.pixels import pixels_of
from dicome.classic.shapes import Kind
from dicome.dicom.columns import ItemColumns
from dicome.dicom.dictionary import field_name
from dicome.dicom.file import open_file
from dicome.dicom.layouts import ItemIndex
from dicome.dicom.pixels import pixel_format
from dicome.errors import SeriesError, UnsupportedError
from dicome.frames.table import Column, FrameTable
from dicome.series import Series

SAME = ("SeriesInstanceUID", "Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored", "PixelRepresentation",
        "PhotometricInterpretation", "PlanarConfiguration")  # fmt: skip
"""What the files of one image have in common."""
_META_GROUP = 0x0002


def open_classic(headers: Headers, notes: Sequence[str] = ()) -> Series:
    """The files as one image: one row of the frame table per file, in the order of Instance Number, then of names.

    notes: what to say besides of where the files come from. Raises SeriesError where the files do not belong together,
    UnsupportedError for mosaics.
    """
    headers = headers.part(_in_order(headers))
    base = FrameTable(len(headers), _makers(headers))
    _check_together(headers, base)
    _check_mosaic(headers, base)
    more, evidence = derived(base)
    table = FrameTable(len(headers), {**{path: _again(base, path) for path in base.paths}, **more})
    indexed = enhanced_index(table)
    first = open_file(headers.paths[0])
    return Series(
        files=(first,),
        table=table,
        pixels=(pixels_of(headers, pixel_format(first)),),
        index=indexed.index,
        dimensions=indexed.dimensions,
        notes=(*notes, *indexed.notes, *evidence),
        warnings=(*headers.notes, *_character_sets(headers)),
        paths=headers.paths,
        made_index=True,
    )


def _in_order(headers: Headers) -> NDArray[np.int64]:
    """Rows by Instance Number (0020,0013), then by name."""
    columns = headers.columns
    numbers = np.zeros(len(headers))
    if "InstanceNumber" in columns.paths:
        values, present = columns.column("InstanceNumber")
        if values.dtype != object and values.ndim == 1:
            numbers[present] = values[present]
    names = np.array([path.name for path in headers.paths])
    return np.lexsort((names, numbers)).astype(np.int64)


def _makers(headers: Headers) -> dict[str, Callable[[], Column]]:
    columns = headers.columns
    meta = set(_meta_names(headers.index))
    return {path: _maker(columns, path) for path in columns.paths if path not in meta}


def _meta_names(index: ItemIndex) -> Iterator[str]:
    """Names of the file meta information, which says how a file is written, not what the frame is."""
    for layout in index.layouts:
        for element in layout.shape.elements:
            if element.tag >> 16 == _META_GROUP:
                yield field_name(element.tag, None)


def _maker(columns: ItemColumns, path: str) -> Callable[[], Column]:
    return lambda: Column(*columns.column(path))


def _again(table: FrameTable, path: str) -> Callable[[], Column]:
    return lambda: table.column(path)


def _check_together(headers: Headers, table: FrameTable) -> None:
    for name in (name for name in SAME if name in table.paths):
        column = table.column(name)
        _same(column.values.tolist(), headers.paths, name)
    _same([kind.syntax.byte_order for kind in _kinds(headers)], headers.paths, "order of bytes")
    _same([f"({k.pixel_tag >> 16:04X},{k.pixel_tag & 0xFFFF:04X})" for k in _kinds(headers)], headers.paths, "pixels")
    _check_objects(headers, table)


def _kinds(headers: Headers) -> list[Kind]:
    return [headers.kinds[number] for number in headers.kind_of.tolist()]


def _same(values: Sequence[object], paths: Sequence[Path], name: str) -> None:
    other = next((k for k, value in enumerate(values) if value != values[0]), None)
    if other is not None:
        raise SeriesError(
            f"these files make no single image: {name} is {values[0]} in {paths[0].name} but {values[other]} in "
            f"{paths[other].name}; open the files of one image at a time, as a list"
        )


def _check_objects(headers: Headers, table: FrameTable) -> None:
    """No object twice: the copies would be taken for repeats."""
    if "SOPInstanceUID" not in table.paths:
        return
    seen: dict[str, Path] = {}
    for uid, path in zip(table.column("SOPInstanceUID").values.tolist(), headers.paths, strict=True):
        if uid and seen.setdefault(uid, path) is not path:
            raise SeriesError(f"{seen[uid]} and {path} are the same object (SOP Instance UID {uid})")


def _check_mosaic(headers: Headers, table: FrameTable) -> None:
    if "ImageType" not in table.paths:
        return
    for kind, path in zip(table.column("ImageType").values.tolist(), headers.paths, strict=True):
        if kind and "MOSAIC" in kind.split("\\"):
            raise UnsupportedError(
                f"{path}: a Siemens mosaic (all slices of a volume in one picture), which dicome does not take apart; "
                "convert the series with another program first (e.g. dcm2niix)"
            )


def _character_sets(headers: Headers) -> tuple[str, ...]:
    found = dict.fromkeys(kind.character_set for kind in _kinds(headers))
    if len(found) < 2:
        return ()
    return (f"the files have different character sets ({', '.join(map(repr, found))}); text is read by the first",)
