"""Plain HDF5 that describes itself, for h5py, xarray and whatever else reads HDF5.

    image          the array as `dicome.dicomeread` gives it, in chunks of a frame; its dimensions ``row``, ``column``
                   and one for each axis; attributes ``scale`` (fp, dv, rwv or pv) and ``evidence`` of the order
    <dimension>    dimension scales of those names (``/`` becomes ``+``): numbers where an axis has them, labels
                   otherwise; attributes ``units``, ``role`` and ``long_name``
    <axis> label   the labels of every axis
    frame_number   1-based number of the frame at each position of the axes, 0 where it is missing
    affine         (row, column, slice, 1), 0-based, to patient coordinates (LPS, mm); not there where none fits
    frames/        a row per frame for each attribute; NaN or empty text where a frame lacks it
    header/        the header, sequences as groups Item_1, Item_2, ...; with full_info the frames' items too

With h5py, text is bytes of one length; ``.asstr()`` makes it str:

    with h5py.File("scan.h5") as file:
        volume = file["image"][:, :, :, 0]
        file["image"].dims[2].label, file["image"].dims[2][0][:]
        file["frames/FrameType"].asstr()[:]
        file["header/PatientName/FamilyName"].asstr()[()]

With xarray and h5netcdf: ``xarray.open_dataset("scan.h5", engine="h5netcdf")``, and the same with ``group="frames"``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dicome import __version__
from dicome.beside import check_target, written_beside
from dicome.errors import ArgumentError
from dicome.frames.rearrange import COLUMN, ROW, SAMPLE
from dicome.header import file_group, header_group
from dicome.reading import arranged
from dicome.writers.hdf5_tree import Node, Tree
from dicome.writers.matlab import make
from dicome.writers.steps import Steps, Wrote

if TYPE_CHECKING:
    from dicome.frames.labels import Axis
    from dicome.image import Image
    from dicome.reading import Reading
    from dicome.writers import Options

PLANE = {COLUMN: "row", ROW: "column", SAMPLE: "sample"}
"""Dimensions of a frame as xarray names them: the first runs down the rows."""


def write(image: Image, path: Path, options: Options) -> list[Path]:
    """Writes the image; see the head of this module for what is in the file.

    options: compress packs the image with gzip; full_info adds the header of every frame.
    """
    if options.split is not None or options.v73:
        raise ArgumentError(f"{path}: HDF5 holds all axes in one file: leave split and v73 away")
    check_target(path, force=options.force)  # before the pixels are read
    steps = Steps(options.progress, options.compress)
    found = arranged(image, order=options.order, combine=options.combine, scale=options.scale, progress=steps.read)
    assert found.array is not None
    size = 0 if options.compress else found.array.nbytes
    steps.size = found.array.nbytes
    with written_beside(path, force=options.force, size=size) as temporary, Tree.create(temporary) as tree:
        _put_image(tree, image, found, options.compress, steps.wrote)
        if image.affine is not None:
            _put_affine(tree.file, image.affine)
        _put_frames(tree, image)
        series = image.series
        group = (
            header_group(series.files, series.format)
            if options.full_info
            else file_group(series.files[0], series.format)
        )
        tree.put(make(Plain(), group.fields), "/header")
    return [path]


# -- the image and its dimensions ----------------------------------------------------------------------------------


def _put_image(tree: Tree, image: Image, found: Reading, compress: bool, wrote: Wrote) -> None:
    assert found.array is not None
    array, file = found.array, tree.file
    file.attrs["creator"] = f"dicome {__version__}"
    made = _dataset(tree, array, found.axes, compress, wrote)
    made.attrs["scale"] = found.scale
    made.attrs["evidence"] = "\n".join(image.evidence)
    if image.evidence_of_affine:
        made.attrs["affine"] = image.evidence_of_affine
    names = dimension_names(found.axes)
    whole = [len(axis.labels) == size for axis, size in zip(found.axes, array.shape, strict=True)]
    for k, (name, axis) in enumerate(zip(names, found.axes, strict=True)):
        scale = _put_scale(file, name, axis, array.shape[k])
        made.dims[k].label = name
        made.dims[k].attach_scale(scale)
        if whole[k] and not _in_plane(axis):
            labels = file.create_dataset(f"{name} label", data=fixed(axis.labels))
            _describe_text(labels)
            labels.dims[0].attach_scale(scale)
    numbers = file.create_dataset("frame_number", data=found.items)
    outer = [k for k, axis in enumerate(found.axes) if not _in_plane(axis)]
    for place, k in enumerate(outer):
        if whole[k]:  # an axis combined with Row or Column has more positions
            numbers.dims[place].attach_scale(file[names[k]])


def dimension_names(axes: Sequence[Axis]) -> list[str]:
    """Names that HDF5 takes, each once."""
    names: list[str] = []
    for axis in axes:
        name = PLANE.get(axis.name, axis.name).replace("/", "+")
        taken = {*names, "image", "affine", "frame_number", "frames", "header"}
        names.append(name if name not in taken else f"{name} ({len(names) + 1})")
    return names


def _in_plane(axis: Axis) -> bool:
    return axis.labels == ("",)


def _put_scale(file: Any, name: str, axis: Axis, size: int) -> Any:
    """The dimension scale of an axis: its numbers, else its labels; of rows and columns 0, 1, 2, ..."""
    values: NDArray[Any]
    if len(axis.labels) != size or _in_plane(axis):
        values = np.arange(size)
    elif axis.values is not None and axis.values.ndim == 1 and np.isfinite(axis.values).all():
        values = axis.values
    else:
        values = fixed(axis.labels)
    scale = file.create_dataset(name, data=values)
    scale.make_scale(name)
    scale.attrs["long_name"] = axis.name
    if not _in_plane(axis):
        scale.attrs["role"] = axis.role
    if axis.unit and values.dtype.kind == "f":
        scale.attrs["units"] = axis.unit
    if values.dtype.kind == "S":
        _describe_text(scale)
    return scale


def _dataset(tree: Tree, array: NDArray[Any], axes: Sequence[Axis], compress: bool, wrote: Wrote) -> Any:
    """The image, in chunks of a frame; where Row or Column was combined with an axis, in chunks that h5py chooses."""
    pairs = list(zip(axes, array.shape, strict=True))
    if array.size and all(_in_plane(axis) or len(axis.labels) == size for axis, size in pairs):
        chunks = tuple(size if _in_plane(axis) else 1 for axis, size in pairs)
        return tree.array("image", array, chunks, compress, wrote)
    made = tree.file.create_dataset("image", data=array, compression="gzip" if compress else None)
    wrote(array.nbytes)
    return made


def _put_affine(file: Any, affine: NDArray[np.float64]) -> None:
    made = file.create_dataset("affine", data=affine)
    made.attrs["long_name"] = "0-based (row, column, slice, 1) to patient coordinates (LPS, mm)"
    for k, (name, parts) in enumerate((("affine_to", "L P S 1"), ("affine_from", "row column slice 1"))):
        scale = file.create_dataset(name, data=fixed(parts.split()))
        _describe_text(scale)
        scale.make_scale(name)
        made.dims[k].attach_scale(scale)


# -- columns and header --------------------------------------------------------------------------------------------


def _put_frames(tree: Tree, image: Image) -> None:
    group = tree.file.create_group("frames")
    frame = group.create_dataset("frame", data=np.arange(1, image.frames.frame_count + 1))
    frame.make_scale("frame")
    widths: dict[int, Any] = {}
    for name in image.frames.columns:
        values = image.frames[name]
        data = _plain_column(values) if values.dtype == object else values
        made = group.create_dataset(name.replace("/", "_"), data=data)
        if data.dtype.kind == "S":
            _describe_text(made)
        made.dims[0].attach_scale(frame)
        for k in range(1, data.ndim):
            width = data.shape[k]
            if width not in widths:
                widths[width] = group.create_dataset(f"vector_{width}", data=np.arange(width))
                widths[width].make_scale(f"vector_{width}")
            made.dims[k].attach_scale(widths[width])


def _plain_column(values: NDArray[Any]) -> NDArray[Any]:
    """Text of one length; numbers whose count differs between frames with NaN behind."""
    cells = values.tolist()
    if not any(isinstance(cell, tuple) for cell in cells):
        return fixed(["" if cell is None else str(cell) for cell in cells])
    rows = [cell if isinstance(cell, tuple) else () for cell in cells]
    result = np.full((len(rows), max(map(len, rows))), np.nan)
    for k, row in enumerate(rows):
        result[k, : len(row)] = row
    return result


def fixed(texts: Sequence[str]) -> NDArray[np.bytes_]:
    """Texts as bytes of one length: UTF-8, marked as that for h5py; ASCII where it is, which Octave reads too."""
    import h5py

    number_of: dict[str, int] = {}
    codes = [number_of.setdefault(text, len(number_of)) for text in texts]
    words = [text.encode("utf-8", "replace") for text in number_of]
    length = max(map(len, words), default=0) + 1
    coding = "ascii" if all(map(str.isascii, number_of)) else "utf-8"
    return np.array(words, h5py.string_dtype(coding, length))[codes]


def _describe_text(dataset: Any) -> None:
    """What xarray makes str of bytes by."""
    dataset.attrs["_Encoding"] = "utf-8"


class Plain:
    """Describes values of a header as plain HDF5; see `dicome.writers.matlab.Maker`."""

    def numbers(self, array: NDArray[Any]) -> Node:
        """One number, a vector, or an array; None as a vector without values."""
        if array.shape[1] != 1:
            return Node(array if array.size else np.empty(0))
        return Node(array.reshape(()) if array.size == 1 else array.reshape(-1))

    def text(self, text: str) -> Node:
        """One text of fixed length."""
        return Node(fixed([text]).reshape(()))

    def cells(self, shape: tuple[int, int], children: Sequence[Node]) -> Node:
        """A group with members 1, 2, ..."""
        return Node(members=[(str(k), child) for k, child in enumerate(children, 1)])

    def struct(self, names: tuple[str, ...], children: Sequence[Node]) -> Node:
        """A group."""
        return Node(members=tuple(zip(names, children, strict=True)))
