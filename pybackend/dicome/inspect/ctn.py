"""What the programs of the Central Test Node showed: every element of a file; `raw` has the bytes of one.

The layout of the lines is theirs (group, element, length, description and value between slashes), the descriptions are
those of PS3.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dicome.dicom.columns import Source
from dicome.dicom.dataset import PER_FRAME_GROUPS, PIXEL_TAGS
from dicome.dicom.dictionary import field_name, is_private_creator, words_of
from dicome.dicom.file import UNDEFINED, DicomFile
from dicome.dicom.scan import Element
from dicome.dicom.transfer import TransferSyntax
from dicome.inspect.places import Place, item_source, places
from dicome.inspect.shown import single
from dicome.inspect.tail import Tail, tail_of
from dicome.safetext import visible

BIG_ENDIAN = TransferSyntax("", "big endian", explicit=False, byte_order=">")
"""What ``-b`` takes a data set without Part 10 header for."""
LENGTH_TO_END = 0x00080001
NAME_WIDTH = 31


@dataclass(frozen=True, slots=True)
class Options:
    """group_lengths: show (gggg,0000). to_end: only what (0008,0001) Length to End covers."""

    group_lengths: bool = True
    to_end: bool = False


def dump(file: DicomFile, options: Options = Options()) -> Iterator[str]:
    """All elements of a file as lines, frame by frame."""
    yield f"DICOM File: {visible(str(file.path))}"
    yield ""
    kind = "IMAGE" if file.pixels is not None else "UNKNOWN"
    elements, tail = _covered(file, options), tail_of(file)
    yield from _object(file.meta, file.meta_source, "ELEMENT LIST", options, 0) if file.meta else ()
    frames = next((k for k, e in enumerate(elements) if e.tag == PER_FRAME_GROUPS and file.frames is not None), None)
    if frames is None:
        yield from _object(elements, file.source, kind, options, 0, tail=tail)
        return
    yield from _begin(kind, sum(_size(element) for element in (*elements, *tail.elements)))
    yield from _elements(elements[:frames], file.source, options, 0)
    yield from _line(elements[frames], "SEQUENCE", "")
    yield from _frames(file, options)
    yield from _elements(elements[frames + 1 :], file.source, options, 0, tail=tail)
    yield "DCM Dump Elements Complete"
    yield ""


def _covered(file: DicomFile, options: Options) -> list[Element]:
    """The elements, or with Length to End those that it covers (bytes behind the element itself)."""
    end = file.element(LENGTH_TO_END) if options.to_end else None
    length = file.number(LENGTH_TO_END) if end is not None else None
    if end is None or length is None:
        return list(file.elements)
    return [element for element in file.elements if element.start < end.end + length]


def _object(
    elements: Sequence[Element],
    source: Source,
    kind: str,
    options: Options,
    level: int,
    start: int = 0,
    tail: Tail | None = None,
) -> Iterator[str]:
    yield from _begin(kind, sum(_size(element) for element, _ in _joined(elements, source, tail)), level)
    yield from _elements(elements, source, options, level, start, tail)
    yield f"{' ' * level}DCM Dump Elements Complete"
    yield ""


def _begin(kind: str, size: int, level: int = 0) -> Iterator[str]:
    indent = " " * level
    yield from (f"{indent}DCM Dump Elements", f"{indent}Object type: {kind}", f"{indent}Object size: {size}")


def _elements(
    elements: Sequence[Element],
    source: Source,
    options: Options,
    level: int,
    start: int = 0,
    tail: Tail | None = None,
) -> Iterator[str]:
    """The lines of some elements, a heading for every group."""
    indent, group = " " * level, -1
    of_group: dict[int, int] = {}
    joined = _joined(elements, source, tail)
    for element, _ in joined:
        of_group[element.tag >> 16] = of_group.get(element.tag >> 16, 0) + _size(element)
    for element, own in joined:
        if element.tag & 0xFFFF == 0 and not options.group_lengths:
            continue
        if element.tag >> 16 != group:
            group = element.tag >> 16
            yield f"{indent}Group: {group:04x}, Length: {of_group[group]:8d}"
        if element.items is not None:
            yield from _sequence(element, own, options, level, start)
        elif element.tag in PIXEL_TAGS:
            yield from _line(element, "Data on disk", indent)
        else:
            value = single(own, element.vr, start + element.offset, element.length)
            yield from _line(element, visible(value.text), indent)


def _joined(elements: Sequence[Element], source: Source, tail: Tail | None) -> list[tuple[Element, Source]]:
    joined = [(element, source) for element in elements]
    return joined if tail is None else [*joined, *((element, tail.source) for element in tail.elements)]


def _sequence(element: Element, source: Source, options: Options, level: int, start: int) -> Iterator[str]:
    indent = " " * level
    yield from _line(element, "SEQUENCE", indent)
    yield f"{indent}DCM Dump Sequence"
    for item in element.items or ():
        own = item_source(item.elements, source) if start == 0 else source
        yield from _object(item.elements, own, "UNKNOWN", options, level + 1, start)
    yield f"{indent}DCM Dump Sequence Complete"


def _frames(file: DicomFile, options: Options) -> Iterator[str]:
    assert file.frames is not None
    layouts = [layout.elements for layout in file.frames.layouts]
    yield "DCM Dump Sequence"
    for start, number in zip(file.frames.starts.tolist(), file.frames.layout_of.tolist(), strict=True):
        yield from _object(layouts[number], file.source, "UNKNOWN", options, 1, start)
    yield "DCM Dump Sequence Complete"


def _size(element: Element) -> int:
    length = 0 if element.length == UNDEFINED else element.length
    return element.offset - element.start + length


def _line(element: Element, value: str, indent: str) -> Iterator[str]:
    length = element.length if element.length != UNDEFINED else -1
    start = f"{indent}{element.tag >> 16:04x} {element.tag & 0xFFFF:04x} {length:8d} "
    yield f"{start}//{visible(_description(element)):>{NAME_WIDTH}}//{value}"


def _description(element: Element) -> str:
    if is_private_creator(element.tag):
        return "Private Creator"
    name = field_name(element.tag, element.creator)
    if not name.startswith("Private_"):
        return words_of(name)
    return f"{element.creator.strip()} {element.tag & 0xFF:02X}" if element.creator else "Unimplemented"


# -- verification ------------------------------------------------------------------------------------------------

_NUMBER = r"[ ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[ ]*"
FORMATS: dict[str, tuple[str, int]] = {
    "AS": (r"\d{3}[DWMY]", 4),
    "CS": (r"[A-Z0-9 _]*", 16),
    "DA": (r"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", 8),
    "DS": (_NUMBER, 16),
    "DT": (r"\d{4,14}(?:\.\d{1,6})?(?:[+-]\d{4})?", 26),
    "IS": (r"[ ]*[+-]?\d+[ ]*", 12),
    "TM": (r"(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d|60)?)?(?:\.\d{1,6})?", 14),
    "UI": (r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))*", 64),
    "SH": (r"[^\x00-\x1a\x1c-\x1f]*", 16),
    "LO": (r"[^\x00-\x1a\x1c-\x1f]*", 64),
}
"""Form and greatest length of a single value, by VR (PS3.5 table 6.2-1)."""


def verify(file: DicomFile) -> Iterator[str]:
    """What in the values contradicts their VR, one sentence each."""
    for place in places(file):
        element = place.element
        if place.columns is None and place.items < 0 and element.length % 2 and element.length != UNDEFINED:
            yield f"{_named(place)}: odd length of {element.length:,} bytes"
        form = FORMATS.get(element.vr)
        if form is None or place.items >= 0:
            continue
        for value in place.values()[0]:
            for part in value.text.split("\\"):
                if part and (len(part) > form[1] or not re.fullmatch(form[0], part)):
                    yield f"{_named(place)}: {visible(part[:80])!r} is not a value of {element.vr} (PS3.5 6.2)"


def _named(place: Place) -> str:
    element = place.element
    return f"({element.tag >> 16:04X},{element.tag & 0xFFFF:04X}) {visible('.'.join(place.names))}"
