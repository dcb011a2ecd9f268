r"""Values as they are shown: text as it is written, numbers at their shortest, several joined with a backslash.

One value is the bytes of one element. Columns of many frames come down to their distinct bytes first, so that a value
that thousands of frames share is decoded once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct, iter_unpack
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom import strings
from dicome.dicom import values as decode
from dicome.dicom.columns import Source, by_length
from dicome.dicom.rows import Spots
from dicome.dicom.scan import ITEM, UNDEFINED, ByteOrder

LONGEST_BYTES = 64
"""Bytes of OB, UN and the like that are shown; of longer ones their number is."""
_FORMATS = {"FD": "d", "OD": "d", "FL": "f", "OF": "f", "SL": "i", "SS": "h", "SV": "q", "UL": "I", "US": "H",
            "UV": "Q", "OL": "I", "OV": "Q", "OW": "H"}  # fmt: skip
_BULK = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
"""VRs of bytes that mean nothing to a reader where there are many."""
BYTES = frozenset({"OB", "UN"})
"""VRs of single bytes, whatever they mean."""
_ONE_TEXT = frozenset({"LT", "ST", "UT", "UR"})
"""Text VRs in which a backslash is a letter like others."""
ABSENT, ZERO_LENGTH = "-", ""
"""What stands for an attribute that is not there, and for one without a value."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value as ``text``, and as ``data`` for JSON: a number, text, a list of several, None where it is empty.

    mark: of bytes that are not shown, what tells them from others of the same length.
    """

    text: str
    data: Any
    mark: str = ""

    def marked(self) -> Value:
        """With its mark in the text, to stand beside others."""
        if not self.mark:
            return self
        text = f"{self.text.removesuffix(')')}, {self.mark})"
        return Value(text, text)


def value_of(raw: bytes, vr: str, byte_order: ByteOrder, decoder: Callable[[bytes], str]) -> Value:
    """The value of one element from its bytes."""
    parts = _parts(raw, vr, byte_order, decoder)
    data = [_data(part, vr) for part in parts]
    return Value("\\".join(_text(part, vr) for part in parts), data[0] if len(data) == 1 else data or None)


def bulk(length: int, mark: str = "") -> Value:
    """Stands for a value that is too long to be shown."""
    text = "(compressed)" if length == UNDEFINED else f"({length:,} byte{'s' * (length != 1)})"
    return Value(text, text, mark)


def mark_of(content: Any) -> str:
    """A short text that differs where these bytes do."""
    from hashlib import blake2b

    return blake2b(content, digest_size=6).hexdigest()


def _marked_bulk(source: Source, offset: int, length: int) -> Value:
    end = _end_of_fragments(source, offset) if length == UNDEFINED else offset + length
    return bulk(length, mark_of(source.data[offset:end].data))


def _end_of_fragments(source: Source, at: int) -> int:
    """Where compressed pixels end: behind the last item, each with its length before it (PS3.5 annex A.4)."""
    header = Struct(source.byte_order + "HHI")
    while at + header.size <= len(source.data):
        group, element, length = header.unpack(source.data[at : at + header.size].tobytes())
        if group << 16 | element != ITEM:
            return at
        at += header.size + length
    return len(source.data)


def is_bulk(vr: str, length: int) -> bool:
    """Whether a value is told by its length only."""
    return length == UNDEFINED or (vr in _BULK and length > LONGEST_BYTES)


def single(source: Source, vr: str, offset: int, length: int, exact: bool = False) -> Value:
    """The value of one element of a buffer. exact: bytes that are not shown are read, for their mark."""
    if is_bulk(vr, length) and not exact:
        return bulk(length)
    source.check()
    if is_bulk(vr, length):
        return _marked_bulk(source, offset, length)
    return value_of(source.data[offset : offset + length].tobytes(), vr, source.byte_order, source.decoder)


def column(source: Source, spots: Spots) -> tuple[list[Value], NDArray[np.int64]]:
    """Distinct values in the order in which they come first, and each row's number among them; -1 where absent."""
    codes = np.full(len(spots.offsets), -1, np.int64)
    seen: dict[tuple[str, str], int] = {}
    found: list[Value] = []
    source.check()
    everything = np.arange(len(codes))
    for vr in np.unique(spots.vrs).tolist():
        mine = everything if isinstance(spots.vrs, str) else np.flatnonzero(spots.vrs == vr)
        part = spots.of(mine, vr)
        for rows, length in by_length(part):
            if length < 0:
                continue
            values, numbers = _of_one_length(source, part.offsets[rows], vr, length)
            for value in values:
                if seen.setdefault((value.text, value.mark), len(found)) == len(found):
                    found.append(value)
            places = np.array([seen[value.text, value.mark] for value in values])
            codes[mine[rows]] = places[numbers]
    return _by_appearance(found, codes)


