"""Attributes of a raw data file in dcmdump's layout, found by tag or keyword; parameters of its blobs by their name.

``(0018,1030) LO [T1W]    #   4, 1 ProtocolName``
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from dicome.dicom import values as decode
from dicome.dicom.dictionary import PrivateElement, keyword_of, private_tag_of, tag_of
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.scan import Element
from dicome.errors import ArgumentError, ColumnError
from dicome.philips.groups import ParameterGroup
from dicome.philips.sources import Source
from dicome.philips.text import group_lines

SHORT = 64
"""Characters of a value that are shown unless it is to be shown completely."""
VALUE_WIDTH = 40
_TAG = re.compile(r"\(?([0-9a-fA-F]{4}),([0-9a-fA-F]{4})\)?")


def search_lines(source: Source, wanted: Sequence[str], *, complete: bool = False) -> Iterator[str]:
    """What a file has of each attribute or parameter. Raises ArgumentError where a name is neither."""
    for name in wanted:
        lines = parameter_lines(source, name)
        if lines or source.raw is None:
            yield from lines
        else:
            yield from attribute_lines(open_file(source.path), name, complete=complete)


def attribute_lines(file: DicomFile, wanted: str, *, complete: bool = False) -> Iterator[str]:
    """Every occurrence of an attribute, in sequences too.

    wanted: ``gggg,eeee``, or a keyword of DICOM or of Philips. Raises ArgumentError where it is neither.
    """
    matches = _matcher(wanted)
    for meta, elements in ((True, file.meta), (False, file.elements)):
        for element, depth in _walk(elements):
            if matches(element):
                yield "  " * depth + _line(file, element, meta, complete)


class _matcher:  # noqa: N801 - a function with a memory
    """Whether an element is the one wanted."""

    def __init__(self, wanted: str) -> None:
        tag = _TAG.fullmatch(wanted.strip())
        self.tag = int(tag[1] + tag[2], 16) if tag else None
        self.private: PrivateElement | None = None
        if self.tag is None:
            self._look_up(wanted.strip())

    def _look_up(self, keyword: str) -> None:
        try:
            self.tag = tag_of(keyword)
        except ColumnError:
            try:
                self.private = private_tag_of(keyword)
            except ColumnError:
                raise ArgumentError(
                    f"+P {keyword}: expected a tag such as 0018,1030, a keyword, or the name of a parameter"
                ) from None

    def __call__(self, element: Element) -> bool:
        if self.private is None:
            return element.tag == self.tag
        creator, group, byte = self.private
        same_place = element.tag >> 16 == group and element.tag & 0xFF == byte and element.tag & 0xFFFF >= 0x1000
        return same_place and (element.creator or "").strip().casefold() == creator.casefold()


def _walk(elements: Sequence[Element], depth: int = 0) -> Iterator[tuple[Element, int]]:
    for element in elements:
        yield element, depth
        for item in element.items or ():
            yield from _walk(item.elements, depth + 1)


def _line(file: DicomFile, element: Element, meta: bool, complete: bool) -> str:
    count, value = _value(file, element, meta, complete)
    name = keyword_of(element.tag, element.creator) or "Unknown Tag & Data"
    tag = f"({element.tag >> 16:04x},{element.tag & 0xFFFF:04x})"
    return f"{tag} {element.vr or 'na'} {value:<{VALUE_WIDTH}} # {max(element.length, 0):3}, {count} {name}"


def _value(file: DicomFile, element: Element, meta: bool, complete: bool) -> tuple[int, str]:
    """Multiplicity and text of a value."""
    if element.items is not None:
        return 1, f"(Sequence with {len(element.items)} items)"
    if element.length <= 0:
        return 0, "(no value available)"
    source = file.meta_source if meta else file.source
    raw = source.data[element.offset : element.end].tobytes()
    if element.vr in ("OB", "OW", "UN"):
        return 1, _shortened(raw.hex("\\"), complete)
    if element.vr in decode.NUMERIC:
        numbers = decode.numbers(np.frombuffer(raw, np.uint8)[None], element.vr, source.byte_order)[0]
        return len(numbers), _shortened("\\".join(str(one).removesuffix(".0") for one in numbers), complete)
    decoder = source.decoder if element.vr in decode.EXTENDED_TEXT else decode.plain_text
    text = decode.clean(decoder(raw), element.vr)
    return text.count("\\") + 1, f"[{_shortened(text, complete)}]"


def _shortened(text: str, complete: bool) -> str:
    return text if complete or len(text) <= SHORT else f"{text[:SHORT]}..."


def parameter_lines(source: Source, name: str) -> list[str]:
    """The lines of a parameter in every blob or scan that has it, in upper or lower case; empty where none has."""
    found = [(where, line) for where, group in _groups(source) for line in _lines_of(group, name)]
    lines: list[str] = []
    for where, same in groupby(found, lambda one: one[0]):
        lines += [f"--- {where}", *(line for _, line in same)]
    return lines


def _lines_of(group: ParameterGroup, name: str) -> list[str]:
    kept = tuple(parameter for parameter in group.parameters if parameter.name.lower() == name.lower())
    return list(group_lines(ParameterGroup(kept, group.size)))


def _groups(source: Source) -> Iterator[tuple[str, ParameterGroup]]:
    for blob in source.raw.blobs if source.raw is not None else ():
        if isinstance(blob.content, ParameterGroup):
            yield blob.name, blob.content
    for scan in source.card.scans if source.card is not None else ():
        if scan.parameters is not None:
            yield scan.name, scan.parameters
