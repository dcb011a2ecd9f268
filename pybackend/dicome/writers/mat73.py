"""Variables as a .mat file of version 7.3: HDF5 with MATLAB's attributes, readable by h5py, mat73 and pymatreader too.

MATLAB's layout: a first block of 512 bytes with the version; arrays with their axes turned; ``MATLAB_class`` on all
objects; char as 16-bit numbers; a struct is a group whose ``MATLAB_fields`` give the order; cells are references to
objects in the group ``#refs#``; an array without values holds its size, and ``MATLAB_empty``. Text of more than 2,000
frames is a char matrix with a row for each, which ``cellstr`` makes cells of: cells load slowly in this version.

Octave 7 reads this too, but knows no ``MATLAB_class``: single arrives as double, char as uint16, and cells not at all,
with a warning for each. Other readers look at nothing in ``#refs#`` that no cell refers to, and Octave loads the
group under the name ``__refs_``: ``info`` (without the nested frame items) and ``frames`` are there once more as Octave
itself writes them, texts of frames as char matrices, fields in the order of the alphabet:

    s = load('scan.mat');  info = s.__refs_.info;  frames = s.__refs_.frames;  info.MatlabNames{3}
"""

from __future__ import annotations

import struct
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.writers.hdf5_tree import Node, Tree, text
from dicome.writers.mat5 import utf16
from dicome.writers.matlab import EMPTY, Cells, make
from dicome.writers.steps import Wrote, unheard

USER_BLOCK = 512
MOST_CELLS = 2000
"""Longest column of text that goes as cells; readers follow their references one by one, which takes minutes."""
REFERENCES = "#refs#"
FRAME_ITEMS = "PerFrameFunctionalGroupsSequence"
_CLASSES = {"float64": b"double", "float32": b"single", "bool": b"logical"}
_OCTAVE_TYPES = {"float64": "matrix", "float32": "float matrix", "bool": "bool matrix"}
"""Integers are called after their class."""
_DECODE = {b"char": 2, b"logical": 1}
"""MATLAB_int_decode: numbers stored in place of another class; its size in bytes."""


