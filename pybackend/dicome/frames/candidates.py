"""Attributes that may tell frames apart where no index does, in the order in which they are tried.

Paths are exact: ``PlanePositionSequence.X`` is the enhanced form, the bare keyword that of a classic series. Philips'
private copies of public attributes are never used; its Image Position lies half a pixel off.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.frames.dimensions import Dimension, attribute, dimension_name
from dicome.frames.ranks import Ints, by_first_seen, clusters, codes, dense, same_grouping, within
from dicome.frames.table import Column, FrameTable

RELATIVE_TOLERANCE = 1e-6
"""Numbers closer than this part of the largest one are the same (float32 written as float64, rounded text)."""
POSITION_TOLERANCE = 0.01
"""Positions along the normal closer than this (mm) are one slice."""
ORIENTATION_DECIMALS = 3
"""Direction cosines are compared to this many decimals."""


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
    Candidate(
        "NominalCardiacTriggerDelayTime", ("CardiacSynchronizationSequence.NominalCardiacTriggerDelayTime",)
    ),
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
        ranks = _vector_ranks(values)
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

    rank_of = {cell: rank for rank, cell in enumerate(sorted(set(cells), key=key))}
    return np.array([rank_of[cell] for cell in cells], np.int64)


def _number_ranks(values: NDArray[np.generic]) -> Ints:
    if values.dtype.kind != "f":
        return dense(values)
    numbers = values.astype(np.float64)
    return clusters(numbers, RELATIVE_TOLERANCE * float(np.abs(numbers).max(initial=0)))


def _vector_ranks(values: NDArray[np.generic]) -> Ints:
    parts = np.stack([_number_ranks(values[:, k]) for k in range(values.shape[1])], axis=1)
    return by_first_seen(codes(parts))


def orientation_codes(column: Column) -> Ints:
    """Number of each frame's orientation, as they first occur."""
    if not column.present.all() or column.values.dtype == object:
        return column_codes(column)
    rounded = np.round(column.values.astype(np.float64), ORIENTATION_DECIMALS) + 0.0
    return by_first_seen(dense(np.unique(rounded, axis=0, return_inverse=True)[1]))


def position_codes(position: Column, orientation: Column | None, groups: Ints) -> Ints:
    """Rank of each frame's position along its normal, within its group (stack or orientation).

    Without orientations: along the line on which the positions spread most, seen from its positive end.
    """
    if not position.present.all() or position.values.dtype == object:
        return column_codes(position)
    points = position.values.astype(np.float64).reshape(len(position.values), -1)
    if orientation is not None and orientation.present.all() and orientation.values.dtype != object:
        cosines = orientation.values.astype(np.float64)
        normal = np.cross(cosines[:, :3], cosines[:, 3:])
    else:
        line = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2][0]
        normal = np.broadcast_to(line * np.sign(line[np.argmax(np.abs(line))]), points.shape)
    return within(clusters((points * normal).sum(axis=1), POSITION_TOLERANCE), groups)
