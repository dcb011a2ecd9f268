"""The pixels, and the elements behind them: data of Siemens, signatures, padding.

Reading an image needs nothing of what comes behind its pixels, so `open_file` stops there; who shows all of a file goes
on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dicome.dicom.columns import Source
from dicome.dicom.file import DicomFile
from dicome.dicom.scan import Element, Encoding, Walker
from dicome.errors import DamagedFileError

_EXPLICIT_HEADER = 12


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """Elements at the end of a file, and what their positions count from."""

    elements: list[Element]
    source: Source


def tail_of(file: DicomFile) -> Tail:
    """The pixels and all that follows, as far as it can be read; empty where a file has no pixels."""
    source = Source(file.pixel_data, file.syntax.byte_order, file.source.decoder, file.check)
    return Tail([] if file.pixels is None else [file.pixels, *_behind(file, file.pixels)], source)


def _behind(file: DicomFile, pixels: Element) -> list[Element]:
    file.check()
    data, found = file.pixel_data.data, list[Element]()
    explicit = pixels.offset - pixels.start == _EXPLICIT_HEADER
    walker = Walker(data, Encoding(explicit, file.syntax.byte_order), str(file.path))
    creator_of: dict[int, str] = {}
    last = replace(pixels, vr="OB")  # whose undefined length means fragments
    try:
        walker.fill(last, len(data), True, 0)
        while last.end < len(data):
            element = walker.header(last.end, explicit, creator_of)
            if element.tag <= last.tag or (explicit and not walker.looks_explicit(last.end)):
                break  # trailing zeros or other filling
            walker.step(element, len(data), explicit, creator_of)
            found.append(element)
            last = element
    except DamagedFileError:
        pass  # a file that is cut short (which `opening` tells), or filling that only looked like an element
    return found
