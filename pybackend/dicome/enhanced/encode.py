"""Data elements as bytes (PS3.5 chapter 7), in every encoding that DICOM files come in.

Beside pydicom's writer because that makes an object of each element: an enhanced file of 16,000 frames has two million.
Not a validator: tag and VR are taken on trust, only what cannot be encoded is refused.

Values are None (zero length), text, numbers, bytes, or a list, tuple or array of several; the items of a sequence (SQ)
are lists of ``(tag, vr, value)``. A `Raw` value of any other VR is bytes from a file and stays as it is. Tags are
integers, 0xGGGGEEEE.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from dicome.errors import ArgumentError

UNDEFINED = 0xFFFFFFFF
"""Length of a sequence or item that ends with a delimiter (PS3.5 7.5.1)."""

ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD

LONG_FORM = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"])
"""VRs whose explicit length has 32 bits, after two reserved bytes (PS3.5 7.1.2)."""

NUMBERS = {"SS": "h", "US": "H", "SL": "i", "UL": "I", "SV": "q", "UV": "Q", "FL": "f", "FD": "d"}
"""Binary number VRs and their `struct` letters."""

WORDS = {"OB": 1, "UN": 1, "OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
"""Byte-string VRs and the size of their words, which is what big endian swaps."""

DS_LENGTH, IS_LENGTH = 16, 12
"""Most bytes of one decimal and one integer string (PS3.5 table 6.2-1)."""

SHORT_LENGTH = 0xFFFE
"""Longest even value of a VR with a 16-bit length."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How elements become bytes; ``charset`` is Python's name of the Specific Character Set."""

    implicit: bool = False
    big_endian: bool = False
    undefined_lengths: bool = True
    charset: str = "latin_1"

    @property
    def order(self) -> Literal[">", "<"]:
        """The byte order as `struct` writes it."""
        return ">" if self.big_endian else "<"


EXPLICIT = Encoding()


class Raw(bytes):
    """The value of an element as a little-endian file holds it, padding included."""


