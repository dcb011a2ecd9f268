"""Writes real arrays as an uncompressed level 5 .mat file, as fast as the disk takes them.

Not `scipy.io.savemat`: importing scipy costs as much as starting Python twice, and it copies an image to turn it. Of
the ways to hand an array over, this is what Octave reads fastest (ahead of raw files and of HDF5), and MATLAB's
`load` reads it too. The layout is MathWorks' "MAT-File Format", chapter 1 (level 5): every element is a tag (type,
bytes) and data padded to 8 bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

VARIABLE_LIMIT = 2**31 - 2**12
"""Bytes of one array that fit into a level 5 variable: its length is a signed 32-bit number; the rest is for names."""

BLOCK_BYTES = 2**24
"""Bytes that are brought into column-major order at a time."""

# dtype name: (class of the array, type of its data)
_CODES = {
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
_MATLAB_NAMES = {"float64": "double", "float32": "single", "bool": "uint8"}
_MATRIX, _INT8, _INT32, _UINT32 = 14, 1, 5, 6
_LOGICAL = 0x200


def matlab_class(dtype: np.dtype[np.generic]) -> str:
    """Name of the MATLAB class that holds a dtype; TypeError where there is none (text, complex, objects)."""
    name = str(dtype.name)
    if name not in _CODES:
        raise TypeError(f"no MATLAB number class holds dtype {name}; one of {', '.join(_CODES)} is needed")
    return _MATLAB_NAMES.get(name, name)


def write_mat(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write named real arrays, each at most `VARIABLE_LIMIT` bytes; a vector becomes a column, bool becomes logical."""
    with path.open("wb") as file:
        file.write(b"MATLAB 5.0 MAT-file, written by dicome".ljust(124) + struct.pack("<H2s", 0x0100, b"IM"))
        for name, array in arrays.items():
            _write_variable(file, name, array)


def write_raw(path: Path, array: NDArray[np.generic]) -> None:
    """Write the values alone, little endian, in column-major order."""
    with path.open("wb") as file:
        _write_values(file, array)


def _write_variable(file: BinaryIO, name: str, array: NDArray[np.generic]) -> None:
    matlab_class(array.dtype)  # says no to what has none
    if array.nbytes > VARIABLE_LIMIT:
        raise ValueError(f"{name} has {array.nbytes} bytes; a variable of a level 5 file holds {VARIABLE_LIMIT}")
    array_class, data_type = _CODES[array.dtype.name]
    shape = array.shape + (1,) * (2 - array.ndim)
    flags = array_class | (_LOGICAL if array.dtype == np.bool_ else 0)
    head = (
        _element(_UINT32, struct.pack("<II", flags, 0))
        + _element(_INT32, struct.pack(f"<{len(shape)}i", *shape))
        + _element(_INT8, name.encode("ascii"))
    )
    padding = -array.nbytes % 8
    file.write(struct.pack("<II", _MATRIX, len(head) + 8 + array.nbytes + padding) + head)
    file.write(struct.pack("<II", data_type, array.nbytes))
    _write_values(file, array)
    file.write(b"\0" * padding)


def _element(data_type: int, data: bytes) -> bytes:
    return struct.pack("<II", data_type, len(data)) + data + b"\0" * (-len(data) % 8)


def _write_values(file: BinaryIO, array: NDArray[np.generic]) -> None:
    file.flush()  # tofile writes past the buffer of the file object
    for block in _blocks(array.astype(array.dtype.newbyteorder("<"), copy=False).T):
        np.ascontiguousarray(block).tofile(file)


def _blocks(turned: NDArray[np.generic]) -> Iterator[NDArray[np.generic]]:
    """Pieces of an array along its first axes, in C order, none much larger than `BLOCK_BYTES` where it can be cut."""
    if turned.nbytes <= BLOCK_BYTES or turned.ndim < 2 or turned.flags.c_contiguous:
        yield turned
        return
    step = int(max(1, BLOCK_BYTES * len(turned) // turned.nbytes))
    for start in range(0, len(turned), step):
        piece = turned[start : start + step]
        yield from _blocks(piece[0]) if len(piece) == 1 else [piece]
