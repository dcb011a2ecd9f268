"""What goes into a MATLAB file, whatever its version: the values of ``info`` and ``frames``, and the walk over them.

A value is a number or an array of them, text, a person name, None (which becomes ``[]``), `Cells`, a mapping (a struct)
or a leaf of `dicome.columnar`. `make` walks it and has a `Maker` build each piece in the format's own way. What frames
share is built once: of thousands of frame items, a handful of fields differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from dicome.columnar import Choices, Group, Items, Numbers, Parts, PersonName
from dicome.header import file_group, header_group

if TYPE_CHECKING:
    from dicome.image import Image
    from dicome.reading import Reading

T = TypeVar("T")
T_co = TypeVar("T_co")
Ints = NDArray[np.int64]

NAME_LENGTH = 63
"""Longest name that MATLAB takes (namelengthmax)."""
EMPTY = np.empty((0, 0))


@dataclass(frozen=True, slots=True)
class Cells:
    """A cell array: cell k, counted down the columns, holds ``distinct[codes[k]]``."""

    distinct: tuple[Any, ...]
    codes: Ints
    shape: tuple[int, int]


class Maker(Protocol[T]):
    """Builds values in one format. What it gave may be put into several structs and cell arrays."""

    def numbers(self, array: NDArray[Any]) -> T:
        """A real or logical array with two dimensions or more."""

    def text(self, text: str) -> T:
        """A row of char."""

    def cells(self, shape: tuple[int, int], children: Sequence[T]) -> T:
        """A cell array; its cells down the columns."""

    def struct(self, names: tuple[str, ...], children: Sequence[T]) -> T:
        """A struct with one element."""


# -- what there is to write ----------------------------------------------------------------------------------------


def info_of(image: Image, found: Reading, full: bool) -> dict[str, Any]:
    """The second output of dicomeread; with ``full`` also the header of every frame, nested."""
    series = image.series
    group = header_group(series.files, series.format) if full else file_group(series.files[0], series.format)
    info: dict[str, Any] = dict(zip(legal_names(group.fields), group.fields.values(), strict=True))
    info["MatlabNames"] = row_of_cells(found.names)
    info["MatlabIndexes"] = row_of_cells([row_of_cells(labels) for labels in found.labels])
    info["MatlabItems"] = found.items.astype(np.float64)
    info["MatlabEvidence"] = row_of_cells(image.evidence)
    info["MatlabScale"] = found.scale
    return info


def frames_of(image: Image) -> dict[str, Any]:
    """Every attribute of all frames: numbers with a row per frame, text in a column of cells."""
    columns = image.frames.columns
    names = legal_names(columns)
    return {name: _column(image.frames[path]) for name, path in zip(names, columns, strict=True)}


def _column(values: NDArray[Any]) -> NDArray[Any] | Cells:
    if values.dtype == np.int64:
        return values.astype(np.float64)  # IS, which dicominfo gives as double
    if values.dtype != object:
        return values
    number_of: dict[Any, int] = {}
    codes = [number_of.setdefault(value, len(number_of)) for value in values.tolist()]
    # Text that a frame lacks is '', so that the column stays one of text (iscellstr).
    nothing = None if any(isinstance(value, tuple) for value in number_of) else ""
    distinct = (nothing if value is None else _cell(value) for value in number_of)
    return Cells(tuple(distinct), np.array(codes, np.int64), (len(codes), 1))


def _cell(value: Any) -> Any:
    return np.array(value, np.float64) if isinstance(value, tuple) else value


def row_of_cells(values: Sequence[Any]) -> Cells:
    """A row of cells with these values."""
    return Cells(tuple(values), np.arange(len(values)), (1, len(values)))


def legal_names(paths: Iterable[str]) -> tuple[str, ...]:
    """Different field names for attributes; of a path that is too long the last keywords stay, as many as fit."""
    names: dict[str, None] = {}
    for path in paths:
        whole = _shortened(path)
        name, number = whole, 1
        while name in names:
            number += 1
            ending = f"_{number}"
            name = f"{whole[: NAME_LENGTH - len(ending)]}{ending}"
        names[name] = None
    return tuple(names)


def _shortened(path: str) -> str:
    parts = [re.sub(r"[^0-9A-Za-z]", "_", part).rstrip("_") for part in path.split(".")]
    while len(parts) > 1 and len("_".join(parts)) > NAME_LENGTH:
        del parts[0]
    return "_".join(parts)[:NAME_LENGTH]


# -- the walk over it ----------------------------------------------------------------------------------------------


def make(maker: Maker[T], value: Any) -> T:
    """Has ``maker`` build a value."""
    if value is None:
        return maker.numbers(EMPTY)
    if isinstance(value, str):
        return maker.text(value)
    if isinstance(value, PersonName):
        return make(maker, value.parts())
    if isinstance(value, Cells):
        distinct = [make(maker, one) for one in value.distinct]
        return maker.cells(value.shape, [distinct[code] for code in value.codes.tolist()])
    if isinstance(value, Mapping):
        return maker.struct(tuple(value), [make(maker, one) for one in value.values()])
    if isinstance(value, (Numbers, Choices, Items, Parts)):
        return _rows(maker, value, np.zeros(1, np.int64))[0]
    return maker.numbers(_matrix(np.asarray(value)))


def _matrix(array: NDArray[Any]) -> NDArray[Any]:
    """With two dimensions at least: vectors are columns, and what has no values is 0 x 0."""
    if array.size == 0:
        return EMPTY
    return array.reshape(-1, 1) if array.ndim < 2 else array


def _rows(maker: Maker[T], leaf: Numbers | Choices | Items | Parts, rows: Ints) -> list[T]:
    """The values of an attribute in some data sets; the same value is the same object."""
    if isinstance(leaf, Parts):
        return [_numbered(maker, leaf)]
    _, first, which = np.unique(_codes(leaf)[rows], return_index=True, return_inverse=True)
    chosen = rows[first]
    if isinstance(leaf, Numbers):
        made = [make(maker, value) for value in leaf.values[chosen]]
    elif isinstance(leaf, Choices):
        made = [make(maker, leaf.distinct[code]) for code in leaf.codes[chosen].tolist()]
    elif leaf.groups:
        columns = [_structs(maker, group, chosen) for group in leaf.groups]
        names = tuple(f"Item_{k}" for k in range(1, len(columns) + 1))
        made = [maker.struct(names, items) for items in zip(*columns, strict=True)]
    else:
        made = [make(maker, None)] * len(chosen)
    return [made[k] for k in which.tolist()]


def _structs(maker: Maker[T], group: Group, rows: Ints) -> list[T]:
    names = legal_names(group.fields)
    columns = [_rows(maker, leaf, rows) for leaf in group.fields.values()]
    return [maker.struct(names, [column[k] for column in columns]) for k in range(len(rows))]


def _numbered(maker: Maker[T], parts: Parts) -> T:
    items: dict[int, T] = {}
    for numbers, group in parts.groups:
        items.update(zip(numbers.tolist(), _structs(maker, group, np.arange(group.count)), strict=True))
    order = sorted(items)
    return maker.struct(tuple(f"Item_{number}" for number in order), [items[number] for number in order])


def _codes(leaf: Numbers | Choices | Items | Parts) -> Ints:
    """A number for each data set, the same where the values are the same."""
    if isinstance(leaf, Choices):
        return leaf.codes.astype(np.int64)
    if isinstance(leaf, Numbers):
        return _codes_of_rows(leaf.values)
    codes = np.zeros(_count(leaf), np.int64)
    for group in leaf.groups if isinstance(leaf, Items) else ():
        for inner in group.fields.values():
            found = _codes(inner)
            if found.any():
                codes = np.unique(codes * (int(found.max()) + 1) + found, return_inverse=True)[1].reshape(-1)
    return codes


def _codes_of_rows(values: NDArray[Any]) -> Ints:
    """By their bytes: a NaN equals itself, and 0 differs from -0."""
    flat = np.ascontiguousarray(values).reshape(len(values), -1)
    if flat.size == 0 or bool((flat == flat[0]).all() and (np.signbit(flat) == np.signbit(flat[0])).all()):
        return np.zeros(len(values), np.int64)
    raw = flat.view(np.dtype((np.void, flat.shape[1] * flat.dtype.itemsize))).reshape(-1)
    codes: Ints = np.unique(raw, return_inverse=True)[1].reshape(-1)
    return codes


def _count(leaf: Items | Parts) -> int:
    return leaf.groups[0].count if isinstance(leaf, Items) and leaf.groups else 1
