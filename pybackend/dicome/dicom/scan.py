"""Walks encoded data sets and notes where each element lies; no value is decoded.

Why not pydicom: it makes several Python objects of every element (1.7 ms a Philips frame) and leaves nothing that can
be compared by bytes. Here an element is five numbers, and what lies outside the values - the header bytes - is what
`layouts` compares between frames. Little and big endian, explicit and implicit VR, defined and undefined lengths and
mixtures, sequences hidden in UN (PS3.5 6.2.2 and 7.5). Depth, element count and empty items are bounded, so that a
hostile file ends in an error, soon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from struct import Struct

from dicome.dicom.dictionary import name_of, vr_of
from dicome.errors import DamagedFileError

MAX_DEPTH = 64
"""Nested sequences beyond this are taken for damage; real files stay below 10."""
MAX_ELEMENTS = 500_000
"""Elements of one walk; per-frame items are walked one at a time and stay below 1,000."""
MAX_EMPTY_ITEMS = 10_000
"""Empty items in one sequence beyond this are taken for a loop."""

UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXEL_REPRESENTATION = 0x00280103
LONG_VRS = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
SHORT_VRS = frozenset(
    ("AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI")
) | {"UL", "US"}
_VR_NAMES = {vr.encode(): vr for vr in LONG_VRS | SHORT_VRS}

Buffer = bytes | mmap


@dataclass(slots=True)
class Element:
    """Where one element lies. ``start`` header, ``offset`` value, ``length`` of the value, in bytes from the buffer's
    begin; ``items`` for sequences, else None; ``creator`` owns a private tag; ``implicit`` when it lies in UN.
    """

    tag: int
    vr: str
    start: int
    offset: int
    length: int
    creator: str | None = None
    items: list[Item] | None = None

    @property
    def end(self) -> int:
        """First byte behind the element, its delimiter included."""
        return self.offset + self.length


@dataclass(slots=True)
class Item:
    """One item of a sequence: ``start`` its tag, ``end`` behind it, delimiter included."""

    start: int
    end: int
    elements: list[Element]


@dataclass(frozen=True, slots=True)
class Encoding:
    """Byte order and VR style of what is walked."""

    explicit: bool = True
    byte_order: str = "<"


class Walker:
    """Walks one buffer; ``where`` (a path) goes into messages."""

    def __init__(self, buffer: Buffer, encoding: Encoding, where: str) -> None:
        self.buffer = buffer
        self.size = len(buffer)
        self.encoding = encoding
        self.where = where
        self.count = 0
        self.signed = False
        self.notes: list[str] = []
        self._tag = Struct(encoding.byte_order + "HH")
        self._short = Struct(encoding.byte_order + "H")
        self._long = Struct(encoding.byte_order + "I")
        self._explicit = Struct(encoding.byte_order + "HH2sH")
        self._implicit = Struct(encoding.byte_order + "HHI")

    def damaged(self, at: int, problem: str) -> DamagedFileError:
        """An error that names file and byte."""
        return DamagedFileError(f"{self.where}: {problem} at byte {at:,} of {self.size:,}; is the file complete?")

    def header(self, at: int, explicit: bool, creator_of: dict[int, str]) -> Element:
        """The element whose header starts at ``at``; nothing inside it is walked."""
        if at + 8 > self.size:
            raise self.damaged(at, "the file ends inside an element's header")
        if not explicit:
            group, number, length = self._implicit.unpack_from(self.buffer, at)
            tag = group << 16 | number
            creator = creator_of.get(tag >> 8) if group & 1 else None
            return Element(tag, self._known_vr(tag, creator), at, at + 8, length, creator)
        group, number, raw_vr, length = self._explicit.unpack_from(self.buffer, at)
        tag = group << 16 | number
        if group == 0xFFFE:
            return Element(tag, "", at, at + 8, self._long.unpack_from(self.buffer, at + 4)[0])
        creator = creator_of.get(tag >> 8) if group & 1 else None
        vr = _VR_NAMES.get(raw_vr) or self._repaired_vr(at, tag, creator, raw_vr)
        if vr not in LONG_VRS:
            return Element(tag, vr, at, at + 8, length, creator)
        if at + 12 > self.size:
            raise self.damaged(at, "the file ends inside an element's header")
        return Element(tag, vr, at, at + 12, self._long.unpack_from(self.buffer, at + 8)[0], creator)

    def _repaired_vr(self, at: int, tag: int, creator: str | None, raw_vr: bytes) -> str:
        """The dictionary's VR in place of two bytes that are none; told in `notes`."""
        vr = self._known_vr(tag, creator)
        if vr in ("UN", "SQ"):
            raise self.damaged(at, f"{name_of(tag, creator)} has the impossible value representation {raw_vr!r}")
        note = f"{name_of(tag, creator)} has the impossible value representation {raw_vr!r}, read as {vr}"
        if note not in self.notes:
            self.notes.append(note)
        return vr

    def _known_vr(self, tag: int, creator: str | None) -> str:
        if tag >> 16 & 1 and tag & 0xFFFF < 0x100:
            return "LO" if tag & 0xFFFF >= 0x10 else "UL"
        if tag & 0xFFFF == 0:
            return "UL"
        vr = vr_of(tag, creator)
        return self._decide(vr) if " or " in vr else vr

    def _decide(self, vr: str) -> str:
        """The dictionary leaves some VRs open: US or SS follows the pixels' sign (PS3.5 annex A)."""
        if vr == "US or SS":
            return "SS" if self.signed else "US"
        return "OW" if "OW" in vr else vr[:2]

    def elements(
        self, at: int, end: int | None, explicit: bool, depth: int = 0
    ) -> tuple[list[Element], int]:
        """Elements from ``at`` to ``end``, or to the item delimiter where end is None; with the byte behind them."""
        found: list[Element] = []
        creator_of: dict[int, str] = {}
        if explicit and depth and self._looks_implicit(at, self.size if end is None else end):
            explicit = False
        limit = self.size if end is None else end
        while at < limit:
            element = self.header(at, explicit, creator_of)
            if element.tag == ITEM_END and end is None:
                return found, at + 8
            self.step(element, limit, explicit, creator_of, depth)
            found.append(element)
            at = element.end
        if end is None:
            raise self.damaged(at, "the file ends inside a sequence item")
        if at != end:
            raise self.damaged(at, f"an element reaches beyond its item, which ends at byte {end:,}")
        return found, at

    def _looks_implicit(self, at: int, limit: int) -> bool:
        """Whether an item in an explicit data set is implicit all the same: its first element has a length for a VR."""
        if at + 8 > limit or bytes(self.buffer[at + 4 : at + 6]) in _VR_NAMES:
            return False
        group, _, length = self._implicit.unpack_from(self.buffer, at)
        return group != 0xFFFE and (length == UNDEFINED or at + 8 + length <= limit)

    def step(
        self, element: Element, limit: int, explicit: bool, creator_of: dict[int, str], depth: int = 0
    ) -> None:
        """Fills an element and remembers what gives later ones their meaning."""
        self.fill(element, limit, explicit, depth)
        if element.tag & 0x10000:
            note_creator(element, self.buffer, creator_of)
        elif element.tag == PIXEL_REPRESENTATION:
            self.signed = any(self.buffer[element.offset : element.end])

    def fill(self, element: Element, limit: int, explicit: bool, depth: int) -> None:
        """Walks into an element that is a sequence (openly, or hidden in UN) and checks its length."""
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise self.damaged(element.start, f"more than {MAX_ELEMENTS:,} elements, too many for a header,")
        if element.tag >> 16 == 0xFFFE:
            raise self.damaged(element.start, f"a stray delimiter ({element.tag >> 16:04x},{element.tag & 0xFFFF:04x})")
        undefined = element.length == UNDEFINED
        if not undefined and element.end > limit:
            raise self.damaged(
                element.start,
                f"{name_of(element.tag, element.creator)} announces {element.length:,} bytes, "
                f"{max(limit - element.offset, 0):,} are left",
            )
        if element.vr == "SQ":
            self._items(element, explicit, depth)
        elif element.vr == "UN":
            self._unwrap(element, undefined, explicit, depth)
        elif undefined:
            if explicit:
                raise self.damaged(element.start, f"{name_of(element.tag, element.creator)} has no length")
            self._items(element, False, depth)

    def _unwrap(self, element: Element, undefined: bool, explicit: bool, depth: int) -> None:
        """UN of undefined length is an implicit sequence; of defined length it is one if the dictionary says so."""
        known = self._known_vr(element.tag, element.creator)
        if undefined:
            self._items(element, False, depth)
        elif known == "SQ" and self._starts_item(element):
            count = self.count
            try:
                self._items(element, False, depth)
            except DamagedFileError:
                self.count, element.items, element.vr = count, None, "UN"
        elif known not in ("SQ", "UN") and self.encoding.byte_order == "<":
            # A PACS that does not know a private tag writes it as UN; the bytes are those of the true VR.
            element.vr = known

    def _starts_item(self, element: Element) -> bool:
        if element.length == 0:
            return True
        return element.length >= 8 and bytes(self.buffer[element.offset : element.offset + 4]) == b"\xfe\xff\x00\xe0"

    def _items(self, element: Element, explicit: bool, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise self.damaged(element.start, f"sequences nested deeper than {MAX_DEPTH}")
        element.vr, element.items = "SQ", []
        end = None if element.length == UNDEFINED else element.end
        at, empty = element.offset, 0
        while end is None or at < end:
            tag, length = self.item_header(at)
            if tag == SEQUENCE_END and end is None:
                at += 8
                break
            item = self.item(at, tag, length, end, explicit, depth)
            empty += not item.elements
            if empty > MAX_EMPTY_ITEMS:
                raise self.damaged(at, f"more than {MAX_EMPTY_ITEMS:,} empty items in a sequence")
            element.items.append(item)
            at = item.end
        if end is not None and at != end:
            raise self.damaged(at, "an item reaches beyond its sequence")
        element.length = at - element.offset

    def item_header(self, at: int) -> tuple[int, int]:
        """Tag and length of the item or delimiter at ``at``."""
        if at + 8 > self.size:
            raise self.damaged(at, "the file ends inside a sequence")
        group, number = self._tag.unpack_from(self.buffer, at)
        return group << 16 | number, self._long.unpack_from(self.buffer, at + 4)[0]

    def item(self, at: int, tag: int, length: int, limit: int | None, explicit: bool, depth: int) -> Item:
        """The item whose header (already read) lies at ``at``."""
        if tag != ITEM:
            raise self.damaged(at, f"({tag >> 16:04x},{tag & 0xFFFF:04x}) where a sequence item should start")
        end = None if length == UNDEFINED else at + 8 + length
        if end is not None and end > (self.size if limit is None else limit):
            raise self.damaged(at, f"a sequence item announces {length:,} bytes, more than are left,")
        elements, behind = self.elements(at + 8, end, explicit, depth + 1)
        return Item(at, behind, elements)


def note_creator(element: Element, buffer: Buffer, creator_of: dict[int, str]) -> None:
    """Remembers the owner of a private block: (gggg,00bb) reserves (gggg,bb00-bbFF) (PS3.5 7.8.1)."""
    tag = element.tag
    if tag >> 16 & 1 and 0x10 <= tag & 0xFFFF <= 0xFF:
        text = bytes(buffer[element.offset : element.end]).decode("latin-1")
        creator_of[(tag >> 16) << 8 | tag & 0xFF] = text.strip(" \0")


def is_creator(tag: int) -> bool:
    """Whether the tag reserves a private block."""
    return bool(tag >> 16 & 1) and 0x10 <= tag & 0xFFFF <= 0xFF


def leaves(elements: list[Element]) -> Iterator[Element]:
    """All elements below these that hold a value, in file order."""
    for element in elements:
        if element.items is None:
            yield element
        else:
            for item in element.items:
                yield from leaves(item.elements)
