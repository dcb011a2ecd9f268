"""What can be read of a header that ends too soon, or is damaged on the way, for those who look into headers.

The bytes before the damage are kept, the sequences and items that it left open are closed, and the result is scanned
like any other data set. An image is never read of it: frames would be missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from struct import pack

from dicome.dicom.dataset import (
    MOST_FRAMES_UNANNOUNCED,
    NUMBER_OF_FRAMES,
    PER_FRAME_GROUPS,
    PIXEL_TAGS,
    DataSet,
    is_explicit,
    most_frames,
    scan_data_set,
)
from dicome.dicom.scan import (
    FRAGMENTED_VRS,
    ITEM,
    ITEM_END,
    SEQUENCE_END,
    UNDEFINED,
    Buffer,
    Element,
    Encoding,
    Item,
    Walker,
)
from dicome.dicom.transfer import TransferSyntax
from dicome.errors import DamagedFileError

_LENGTH_SIZE = 4
"""The length of a sequence or item lies in the four bytes before its value (PS3.5 7.1.2 and 7.5)."""


def remains(buffer: Buffer, at: int, syntax: TransferSyntax, where: Path, damage: DamagedFileError) -> DataSet:
    """The elements of the data set at ``at`` that lie before the damage; raises ``damage`` if there are none."""
    walker = _Follower(buffer, Encoding(syntax.explicit, syntax.byte_order), str(where))
    walker.follow(at, is_explicit(walker, at, syntax))
    try:
        found = scan_data_set(walker.closed(), at, syntax, where)
    except DamagedFileError:
        raise damage from None
    if not found.elements:
        raise damage
    return replace(found, damage=damage)


@dataclass(frozen=True, slots=True)
class _Open:
    """A sequence or item whose end has not come: where its value begins, and what ends it if it has no length."""

    value: int
    delimiter: int | None


class _Follower(Walker):
    """A walker that knows how far it came, and what is open there."""

    def __init__(self, buffer: Buffer, encoding: Encoding, where: str) -> None:
        super().__init__(buffer, encoding, where)
        self.open: list[_Open] = []
        self.whole = 0
        """First byte behind what has been read whole."""
        self.most = MOST_FRAMES_UNANNOUNCED

    def follow(self, at: int, explicit: bool) -> None:
        """Walks elements up to the pixels or the damage."""
        creator_of: dict[int, str] = {}
        self.whole = at
        try:
            while at < self.size:
                element = self.header(at, explicit, creator_of)
                if element.tag in PIXEL_TAGS:
                    break
                self.step(element, self.size, explicit, creator_of)
                at = element.end
        except DamagedFileError:
            pass

    def step(self, element: Element, limit: int, explicit: bool, creator_of: dict[int, str], depth: int = 0) -> None:
        """As that of all walkers; a sequence that the end of the file cuts is walked as far as it goes."""
        level = len(self.open)
        if self._opens_sequence(element, explicit):
            self.open.append(_Open(element.offset, SEQUENCE_END if element.length == UNDEFINED else None))
            self.whole = element.offset
            if element.length != UNDEFINED and element.end > self.size:
                element.length = UNDEFINED
        super().step(element, limit, explicit, creator_of, depth)
        del self.open[level:]
        self.whole = element.end
        if element.tag == NUMBER_OF_FRAMES and depth == 0:
            self.most = most_frames(bytes(self.buffer[element.offset : element.end]))

    def _opens_sequence(self, element: Element, explicit: bool) -> bool:
        if element.vr == "SQ" or element.length != UNDEFINED or element.vr in FRAGMENTED_VRS:
            return element.vr == "SQ"
        return not explicit or (element.vr == "UN" and self.encoding.byte_order == "<")

    def item(
        self, at: int, tag: int, length: int, limit: int | None, explicit: bool, depth: int, owner: Element
    ) -> Item:
        """As that of all walkers; an item that the end of the file cuts is walked as far as it goes.

        Frames that are not announced are damage here as they are for the scanner.
        """
        if owner.tag == PER_FRAME_GROUPS and len(owner.items or ()) >= self.most:
            raise self.runaway(at, "more frame items than announced")
        if tag == ITEM:
            self.open.append(_Open(at + 8, ITEM_END if length == UNDEFINED else None))
            self.whole = at + 8
            if length != UNDEFINED and at + 8 + length > self.size:
                length = UNDEFINED
        found = super().item(at, tag, length, limit, explicit, depth, owner)
        self.open.pop()
        self.whole = found.end
        if owner.tag == PER_FRAME_GROUPS:
            self.count = 0  # which the scanner does as well: frames are many
            del found.elements[1:]
        return found

    def closed(self) -> bytes:
        """The bytes that have been read whole, with ends for what is open."""
        data = bytearray(self.buffer[: self.whole])
        order = self.encoding.byte_order
        for one in reversed(self.open):
            if one.delimiter is None:
                data[one.value - _LENGTH_SIZE : one.value] = pack(f"{order}I", len(data) - one.value)
            else:
                data += pack(f"{order}HHI", one.delimiter >> 16, one.delimiter & 0xFFFF, 0)
        return bytes(data)
