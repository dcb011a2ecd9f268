"""A header as a few flat tables, so that MATLAB and Octave can build nested structs column by column.

Nested JSON would need an object per item (16,000 frames take minutes), and `jsondecode` turns lists of like objects
into struct arrays. So the tree is cut into tables of whole numbers that point at each other's rows, counted from 1:

``groups``   one row per group: data sets ``m``, first field, number of fields
``fields``   one row per field: name, `FieldKind`, reference, number, second reference
``values``   one row per value that data sets share: `ValueKind`, reference
``arrays``   one row per array of numbers: pool, first element, rows, columns, data sets
``pool1`` .. all numbers of one class, one behind the other, each data set's in column-major order
``names`` and ``texts``  each different string once; only these two travel as JSON

What is the same in all data sets of a group (most of a per-frame header, whole nested sequences among it) is sent,
and built, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from dicome.bridge.numeric import matlab_class
from dicome.columnar import Choices, Group, Items, Numbers, Parts, PersonName, Tree

Value = str | PersonName | NDArray[np.generic] | None
Leaf = Numbers | Choices | Items | Parts


class FieldKind(IntEnum):
    """What the references of a field mean."""

    SAME = 1
    """A value, for all data sets."""
    NUMBERS = 2
    """An array."""
    CHOICES = 3
    """The first of `number` values; second: the array that says which of them each data set has."""
    ITEM = 4
    """A group with a row for each data set."""
    PARTS = 5
    """The first of `number` values that are groups; second: the first of as many values, the arrays of item numbers."""


class ValueKind(IntEnum):
    """What the reference of a value means: nothing, a row of ``texts``, of ``arrays`` or of ``groups``."""

    EMPTY = 0
    TEXT = 1
    ARRAY = 2
    STRUCT = 3
    CELL = 4
    """A row of ``arrays`` whose numbers are rows of ``texts``."""


@dataclass(frozen=True, slots=True)
class Tables:
    """A header ready to be written; ``root`` is the row of the outermost group."""

    root: int
    names: list[str]
    texts: list[str]
    numbers: dict[str, NDArray[np.generic]]


def cut(header: Group) -> Tables:
    """Cut a header into tables."""
    book = _Book()
    root = book.group(header)
    return Tables(root, list(book.names), list(book.texts), book.numbers())


def cut_tree(tree: Mapping[str, Tree]) -> Tables:
    """Cut nested structs into the same tables: blob, parameter, value."""
    book = _Book()
    root = book.struct(tree)
    return Tables(root, list(book.names), list(book.texts), book.numbers())


class _Book:
    """The tables while they grow. Strings stay in the order of their numbers: a dict keeps it."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.texts: dict[str, int] = {}
        self._groups: list[tuple[int, int, int]] = []
        self._fields: list[tuple[int, int, int, int, int]] = []
        self._values: list[tuple[int, int]] = []
        self._arrays: list[tuple[int, int, int, int, int]] = []
        self._pools: dict[str, list[NDArray[np.generic]]] = {}
        self._lengths: dict[str, int] = {}

    def numbers(self) -> dict[str, NDArray[np.generic]]:
        """All tables of numbers, by the name of their variable."""
        result: dict[str, NDArray[np.generic]] = {
            "groups": np.array(self._groups, np.int32).reshape(-1, 3),
            "fields": np.array(self._fields, np.int32).reshape(-1, 5),
            "values": np.array(self._values, np.int32).reshape(-1, 2),
            "arrays": np.array(self._arrays, np.int32).reshape(-1, 5),
        }
        for number, pieces in enumerate(self._pools.values(), start=1):
            result[f"pool{number}"] = np.concatenate(pieces)
        return result

    def group(self, group: Group) -> int:
        """Add a group, whatever it holds before it; its row."""
        return self._close(group.count, {name: self._field(leaf) for name, leaf in group.fields.items()})

    def struct(self, tree: Mapping[str, Tree]) -> int:
        """Add a struct, whatever it holds before it; the row of its group."""
        values = [self._tree_value(value) for value in tree.values()]
        places = (self._add([value]) for value in values)
        return self._close(1, {name: (FieldKind.SAME, at, 1, 0) for name, at in zip(tree, places, strict=True)})

    def _tree_value(self, value: Tree) -> tuple[int, int]:
        if isinstance(value, Mapping):
            return ValueKind.STRUCT, self.struct(value)
        if isinstance(value, tuple):
            numbers = np.array([[_number(self.texts, text) for text in value]], np.int32)
            return ValueKind.CELL, self._array(numbers)
        return self._value(value)

    def _close(self, count: int, fields: dict[str, tuple[int, int, int, int]]) -> int:
        self._groups.append((count, len(self._fields) + 1, len(fields)))
        self._fields.extend((_number(self.names, name), *field) for name, field in fields.items())
        return len(self._groups)

    def _field(self, leaf: Leaf) -> tuple[int, int, int, int]:
        if _is_constant(leaf):
            return FieldKind.SAME, self._add([self._value(_first_value(leaf))]), 1, 0
        if isinstance(leaf, Numbers):
            return FieldKind.NUMBERS, self._array(leaf.values), 1, 0
        if isinstance(leaf, Choices):
            codes = self._array(leaf.codes.astype(np.int32)[:, np.newaxis] + 1)
            return FieldKind.CHOICES, self._add([self._value(v) for v in leaf.distinct]), len(leaf.distinct), codes
        return self._parts(leaf) if isinstance(leaf, Parts) else self._items(leaf)

    def _items(self, items: Items) -> tuple[int, int, int, int]:
        fields = {f"Item_{k}": self._item(group) for k, group in enumerate(items.groups, start=1)}
        return FieldKind.ITEM, self._close(items.groups[0].count, fields), 1, 0

    def _item(self, group: Group) -> tuple[int, int, int, int]:
        if _is_constant(Items((group,))):
            return FieldKind.SAME, self._add([(ValueKind.STRUCT, self.group(_first(group)))]), 1, 0
        return FieldKind.ITEM, self.group(group), 1, 0

    def _parts(self, parts: Parts) -> tuple[int, int, int, int]:
        groups = [(int(ValueKind.STRUCT), self.group(group)) for _, group in parts.groups]
        numbers = [(int(ValueKind.ARRAY), self._array(numbers.reshape(1, -1))) for numbers, _ in parts.groups]
        return FieldKind.PARTS, self._add(groups), len(groups), self._add(numbers)

    def _add(self, values: list[tuple[int, int]]) -> int:
        first = len(self._values) + 1
        self._values.extend(values)
        return first

    def _value(self, value: Value | Items) -> tuple[int, int]:
        if isinstance(value, str):
            return ValueKind.TEXT, _number(self.texts, value)
        if isinstance(value, PersonName):
            return ValueKind.STRUCT, self.group(Group(1, {name: _text(part) for name, part in value.parts().items()}))
        if isinstance(value, Items):
            return (ValueKind.STRUCT, self._items(value)[1]) if value.groups else (ValueKind.EMPTY, 0)
        if value is None or value.size == 0:
            return ValueKind.EMPTY, 0
        return ValueKind.ARRAY, self._array(value[np.newaxis])

    def _array(self, values: NDArray[np.generic]) -> int:
        """Add numbers of shape (data sets, rows[, columns])."""
        pool = matlab_class(values.dtype)
        pieces = self._pools.setdefault(pool, [])
        first = self._lengths.get(pool, 0)
        flat = (values.swapaxes(1, 2) if values.ndim == 3 else values).reshape(-1)
        pieces.append(flat.astype(flat.dtype.newbyteorder("="), copy=False))
        self._lengths[pool] = first + flat.size
        count, rows, columns = values.shape if values.ndim == 3 else (*values.shape, 1)
        self._arrays.append((list(self._pools).index(pool) + 1, first + 1, rows, columns, count))
        return len(self._arrays)


