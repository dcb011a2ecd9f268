"""Small DICOM files for tests, put together from values."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from dicome.enhanced.encode import EXPLICIT, Encoding, data_set, element, header, sequence

Elements = list[tuple[int, str, Any]]

EXPLICIT_UID, IMPLICIT_UID = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
DEFLATED_UID, BIG_UID = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
PER_FRAME, SHARED, PIXEL_DATA, NUMBER_OF_FRAMES = 0x52009230, 0x52009229, 0x7FE00010, 0x00280008
FRAME_CONTENT, INDEX_VALUES = 0x00209111, 0x00209157


def uid_of(encoding: Encoding) -> str:
    """Transfer syntax of an encoding."""
    if encoding.big_endian:
        return BIG_UID
    return IMPLICIT_UID if encoding.implicit else EXPLICIT_UID


def part10(body: bytes, uid: str = EXPLICIT_UID, meta: Elements | None = None) -> bytes:
    """A file: preamble, group 0002 and the data set, which is deflated if the syntax says so."""
    fields = [(0x00020001, "OB", b"\0\1"), (0x00020002, "UI", ENHANCED_MR), (0x00020003, "UI", "1.2.3.4")]
    group = data_set([*fields, (0x00020010, "UI", uid), *(meta or [])])
    if uid == DEFLATED_UID:
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        body = packer.compress(body) + packer.flush()
        body += b"\0" * (len(body) % 2)
    return bytes(128) + b"DICM" + element(0x00020000, "UL", len(group)) + group + body


def head(frames: int | str | None, rows: int = 2, columns: int = 2, **other: Any) -> Elements:
    """Elements before the frame groups; ``frames`` as Number of Frames has it, None to leave it out.

    other: values by name (samples, photometric, allocated, stored, signed, planar).
    """
    stored = other.get("stored", other.get("allocated", 16))
    elements: Elements = [
        (0x00080016, "UI", ENHANCED_MR),
        (0x00080018, "UI", "1.2.3.4"),
        (0x00080060, "CS", "MR"),
        (0x00280002, "US", other.get("samples", 1)),
        (0x00280004, "CS", other.get("photometric", "MONOCHROME2")),
        (0x00280010, "US", rows),
        (0x00280011, "US", columns),
        (0x00280100, "US", other.get("allocated", 16)),
        (0x00280101, "US", stored),
        (0x00280102, "US", stored - 1),
        (0x00280103, "US", int(other.get("signed", False))),
    ]
    if "planar" in other:
        elements.append((0x00280006, "US", other["planar"]))
    if frames is not None:
        elements.append((NUMBER_OF_FRAMES, "IS", frames))
    return elements


def frame_content(*index: int) -> tuple[int, str, Any]:
    """Frame Content Sequence with Dimension Index Values."""
    return FRAME_CONTENT, "SQ", [[(INDEX_VALUES, "UL", list(index))]]


def plain_frames(count: int) -> list[Elements]:
    """Frame items with an index and an echo time (10, 20, ... ms)."""
    return [[(0x00189114, "SQ", [[(0x00189082, "FD", 10.0 * k)]]), frame_content(1, k)] for k in range(1, count + 1)]


def enhanced_body(
    frames: Sequence[Elements | bytes],
    pixels: bytes | None = None,
    encoding: Encoding = EXPLICIT,
    *,
    top: Elements | None = None,
    announced: int | str | None = -1,
    vr: str = "SQ",
    **module: Any,
) -> bytes:
    """The data set of an enhanced file. Frame items are elements, or bytes that are taken as they are.

    pixels: little endian, 2 x 2 frames of 16 bits by default; top: more elements of the top level; announced: Number of
    Frames, the true one by default; vr: of the per-frame sequence (UN: encoded implicitly, as UN holds sequences).
    module: what `head` takes.
    """
    number = len(frames) if announced == -1 else announced
    inner = Encoding(True, False, encoding.undefined_lengths) if vr == "UN" else encoding
    encoded = [frame if isinstance(frame, bytes) else data_set(frame, inner) for frame in frames]
    groups = sequence(PER_FRAME, encoded, inner)
    if vr == "UN":
        # The sequence's own header is that of the explicit data set around it.
        length = int.from_bytes(groups[4:8], "little")
        groups = header(PER_FRAME, "UN", length, encoding) + groups[8:]
    if pixels is None:
        size = module.get("rows", 2) * module.get("columns", 2)
        pixels = np.arange(size * len(frames), dtype="<u2").tobytes()
    before = data_set(head(number, **module) + (top or []), encoding)
    return before + groups + element(PIXEL_DATA, "OW", pixels, encoding)


def enhanced(frames: Sequence[Elements | bytes], encoding: Encoding = EXPLICIT, **other: Any) -> bytes:
    """A whole enhanced file; arguments as `enhanced_body` has them."""
    return part10(enhanced_body(frames, encoding=encoding, **other), uid_of(encoding))
