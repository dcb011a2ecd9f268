"""Axes as the caller sees them: a name, and for each position a label in words and, where there is one, a number.

The label of a position is the value of the dimension's attribute in the first frame of the grid that has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.frames.axes import Arrangement, GridAxis
from dicome.frames.dimensions import Dimension, Role
from dicome.frames.ranks import Ints
from dicome.frames.table import Column, FrameTable

REPEAT = "Repeat"
"""Name of the axis of frames that nothing else tells apart."""
UNKNOWN = "unknown"
"""Label where the frame lacks the attribute."""
DIGITS = (6, 9, 12, 15, 17)
"""Digits tried for a number until different values look different; 17 always do (binary64)."""
LARGEST_EXACT = 1e15
"""Whole numbers below this are written out, without a sign for -0."""


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """A named dimension of an image.

    labels: one per position. values: float64 ``(length,)``, NaN where the frame lacks the attribute; merged axes
    ``(length, parts)``; None where the attribute is no single number. unit: ``ms``, ``s/mm2``, ... or empty. role:
    'slice' where positions lie elsewhere in space, 'time' or 'volume' where they differ otherwise.
    """

    name: str
    labels: tuple[str, ...]
    values: NDArray[np.float64] | None = None
    unit: str = ""
    role: Role = "volume"

    def __len__(self) -> int:
        return len(self.labels)


def make_axes(arrangement: Arrangement, dimensions: Sequence[Dimension], table: FrameTable) -> tuple[Axis, ...]:
    """Names, labels, values and units of the arranged axes."""
    return tuple(make_axis(axis, dimensions, table) for axis in arrangement.axes)


def make_axis(axis: GridAxis, dimensions: Sequence[Dimension], table: FrameTable) -> Axis:
    """One axis; merged ones join names with ``/``, labels with a blank, and stack numbers in columns."""
    if not axis.parts:
        count = np.arange(1, len(axis) + 1)
        return Axis(REPEAT, tuple(map(str, count.tolist())), count.astype(np.float64))
    parts = [dimensions[part] for part in axis.parts]
    found = [part_labels(part, axis.frames, axis.values[:, k], table) for k, part in enumerate(parts)]
    if len(parts) == 1:
        return Axis(parts[0].name, tuple(found[0][0]), found[0][1], parts[0].unit, parts[0].role)
    labels = tuple(" ".join(words).strip() for words in zip(*(labels for labels, _ in found), strict=True))
    columns = [values for _, values in found if values is not None]
    values = np.stack(columns, axis=1) if len(columns) == len(parts) else None
    units = {part.unit for part in parts}
    unit = units.pop() if len(units) == 1 else ""
    return Axis("/".join(part.name for part in parts), labels, values, unit, parts[0].role)


def part_labels(
    dimension: Dimension, frames: Ints, index: Ints, table: FrameTable
) -> tuple[list[str], NDArray[np.float64] | None]:
    """Labels and numbers of one dimension at the positions of these frames (0-based).

    index: index value of each position, the label where the table has no such attribute.
    """
    if dimension.path is None or dimension.path not in table.paths:
        return [str(value) for value in index.tolist()], index.astype(np.float64)
    column = table.column(dimension.path)
    if dimension.keyword == "DiffusionGradientOrientation":
        return gradient_labels(column, frames, table), None
    labels = _labels(column, frames)
    if column.values.dtype == object or column.values[:1].size != 1:
        return labels, None
    values = column.values[frames].astype(np.float64).reshape(len(frames))
    return labels, np.where(column.present[frames], values, np.nan)


def gradient_labels(column: Column, frames: Ints, table: FrameTable) -> list[str]:
    """The three components joined with ``/``; empty without diffusion weighting, ``iso`` for a trace image.

    What counts is Diffusion Directionality (0018,9075), PS3.3 C.8.13.5.9.
    """
    labels = _labels(column, frames)
    kinds = table.find("MRDiffusionSequence.DiffusionDirectionality", "DiffusionDirectionality")
    if kinds is None:
        return labels
    special = {"NONE": "", "ISOTROPIC": "iso"}
    words = [str(kind).strip() for kind in kinds.values[frames].tolist()]
    return [special.get(word, label) for word, label in zip(words, labels, strict=True)]


def _labels(column: Column, frames: Ints) -> list[str]:
    present = column.present[frames]
    rows = column.values[frames[present]]
    words = [_text(cell) for cell in rows.tolist()] if rows.dtype == object else number_labels(rows)
    found = iter(words)
    return [next(found) if there else UNKNOWN for there in present.tolist()]


def _text(cell: object) -> str:
    """A cell of an object column: text, or a tuple of numbers where frames hold different counts of them."""
    if isinstance(cell, tuple):
        return number_labels(np.array([cell], np.float64))[0] or UNKNOWN
    return str(cell).strip() or UNKNOWN


def number_labels(values: NDArray[Any]) -> list[str]:
    """Numbers as short text: ``35``, ``2.3``; six digits, or as many as different values need to look different.

    values: ``(n,)``, or ``(n, multiplicity)`` for vectors, whose components are joined with ``/``.
    """
    rows = values.reshape(len(values), -1)
    distinct, row_of = np.unique(rows, axis=0, return_inverse=True)
    for digits in DIGITS:
        words = ["/".join(_number(value, digits) for value in row) for row in distinct.tolist()]
        if len(set(words)) == len(words):
            break
    return [words[row] for row in row_of.reshape(-1).tolist()]


def _number(value: float, digits: int) -> str:
    whole = isinstance(value, int) or (abs(value) < LARGEST_EXACT and value == int(value))
    return str(int(value)) if whole else f"{value:.{digits}g}"
