"""The attribute dictionary: tag to VR, keyword and name, for PS3.6 and for the private elements of Philips.

A table of our own beside pydicom's, because importing pydicom alone takes longer than a small file may take to open.
The facts lie in ``standard.tsv`` and ``philips.tsv``, read when first asked for (a few ms); a test compares them with
pydicom's dictionary row by row. Nothing here reads DICOM files.

Tags are integers ``0xGGGGEEEE``. A private element is known by its private creator, its group and the low byte of its
element; the block that its creator reserved does not matter (PS3.5 7.8.1), so ``creator`` goes with every tag of an
odd group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dicome.errors import ColumnError

UNKNOWN = "UN"
"""VR of an element that no table knows."""

GROUP_LENGTHS = {
    0x0002: "FileMetaInformationGroupLength",
    0x0008: "IdentifyingGroupLength",
    0x0010: "PatientGroupLength",
    0x0018: "AcquisitionGroupLength",
    0x0020: "RelationshipGroupLength",
    0x0028: "ImagePresentationGroupLength",
    0x7FE0: "PixelDataGroupLength",
}
"""Names dicominfo gives to group lengths (gggg,0000): those of DICOM's first edition. Retired since, still written."""

_SMALL_WORDS = frozenset(("and", "at", "for", "in", "of", "on", "or", "per", "the", "to"))
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class PrivateElement(NamedTuple):
    """Where a private element lives, whichever block its creator reserved: ``(gggg,xx`` + element_byte ``)``."""

    creator: str
    group: int
    element_byte: int


def vr_of(tag: int, creator: str | None = None) -> str:
    """VR of an element as the dictionary has it: two letters, or a choice such as ``US or SS`` (see `ambiguous`).

    Group lengths are UL and private creators LO (PS3.5 7.2 and 7.8.1); an element that no table knows is ``UN``.
    """
    group, element = tag >> 16, tag & 0xFFFF
    if element == 0:
        return "UL"
    if not group & 1:
        return _standard_entry(tag)[0]
    if is_private_creator(tag):
        return "LO"
    return _private_entry(tag, creator)[0]


def ambiguous(vr: str) -> bool:
    """Whether a VR of the dictionary leaves a choice that other attributes of the data set decide (PS3.5 A.1)."""
    return " or " in vr


def keyword_of(tag: int, creator: str | None = None) -> str | None:
    """Keyword of an attribute, ``DimensionIndexValues``; None where no table has one."""
    entry = _private_entry(tag, creator) if tag >> 16 & 1 else _standard_entry(tag)
    return entry[1] or None


def tag_of(keyword: str) -> int:
    """Tag of a standard keyword; of one that repeats (60xx,3000) the first group.

    Raises ColumnError where PS3.6 has no such keyword.
    """
    try:
        return _standard_tags()[keyword]
    except KeyError:
        raise ColumnError(_unknown(keyword, "DICOM PS3.6", list(_standard_tags()))) from None


def is_private_keyword(keyword: str) -> bool:
    """Whether the private dictionary of Philips has that name, and PS3.6 has not."""
    return keyword in _private_tags() and keyword not in _standard_tags()


def private_tag_of(keyword: str) -> PrivateElement:
    """Creator, group and element byte of a private keyword of Philips; its other names in use are known as well.

    Where several creators define one keyword, the first in the table. Raises ColumnError where none does.
    """
    try:
        return _private_tags()[keyword]
    except KeyError:
        raise ColumnError(_unknown(keyword, "the private dictionary of Philips", list(_private_tags()))) from None


def what_is_unknown(keyword: str) -> str:
    """What is wrong with a keyword that neither dictionary has, and the nearest of both."""
    return _unknown(keyword, "DICOM PS3.6 and the private dictionary of Philips", [*_standard_tags(), *_private_tags()])


def field_name(tag: int, creator: str | None = None) -> str:
    """Field name of an element in MATLAB, as dicominfo gives it: always a valid field name.

    The keyword; without one ``Private_gggg_eeee`` (also for standard tags that are unknown), for a private creator
    ``Private_gggg_eexx_Creator`` and for a group length ``Private_gggg_GroupLength`` or one of `GROUP_LENGTHS`.
    """
    group, element = tag >> 16, tag & 0xFFFF
    keyword = keyword_of(tag, creator)
    if keyword is not None:
        return keyword
    if element == 0:
        return GROUP_LENGTHS.get(group, f"Private_{group:04x}_GroupLength")
    if is_private_creator(tag):
        return f"Private_{group:04x}_{element:02x}xx_Creator"
    return f"Private_{group:04x}_{element:04x}"


def name_of(tag: int, creator: str | None = None) -> str:
    """Tag and keyword for messages: ``(0020,9157) DimensionIndexValues``; an unknown private tag with its creator."""
    number = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    keyword = keyword_of(tag, creator)
    if keyword is not None:
        return f"{number} {keyword}"
    return f"{number} of '{creator.strip()}'" if creator and creator.strip() else number


