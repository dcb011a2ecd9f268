"""Where the values of many items lie, shape by shape: offsets and lengths, nothing decoded."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.layouts import ItemIndex
from dicome.dicom.scan import Element


@dataclass(frozen=True, slots=True)
class Spots:
    """Where one attribute lies in each data set: ``lengths`` -1 where it is absent; ``vrs`` per data set, or one."""

    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    vrs: str | NDArray[np.str_]

    def of(self, rows: NDArray[np.int64], vr: str) -> Spots:
        """Those of some data sets, all of that VR."""
        return Spots(self.offsets[rows], self.lengths[rows], vr)


class Table:
    """Where the values of all items of a sequence lie: those of each layout behind those of the one before.

    shapes: of the layouts, without repetition. shape_of, first: for each item, the number of its shape and the place of
    its first value in ``offsets`` (from the item's first byte) and ``lengths``.
    """

    def __init__(self, index: ItemIndex) -> None:
        numbers: dict[int, int] = {}
        shape_of = [numbers.setdefault(id(layout.shape), len(numbers)) for layout in index.layouts]
        self.shapes = list({id(layout.shape): layout.shape for layout in index.layouts}.values())
        rows = [layout.lengths for layout in index.layouts]
        first = np.cumsum([0, *map(len, rows)])
        empty = np.empty(0, np.int64)
        self.index = index
        self.shape_of = np.array(shape_of, np.int64)[index.layout_of]
        self.first = first[index.layout_of]
        self.lengths = np.concatenate([empty, *rows])
        self.offsets = np.concatenate([empty, *(layout.offsets for layout in index.layouts)])

    def spots(self, items: NDArray[np.int64] | slice, value: int | NDArray[np.int64], vr: str) -> Spots:
        """Where that value (or one for each item; its number in the item) lies in some items, all of which have it."""
        at = self.first[items] + value
        return Spots(self.index.starts[items] + self.offsets[at], self.lengths[at], vr)


@dataclass(frozen=True, slots=True)
class Rows:
    """The items of one shape. ``numbers``: which items of the sequence (0-based); ``elements``: their common tree,
    whose values (all `leaves`, in file order) are counted from 0.
    """

    table: Table
    elements: list[Element]
    numbers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    def spots(self, value: int, vr: str) -> Spots:
        """Where that value lies in each of the items."""
        return self.table.spots(self.numbers, value, vr)


def rows_by_shape(index: ItemIndex) -> list[Rows]:
    """All items of a sequence, shape by shape."""
    table = Table(index)
    order = np.argsort(table.shape_of, kind="stable")
    bounds = np.searchsorted(table.shape_of[order], np.arange(len(table.shapes) + 1)).tolist()
    return [
        Rows(table, shape.elements, order[begin:end])
        for shape, (begin, end) in zip(table.shapes, pairwise(bounds), strict=True)
    ]
