"""One data set as values by tag: read from a file as bytes, handed to the writer as they are.

Neither text nor number is decoded on the way, so that what goes from a classic file to an enhanced one is the same to
the last blank. Private tags are moved into the blocks that scanners use (see `enhanced.philips`), because archives
move them; creators are left out here and written again where they are needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom import values as decode
from dicome.dicom.columns import Source
from dicome.dicom.dictionary import is_private_creator
from dicome.dicom.file import DicomFile
from dicome.dicom.layouts import Layout
from dicome.dicom.scan import Element
from dicome.enhanced.encode import NUMBERS, WORDS, Raw, element
from dicome.enhanced.philips import BLOCKS

Value = Raw | list["Values"]
Values = dict[int, tuple[str, Value, str]]
"""Tag to VR, value and private creator ('' for public tags)."""

SEQUENCE = "SQ"
CREATOR_VR = "LO"


def file_values(file: DicomFile) -> Values:
    """Top level of a file, without pixels and per-frame items."""
    elements = (one for one in file.elements if file.frames is None or one.tag != 0x52009230)
    return values_of(elements, file.source, 0)


def frame_values(file: DicomFile, numbers: Iterable[int]) -> list[Values]:
    """The items of some frames (0-based) of an enhanced file."""
    index = file.frames
    if index is None:
        return []
    trees: dict[int, list[Element]] = {}
    result = []
    for number in numbers:
        layout_number = int(index.layout_of[number])
        if layout_number not in trees:
            trees[layout_number] = _elements(index.layouts[layout_number])
        result.append(values_of(trees[layout_number], file.source, int(index.starts[number])))
    return result


def _elements(layout: Layout) -> list[Element]:
    return layout.elements


def values_of(elements: Iterable[Element], source: Source, start: int) -> Values:
    """Elements whose positions count from ``start`` as values by tag."""
    found: Values = {}
    for one in elements:
        if is_private_creator(one.tag) or one.tag & 0xFFFF == 0:
            continue
        creator = (one.creator or "").strip() if one.tag >> 16 & 1 else ""
        tag = usual_tag(one.tag, creator)
        if tag in found:
            tag = one.tag  # two blocks of one creator: the second stays where it is
        value: Value
        if one.items is None:
            value = _raw(one, source, start)
        else:
            value = [values_of(item.elements, source, start) for item in one.items]
        found[tag] = one.vr or "UN", value, creator
    return found


def usual_tag(tag: int, creator: str) -> int:
    """A private tag in the block that scanners give its creator; others as they are."""
    return (tag & 0xFFFF00FF) | BLOCKS[creator] << 8 if creator in BLOCKS else tag


def _raw(one: Element, source: Source, start: int) -> Raw:
    data = source.data[start + one.offset : start + one.offset + max(one.length, 0)]
    if source.byte_order == ">":
        size = (
            np.dtype(NUMBERS[one.vr]).itemsize if one.vr in NUMBERS else 2 if one.vr == "AT" else WORDS.get(one.vr, 1)
        )
        if size > 1 and len(data) % size == 0:
            data = data.view(f">u{size}").astype(f"<u{size}").view(np.uint8)
    return Raw(data.tobytes())


def elements_of(values: Mapping[int, tuple[str, Value, str]]) -> list[tuple[int, str, Any]]:
    """Values as the writer takes them: elements in order of tags, private creators before what they reserve."""
    found: list[tuple[int, str, Any]] = []
    creators: dict[int, str] = {}
    for tag, (vr, value, creator) in values.items():
        found.append((tag, vr, [elements_of(item) for item in value] if isinstance(value, list) else value))
        if creator:
            creators[(tag & 0xFFFF0000) | (tag >> 8 & 0xFF)] = creator
    found += [(tag, CREATOR_VR, creator) for tag, creator in creators.items()]
    return sorted(found, key=lambda one: one[0])


def encoded(values: Mapping[int, tuple[str, Value, str]]) -> bytes:
    """A data set in explicit little endian, sequences of undefined length, as scanners write it."""
    return b"".join(element(*one) for one in elements_of(values))


def text(values: Mapping[int, tuple[str, Value, str]], tag: int) -> str:
    """Text of an element, '' where absent; in Latin-1, which keeps every byte."""
    found = values.get(tag)
    if found is None or isinstance(found[1], list):
        return ""
    return found[1].decode("latin-1").strip(" \0")


def numbers(values: Mapping[int, tuple[str, Value, str]], tag: int) -> NDArray[Any]:
    """Numbers of an element as an array, empty where absent or no (finite) numbers."""
    found = values.get(tag)
    if found is None or isinstance(found[1], list) or not found[1]:
        return np.empty(0)
    vr, raw = found[0], np.frombuffer(found[1], np.uint8)
    read = decode.numbers(raw[None], vr, "<")[0] if vr in decode.NUMERIC else decode.number_text(found[1])
    return np.asarray(read) if np.isfinite(read).all() else np.empty(0)


def number(values: Mapping[int, tuple[str, Value, str]], tag: int) -> float | None:
    """First number of an element, None where there is none."""
    found = numbers(values, tag)
    return float(found[0]) if found.size and np.isfinite(found[0]) else None
