"""Raw data files that were cut off: what lies before the cut, where `open_file` rightly says no.

An image without its end is of no use; of a raw data file the blobs before the cut are whole, and the ExamCard of a
study still tells which scans were complete.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from dicome.dicom import strings
from dicome.dicom.columns import Source, no_check
from dicome.dicom.file import DicomFile, meta_group
from dicome.dicom.scan import ITEM, SEQUENCE_END, UNDEFINED, Element, Encoding, HopelessError, Item, Walker
from dicome.dicom.sniff import data_set_start, guessed_syntax
from dicome.dicom.transfer import transfer_syntax
from dicome.philips.examcard import read_bytes


class CutWalker(Walker):
    """Walks to the end of the bytes and takes that for the end of whatever is open."""

    def fill(self, element: Element, limit: int, explicit: bool, depth: int) -> None:
        """Shortens a value that reaches beyond the file."""
        if element.length != UNDEFINED and element.end > self.size:
            element.length = self.size - element.offset
        super().fill(element, limit, explicit, depth)

    def item_header(self, at: int) -> tuple[int, int]:
        """The item at ``at``, or the end of the sequence where the file ends."""
        return (SEQUENCE_END, 0) if at + 8 > self.size else super().item_header(at)

    def item(
        self, at: int, tag: int, length: int, limit: int | None, explicit: bool, depth: int, owner: Element
    ) -> Item:
        """The item, as far as it goes."""
        if tag != ITEM:
            return Item(at, self.size, [])
        if length != UNDEFINED:
            length = min(length, self.size - at - 8)
        return super().item(at, tag, length, limit, explicit, depth, owner)

    def elements(self, at: int, end: int | None, explicit: bool, depth: int = 0) -> tuple[list[Element], int]:
        """The elements before the cut."""
        found: list[Element] = []
        creator_of: dict[int, str] = {}
        limit = self.size if end is None else end
        explicit = explicit and not self.looks_implicit(at, limit)
        while at < limit:
            try:
                element = self.header(at, explicit, creator_of)
                if element.tag == 0xFFFEE00D and end is None:
                    return found, at + 8
                self.step(element, limit, explicit, creator_of, depth)
            except HopelessError:
                return found, limit
            found.append(element)
            at = element.end
        return found, limit


def open_cut(path: str | os.PathLike[str]) -> DicomFile:
    """The file as far as it goes.

    Raises FileMissingError, FileAccessError, NotDicomError, DamagedFileError and UnsupportedError.
    """
    where = Path(path)
    buffer = read_bytes(where)
    start, is_part_10 = data_set_start(buffer, where)
    meta, at, uid = meta_group(buffer, start, where) if is_part_10 else ([], start, "")
    syntax = transfer_syntax(uid, where) if uid else guessed_syntax(buffer, at, where)
    walker = CutWalker(buffer, Encoding(syntax.explicit, syntax.byte_order), str(where))
    elements, _ = walker.elements(at, len(buffer), syntax.explicit)
    data = np.frombuffer(buffer, np.uint8)
    characters = next((one for one in elements if one.tag == strings.CHARACTER_SET), None)
    name = "" if characters is None else buffer[characters.offset : characters.end].decode("latin-1").strip(" \0")
    return DicomFile(
        path=where,
        size=len(buffer),
        modified=where.stat().st_mtime,
        syntax=syntax,
        meta=meta,
        meta_source=Source(data, "<", strings.plain_text, no_check),
        elements=elements,
        source=Source(data, syntax.byte_order, strings.text_decoder(name), no_check),
        frames=None,
        pixels=None,
        pixel_data=data,
        mapped=None,
        note="",
        check=no_check,
    )