def _number(numbers: dict[str, int], text: str) -> int:
    return numbers.setdefault(text, len(numbers) + 1)


def _text(text: str) -> Choices:
    return Choices((text,), np.zeros(1, np.int32))


def _is_constant(leaf: Leaf) -> bool:
    """Whether all data sets hold the same."""
    if isinstance(leaf, Numbers):
        return leaf.values[0].size == 0 or bool((leaf.values == leaf.values[:1]).all())
    if isinstance(leaf, Choices):
        return bool((leaf.codes == leaf.codes[:1]).all())
    if isinstance(leaf, Items):
        return all(_is_constant(inner) for group in leaf.groups for inner in group.fields.values())
    return False


def _first(group: Group) -> Group:
    """The first data set alone."""
    return Group(1, {name: _first_leaf(leaf) for name, leaf in group.fields.items()})


def _first_leaf(leaf: Leaf) -> Leaf:
    if isinstance(leaf, Numbers):
        return Numbers(leaf.values[:1], leaf.pairs)
    if isinstance(leaf, Choices):
        return Choices(leaf.distinct, leaf.codes[:1])
    return Items(tuple(_first(group) for group in leaf.groups)) if isinstance(leaf, Items) else leaf


def _first_value(leaf: Leaf) -> Value | Items:
    """What a field holds that is the same in all data sets."""
    if isinstance(leaf, Numbers):
        value: NDArray[np.generic] = leaf.values[0]
        return value
    if isinstance(leaf, Choices):
        return leaf.distinct[int(leaf.codes[0])]
    first = _first_leaf(leaf)
    return first if isinstance(first, Items) else None
