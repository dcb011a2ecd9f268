"""Frame table and index -> axes and grid: the one entry to everything in this folder.

Where the index comes from, in this order: Dimension Index Values, checked against the attributes they point to;
attributes, where there are no index values or nothing says what they mean; both, where frames share index values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.frames.axes import Incomplete, arrange
from dicome.frames.check import checked_index
from dicome.frames.dimensions import Dimension
from dicome.frames.infer import Indexed, inferred_index, separated_index
from dicome.frames.labels import Axis, make_axes
from dicome.frames.ranks import Ints
from dicome.frames.rearrange import Rearrangement, apply_combine, apply_order, combine, rearrange, reorder, with_plane
from dicome.frames.table import FrameTable
from dicome.frames.wording import enumeration, plural

__all__ = [
    "Ordering",
    "Rearrangement",
    "apply_combine",
    "apply_order",
    "combine",
    "order_frames",
    "rearrange",
    "reorder",
    "with_plane",
]


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """The n-D order of the frames of an image.

    grid: 0-based frame number per place, -1 where a stopped scan has none; one dimension per axis. evidence: what the
    order was taken from, in sentences. warnings: what is missing or left out.
    """

    axes: tuple[Axis, ...]
    grid: Ints
    evidence: tuple[str, ...]
    warnings: tuple[str, ...]


def order_frames(
    table: FrameTable,
    index: NDArray[np.integer] | None,
    dimensions: Sequence[Dimension],
    incomplete: Incomplete = "pad",
    made: bool = False,
) -> Ordering:
    """Axes and grid of all frames.

    index: Dimension Index Values ``(frames, dimensions)``, None if the file has none. dimensions: items of the
    Dimension Index Sequence, may be empty. incomplete: what to do with a scan that stopped early: 'pad', 'trim' or
    'error'. made: the index was made from attributes by whoever has the frames, so there is nothing to check it against
    and nothing to say of it here. Raises GridError where no grid holds every frame.
    """
    values = None if index is None else np.asarray(index, np.int64)
    taken = Indexed(values, tuple(dimensions)) if made and values is not None else None
    indexed = taken or _indexed(table, values, dimensions)
    arrangement = arrange(indexed.index, indexed.dimensions, incomplete)
    return Ordering(
        make_axes(arrangement, indexed.dimensions, table),
        arrangement.grid,
        (*indexed.notes, *arrangement.notes),
        arrangement.warnings,
    )


def _indexed(table: FrameTable, index: Ints | None, dimensions: Sequence[Dimension]) -> Indexed:
    if index is None:
        return _noted("no Dimension Index Values", inferred_index(table))
    if not dimensions:
        return _noted("no Dimension Index Sequence", inferred_index(table, index))
    if index.shape != (table.frame_count, len(dimensions)):
        found = f"{plural(len(dimensions), 'dimension')}, but Dimension Index Values of shape {index.shape}"
        return _noted(f"Dimension Index Sequence of {found}", inferred_index(table))
    checked = checked_index(index, dimensions, table)
    separated = separated_index(checked.index, dimensions, table)
    note = f"Dimension Index Values of {enumeration([dimension.name for dimension in dimensions])}"
    return Indexed(separated.index, separated.dimensions, (note, *checked.notes, *separated.notes))


def _noted(note: str, indexed: Indexed) -> Indexed:
    return Indexed(indexed.index, indexed.dimensions, (note, *indexed.notes))