def name(tag: int) -> str:
    """A tag as DICOM prints it."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def element(tag: int, vr: str, value: object, encoding: Encoding = EXPLICIT) -> bytes:
    """One data element: tag, VR, length and value.

    Raises
    ------
    ArgumentError
        The value does not fit the VR; says which tag.
    """
    if vr == "SQ":
        return sequence(tag, [data_set(item, encoding) for item in several(value)], encoding)
    try:
        data = value_field(vr, value, encoding)
    except (ValueError, TypeError, OverflowError, struct.error, KeyError) as error:
        raise ArgumentError(f"{name(tag)} cannot hold {value!r} as {vr}: {error}") from error
    return header(tag, vr, len(data), encoding) + data


def data_set(elements: Iterable[tuple[int, str, Any]], encoding: Encoding = EXPLICIT) -> bytes:
    """Several elements, in ascending order of their tags."""
    return b"".join(element(*one, encoding) for one in sorted(elements, key=lambda one: one[0]))


def sequence(tag: int, items: Iterable[bytes], encoding: Encoding = EXPLICIT) -> bytes:
    """A sequence (SQ) of items that are already encoded. Without items its length is zero, never undefined."""
    body = b"".join(item(one, encoding) for one in items)
    if encoding.undefined_lengths and body:
        return header(tag, "SQ", UNDEFINED, encoding) + body + delimiter(SEQUENCE_END, encoding)
    return header(tag, "SQ", len(body), encoding) + body


def item(body: bytes, encoding: Encoding = EXPLICIT) -> bytes:
    """One item of a sequence around an encoded data set."""
    if encoding.undefined_lengths:
        return delimiter(ITEM, encoding, UNDEFINED) + body + delimiter(ITEM_END, encoding)
    return delimiter(ITEM, encoding, len(body)) + body


def delimiter(tag: int, encoding: Encoding = EXPLICIT, length: int = 0) -> bytes:
    """Item tag or one of the two delimiters: they have no VR in any encoding."""
    return struct.pack(encoding.order + "HHI", tag >> 16, tag & 0xFFFF, length)


def header(tag: int, vr: str, length: int, encoding: Encoding = EXPLICIT) -> bytes:
    """What stands before the value: tag, VR unless implicit, length."""
    order, group, number = encoding.order, tag >> 16, tag & 0xFFFF
    if encoding.implicit:
        return struct.pack(order + "HHI", group, number, length)
    if vr in LONG_FORM:
        return struct.pack(order + "HH2sHI", group, number, vr.encode("ascii"), 0, length)
    if length > SHORT_LENGTH:
        raise ArgumentError(f"{name(tag)} {vr} holds at most {SHORT_LENGTH} bytes, not {length}; shorten the value")
    return struct.pack(order + "HH2sH", group, number, vr.encode("ascii"), length)


def value_field(vr: str, value: object, encoding: Encoding = EXPLICIT) -> bytes:
    """The value alone, padded to even length (PS3.5 6.2)."""
    if isinstance(value, Raw):
        return _raw(vr, value, encoding)
    if vr in NUMBERS:
        numbers = several(value)
        return struct.pack(f"{encoding.order}{len(numbers)}{NUMBERS[vr]}", *numbers)
    if vr == "AT":
        halves = [half for tag in several(value) for half in (tag >> 16, tag & 0xFFFF)]
        return struct.pack(f"{encoding.order}{len(halves)}H", *halves)
    if vr in WORDS:
        return _padded(_swapped(value, WORDS[vr], encoding), b"\0")
    text = "\\".join(_text(vr, one) for one in several(value))
    return _padded(text.encode(encoding.charset), b"\0" if vr == "UI" else b" ")


def several(value: object) -> list[Any]:
    """The values of an element as a list: none, one, or those of a list, tuple or array."""
    if value is None:
        return []
    if isinstance(value, np.ndarray):
        return list(value.reshape(-1).tolist())
    return list(value) if isinstance(value, (list, tuple)) else [value]


def format_ds(number: float) -> str:
    """A decimal string: the shortest text that is exact, or the nearest one of at most 16 bytes.

    Raises
    ------
    ValueError
        Not a finite number.
    """
    number = float(number)
    if not math.isfinite(number):
        raise ValueError("DICOM text has no infinity and no NaN")
    shortest = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if len(shortest) <= DS_LENGTH:
        return shortest
    texts = (f"{number:.{digits}g}" for digits in range(DS_LENGTH, 0, -1))
    return next(text for text in texts if len(text) <= DS_LENGTH and math.isfinite(float(text)))


def format_is(number: float) -> str:
    """An integer string.

    Raises
    ------
    ValueError
        Not an integer, or beyond 32 bits.
    """
    if number != int(number) or not -(2**31) <= number < 2**31:
        raise ValueError(f"{number!r} is not an integer of 32 bits")
    return str(int(number))


def _text(vr: str, value: str | float) -> str:
    if isinstance(value, str):
        return value
    if vr == "DS":
        return format_ds(value)
    if vr == "IS":
        return format_is(value)
    raise TypeError("text expected")


def _swapped(value: object, size: int, encoding: Encoding) -> bytes:
    """Bytes are in little-endian order already; an array is of the native one and of words of this size."""
    if isinstance(value, np.ndarray):
        value = np.ascontiguousarray(value).astype(value.dtype.newbyteorder("<")).tobytes()
    if not isinstance(value, bytes | bytearray | memoryview | None):
        raise TypeError("bytes or an array expected")
    data = bytes(value or b"")
    if not encoding.big_endian or size == 1:
        return data
    return np.frombuffer(data, f"<u{size}").astype(f">u{size}").tobytes()


def _raw(vr: str, value: Raw, encoding: Encoding) -> bytes:
    if not encoding.big_endian:
        return _padded(value, b"\0")
    size = struct.calcsize(NUMBERS[vr]) if vr in NUMBERS else 2 if vr == "AT" else WORDS.get(vr, 1)
    return _padded(_swapped(bytes(value), size, encoding), b"\0")


def _padded(data: bytes, padding: bytes) -> bytes:
    return data + padding if len(data) % 2 else data
