"""The top level of an enhanced file, from the classic files of its frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from dicome.enhanced.encode import Raw, value_field
from dicome.multiframe.classic_values import ClassicValues
from dicome.multiframe.placement import (
    BEFORE_5,
    CARDIAC,
    DISPLAY_ORIENTATION,
    K_SPACE_COVERAGE,
    MODERN,
    MODERN_AT_TOP,
    NOT_AT_TOP,
    PRIVATE_SHARED,
    REPEATED,
    RESPIRATION,
    SINCE_5,
    SPIN_ECHO,
)
from dicome.multiframe.rules import COMPONENTS, Scan, component, contrast, frame_type
from dicome.multiframe.values import Value, Values

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
MR_5 = "Philips MR Imaging DD 005"

SYNCHRONIZATION = {"TRIGGERED": "PROSPECTIVE", "GATED": "RETROSPECTIVE", "RETRO": "RETROSPECTIVE"}
"""Cardiac Synchronization Technique (0018,9037) by (2001,xx10)."""

SLAB_ITEMS = 0x20051083
"""Sequence of the saturation slabs and other volumes of a series, told apart by (2005,xx52)."""


def head_values(files: Sequence[ClassicValues], scan: Scan, now: datetime) -> Values:
    """Every top-level element but dimensions, functional groups, sizes and pixels; UIDs of the object left out.

    files: that of the first frame goes first.
    """
    first = files[0]
    found = {tag: entry for tag, entry in first.both.items() if _stays(first, scan, tag)}
    for tag, (vr, value) in _made(files, scan, now).items():
        found[tag] = vr, value if vr == "SQ" else Raw(value_field(vr, value)), ""
    if scan.old:
        # Old releases leave both private sequences behind, empty, at the top level.
        found.update({tag: ("SQ", [], MR_5) for tag in (PRIVATE_SHARED, MODERN)})
    return found


def _stays(first: ClassicValues, scan: Scan, tag: int) -> bool:
    """Whether an attribute of a classic file stands at the top level of the enhanced one."""
    if tag in CARDIAC:
        return scan.cardiac
    if tag == RESPIRATION:
        return scan.release == (5, 6)
    if tag in REPEATED:
        return DISPLAY_ORIENTATION not in first.top
    if tag == SPIN_ECHO:
        return first.text(0x00189008) in ("SPIN", "BOTH")
    if tag == K_SPACE_COVERAGE:
        return bool(first.text(tag))
    if tag in BEFORE_5 | SINCE_5:
        return scan.old == (tag in BEFORE_5)
    return tag not in NOT_AT_TOP and (tag in first.top or tag in MODERN_AT_TOP)


def _made(files: Sequence[ClassicValues], scan: Scan, now: datetime) -> dict[int, tuple[str, Any]]:
    """What an enhanced file says otherwise than its classic twin, or in addition."""
    first = files[0]
    types = dict.fromkeys(frame_type(one, scan) for one in files)
    components = dict.fromkeys(component(one, scan) or "" for one in files)
    image_type = list(next(iter(types)))
    if not scan.philips:
        image_type = [words[0] if len(set(words)) == 1 else "MIXED" for words in zip(*types, strict=False)]
    elif len(types) > 1 and scan.release >= (5, 0):
        image_type[3] = "MIXED"
    elif scan.release >= (5, 0) and COMPONENTS.get(image_type[3], "MAGNITUDE") == "MAGNITUDE":
        image_type[3] = "NONE"
    # Philips has the begin of the series for all three times, others each by itself.
    date, time = (first.text(tag + (0 if scan.philips else 1)) for tag in (0x00080021, 0x00080031))
    made: dict[int, tuple[str, Any]] = {
        0x00080008: ("CS", image_type),
        0x00080012: ("DA", f"{now:%Y%m%d}"),
        0x00080013: ("TM", f"{now:%H%M%S}.{now.microsecond // 1000:03d}"),
        0x00080016: ("UI", ENHANCED_MR),
        0x00089209: ("CS", contrast(first, scan)),
        0x00189004: ("CS", first.text(0x00189004) or "RESEARCH"),
        0x00189100: ("CS", first.text(0x00180085) or first.text(0x20011087) or "1H"),
        0x00200013: ("IS", 1),
        0x00280301: ("CS", "NO"),
        0x00282110: ("CS", first.text(0x00282110) or "00"),
        0x00400555: ("SQ", []),
    }
    if all(components):
        made[0x00089208] = "CS", next(iter(components)) if len(components) == 1 else "MIXED"
    if date and time:
        moment = {0x00080023: ("DA", date), 0x00080033: ("TM", time), 0x0008002A: ("DT", date + time)}
        made |= {tag: value for tag, value in moment.items() if scan.philips or tag not in first.both}
    if scan.philips and DISPLAY_ORIENTATION not in first.top:
        made[0x00180082] = ("DS", first.text(0x00180082) or "0")
    if scan.cardiac:
        made[0x00189037] = "CS", SYNCHRONIZATION.get(first.text(0x20011010), first.text(0x00189037) or "REAL TIME")
    if scan.cardiac and first.number(0x00181088):
        made[0x00189070] = ("FD", 60000.0 / float(first.number(0x00181088) or 1))
    return made


def saturation_slabs(first: ClassicValues) -> list[dict[str, Any]]:
    """Items of the MR Spatial Saturation Sequence, from the private volumes that are slabs (AP, FH and RL there)."""
    found: Value | None = first.top.get(SLAB_ITEMS, ("", None, ""))[1]
    slabs = []
    for item in found if isinstance(found, list) else []:
        slab = ClassicValues("", item, {})
        if slab.text(0x20051052) != "SLAB":
            continue
        place = [slab.numbers(tag) for tag in (0x20051051, 0x2005104F, 0x20051050)]
        turn = [slab.numbers(tag) for tag in (0x2005106B, 0x20051069, 0x2005106A)]
        if all(len(one) for one in (*place, *turn)):
            slabs.append(
                {
                    "SlabThickness": slab.number(0x2005106D),
                    "SlabOrientation": np.concatenate(turn).tolist(),
                    "MidSlabPosition": np.concatenate(place).tolist(),
                }
            )
    return slabs
