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
from typing import Literal

from dicome.dicom.dictionary import ambiguous, is_private_creator, name_of, vr_of
from dicome.errors import DamagedFileError

MAX_DEPTH = 64
"""Nested sequences beyond this are taken for damage; real files stay below 10."""
MAX_ELEMENTS = 300_000
"""Elements and items of one data set, frame items apart."""
MAX_EMPTY_ITEMS = 10_000
"""Items without any value in one sequence beyond this are taken for a loop."""

UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXEL_REPRESENTATION = 0x00280103
LONG_VRS = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
SHORT_VRS = frozenset(
    ("AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI")
) | {"UL", "US"}
FRAGMENTED_VRS = frozenset({"OB", "OW"})
"""VRs that hold fragments where the length is undefined (PS3.5 annex A.4): compressed pixels, of icons too."""
_VR_NAMES = {vr.encode(): vr for vr in LONG_VRS | SHORT_VRS}

Buffer = bytes | mmap | memoryview
ByteOrder = Literal["<", ">"]


class HopelessError(DamagedFileError):
    """Damage that no other reader can see past either: the bytes end too soon, or do not end at all."""


@dataclass(slots=True)
class Element:
    """Where one element lies. ``start`` header, ``offset`` value, ``length`` of the value, in bytes from the buffer's
    begin; ``items`` for sequences, else None; ``creator`` owns a private tag. ``fixed``: its value decides how other
    bytes are read (a private creator, say), so that layouts count it among the header bytes.
    """

    tag: int
    vr: str
    start: int
    offset: int
    length: int
    creator: str | None = None
    items: list[Item] | None = None
    fixed: bool = False

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
    byte_order: ByteOrder = "<"


