"""An index checked against the attributes it points to (trust, but check).

Seen in Philips R11: the columns of Dimension Index Values in another order than the items of the Dimension Index
Sequence. Stack ID, In-Stack Position Number and Temporal Position Index of the Frame Content (PS3.3 C.7.6.16.2.2) are
written beside the index in every frame; where both vary and disagree, the attributes win.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dicome.frames.candidates import column_codes
from dicome.frames.dimensions import Dimension, attribute
from dicome.frames.infer import Indexed
from dicome.frames.ranks import Ints, codes, count, dense, same_grouping
from dicome.frames.table import FrameTable
from dicome.frames.wording import enumeration

NUMBERED = ("InStackPositionNumber", "TemporalPositionIndex")
"""Attributes whose order, not only whose grouping, the index must follow."""
TRUSTED = ("StackID", *NUMBERED)
"""Attributes of the Frame Content that win over the index."""
FRAME_CONTENT = "FrameContentSequence."


@dataclass(frozen=True, slots=True, eq=False)
class _Witness:
    """What the attribute of a dimension says about the frames; trusted: it wins over the index."""

    number: int
    code: Ints
    numbered: bool
    trusted: bool

    @property
    def varies(self) -> bool:
        return bool(self.code.any())

    def agrees(self, column: Ints) -> bool:
        """Whether an index column (as ranks) says the same."""
        return bool(np.array_equal(column, self.code)) if self.numbered else same_grouping(column, self.code)


def checked_index(index: Ints, dimensions: Sequence[Dimension], table: FrameTable) -> Indexed:
    """The index, its columns put in the order that the attributes demand, or replaced by attributes where none fits.

    index: ``(frames, dimensions)``. Columns or attributes of one value are no contradiction, and no frames become the
    same by a replacement.
    """
    witnesses = _witnesses(dimensions, table)
    ranks = [dense(column) for column in index.T]
    order = _columns_of(witnesses, ranks)
    notes = []
    if order != list(range(len(dimensions))):
        index, ranks = index[:, order], [ranks[column] for column in order]
        moved = [dimensions[k].name for k, column in enumerate(order) if k != column]
        notes.append(
            f"the columns of Dimension Index Values are not in the order of the Dimension Index Sequence; "
            f"put right for {enumeration(moved)} after the attributes they point to"
        )
    wrong = [w for w in witnesses if w.trusted and w.varies and ranks[w.number].any() and not w.agrees(ranks[w.number])]
    for chosen in (wrong, *([one] for one in wrong)):
        replaced = index.copy()
        for witness in chosen:
            replaced[:, witness.number] = witness.code + 1
        if chosen and _distinct(replaced) >= _distinct(index):
            names = enumeration([dimensions[witness.number].name for witness in chosen])
            notes.append(f"index values of {names} contradict the attribute; the attribute counts")
            return Indexed(replaced, tuple(dimensions), tuple(notes))
    return Indexed(index, tuple(dimensions), tuple(notes))


def _witnesses(dimensions: Sequence[Dimension], table: FrameTable) -> list[_Witness]:
    result = []
    for number, dimension in enumerate(dimensions):
        if dimension.path is None or dimension.path not in table.paths:
            continue
        column = table.column(dimension.path)
        trusted = dimension.keyword in TRUSTED and dimension.path.startswith(FRAME_CONTENT)
        if trusted and not column.present.all():
            continue
        code = column_codes(column, attribute(dimension.keyword).order)
        result.append(_Witness(number, code, trusted and dimension.keyword in NUMBERED, trusted))
    return result


def _columns_of(witnesses: Sequence[_Witness], ranks: Sequence[Ints]) -> list[int]:
    """Number of the index column that belongs to each dimension: its own, unless varying attributes demand others."""
    own = list(range(len(ranks)))
    varying = sorted((w for w in witnesses if w.varies), key=lambda w: not w.trusted)
    found = {w.number: w.number for w in varying if w.agrees(ranks[w.number])}
    kept = len(found)
    for witness in varying:
        if witness.number not in found:
            free = [k for k in own if k not in found.values()]
            match = next((k for k in free if witness.agrees(ranks[k])), None)
            if match is not None:
                found[witness.number] = match
    if len(found) == kept:
        return own
    # The others take what is left: constant columns for constant attributes, their own column where they can.
    constant = {w.number for w in witnesses if w.trusted and not w.varies}
    for number in sorted(set(own) - set(found), key=lambda k: (k not in constant, k)):
        free = [k for k in own if k not in found.values()]
        alike = [k for k in free if not ranks[k].any()] if number in constant else free
        choice = alike or free
        found[number] = number if number in choice else choice[0]
    return [found[number] for number in own]


def _distinct(index: Ints) -> int:
    return count(codes(np.stack([dense(column) for column in index.T], axis=1)))
