"""The slow way in, for data sets that the scanner refuses: pydicom reads them, more leniently, and writes them anew.

What it gives is scanned like any other file, so that everything behind the scanner sees one kind of table. It is taken
only if no frame got lost; otherwise the scanner's own error stands.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from dicome.dicom.scan import UNDEFINED, Buffer, Element
from dicome.dicom.transfer import EXPLICIT_LITTLE
from dicome.errors import DamagedFileError, UnsupportedError

if TYPE_CHECKING:
    from pydicom import Dataset

    from dicome.dicom.file import DataSet

_VALUES_LEFT_IN_FILE = 1 << 20
"""Values of more bytes (pixels) are not read, only located."""


def salvage(where: Path, buffer: Buffer, damage: DamagedFileError) -> DataSet:
    """The data set as pydicom reads it, with a note that says so; raises ``damage`` where pydicom loses something."""
    from dicome.dicom.file import PIXEL_TAGS, scan_data_set

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data_set = _read(buffer, PIXEL_TAGS)
            pixels = _take_pixels(data_set, PIXEL_TAGS)
            encoded = _encoded(data_set)
        found = scan_data_set(encoded, 0, EXPLICIT_LITTLE, where)
    except (DamagedFileError, UnsupportedError, RecursionError, MemoryError):
        raise damage from None
    except Exception:
        raise damage from None
    announced = _announced(data_set)
    if pixels is None or (found.frames is not None and len(found.frames) != announced):
        raise damage
    note = f"read by pydicom, because the header is damaged: {damage}"
    return type(found)(found.elements, found.frames, pixels, found.source, note)


def _read(buffer: Buffer, pixel_tags: frozenset[int]) -> Dataset:
    from pydicom import dcmread

    return dcmread(io.BytesIO(buffer[:]), defer_size=_VALUES_LEFT_IN_FILE, force=True)


def _take_pixels(data_set: Dataset, pixel_tags: frozenset[int]) -> Element | None:
    for tag in sorted(pixel_tags):
        if tag in data_set:
            raw = data_set.get_item(tag)
            offset = getattr(raw, "value_tell", None)
            length = getattr(raw, "length", UNDEFINED)
            vr = str(getattr(raw, "VR", None) or "OW")
            del data_set[tag]
            return None if offset is None else Element(tag, vr, offset, offset, length)
    return None


def _encoded(data_set: Dataset) -> bytes:
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    stream = DicomBytesIO()
    stream.is_little_endian, stream.is_implicit_VR = True, False
    for group in {int(tag) >> 16 for tag in data_set.keys()}:
        if group >= 0x7FE0:
            del data_set[group << 16 : (group << 16) + 0xFFFF]
    data_set.set_original_encoding(None, None)
    write_dataset(stream, data_set)
    return stream.getvalue()


def _announced(data_set: Dataset) -> int:
    try:
        return int(data_set.get("NumberOfFrames", 1) or 1)
    except (TypeError, ValueError):
        return -1
