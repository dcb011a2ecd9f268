"""Attributes of a raw data file in dcmdump's layout, found by tag or keyword; parameters of its blobs by their name.

``(0018,1030) LO [T1W]    #   4, 1 ProtocolName``
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from dicome.dicom.dictionary import keyword_of
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.scan import HopelessError
from dicome.dicom.values import NUMERIC
from dicome.inspect.places import Place, find_all
from dicome.inspect.tags import parse_tag
from dicome.philips.cut import open_cut
from dicome.philips.groups import ParameterGroup
from dicome.philips.sources import Source
from dicome.philips.text import group_lines

SHORT = 64
"""Characters of a value that are shown unless it is to be shown completely."""
VALUE_WIDTH = 40
BYTES = frozenset(("OB", "OW", "UN"))


def search_lines(source: Source, wanted: Sequence[str], *, complete: bool = False) -> Iterator[str]:
    """What a file has of each parameter, or attribute in whatever sequence it stands.

    wanted: the name of a parameter, else a tag or keyword as dcminfo takes them. Raises ArgumentError where a name is
    neither.
    """
    for name in wanted:
        lines = parameter_lines(source, name)
        if lines:
            yield from lines
            continue
        tag = parse_tag(name)
        if source.raw is not None:
            (found,) = find_all(_opened(source), [tag])
            yield from (_line(place, complete) for place in found)


def _opened(source: Source) -> DicomFile:
    """The file; of one that was cut off what there is of it."""
    try:
        return open_file(source.path)
    except HopelessError:
        return open_cut(source.path)


def _line(place: Place, complete: bool) -> str:
    element = place.element
    count, value = _value(place, complete)
    name = keyword_of(element.tag, element.creator) or "Unknown Tag & Data"
    tag = f"({element.tag >> 16:04x},{element.tag & 0xFFFF:04x})"
    indent = "  " * (len(place.chain) - 1)
    return f"{indent}{tag} {element.vr or 'na'} {value:<{VALUE_WIDTH}} # {max(element.length, 0):3}, {count} {name}"


def _value(place: Place, complete: bool) -> tuple[int, str]:
    """Multiplicity and text of a value, in brackets where it is text."""
    element = place.element
    if place.items >= 0:
        return 1, place.value().text
    if element.length <= 0:
        return 0, "(no value available)"
    if element.vr in BYTES:
        end = element.end if complete else min(element.end, element.offset + SHORT)
        raw = place.source.data[element.offset : end].tobytes()
        return 1, _shortened(_words(raw) if element.vr == "OW" else raw.hex("\\"), complete)
    text = place.value().text
    shown = _shortened(text, complete)
    return text.count("\\") + 1, shown if element.vr in NUMERIC else f"[{shown}]"


def _words(raw: bytes) -> str:
    """Words of 16 bits, as dcmdump shows OW."""
    return "\\".join(raw[k : k + 2][::-1].hex() for k in range(0, len(raw), 2))


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
