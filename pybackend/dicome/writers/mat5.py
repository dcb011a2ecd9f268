"""Variables as a level 5 .mat file (MATLAB 5 to 7), written faster than scipy writes it.

The layout is MathWorks' "MAT-File Format", chapter 1: an element is a tag (type, bytes) and data padded to 8 bytes; an
array is an element of elements (flags, size, name, data). Not `scipy.io.savemat`: it takes seconds for the thousands of
small structs of a header, and it gives text a UTF-8 length that Octave does not read, so that the end of a word with
longer letters is lost. As UTF-16, which the format knows too, all readers get such text whole.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dicome.writers.steps import Wrote, unheard

VARIABLE_LIMIT = 2**31 - 2**12
"""Bytes of one array that fit: MATLAB takes lengths as signed 32-bit numbers; the rest is for tags and names."""
BLOCK_BYTES = 2**24
"""Bytes that are brought into column-major order, and compressed, at a time."""

NUMBER_CODES = {
    "float64": (6, 9),
    "float32": (7, 7),
    "int8": (8, 1),
    "uint8": (9, 2),
    "int16": (10, 3),
    "uint16": (11, 4),
    "int32": (12, 5),
    "uint32": (13, 6),
    "int64": (14, 12),
    "uint64": (15, 13),
    "bool": (9, 2),
}
"""dtype name: class of the array, type of its data."""
_CELL, _STRUCT, _CHAR = 1, 2, 4
_INT8, _INT32, _UINT32, _MATRIX, _COMPRESSED, _UTF8, _UTF16 = 1, 5, 6, 14, 15, 16, 17
_LOGICAL = 0x200
_HEAD = b"MATLAB 5.0 MAT-file, written by dicome".ljust(124) + struct.pack("<H2s", 0x0100, b"IM")
_NO_NAME_AT = 16 + 8
"""Where the size of an array begins in its element: behind the tag and the flags."""


class TooLargeError(Exception):
    """A variable that this version of the format does not hold."""


class Level5:
    """Makes arrays without names as bytes; see `dicome.writers.matlab.Maker`."""

    def numbers(self, array: NDArray[Any]) -> bytes:
        """An array of real numbers or truth values."""
        data = little(array).tobytes(order="F")
        return _matrix(_number_head(array, b""), [_tag(NUMBER_CODES[array.dtype.name][1], len(data)), _padded(data)])

    def text(self, text: str) -> bytes:
        """One row of char; characters beyond U+FFFF, which some readers count as one and some as two, are replaced."""
        if text.isascii():
            data, kind = text.encode(), _UTF8
        else:
            data, kind = utf16(text), _UTF16
        size = (1, len(text)) if text else (0, 0)
        return _matrix(_head(_CHAR, size), [_element(kind, data)])

    def cells(self, shape: tuple[int, int], children: Sequence[bytes]) -> bytes:
        """An array of cells."""
        return _matrix(_head(_CELL, shape), children)

    def struct(self, names: tuple[str, ...], children: Sequence[bytes]) -> bytes:
        """A struct."""
        return _matrix(_head(_STRUCT, (1, 1)) + _field_names(names), children)


def utf16(text: str) -> bytes:
    """Text in as many 16-bit numbers as it has characters."""
    plain = "".join("\N{REPLACEMENT CHARACTER}" if ord(c) > 0xFFFF or 0xD800 <= ord(c) < 0xE000 else c for c in text)
    return plain.encode("utf-16-le")


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Writes variables of real numbers only, uncompressed."""
    with path.open("wb") as file:
        file.write(_HEAD)
        for name, array in arrays.items():
            for piece in _array_pieces(name, array):
                file.write(piece)


def write_file(
    path: Path, imag: NDArray[Any], others: dict[str, bytes], compress: bool, wrote: Wrote = unheard
) -> None:
    """Writes the variable ``imag`` and the others, made by `Level5`. wrote: told the bytes of ``imag`` as they go."""
    with path.open("wb") as file:
        file.write(_HEAD)
        for pieces in (
            _watched(_array_pieces("imag", imag), wrote),
            *(_named_pieces(name, made) for name, made in others.items()),
        ):
            if compress:
                _write_compressed(file, pieces)
            else:
                for piece in pieces:
                    file.write(piece)


