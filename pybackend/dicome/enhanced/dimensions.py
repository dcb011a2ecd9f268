"""Dimension Index Sequence (PS3.3 C.7.6.17) and the index values of the frames.

`DIMENSIONS` has one row per dimension that scanners write: what the index points to, and where a frame's number in it
comes from. Philips numbers its private dimensions with enumeration codes from 0, everything else counts from 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.encode import Encoding, element
from dicome.enhanced.philips import MR_1, MR_5, MR_6
from dicome.enhanced.template import as_column, private_tag
from dicome.errors import ArgumentError

IMAGE_TYPES = [
    "M", "R", "I", "P", "CR", "T0", "T1", "T2", "RHO", "SPECTRO", "DERIVED", "ADC", "RCBV", "RCBF", "MTT", "TTP",
    "FA", "EADC", "B0", "DELAY", "MAXRELENH", "RELENH", "MAXENH", "WASHIN", "WASHOUT", "BREVENH", "AREACURV",
    "ANATOMIC", "T_TEST", "STD_DEVIATION", "PERFUSION", "T2_STAR", "R2", "R2_STAR", "W", "IP", "OP", "F", "SPARE1",
    "SPARE2",
]  # fmt: skip
"""Code of an image type (2005,xx11): its place in this list."""

SCANNING_SEQUENCES = ["IR", "SE", "FFE", "DERIVED", "PCA", "UNSPECIFIED", "SPECTRO", "SI", "B0", "B1"]
"""Code of a scanning sequence (2005,xx6E)."""

LABEL_TYPES = ("CONTROL", "LABEL")
"""Code of an arterial spin label (2005,xx29)."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One index: its label, the attribute and functional group it points to, and the column that numbers it.

    With ``codes`` the column holds names and a frame's number is the name's place, from 0.
    """

    label: str
    pointer: int
    group: int
    number: str
    creator: str = ""
    group_creator: str = ""
    codes: Sequence[str] = ()


DIMENSIONS: Mapping[str, Dimension] = {
    "stack": Dimension("Stack ID", 0x00209056, 0x00209111, "StackID"),
    "slice": Dimension("In-Stack Position Number", 0x00209057, 0x00209111, "InStackPositionNumber"),
    "dynamic": Dimension("Temporal Position Index", 0x00209128, 0x00209111, "TemporalPositionIndex"),
    "phase": Dimension("Trigger Delay Time", 0x00209153, 0x00189118, "MRImagePhaseNumber"),
    "b-value": Dimension("Diffusion b-Value", 0x00189087, 0x00189117, "MRImageDiffBValueNumber"),
    "direction": Dimension(
        "Diffusion Gradient Orientation", 0x00189089, 0x00189117, "MRImageGradientOrientationNumber"
    ),
    "label": Dimension("Private Label Type", 0x20051429, 0x2005140F, "MRImageLabelType", MR_5, MR_5, LABEL_TYPES),
    "sequence": Dimension(
        "Private Scanning Sequence",
        0x2005106E,
        0x2005140F,
        "MRImageScanningSequencePrivate",
        MR_1,
        MR_5,
        SCANNING_SEQUENCES,
    ),
    "type": Dimension("Private ImageTypeMR", 0x20051011, 0x2005140F, "MRImageTypeMR", MR_1, MR_5, IMAGE_TYPES),
    "echo": Dimension("Effective Echo Time", 0x00189082, 0x00189114, "EchoNumbers"),
    "inversion": Dimension("Private InversionDelayNumber", 0x20051573, 0x2005140F, "InversionDelayNumber", MR_6, MR_5),
}
"""The dimensions by short name, in the order in which Philips writes them."""


def index_values(columns: Mapping[str, Any], names: Sequence[str], count: int) -> NDArray[np.uint32]:
    """Index values of every frame, shape (frames, dimensions), from the columns that number them.

    Raises
    ------
    ArgumentError
        A column is missing or holds a name without a code.
    """
    result = np.empty((count, len(names)), np.uint32)
    for place, name in enumerate(names):
        dimension = DIMENSIONS[name]
        if dimension.number not in columns:
            raise ArgumentError(f"dimension {name!r} needs a column {dimension.number!r}")
        values = as_column(dimension.number, columns[dimension.number], count)
        result[:, place] = [_number(dimension, value) for value in values]
    return result


def index_rows(
    dimensions: Sequence[Dimension], uid: str, blocks: Mapping[str, int], *, labels: bool = True
) -> list[list[tuple[int, str, object]]]:
    """Items of the Dimension Index Sequence as elements."""
    return [_index_row(dimension, uid, blocks, labels) for dimension in dimensions]


def encode_dimensions(
    dimensions: Sequence[Dimension], uid: str, blocks: Mapping[str, int], encoding: Encoding, *, labels: bool = True
) -> dict[int, bytes]:
    """Dimension Organization Sequence and Dimension Index Sequence, encoded, by tag."""
    rows = index_rows(dimensions, uid, blocks, labels=labels)
    return {
        0x00209221: element(0x00209221, "SQ", [[(0x00209164, "UI", uid)]], encoding),
        0x00209222: element(0x00209222, "SQ", rows, encoding),
    }


def _number(dimension: Dimension, value: object) -> int:
    if not dimension.codes:
        return int(str(value))
    if value not in dimension.codes:
        raise ArgumentError(f"{value!r} is no {dimension.label}; use one of: {' '.join(dimension.codes)}")
    return list(dimension.codes).index(str(value))


def _index_row(
    dimension: Dimension, uid: str, blocks: Mapping[str, int], labels: bool
) -> list[tuple[int, str, object]]:
    row: list[tuple[int, str, object]] = [
        (0x00209164, "UI", uid),
        (0x00209165, "AT", private_tag(dimension.pointer, dimension.creator, blocks)),
        (0x00209167, "AT", private_tag(dimension.group, dimension.group_creator, blocks)),
    ]
    if dimension.creator:
        row.append((0x00209213, "LO", dimension.creator))
    if dimension.group_creator:
        row.append((0x00209238, "LO", dimension.group_creator))
    if labels:
        row.append((0x00209421, "LO", dimension.label))
    return row
