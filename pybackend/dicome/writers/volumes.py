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
from dicome.frames.rearrange import Rearrangement, rearrange, with_plane

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

_PARTS = {"M": "mag", "P": "phase", "R": "real", "I": "imag"}
_PARTS |= {"MAGNITUDE": "mag", "PHASE": "phase", "REAL": "real", "IMAGINARY": "imag"}
_NUMBERED = {"echo", "dir"}
"""Axes whose positions are numbered in file names, whatever their labels: BIDS counts echoes."""
_LONGEST_LABEL = 24
_WORD_STARTS = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9])|(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What goes into one file: what is added to its name, and the image with the slices as first axis."""

    suffix: str
    image: Image


def arranged(image: Image, order: Sequence[int | str] | None, combine: Sequence[int | bool] | None) -> Image:
    """The image with its slices as first axis, the others after order and combine.

    Raises ArgumentError where these touch Column, Row, Sample or the slices.
    """
    dimensions = with_plane(image.axes, image.ordering.grid, image.series.format.samples)
    plan = rearrange(*dimensions, order, combine)
    plane = len(image.series.format.shape)
    _check_space_kept(plan, plane)
    axes, grid = plan.axes[plane:], plan.grid.reshape(plan.grid.shape[plane:])
    places = sorted(range(len(axes)), key=lambda k: axes[k].role != "slice")
    return _with(image, [axes[k] for k in places], grid.transpose(places))


def _check_space_kept(plan: Rearrangement, plane: int) -> None:
    """Of the dimensions in space, only the slices may stand elsewhere: they come third anyway."""
    spatial = {k for k, axis in enumerate(plan.axes) if k < plane or axis.role == "slice"}
    if plan.permutation[:plane] != tuple(range(plane)):
        names = ", ".join(axis.name for axis in plan.axes)
        raise ArgumentError(f"Order puts {names}; in NIfTI the order of Column and Row is fixed: leave them in front")
    # After combining, a merged axis stands for several flags: count what each has swallowed.
    groups: list[list[int]] = []
    for number, flag in zip(plan.permutation, plan.flags, strict=True):
        if flag:
            groups[-1].append(number)
        else:
            groups.append([number])
    for place, (axis, group) in enumerate(zip(plan.axes, groups, strict=True)):
        if len(group) > 1 and (place in spatial or "x" in axis.name and _holds_slices(axis, group, plane)):
            raise ArgumentError(
                f"Combine makes {axis.name!r} one dimension; in NIfTI rows, columns and slices stay dimensions of "
                "their own, so combine others only"
            )


def _with(image: Image, axes: Sequence[Axis], grid: NDArray[np.int64]) -> Image:
    return replace(image, ordering=replace(image.ordering, axes=tuple(axes), grid=grid))
