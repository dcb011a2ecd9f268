"""Tells DICOM from other files, and says what the others look like."""

from __future__ import annotations

from pathlib import Path

from dicome.dicom.scan import LONG_VRS, SHORT_VRS, Buffer
from dicome.errors import NotDicomError

_KNOWN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1f\x8b", "gzip data; unpack it first (gunzip)"),
    (0, b"PK\x03\x04", "a ZIP archive; unpack it first"),
    (0, b"# === DATA DESCRIPTION FILE", "a Philips PAR file"),
    (0, b"MATLAB 5.0", "a MATLAB file"),
    (0, b"\x89HDF", "an HDF5 file"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"<?xml", "an XML file"),
    (0, b"<SOAP-ENV", "an XML file (a Philips ExamCard?)"),
    (344, b"n+1\0", "a NIfTI file"),
)
"""Offset, bytes and description of files that end up among DICOM files."""

_VRS = frozenset(vr.encode() for vr in LONG_VRS | SHORT_VRS)
_FIRST_GROUPS = frozenset({0x0002, 0x0004, 0x0008})


def data_set_start(buffer: Buffer, where: Path) -> tuple[int, bool]:
    """Where the first element lies, and whether a Part 10 header (preamble, DICM, group 0002) goes before."""
    if buffer[128:132] == b"DICM":
        return 132, True
    group = int.from_bytes(buffer[0:2], "little")
    if len(buffer) >= 8 and group in _FIRST_GROUPS and _plausible(buffer):
        return 0, group == 0x0002
    raise refuse(buffer, where)


def _plausible(buffer: Buffer) -> bool:
    """Whether a bare data set may start here: a known VR, or an implicit length that fits the file."""
    if bytes(buffer[4:6]) in _VRS:
        return True
    return int.from_bytes(buffer[4:8], "little") <= min(len(buffer) - 8, 1024)


def refuse(buffer: Buffer, where: Path) -> NotDicomError:
    """The error for a file that is not DICOM."""
    for offset, magic, description in _KNOWN:
        if buffer[offset : offset + len(magic)] == magic:
            return NotDicomError(f"{where}: not a DICOM file; it looks like {description}")
    return NotDicomError(f"{where}: not a DICOM file (no 'DICM' at byte 128, and no data set at its begin)")
