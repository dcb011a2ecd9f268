"""Index columns -> axes and grid: which dimensions make an n-D array of the frames, without losing one.

In this order: dimensions of one value go; if the rest is a full grid, done. Otherwise dimensions that number each slice
on its own are ranked within slices, a stopped scan is recognised, and dimensions that make no grid by themselves are
merged: volume dimensions into one axis, the last; slice dimensions of unequal stacks with each other only. Frames that
share all values get a last axis 'Repeat'. Whatever still makes no grid is an error that says what is in the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dicome.errors import ArgumentError, GridError
from dicome.frames.complaints import left_out, stopped_early, unequal_repeats, uneven_volumes
from dicome.frames.dimensions import Dimension
from dicome.frames.grid import place
from dicome.frames.merging import sizes, to_merge
from dicome.frames.perslice import rank_per_slice
from dicome.frames.ranks import Ints, codes, count, dense, first_frames, occurrence
from dicome.frames.stopped import Stop, find_stop
from dicome.frames.wording import enumeration, plural

Incomplete = Literal["pad", "trim", "error"]
INCOMPLETE: tuple[Incomplete, ...] = ("pad", "trim", "error")
"""What to do with a scan that stopped early: leave places empty, drop the incomplete position, or refuse."""


@dataclass(frozen=True, slots=True, eq=False)
class GridAxis:
    """One axis of the grid.

    parts: the dimensions it is made of (0-based columns of the index; none for 'Repeat'). frames: ``(length,)`` the
    first frame in the grid that has each position (in the first slice, of the first volume), 0-based; so what is said
    of a position does not depend on the order of the file. values: ``(length, parts)`` index values of those frames.
    """

    parts: tuple[int, ...]
    values: Ints
    frames: Ints

    def __len__(self) -> int:
        return len(self.frames)


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """Where the frames go.

    grid: 0-based frame number per place, -1 where a stopped scan has none; one dimension per axis.
    notes: what was done, in sentences. warnings: what is missing or left out. dropped: 0-based frames left out.
    """

    axes: tuple[GridAxis, ...]
    grid: Ints
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    dropped: Ints


def arrange(index: NDArray[np.integer], dimensions: Sequence[Dimension], incomplete: Incomplete = "pad") -> Arrangement:
    """The axes and the grid of frames with these index values (PS3.3 C.7.6.17, Dimension Index Values).

    index: ``(frames, dimensions)``, any integers. Raises GridError where the frames make no grid, or where the scan
    stopped early and incomplete is 'error'; ArgumentError for another value of incomplete.
    """
    if incomplete not in INCOMPLETE:
        raise ArgumentError(f"incomplete is {incomplete!r}; use one of: {', '.join(INCOMPLETE)}")
    values = np.asarray(index, np.int64)
    if values.ndim != 2 or len(values) == 0 or values.shape[1] != len(dimensions):
        raise GridError(f"index values of shape {values.shape} do not fit {plural(len(dimensions), 'dimension')}")
    ranks = np.stack([dense(column) for column in values.T], axis=1) if len(dimensions) else values
    position = codes(ranks)
    repeat = occurrence(position)
    if len(np.unique(np.bincount(position))) > 1:
        raise GridError(unequal_repeats(position, values, dimensions))
    plan = _planned(ranks[first_frames(position)], dimensions)
    if plan.stop is not None and incomplete != "pad":
        return _trimmed(values, dimensions, plan, position, incomplete)
    return _placed(values, dimensions, plan, position, repeat)


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """ranks: of the distinct positions; groups: columns of each axis; the rest as in Arrangement."""

    ranks: Ints
    groups: tuple[tuple[int, ...], ...]
    stop: Stop | None
    notes: tuple[str, ...]


def _planned(ranks: Ints, dimensions: Sequence[Dimension]) -> _Plan:
    """Which columns make an axis each, in the order of the axes."""
    columns = _varying(ranks)
    notes: list[str] = []
    if prod(sizes(ranks[:, columns])) != len(ranks):
        roles = [dimensions[column].role for column in columns]
        changed, unlike = rank_per_slice(ranks[:, columns], roles)
        if unlike:
            names = enumeration([dimensions[columns[k]].name for k in unlike])
            notes.append(f"{names}: values differ between slices, so they are ranked within each slice")
            ranks = ranks.copy()
            ranks[:, columns] = changed
            columns = _varying(ranks)
    used = ranks[:, columns]
    if prod(sizes(used)) == len(used):
        return _Plan(ranks, tuple((column,) for column in columns), None, tuple(notes))
    stop = find_stop(used, [dimensions[column].role for column in columns])
    whole = used if stop is None else np.concatenate([used, stop.missing])
    groups, merges = _groups(whole, columns, dimensions)
    if stop is not None:
        full = np.zeros((len(stop.missing), ranks.shape[1]), np.int64)
        full[:, columns] = stop.missing
        stop = Stop(full, stop.last)
    return _Plan(ranks, groups, stop, (*notes, *merges))


def _varying(ranks: Ints) -> list[int]:
    return [column for column in range(ranks.shape[1]) if ranks[:, column].any()]


def _groups(
    ranks: Ints, columns: list[int], dimensions: Sequence[Dimension]
) -> tuple[tuple[tuple[int, ...], ...], tuple[str, ...]]:
    """Columns of each axis, merged where they must be, and sentences that say so."""
    slices = [k for k, column in enumerate(columns) if dimensions[column].role == "slice"]
    volumes = [k for k, column in enumerate(columns) if dimensions[column].role != "slice"]
    slice_code, volume_code = codes(ranks[:, slices]), codes(ranks[:, volumes])
    if count(slice_code) * count(volume_code) != len(ranks):
        raise GridError(uneven_volumes(slice_code, volume_code, ranks, [dimensions[column] for column in columns]))
    of_slices = {slices[k] for k in to_merge(ranks[first_frames(slice_code)][:, slices])}
    of_volumes = {volumes[k] for k in to_merge(ranks[first_frames(volume_code)][:, volumes])}
    groups: list[tuple[int, ...]] = [(k,) for k in range(len(columns)) if k not in of_slices | of_volumes]
    merged = [tuple(sorted(group)) for group in (of_slices, of_volumes) if group]
    if of_slices:
        # The merged slices stand where the first of their dimensions stood; merged volumes come last.
        groups = sorted([*groups, merged[0]])
    if of_volumes:
        groups = [*groups, merged[-1]]
    notes = []
    for group in merged:
        names = enumeration([dimensions[columns[k]].name for k in group])
        amount = count(codes(ranks[:, list(group)]))
        notes.append(f"{names} make no full grid, so their {amount} combinations are one axis")
    return tuple(tuple(columns[k] for k in group) for group in groups), tuple(notes)


def _placed(values: Ints, dimensions: Sequence[Dimension], plan: _Plan, position: Ints, repeat: Ints) -> Arrangement:
    """The grid of a plan; places of a stopped scan stay empty."""
    notes, warnings = list(plan.notes), []
    ranks = [codes(plan.ranks[:, list(group)])[position] for group in plan.groups]
    parts = list(plan.groups)
    if repeat.any():
        ranks.append(repeat)
        parts.append(())
        notes.append(f"{count(repeat)} frames share each position; they are told apart by their order in the file")
    result = place(np.stack(ranks, axis=1) if ranks else values[:, :0], [count(rank) for rank in ranks])
    if plan.stop is not None:
        warnings.append(f"{_told(values, dimensions, plan, position)}; their places are left empty")
    elif result.missing or len(result.duplicates):
        raise AssertionError(f"{result.missing} places empty, {len(result.duplicates)} taken twice")
    axes = []
    for number, group in enumerate(parts):
        first = _first_along(result.grid, number)
        axes.append(GridAxis(group, values[first][:, list(group)], first))
    return Arrangement(tuple(axes), result.grid, tuple(notes), tuple(warnings), np.empty(0, np.int64))


def _first_along(grid: Ints, axis: int) -> Ints:
    """The first frame at each position of an axis, the other axes in column-major order."""
    frames = np.moveaxis(grid, axis, 0).reshape(grid.shape[axis], -1, order="F")
    return np.asarray(frames[np.arange(len(frames)), np.argmax(frames >= 0, axis=1)], np.int64)


def _trimmed(
    values: Ints, dimensions: Sequence[Dimension], plan: _Plan, position: Ints, incomplete: Incomplete
) -> Arrangement:
    """The arrangement without the incomplete position, or a refusal."""
    assert plan.stop is not None
    told = _told(values, dimensions, plan, position)
    if incomplete == "error":
        raise GridError(f"{told}; read with incomplete='pad' to leave their places empty, or 'trim' to drop the rest")
    gone = plan.stop.last[position]
    kept, dropped = np.flatnonzero(~gone), np.flatnonzero(gone)
    inner = arrange(values[kept], dimensions, "error")
    axes = tuple(GridAxis(axis.parts, axis.values, kept[axis.frames]) for axis in inner.axes)
    return Arrangement(axes, kept[inner.grid], inner.notes, (f"{told}; {left_out(dropped)}",), dropped)


def _told(values: Ints, dimensions: Sequence[Dimension], plan: _Plan, position: Ints) -> str:
    assert plan.stop is not None
    times = len(position) // len(plan.ranks)
    return stopped_early(plan.stop.missing, plan.ranks, values[first_frames(position)], dimensions, times)
