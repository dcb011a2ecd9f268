"""Compressed frames: finds the fragments of each frame, and lets pydicom's decoders have them.

pydicom knows which of the installed codecs (pylibjpeg, pyjpegls, gdcm, pillow) can decode what; its own frame lookup
walks all fragments for every frame, so the finding is done here, once (PS3.5 annex A.4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import UNDEFINED, DicomFile
from dicome.dicom.pixels import PixelFormat, truncated
from dicome.dicom.scan import ITEM, SEQUENCE_END, Element, Encoding, Walker
from dicome.errors import DamagedFileError, MissingCodecError

Block = Callable[[int, int], NDArray[Any]]
Fragment = tuple[int, int]
"""Offset and length of one fragment's bytes."""

EXTENDED_OFFSETS, EXTENDED_LENGTHS = 0x7FE00001, 0x7FE00002
RLE = "1.2.840.10008.1.2.5"
_END_OF_IMAGE = b"\xff\xd9"
"""Last marker of JPEG, JPEG-LS and JPEG 2000 code streams."""
_NATIVE_UID = "1.2.840.10008.1.2.1"


def coded_block(file: DicomFile, stored: PixelFormat, count: int) -> Block:
    """Reader of compressed (or otherwise encapsulated) frames."""
    frames = find_frames(file, count)

    def block(first: int, number: int) -> NDArray[Any]:
        if first + number > len(frames):
            raise truncated(file, len(frames), count)
        result = np.empty((number, *stored.shape), stored.dtype)
        for k in range(number):
            raw = b"".join(file.pixel_data[o : o + n].tobytes() for o, n in frames[first + k])
            result[k] = _decode(file, stored, raw, first + k)
        return result

    return block


def unusual_block(file: DicomFile, stored: PixelFormat, count: int) -> Block:
    """Reader of native frames that need unpacking (one bit a pixel, 4:2:2 chrominance): pydicom's decoder, whole."""
    whole: list[NDArray[Any]] = []

    def block(first: int, number: int) -> NDArray[Any]:
        if not whole:
            element = file.pixels
            assert element is not None
            raw = file.pixel_data[element.offset : element.end].tobytes()
            whole.append(_pydicom_array(_NATIVE_UID, raw, stored, count).reshape(count, *stored.shape))
        return whole[0][first : first + number]

    return block


def find_frames(file: DicomFile, count: int) -> list[list[Fragment]]:
    """The fragments of every frame: by extended or basic offset table, by count, or by end-of-image markers."""
    assert file.pixels is not None
    table, fragments = _fragments(file, file.pixels)
    if not fragments:
        return []
    extended = _extended_table(file)
    if extended is not None:
        origin = fragments[0][0] - 8
        return [[(origin + offset + 8, length)] for offset, length in extended]
    if len(fragments) == count:
        return [[fragment] for fragment in fragments]
    if count == 1:
        return [fragments]
    if len(table) == count:
        return _by_offsets(table, fragments)
    if file.syntax.uid == RLE:
        return [[fragment] for fragment in fragments]
    return _by_markers(file, fragments)


