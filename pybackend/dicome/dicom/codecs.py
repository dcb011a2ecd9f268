"""Compressed frames, decoded one by one by pydicom's decoders.

pydicom knows which of the installed codecs (pylibjpeg, pyjpegls, gdcm, pillow) can decode what.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.codestream import check_size
from dicome.dicom.file import DicomFile
from dicome.dicom.fragments import find_frames
from dicome.dicom.native import arranged, stored_bits
from dicome.dicom.pixels import PixelFormat, check_there
from dicome.errors import DamagedFileError, MissingCodecError

if TYPE_CHECKING:
    from pydicom.pixels.decoders.base import Decoder

_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
"""Encapsulated Uncompressed: native frames in fragments (PS3.5 A.4.11)."""
_PLUGINS = ("pyjpegls", "pylibjpeg", "pydicom", "pillow")
"""Plugins of pydicom in the order tried. Only where none of them is there, others are: gdcm ends the process when a
frame is damaged."""
_PLUGINS_OF = {"1.2.840.10008.1.2.4.50": ("pillow", *_PLUGINS)}
"""The order for JPEG Baseline: pillow rounds as the Independent JPEG Group's decoder does, which most programs use."""
_BEST_RATIO = 100_000
"""Compression beyond this is damage: a constant image of JPEG 2000 stays well below it."""


def coded_block(file: DicomFile, stored: PixelFormat, count: int) -> Callable[[int, int], NDArray[Any]]:
    """Reader of encapsulated frames: ``block(first, number)``."""
    frames = find_frames(file, count)

    def block(first: int, number: int) -> NDArray[Any]:
        check_there(file, first, number, len(frames), count)
        file.check()
        decoded = [_frame(file, stored, frames[first + k], first + k) for k in range(number)]
        return np.stack(decoded) if decoded else np.empty((0, *stored.shape), stored.dtype)

    return block


def _frame(file: DicomFile, stored: PixelFormat, fragments: list[tuple[int, int]], number: int) -> NDArray[Any]:
    """One frame; number is 0-based."""
    raw = b"".join(file.pixel_data[offset : offset + length].tobytes() for offset, length in fragments)
    where = f"{file.path}: frame {number + 1:,} ({file.syntax.name})"
    if not file.syntax.encapsulated or file.syntax.uid == _UNCOMPRESSED:
        needed = -(-stored_bits(stored) // 8)
        if len(raw) < needed:
            raise DamagedFileError(f"{where} has {len(raw):,} bytes of {needed:,}; is the file complete?")
        frame: NDArray[Any] = arranged(np.frombuffer(raw, np.uint8)[:needed], 1, stored, file.syntax.byte_order)[0]
        return frame
    if stored.frame_bytes > _BEST_RATIO * max(len(raw), 100):
        raise DamagedFileError(f"{where} has {len(raw):,} bytes for {stored.rows:,} x {stored.columns:,} pixels")
    check_size(raw, stored.rows, stored.columns, stored.samples, where)
    try:
        decoded = _decoded(file.syntax.uid, raw, stored)
        return decoded.astype(stored.dtype, copy=False).reshape(stored.shape)
    except MissingCodecError as problem:
        raise MissingCodecError(f"{file.path}: {problem}") from None
    except Exception as problem:  # codecs of several packages raise anything
        raise DamagedFileError(f"{where} cannot be decoded: {problem}") from problem


def _decoded(uid: str, raw: bytes, stored: PixelFormat) -> NDArray[Any]:
    from pydicom.pixels.decoders.base import get_decoder

    try:
        decoder = get_decoder(uid)  # type: ignore[no-untyped-call, unused-ignore]
    except NotImplementedError:
        raise MissingCodecError(f"no decoder of transfer syntax {uid} is known; convert the file first") from None
    if not decoder.is_available:
        needs = " or ".join(decoder.missing_dependencies)
        raise MissingCodecError(
            f"the pixels are compressed ({decoder.UID.name}) and no codec is installed that reads them: "
            f"pip install 'dicome[codecs]' (or one of: {needs})"
        )
    options: dict[str, Any] = {
        "rows": stored.rows,
        "columns": stored.columns,
        "samples_per_pixel": stored.samples,
        "bits_allocated": stored.bits_allocated,
        "bits_stored": stored.bits_stored,
        "pixel_representation": int(stored.signed),
        "photometric_interpretation": stored.photometric or "MONOCHROME2",
        "number_of_frames": 1,
        "pixel_keyword": "PixelData",
    }
    if stored.samples > 1:
        options["planar_configuration"] = int(stored.planar)
    return _first_success(decoder, _encapsulated(raw), options)


def _first_success(decoder: Decoder, raw: bytes, options: dict[str, Any]) -> NDArray[Any]:
    """What the first plugin makes of a frame that can."""
    order = _PLUGINS_OF.get(decoder.UID, _PLUGINS)
    plugins = [name for name in order if name in decoder.available_plugins] or list(decoder.available_plugins)
    for name in plugins[:-1]:
        with suppress(Exception):
            return _array(decoder, raw, options, name)
    return _array(decoder, raw, options, plugins[-1])


def _array(decoder: Decoder, raw: bytes, options: dict[str, Any], plugin: str) -> NDArray[Any]:
    array: NDArray[Any] = decoder.as_array(raw, decoding_plugin=plugin, **options)[0]
    return array


def _encapsulated(raw: bytes) -> bytes:
    """One frame as pydicom wants it: an empty offset table and one fragment."""
    raw += b"\0" * (len(raw) % 2)
    item = b"\xfe\xff\x00\xe0"
    return item + bytes(4) + item + len(raw).to_bytes(4, "little") + raw + b"\xfe\xff\xdd\xe0" + bytes(4)
