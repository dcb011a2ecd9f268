"""Random data sets for property tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydicom._dicom_dict import DicomDictionary

from dicome.enhanced.encode import Encoding, data_set, delimiter, header

Elements = list[tuple[int, str, Any]]

ENCODINGS = [
    Encoding(implicit, big, undefined)
    for implicit, big in ((False, False), (True, False), (False, True))
    for undefined in (False, True)
]
_WORDS = st.text("ABCDEFG xyz0123456789_-.", min_size=1, max_size=12).map(str.strip).filter(bool)
_NAMES = st.from_regex(r"[A-Z][a-z]{1,8}\^[A-Z][a-z]{1,8}", fullmatch=True)
_MANY = 3


def _several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, max_size=_MANY)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "US": _several(st.integers(0, 2**16 - 1)),
    "SS": _several(st.integers(-(2**15), 2**15 - 1)),
    "UL": _several(st.integers(0, 2**32 - 1)),
    "SL": _several(st.integers(-(2**31), 2**31 - 1)),
    "FL": _several(st.floats(width=32, allow_nan=False, allow_infinity=False)),
    "FD": _several(st.floats(allow_nan=False, allow_infinity=False)),
    "AT": _several(st.integers(0, 2**32 - 1)),
    "DS": _several(st.floats(-1e6, 1e6, allow_nan=False)),
    "IS": _several(st.integers(-(2**31), 2**31 - 1)),
    "CS": _several(st.text("ABCDEFGH_ 0123", min_size=1, max_size=16).map(str.strip).filter(bool)),
    "LO": _several(_WORDS),
    "SH": _several(_WORDS),
    "ST": st.none() | _WORDS,
    "LT": st.none() | _WORDS,
    "UT": st.none() | _WORDS,
    "PN": st.none() | _NAMES,
    "UI": _several(st.from_regex(r"1(\.[1-9][0-9]{0,3}){1,6}", fullmatch=True)),
    "DA": st.none() | st.just("20240131"),
    "TM": st.none() | st.just("123456.5"),
    "OB": st.binary(max_size=9).map(lambda raw: raw + b"\0" * (len(raw) % 2)),
    "OW": st.binary(max_size=9).map(lambda raw: raw + b"\0" * (len(raw) % 2)),
}
"""Values per VR, in the form the encoder takes."""

_SPECIAL = {0x00080005, 0x00280008, 0x00280103, 0x52009229, 0x52009230}
"""Tags that decide how others are read."""


@cache
def standard_tags(vr: str) -> list[int]:
    """Tags that have this VR in PS3.6 (as pydicom has it), of groups that may lie anywhere in a data set."""
    groups = {0x0008, 0x0010, 0x0018, 0x0020, 0x0028, 0x0040, 0x5200}
    known = (tag for tag, (its_vr, _, _, _, keyword) in DicomDictionary.items() if its_vr == vr and keyword)
    return sorted(tag for tag in known if tag >> 16 in groups and tag not in _SPECIAL)


@st.composite
def leaf(draw: st.DrawFn) -> tuple[int, str, Any]:
    vr = draw(st.sampled_from(sorted(vr for vr in VALUES if standard_tags(vr))))
    return draw(st.sampled_from(standard_tags(vr))), vr, draw(VALUES[vr])


@st.composite
def private_block(draw: st.DrawFn, implicit: bool) -> Elements:
    """A creator that no dictionary knows, in any block, and elements of it; UN in implicit data sets."""
    group = draw(st.sampled_from([0x0019, 0x2001, 0x2005]))
    block = draw(st.sampled_from([0x10, 0x11, 0x42, 0xFF]))
    vrs = st.sampled_from(["OB"] if implicit else sorted(VALUES))
    bytes_of_element = draw(st.lists(st.integers(0, 255), unique=True, max_size=3))
    elements: Elements = [(group << 16 | block, "LO", draw(st.sampled_from(["ACME 1.0", "OTHER PRIVATE"])))]
    for byte in bytes_of_element:
        vr = draw(vrs)
        elements.append((group << 16 | block << 8 | byte, vr, draw(VALUES[vr])))
    return elements


@st.composite
def elements(draw: st.DrawFn, implicit: bool = False, depth: int = 2) -> Elements:
    """The elements of one data set; sequences hold lists of such lists."""
    found = draw(st.lists(leaf(), max_size=4))
    if draw(st.booleans()):
        found += draw(private_block(implicit))
    if depth:
        items = st.lists(elements(implicit, depth - 1), max_size=3)
        sequences = st.tuples(st.sampled_from(standard_tags("SQ")), st.just("SQ"), items)
        found += draw(st.lists(sequences, max_size=2))
    return sorted({tag: (tag, vr, value) for tag, vr, value in found}.values(), key=lambda one: one[0])


@st.composite
def mixed_lengths(draw: st.DrawFn, found: Elements, encoding: Encoding) -> bytes:
    """The elements encoded with a length defined or not for each sequence and item."""
    pieces = []
    for tag, vr, value in found:
        if vr != "SQ":
            pieces.append(data_set([(tag, vr, value)], encoding))
            continue
        body = b""
        for item in value:
            inside = draw(mixed_lengths(item, encoding))
            undefined = draw(st.booleans())
            body += delimiter(0xFFFEE000, encoding, 0xFFFFFFFF if undefined else len(inside)) + inside
            body += delimiter(0xFFFEE00D, encoding) if undefined else b""
        undefined = draw(st.booleans())
        pieces.append(header(tag, "SQ", 0xFFFFFFFF if undefined else len(body), encoding) + body)
        pieces.append(delimiter(0xFFFEE0DD, encoding) if undefined else b"")
    return b"".join(pieces)
