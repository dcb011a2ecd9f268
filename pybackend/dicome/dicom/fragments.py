"""Where each frame of encapsulated pixels lies (PS3.5 annex A.4).

pydicom's own lookup walks all fragments for every frame; here the finding is done once.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import UNDEFINED, DicomFile
from dicome.dicom.scan import ITEM, SEQUENCE_END, Element, Encoding, Walker
from dicome.errors import DamagedFileError

Fragment = tuple[int, int]
"""Offset and length of one fragment's bytes."""

EXTENDED_OFFSETS, EXTENDED_LENGTHS = 0x7FE00001, 0x7FE00002
RLE = "1.2.840.10008.1.2.5"
_END_OF_IMAGE = b"\xff\xd9"
"""Last marker of JPEG, JPEG-LS and JPEG 2000 code streams."""
_MARKER_WITHIN = 10
"""Bytes at the end of a frame in which that marker stands; the rest is padding."""
_MOST_FRAGMENTS = 1_000_000
"""Fragments beyond the number of frames."""


def find_frames(file: DicomFile, count: int) -> list[list[Fragment]]:
    """The fragments of every whole frame: by extended or basic offset table, by count, or by end-of-image markers.

    Raises DamagedFileError.
    """
    assert file.pixels is not None
    table, fragments, behind = _fragments(file, file.pixels, count)
    if not fragments:
        return []
    extended = _extended_table(file, fragments[0][0] - 8, behind)
    if len(extended) == count:
        return [[fragment] for fragment in extended]
    if len(fragments) == count or file.syntax.uid == RLE:
        return [[fragment] for fragment in fragments]
    if count == 1:
        return [fragments]
    frames = _by_offsets(table, fragments) if len(table) == count else []
    return frames or _by_markers(file, fragments, count)


def _fragments(file: DicomFile, pixels: Element, count: int) -> tuple[NDArray[np.int64], list[Fragment], int]:
    """Basic offset table (maybe empty), all fragments that are whole, and where the last one ends."""
    walker = Walker(file.pixel_data.data, Encoding(True, file.syntax.byte_order), str(file.path))
    at = pixels.offset
    end = walker.size if pixels.length == UNDEFINED else min(pixels.end, walker.size)
    found: list[Fragment] = []
    while at + 8 <= end:
        tag, length = walker.item_header(at)
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise walker.damaged(at, f"({tag >> 16:04X},{tag & 0xFFFF:04X}) where a fragment of pixels should start")
        if at + 8 + length > end:
            break
        if len(found) > count + _MOST_FRAGMENTS:
            raise walker.runaway(at, f"more than {len(found):,} fragments of pixels for {count:,} frames")
        found.append((at + 8, length))
        at += 8 + length
    if not found:
        return np.empty(0, np.int64), [], at
    offset, length = found[0]
    table = file.pixel_data[offset : offset + length // 4 * 4].view(f"{file.syntax.byte_order}u4")
    return table.astype(np.int64), found[1:], at


def _extended_table(file: DicomFile, origin: int, behind: int) -> list[Fragment]:
    """Frames by the Extended Offset Table (PS3.3 C.7.6.3.1.8); empty where it is absent or leads outside."""
    elements = file.element(EXTENDED_OFFSETS), file.element(EXTENDED_LENGTHS)
    columns = []
    for element in elements:
        raw = file.raw(element) if element is not None else b""
        columns.append(np.frombuffer(raw[: len(raw) // 8 * 8], "<u8").astype(np.int64))
    offsets, lengths = columns
    if len(offsets) != len(lengths):
        return []
    starts = origin + 8 + offsets
    inside = (offsets >= 0) & (lengths >= 0) & (starts + lengths <= behind) & (starts <= behind)
    return list(zip(starts.tolist(), lengths.tolist(), strict=True)) if inside.all() else []


def _by_offsets(table: NDArray[np.int64], fragments: list[Fragment]) -> list[list[Fragment]]:
    """Frames by the Basic Offset Table; empty where it does not point at fragments in their order."""
    origin = fragments[0][0] - 8
    starts = np.array([offset - 8 - origin for offset, _ in fragments])
    first = np.searchsorted(starts, table)
    if table[0] != 0 or (np.diff(table) <= 0).any() or first[-1] >= len(starts) or (starts[first] != table).any():
        return []
    bounds = [*first.tolist(), len(fragments)]
    return [fragments[begin:end] for begin, end in pairwise(bounds)]


def _by_markers(file: DicomFile, fragments: list[Fragment], count: int) -> list[list[Fragment]]:
    frames: list[list[Fragment]] = []
    current: list[Fragment] = []
    for offset, length in fragments:
        current.append((offset, length))
        last = file.pixel_data[offset + max(length - _MARKER_WITHIN, 0) : offset + length]
        if _END_OF_IMAGE in last.tobytes():
            frames.append(current)
            current = []
    if not frames:
        raise DamagedFileError(
            f"{file.path}: {len(fragments):,} fragments of pixels (7FE0,0010) for {count:,} frames, and neither an "
            "offset table nor end-of-image markers to tell which belongs where"
        )
    return frames
