"""The slow way in, for data sets that the scanner refuses: pydicom reads them, more leniently, and writes them anew.

What it gives is scanned like any other file, so that everything behind the scanner sees one kind of table. It is taken
only if no frame got lost; otherwise the scanner's own error stands.
"""

from __future__ import annotations

import re
import warnings
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from dicome.dicom.dataset import NUMBER_OF_FRAMES, PIXEL_TAGS, DataSet, scan_data_set
from dicome.dicom.scan import Buffer, Element, Encoding, Walker
from dicome.dicom.transfer import EXPLICIT_LITTLE, TransferSyntax
from dicome.dicom.values import number_text
from dicome.errors import DamagedFileError

if TYPE_CHECKING:
    from pydicom import Dataset

_READS, _READS_PER_FRAME, _MOST_READS = 200_000, 1_000, 8_000_000
"""Calls of `read` granted to pydicom: for the header, for each frame (real ones take 350), and in all."""
_ITEMS, _ITEMS_PER_FRAME = 20_000, 60
"""Items of a header that pydicom is let loose on: it makes 2 kB of objects of each."""
_ITEM_TAG = re.compile(rb"\xfe\xff\x00\xe0|\xff\xfe\xe0\x00")


def salvage(where: Path, buffer: Buffer, at: int, syntax: TransferSyntax, damage: DamagedFileError) -> DataSet:
    """The data set at ``at`` as pydicom reads it, with a note that says so; raises ``damage`` if some is lost."""
    try:
        data_set, stopped_at = _read(buffer, at, syntax)
        pixels = _pixel_element(buffer, stopped_at, syntax, where)
        announced = int(data_set.get("NumberOfFrames") or 1)
        _check_size(memoryview(buffer)[at:stopped_at], announced)
        found = scan_data_set(_encoded(data_set), 0, EXPLICIT_LITTLE, where)
    except Exception:  # pydicom raises anything
        raise damage from None
    if pixels is None or (found.frames is not None and len(found.frames) != announced):
        raise damage
    note = f"read by pydicom, because the header is damaged: {damage}"
    return DataSet(found.elements, found.frames, pixels, found.source, note)


class _Stream:
    """The bytes as a file for pydicom, which ends when more is read of it than a file of so many frames can need."""

    def __init__(self, buffer: Buffer, at: int) -> None:
        self.view = memoryview(buffer)
        self.at = at
        self.reads_left = _READS
        self.bytes_left = 2 * len(self.view) + _READS

    def read(self, size: int = -1) -> bytes:
        data = self.view[self.at :] if size < 0 else self.view[self.at : self.at + size]
        self.reads_left -= 1
        self.bytes_left -= len(data)
        if self.reads_left < 0 or self.bytes_left < 0:
            raise TimeoutError
        self.at += len(data)
        return data.tobytes()

    def stop_when(self, tag: int, _: str | None, length: int) -> bool:
        """Stops pydicom before the pixels; on the way, grants more reads for more frames."""
        if tag == NUMBER_OF_FRAMES and length <= 16:
            announced = number_text(self.view[self.at : self.at + length].tobytes())
            frames = np.nan_to_num(announced[:1]).clip(0, _MOST_READS).sum()
            self.reads_left = min(_READS + _READS_PER_FRAME * int(frames), _MOST_READS)
        return tag in PIXEL_TAGS

    def seek(self, offset: int, origin: int = 0) -> int:
        self.at = max(offset + (0, self.at, len(self.view))[origin], 0)
        return self.at

    def tell(self) -> int:
        return self.at


def _read(buffer: Buffer, at: int, syntax: TransferSyntax) -> tuple[Dataset, int]:
    """The elements before the pixels, and where they end."""
    from pydicom.filereader import read_dataset

    stream = _Stream(buffer, at)
    source = cast("BinaryIO", stream)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data_set = read_dataset(source, not syntax.explicit, syntax.byte_order == "<", stop_when=stream.stop_when)
    return data_set, stream.tell()


def _check_size(header: memoryview, frames: int) -> None:
    """Sequences of defined length are opened by pydicom later, on streams of its own."""
    most = _ITEMS + _ITEMS_PER_FRAME * min(frames, len(header) // _ITEMS_PER_FRAME)
    if sum(1 for _ in islice(_ITEM_TAG.finditer(header), most + 1)) > most:
        raise TimeoutError


def _pixel_element(buffer: Buffer, at: int, syntax: TransferSyntax, where: Path) -> Element | None:
    walker = Walker(buffer, Encoding(syntax.explicit, syntax.byte_order), str(where))
    element = walker.header(at, syntax.explicit, {})
    return element if element.tag in PIXEL_TAGS else None


def _encoded(data_set: Dataset) -> bytes:
    from pydicom.filebase import DicomBytesIO
    from pydicom.filewriter import write_dataset

    stream = DicomBytesIO()
    stream.is_little_endian, stream.is_implicit_VR = True, False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data_set.set_original_encoding(None, None)
        write_dataset(stream, data_set)
    return stream.getvalue()
