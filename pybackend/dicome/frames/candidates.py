"""Attributes that may tell frames apart where no index does, in the order in which they are tried.

Paths are exact: ``PlanePositionSequence.X`` is the enhanced form, the bare keyword that of a classic series. Philips'
private copies of public attributes are never used; its Image Position lies half a pixel off.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.frames.dimensions import Dimension, attribute, dimension_name
from dicome.frames.ranks import Ints, by_first_seen, clusters, codes, dense, same_grouping, within
from dicome.frames.table import Column, FrameTable

RELATIVE_TOLERANCE = 1e-6
"""Numbers closer than this part of them are the same (float32 written as float64, rounded text)."""
COSINE_TOLERANCE = 1e-4
"""Components of directions closer than this are the same (files round to 4 decimals and more)."""
POSITION_TOLERANCE = 0.01
"""Positions closer than this (mm) along the normal are one slice."""
FARTHEST = 1e9
"""Positions beyond this (mm) are damage: NaN, infinity. They are taken for this far away."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """keyword: of the dimension. paths: the first that the table has counts. order: paths of a number that, where it
    groups the frames alike, says in which order the values come (a direction has none of its own)."""

    keyword: str
    paths: tuple[str, ...]
    order: tuple[str, ...] = ()


_CONTENT = "FrameContentSequence."
_PRIVATE = "PrivatePerFrameSq."
_DIFFUSION = "MRDiffusionSequence."


def _philips(keyword: str) -> Candidate:
    return Candidate(keyword, (_PRIVATE + keyword, keyword))


STACK = Candidate("StackID", (_CONTENT + "StackID", "StackID"))
SLICE = Candidate("InStackPositionNumber", (_CONTENT + "InStackPositionNumber", "InStackPositionNumber"))
ORIENTATION = Candidate(
    "ImageOrientationPatient", ("PlaneOrientationSequence.ImageOrientationPatient", "ImageOrientationPatient")
)
POSITION = Candidate("ImagePositionPatient", ("PlanePositionSequence.ImagePositionPatient", "ImagePositionPatient"))

VOLUMES: tuple[Candidate, ...] = (
    Candidate("TemporalPositionIndex", (_CONTENT + "TemporalPositionIndex",)),
    Candidate("TemporalPositionIdentifier", ("TemporalPositionIdentifier",)),
    Candidate("EffectiveEchoTime", ("MREchoSequence.EffectiveEchoTime",)),
    Candidate("EchoTime", ("EchoTime",)),
    Candidate("NominalCardiacTriggerDelayTime", ("CardiacSynchronizationSequence.NominalCardiacTriggerDelayTime",)),
    Candidate("TriggerTime", ("TriggerTime",)),
    _philips("MRImagePhaseNumber"),
    Candidate("DiffusionBValue", (_DIFFUSION + "DiffusionBValue", "DiffusionBValue")),
    _philips("MRImageDiffBValueNumber"),
    Candidate(
        "DiffusionGradientOrientation",
        (
            _DIFFUSION + "DiffusionGradientDirectionSequence.DiffusionGradientOrientation",
            "DiffusionGradientOrientation",
        ),
        (_PRIVATE + "MRImageGradientOrientationNumber", "MRImageGradientOrientationNumber"),
    ),
    Candidate("DiffusionDirectionality", (_DIFFUSION + "DiffusionDirectionality", "DiffusionDirectionality")),
    _philips("MRImageGradientOrientationNumber"),
    _philips("MRImageLabelType"),
    Candidate("ASLContext", ("MRArterialSpinLabelingSequence.ASLContext",)),
    _philips("MRImageTypeMR"),
    Candidate("ComplexImageComponent", ("MRImageFrameTypeSequence.ComplexImageComponent",)),
    Candidate("FrameType", ("MRImageFrameTypeSequence.FrameType",)),
    Candidate("ImageType", ("ImageType",)),
    _philips("MRImageScanningSequencePrivate"),
    Candidate("ScanningSequence", ("ScanningSequence",)),
    _philips("InversionDelayNumber"),
    Candidate("InversionTimes", ("MRModifierSequence.InversionTimes",)),
    Candidate("InversionTime", ("MRModifierSequence.InversionTime", "InversionTime")),
    Candidate("FlipAngle", ("MRTimingAndRelatedParametersSequence.FlipAngle", "FlipAngle")),
    Candidate("RepetitionTime", ("MRTimingAndRelatedParametersSequence.RepetitionTime", "RepetitionTime")),
    Candidate("VelocityEncodingDirection", ("MRVelocityEncodingSequence.VelocityEncodingDirection",)),
    _philips("MREPhaseDelayNumber"),
    _philips("ChemicalShift"),
)
"""What may differ between the volumes of an image."""

LAST_RESORT: tuple[Candidate, ...] = (
    Candidate("FrameAcquisitionNumber", (_CONTENT + "FrameAcquisitionNumber",)),
    Candidate("AcquisitionNumber", ("AcquisitionNumber",)),
    _philips("MRImageDynamicScanBeginTime"),
    POSITION,
    Candidate("FrameReferenceDateTime", (_CONTENT + "FrameReferenceDateTime",)),
    Candidate("FrameAcquisitionDateTime", (_CONTENT + "FrameAcquisitionDateTime",)),
    Candidate("AcquisitionDateTime", ("AcquisitionDateTime",)),
    Candidate("AcquisitionTime", ("AcquisitionTime",)),
    Candidate("ContentTime", ("ContentTime",)),
    Candidate("InstanceNumber", ("InstanceNumber",)),
)
"""What tells frames apart without saying what differs: used only where nothing above does."""


def find(candidate: Candidate, table: FrameTable) -> tuple[str, Column] | None:
    """The first of the candidate's paths that the table has with values, and its column."""
    for path in candidate.paths:
        if path in table.paths and (column := table.column(path)).present.any():
            return path, column
    return None


