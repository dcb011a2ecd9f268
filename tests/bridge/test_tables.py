"""A header cut into tables: small ones worked out by hand, larger ones put together again by a slow reader."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dicome.bridge.tables import FieldKind, Tables, ValueKind, cut, cut_tree
from dicome.columnar import Choices, Group, Items, Numbers, Parts, PersonName, Tree


def one(value: Any) -> Choices:
    return Choices((value,), np.zeros(1, np.int32))


def column(*rows: Any, dtype: str = "float64") -> Numbers:
    return Numbers(np.array(rows, dtype))


def test_a_small_header_by_hand() -> None:
    found = cut(Group(1, {"Rows": column([64], dtype="uint16"), "Modality": one("MR"), "PatientID": one(None)}))
    assert found.root == 1
    assert found.names == ["Rows", "Modality", "PatientID"]
    assert found.texts == ["MR"]
    assert {name: table.tolist() for name, table in found.numbers.items()} == {
        "groups": [[1, 1, 3]],
        "fields": [[1, 1, 1, 1, 0], [2, 1, 2, 1, 0], [3, 1, 3, 1, 0]],
        "values": [[2, 1], [1, 1], [0, 0]],
        "arrays": [[1, 1, 1, 1, 1]],
        "pool1": [64],
    }
    assert found.numbers["pool1"].dtype == np.uint16


def test_columns_of_frames_by_hand() -> None:
    group = Group(3, {"T": column([1], [2], [3]), "Kind": Choices(("M", "P"), np.array([1, 0, 1], np.int32))})
    found = cut(group)
    assert {name: table.tolist() for name, table in found.numbers.items()} == {
        "groups": [[3, 1, 2]],
        "fields": [[1, FieldKind.NUMBERS, 1, 1, 0], [2, FieldKind.CHOICES, 1, 2, 2]],
        "values": [[ValueKind.TEXT, 1], [ValueKind.TEXT, 2]],
        "arrays": [[1, 1, 1, 1, 3], [2, 1, 1, 1, 3]],
        "pool1": [1.0, 2.0, 3.0],
        "pool2": [2, 1, 2],
    }


def test_each_string_goes_once() -> None:
    item = Group(1, {"CodeValue": one("same"), "CodeMeaning": one("same")})
    found = cut(Group(1, {"First": Items((item, item)), "Second": Items((item,))}))
    assert found.texts == ["same"]
    assert sorted(found.names) == ["CodeMeaning", "CodeValue", "First", "Item_1", "Item_2", "Second"]


def test_what_all_frames_share_goes_once() -> None:
    nested = Group(1000, {"Speed": column(*[[3.0]] * 1000), "Text": Choices(("x",), np.zeros(1000, np.int32))})
    found = cut(Group(1000, {"Time": column(*[[k] for k in range(1000)]), "Sequence": Items((nested,))}))
    assert sorted(found.numbers["groups"][:, 0].tolist()) == [1, 1, 1000]
    assert found.numbers["pool1"].size == 1001


def test_tags_lie_column_by_column() -> None:
    tags = Numbers(np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], np.uint16), pairs=True)
    found = cut(Group(2, {"Pointer": tags}))
    assert found.numbers["pool1"].tolist() == [1, 3, 2, 4, 5, 7, 6, 8]
    assert found.numbers["arrays"].tolist() == [[1, 1, 2, 2, 2]]


def test_an_empty_header() -> None:
    found = cut(Group(1))
    assert found.numbers["groups"].tolist() == [[1, 1, 0]]
    assert found.numbers["fields"].shape == (0, 5)
    assert found.numbers["values"].shape == (0, 2)


class Reader:
    """Puts tables together again, one data set after the other, as the .m files do in one go."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.table = {name: table.tolist() for name, table in tables.numbers.items()}

    def structs(self, row: int) -> list[dict[str, Any]]:
        count, first, length = self.table["groups"][row - 1]
        result: list[dict[str, Any]] = [{} for _ in range(count)]
        for name, kind, reference, number, second in self.table["fields"][first - 1 : first - 1 + length]:
            cells = self._cells(kind, reference, number, second, count)
            for struct, cell in zip(result, cells, strict=True):
                struct[self.tables.names[name - 1]] = cell
        return result

    def _cells(self, kind: int, reference: int, number: int, second: int, count: int) -> list[Any]:
        if kind == FieldKind.SAME:
            return [self._value(reference)] * count
        if kind == FieldKind.NUMBERS:
            return self._array(reference)
        if kind == FieldKind.CHOICES:
            return [self._value(reference + code[0] - 1) for code in self._array(second)]
        if kind == FieldKind.ITEM:
            return self.structs(reference)
        items: dict[str, Any] = {}
        for part in range(number):
            numbers = self._array(self.table["values"][second - 1 + part][1])[0]
            structs = self.structs(self.table["values"][reference - 1 + part][1])
            items.update({f"Item_{k}": struct for k, struct in zip(numbers, structs, strict=True)})
        return [items]

    def _value(self, row: int) -> Any:
        kind, reference = self.table["values"][row - 1]
        if kind == ValueKind.EMPTY:
            return None
        if kind == ValueKind.TEXT:
            return self.tables.texts[reference - 1]
        return self._array(reference)[0] if kind == ValueKind.ARRAY else self.structs(reference)[0]

    def _array(self, row: int) -> list[Any]:
        pool, first, rows, columns, count = self.table["arrays"][row - 1]
        values = self.table[f"pool{pool}"][first - 1 : first - 1 + rows * columns * count]
        arranged = np.array(values, object).reshape(count, columns, rows).transpose(0, 2, 1)
        return [one[:, 0].tolist() if columns == 1 else one.tolist() for one in arranged]