def _watched(pieces: Iterator[Any], wrote: Wrote) -> Iterator[Any]:
    for piece in pieces:
        yield piece
        wrote(len(piece))


def _array_pieces(name: str, array: NDArray[Any]) -> Iterator[Any]:
    """The element of an array, without a second copy of it."""
    head = _number_head(array, name.encode("ascii"))
    padding = -array.nbytes % 8
    yield _tag(_MATRIX, len(head) + 8 + array.nbytes + padding) + head
    yield _tag(NUMBER_CODES[array.dtype.name][1], array.nbytes)
    for block in column_major(little(array)):
        yield block.reshape(-1).view(np.uint8).data
    yield b"\0" * padding


def column_major(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The values of an array in column-major order, block by block; no block is much larger than `BLOCK_BYTES`."""
    return _blocks(array.T)


def _blocks(turned: NDArray[Any]) -> Iterator[NDArray[Any]]:
    if turned.ndim < 2 or turned.flags.c_contiguous:
        step = max(1, BLOCK_BYTES // max(turned.itemsize, 1))
        flat = np.ascontiguousarray(turned).reshape(-1)
        yield from (flat[start : start + step] for start in range(0, flat.size, step))
        return
    step = max(1, BLOCK_BYTES * len(turned) // turned.nbytes) if turned.nbytes else 1
    for start in range(0, len(turned), step):
        piece = turned[start : start + step]
        yield from _blocks(piece[0]) if len(piece) == 1 else [np.ascontiguousarray(piece)]


def _named_pieces(name: str, made: bytes) -> Iterator[Any]:
    """The element of an array that was made without a name."""
    whole = memoryview(made)
    (size,) = struct.unpack_from("<I", made, _NO_NAME_AT + 4)
    name_at = _NO_NAME_AT + 8 + size + -size % 8
    named = _element(_INT8, name.encode("ascii"))
    yield _tag(_MATRIX, len(made) - 8 + len(named) - 8)
    yield whole[8:name_at]
    yield named
    yield whole[name_at + 8 :]


def _write_compressed(file: BinaryIO, pieces: Iterator[Any]) -> None:
    packer = zlib.compressobj(level=1)
    start = file.tell()
    file.write(_tag(_COMPRESSED, 0))
    for piece in pieces:
        file.write(packer.compress(piece))
    file.write(packer.flush())
    end = file.tell()
    file.seek(start)
    file.write(_tag(_COMPRESSED, end - start - 8))
    file.seek(end)


def _number_head(array: NDArray[Any], name: bytes) -> bytes:
    flags = NUMBER_CODES[array.dtype.name][0] | (_LOGICAL if array.dtype == np.bool_ else 0)
    return _head(flags, array.shape + (1,) * (2 - array.ndim), name)


@lru_cache(maxsize=1024)
def _head(flags: int, shape: tuple[int, ...], name: bytes = b"") -> bytes:
    """Flags, size and name of an array."""
    return (
        _element(_UINT32, struct.pack("<II", flags, 0))
        + _element(_INT32, struct.pack(f"<{len(shape)}i", *shape))
        + _element(_INT8, name)
    )


@lru_cache(maxsize=1024)
def _field_names(names: tuple[str, ...]) -> bytes:
    """Length of all names (longest and a zero byte, as a small element, which it must be), and the names."""
    length = max((len(name) for name in names), default=0) + 1
    table = b"".join(name.encode("ascii").ljust(length, b"\0") for name in names)
    return struct.pack("<HHi", _INT32, 4, length) + _element(_INT8, table)


def _matrix(head: bytes, pieces: Sequence[bytes]) -> bytes:
    size = len(head) + sum(map(len, pieces))
    return b"".join((_tag(_MATRIX, size), head, *pieces))


def _tag(kind: int, size: int) -> bytes:
    if size > VARIABLE_LIMIT + 2**11:
        raise TooLargeError(f"{size:,} bytes")
    return struct.pack("<II", kind, size)


def _element(kind: int, data: bytes) -> bytes:
    return _tag(kind, len(data)) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 8)


def little(array: NDArray[Any]) -> NDArray[Any]:
    """The array with its numbers in little-endian order."""
    return array.astype(array.dtype.newbyteorder("<"), copy=False)
