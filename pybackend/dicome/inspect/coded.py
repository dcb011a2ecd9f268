"""A column of the frame table as it is shown: its distinct values, and which of them each frame has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.frames.table import Column
from dicome.inspect.shown import (
    BYTES,
    LONGEST_BYTES,
    Value,
    bulk,
    bytes_text,
    mark_of,
    number_text,
    tag_text,
    text_parts,
)

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


def coded_column(column: Column, vr: str = "") -> Coded:
    """A column of the frame table as distinct values and codes. vr: what its values are, '' where nobody knows."""
    codes = np.full(len(column.values), ABSENT, np.int64)
    rows = np.flatnonzero(column.present)
    if not rows.size:
        return Coded([], codes)
    cells, numbers = _distinct(column.values[rows])
    single = column.values.dtype == np.float32
    values, codes[rows] = _merged([_value(cell, vr, single) for cell in cells], numbers)
    return Coded([value.marked() for value in values] if len(values) > 1 else values, codes)


def _distinct(values: NDArray[Any]) -> tuple[list[Any], NDArray[np.int64]]:
    """Distinct cells (text, bytes, or tuples of numbers) in the order in which they come, and each row's number."""
    if values.dtype in (object, np.uint8):
        cells = values.tolist() if values.dtype == object else (row.tobytes() for row in values)
        seen: dict[Any, int] = {}
        numbers = np.array([seen.setdefault(cell, len(seen)) for cell in cells])
        return list(seen), numbers
    flat = values.reshape(len(values), -1)
    first, inverse = _distinct_rows(flat)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return [tuple(row) for row in flat[first[order]].tolist()], rank[inverse.reshape(-1)]


def _distinct_rows(flat: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each distinct row comes first, and each row's number among them; one NaN is like another."""
    if flat.dtype.kind == "f" and np.isnan(flat).any():
        flat = np.hstack([np.where(np.isnan(flat), 0, flat), np.isnan(flat)])
    _, first, inverse = np.unique(flat, axis=0, return_index=True, return_inverse=True)
    return first, inverse


def _merged(values: list[Value], numbers: NDArray[np.int64]) -> tuple[list[Value], NDArray[np.int64]]:
    """Values that are shown alike (they differed in blanks) become one."""
    seen: dict[tuple[str, str], int] = {}
    new = np.array([seen.setdefault((value.text, value.mark), len(seen)) for value in values])
    kept = {number: value for value, number in reversed(list(zip(values, new.tolist(), strict=True)))}
    return [kept[number] for number in range(len(seen))], new[numbers]


def _value(cell: Any, vr: str, single: bool) -> Value:
    """A cell as `dicome.inspect.shown` shows the bytes that it was read from."""
    if isinstance(cell, str):
        return _joined(text_parts(cell, vr) if vr else [cell])
    if isinstance(cell, bytes):
        return bulk(len(cell), mark_of(cell)) if len(cell) > LONGEST_BYTES else _joined([bytes_text(cell)])
    parts = list(cell) if isinstance(cell, tuple) else [cell]
    whole = all(isinstance(part, int) for part in parts)
    if vr == "AT" and whole:
        return _joined([tag_text(part) for part in parts])
    if vr in BYTES and whole and max(parts, default=0) < 256:
        return _value(bytes(parts), vr, single)
    texts = [number_text(part, single=single) if isinstance(part, float) else str(part) for part in parts]
    data = [_data(part, text) for part, text in zip(parts, texts, strict=True)]
    return Value("\\".join(texts), data[0] if len(data) == 1 else data)


def _joined(texts: list[str]) -> Value:
    return Value("\\".join(texts), texts[0] if len(texts) == 1 else texts or None)


def _data(part: Any, text: str) -> Any:
    if not isinstance(part, float):
        return part
    return float(text) if np.isfinite(part) else text
