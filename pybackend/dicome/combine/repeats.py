"""The series to combine: found, in order, and checked to be repeats of one scan."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dicome.errors import ArgumentError, SeriesError, UnsupportedError
from dicome.frames.geometry import Planes, planes
from dicome.frames.table import Column
from dicome.image import Image, open_image
from dicome.listing import list_series

POSITION_TOLERANCE = 0.01
"""mm that the planes of two repeats may differ by."""
VALUE_TOLERANCE = 1e-3
"""Relative difference allowed in TR, TE and flip angle."""

SAME_TEXTS = {
    "Patient ID (0010,0020)": 0x00100020,
    "Study Instance UID (0020,000D)": 0x0020000D,
    "SOP Class UID (0008,0016)": 0x00080016,
    "Frame of Reference UID (0020,0052)": 0x00200052,
}
"""What repeats have in common at the top level."""
TYPE_OF_GE = "Private_0043_102f"
"""Raw Data Type of GE: 0 magnitude, 1 phase, 2 real, 3 imaginary."""
SAME_NUMBERS = {
    "Raw Data Type of GE (0043,102F)": (TYPE_OF_GE,),
    "Repetition Time": ("MRTimingAndRelatedParametersSequence.RepetitionTime", "RepetitionTime"),
    "Echo Time": ("MREchoSequence.EffectiveEchoTime", "EchoTime"),
    "Flip Angle": ("MRTimingAndRelatedParametersSequence.FlipAngle", "FlipAngle"),
    "Inversion Time": ("InversionTime",),
}
"""What they have in common frame by frame."""
SAME_TYPES = {
    "Complex Image Component": ("MRImageFrameTypeSequence.ComplexImageComponent", "ComplexImageComponent"),
    "the type of Philips (2005,1011)": ("PrivatePerFrameSq.MRImageTypeMR", "MRImageTypeMR"),
    "Frame Type": ("MRImageFrameTypeSequence.FrameType",),
    "Image Type": ("ImageType",),
}
"""What says whether a frame is a magnitude, a phase, a map ...: magnitudes and phases of one scan are no repeats."""


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """One series. name: where it lies, for messages."""

    image: Image
    name: str

    @property
    def is_enhanced(self) -> bool:
        """Whether it is one multi-frame file."""
        return self.image.series.files[0].frames is not None

    def order(self) -> NDArray[np.int64]:
        """0-based frame numbers in the order of the grid, first axis fastest."""
        return self.image.ordering.grid.ravel(order="F")


def find_repeats(sources: Sequence[str | os.PathLike[str]]) -> list[Repeat]:
    """Every series of the folders, and of the files given; folders in the order given, the series of one by number.

    Raises the errors of `list_series` and `open_image`, ArgumentError where there are not two.
    """
    folders = [source for source in sources if Path(source).is_dir()]
    files = [source for source in sources if not Path(source).is_dir()]
    found = []
    for given in [*folders, *([files] if files else [])]:
        listing = list_series(given)
        for _, problem in listing.unreadable:
            raise problem
        for entry in listing.entries:
            paths = [head.path for head in entry.heads]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image = open_image(paths if len(paths) > 1 else paths[0])
            where = paths[0] if len(paths) == 1 else paths[0].parent
            found.append(Repeat(image, f"{where} (series {entry.number})"))
    if len(found) < 2:
        raise ArgumentError(f"{len(found)} series in what was given; combining takes two or more, one for each repeat")
    return found


def check_together(repeats: Sequence[Repeat]) -> None:
    """Raises SeriesError, with what differs, where the series are no repeats of one scan; UnsupportedError."""
    first = repeats[0]
    for one in repeats:
        _check_whole(one)
    holders: dict[str, Repeat] = {}
    for other in repeats:
        for uid in _object_uids(other):
            if uid and holders.setdefault(uid, other) is not other:
                raise SeriesError(f"{holders[uid].name} and {other.name} hold the same object (SOP Instance UID {uid})")
    for other in repeats[1:]:
        _check_texts(first, other)
        _check_shapes(first, other)
        _check_geometry(first, other)
        _check_types(first, other)
        _check_numbers(first, other)


def _refuse(first: Repeat, other: Repeat, what: str, one: object, two: object) -> SeriesError:
    return SeriesError(
        f"no repeats of one scan: {what} is {one} in {first.name} but {two} in {other.name}; nothing was written"
    )


def _check_whole(one: Repeat) -> None:
    if (one.image.ordering.grid < 0).any():
        raise SeriesError(f"{one.name}: frames are missing (a stopped scan?), so it cannot be combined")
    files = one.image.frame_files
    if not one.is_enhanced and len(set(files)) < len(files):
        raise UnsupportedError(
            f"{one.name}: {files[0]} holds frames that no functional groups describe, as enhanced ones have; "
            "combining takes those, and single-frame files"
        )
    if one.is_enhanced and len(one.image.series.paths) > 1:
        raise SeriesError(
            f"{one.name}: {len(one.image.series.paths)} multi-frame files in one series; combining takes one a repeat"
        )


def _object_uids(one: Repeat) -> list[str]:
    if one.is_enhanced:
        return [one.image.series.files[0].text(0x00080018)]
    column = one.image.frames.find("SOPInstanceUID")
    return [] if column is None else [str(uid or "") for uid in column.values.tolist()]


def _check_texts(first: Repeat, other: Repeat) -> None:
    one, two = first.image.series.files[0], other.image.series.files[0]
    for name, tag in SAME_TEXTS.items():
        if one.text(tag) != two.text(tag):
            raise _refuse(first, other, name, repr(one.text(tag)), repr(two.text(tag)))


def _check_shapes(first: Repeat, other: Repeat) -> None:
    one, two = first.image, other.image
    if one.shape != two.shape or one.names != two.names:
        shapes = [" x ".join(map(str, image.shape)) + f" ({', '.join(image.names)})" for image in (one, two)]
        raise _refuse(first, other, "the shape", *shapes)
    if one.series.format != two.series.format:
        raise _refuse(first, other, "the kind of pixels", one.series.format.dtype, two.series.format.dtype)
    for axis, axis_too in zip(one.axes, two.axes, strict=True):
        if axis.labels != axis_too.labels:
            differing = next(k for k, (a, b) in enumerate(zip(axis.labels, axis_too.labels, strict=True)) if a != b)
            what = f"position {differing + 1} of {axis.name}"
            raise _refuse(first, other, what, axis.labels[differing], axis_too.labels[differing])


def _check_geometry(first: Repeat, other: Repeat) -> None:
    one, two = planes(first.image.frames), planes(other.image.frames)
    if (one is None) != (two is None):
        raise _refuse(first, other, "the geometry", "known" if one else "missing", "known" if two else "missing")
    if one is None or two is None:
        return
    for name in ("position", "directions", "spacing"):
        a, b = _in_order(one, name, first), _in_order(two, name, other)
        if np.abs(a - b).max() > POSITION_TOLERANCE:
            frame = int(np.abs(a - b).max(axis=1).argmax())
            raise _refuse(first, other, f"the {name} of plane {frame + 1}", a[frame].tolist(), b[frame].tolist())


def _in_order(found: Planes, name: str, repeat: Repeat) -> NDArray[np.float64]:
    values: NDArray[np.float64] = getattr(found, name)[repeat.order()]
    return values


def _check_types(first: Repeat, other: Repeat) -> None:
    for name, paths in SAME_TYPES.items():
        one, two = _types(first, *paths), _types(other, *paths)
        for frame, (a, b) in enumerate(zip(one, two, strict=False)):
            if a != b:
                raise _refuse(first, other, f"{name} of plane {frame + 1}", a or "missing", b or "missing")


def _types(repeat: Repeat, *paths: str) -> list[str]:
    """Texts in the order of the grid; of several values those behind ORIGINAL and PRIMARY, of which all is made."""
    column = repeat.image.frames.find(*paths)
    if column is None or column.values.dtype != object:
        return []
    texts = [str(value or "").split("\\") for value in column.values[repeat.order()].tolist()]
    return ["\\".join(parts[2:] if len(parts) > 1 else parts) for parts in texts]


def _check_numbers(first: Repeat, other: Repeat) -> None:
    for name, paths in SAME_NUMBERS.items():
        one, two = first.image.frames.find(*paths), other.image.frames.find(*paths)
        if one is None or two is None or one.values.dtype == object or two.values.dtype == object:
            continue
        a, b = _numbers(one, first), _numbers(two, other)
        same = a.shape != b.shape or np.isclose(a, b, rtol=VALUE_TOLERANCE, atol=0, equal_nan=True)
        if not np.all(same):
            frame = int(np.argmin(np.reshape(same, (len(a), -1)).all(axis=1)))
            told = ["missing" if np.isnan(values[frame]).all() else values[frame] for values in (a, b)]
            raise _refuse(first, other, f"{name} of plane {frame + 1}", *told)


def _numbers(column: Column, repeat: Repeat) -> NDArray[np.float64]:
    """Values in the order of the grid, NaN where a frame has none."""
    values = column.values.astype(np.float64)
    values[~column.present] = np.nan
    ordered: NDArray[np.float64] = values[repeat.order()]
    return ordered
