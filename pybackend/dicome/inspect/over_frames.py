"""The frames of an image side by side: what all have in common, what varies, and along which dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.dictionary import field_name
from dicome.frames.table import Column
from dicome.image import Image
from dicome.inspect.shown import LONGEST_BYTES, Value, bulk, mark_of, number_text
from dicome.inspect.tags import Wanted

ABSENT = -1
"""Code of a frame without the attribute."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """One attribute of all frames: distinct ``values``, and ``codes`` (frames,) into them, -1 where it is absent."""

    values: list[Value]
    codes: NDArray[np.int64]

    @property
    def is_constant(self) -> bool:
        """Whether all frames have the same value, or none."""
        return bool((self.codes == self.codes[0]).all()) if self.codes.size else True

    def at(self, frame: int) -> Value | None:
        """The value of a frame (0-based), None where absent."""
        code = int(self.codes[frame])
        return None if code == ABSENT else self.values[code]


@dataclass(frozen=True, slots=True, eq=False)
class OverFrames:
    """constant: value of every attribute that all frames share; varying: the others. files: of every frame."""

    constant: dict[str, Value]
    varying: dict[str, Coded]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AlongAxis:
    """What varies along one axis alone: per attribute one value per position (None: absent)."""

    name: str
    unit: str
    labels: tuple[str, ...]
    columns: dict[str, list[Value | None]]


def over_frames(image: Image, wanted: Sequence[Wanted] = ()) -> OverFrames:
    """All attributes of the functional groups (or header, for classic files), or only those ``wanted``."""
    table = image.frames
    constant: dict[str, Value] = {}
    varying: dict[str, Coded] = {}
    for name, path in zip(table.columns, table.paths, strict=True):
        if wanted and not any(_means(one, path) for one in wanted):
            continue
        coded = coded_column(table.column(path))
        if not coded.is_constant:
            varying[name] = coded
        elif coded.codes.size and coded.codes[0] != ABSENT:
            constant[name] = coded.values[0]
    files = tuple(str(path) for path in image.frame_files)
    return OverFrames(constant, varying, files)


def along_axes(image: Image, wanted: Sequence[Wanted] = ()) -> tuple[list[AlongAxis], list[str]]:
    """Per axis what varies along it alone, and the names of what varies along several."""
    varying = over_frames(image, wanted).varying
    grid = image.ordering.grid
    left = dict.fromkeys(varying)
    found = []
    for number, axis in enumerate(image.axes):
        position = _positions(grid, number, image.frames.frame_count)
        columns: dict[str, list[Value | None]] = {}
        for name, coded in varying.items():
            first = _first_at(position, coded.codes, len(axis))
            if first is not None:
                columns[name] = [coded.at(frame) if frame >= 0 else None for frame in first.tolist()]
                left.pop(name, None)
        found.append(AlongAxis(axis.name, axis.unit, axis.labels, columns))
    return found, list(left)


def _positions(grid: NDArray[np.int64], axis: int, count: int) -> NDArray[np.int64]:
    """0-based position of every frame on an axis; -1: not in the grid."""
    where: NDArray[np.int64] = np.broadcast_to(np.indices(grid.shape, sparse=True)[axis], grid.shape)
    found = np.full(count, -1, np.int64)
    found[grid[grid >= 0]] = where[grid >= 0]
    return found


def _first_at(position: NDArray[np.int64], codes: NDArray[np.int64], size: int) -> NDArray[np.int64] | None:
    """The first frame at every position (-1: none) if all frames at one position have one value, else None."""
    inside = np.flatnonzero(position >= 0)
    there, first = np.unique(position[inside], return_index=True)
    frames = np.full(size, -1, np.int64)
    frames[there] = inside[first]
    if (codes[frames[position[inside]]] != codes[inside]).any() or len(np.unique(codes[frames[there]])) < 2:
        return None
    return frames


def coded_column(column: Column) -> Coded:
    """A column of the frame table as distinct values and codes."""
    codes = np.full(len(column.values), ABSENT, np.int64)
    rows = np.flatnonzero(column.present)
    if not rows.size:
        return Coded([], codes)
    values = column.values[rows]
    if values.dtype == object:
        seen: dict[Any, int] = {}
        codes[rows] = [seen.setdefault(cell, len(seen)) for cell in values.tolist()]
        return Coded([_value(cell, False) for cell in seen], codes)
    if values.dtype == np.uint8 and values.ndim == 2 and values.shape[1] > LONGEST_BYTES:
        marks: dict[str, int] = {}
        codes[rows] = [marks.setdefault(mark_of(row.tobytes()), len(marks)) for row in values]
        shown = [bulk(values.shape[1], mark) for mark in marks]
        return Coded([value.marked() for value in shown] if len(shown) > 1 else shown, codes)
    flat = values.reshape(len(values), -1)
    distinct, first, inverse = np.unique(flat, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    codes[rows] = rank[inverse.reshape(-1)]
    single = values.dtype == np.float32
    return Coded([_value(tuple(row), single) for row in distinct[order].tolist()], codes)


def _value(cell: Any, single: bool) -> Value:
    if not isinstance(cell, tuple):
        text = str(cell)
        return Value(text, text)
    texts = [number_text(part, single=single) if isinstance(part, float) else str(part) for part in cell]
    data = [
        float(text) if isinstance(part, float) and np.isfinite(part) else _plain(part)
        for part, text in zip(cell, texts, strict=True)
    ]
    return Value("\\".join(texts), data[0] if len(data) == 1 else data)


def _plain(part: Any) -> Any:
    return str(part) if isinstance(part, float) else part


def _means(wanted: Wanted, path: str) -> bool:
    """Whether a path of the table ends in what was asked for."""
    names = [name.partition("[")[0] for name in path.split(".")]
    for way in wanted.ways:
        asked = [_name(step.key) for step in way]
        asked = asked[1:] if asked[0] in _GROUPS else asked
        if names[-len(asked) :] == asked:
            return True
    return False


_GROUPS = ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence")


def _name(key: tuple[int, str]) -> str:
    tag, creator = key
    return field_name(tag | 0x1000, creator) if creator else field_name(tag)
