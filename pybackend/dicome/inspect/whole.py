"""One file from begin to end, cleaner than a dump: sequences indented, private names with a dot, frames folded.

The frames of an enhanced file repeat each other: the first is written out, of the others only what differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dicome.dicom.columns import ItemColumns, Source
from dicome.dicom.dataset import PER_FRAME_GROUPS
from dicome.dicom.dictionary import field_name, is_private_creator
from dicome.dicom.file import DicomFile
from dicome.dicom.layouts import ItemIndex
from dicome.dicom.scan import Element
from dicome.inspect.compare import of_values
from dicome.inspect.places import item_source
from dicome.inspect.render import CUT, columns_of, cut
from dicome.inspect.shown import column, single
from dicome.inspect.tail import tail_of
from dicome.safetext import visible

INDENT = "  "
NAME_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One line. number: ``gggg,eeee`` or '' for items; value: text, data: for JSON (None for items and sequences)."""

    level: int
    number: str
    vr: str
    name: str
    value: str = ""
    data: Any = None


def whole(file: DicomFile, unfold: bool = False) -> Iterator[Line]:
    """All elements of a file; of frames after the first only what differs, unless ``unfold``."""
    yield from _lines(file.meta, file.meta_source, 0)
    for element in file.elements:
        if element.tag == PER_FRAME_GROUPS and file.frames is not None:
            yield _line(element, 0, f"({len(file.frames):,} item{'s' * (len(file.frames) != 1)})")
            yield from _frames(file.frames, file.source, unfold)
        else:
            yield from _lines([element], file.source, 0)
    tail = tail_of(file)
    yield from _lines(tail.elements, tail.source, 0)


def _lines(elements: Sequence[Element], source: Source, level: int, start: int = 0) -> Iterator[Line]:
    """Elements whose positions count from ``start``."""
    for element in elements:
        if element.items is None:
            value = single(source, element.vr, start + element.offset, element.length)
            yield _line(element, level, value.text, value.data)
            continue
        yield _line(element, level, f"({len(element.items):,} item{'s' * (len(element.items) != 1)})")
        for number, item in enumerate(element.items, 1):
            yield Line(level + 1, "", "", f"Item {number}")
            yield from _lines(item.elements, _own_source(item.elements, source, start), level + 2, start)


def _own_source(elements: Sequence[Element], source: Source, start: int) -> Source:
    return item_source(elements, source) if start == 0 else source


def _line(element: Element, level: int, value: str, data: Any = None) -> Line:
    number = f"{element.tag >> 16:04x},{element.tag & 0xFFFF:04x}"
    return Line(level, number, element.vr, dotted_name(element), value, data)


def dotted_name(element: Element) -> str:
    """The keyword; a private one with a dot before it, an unknown one by its creator."""
    if not element.tag >> 16 & 1:
        return field_name(element.tag)
    if is_private_creator(element.tag):
        return ".PrivateCreator"
    name = field_name(element.tag, element.creator)
    if not name.startswith("Private_"):
        return f".{name}"
    return f".{element.creator.strip()} {element.tag & 0xFF:02x}" if element.creator else ".Unknown"


def _frames(index: ItemIndex, source: Source, unfold: bool) -> Iterator[Line]:
    for frame in range(len(index) if unfold else min(len(index), 1)):
        yield Line(1, "", "", f"Item {frame + 1}")
        layout = index.layouts[int(index.layout_of[frame])]
        yield from _lines(layout.elements, source, 2, int(index.starts[frame]))
    if not unfold and len(index) > 1:
        yield from _folded(ItemColumns(source, index), len(index))


def _folded(columns: ItemColumns, count: int) -> Iterator[Line]:
    """The second frame and those behind it: what differs from the first."""
    differing = [line for path in columns.paths if (line := _differing(columns, path)) is not None]
    names = "Item 2" if count == 2 else f"Item 2..{count}"
    yield Line(1, "", "", f"{names}: as Item 1" + (" but" if differing else ""))
    yield from differing


def _differing(columns: ItemColumns, path: str) -> Line | None:
    values, codes = column(columns.source, columns.spots(path))
    others = codes[1:]
    if (others == codes[0]).all():
        return None
    present = others[others >= 0]
    answer = of_values([values[code] for code in dict.fromkeys(present.tolist())])
    text = answer.text if present.size else "(absent)"
    if 0 < present.size < others.size:
        text += f" in {present.size:,} of {others.size:,}"
    names = ".".join(dotted_name(element).removeprefix(".") for element, _ in columns.chains[path])
    element = columns.chains[path][-1][0]
    private = "." if element.tag >> 16 & 1 else ""
    data = {"value": answer.data, "items": int(np.count_nonzero(others >= 0))}
    return Line(2, f"{element.tag >> 16:04x},{element.tag & 0xFFFF:04x}", element.vr, f"{private}{names}", text, data)


def as_text(lines: Iterator[Line], width: int) -> Iterator[str]:
    """Indented lines, cut at the width (0: no limit)."""
    for line in lines:
        indent = INDENT * line.level
        name = visible(line.name)
        if not line.number:
            yield f"{indent}{name}"
            continue
        filled = name + " " * (NAME_WIDTH - len(indent) - len(name))
        start = f"{indent}{line.number} {line.vr or '  '} {filled}  "
        yield (start + cut(visible(line.value), max(width - columns_of(start), len(CUT)) if width else 0)).rstrip()


def as_data(lines: Iterator[Line]) -> list[dict[str, Any]]:
    """For JSON: the same lines, nesting told by ``level``."""
    return [
        {"level": line.level, "tag": line.number or None, "vr": line.vr or None, "name": line.name,
         "value": line.data if line.data is not None else line.value or None}
        for line in lines
    ]  # fmt: skip
