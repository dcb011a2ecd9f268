"""An image as volumes: slices first, the other axes behind them, one or several images where an axis is split.

What comes out is again an `Image`, so its affine, gradients and pixels are those of the part it holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dicome.errors import ArgumentError
from dicome.frames.labels import Axis
from dicome.frames.rearrange import combine as combined
from dicome.frames.rearrange import reorder, with_plane

if TYPE_CHECKING:
    from dicome.image import Image

SHORT_NAMES = {
    "Effective Echo Time": "echo",
    "Echo Time": "echo",
    "ImageTypeMR": "part",
    "Complex Image Component": "part",
    "Stack ID": "stack",
    "In-Stack Position Number": "slice",
    "Temporal Position Index": "dyn",
    "Trigger Delay Time": "phase",
    "Label Type": "label",
    "ASL Context": "label",
    "Diffusion b-Value": "b",
    "Diffusion b-value": "b",
    "Diffusion Gradient Orientation": "dir",
}
"""What an axis is called in file names (BIDS entities where there is one); others by the first word of their name."""

_PARTS = {
    **{"M": "mag", "P": "phase", "R": "real", "I": "imag"},
    **{"MAGNITUDE": "mag", "PHASE": "phase", "REAL": "real", "IMAGINARY": "imag"},
}
_NUMBERED = {"echo", "dir"}
"""Axes whose positions are numbered in file names, whatever their labels: BIDS counts echoes."""
_LONGEST_LABEL = 24
_STACK_OF_FRAME = ("FrameContentSequence.StackID", "StackID")
_WORD_STARTS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What goes into one file: what is added to its name, the image with the slices first, and whether its slices
    are all those of the whole image.
    """

    suffix: str
    image: Image
    whole_slices: bool = True


def arranged(image: Image, order: Sequence[int | str] | None, combine: Sequence[int | bool] | None) -> Image:
    """The image with its slices as first axis, the others behind them, after order and combine.

    Raises ArgumentError where these touch Column, Row or Sample, or combine slices with anything.
    """
    axes, grid = with_plane(image.axes, image.ordering.grid, image.series.format.samples)
    plane = len(image.series.format.shape)
    plan = reorder(axes, grid, range(1, len(axes) + 1) if order is None else order)
    if plan.permutation[:plane] != tuple(range(plane)):
        names = ", ".join(axis.name for axis in axes[:plane])
        raise ArgumentError(f"Order moves the dimensions of the plane; for NIfTI leave {names} in front, in this order")
    if combine is not None:
        spatial = [k < plane or axis.role == "slice" for k, axis in enumerate(plan.axes)]
        ordered, plan = plan, combined(plan.axes, plan.grid, combine)
        for k, flag in enumerate(plan.flags):
            if flag and (spatial[k] or spatial[k - 1]):
                raise ArgumentError(
                    f"Combine makes one dimension of {ordered.axes[k - 1].name!r} and {ordered.axes[k].name!r}; in "
                    "NIfTI rows, columns and slices stay apart: combine other dimensions"
                )
    axes, grid = plan.axes[plane:], plan.grid.reshape(plan.grid.shape[plane:])
    places = sorted(range(len(axes)), key=lambda k: axes[k].role != "slice")
    return with_grid(image, [axes[k] for k in places], grid.transpose(places))


def with_grid(image: Image, axes: Sequence[Axis], grid: NDArray[np.int64]) -> Image:
    """The image with other axes and the grid (0-based frames, -1 = missing) that belongs to them."""
    return replace(image, ordering=replace(image.ordering, axes=tuple(axes), grid=grid))


def split(image: Image, wanted: str | None) -> list[Part]:
    """One part per position of an axis, in its order; the whole image where nothing is wanted.

    wanted: name of an axis in any case, the beginning of it or of a word in it ('echo', 'type'), or 'stack' where
    stacks of unequal length are merged with their slices; several of these with commas between. Raises ArgumentError
    where no axis or several fit.
    """
    parts = [Part("", image)]
    for name in () if wanted is None else wanted.split(","):
        parts = [
            Part(part.suffix + one.suffix, one.image, part.whole_slices and one.whole_slices)
            for part in parts
            for one in _split(part.image, name)
        ]
    return parts


