"""The top level of one data set: its elements, the frame items among them, and where the pixels begin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dicome.dicom import strings
from dicome.dicom import values as decode
from dicome.dicom.columns import Source, no_check
from dicome.dicom.layouts import ItemIndex, index_items
from dicome.dicom.scan import Buffer, Element, Encoding, Walker
from dicome.dicom.transfer import TransferSyntax
from dicome.errors import DamagedFileError

PER_FRAME_GROUPS = 0x52009230
SHARED_GROUPS = 0x52009229
NUMBER_OF_FRAMES = 0x00280008
PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
"""Float, Double Float and plain Pixel Data (PS3.3 C.7.6.3, C.7.6.24)."""

MOST_FRAMES = 400_000
"""Frames of one file; scanners send 16,384 at the most."""
MOST_FRAMES_UNANNOUNCED = 200_000
"""Frame items read when Number of Frames is missing."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """What `scan_data_set` finds; the fields are those of `DicomFile`."""

    elements: list[Element]
    frames: ItemIndex | None
    pixels: Element | None
    source: Source
    note: str
    damage: DamagedFileError | None = None


def scan_data_set(
    buffer: Buffer, at: int, syntax: TransferSyntax, where: Path, check: Callable[[], None] = no_check
) -> DataSet:
    """Finds the top-level elements from ``at`` up to the pixels, and the frame items among them.

    check: raises where the buffer is no longer there to be read. Raises DamagedFileError.
    """
    data = np.frombuffer(buffer, np.uint8)
    walker = Walker(buffer, Encoding(syntax.explicit, syntax.byte_order), str(where))
    explicit = is_explicit(walker, at, syntax)
    elements: list[Element] = []
    creator_of: dict[int, str] = {}
    frames: ItemIndex | None = None
    pixels: Element | None = None
    while at < len(buffer):
        element = walker.header(at, explicit, creator_of)
        if element.tag in PIXEL_TAGS:
            pixels = element
            break
        if elements and element.tag <= elements[-1].tag and element.tag >> 16 < 0x0008:
            break  # trailing zeros or other filling
        if element.tag == PER_FRAME_GROUPS:
            frames = _index_frames(walker, data, element, elements, explicit)
        else:
            walker.step(element, len(buffer), explicit, creator_of)
        elements.append(element)
        at = element.end
    decoder = strings.text_decoder(_text_of(elements, strings.CHARACTER_SET, data))
    return DataSet(elements, frames, pixels, Source(data, syntax.byte_order, decoder, check), "; ".join(walker.notes))


def is_explicit(walker: Walker, at: int, syntax: TransferSyntax) -> bool:
    """Whether the elements have VRs; some writers do not keep to their own transfer syntax."""
    explicit = syntax.explicit
    if explicit and walker.looks_implicit(at, walker.size):
        explicit = False
    elif not explicit and walker.looks_explicit(at):
        explicit = True
    if explicit != syntax.explicit:
        style = "explicit" if explicit else "implicit"
        walker.notes.append(
            f"written with {style} value representations, although the transfer syntax is {syntax.name}"
        )
    return explicit


def _index_frames(
    walker: Walker, data: NDArray[np.uint8], element: Element, before: Iterable[Element], explicit: bool
) -> ItemIndex:
    """The frame items; the element gets the length that it turns out to have."""
    walker.tally(element.start)
    most = most_frames(_text_of(before, NUMBER_OF_FRAMES, data).encode("latin-1"))
    if most > MOST_FRAMES:
        problem = f"Number of Frames (0028,0008) is {most:,}; dicome reads at most {MOST_FRAMES:,}"
        raise walker.runaway(element.start, problem)
    frames = index_items(walker, data, element, explicit and element.vr != "UN", most)
    element.vr, element.length = "SQ", frames.end - element.offset
    return frames


def most_frames(announced: bytes) -> int:
    """How many frame items a data set may have whose Number of Frames is that."""
    number = decode.number_text(announced)
    return int(number[0]) if number.size and number[0] >= 1 else MOST_FRAMES_UNANNOUNCED


def _text_of(elements: Iterable[Element], tag: int, data: NDArray[np.uint8]) -> str:
    """Text of an element, '' where absent."""
    found = (data[e.offset : e.end].tobytes() for e in elements if e.tag == tag and e.items is None)
    return strings.plain_text(next(found, b"")).strip(" \0")
