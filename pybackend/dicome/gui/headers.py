"""Headers as rows of text: one per element, nested ones by the path of their names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dicome.dicom.columns import Source
from dicome.dicom.dataset import PER_FRAME_GROUPS
from dicome.dicom.dictionary import field_name
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.scan import Element
from dicome.header import index_of
from dicome.image import Image
from dicome.inspect.places import item_source
from dicome.inspect.shown import number_text, single

Row = tuple[str, str, str, str]
"""Tag ``(gggg,eeee)``, VR, path of names, value."""

LONGEST = 400
"""Letters of a value that are shown."""


def file_rows(file: DicomFile) -> list[Row]:
    """The elements of a file, those of its frames left out."""
    elements = [element for element in file.elements if element.tag != PER_FRAME_GROUPS]
    return [*_rows(file.meta, file.meta_source), *_rows(elements, file.source)]


def frame_rows(image: Image, number: int) -> list[Row]:
    """The elements of one frame (1-based): its item of the per-frame sequence, its file, or its row of the table."""
    file, within = _file_of(image, number)
    if file is None:
        return table_rows(image, number)
    if file.frames is None:
        return file_rows(file)
    frames = index_of(file)
    layout = frames.layouts[int(frames.layout_of[within])]
    return list(_rows(layout.elements, file.source, start=int(frames.starts[within])))


def shared_rows(image: Image, number: int) -> list[Row]:
    """What is true of all frames, where the frames have items of their own."""
    file, _ = _file_of(image, number)
    return file_rows(file) if file is not None and file.frames is not None else []


def _file_of(image: Image, number: int) -> tuple[DicomFile | None, int]:
    """The DICOM file of a frame, and the frame's place in it; None where its file is no DICOM."""
    series = image.series
    if not series.files:
        return None, 0
    first = 0
    if len(series.files) == len(series.pixels):
        for file, pixels in zip(series.files, series.pixels, strict=True):
            if number - 1 < first + pixels.frame_count and file.frames is not None:
                return file, number - 1 - first
            first += pixels.frame_count
    path = image.frame_files[number - 1]
    return _opened(path, series.files), 0


def _opened(path: Path, files: Sequence[DicomFile]) -> DicomFile:
    return next((file for file in files if file.path == path), None) or open_file(path)


def table_rows(image: Image, number: int) -> list[Row]:
    """One row of the frame table."""
    table = image.frames
    found = []
    for path in table.paths:
        column = table.column(path)
        if column.present[number - 1]:
            value = column.values[number - 1]
            found.append(("", "", path, _clipped("\\".join(map(_number, np.ravel(value).tolist())))))
    return found


def _rows(elements: Sequence[Element], source: Source, path: str = "", start: int = 0) -> Iterator[Row]:
    """Elements whose positions count from ``start``."""
    for element in elements:
        name = path + field_name(element.tag, element.creator)
        tag = f"({element.tag >> 16:04X},{element.tag & 0xFFFF:04X})"
        if element.items is None:
            text = single(source, element.vr, start + element.offset, element.length).text
            yield tag, element.vr, name, _clipped(text)
            continue
        if not element.items:
            yield tag, "SQ", name, "no items"
        for count, item in enumerate(element.items, start=1):
            inner = f"{name}." if len(element.items) == 1 else f"{name}[{count}]."
            yield from _rows(item.elements, source if start else item_source(item.elements, source), inner, start)


def _number(value: Any) -> str:
    return number_text(value) if isinstance(value, float) else str(value)


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + " ..."
