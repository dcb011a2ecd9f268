"""Tells DICOM from other files, and says what the others look like."""

from __future__ import annotations

from pathlib import Path

from dicome.dicom.scan import LONG_VRS, SHORT_VRS, Buffer
from dicome.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax
from dicome.errors import NotDicomError

_KNOWN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", "a ZIP archive; unpack it first"),
    (0, b"# === DATA DESCRIPTION FILE", "a Philips PAR file"),
    (0, b"MATLAB 5.0", "a MATLAB file"),
    (0, b"\x89HDF", "an HDF5 file"),
    (512, b"\x89HDF", "a MATLAB 7.3 file"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"<?xml", "an XML file"),
    (0, b"<SOAP-ENV", "an XML file (a Philips ExamCard?)"),
    (344, b"n+1\0", "a NIfTI file"),
    (4, b"n+2\0\r\n\x1a\n", "a NIfTI file"),
    (0, b"\0" * 512, "a file of zeros (an interrupted download or a full disk?)"),
)
"""Offset, bytes and description of files that end up among DICOM files."""

_VRS = frozenset(vr.encode() for vr in LONG_VRS | SHORT_VRS)
_FIRST_GROUPS = frozenset({0x0002, 0x0004, 0x0008})


_GZIP = b"\x1f\x8b\x08"
"""How every gzip file begins: its mark, and the only method there is (RFC 1952)."""


def is_gzip(buffer: Buffer) -> bool:
    """Whether the bytes are packed by gzip."""
    return bytes(buffer[:3]) == _GZIP


def data_set_start(buffer: Buffer, where: Path) -> tuple[int, bool]:
    """Where the first element lies, and whether a Part 10 header (preamble, DICM, group 0002) goes before."""
    if buffer[128:132] == b"DICM":
        return 132, True
    group = int.from_bytes(buffer[0:2], "little")
    if len(buffer) >= 8 and group in _FIRST_GROUPS and _plausible(buffer):
        return 0, group == 0x0002
    if len(buffer) >= 8 and _is_big_endian(buffer, 0):
        return 0, False
    raise refuse(buffer, where)


def guessed_syntax(buffer: Buffer, at: int, where: Path) -> TransferSyntax:
    """Of a data set without transfer syntax: explicit if letters stand where a VR would."""
    if at + 8 > len(buffer):
        raise refuse(buffer, where)
    if _is_big_endian(buffer, at):
        return EXPLICIT_BIG
    return EXPLICIT_LITTLE if bytes(buffer[at + 4 : at + 6]) in _VRS else IMPLICIT_LITTLE


def _plausible(buffer: Buffer) -> bool:
    """Whether a bare data set may start here: a known VR, or an implicit length that fits the file."""
    if bytes(buffer[4:6]) in _VRS:
        return True
    return int.from_bytes(buffer[4:8], "little") <= min(len(buffer) - 8, 1024)


def _is_big_endian(buffer: Buffer, at: int) -> bool:
    """Whether a big-endian data set may start here, which always has VRs (PS3.5 annex A)."""
    return buffer[at : at + 2] == b"\0\x08" and bytes(buffer[at + 4 : at + 6]) in _VRS


def refuse(buffer: Buffer, where: Path) -> NotDicomError:
    """The error for a file that is not DICOM."""
    description = looks_like(buffer)
    if description:
        return NotDicomError(f"{where}: not a DICOM file; {_it(where)} looks like {description}")
    return NotDicomError(f"{where}: not a DICOM file (no 'DICM' at byte 128, and no data set at its begin)")


def looks_like(buffer: Buffer) -> str:
    """What a file is by its first bytes, where it is something that is known and no DICOM; else ''."""
    return next((about for at, magic, about in _KNOWN if buffer[at : at + len(magic)] == magic), "")


def _it(where: Path) -> str:
    return "what gzip packed" if where.suffix.lower() in (".gz", ".tgz") else "it"