class Level73:
    """Describes values as MATLAB lays them out; see `dicome.writers.matlab.Maker`."""

    def numbers(self, array: NDArray[Any]) -> Node:
        """An array of numbers or truth values."""
        stored = array.astype(np.uint8) if array.dtype == np.bool_ else array
        return _dataset(stored.T, class_name(array.dtype), array.shape)

    def text(self, text: str) -> Node:
        """A row of char."""
        return _dataset(np.frombuffer(utf16(text), "<u2").reshape(-1, 1), b"char", (1, len(text)) if text else (0, 0))

    def cells(self, shape: tuple[int, int], children: Sequence[Node]) -> Node:
        """An array of cells."""
        if 0 in shape:
            return _dataset(EMPTY, b"cell", shape)
        return Node(np.array(shape[::-1]), {"MATLAB_class": b"cell"}, cells=children)

    def struct(self, names: tuple[str, ...], children: Sequence[Node]) -> Node:
        """A struct."""
        fields = {"MATLAB_fields": names} if names else {}
        return Node(None, {"MATLAB_class": b"struct", **fields}, tuple(zip(names, children, strict=True)))

    def text_column(self, cells: Cells) -> Node:
        """A char matrix with a row per cell, padded with blanks."""
        words = [utf16(text) for text in cells.distinct]
        width = max(map(len, words), default=0)
        if not width:
            return self.text("")
        padded = b"".join(word + " ".encode("utf-16-le") * ((width - len(word)) // 2) for word in words)
        table = np.frombuffer(padded, "<u2").reshape(len(words), -1)
        return _dataset(table[cells.codes].T, b"char", (len(cells.codes), width // 2))


def class_name(dtype: np.dtype[Any]) -> bytes:
    """MATLAB's name of the class of a number."""
    name = str(dtype.name)
    return _CLASSES.get(name, name.encode())


def _dataset(data: NDArray[Any], matlab_class: bytes, shape: tuple[int, ...]) -> Node:
    attributes: dict[str, Any] = {"MATLAB_class": matlab_class}
    if matlab_class in _DECODE:
        attributes["MATLAB_int_decode"] = np.int32(_DECODE[matlab_class])
    if 0 in shape:
        return Node(np.array(shape, np.uint64), {**attributes, "MATLAB_empty": np.uint8(1)})
    return Node(data, attributes)


class OctaveObjects:
    """Describes values as Octave's ``save -hdf5`` writes them: a group that names the type, and the value in it."""

    def numbers(self, array: NDArray[Any]) -> Node:
        """An array of numbers or truth values."""
        if array.size == 0:
            return _typed("matrix", Node(np.array(array.shape, np.int64)), empty=True)
        name = _OCTAVE_TYPES.get(array.dtype.name, f"{array.dtype.name} matrix")
        return _typed(name, Node((array.astype(np.uint8) if array.dtype == np.bool_ else array).T))

    def text(self, text: str) -> Node:
        """A row of char, which in Octave are bytes of UTF-8."""
        if not text:
            return _typed("sq_string", Node(np.zeros(2, np.int64)), empty=True)
        return _typed("sq_string", Node(np.frombuffer(text.encode("utf-8", "replace"), np.int8).reshape(-1, 1)))

    def cells(self, shape: tuple[int, int], children: Sequence[Node]) -> Node:
        """An array of cells."""
        if not children:
            return _typed("cell", Node(np.array(shape, np.int64)), empty=True)
        members = [("dims", Node(np.array(shape[::-1], np.int64)))]
        digits = len(str(len(children)))  # Octave takes them in the order of the alphabet
        return _typed("cell", Node(members=members + [(f"_{k:0{digits}}", c) for k, c in enumerate(children)]))

    def struct(self, names: tuple[str, ...], children: Sequence[Node]) -> Node:
        """A struct."""
        return _typed("scalar struct", Node(members=tuple(zip(names, children, strict=True))))

    def text_column(self, cells: Cells) -> Node:
        """A char matrix with a row per cell, padded with blanks."""
        words = [str(text).encode("utf-8", "replace") for text in cells.distinct]
        width = max(map(len, words), default=0)
        if not width:
            return self.text("")
        table = np.frombuffer(b"".join(word.ljust(width) for word in words), np.int8).reshape(len(words), width)
        return _typed("sq_string", Node(table[cells.codes].T))


def _typed(name: str, value: Node, empty: bool = False) -> Node:
    marks = {"OCTAVE_NEW_FORMAT": np.uint8(1)} | ({"OCTAVE_EMPTY_MATRIX": np.uint8(1)} if empty else {})
    return Node(None, marks, (("type", Node(text(name))), ("value", value)))


def write_file(
    path: Path,
    imag: NDArray[Any],
    others: Mapping[str, Mapping[str, Any]],
    compress: bool,
    wrote: Wrote = unheard,
) -> None:
    """Writes the variable ``imag`` and the structs ``others``. wrote: told the bytes of ``imag`` as they go."""
    with Tree.create(path, USER_BLOCK, REFERENCES) as tree:
        chunks = (1,) * (imag.ndim - 2) + imag.shape[1::-1] if compress and imag.size else None
        made = tree.array("imag", imag.T, chunks, compress, wrote)
        made.attrs["MATLAB_class"] = np.bytes_(class_name(imag.dtype))
        for name, value in others.items():
            tree.put(_for_matlab(value), f"/{name}")
        for name, value in others.items():
            tree.put(_for_octave(value), f"/{REFERENCES}/{name}")
    with path.open("r+b") as file:
        file.write(_first_block())


def _for_matlab(value: Mapping[str, Any]) -> Node:
    maker = Level73()
    children = [
        maker.text_column(one) if _is_text(one) and one.shape[0] > MOST_CELLS else make(maker, one)
        for one in value.values()
    ]
    return maker.struct(tuple(value), children)


def _for_octave(value: Mapping[str, Any]) -> Node:
    native = OctaveObjects()
    fields = {name: one for name, one in value.items() if name != FRAME_ITEMS}
    children = [native.text_column(one) if _is_text(one) else make(native, one) for one in fields.values()]
    return native.struct(tuple(fields), children)


def _is_text(value: Any) -> bool:
    """Whether a value is a column of several cells with text."""
    return isinstance(value, Cells) and value.shape[0] > 1 and all(isinstance(one, str) for one in value.distinct)


def _first_block() -> bytes:
    moment = time.strftime("%a %b %d %H:%M:%S %Y")
    text = f"MATLAB 7.3 MAT-file, Platform: dicome, Created on: {moment} HDF5 schema 1.00 ."
    return text.encode("ascii", "replace").ljust(116)[:116] + bytes(8) + struct.pack("<H2s", 0x0200, b"IM")
