"""An index where the file has none, or none that tells all frames apart: made from the frames' attributes.

`inferred_index` starts from nothing, `separated_index` from an index whose values some frames share; `checked_index`
(in `dicome.frames.check`) sets right an index that contradicts the attributes. Each names its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dicome.frames.candidates import (
    COSINE_TOLERANCE,
    LAST_RESORT,
    ORIENTATION,
    POSITION,
    POSITION_TOLERANCE,
    SLICE,
    STACK,
    VOLUMES,
    Candidate,
    dimension_of,
    find,
    ordered_codes,
    position_codes,
    vector_codes,
)
from dicome.frames.dimensions import Dimension
from dicome.frames.ranks import Ints, codes, count, dense, same_grouping
from dicome.frames.ranks import within as ranks_within
from dicome.frames.table import FrameTable
from dicome.frames.wording import enumeration, plural

FRAME = Dimension("Frame", "Frame", "volume", "", None)
"""The only dimension of frames about which nothing is known: their order in the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Indexed:
    """Index values ``(frames, dimensions)``, what their columns are, and what they were taken from."""

    index: Ints
    dimensions: tuple[Dimension, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """Dimensions found so far. code: number of the position that each frame has in them."""

    table: FrameTable
    code: Ints
    columns: tuple[Ints, ...] = ()
    dimensions: tuple[Dimension, ...] = ()

    @property
    def done(self) -> bool:
        return count(self.code) == len(self.code)

    def slice_code(self) -> Ints:
        return _joint([c for c, d in zip(self.columns, self.dimensions, strict=True) if d.role == "slice"], self.code)

    def tried(self, column: Ints, dimension: Dimension) -> _Search:
        """With this dimension, if it tells frames apart that were one; else as before."""
        code = _joint([self.code, column], self.code)
        if count(code) == count(self.code):
            return self
        return replace(self, code=code, columns=(*self.columns, column), dimensions=(*self.dimensions, dimension))


def _joint(columns: Sequence[Ints], like: Ints) -> Ints:
    return codes(np.stack(columns, axis=1)) if columns else np.zeros(len(like), np.int64)


def inferred_index(table: FrameTable, values: Ints | None = None) -> Indexed:
    """Index and dimensions from attributes alone.

    values: index values ``(frames, columns)`` of unknown meaning, if the file has some. They order the dimensions that
    group the frames alike, and tell apart what no attribute does.
    """
    search = _slices(_Search(table, np.zeros(table.frame_count, np.int64)))
    search = _volumes(search, VOLUMES)
    if values is not None:
        search = _by_unnamed(search, values)
    search = _volumes(search, LAST_RESORT)
    if not search.dimensions:
        if table.frame_count == 1:
            return Indexed(np.empty((1, 0), np.int64), (), ("one frame: no axes",))
        note = "no attribute tells the frames apart: they keep their order in the file"
        return Indexed(np.arange(1, table.frame_count + 1)[:, None], (FRAME,), (note,))
    columns = search.columns if values is None else tuple(_ordered_alike(column, values) for column in search.columns)
    names = enumeration([f"{d.name} ({d.path})" if d.path else d.name for d in search.dimensions])
    return Indexed(np.stack(columns, axis=1) + 1, search.dimensions, (f"axes inferred from {names}",))


def separated_index(index: Ints, dimensions: Sequence[Dimension], table: FrameTable) -> Indexed:
    """The index with further dimensions, where frames that share all its values differ in their attributes.

    index: ``(frames, dimensions)``.
    """
    columns = tuple(dense(column) for column in index.T)
    code = _joint(columns, np.zeros(len(index), np.int64))
    before = _Search(table, code, columns, tuple(dimensions))
    search = before
    for candidate in (STACK, SLICE):
        search = _tried(search, candidate)
    search = _volumes(_volumes(search, VOLUMES), LAST_RESORT)
    new = search.dimensions[len(dimensions) :]
    if not new:
        return Indexed(index, tuple(dimensions))
    added = np.stack(search.columns[len(dimensions) :], axis=1) + 1
    note = (
        f"{plural(len(index), 'frame')} have only {count(code)} different index values: "
        f"told apart by {enumeration([f'{d.name} ({d.path})' for d in new])}"
    )
    return Indexed(np.concatenate([index, added], axis=1), search.dimensions, (note,))


def _slices(search: _Search) -> _Search:
    """Stack and slice: the numbers that the file gives, else orientation and position along the normal."""
    search = _tried(search, STACK)
    if find(SLICE, search.table) is not None:
        return _tried(search, SLICE)
    return _geometry(search)


def _geometry(search: _Search) -> _Search:
    position, orientation = find(POSITION, search.table), find(ORIENTATION, search.table)
    if orientation is not None:
        code = vector_codes(orientation[1], COSINE_TOLERANCE)
        search = search.tried(code, dimension_of(ORIENTATION, orientation[0]))
    if position is not None:
        code = position_codes(position[1], orientation[1] if orientation else None, search.slice_code())
        search = search.tried(code, dimension_of(POSITION, position[0]))
    return search


def _volumes(search: _Search, candidates: Sequence[Candidate]) -> _Search:
    for candidate in candidates:
        if search.done:
            break
        if candidate is POSITION:
            search = _geometry(search)
        search = _tried(search, candidate)
    return search


def _tried(search: _Search, candidate: Candidate) -> _Search:
    found = None if search.done else find(candidate, search.table)
    if found is None:
        return search
    path, column = found
    dimension = dimension_of(candidate, path)
    if candidate is POSITION:
        code = vector_codes(column, POSITION_TOLERANCE)
    else:
        code = ordered_codes(candidate, column, search.table)
    if dimension.role != "slice" and _differs_between_slices(code, search.slice_code()):
        code = ranks_within(code, search.code)
    return search.tried(code, dimension)


def _differs_between_slices(code: Ints, slice_code: Ints) -> bool:
    """Whether no slice has all the values that occur: times that run on from slice to slice."""
    pairs = np.unique(slice_code * (count(code) + 1) + code) // (count(code) + 1)
    return int(np.bincount(pairs).max()) < count(code)


def _by_unnamed(search: _Search, values: Ints) -> _Search:
    for number, column in enumerate(values.T, 1):
        if search.done:
            break
        search = search.tried(dense(column), Dimension(f"Dimension {number}", "", "volume", "", None))
    return search


def _ordered_alike(column: Ints, values: Ints) -> Ints:
    """The ranks of the first index column that groups the frames as this column does, else the column itself."""
    for one in values.T:
        if same_grouping(dense(one), column):
            return dense(one)
    return column
