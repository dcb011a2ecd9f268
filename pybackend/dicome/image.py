"""An image: the frames of one or several files as one n-D array with named axes, read when asked for.

image = dicome.open("scan.dcm")
image.shape, image.names        (80, 80, 53, 2, 2), ('Column', 'Row', 'In-Stack Position Number', ...)
image.array()                   everything, float32
image[..., 1]                   one position of the last axis: only its frames are read
image.frame(17)                 frame 17 of the file
image.frames["EffectiveEchoTime"]
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dicome.assemble import Progress, read_frames
from dicome.errors import ArgumentError, DicomeWarning, MissingPackageError
from dicome.frames.axes import Incomplete
from dicome.frames.geometry import Planes, affine, planes
from dicome.frames.labels import Axis
from dicome.frames.order import Ordering, order_frames
from dicome.frames.scaling import Scaling, scaling
from dicome.frames.table import FrameTable
from dicome.header import Header, header_of
from dicome.series import Paths, Series, open_series

if TYPE_CHECKING:
    import xarray

PLANE = ("Column", "Row")
"""Names of the first two dimensions, as dicomeread has always had them: the array is rows x columns."""


@dataclass(frozen=True, eq=False)
class Image:
    """Frames in order. Made by `open`; nothing in it changes, pixels and columns are read when asked for."""

    series: Series
    ordering: Ordering

    # -- what the axes are ---------------------------------------------------------------------------------------

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes behind rows, columns (and samples): name, labels, values, unit."""
        return self.ordering.axes

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns, samples where there are several, then one size per axis."""
        return (*self.series.format.shape, *self.ordering.grid.shape)

    @property
    def names(self) -> tuple[str, ...]:
        """Name of every dimension of the array: 'Column', 'Row', 'Sample' for colour, then the axes."""
        sample = ("Sample",) if self.series.format.samples > 1 else ()
        return (*PLANE, *sample, *(axis.name for axis in self.axes))

    @property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """Labels of every position of every axis, the plane's dimensions left out."""
        return tuple(axis.labels for axis in self.axes)

    @property
    def item_numbers(self) -> NDArray[np.int64]:
        """1-based number of the frame at each position of the axes, 0 where it is missing (MatlabItems)."""
        return self.ordering.grid + 1

    @property
    def evidence(self) -> tuple[str, ...]:
        """What the order of the frames rests on, in sentences."""
        return (*self.series.notes, *self.ordering.evidence)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know before trusting the array: missing frames, damage."""
        return (*self.series.warnings, *self.ordering.warnings)

    # -- header --------------------------------------------------------------------------------------------------

    @property
    def frames(self) -> FrameTable:
        """Every attribute of every frame as a column, in file order."""
        return self.series.table

    @property
    def frame_files(self) -> tuple[Path, ...]:
        """The file that each frame lies in, in the order of `frames`."""
        return self.series.frame_files

    @cached_property
    def header(self) -> Header:
        """The header as MATLAB's dicominfo names it, nested."""
        return header_of(self.series.files, self.series.format)

    # -- geometry and acquisition --------------------------------------------------------------------------------

    @cached_property
    def _planes(self) -> Planes | None:
        return planes(self.frames)

    @cached_property
    def _affine(self) -> tuple[NDArray[np.float64] | None, str]:
        if self._planes is None:
            return None, "no affine: some frame lacks Image Position, Image Orientation or Pixel Spacing"
        slice_axes = [k for k, axis in enumerate(self.axes) if axis.role == "slice"]
        if len(slice_axes) > 1:
            return None, "no affine: the image has several stacks of slices"
        return affine(self._planes, self._positions_along(slice_axes[0] if slice_axes else None))

    @property
    def affine(self) -> NDArray[np.float64] | None:
        """(4, 4): 0-based (row, column, slice, 1) to patient coordinates (LPS, mm); None where no single one fits.

        `evidence_of_affine` says why. From the positions of all frames (PS3.3 C.7.6.2.1.1).
        """
        return self._affine[0]

    @property
    def evidence_of_affine(self) -> str:
        """Why there is no affine, or what its positions differ by; '' where all is regular."""
        return self._affine[1]

    def _positions_along(self, axis: int | None) -> NDArray[np.int64]:
        """0-based position of every frame on one axis, -1 for frames that are not in the grid."""
        grid = self.ordering.grid
        result = np.full(self.frames.frame_count, -1, np.int64)
        where = np.zeros(grid.shape, np.int64) if axis is None else np.indices(grid.shape, sparse=True)[axis]
        where = np.broadcast_to(where, grid.shape)
        result[grid[grid >= 0]] = where[grid >= 0]
        return result

    @property
    def echo_times(self) -> NDArray[np.float64]:
        """Distinct echo times, ascending, ms; empty where no frame has one."""
        column = self.frames.find(
            "MREchoSequence.EffectiveEchoTime", "MRTimingAndRelatedParametersSequence.EchoTime", "EchoTime"
        )
        if column is None or column.values.dtype == object:
            return np.empty(0)
        return np.unique(column.values[column.present].astype(np.float64))

    @property
    def bvals(self) -> NDArray[np.float64] | None:
        """b-value of every volume, s/mm2, in the shape of the axes without the slices; None without diffusion.

        Classic files of Philips have a b-value of 0 in every scan, which is no diffusion either.
        """
        column = self.frames.find("MRDiffusionSequence.DiffusionBValue", "DiffusionBValue")
        if column is None or not column.present.any():
            return None
        values = np.where(column.present, column.values, 0).astype(np.float64)
        return None if self.series.made_index and not values.any() else self._per_volume(values)

    @property
    def bvecs(self) -> NDArray[np.float64] | None:
        """Gradient direction of every volume, LPS, last dimension 3; zeros without direction (b = 0, trace)."""
        name = "DiffusionGradientOrientation"
        path = f"MRDiffusionSequence.DiffusionGradientDirectionSequence.{name}"
        column = self.frames.find(path, name)
        if self.bvals is None:
            return None
        vectors = np.zeros((self.frames.frame_count, 3))
        if column is not None and column.values.ndim == 2:
            vectors[column.present] = column.values[column.present]
        return self._per_volume(vectors)

    def _per_volume(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """One row of ``values`` (frames, ...) per volume: that of its first frame present."""
        grid = self.ordering.grid
        slices = tuple(k for k, axis in enumerate(self.axes) if axis.role == "slice")
        first = np.where(grid < 0, self.frames.frame_count, grid).min(axis=slices)
        padded = np.concatenate([values, np.full((1, *values.shape[1:]), np.nan)])
        result: NDArray[np.float64] = padded[first]
        return result

    # -- pixels --------------------------------------------------------------------------------------------------

    def scaling(self, kind: str | None = None) -> Scaling:
        """How stored values become quantities; see `dicome.frames.scaling`."""
        return scaling(self.frames, kind)

    @property
    def scale(self) -> str:
        """The kind of scaling used by default: 'fp' where Philips' scale slope is in every frame, 'dv', or 'pv'."""
        return "pv" if self._is_colour else self.scaling().kind

    @property
    def _is_colour(self) -> bool:
        return self.series.format.samples > 1

    def array(
        self,
        scale: str | None = None,
        dtype: DTypeLike | None = None,
        *,
        fortran: bool = False,
        progress: Progress | None = None,
    ) -> NDArray[Any]:
        """The whole image, ``self.shape``; missing frames are NaN (0 in integers).

        scale: None (see `scale`), 'fp', 'dv', 'rwv' or 'pv' (stored values in their integer type). dtype: float32 by
        default. fortran: rows vary fastest in memory, as in MATLAB; else the pixels of a frame lie row by row.
        progress: called with the frames read and the frames in all.
        """
        return self.read_grid(self.ordering.grid, scale, dtype, fortran, progress)

    def read_grid(
        self,
        grid: NDArray[np.int64],
        scale: str | None = None,
        dtype: DTypeLike | None = None,
        fortran: bool = False,
        progress: Progress | None = None,
    ) -> NDArray[Any]:
        """Frames by 0-based number, arranged as ``grid`` is: rows x columns [x samples] x its shape; -1 = missing."""
        how = self.scaling("pv" if scale is None and self._is_colour else scale)
        stored = self.series.format.dtype
        wanted_type = np.dtype(dtype) if dtype is not None else stored if how.kind == "pv" else np.dtype(np.float32)
        flat = read_frames(self.series.pixels, grid.ravel(order="F"), how, wanted_type, fortran, progress)
        frame = flat.shape[1:]
        array: NDArray[Any] = flat.reshape(*grid.shape[::-1], *frame)
        count = grid.ndim
        plane = range(count + len(frame) - 1, count - 1, -1) if fortran else range(count, count + len(frame))
        axes = (*plane, *range(count - 1, -1, -1))
        turned: NDArray[Any] = array.transpose(axes)
        return turned

    def __getitem__(self, key: Any) -> NDArray[Any]:
        """Part of `array()` by integers, slices and ``...``; only the frames in it are read."""
        key = key if isinstance(key, tuple) else (key,)
        key = _without_ellipsis(key, len(self.shape))
        count = len(self.series.format.shape)
        plane, axes = key[:count], key[count:]
        grid = np.asarray(self.ordering.grid[axes])
        part: NDArray[Any] = self.read_grid(grid)[plane]
        return part

    def frame(self, number: int, scale: str | None = None) -> NDArray[Any]:
        """One frame by its 1-based number (as in `item_numbers`): rows x columns [x samples]."""
        count = self.frames.frame_count
        if not 1 <= number <= count:
            raise ArgumentError(f"frame {number} of an image with {count:,} frames; numbers start at 1")
        return self.read_grid(np.array(number - 1), scale)

    def to_xarray(self, scale: str | None = None) -> xarray.DataArray:
        """The image as an xarray.DataArray: dimensions named, labels and values as coordinates, units as attributes."""
        try:
            import xarray
        except ImportError as problem:
            raise MissingPackageError("to_xarray needs xarray: pip install 'dicome[xarray]'") from problem
        coordinates: dict[str, Any] = {}
        for axis in self.axes:
            numeric = axis.values is not None and np.ndim(axis.values) == 1
            coordinates[axis.name] = (axis.name, axis.values if numeric else list(axis.labels), {"units": axis.unit})
        # xarray's names go with the array: the first dimension runs down the rows.
        dims = ("row", "column", *(("sample",) if self._is_colour else ()), *(axis.name for axis in self.axes))
        attributes = {"scale": scale or self.scale, "evidence": list(self.evidence)}
        return xarray.DataArray(self.array(scale), coordinates, dims, attrs=attributes)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} {size}" for name, size in zip(self.names, self.shape, strict=True))
        return f"<Image {self.series.paths[0].name}: {sizes}; {self.scale}>"


