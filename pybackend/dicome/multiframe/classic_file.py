"""One frame of an enhanced file as a classic MR image (PS3.3 A.4): its values, laid out as scanners lay them out."""

from __future__ import annotations

import struct
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.encode import Raw, format_ds, value_field
from dicome.enhanced.philips import MR_1, MR_5
from dicome.errors import DamagedFileError
from dicome.multiframe import values as v
from dicome.multiframe.classic_values import ClassicValues
from dicome.multiframe.placement import ENHANCED_ONLY, MODERN, MODERN_TAGS, PRIVATE_SHARED
from dicome.multiframe.values import Values

STORAGE = "1.2.840.10008.5.1.4.1.1."
CLASSIC_MR = f"{STORAGE}4"
CLASSES = {
    f"{STORAGE}4.1": CLASSIC_MR,
    f"{STORAGE}4.3": CLASSIC_MR,
    f"{STORAGE}4.4": CLASSIC_MR,
    f"{STORAGE}2.1": f"{STORAGE}2",
    f"{STORAGE}2.2": f"{STORAGE}2",
    f"{STORAGE}130": f"{STORAGE}128",
    f"{STORAGE}128.1": f"{STORAGE}128",
}
"""SOP class of classic images by that of enhanced (and legacy converted) MR, CT and PET ones."""

FRAME_CONTENT, DIFFUSION_DIRECTION, REFERENCED_IMAGE = 0x00209111, 0x00189076, 0x00081140

DROPPED = frozenset(
    (
        0x00089007, 0x00189010, 0x00189098, 0x00189104, 0x00189105, 0x00189106, 0x00189151, 0x00189220, 0x00209056,
        0x00209057, 0x00209156, 0x00209157, 0x00209251,
    )
)  # fmt: skip
"""Attributes of functional groups that classic images do not have, or under another name (see `_renamed`)."""

NOT_OF_CLASSIC = frozenset((0x00200032, 0x00189098, 0x00280006))
"""Of the private groups: position of a pixel's corner, frequency as number, planes of pixels that have one sample."""

KEPT_SEQUENCES = frozenset((0x00409096, 0x00082218, 0x00189176))
"""Sequences within or of functional groups that stay sequences: units of values, anatomy, operating modes."""


def classic_values(top: Values, shared: Values, frame: Values, number: int) -> Values:
    """Values of frame ``number`` (0-based) of an enhanced file as a classic file has them, pixels left out."""
    philips = PRIVATE_SHARED in shared or MODERN in frame
    found = {tag: entry for tag, entry in top.items() if tag not in ENHANCED_ONLY}
    own: Values = {}
    for groups in (shared, frame):
        for tag, (_, value, creator) in groups.items():
            if isinstance(value, list) and not creator and tag not in KEPT_SEQUENCES and tag != REFERENCED_IMAGE:
                for item in value:
                    _flatten(item, own)
            elif tag in KEPT_SEQUENCES:
                own[tag] = groups[tag]
    for tag in (PRIVATE_SHARED, MODERN):
        for item in _items(shared if tag == PRIVATE_SHARED else frame, tag):
            own |= {key: entry for key, entry in item.items() if key not in NOT_OF_CLASSIC}
    # The top level has the bandwidth as classic files have it, rounded.
    found |= {tag: entry for tag, entry in own.items() if tag != 0x00180095 or tag not in found}
    found |= _renamed(top, shared, frame, found, number)
    found |= _references(shared)
    if philips:
        if 0x00181251 not in _first(frame, MODERN):
            found.pop(0x00181251, None)  # the series' own, (2001,xx8B)
        found |= _private(_stack(top, shared, frame), found)
        modern = {tag: found.pop(tag) for tag in sorted(MODERN_TAGS & found.keys())}
        found[MODERN] = "SQ", [modern], MR_5
    return dict(sorted(found.items()))


def _items(groups: Values, tag: int) -> list[Values]:
    value = groups.get(tag, ("", None, ""))[1]
    return value if isinstance(value, list) else []


def _flatten(item: Values, own: Values) -> None:
    for tag, entry in item.items():
        if isinstance(entry[1], list) and tag not in KEPT_SEQUENCES:
            for inner in entry[1]:
                _flatten(inner, own)
        elif tag not in DROPPED:
            own[tag] = entry


def _first(groups: Values, sequence: int) -> Values:
    items = _items(groups, sequence)
    return items[0] if items else {}


