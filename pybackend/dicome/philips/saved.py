"""The blobs RC and CPX of studies that save raw or complex data.

No such blob was at hand when this was written: the layouts are those that the Philips community describes. RC is text
in lines with a NUL between them, CPX a chain of headers of 512 bytes, each before the values of one complex image; only
the headers are read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.errors import DamagedFileError

BLOCK = 512
WORDS = 128
MOST_IMAGES = 1 << 20

CPX_FIELDS: dict[str, int] = {
    "mix": 1, "stack": 2, "slice": 3, "preparation_direction": 4, "echo": 5, "heart_phase": 6, "dynamic": 7,
    "segment": 8, "exists": 9, "data_offset": 10, "resolution_x": 11, "resolution_y": 12, "data_blocks": 13,
    "compression": 14, "sequence_number": 15, "segment_2": 18, "coil": 19, "synco_number": 20,
    "alternative_data_offset": 43, "flip": 128,
}  # fmt: skip
"""Integers of a CPX header by the number of their 32-bit word, counted from 1. ``data_blocks`` counts blocks of 512
bytes; compression: 1 float32, 2 int16, 4 int8.
"""
CPX_FACTORS: dict[str, int] = {"scale": 16, "offset": 17}
"""Its two 32-bit floats: value = offset + scale * stored."""


@dataclass(frozen=True, slots=True)
class Lines:
    """RC: its lines, in order."""

    lines: tuple[str, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplexHeaders:
    """CPX: one header for each complex image; ``fields`` are those of `CPX_FIELDS` (shape (images,), int32) and of
    `CPX_FACTORS` (float32). offsets: of the headers.
    """

    offsets: tuple[int, ...]
    fields: dict[str, NDArray[np.generic]]
    problems: tuple[str, ...] = ()


def read_lines(data: bytes, where: str) -> Lines:
    """Reads RC. Raises DamagedFileError where it is no text."""
    lines = [line for piece in data.split(b"\0") for line in piece.decode("latin-1").splitlines()]
    for line in lines:
        if not line.isprintable() and not line.replace("\t", "").isprintable():
            at = data.find(line.encode("latin-1"))
            raise DamagedFileError(f"{where}: expected lines of text; found {line[:20]!r} at byte {at:,}")
    return Lines(tuple(line for line in lines if line.strip()))


def read_complex_headers(data: bytes, where: str) -> ComplexHeaders:
    """Reads the headers of CPX. Raises DamagedFileError where not even the first is whole."""
    offsets: list[int] = []
    rows: list[NDArray[np.int32]] = []
    problems: list[str] = []
    at = 0
    while at + BLOCK <= len(data) and len(rows) < MOST_IMAGES:
        words = np.frombuffer(data, "<i4", WORDS, at)
        if words[CPX_FIELDS["exists"] - 1] == 0:
            break
        offsets.append(at)
        rows.append(words)
        blocks = int(words[CPX_FIELDS["data_blocks"] - 1])
        step = (blocks + 1) * BLOCK
        if blocks < 0 or at + step > len(data):
            problems.append(
                f"{where}: image {len(rows)}, at byte {at + 4 * 12:,}: {blocks:,} blocks of values; expected at most "
                f"{(len(data) - at) // BLOCK - 1:,}"
            )
            break
        at += step
    if not rows and len(data) < BLOCK:
        raise DamagedFileError(f"{where}: {len(data):,} bytes at byte 0; expected a header of {BLOCK}")
    table = np.array(rows, np.int32).reshape(-1, WORDS)
    fields: dict[str, NDArray[np.generic]] = {name: table[:, word - 1] for name, word in CPX_FIELDS.items()}
    fields |= {name: table.view(np.float32)[:, word - 1] for name, word in CPX_FACTORS.items()}
    return ComplexHeaders(tuple(offsets), fields, tuple(problems))
