"""Makes a file of many frames out of a real Philips one, by patching bytes; no DICOM library takes part.

Every dynamic repeats the frames that the source has in its first dynamic, with the index values, the temporal position
and the begin time of the dynamic written in place and a little noise on the pixels. So the headers are as rich and
as irregular as the scanner's own.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

UNDEFINED = 0xFFFFFFFF
LONG_VRS = frozenset((b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UT", b"UN", b"UC", b"UR", b"SV", b"UV"))

ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
NUMBER_OF_FRAMES, ROWS, COLUMNS = 0x00280008, 0x00280010, 0x00280011
DIMENSION_INDEX_SEQUENCE, DIMENSION_INDEX_POINTER, DIMENSION_INDEX_VALUES = 0x00209222, 0x00209165, 0x00209157
TEMPORAL_POSITION_INDEX, TEMPORAL_POSITION_IDENTIFIER = 0x00209128, 0x00200100
DYNAMIC_SCAN_BEGIN_TIME = 0x200510A0
PER_FRAME, PIXEL_DATA = 0x52009230, 0x7FE00010
PATCHED = frozenset(
    (DIMENSION_INDEX_VALUES, TEMPORAL_POSITION_INDEX, TEMPORAL_POSITION_IDENTIFIER, DYNAMIC_SCAN_BEGIN_TIME)
)

Places = dict[int, list[tuple[int, int]]]
"""Tag to (offset, length) of its values."""


@dataclass(frozen=True)
class Element:
    """Where an element starts, where its value does, and where it ends."""

    start: int
    value: int
    end: int


def enlarge(source: Path, target: Path, dynamics: int) -> tuple[int, int, int]:
    """Write ``dynamics`` dynamics to target; returns frames, rows and columns.

    The source is uncompressed explicit VR little endian of 16 bits, with Temporal Position Index as a dimension.
    """
    data = source.read_bytes()
    top = _top_level(data)
    rows, columns = (struct.unpack_from("<H", data, top[tag].value)[0] for tag in (ROWS, COLUMNS))
    temporal = _temporal_dimension(data, top)
    items = _frame_items(data, top[PER_FRAME])
    indexes = [
        np.frombuffer(item, "<u4", length // 4, at)
        for item, places in items
        for at, length in places[DIMENSION_INDEX_VALUES]
    ]
    first = min(index[temporal] for index in indexes)
    kept = [number for number, index in enumerate(indexes) if index[temporal] == first]
    pixels = np.frombuffer(data, "<u2", len(items) * rows * columns, top[PIXEL_DATA].value)
    frames = pixels.reshape(len(items), rows, columns)[kept]
    noise = np.random.default_rng(0)
    with target.open("wb") as out:
        out.write(_head(data, top, len(kept) * dynamics))
        for dynamic in range(1, dynamics + 1):
            out.writelines(_patched(*items[number], temporal, dynamic) for number in kept)
        out.write(struct.pack("<HHI", SEQUENCE_END >> 16, SEQUENCE_END & 0xFFFF, 0))
        out.write(data[top[PER_FRAME].end : top[PIXEL_DATA].start])
        out.write(struct.pack("<HH2sHI", PIXEL_DATA >> 16, PIXEL_DATA & 0xFFFF, b"OW", 0, frames.nbytes * dynamics))
        for _ in range(dynamics):
            out.write((frames + noise.integers(0, 3, frames.shape, dtype="u2")).tobytes())
    return len(kept) * dynamics, rows, columns


def _header(data: bytes | bytearray, at: int) -> tuple[int, bytes, int, int]:
    """Tag, VR, length and place of the value of the element at an offset."""
    group, element = struct.unpack_from("<HH", data, at)
    vr = bytes(data[at + 4 : at + 6])
    if group == ITEM >> 16:
        vr, form, value = b"", "<I", at + 4
    elif vr in LONG_VRS:
        form, value = "<I", at + 8
    else:
        form, value = "<H", at + 6
    return group << 16 | element, vr, struct.unpack_from(form, data, value)[0], value + struct.calcsize(form)


def _walk(data: bytes, at: int, end: int | None, found: Places) -> int:
    """Note where the values of `PATCHED` and of index pointers lie, up to the end or the closing delimiter."""
    while end is None or at < end:
        tag, vr, length, value = _header(data, at)
        if tag in (ITEM_END, SEQUENCE_END):
            return value
        if tag in PATCHED or tag == DIMENSION_INDEX_POINTER:
            found.setdefault(tag, []).append((value, length))
        at = _end(data, tag, vr, length, value, found)
    return at


def _end(data: bytes, tag: int, vr: bytes, length: int, value: int, found: Places) -> int:
    if vr == b"SQ" or tag == ITEM or length == UNDEFINED:
        return _walk(data, value, None if length == UNDEFINED else value + length, found)
    return value + length


def _top_level(data: bytes) -> dict[int, Element]:
    at, top = 132, {}
    while at < len(data):
        tag, vr, length, value = _header(data, at)
        end = _end(data, tag, vr, length, value, {})
        top[tag] = Element(at, value, end)
        at = end
    return top


def _frame_items(data: bytes, per_frame: Element) -> list[tuple[bytes, Places]]:
    """The bytes of every frame's item, and where in them the values to patch lie."""
    items = []
    at = per_frame.value
    while at < per_frame.end and _header(data, at)[0] == ITEM:
        found: Places = {}
        end = _end(data, *_header(data, at), found)
        places = {tag: [(value - at, length) for value, length in values] for tag, values in found.items()}
        items.append((data[at:end], places))
        at = end
    return items


def _patched(item: bytes, places: Places, temporal: int, dynamic: int) -> bytes:
    patched = bytearray(item)
    for at, _ in places[DIMENSION_INDEX_VALUES]:
        struct.pack_into("<I", patched, at + 4 * temporal, dynamic)
    for at, _ in places.get(TEMPORAL_POSITION_INDEX, []):
        struct.pack_into("<I", patched, at, dynamic)
    for at, _ in places.get(DYNAMIC_SCAN_BEGIN_TIME, []):
        struct.pack_into("<f", patched, at, 4.123 * (dynamic - 1))
    for at, length in places.get(TEMPORAL_POSITION_IDENTIFIER, []):
        patched[at : at + length] = str(dynamic).ljust(length).encode()[:length]
    return bytes(patched)


def _temporal_dimension(data: bytes, top: dict[int, Element]) -> int:
    found: Places = {}
    sequence = top[DIMENSION_INDEX_SEQUENCE]
    _walk(data, sequence.value, sequence.end, found)
    pointers = [struct.unpack_from("<HH", data, at) for at, _ in found[DIMENSION_INDEX_POINTER]]
    return pointers.index((TEMPORAL_POSITION_INDEX >> 16, TEMPORAL_POSITION_INDEX & 0xFFFF))


def _head(data: bytes, top: dict[int, Element], frames: int) -> bytes:
    """All before the frame items, with another Number of Frames."""
    text = str(frames).encode()
    text += b" " * (len(text) % 2)
    element = top[NUMBER_OF_FRAMES]
    start = data[: element.start + 6] + struct.pack("<H", len(text)) + text
    return start + data[element.end : top[PER_FRAME].value]