def _without_ellipsis(key: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    """The key with one entry per dimension."""
    if any(not isinstance(part, (int, np.integer, slice)) and part is not Ellipsis for part in key):
        raise ArgumentError("an image is indexed by integers, slices and ...; use image.array() for more")
    dots = [k for k, part in enumerate(key) if part is Ellipsis]
    if len(dots) > 1 or len(key) - len(dots) > count:
        raise ArgumentError(f"too many indices for an image of {count} dimensions")
    at = dots[0] if dots else len(key)
    filling = (slice(None),) * (count - len(key) + len(dots))
    return (*key[:at], *filling, *key[at + 1 :])


def open_image(path: Paths, *, incomplete: Incomplete = "pad", series: int | str | None = None) -> Image:
    """Opens a DICOM file, several files of one series, or a folder: enhanced (multi-frame) or single-frame ones.

    series: which one of a folder of several: its Series Number, or the begin of its Series Instance UID. incomplete:
    what to do with a scan that was stopped: 'pad' missing frames with NaN, 'trim' the position they are in, or 'error'.
    What is in `Image.warnings` is also given as a DicomeWarning. Raises the errors of `dicome.errors`:
    FileMissingError, NotDicomError, DamagedFileError, SeriesError, UnsupportedError, GridError.
    """
    found = open_series(path, series)
    image = Image(found, order_frames(found.table, found.index, found.dimensions, incomplete, found.made_index))
    for text in image.warnings:
        warnings.warn(text, DicomeWarning, stacklevel=2)
    return image
