"""Follows an item of known shape: compares its header bytes and jumps from value to value.

Where texts differ in length from frame to frame, hardly two items have one layout, but they still have one shape: the
same bytes between the values, except the lengths. Following that costs a tenth of a walk. An item that fits in every
header byte, and in the ends of all its sequences of defined length, is read as a walk would read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Literal, NamedTuple

from dicome.dicom.scan import UNDEFINED, Buffer, ByteOrder, Element, Item

_ORDERS: dict[ByteOrder, Literal["little", "big"]] = {"<": "little", ">": "big"}


class Field(NamedTuple):
    """A length that may differ between items: ``before`` are the header bytes ahead of it, ``size`` their number,
    ``width`` the bytes of the length itself. A value follows at once, or, in a container, other fields.
    """

    before: bytes
    size: int
    width: int
    is_value: bool


class Close(NamedTuple):
    """Where a sequence or item of defined length ends: ``shift`` bytes behind field number ``last``."""

    container: int
    last: int
    shift: int


@dataclass(frozen=True, slots=True)
class Guide:
    """How to follow items of one shape; equal for items of equal shape."""

    fields: tuple[Field, ...]
    closes: tuple[Close, ...]
    tail: bytes
    byte_order: ByteOrder

    def follow(self, buffer: Buffer, at: int, limit: int) -> tuple[list[int], int] | None:
        """Lengths of all values but fixed ones, and the end of the item at ``at``; None where it has another shape."""
        order = _ORDERS[self.byte_order]
        lengths: list[int] = []
        ends: list[int] = []
        for before, size, width, is_value in self.fields:
            middle = at + size
            if buffer[at:middle] != before:
                return None
            at = middle + width
            length = int.from_bytes(buffer[middle:at], order)
            lengths.append(length)
            if is_value:
                at += length
            ends.append(at)
        end = at + len(self.tail)
        if end > limit or buffer[at:end] != self.tail:
            return None
        for container, last, shift in self.closes:
            if ends[container] + lengths[container] != ends[last] + shift:
                return None
        return [n for n, field in zip(lengths, self.fields, strict=True) if field.is_value], end


def guide_of(item: Item, buffer: Buffer, byte_order: ByteOrder) -> Guide:
    """The guide to items shaped like this one, which has just been walked."""
    maker = _Maker(bytes(buffer[item.start : item.end]), item.start, byte_order)
    maker.item(item)
    return Guide(tuple(maker.fields), tuple(maker.closes), maker.content[maker.at :], byte_order)


class _Maker:
    """Cuts the bytes of an item at its lengths; ``at`` is where the next piece of header begins, from the item's begin.

    origin: where the item begins, which positions of elements are counted from.
    """

    def __init__(self, content: bytes, origin: int, byte_order: ByteOrder) -> None:
        self.content = content
        self.origin = origin
        self.number = Struct(byte_order + "I").unpack_from
        self.at = 0
        self.fields: list[Field] = []
        self.closes: list[Close] = []

    def item(self, item: Item) -> None:
        number = self.open(item.start + 4)
        for element in item.elements:
            self.element(element)
        self.close(number, item.end)

    def element(self, element: Element) -> None:
        if element.items is not None:
            number = self.open(element.offset - 4)
            for item in element.items:
                self.item(item)
            self.close(number, element.end)
        elif not element.fixed:
            self.cut(element.offset, self.width_of_length(element), True)
            self.at = element.end - self.origin

    def width_of_length(self, element: Element) -> int:
        """Bytes of the length before a value: two in the short form of explicit VR (PS3.5 7.1.2), else four."""
        if element.offset - element.start == 12:
            return 4
        return 4 if self.number(self.content, element.offset - 4 - self.origin)[0] == element.length else 2

    def open(self, at: int) -> int | None:
        """Number of the field of a container whose length, at ``at``, is defined."""
        if self.number(self.content, at - self.origin)[0] == UNDEFINED:
            return None
        self.cut(at + 4, 4, False)
        return len(self.fields) - 1

    def close(self, number: int | None, end: int) -> None:
        if number is not None:
            self.closes.append(Close(number, len(self.fields) - 1, end - self.origin - self.at))

    def cut(self, end: int, width: int, is_value: bool) -> None:
        """Ends a field with the length that ends at ``end``."""
        before = self.content[self.at : end - width - self.origin]
        self.fields.append(Field(before, len(before), width, is_value))
        self.at = end - self.origin