def plain(group: Group) -> list[dict[str, Any]]:
    """The data sets of a group as dicts, straight from its definition in dicome.columnar."""
    return [{name: _plain(leaf, k) for name, leaf in group.fields.items()} for k in range(group.count)]


def _plain(leaf: Numbers | Choices | Items | Parts, k: int) -> Any:
    if isinstance(leaf, Numbers):
        return leaf.values[k].tolist() or None
    if isinstance(leaf, Items):
        return {f"Item_{n}": plain(group)[k] for n, group in enumerate(leaf.groups, 1)} or None
    if isinstance(leaf, Parts):
        return {f"Item_{n}": row for ns, group in leaf.groups for n, row in zip(ns, plain(group), strict=True)}
    value = leaf.distinct[leaf.codes[k]]
    if isinstance(value, PersonName):
        return value.parts()
    return value.tolist() if isinstance(value, np.ndarray) else value


TEXTS = ("a", "b", "Jürgen\n", " ")
OTHERS = (None, PersonName("A", "B"), PersonName(), np.array([1.0, 2.0]), np.array([[1, 2]], np.uint16))


class Maker:
    """Headers by chance: few different values, so that some columns are the same in all data sets."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)

    def group(self, count: int, depth: int) -> Group:
        names = self.random.permutation(list("ABCDEF"))[: self.random.integers(0, 5)]
        return Group(count, {str(name): self.leaf(count, depth) for name in names})

    def leaf(self, count: int, depth: int) -> Numbers | Choices | Items:
        kind = self.random.integers(0, 4 if depth else 3)
        if kind == 0:
            dtype = self.random.choice(["float64", "uint16", "int32"])
            return Numbers(self.random.integers(0, 2, (count, self.random.integers(0, 4))).astype(dtype))
        if kind == 1:
            return Numbers(self.random.integers(0, 2, (count, 2, 2)).astype(np.uint16), pairs=True)
        if kind == 2:
            entries = (*TEXTS, *OTHERS)
            chosen = self.random.integers(0, len(entries), self.random.integers(1, 4))
            codes = self.random.integers(0, len(chosen), count).astype(np.int32)
            return Choices(tuple(entries[k] for k in chosen), codes)
        return Items(tuple(self.group(count, depth - 1) for _ in range(self.random.integers(0, 3))))

    def parts(self) -> Parts:
        sizes = self.random.integers(1, 5, self.random.integers(1, 4))
        numbers = np.split(self.random.permutation(sizes.sum()) + 1, np.cumsum(sizes)[:-1])
        return Parts(tuple((np.sort(own), self.group(len(own), 2)) for own in numbers))


@pytest.mark.parametrize("seed", range(80))
def test_any_header_can_be_put_together_again(seed: int) -> None:
    maker = Maker(seed)
    header = Group(1, {**maker.group(1, 2).fields, "Frames": maker.parts()})
    found = cut(header)
    assert Reader(found).structs(found.root) == plain(header)


def test_text_is_no_number() -> None:
    with pytest.raises(TypeError, match="no MATLAB number class"):
        cut(Group(1, {"A": Numbers(np.array([["x"]]))}))


def test_nested_structs_by_hand() -> None:
    tree: Tree = {"Blob": {"Number": np.array([1.0, 2.0]), "Texts": ("x", "y", "x"), "Empty": None}, "Name": "x"}
    assert isinstance(tree, dict)
    found = cut_tree(tree)
    assert found.root == 2
    assert found.names == ["Number", "Texts", "Empty", "Blob", "Name"]
    assert found.texts == ["x", "y"]
    assert {name: table.tolist() for name, table in found.numbers.items()} == {
        "groups": [[1, 1, 3], [1, 4, 2]],
        "fields": [[1, 1, 1, 1, 0], [2, 1, 2, 1, 0], [3, 1, 3, 1, 0], [4, 1, 4, 1, 0], [5, 1, 5, 1, 0]],
        "values": [[2, 1], [4, 2], [0, 0], [3, 1], [1, 1]],
        "arrays": [[1, 1, 2, 1, 1], [2, 1, 3, 1, 1]],
        "pool1": [1.0, 2.0],
        "pool2": [1, 2, 1],
    }
    assert (ValueKind.CELL, ValueKind.STRUCT) == (4, 3)
