"""The frame table: one row per frame, one column per attribute, each decoded when first asked for.

Not a data frame: it knows nothing of files. Whoever has frames (enhanced DICOM, a classic series, PAR/REC) hands over
a mapping from attribute path to a function that makes the column. Paths are keywords joined with dots, outermost group
first (``PlanePositionSequence.ImagePositionPatient``); a second item of a sequence is written ``Sequence[2]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.errors import ColumnError


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of all frames.

    values: first dimension frames; numbers ``(frames,)`` or ``(frames, multiplicity)``; text as an object array of
    ``str``. Where ``present`` is False the value means nothing (NaN, 0 or None).
    """

    values: NDArray[Any]
    present: NDArray[np.bool_]

    def ranks(self) -> NDArray[np.int64]:
        """Number of each frame's value among the distinct values, ascending from 0; -1 where absent."""
        result = np.full(len(self.values), -1, np.int64)
        if not self.present.any():
            return result
        values = self.values[self.present]
        if values.dtype == object:
            order = {value: rank for rank, value in enumerate(sorted(set(values.tolist())))}
            result[self.present] = [order[value] for value in values.tolist()]
        else:
            result[self.present] = np.unique(values, axis=0, return_inverse=True)[1].reshape(-1)
        return result


class FrameTable(Mapping[str, NDArray[Any]]):
    """One row per frame, one column per attribute.

    ``table[name]`` takes a keyword where only one attribute has it, else the full path, and gives an array whose first
    dimension is frames in file order. Absent values: NaN for numbers (integers become float64), None for text.
    """

    def __init__(self, length: int, makers: Mapping[str, Callable[[], Column]]) -> None:
        self._length = length
        self._makers = dict(makers)
        self._made: dict[str, Column] = {}
        self._paths_of: dict[str, list[str]] = {}
        for path in self._makers:
            for name in dict.fromkeys((path, path.rpartition(".")[2])):
                self._paths_of.setdefault(name, []).append(path)

    @property
    def frame_count(self) -> int:
        """Number of frames (rows)."""
        return self._length

    @property
    def paths(self) -> tuple[str, ...]:
        """Full path of every attribute, in file order."""
        return tuple(self._makers)

    @property
    def columns(self) -> tuple[str, ...]:
        """Shortest name of every attribute that `table[name]` accepts: keyword, or full path where ambiguous."""
        short = (path.rpartition(".")[2] for path in self._makers)
        return tuple(
            name if self._paths_of[name] == [path] else path for name, path in zip(short, self._makers, strict=True)
        )

    def path_of(self, name: str) -> str:
        """Full path of a keyword or path; ColumnError where none or several fit."""
        if name in self._makers:
            return name
        paths = self._paths_of.get(name, [])
        if len(paths) == 1:
            return paths[0]
        if paths:
            raise ColumnError(f"{name!r} is ambiguous in this image; use one of: {', '.join(paths)}")
        from difflib import get_close_matches

        near = get_close_matches(name, self.columns, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; see .columns for all names"
        raise ColumnError(f"no frame has an attribute {name!r}{hint}")

    def column(self, name: str) -> Column:
        """The column with its mask of presence."""
        path = self.path_of(name)
        if path not in self._made:
            self._made[path] = self._makers[path]()
        return self._made[path]

    def find(self, *names: str) -> Column | None:
        """The first of these columns that exists, or None: for code that has alternatives."""
        for name in names:
            if name in self:
                return self.column(name)
        return None

    def present(self, name: str) -> NDArray[np.bool_]:
        """Which frames carry the attribute with a value."""
        return self.column(name).present

    def __getitem__(self, name: str) -> NDArray[Any]:
        column = self.column(name)
        if column.present.all():
            return column.values
        if column.values.dtype == object:
            cells: NDArray[Any] = column.values.copy()
            cells[~column.present] = None
            return cells
        values: NDArray[Any] = column.values.astype(np.float32 if column.values.dtype == np.float32 else np.float64)
        values[~column.present] = np.nan
        return values

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._makers or len(self._paths_of.get(name, [])) == 1)

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self._makers)

    def __repr__(self) -> str:
        return f"<FrameTable: {self._length} frames, {len(self._makers)} attributes>"