def words_of(keyword: str) -> str:
    """Name of an attribute in words, as PS3.6 prints it: ``StackID`` is ``Stack ID``.

    Other keywords are split where their words start.
    """
    return _standard_names().get(keyword) or split_words(keyword)


def split_words(keyword: str) -> str:
    """Split a keyword where its words start: ``InStackPositionNumber`` is ``In Stack Position Number``."""
    first, *others = _WORD_STARTS.sub(" ", keyword).replace("Date Time", "DateTime").split(" ")
    return " ".join([first, *(word.lower() if word.lower() in _SMALL_WORDS else word for word in others)])


def is_private_creator(tag: int) -> bool:
    """Whether the element reserves a private block: (gggg,0010) to (gggg,00FF) of an odd group (PS3.5 7.8.1)."""
    return bool(tag >> 16 & 1) and 0x10 <= tag & 0xFFFF <= 0xFF


def private_rows() -> Iterator[tuple[str, int, int, str, str, str]]:
    """The private elements of Philips: creator, group, low byte of the element, VR, VM and keyword ('' unknown)."""
    for row in _rows("philips.tsv"):
        creator, group, byte, vr, vm, *names = row.split("\t")
        yield creator, int(group, 16), int(byte, 16), vr, vm, names[0] if names else ""


def standard_rows() -> Iterator[tuple[str, str, str, str]]:
    """The attributes of PS3.6: tag (eight digits, x where it repeats), VR, VM and keyword."""
    for row in _rows("standard.tsv"):
        tag, vr, vm, keyword = row.split("\t")[:4]
        yield tag, vr, vm, keyword


def _rows(name: str) -> list[str]:
    """The rows of a table of this folder, without its first line, which is a comment."""
    return Path(__file__).with_name(name).read_text(encoding="ascii").splitlines()[1:]


@cache
def _standard() -> tuple[dict[int, tuple[str, str]], dict[int, dict[int, tuple[str, str]]]]:
    """VR and keyword by tag, and by mask and masked tag for attributes that repeat (60xx3000)."""
    exact: dict[int, tuple[str, str]] = {}
    repeating: dict[int, dict[int, tuple[str, str]]] = {}
    for row in _rows("standard.tsv"):
        tag, vr, _, keyword = row.split("\t", 4)[:4]
        if "x" in tag:
            mask = int("".join("0" if digit == "x" else "F" for digit in tag), 16)
            repeating.setdefault(mask, {})[int(tag.replace("x", "0"), 16)] = vr, keyword
        else:
            exact[int(tag, 16)] = vr, keyword
    return exact, repeating


def _standard_entry(tag: int) -> tuple[str, str]:
    exact, repeating = _standard()
    entry = exact.get(tag)
    if entry is None:
        found = (entries.get(tag & mask) for mask, entries in repeating.items())
        entry = next((hit for hit in found if hit), (UNKNOWN, ""))
    return entry


@cache
def _standard_tags() -> dict[str, int]:
    exact, repeating = _standard()
    tags = {keyword: tag for entries in repeating.values() for tag, (_, keyword) in entries.items()}
    return tags | {keyword: tag for tag, (_, keyword) in exact.items()}


@cache
def _standard_names() -> dict[str, str]:
    """Names in words by keyword, where the table has them because splitting the keyword does not give them."""
    rows = (row.split("\t") for row in _rows("standard.tsv"))
    return {row[3]: row[4] for row in rows if len(row) > 4}


@cache
def _private() -> dict[tuple[str, int, int], tuple[str, str]]:
    """VR and keyword (may be empty) by creator, group and element byte; the creator in one case."""
    rows = (row.split("\t") for row in _rows("philips.tsv"))
    return {
        (creator.casefold(), int(group, 16), int(byte, 16)): (vr, keyword[0] if keyword else "")
        for creator, group, byte, vr, _, *keyword in rows
    }


def _private_entry(tag: int, creator: str | None) -> tuple[str, str]:
    if not creator or tag & 0xFFFF < 0x1000:
        return UNKNOWN, ""
    return _private().get((creator.strip().casefold(), tag >> 16, tag & 0xFF), (UNKNOWN, ""))


@cache
def _private_tags() -> dict[str, PrivateElement]:
    """Private elements by keyword, then by their other names; the first definition of a name counts."""
    keywords: dict[str, PrivateElement] = {}
    others: dict[str, PrivateElement] = {}
    for row in _rows("philips.tsv"):
        creator, group, byte, _, _, *names = row.split("\t")
        element = PrivateElement(creator, int(group, 16), int(byte, 16))
        for name in names[:1]:
            keywords.setdefault(name, element)
        for name in " ".join(names[1:]).split():
            others.setdefault(name, element)
    return others | keywords


def _unknown(keyword: str, where: str, known: list[str]) -> str:
    from difflib import get_close_matches

    same = [name for name in known if name.casefold() == keyword.casefold()]
    near = same or get_close_matches(keyword, known, n=3)
    return f"no attribute {keyword!r} in {where}" + (f"; did you mean {' or '.join(near)}?" if near else "")
