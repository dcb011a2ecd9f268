"""A header as a few flat tables, so that MATLAB and Octave can build nested structs column by column.

Nested JSON would need one object per item (16,000 frames: minutes), and `jsondecode` turns lists of like objects into
struct arrays. So the tree is cut into tables of whole numbers that point at each other (all 1-based):

``groups``   one row per group: data sets, first field, number of fields
``fields``   one row per field: name, kind (`FieldKind`), reference, number of values
``values``   one row per value that fields share: kind (`ValueKind`), reference
``arrays``   one row per array of numbers: pool, first element, rows, columns, data sets
``pools``    all numbers of one class, one behind the other
``names`` and ``texts``  each different string once; the only two that travel as JSON

What is the same in all data sets of a group (most of a per-frame header, whole nested sequences among it) is sent,
and built, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from dicome.bridge.numeric import matlab_class
from dicome.columnar import Choices, Group, Items, Numbers, Parts, PersonName

Value = str | PersonName | NDArray[np.generic] | None
Leaf = Numbers | Choices | Items | Parts


class FieldKind(IntEnum):
    """How ``reference`` of a field is meant; ``m`` is the number of data sets of its group."""

    SAME = 1  # reference: a value, for all data sets
    NUMBERS = 2  # reference: an array, rows x columns x m
    CHOICES = 3  # reference: the first of `number of values` values; the array of codes is the field's fifth column
    ITEM = 4  # reference: a group of m data sets
    PARTS = 5  # reference: the first of `number` groups; the array of their item numbers is in the fifth column


class ValueKind(IntEnum):
    """How ``reference`` of a value is meant."""

    EMPTY = 0
    TEXT = 1
    ARRAY = 2
    STRUCT = 3


@dataclass(frozen=True, slots=True)
class Tables:
    """A header ready to be written; see the head of this module. ``root`` is the row of the outermost group."""

    root: int
    names: list[str]
    texts: list[str]
    numbers: dict[str, NDArray[np.generic]]


def tables(header: Group) -> Tables:
    """Cut a header into tables."""
    book = _Book()
    root = book.group(header)
    return Tables(root, list(book.names), list(book.texts), book.numbers())


class _Book:
    """The tables while they grow. Strings keep the order in which they came: a dict gives each its number."""

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
            "groups": _table(self._groups, 3),
            "fields": _table(self._fields, 5),
            "values": _table(self._values, 2),
            "arrays": _table(self._arrays, 5),
        }
        for number, pieces in enumerate(self._pools.values(), start=1):
            result[f"pool{number}"] = np.concatenate(pieces)
        return result

    def group(self, group: Group) -> int:
        """Add a group, its parts before it; its row."""
        rows = [(_number(self.names, name), *self._field(leaf, group.count)) for name, leaf in group.fields.items()]
        self._groups.append((group.count, len(self._fields) + 1, len(rows)))
        self._fields.extend(rows)
        return len(self._groups)

    def _field(self, leaf: Leaf, count: int) -> tuple[int, int, int, int]:
        if count > 0 and not isinstance(leaf, Parts) and _is_constant(leaf):
            return FieldKind.SAME, self._value(_only_value(leaf)), 1, 0
        match leaf:
            case Numbers():
                return FieldKind.NUMBERS, self._array(_columns(leaf)), 1, 0
            case Choices():
                codes = self._array(leaf.codes.astype(np.int32)[:, np.newaxis] + 1)
                return FieldKind.CHOICES, self._run([self._row(v) for v in leaf.distinct]), len(leaf.distinct), codes
            case Items():
                return FieldKind.ITEM, self.group(_wrapped(leaf, count)), 1, 0
            case Parts():
                return self._parts(leaf)

    def _parts(self, parts: Parts) -> tuple[int, int, int, int]:
        rows = [
            (ValueKind.STRUCT, self.group(group), self._array(numbers.reshape(-1, 1)))
            for numbers, group in parts.groups
        ]
        groups = self._run([(kind, reference) for kind, reference, _ in rows])
        numbers = self._run([(ValueKind.ARRAY, array) for _, _, array in rows])
        return FieldKind.PARTS, groups, len(rows), numbers

    def _value(self, value: Value | Items) -> int:
        return self._run([self._row(value)])

    def _run(self, rows: list[tuple[int, int]]) -> int:
        first = len(self._values) + 1
        self._values.extend(rows)
        return first

    def _row(self, value: Value | Items) -> tuple[int, int]:
        match value:
            case None:
                return ValueKind.EMPTY, 0
            case str():
                return ValueKind.TEXT, _number(self.texts, _safe(value))
            case PersonName():
                parts = {name: _text(text) for name, text in value.parts().items()}
                return ValueKind.STRUCT, self.group(Group(1, parts))
            case Items():
                return (ValueKind.STRUCT, self.group(_wrapped(value, 1))) if value.groups else (ValueKind.EMPTY, 0)
            case _:
                return self._number_row(value)

    def _number_row(self, value: NDArray[np.generic]) -> tuple[int, int]:
        if value.size == 0:
            return ValueKind.EMPTY, 0
        columns = value[np.newaxis] if value.ndim == 2 else value.reshape(1, -1)
        return ValueKind.ARRAY, self._array(columns)

    def _array(self, values: NDArray[np.generic]) -> int:
        """Add numbers of shape (data sets, rows[, columns]); each data set column by column, as MATLAB stores it."""
        shape = values.shape if values.ndim == 3 else (*values.shape, 1)
        pool = matlab_class(values.dtype)
        number = list(self._pools).index(pool) + 1 if pool in self._pools else len(self._pools) + 1
        first = self._lengths.get(pool, 0) + 1
        flat = (values if values.ndim < 3 else values.transpose(0, 2, 1)).reshape(-1)
        self._pools.setdefault(pool, []).append(flat.astype(flat.dtype.newbyteorder("="), copy=False))
        self._lengths[pool] = first - 1 + flat.size
        self._arrays.append((number, first, shape[1], shape[2], shape[0]))
        return len(self._arrays)


def _is_constant(leaf: Leaf) -> bool:
    """Whether all data sets hold the same."""
    match leaf:
        case Numbers():
            return leaf.values[0].size == 0 or bool((leaf.values == leaf.values[:1]).all())
        case Choices():
            return bool((leaf.codes == leaf.codes[:1]).all())
        case Items():
            return all(_is_constant(inner) for group in leaf.groups for inner in group.fields.values())
        case Parts():
            return False


def _only_value(leaf: Numbers | Choices | Items) -> Value | Items:
    match leaf:
        case Numbers():
            return leaf.values[0]
        case Choices():
            return leaf.distinct[int(leaf.codes[0])]
        case Items():
            return Items(tuple(_first(group) for group in leaf.groups))


def _first(group: Group) -> Group:
    """The first data set of a group that has the same in all."""
    return Group(1, {name: _first_leaf(leaf) for name, leaf in group.fields.items()})


def _first_leaf(leaf: Leaf) -> Leaf:
    match leaf:
        case Numbers():
            return Numbers(leaf.values[:1], leaf.pairs)
        case Choices():
            return Choices(leaf.distinct, leaf.codes[:1])
        case Items():
            return Items(tuple(_first(group) for group in leaf.groups))
        case Parts():
            return leaf


def _wrapped(items: Items, count: int) -> Group:
    """Sequence items as fields ``Item_k``."""
    return Group(count, {f"Item_{k}": _Single((group,)) for k, group in enumerate(items.groups, start=1)})