def _made(vr: str, value: Any, creator: str = "") -> tuple[str, Raw, str]:
    try:
        return vr, Raw(value_field(vr, value)), creator
    except (OverflowError, struct.error) as problem:
        raise DamagedFileError(f"its geometry or times give {value}, which {vr} cannot hold") from problem


RENAMED = (
    (0x00189082, 0x00180081, format_ds),
    (0x00209153, 0x00181060, format_ds),
    (0x00189181, 0x00181316, lambda number: _short(number)),
    (0x00189182, 0x00181318, lambda number: _short(number)),
)
"""Attribute of an enhanced file, the decimal string that a classic one has instead, and how to write it."""


def _renamed(top: Values, shared: Values, frame: Values, found: Values, number: int) -> Values:
    """Attributes that have another name, or another form, in a classic file."""
    now = datetime.now().astimezone()
    own: Values = {
        0x00080012: _made("DA", f"{now:%Y%m%d}"),
        0x00080013: _made("TM", f"{now:%H%M%S}"),
        0x00080016: _made("UI", CLASSES[v.text(top, 0x00080016)]),
    }
    flat = ClassicValues("", found, {})
    for old, new, written in RENAMED:
        value = flat.number(old)
        if new not in found and value is not None:
            own[new] = _made("DS", written(value))
    frequency = v.number(_first(shared, 0x00189006) or _first(frame, 0x00189006), 0x00189098)
    if frequency is not None and 0x00180084 not in found:
        own[0x00180084] = _made("DS", format_ds(frequency))
    if flat.text(0x00181312) == "COLUMN":
        own[0x00181312] = _made("CS", "COL")
    # Type 2 and 2C of the MR image and general series modules: there, even if empty.
    own |= {tag: _made("CS", "") for tag in (0x00180022, 0x00200060) if tag not in found}
    own |= _field_of_view(flat)
    own |= _content(shared, frame, found)
    if MODERN not in frame:
        own |= _without_private(shared, frame, number)
        if CLASSES[v.text(top, 0x00080016)] == CLASSIC_MR:
            own |= _sequence(flat)
    for tag in (0x00189082, 0x00209153, 0x00209128, 0x00189074):
        found.pop(tag, None)
    if not flat.number(0x00180082):
        found.pop(0x00180082, None)  # no inversion recovery
    return own


def _field_of_view(flat: ClassicValues) -> Values:
    """Reconstruction Diameter (mm)."""
    columns, spacing = flat.number(0x00280011), flat.numbers(0x00280030)
    if not columns or len(spacing) != 2:
        return {}
    return {0x00181100: _made("DS", format_ds(round(columns * float(spacing[1]), 6)))}


def _content(shared: Values, frame: Values, found: Values) -> Values:
    """When the frame was acquired, and its dynamic."""
    own: Values = {}
    content = _first(frame, FRAME_CONTENT) or _first(shared, FRAME_CONTENT)
    when = v.text(content, 0x00189074)
    if len(when) >= 14:
        own |= {0x00080022: _made("DA", when[:8]), 0x00080032: _made("TM", when[8:].partition("+")[0])}
    dynamic = v.number(content, 0x00209128)
    if dynamic is not None and 0x00200100 not in found:
        own[0x00200100] = _made("IS", int(dynamic))
    return own


def _without_private(shared: Values, frame: Values, number: int) -> Values:
    """What Philips writes in its private group, from public groups: number, image type, place in the stack."""
    content = _first(frame, FRAME_CONTENT) or _first(shared, FRAME_CONTENT)
    own: Values = {0x00200013: _made("IS", number + 1)}
    own |= {tag: content[tag] for tag in (0x00209056, 0x00209057) if tag in content}
    kind = v.text(_first(frame, 0x00189226) or _first(shared, 0x00189226), 0x00089007)
    if kind:
        own[0x00080008] = _made("CS", kind)
    return own


SCANNING = (
    (0x00189008, ("SPIN", "BOTH"), "SE"),
    (0x00189008, ("GRADIENT", "BOTH"), "GR"),
    (0x00189009, ("YES",), "IR"),
    (0x00189018, ("YES",), "EP"),
)
"""Words of Scanning Sequence (0018,0020): an attribute of the MR Pulse Sequence module, and its values that mean it."""
VARIANTS = (
    (0x00189033, ("PARTIAL",), "SK"),
    (0x00189020, ("ON_RESONANCE", "OFF_RESONANCE"), "MTC"),
    (0x00189017, ("FREE_PRECESSION", "TRANSVERSE", "TIME_REVERSED"), "SS"),
    (0x00189016, ("RF", "GRADIENT", "RF_AND_GRADIENT"), "SP"),
    (0x00189029, ("2D", "3D", "2D_3D"), "OSP"),
)
"""Words of Sequence Variant (0018,0021)."""