def dimension_of(candidate: Candidate, path: str) -> Dimension:
    """The dimension a candidate becomes."""
    row = attribute(candidate.keyword)
    return Dimension(dimension_name("", candidate.keyword), candidate.keyword, row.role, row.unit, path)


def column_codes(column: Column, order: Sequence[str] = ()) -> Ints:
    """Rank of each frame's value, ascending from 0; frames without one come first.

    Code words come in the given order, other text alphabetically but digits by their value; numbers that differ by a
    rounding error are one; vectors are numbered as they first occur.
    """
    present = column.present
    result = np.zeros(len(present), np.int64)
    values = column.values[present]
    if not len(values):
        return result
    if values.dtype == object:
        ranks = _text_ranks(values.tolist(), order)
    elif values.ndim == 2 and values.shape[1] > 1:
        ranks = _vector_ranks(values, COSINE_TOLERANCE)
    else:
        ranks = _number_ranks(values.reshape(-1))
    result[present] = ranks + (0 if present.all() else 1)
    return result


def ordered_codes(candidate: Candidate, column: Column, table: FrameTable) -> Ints:
    """`column_codes`, in the order of the candidate's number where that groups the frames alike."""
    code = column_codes(column, attribute(candidate.keyword).order)
    for path in candidate.order:
        if path in table.paths:
            number = column_codes(table.column(path))
            if same_grouping(number, code):
                return number
    return code


def _text_ranks(cells: list[Hashable], order: Sequence[str]) -> Ints:
    def key(cell: Hashable) -> tuple[int, float, str]:
        text = str(cell).strip()
        if text in order:
            return (0, order.index(text), text)
        return (1, float(text), text) if text.isdecimal() else (2, 0.0, text)

    keys = {cell: key(cell) for cell in set(cells)}
    rank_of = {one: rank for rank, one in enumerate(sorted(set(keys.values())))}
    return np.array([rank_of[keys[cell]] for cell in cells], np.int64)


def _number_ranks(values: NDArray[Any]) -> Ints:
    if values.dtype.kind != "f":
        return dense(values)
    return clusters(values.astype(np.float64), 0.0, RELATIVE_TOLERANCE)


def vector_codes(column: Column, tolerance: float) -> Ints:
    """Number of each frame's vector, as they first occur; components closer than the tolerance are the same."""
    if not column.present.all() or column.values.dtype == object:
        return column_codes(column)
    return _vector_ranks(column.values, tolerance)


def _vector_ranks(values: NDArray[Any], tolerance: float) -> Ints:
    table = values.reshape(len(values), -1).astype(np.float64)
    return by_first_seen(codes(np.stack([clusters(part, tolerance) for part in table.T], axis=1)))


def position_codes(position: Column, orientation: Column | None, groups: Ints) -> Ints:
    """Rank of each frame's position along its normal, within its group (stack or orientation).

    Without orientations: along the line on which the positions spread most, towards its larger coordinates.
    """
    if not position.present.all() or position.values.dtype == object:
        return column_codes(position)
    points = position.values.astype(np.float64).reshape(len(position.values), -1)
    points = np.nan_to_num(points, nan=-FARTHEST).clip(-FARTHEST, FARTHEST)
    if orientation is not None and orientation.present.all() and orientation.values.dtype != object:
        cosines = orientation.values.astype(np.float64)
        along = (points * np.cross(cosines[:, :3], cosines[:, 3:])).sum(axis=1)
    else:
        line = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2][0]
        along = points @ (line * np.sign(line[np.argmax(np.abs(line))]))
    # Groups lie far apart, so that positions of one never bridge a gap in another.
    span = float(np.ptp(along)) + 1.0
    return within(clusters(along - along.min() + groups * span, POSITION_TOLERANCE), groups)
