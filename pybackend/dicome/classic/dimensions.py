"""The dimensions that the scanner would have written, had it sent the scan as one enhanced file.

A classic file has no Dimension Index Values, only the attributes they are made of. `TWINS` says which attribute of a
classic header stands for which dimension of an enhanced one, what the scanner calls it, and in which order dimensions
come (as in enhanced files of Philips, which name theirs); `derived` makes the ones that no classic attribute holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.frames.candidates import (
    COSINE_TOLERANCE,
    ORIENTATION,
    POSITION,
    column_codes,
    find,
    position_codes,
    vector_codes,
)
from dicome.frames.dimensions import Dimension, attribute
from dicome.frames.infer import Indexed, inferred_index
from dicome.frames.ranks import Ints, codes, count, dense, same_grouping, within
from dicome.frames.table import Column, FrameTable
from dicome.frames.wording import enumeration


@dataclass(frozen=True, slots=True)
class Twin:
    """classic: keyword in a classic header. keyword: of the enhanced dimension; label: its Dimension Description Label
    without ``Private``, where that differs from the attribute's name. always: the scanner writes it wherever it varies,
    even with another dimension; others only where they tell frames apart that were one.
    """

    classic: str
    keyword: str
    label: str = ""
    always: bool = False


TWINS: tuple[Twin, ...] = (
    Twin("StackID", "StackID"),
    Twin("InStackPositionNumber", "InStackPositionNumber"),
    Twin("TemporalPositionIndex", "TemporalPositionIndex"),
    Twin("TemporalPositionIdentifier", "TemporalPositionIndex"),
    Twin("MRImageScanningSequencePrivate", "MRImageScanningSequencePrivate", always=True),
    Twin("MRImageTypeMR", "MRImageTypeMR", always=True),
    Twin("EchoTime", "EffectiveEchoTime"),
    Twin("TriggerTime", "NominalCardiacTriggerDelayTime", "Trigger Delay Time"),
    Twin("MRImagePhaseNumber", "MRImagePhaseNumber"),
    Twin("DiffusionBValue", "DiffusionBValue", "Diffusion b-Value"),
    Twin("MRImageDiffBValueNumber", "MRImageDiffBValueNumber"),
    Twin("DiffusionGradientOrientation", "DiffusionGradientOrientation"),
    Twin("MRImageGradientOrientationNumber", "MRImageGradientOrientationNumber"),
    Twin("MRImageLabelType", "MRImageLabelType"),
    Twin("InversionDelayNumber", "InversionDelayNumber"),
)
"""Classic attributes and enhanced dimensions, in the order of the dimensions; other attributes come behind."""

_PLACE = {twin.classic: place for place, twin in enumerate(TWINS)}


def enhanced_index(table: FrameTable) -> Indexed:
    """Index values ``(frames, dimensions)`` as an enhanced file would have them, and the dimensions.

    The attributes that tell frames apart are found by `inferred_index`; here they get the names and the order of the
    enhanced dimensions.
    """
    found = _with_always(inferred_index(table), table)
    order = sorted(range(len(found.dimensions)), key=lambda k: _PLACE.get(found.dimensions[k].keyword, len(TWINS)))
    dimensions = tuple(found.dimensions[k] for k in order)
    note = "one frame: no axes"
    if dimensions:
        paths = enumeration([dimension.path or dimension.keyword for dimension in dimensions])
        note = f"single-frame files have no Dimension Index Values: made from {paths}"
    return Indexed(found.index[:, order], tuple(map(_as_enhanced, dimensions)), (note,))


def _with_always(found: Indexed, table: FrameTable) -> Indexed:
    """The index with the dimensions that are written wherever they vary."""
    known = {dimension.keyword for dimension in found.dimensions}
    columns, dimensions = [], []
    for twin in TWINS:
        path = twin.classic
        if not twin.always or path in known or path not in table.paths:
            continue
        code = column_codes(table.column(path), attribute(path).order)
        if code.any() and (code != code[0]).any():
            columns.append(code + 1)
            dimensions.append(Dimension("", path, attribute(path).role, "", path))
    if not columns:
        return found
    added = np.stack(columns, axis=1)
    kept = _still_needed(found, added)
    index = np.concatenate([found.index[:, kept], added], axis=1)
    return Indexed(index, (*(found.dimensions[k] for k in kept), *dimensions), found.notes)


def _still_needed(found: Indexed, added: Ints) -> list[int]:
    """Dimensions without those that told apart only what the added ones tell: the echo of a map is no dimension."""
    always = {twin.keyword for twin in TWINS if twin.always}
    kept = list(range(len(found.dimensions)))
    for number, dimension in enumerate(found.dimensions):
        if dimension.role != "volume" or dimension.keyword in always:
            continue
        others = [k for k in kept if k != number]
        before = _same_frames(found.index[:, kept], found.index[:, others])
        after = _same_frames(np.hstack([found.index[:, kept], added]), np.hstack([found.index[:, others], added]))
        if after and not before:
            kept = others
    return kept


def _same_frames(index: Ints, other: Ints) -> bool:
    """Whether both tell the same frames apart."""
    return count(codes(index - 1)) == count(codes(other - 1))


def _as_enhanced(dimension: Dimension) -> Dimension:
    place = _PLACE.get(dimension.keyword)
    if place is None:
        return dimension
    twin = TWINS[place]
    row = attribute(twin.keyword)
    return Dimension(twin.label or row.title, twin.keyword, row.role, row.unit, dimension.path)


def derived(table: FrameTable) -> tuple[dict[str, Callable[[], Column]], tuple[str, ...]]:
    """Columns that enhanced files have and classic ones have not, made from what is there; and what they rest on."""
    if "InStackPositionNumber" in table.paths:
        return _directionality(table), ()
    columns, notes = _slices(table)
    return {**columns, **_directionality(table)}, notes


def _slices(table: FrameTable) -> tuple[Mapping[str, Callable[[], Column]], tuple[str, ...]]:
    """Stack ID from the orientation; number in the stack from Philips' slice number, else the place along the normal.

    The slice number counts only where it tells the same frames apart as the positions do.
    """
    position, orientation = find(POSITION, table), find(ORIENTATION, table)
    if position is None or not position[1].present.all():
        return {}, ()
    stack = np.zeros(table.frame_count, np.int64)
    if orientation is not None:
        stack = vector_codes(orientation[1], COSINE_TOLERANCE)
    place = position_codes(position[1], orientation[1] if orientation else None, stack)
    number = _numbers(table, "ImagePlaneNumber")
    note = "slices numbered by their place along the normal (ImagePositionPatient, ImageOrientationPatient)"
    if number is not None:
        joint = stack * (int(place.max()) + 1) + place
        if same_grouping(dense(number), dense(joint)):
            place = number - 1 if not stack.any() else within(number, stack)
            note = "slices numbered by Slice Number (2001,100A)"
        else:
            note += "; Slice Number (2001,100A) disagrees and is not used"
    return {"StackID": _column(stack + 1), "InStackPositionNumber": _column(place + 1)}, (note,)


def _numbers(table: FrameTable, path: str) -> Ints | None:
    """A whole number of every frame, None where some have none."""
    column = table.column(path) if path in table.paths else None
    if column is None or not column.present.all() or column.values.dtype.kind not in "iu" or column.values.ndim > 1:
        return None
    return column.values.astype(np.int64)


def _directionality(table: FrameTable) -> dict[str, Callable[[], Column]]:
    """Diffusion Directionality (0018,9075) of b-value and direction: b of 0 has none, no direction is isotropic."""
    wanted = ("DiffusionBValue", "DiffusionGradientOrientation")
    if "DiffusionDirectionality" in table.paths or not all(path in table.paths for path in wanted):
        return {}

    def make() -> Column:
        b_value, direction = (table.column(path) for path in wanted)
        words = np.full(table.frame_count, "DIRECTIONAL", object)
        words[~_nonzero(direction)] = "ISOTROPIC"
        words[~_nonzero(b_value)] = "NONE"
        return Column(words, b_value.present)

    return {"DiffusionDirectionality": make}


def _nonzero(column: Column) -> NDArray[np.bool_]:
    """Which frames have a number other than 0."""
    if column.values.dtype == object:
        return column.present
    rows = column.values.reshape(len(column.values), -1)
    return np.asarray(column.present & (rows != 0).any(axis=1), bool)


def _column(values: Ints) -> Callable[[], Column]:
    return lambda: Column(values, np.ones(len(values), bool))
