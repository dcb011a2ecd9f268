"""How people name attributes: keyword or number, private ones by their creator, nested ones by a path.

    PatientName   0008,103e   (0008,103E)   0008103e          keyword or number
    MRScaleSlope   2005,100e   2005,"Philips MR Imaging DD 001",0e    private
    MREchoSequence.EffectiveEchoTime   5200,9230[3].0018,9114         nested; [3]: the third item only
    ProtocolName:EchoTime:*                                   several; * is all of them

A private number means the element that the scanner's creator of that block defines, wherever the block lies in a file
(a PACS may move it); where a file has no such element, what stands at that very number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from dicome.dicom.dictionary import (
    field_name,
    is_private_creator,
    is_private_keyword,
    private_tag_of,
    tag_of,
    what_is_unknown,
)
from dicome.dicom.scan import Element
from dicome.enhanced.layouts import PHILIPS
from dicome.errors import ArgumentError, ColumnError

ALL = "*"
"""Stands for all attributes."""

Key = tuple[int, str]
"""What an element is, wherever its block lies: tag and creator; of known creators the tag without its block."""

_NUMBER = re.compile(r"\(?([0-9a-fA-F]{4}),?\s*([0-9a-fA-F]{4})\)?")
_BY_CREATOR = re.compile(r"\(?([0-9a-fA-F]{4}),\s*\"([^\"]+)\",\s*(?:xx)?([0-9a-fA-F]{2})\)?")
_ITEM = re.compile(r"(.*?)(?:\[([0-9]{1,9})\])?")
_PARTS = re.compile(r'(?:"[^"]*"|[^":])+')
_STEPS = re.compile(r'(?:"[^"]*"|[^"./])+')


def key_of(element: Element) -> Key:
    """What an element is."""
    if element.tag >> 16 & 1 and element.creator and element.tag & 0xFFFF > 0xFF:
        return element.tag & 0xFFFF00FF, element.creator.strip().casefold()
    return element.tag, ""


@dataclass(frozen=True, slots=True)
class Step:
    """One name of a path. key: see `key_of`; literal: the number as it stands, whoever owns it; item: from 1, 0 any."""

    key: Key
    item: int = 0
    literal: bool = False

    def fits(self, element: Element, item: int) -> bool:
        """Whether it means this element, and this item of it (0: none of its items)."""
        if self.item and item and self.item != item:
            return False
        return element.tag == self.key[0] if self.literal else key_of(element) == self.key


@dataclass(frozen=True)
class Wanted:
    """One attribute asked for. name: as it is shown; ways: paths that mean it, the first that a file has counts."""

    name: str
    ways: tuple[tuple[Step, ...], ...]

    @cached_property
    def number(self) -> str:
        """The tag of its first way, ``0008,103e``; of a private one in its usual block, ``xx`` where there is none."""
        step = self.ways[0][-1]
        tag, creator = step.key
        group, low = f"{tag >> 16:04x}", tag & 0xFFFF
        if not creator:
            return f"{group},{low:04x}"
        block = _USUAL_BLOCKS.get(creator)
        return f"{group},{'xx' if block is None else f'{block:02x}'}{low:02x}"


_USUAL_BLOCKS = {creator.casefold(): block for creator, block in PHILIPS.blocks.items()}


def parse_tags(text: str) -> list[Wanted | None]:
    """The attributes of a colon separated list; None for ``*``. Raises ArgumentError with the nearest names."""
    parts = [part.strip() for part in _PARTS.findall(text)]
    if not any(parts) or text.count('"') % 2:
        raise ArgumentError(f"tags {text!r}: expected keywords or numbers such as PatientName:0008,103e")
    return [None if part == ALL else parse_tag(part) for part in parts if part]


def parse_tag(text: str) -> Wanted:
    """One attribute, by keyword, number or path. Raises ArgumentError."""
    steps = [_step(part.strip(), text) for part in _STEPS.findall(text)]
    if not steps:
        raise ArgumentError(f"tag {text!r}: expected a keyword or a number such as 0008,103e")
    ways = [tuple(ways[0] for ways in steps)]
    if any(len(ways) > 1 for ways in steps):
        ways.append(tuple(ways[-1] for ways in steps))
    return Wanted(text.strip().removeprefix("."), tuple(ways))


def _step(text: str, whole: str) -> tuple[Step, ...]:
    """One step of a path, in the ways it can be meant."""
    found = _ITEM.fullmatch(text)
    name, item = (found[1], int(found[2] or 0)) if found else (text, 0)
    if found and found[2] and not item:
        raise ArgumentError(f"tag {whole!r}: items count from 1, as in {name}[1]")
    if by_creator := _BY_CREATOR.fullmatch(name):
        group, creator, byte = by_creator.groups()
        return (Step((int(group, 16) << 16 | int(byte, 16), creator.strip().casefold()), item),)
    if number := _NUMBER.fullmatch(name):
        return _by_number(int(number[1] + number[2], 16), item)
    if not is_private_keyword(name):
        try:
            return (Step((tag_of(name), ""), item),)
        except ColumnError:
            raise ArgumentError(f"tag {whole!r}: {what_is_unknown(name)} (numbers do as well: 0008,103e)") from None
    private = private_tag_of(name)
    return (Step((private.group << 16 | private.element_byte, private.creator.casefold()), item),)


def _by_number(tag: int, item: int) -> tuple[Step, ...]:
    literal = Step((tag, ""), item, literal=bool(tag >> 16 & 1))
    creator = usual_creator(tag)
    if creator is None:
        return (literal,)
    return Step((tag & 0xFFFF00FF, creator.casefold()), item), literal


def usual_creator(tag: int) -> str | None:
    """The creator that a scanner of Philips gives the block of a private tag; None of other vendors."""
    group, block = tag >> 16, tag >> 8 & 0xFF
    if not group & 1 or is_private_creator(tag):
        return None
    for creator, usual in PHILIPS.blocks.items():
        if usual == block and _group_of(creator) == group:
            return creator
    return None


def _group_of(creator: str) -> int:
    return 0x2001 if creator.startswith("Philips Imaging") else 0x2005


def number_of(element: Element) -> str:
    """The tag as people write it, ``gggg,eeee``."""
    return f"{element.tag >> 16:04x},{element.tag & 0xFFFF:04x}"


def name_of_element(element: Element) -> str:
    """Keyword of an element, else ``gggg,eeee``."""
    name = field_name(element.tag, element.creator)
    return number_of(element) if name.startswith("Private_") else name


def typed_name(element: Element) -> str:
    """What `parse_tag` takes for this element and no other: its keyword, where that means it.

    Else its number; of a private one creator and number: no table knows it, or its keyword is that of another one.
    """
    name = name_of_element(element)
    if "," not in name and parse_tag(name).ways[0][0].key == key_of(element):
        return name
    group = element.tag >> 16
    if group & 1 and element.creator and '"' not in element.creator:
        return f'{group:04x},"{element.creator.strip()}",{element.tag & 0xFF:02x}'
    return number_of(element)