def _split(image: Image, wanted: str) -> list[Part]:
    k = _axis_number(image.axes, wanted)
    axis, grid = image.axes[k], np.moveaxis(image.ordering.grid, k, 0)
    others = [other for number, other in enumerate(image.axes) if number != k]
    whole = axis.role != "slice"
    if _is_merged_stack(axis, wanted):
        groups = _stacks(image, grid)
        parts = [with_grid(image, [_some(axis, positions), *others], grid[positions]) for positions in groups.values()]
        short, labels = "stack", list(groups)
    else:
        parts = [with_grid(image, others, one) for one in grid]
        short, labels = short_name(axis.name), list(axis.labels)
    return [
        Part(f"_{short}-{label}", part, whole) for label, part in zip(safe_labels(labels, short), parts, strict=True)
    ]


def _axis_number(axes: Sequence[Axis], wanted: str) -> int:
    text = wanted.strip().casefold()
    tests = (
        lambda name: name.casefold() == text,
        lambda name: name.casefold().startswith(text),
        lambda name: any(name[at.start() :].casefold().startswith(text) for at in _WORD_STARTS.finditer(name)),
    )
    for test in tests if text else ():
        found = [k for k, axis in enumerate(axes) if test(axis.name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise _no_axis(wanted, "fits several dimensions", [axes[k] for k in found])
    raise _no_axis(wanted, "is no dimension of this image", axes)


def _no_axis(wanted: str, problem: str, axes: Sequence[Axis]) -> ArgumentError:
    names = ", ".join(repr(axis.name) for axis in axes) or "none but Column and Row"
    return ArgumentError(f"split {wanted!r} {problem}; use one of: {names}")


def _is_merged_stack(axis: Axis, wanted: str) -> bool:
    """Whether stacks are meant, not every slice of an axis like 'Stack ID/In-Stack Position Number'."""
    merged = axis.role == "slice" and "/" in axis.name
    return merged and "stack id".startswith(wanted.strip().casefold())


def _stacks(image: Image, grid: NDArray[np.int64]) -> dict[str, list[int]]:
    """Stack ID to the positions of the first axis of ``grid`` that belong to it."""
    column = image.frames.find(*_STACK_OF_FRAME)
    if column is None:
        raise ArgumentError("split 'stack': the frames have no Stack ID (0020,9056)")
    groups: dict[str, list[int]] = {}
    for position, frames in enumerate(grid.reshape(len(grid), -1)):
        groups.setdefault(str(column.values[frames[frames >= 0][0]]).strip(), []).append(position)
    return groups


def _some(axis: Axis, positions: Sequence[int]) -> Axis:
    values = None if axis.values is None else axis.values[list(positions)]
    return replace(axis, labels=tuple(axis.labels[k] for k in positions), values=values)


def short_name(name: str) -> str:
    """An axis in a file name: letters and digits only."""
    if name in SHORT_NAMES:
        return SHORT_NAMES[name]
    words = re.findall(r"[A-Za-z0-9]+", name)
    return words[0].lower() if words else "axis"


def safe_labels(labels: Sequence[str], short: str) -> list[str]:
    """Labels as letters and digits, all different in any case; numbers from 1 where they cannot be.

    A label with a point, sign or slash in it is not shortened, as that would make another number of it.
    """
    words = [_PARTS.get(label, label) if short == "part" else label.replace(" ", "") for label in labels]
    fit = all(re.fullmatch(rf"[A-Za-z0-9]{{1,{_LONGEST_LABEL}}}", word) for word in words)
    if fit and short not in _NUMBERED and len({word.casefold() for word in words}) == len(words):
        return words
    width = len(str(len(labels)))
    return [f"{number:0{width}d}" for number in range(1, len(labels) + 1)]


def first_frames(image: Image) -> NDArray[np.int64]:
    """0-based number of the first frame of every volume, -1 where it has none; volumes as NIfTI stores them."""
    count = image.frames.frame_count
    grid = image.ordering.grid
    slices = tuple(k for k, axis in enumerate(image.axes) if axis.role == "slice")
    first = np.where(grid < 0, count, grid).min(axis=slices)
    result: NDArray[np.int64] = np.where(first == count, -1, first).ravel(order="F")
    return result