def _sequence(flat: ClassicValues) -> Values:
    """Scanning Sequence and Sequence Variant, which every classic MR image has and enhanced ones have in parts."""
    own: Values = {}
    for tag, table, neither in ((0x00180020, SCANNING, "RM"), (0x00180021, VARIANTS, "NONE")):
        if not flat.text(tag):
            words = [word for part, means, word in table if flat.text(part) in means]
            own[tag] = _made("CS", words or neither)
    return own


def _short(number: float) -> str:
    """A number as the scanner rounds it for decimal strings: 16 signs, the rest cut off."""
    text = f"{number:.14f}"[:16]
    return text.rstrip("0").rstrip(".") if "." in text else text


def _references(shared: Values) -> Values:
    """Referenced Image Sequence: the classic twins of the images, which Philips names in (2005,xx11)."""
    items: list[Values] = []
    for item in _items(shared, REFERENCED_IMAGE):
        private = v.text(item, 0x20051411)
        if private:
            items.append({0x00081150: _made("UI", CLASSIC_MR), 0x00081155: _made("UI", private)})
        else:
            items.append(item)
    return {REFERENCED_IMAGE: ("SQ", items, "")} if items else {}


AXES = {"FH": "TRANSVERSAL", "RL": "SAGITTAL", "AP": "CORONAL"}
"""Slice Orientation by the view axis of the stack."""


def _stack(top: Values, shared: Values, frame: Values) -> Values:
    """The item of the Stack Sequence (2001,xx5F) that the frame belongs to: Stack IDs count its items from 1."""
    stacks = _items(top, 0x2001105F)
    name = v.text(_first(frame, FRAME_CONTENT) or _first(shared, FRAME_CONTENT), 0x00209056)
    place = int(name) - 1 if name.isdecimal() else 0
    return stacks[place] if 0 <= place < len(stacks) else _first(top, 0x2001105F)


def _private(stack: Values, found: Values) -> Values:
    """Private attributes that classic files have of each image, made of what the enhanced file says of it."""
    flat = ClassicValues("", found, {})
    own: Values = {}
    for tag, of_stack in ((0x20051000, 0x20051071), (0x20051001, 0x20051072), (0x20051002, 0x20051073)):
        if of_stack in stack:
            own[tag] = "FL", stack[of_stack][1], MR_1
    axis = AXES.get(v.text(stack, 0x20051081))
    if axis:
        own[0x2001100B] = _made("CS", axis, "Philips Imaging DD 001")
    centre = slice_centre(flat)
    if centre is not None:
        for tag, place in ((0x20051008, 1), (0x20051009, 2), (0x2005100A, 0)):
            own[tag] = _made("FL", float(centre[place]), MR_1)
        normal = np.cross(flat.numbers(0x00200037)[:3], flat.numbers(0x00200037)[3:])
        own[0x00201041] = _made("DS", _short(-float(normal @ centre)))
    for tag, vr, public, creator in (
        (0x2005100F, "DS", 0x00281050, MR_1),
        (0x20051010, "DS", 0x00281051, MR_1),
        (0x20051409, "DS", 0x00281052, MR_5),
        (0x2005140A, "DS", 0x00281053, MR_5),
        (0x2005140B, "LO", 0x00281054, MR_5),
    ):
        if public in found:
            own[tag] = vr, found[public][1], creator
    return own


def slice_centre(classic: ClassicValues) -> NDArray[np.float64] | None:
    """Centre of the slice in patient coordinates (mm), None where the geometry is incomplete."""
    position, direction, spacing = (classic.numbers(tag) for tag in (0x00200032, 0x00200037, 0x00280030))
    size = classic.number(0x00280010), classic.number(0x00280011)
    if len(position) != 3 or len(direction) != 6 or len(spacing) != 2 or None in size:
        return None
    rows, columns = float(size[0] or 0), float(size[1] or 0)
    along_row = direction[:3] * spacing[1] * (columns - 1) / 2
    along_column = direction[3:] * spacing[0] * (rows - 1) / 2
    return np.asarray(position + along_row + along_column, np.float64)
