"""dicomeread: the array and the header of a scan in one call, the same as in MATLAB and Octave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dicome.assemble import Progress
from dicome.errors import ArgumentError
from dicome.frames.axes import Incomplete
from dicome.frames.labels import Axis
from dicome.frames.rearrange import Rearrangement, rearrange, with_plane
from dicome.header import Header, header_of
from dicome.image import Image, open_image
from dicome.series import Paths


@dataclass(frozen=True, slots=True)
class Reading:
    """An image after Order and Combine: what dicomeread gives, and what the writers write.

    array: rows x columns [x samples] x axes; None where no pixels were asked for. axes: of all its dimensions, Column
    and Row (and Sample) among them. items: 1-based frame numbers over the other axes, 0 where missing.
    """

    image: Image
    array: NDArray[Any] | None
    axes: tuple[Axis, ...]
    items: NDArray[np.int64]
    scale: str

    @property
    def names(self) -> tuple[str, ...]:
        """Of all dimensions (MatlabNames)."""
        return tuple(axis.name for axis in self.axes)

    @property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """Of every dimension but Column and Row (and Sample) (MatlabIndexes)."""
        return tuple(axis.labels for axis in self.axes if not _in_plane(axis))


def arranged(
    image: Image,
    *,
    order: Sequence[int | str] | None = None,
    combine: Sequence[int | bool] | None = None,
    scale: str | None = None,
    dtype: DTypeLike | None = None,
    fortran: bool = False,
    pixels: bool = True,
    progress: Progress | None = None,
) -> Reading:
    """Reads an opened image; the arguments are those of `dicomeread` and of `Image.array`.

    pixels: False leaves the array out.
    """
    plan = rearrange(*with_plane(image.axes, image.ordering.grid, image.series.format.samples), order, combine)
    array = plan.apply(image.array(scale, dtype, fortran=fortran, progress=progress)) if pixels else None
    used = image.scale if scale is None else image.scaling(scale).kind
    return Reading(image, array, plan.axes, _items(plan), used)


def read(
    path: Paths,
    *,
    order: Sequence[int | str] | None = None,
    combine: Sequence[int | bool] | None = None,
    scale: str | None = None,
    incomplete: Incomplete = "pad",
    series: int | str | None = None,
    dtype: DTypeLike | None = None,
    fortran: bool = False,
    pixels: bool = True,
) -> Reading:
    """Opens and reads a scan; see `arranged`, and `dicome.open` for series."""
    image = open_image(path, incomplete=incomplete, series=series)
    return arranged(image, order=order, combine=combine, scale=scale, dtype=dtype, fortran=fortran, pixels=pixels)


def _in_plane(axis: Axis) -> bool:
    """Whether an axis is Column, Row or Sample, or a combination of these: it has no labels of its own."""
    return axis.labels == ("",)


def _items(plan: Rearrangement) -> NDArray[np.int64]:
    """1-based frame numbers over the axes that are not in the plane."""
    sizes = [size for axis, size in zip(plan.axes, plan.grid.shape, strict=True) if not _in_plane(axis)]
    return plan.grid.reshape(sizes, order="F") + 1


def dicomeread(
    path: Paths,
    *,
    order: Sequence[int | str] | None = None,
    combine: Sequence[int | bool] | None = None,
    noscale: bool = False,
    scale: str | None = None,
    incomplete: Incomplete = "pad",
    series: int | str | None = None,
    dtype: DTypeLike | None = None,
) -> tuple[NDArray[Any], Header]:
    """Reads enhanced-MR DICOM with correct order and dimensions.

    path: a file, several files of one series, or a folder of them.
    order: permutation of all dimensions, Column and Row included: 1-based numbers or names.
    combine: 0 or 1 per dimension (after order); a 1 merges the dimension into the one to its left.
    noscale: keep stored integers. scale: 'fp', 'dv', 'rwv' or 'pv'; by default fp where Philips' scale is in every
    frame, else dv. incomplete: 'pad', 'trim' or 'error' for a stopped scan. dtype: float32 by default.
    series: which one of a folder of several, by its Series Number, or the begin of its Series Instance UID.

    Returns the array (rows x columns [x samples] x axes) and the header (`dicome.header.Header`) with MatlabNames,
    MatlabIndexes (labels), MatlabItems (1-based frame numbers, 0 = missing) and MatlabEvidence.
    Raises the errors of `dicome.errors`.
    """
    if noscale and scale not in (None, "pv", "none"):
        raise ArgumentError(f"noscale=True and scale={scale!r} contradict each other; give one of them")
    found = read(
        path,
        order=order,
        combine=combine,
        scale="pv" if noscale else scale,
        incomplete=incomplete,
        series=series,
        dtype=dtype,
    )
    assert found.array is not None
    extra = {
        "MatlabNames": found.names,
        "MatlabIndexes": found.labels,
        "MatlabItems": found.items,
        "MatlabEvidence": found.image.evidence,
    }
    opened = found.image.series
    return found.array, header_of(opened.files, opened.format, extra)