def _fragments(file: DicomFile, pixels: Element) -> tuple[NDArray[np.uint32], list[Fragment]]:
    """Basic offset table (maybe empty) and all fragments that are whole."""
    buffer = memoryview(file.pixel_data)
    walker = Walker(buffer, Encoding(), str(file.path))  # type: ignore[arg-type]
    at = pixels.offset
    end = len(buffer) if pixels.length == UNDEFINED else min(pixels.end, len(buffer))
    found: list[Fragment] = []
    while at + 8 <= end:
        tag, length = walker.item_header(at)
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise DamagedFileError(
                f"{file.path}: ({tag >> 16:04x},{tag & 0xFFFF:04x}) at byte {at:,}, where a fragment of the compressed "
                f"pixels should start"
            )
        if at + 8 + length > end:
            break
        found.append((at + 8, length))
        at += 8 + length
    if not found:
        return np.empty(0, np.uint32), []
    offset, length = found[0]
    table = file.pixel_data[offset : offset + length // 4 * 4].view("<u4")
    return table, found[1:]


def _extended_table(file: DicomFile) -> list[Fragment] | None:
    offsets, lengths = file.element(EXTENDED_OFFSETS), file.element(EXTENDED_LENGTHS)
    if offsets is None or lengths is None or not offsets.length:
        return None
    starts = np.frombuffer(file.raw(offsets), "<u8").tolist()
    return list(zip(starts, np.frombuffer(file.raw(lengths), "<u8").tolist(), strict=True))


def _by_offsets(table: NDArray[np.uint32], fragments: list[Fragment]) -> list[list[Fragment]]:
    origin = fragments[0][0] - 8
    starts = np.array([offset - 8 - origin for offset, _ in fragments])
    frame_of = np.searchsorted(table, starts, side="right") - 1
    frames: list[list[Fragment]] = [[] for _ in table]
    for frame, fragment in zip(frame_of.tolist(), fragments, strict=True):
        frames[frame].append(fragment)
    return frames


def _by_markers(file: DicomFile, fragments: list[Fragment]) -> list[list[Fragment]]:
    frames: list[list[Fragment]] = []
    current: list[Fragment] = []
    for offset, length in fragments:
        current.append((offset, length))
        if _END_OF_IMAGE in file.pixel_data[offset + max(length - 10, 0) : offset + length].tobytes():
            frames.append(current)
            current = []
    return frames


def _decode(file: DicomFile, stored: PixelFormat, raw: bytes, frame: int) -> NDArray[Any]:
    if file.syntax.uid.startswith("1.2.840.10008.1.2.1"):
        return np.frombuffer(raw[: stored.frame_bytes], stored.dtype.newbyteorder("<")).reshape(stored.shape)
    try:
        return _pydicom_array(file.syntax.uid, _encapsulated(raw), stored, 1).reshape(stored.shape)
    except (MissingCodecError, KeyboardInterrupt):
        raise
    except Exception as problem:  # codecs of several packages raise anything
        raise DamagedFileError(
            f"{file.path}: frame {frame + 1} ({file.syntax.name}) cannot be decoded: {problem}"
        ) from problem


def _encapsulated(raw: bytes) -> bytes:
    raw += b"\0" * (len(raw) % 2)
    item = b"\xfe\xff\x00\xe0"
    return item + bytes(4) + item + len(raw).to_bytes(4, "little") + raw + b"\xfe\xff\xdd\xe0" + bytes(4)


def _pydicom_array(uid: str, raw: bytes, stored: PixelFormat, count: int) -> NDArray[Any]:
    from pydicom.pixels import get_decoder

    try:
        decoder = get_decoder(uid)
    except NotImplementedError as problem:
        raise MissingCodecError(f"no decoder of transfer syntax {uid} is known; convert the file first") from problem
    if not decoder.is_available:
        needs = "; ".join(decoder.missing_dependencies)
        raise MissingCodecError(
            f"the pixels are compressed ({decoder.UID.name}) and no codec is installed ({needs}): "
            "pip install 'dicome[codecs]'"
        )
    options: dict[str, Any] = {
        "rows": stored.rows,
        "columns": stored.columns,
        "samples_per_pixel": stored.samples,
        "bits_allocated": stored.bits_allocated,
        "bits_stored": stored.bits_stored,
        "pixel_representation": int(stored.signed),
        "photometric_interpretation": stored.photometric or "MONOCHROME2",
        "number_of_frames": count,
        "pixel_keyword": "PixelData",
    }
    if stored.samples > 1:
        options["planar_configuration"] = int(stored.planar)
    array, _ = decoder.as_array(raw, **options)
    return array


def to_rgb(values: NDArray[Any], photometric: str) -> NDArray[Any]:
    """YBR_FULL pixels as RGB, as MATLAB's dicomread gives them."""
    from pydicom.pixels import convert_color_space

    converted: NDArray[Any] = convert_color_space(np.ascontiguousarray(values), photometric, "RGB")
    return converted