def _of_one_length(
    source: Source, offsets: NDArray[np.int64], vr: str, length: int
) -> tuple[list[Value], NDArray[np.int64]]:
    nothing = np.zeros(len(offsets), np.int64)
    if is_bulk(vr, length):
        known: dict[Value, int] = {}
        marked = (_marked_bulk(source, offset, length) for offset in offsets.tolist())
        codes = np.array([known.setdefault(value, len(known)) for value in marked])
        return list(known), codes
    if length == 0:
        return [Value(ZERO_LENGTH, None)], nothing
    raw = decode.gather(source.data, offsets, length)
    if (raw == raw[0]).all():
        distinct, numbers = raw[:1], nothing
    else:
        distinct, numbers = _distinct(raw)
    return [value_of(row.tobytes(), vr, source.byte_order, source.decoder) for row in distinct], numbers


def _distinct(raw: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Distinct rows and each row's number among them; rows are compared as whole cells, which sort fast."""
    cells = np.ascontiguousarray(raw).view(f"V{raw.shape[1]}").reshape(-1)
    seen: dict[bytes, int] = {}
    numbers = np.array([seen.setdefault(cell, len(seen)) for cell in map(bytes, cells)])
    first = np.unique(numbers, return_index=True)[1]
    return raw[first], numbers


def _by_appearance(found: list[Value], codes: NDArray[np.int64]) -> tuple[list[Value], NDArray[np.int64]]:
    """Renumbered so that the first row has value 0, and so on."""
    used, first = np.unique(codes, return_index=True)
    order = [code for code in used[np.argsort(first)].tolist() if code >= 0]
    new = np.full(len(found) + 1, -1)
    new[order] = np.arange(len(order))
    return [found[code] for code in order], new[codes]


def _parts(raw: bytes, vr: str, byte_order: ByteOrder, decoder: Callable[[bytes], str]) -> list[Any]:
    """The single values, decoded: numbers, or text."""
    if vr in _FORMATS:
        size = np.dtype(decode.NUMERIC[vr]).itemsize
        whole = raw[: len(raw) // size * size]
        return [number for (number,) in iter_unpack(byte_order + _FORMATS[vr], whole)]
    if vr == "AT":
        pairs = iter_unpack(byte_order + "HH", raw[: len(raw) // 4 * 4])
        return [tag_text(group << 16 | element) for group, element in pairs]
    if vr in BYTES:
        return [bytes_text(raw)] if raw else []
    return text_parts((decoder if vr in strings.EXTENDED_TEXT else strings.plain_text)(raw), vr)


def text_parts(text: str, vr: str) -> list[str]:
    """The single values of decoded text, without padding; none of an empty one."""
    text = strings.clean(text, vr)
    if vr in _ONE_TEXT:
        return [text] if text else []
    return [strings.clean(part, vr) for part in text.split("\\")] if text else []


def tag_text(tag: int) -> str:
    """A tag as a value, ``(0018,9082)``."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def bytes_text(raw: bytes) -> str:
    """Bytes of unknown meaning: text where all are ASCII letters and signs, else hexadecimal numbers."""
    text = raw.rstrip(b"\0 ")
    if text and text.isascii() and text.decode("ascii").isprintable():
        return text.decode("ascii")
    return raw.hex(" ")


def _text(part: Any, vr: str) -> str:
    if isinstance(part, float):
        return number_text(part, single=vr in ("FL", "OF"))
    return str(part)


def number_text(number: float, *, single: bool = False) -> str:
    """The shortest text that is exactly this number; single: of 32 bits."""
    if np.isfinite(number) and number == int(number) and abs(number) < 1e15:
        return str(int(number))
    if not single:
        return repr(float(number))
    if 1e-4 <= abs(number) < 1e15:  # str() of numpy 2.4 writes 5597087.5 with an exponent
        return np.format_float_positional(np.float32(number), trim="-")
    return str(np.float32(number))


def _data(part: Any, vr: str) -> Any:
    if isinstance(part, str) and vr in decode.NUMBER_TEXT:
        try:
            return int(part) if vr == "IS" else _finite(float(part), part)
        except ValueError:
            return part or None
    if isinstance(part, float):
        return _finite(float(_text(part, vr)), str(part))
    return part


def _finite(number: float, text: str) -> float | str:
    """JSON knows no infinity."""
    return number if np.isfinite(number) else text
