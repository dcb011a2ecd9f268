"""Classic files of one series to one Enhanced MR file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import open_file
from dicome.enhanced.dimensions import DIMENSIONS, Dimension
from dicome.errors import SeriesError, UnsupportedError
from dicome.frames.ranks import dense
from dicome.image import open_image
from dicome.multiframe.assemble import Plan, write_plan
from dicome.multiframe.classic_values import ClassicValues
from dicome.series import Paths, Series, Which

Progress = Callable[[float, float], None]

NAMES: Mapping[str, str] = {
    "StackID": "stack",
    "InStackPositionNumber": "slice",
    "TemporalPositionIndex": "dynamic",
    "NominalCardiacTriggerDelayTime": "phase",
    "MRImagePhaseNumber": "phase",
    "DiffusionBValue": "b-value",
    "MRImageDiffBValueNumber": "b-value",
    "DiffusionGradientOrientation": "direction",
    "MRImageGradientOrientationNumber": "direction",
    "MRImageLabelType": "label",
    "MRImageScanningSequencePrivate": "sequence",
    "MRImageTypeMR": "type",
    "EffectiveEchoTime": "echo",
    "EchoTime": "echo",
    "InversionDelayNumber": "inversion",
}
"""Dimension as `dicome.classic` finds it, and as the enhanced file has it (`enhanced.dimensions`)."""

ALWAYS = ("stack", "slice")
"""Dimensions that every file of a scanner has, even with one value."""

CLASSIC_MR = "1.2.840.10008.5.1.4.1.1.4"


def quiet(done: float, total: float) -> None:
    """Progress that nobody looks at."""


def merge(
    paths: Paths,
    out: str | os.PathLike[str],
    *,
    series: Which = None,
    force: bool = False,
    progress: Progress = quiet,
) -> Path:
    """Write the classic files of one series as one Enhanced MR file (PS3.3 A.36.2) and return its path.

    paths: a folder, or the files; series: which one of several, by number or begin of its UID. Dimensions are those
    that `dicome.open` finds, and frames follow each other as scanners send them. Private groups are those of Philips
    where the classic files have what goes into them. UIDs of the object and its frames are new; references to other
    images are dropped.

    Raises SeriesError where files do not belong together, UnsupportedError where they are no classic MR images,
    FileExistsAlreadyError where something is at ``out`` and ``force`` is not set.
    """
    opened = open_image(paths, series=series).series
    files = classic_files(opened)
    dimensions, index = _dimensions(opened)
    order = scanner_order(dimensions, index)
    columns = {
        "FrameContentSequence.StackID": _column(opened, "StackID", order, str),
        "FrameContentSequence.InStackPositionNumber": _column(opened, "InStackPositionNumber", order, int),
        "FrameContentSequence.TemporalPositionIndex": _times(opened, dimensions, index, order),
    }
    plan = Plan(files, order, columns, dimensions, index[order])
    return write_plan(out, plan, _pixels(opened, order, progress), force=force)


def classic_files(opened: Series) -> list[ClassicValues]:
    """The files of a classic series of MR images, in the order of its frames.

    Raises UnsupportedError where they are something else, SeriesError where they belong to several series.
    """
    if not opened.made_index or len(opened.paths) != opened.table.frame_count:
        raise UnsupportedError(
            f"{opened.paths[0]}: holds several frames already; expected classic files of one image each"
        )
    if opened.format.samples > 1:
        raise UnsupportedError(
            f"{opened.paths[0]}: colour ({opened.format.photometric}); dicome merges grey images only"
        )
    files = []
    for path in opened.paths:
        classic = ClassicValues.of(open_file(path))
        kind = classic.text(0x00080016)
        if kind != CLASSIC_MR:
            raise UnsupportedError(
                f"{path}: SOP Class UID (0008,0016) is {kind!r}; expected MR Image Storage, {CLASSIC_MR}"
            )
        files.append(classic)
    if len({classic.text(0x0020000E) for classic in files}) > 1:
        raise SeriesError(f"{opened.paths[0].parent}: files of several series; name one of them with `series`")
    return files


def _dimensions(opened: Series) -> tuple[list[Dimension], NDArray[np.int64]]:
    """The dimensions of the enhanced file, and the index values (frames, dimensions) that go with them."""
    found: dict[str, NDArray[np.int64]] = {}
    assert opened.index is not None
    for place, dimension in enumerate(opened.dimensions):
        name = NAMES.get(dimension.keyword)
        if name is None:
            raise UnsupportedError(
                f"{opened.paths[0].parent}: the images differ in {dimension.keyword}, for which scanners have no "
                "dimension; merge the images of one value at a time"
            )
        if name not in found:
            found[name] = _numbers(opened, DIMENSIONS[name], opened.index[:, place])
    for name in ALWAYS:
        found.setdefault(name, np.ones(opened.table.frame_count, np.int64))
    names = _needed([name for name in DIMENSIONS if name in found], found)
    return [DIMENSIONS[name] for name in names], np.stack([found[name] for name in names], axis=1)


def _needed(names: list[str], found: Mapping[str, NDArray[np.int64]]) -> list[str]:
    """The dimensions without echoes, where all other dimensions tell the frames apart: maps have an echo time of 0."""
    others = [name for name in names if name != "echo"]
    index = np.stack([found[name] for name in others], axis=1)
    return others if len(np.unique(index, axis=0)) == len(index) else names


def _numbers(opened: Series, dimension: Dimension, index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index values of one dimension: the scanner's code where it has codes, else 1, 2, 3 in their order."""
    path = dimension.number
    if dimension.codes and path in opened.table.paths:
        words = opened.table.column(path).values.tolist()
        if all(word in dimension.codes for word in words):
            return np.array([list(dimension.codes).index(word) for word in words], np.int64)
    return np.asarray(dense(index) + 1, np.int64)


def scanner_order(dimensions: list[Dimension], index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Frames in the order in which scanners send them: private dimensions slowest, then slices, then all else."""
    private = [place for place, dimension in enumerate(dimensions) if dimension.creator]
    public = [place for place, dimension in enumerate(dimensions) if not dimension.creator]
    keys = [index[:, place] for place in (*private, *public)]
    return np.lexsort(keys[::-1]).astype(np.int64)


def _column(opened: Series, name: str, order: NDArray[np.int64], kind: Callable[[Any], Any]) -> list[Any]:
    if name not in opened.table.paths:
        return [kind(1)] * len(order)
    return [kind(value) for value in opened.table.column(name).values[order].tolist()]


def _times(
    opened: Series, dimensions: list[Dimension], index: NDArray[np.int64], order: NDArray[np.int64]
) -> list[int]:
    """Temporal Position Index, which every frame has, of scans in time or not."""
    path = "TemporalPositionIdentifier"
    if path in opened.table.paths:
        column = opened.table.column(path)
        if column.present.all():
            return [int(value) for value in column.values[order].tolist()]
    place = next((k for k, dimension in enumerate(dimensions) if dimension is DIMENSIONS["dynamic"]), None)
    return [1] * len(order) if place is None else index[order, place].tolist()


def _pixels(opened: Series, order: NDArray[np.int64], progress: Progress) -> Iterator[NDArray[Any]]:
    for done, number in enumerate(order.tolist(), 1):
        yield opened.pixels[0].block(number, 1)[0]
        progress(done, len(order))
