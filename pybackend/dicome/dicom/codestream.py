"""The size that a compressed frame states itself.

Looked at before decoding: a decoder that believes a damaged size takes all the memory there is, or never comes back.
"""

from __future__ import annotations

from struct import Struct

from dicome.errors import DamagedFileError

_JPEG, _JPEG_2000 = b"\xff\xd8", b"\xff\x4f\xff\x51"
_FRAME_MARKERS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
"""Start of frame: SOF0 to SOF15 of JPEG (ISO 10918-1 table B.1), SOF55 of JPEG-LS (ISO 14495-1)."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers without a length behind them."""
_SEGMENT = Struct(">H")
_FRAME = Struct(">BHHB")
"""Precision, rows, columns, components."""
_SIZ = Struct(">8IH")
"""Size and origin of the grid, of tiles, origin of the first tile, components (ISO 15444-1 A.5.1)."""


def stated_size(raw: bytes) -> tuple[int, int, int] | None:
    """Rows, columns and components of a JPEG, JPEG-LS or JPEG 2000 code stream; None where it states none."""
    if raw.startswith(_JPEG_2000) and len(raw) >= 8 + _SIZ.size:
        right, bottom, left, top, *_, components = _SIZ.unpack_from(raw, 8)
        return bottom - top, right - left, components
    if not raw.startswith(_JPEG):
        return None
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if marker in _FRAME_MARKERS and at + 4 + _FRAME.size <= len(raw):
            _, rows, columns, components = _FRAME.unpack_from(raw, at + 4)
            return rows, columns, components
        # 0xFF is filling, of which there may be any number before a marker.
        at += 1 if marker == 0xFF else 2 if marker in _ALONE else 2 + _SEGMENT.unpack_from(raw, at + 2)[0]
    return None


def check_size(raw: bytes, rows: int, columns: int, samples: int, where: str) -> None:
    """Checks that a code stream is of the size that the header of the file says. Raises DamagedFileError."""
    stated = stated_size(raw)
    if stated is not None and stated != (rows, columns, samples):
        found = " x ".join(f"{number:,}" for number in stated)
        raise DamagedFileError(f"{where} is {found} in its own header, not {rows:,} x {columns:,} x {samples}")
