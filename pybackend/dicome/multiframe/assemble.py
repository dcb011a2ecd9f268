"""Values of classic files dealt out to the frames of an enhanced file, and handed to its writer."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.dimensions import Dimension
from dicome.enhanced.encode import Raw, value_field
from dicome.enhanced.writer import new_uid, write_enhanced
from dicome.errors import DicomeWarning
from dicome.multiframe.classic_values import ClassicValues
from dicome.multiframe.groups import POOR, SCANNER, assumed, group_values
from dicome.multiframe.head import head_values, saturation_slabs
from dicome.multiframe.rules import Scan
from dicome.multiframe.values import Values, elements_of

FIRST_FRAME_NUMBER = 100_001
"""Last part of the first frame's UID: six digits for every frame, so that all are of one length."""

FRAME_UID = "PrivatePerFrameSq.SOPInstanceUID"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write. ``file_of``: for each frame, the classic file that its values come from; ``columns``: values by
    ``Group.Keyword`` that go before those where they are not None; ``index``: Dimension Index Values (frames,
    dimensions).
    """

    files: Sequence[ClassicValues]
    file_of: NDArray[np.int64]
    columns: Mapping[str, Sequence[Any]]
    dimensions: Sequence[Dimension]
    index: NDArray[np.int64]
    replaced: Values = field(default_factory=dict)
    """Elements of the top level that go before those of the classic files."""


def write_plan(out: str | os.PathLike[str], plan: Plan, pixels: Iterable[Any], *, force: bool = False) -> Path:
    """Write the enhanced file: ``pixels`` are its frames of stored values, rows x columns, in their order.

    Raises the errors of `dicome.enhanced.write_enhanced`.
    """
    scan = Scan.of(plan.files)
    first = int(plan.file_of[0])
    in_order = [plan.files[first], *plan.files[:first], *plan.files[first + 1 :]]
    uid, count = new_uid(), len(plan.file_of)
    found = [group_values(one, scan) for one in plan.files]
    columns, same = _dealt(found, plan.file_of)
    for name, values in plan.columns.items():
        columns[name] = _filled(values, name, found, plan.file_of)
        same.pop(name, None)
    columns["FrameContentSequence.DimensionIndexValues"] = list(map(tuple, plan.index.tolist()))
    columns["DimensionIndexValues"] = columns["FrameContentSequence.DimensionIndexValues"]
    if scan.philips:
        columns[FRAME_UID] = [f"{uid}.{FIRST_FRAME_NUMBER + number}" for number in range(count)]
    slabs = saturation_slabs(in_order[0])
    if slabs:
        same["MRSpatialSaturationSequence"] = slabs
    head = {**head_values(in_order, scan, datetime.now().astimezone()), **plan.replaced}
    head |= {0x00080018: _public("UI", uid), 0x00280008: _public("IS", count)}
    layout = SCANNER
    if not plan.files[0].modern:
        layout = POOR
        _warn(out, assumed(head, {*columns, *same}))
    bits = int(plan.files[0].number(0x00280101) or 16)
    return write_enhanced(
        out,
        pixels,
        frames=columns,
        series={"SOPInstanceUID": uid, "BitsStored": bits, **same},
        dimensions=plan.dimensions,
        layout=layout,
        extra=elements_of(head),
        force=force,
    )


def _warn(out: str | os.PathLike[str], names: Sequence[str]) -> None:
    if names:
        warnings.warn(
            f"{out}: the classic files do not say all that Enhanced MR has to; a neutral word (NO, NONE, UNKNOWN, "
            f"MAGNITUDE) stands for {', '.join(names)}",
            DicomeWarning,
            stacklevel=4,
        )


def _filled(
    values: Sequence[Any], name: str, found: Sequence[Mapping[str, Any]], file_of: NDArray[np.int64]
) -> list[Any]:
    """A column whose empty places have the value of the frame's file."""
    own = [one.get(name) for one in found]
    return [own[number] if value is None else value for value, number in zip(values, file_of.tolist(), strict=True)]


def _public(vr: str, value: Any) -> tuple[str, Raw, str]:
    return vr, Raw(value_field(vr, value)), ""


def _dealt(
    found: Sequence[Mapping[str, Any]], file_of: NDArray[np.int64]
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Values that differ between files, as columns over the frames; and values that all files share."""
    columns: dict[str, list[Any]] = {}
    same: dict[str, Any] = {}
    which = file_of.tolist()
    for name in dict.fromkeys(name for values in found for name in values):
        values = [one.get(name) for one in found]
        if all(value == values[0] for value in values[1:]):
            same[name] = values[0]
        else:
            columns[name] = [values[number] for number in which]
    return columns, same