class Walker:
    """Walks one buffer. ``where`` (a path) goes into messages, and ``frame`` (1-based) while it is not 0."""

    def __init__(self, buffer: Buffer, encoding: Encoding, where: str) -> None:
        self.buffer = buffer
        self.size = len(buffer)
        self.encoding = encoding
        self.where = where
        self.frame = 0
        self.count = 0
        self.signed = False
        self.notes: list[str] = []
        self._tag = Struct(encoding.byte_order + "HH")
        self._long = Struct(encoding.byte_order + "I")
        self._explicit = Struct(encoding.byte_order + "HH2sH")
        self._implicit = Struct(encoding.byte_order + "HHI")

    # -- complaints ----------------------------------------------------------------------------------------------

    def damaged(self, at: int, problem: str) -> DamagedFileError:
        """An error that names file, frame and byte."""
        return DamagedFileError(f"{self._here()}{problem}, at byte {at:,} of {self.size:,}")

    def cut_short(self, at: int, problem: str) -> HopelessError:
        """The error for a file that ends too soon."""
        return HopelessError(f"{self._here()}{problem}, at byte {at:,} of {self.size:,}; is the file complete?")

    def runaway(self, at: int, problem: str) -> HopelessError:
        """The error for a file that leads nowhere."""
        return HopelessError(f"{self._here()}{problem}, at byte {at:,} of {self.size:,}")

    def _here(self) -> str:
        return f"{self.where}: frame {self.frame:,}: " if self.frame else f"{self.where}: "

    def tally(self, at: int) -> None:
        """Counts an element or item, so that no file keeps us forever."""
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise self.runaway(at, f"more than {MAX_ELEMENTS:,} elements and items, too many for a header")

    # -- headers -------------------------------------------------------------------------------------------------

    def header(self, at: int, explicit: bool, creator_of: dict[int, str]) -> Element:
        """The element whose header starts at ``at``; nothing inside it is walked."""
        if at + 8 > self.size:
            raise self.cut_short(at, "the file ends inside an element's header")
        if not explicit:
            return self._implicit_header(at, creator_of)
        group, number, raw_vr, length = self._explicit.unpack_from(self.buffer, at)
        tag = group << 16 | number
        if group == 0xFFFE:
            return Element(tag, "", at, at + 8, self._long.unpack_from(self.buffer, at + 4)[0])
        vr = _VR_NAMES.get(raw_vr)
        creator = creator_of.get(tag >> 8) if group & 1 else None
        if vr is None:
            return self._strange_header(self._implicit_header(at, creator_of), raw_vr, length)
        if vr not in LONG_VRS:
            return Element(tag, vr, at, at + 8, length, creator)
        return self._long_header(Element(tag, vr, at, at + 12, 0, creator))

    def _implicit_header(self, at: int, creator_of: dict[int, str]) -> Element:
        group, number, length = self._implicit.unpack_from(self.buffer, at)
        tag = group << 16 | number
        creator = creator_of.get(tag >> 8) if group & 1 else None
        return Element(tag, self._known_vr(tag, creator), at, at + 8, length, creator)

    def _long_header(self, element: Element) -> Element:
        """The element with the 32-bit length that follows VR and two reserved bytes (PS3.5 7.1.2)."""
        if element.start + 12 > self.size:
            raise self.cut_short(element.start, "the file ends inside an element's header")
        element.offset = element.start + 12
        element.length = self._long.unpack_from(self.buffer, element.start + 8)[0]
        return element

    def _strange_header(self, element: Element, raw_vr: bytes, length: int) -> Element:
        """An element of an explicit data set whose two letters are no VR; told in `notes`.

        element: what it would be with implicit VR. Lengths below 64 KiB tell the cases apart: one of them stands in the
        bytes of the VR where the VR was left out, else in ``length`` (16 bits), which is 0 in the long form.
        """
        letters = _is_letters(raw_vr)
        if length == 0 and not letters and raw_vr != b"\0\0":
            return element  # implicit, amid explicit ones
        name = name_of(element.tag, element.creator)
        if element.vr == "SQ":
            raise self.damaged(element.start, f"{name} has the impossible value representation {raw_vr!r}")
        note = f"{name} has the impossible value representation {raw_vr!r}, read as {element.vr}"
        if note not in self.notes and len(self.notes) < 20:
            self.notes.append(note)
        element.length = length
        # VRs to come have the long form, says PS3.5 6.2.
        long = element.vr in LONG_VRS - {"UN"} or (element.vr == "UN" and letters and length == 0)
        return self._long_header(element) if long else element

    def _known_vr(self, tag: int, creator: str | None) -> str:
        vr = vr_of(tag, creator)
        return self._decide(vr) if ambiguous(vr) else vr

    def _decide(self, vr: str) -> str:
        """The dictionary leaves some VRs open: US or SS follows the pixels' sign (PS3.5 annex A)."""
        if vr == "US or SS":
            return "SS" if self.signed else "US"
        return "OW" if "OW" in vr else vr[:2]

    # -- data sets -----------------------------------------------------------------------------------------------

    def elements(self, at: int, end: int | None, explicit: bool, depth: int = 0) -> tuple[list[Element], int]:
        """Elements from ``at`` to ``end``, or to the item delimiter where end is None; with the byte behind them."""
        found: list[Element] = []
        creator_of: dict[int, str] = {}
        limit = self.size if end is None else end
        if explicit and self.looks_implicit(at, limit):
            explicit = False
        while at < limit:
            element = self.header(at, explicit, creator_of)
            if element.tag == ITEM_END and end is None:
                return found, at + 8
            self.step(element, limit, explicit, creator_of, depth)
            found.append(element)
            at = element.end
        if end is None:
            raise self.cut_short(at, "the file ends inside a sequence item")
        if at != end:
            raise self.damaged(at, f"an element reaches beyond its item, which ends at byte {end:,}")
        return found, at

    def looks_implicit(self, at: int, limit: int) -> bool:
        """Whether a data set announced as explicit is implicit all the same: its first element has a length for a VR.

        PS3.5 6.2.2 allows it in sequences; some writers do it elsewhere. A VR that is merely broken is followed by an
        explicit element, 16-bit length later.
        """
        if at + 8 > limit:
            return False
        group, _, raw_vr, short = self._explicit.unpack_from(self.buffer, at)
        if group == 0xFFFE or _is_letters(raw_vr):
            return False
        length = self._long.unpack_from(self.buffer, at + 4)[0]
        if length != UNDEFINED and (short or not length) and self.looks_explicit(at + 8 + short):
            return False
        return bool(length == UNDEFINED or at + 8 + length <= limit)

    def looks_explicit(self, at: int) -> bool:
        """Whether a VR follows the tag of the element at ``at``."""
        return bytes(self.buffer[at + 4 : at + 6]) in _VR_NAMES

    def step(self, element: Element, limit: int, explicit: bool, creator_of: dict[int, str], depth: int = 0) -> None:
        """Fills an element and remembers what gives later ones their meaning."""
        self.fill(element, limit, explicit, depth)
        if element.items is not None:
            return
        if is_private_creator(element.tag):
            element.fixed = True
            note_creator(element, self.buffer, creator_of)
        elif element.tag == PIXEL_REPRESENTATION:
            element.fixed = True
            self.signed = any(self.buffer[element.offset : element.offset + min(element.length, 2)])

    def fill(self, element: Element, limit: int, explicit: bool, depth: int) -> None:
        """Walks into an element that is a sequence (openly, or hidden in UN) and checks its length."""
        self.tally(element.start)
        if element.tag >> 16 == 0xFFFE:
            raise self.damaged(element.start, f"a stray delimiter ({element.tag >> 16:04X},{element.tag & 0xFFFF:04X})")
        undefined = element.length == UNDEFINED
        if not undefined and element.end > limit:
            raise self.too_long(element, limit)
        if element.vr == "SQ":
            self._items(element, explicit, depth)
        elif element.vr == "UN":
            self._unwrap(element, undefined, depth)
        elif undefined and element.vr in FRAGMENTED_VRS:
            self._skip_fragments(element)
        elif undefined and not explicit:
            self._items(element, False, depth)
        elif undefined:
            raise self.damaged(element.start, f"{name_of(element.tag, element.creator)} has no length")

    def too_long(self, element: Element, limit: int) -> DamagedFileError:
        """The error for an element that reaches beyond ``limit``, where its item or the file ends."""
        left = max(limit - element.offset, 0)
        problem = f"{name_of(element.tag, element.creator)} announces {element.length:,} bytes, {left:,} are left"
        make = self.cut_short if limit == self.size else self.damaged
        return make(element.start, problem)

    # -- sequences -----------------------------------------------------------------------------------------------

    def _unwrap(self, element: Element, undefined: bool, depth: int) -> None:
        """UN of undefined length is an implicit sequence; of defined length it is one if the dictionary says so.

        Both are little endian in any file (PS3.5 6.2.2); in a big-endian one they are left closed.
        """
        little = self.encoding.byte_order == "<"
        if undefined and little:
            self._items(element, False, depth)
        elif undefined:
            self._skip_little(element, depth)
        elif little:
            self._rename(element, depth)

    def _rename(self, element: Element, depth: int) -> None:
        """The true VR of an element that a PACS wrote as UN because it did not know the tag; the bytes are the same."""
        known = self._known_vr(element.tag, element.creator)
        if known == "SQ":
            self._try_items(element, depth)
        elif known != "UN":
            element.vr = known

    def _try_items(self, element: Element, depth: int) -> None:
        """Opens a UN element that should be a sequence, unless its bytes are something else."""
        count = self.count
        starts_item = bytes(self.buffer[element.offset : element.offset + 4]) == b"\xfe\xff\x00\xe0"
        if element.length and not starts_item:
            element.fixed = True
            return
        try:
            self._items(element, False, depth)
        except DamagedFileError:
            if self.count > MAX_ELEMENTS:
                raise
            self.count, element.items, element.vr, element.fixed = count, None, "UN", True

    def _skip_little(self, element: Element, depth: int) -> None:
        """The end of a little-endian sequence in a big-endian file, its value left as bytes."""
        inner = Walker(self.buffer, Encoding(False), self.where)
        inner.frame, inner.count = self.frame, self.count
        inner._items(element, False, depth)
        self.count, element.items, element.vr, element.fixed = inner.count, None, "UN", True

    def _items(self, element: Element, explicit: bool, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise self.runaway(element.start, f"sequences nested deeper than {MAX_DEPTH}")
        element.vr, element.items = "SQ", []
        end = None if element.length == UNDEFINED else element.end
        at, empty = element.offset, 0
        while end is None or at < end:
            tag, length = self.item_header(at)
            if tag == SEQUENCE_END and end is None:
                at += 8
                break
            item = self.item(at, tag, length, end, explicit, depth, element)
            empty += not item.elements
            if empty > MAX_EMPTY_ITEMS:
                name = name_of(element.tag, element.creator)
                raise self.runaway(at, f"more than {MAX_EMPTY_ITEMS:,} empty items in {name}")
            element.items.append(item)
            at = item.end
        element.length = at - element.offset

    def item_header(self, at: int) -> tuple[int, int]:
        """Tag and length of the item or delimiter at ``at``."""
        if at + 8 > self.size:
            raise self.cut_short(at, "the file ends inside a sequence")
        group, number = self._tag.unpack_from(self.buffer, at)
        return group << 16 | number, self._long.unpack_from(self.buffer, at + 4)[0]

    def item(
        self, at: int, tag: int, length: int, limit: int | None, explicit: bool, depth: int, owner: Element
    ) -> Item:
        """The item of ``owner`` whose header lies at ``at``; limit: where the sequence ends, None if unknown."""
        self.tally(at)
        if tag != ITEM:
            found = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
            raise self.damaged(at, f"{found} where an item of {name_of(owner.tag, owner.creator)} should start")
        end = None if length == UNDEFINED else at + 8 + length
        if end is not None and end > (self.size if limit is None else limit):
            problem = f"an item of {name_of(owner.tag, owner.creator)} announces {length:,} bytes, more than are left"
            raise (self.cut_short if end > self.size else self.damaged)(at, problem)
        signed = self.signed
        elements, behind = self.elements(at + 8, end, explicit, depth + 1)
        self.signed = signed
        if limit is not None and behind > limit:
            name = name_of(owner.tag, owner.creator)
            raise self.damaged(at, f"an item of {name} reaches beyond its sequence, which ends at byte {limit:,}")
        return Item(at, behind, elements)

    def _skip_fragments(self, element: Element) -> None:
        """The end of a value in fragments; it is kept whole."""
        at = element.offset
        while True:
            self.tally(at)
            tag, length = self.item_header(at)
            at += 8
            if tag == SEQUENCE_END:
                break
            if tag != ITEM or at + length > self.size:
                name = name_of(element.tag, element.creator)
                raise self.damaged(at - 8, f"a fragment of {name} is damaged")
            at += length
        element.length, element.fixed = at - element.offset, True


def _is_letters(raw_vr: bytes) -> bool:
    """Whether two bytes could be a VR, known or not."""
    return raw_vr.isalpha() and raw_vr.isupper()


def note_creator(element: Element, buffer: Buffer, creator_of: dict[int, str]) -> None:
    """Remembers the owner of a private block: (gggg,00bb) reserves (gggg,bb00-bbFF) (PS3.5 7.8.1)."""
    tag = element.tag
    text = bytes(buffer[element.offset : element.offset + min(element.length, 64)]).decode("latin-1")
    creator_of[(tag >> 16) << 8 | tag & 0xFF] = text.strip(" \0")


def leaves(elements: list[Element]) -> Iterator[Element]:
    """All elements below these that hold a value, in file order."""
    for element in elements:
        if element.items is None:
            yield element
        else:
            for item in element.items:
                yield from leaves(item.elements)
