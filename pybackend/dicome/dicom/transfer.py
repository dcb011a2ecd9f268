"""Transfer syntaxes: how the bytes of a data set are written (PS3.5 section 10 and annex A)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dicome.dicom.scan import ByteOrder
from dicome.errors import UnsupportedError

TRANSFER_SYNTAX_UID = 0x00020010


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """One encoding of a data set.

    byte_order is ``<`` or ``>`` as in `struct`; encapsulated pixels lie in fragments and need a codec.
    """

    uid: str
    name: str
    explicit: bool = True
    byte_order: ByteOrder = "<"
    deflated: bool = False
    encapsulated: bool = False


_NATIVE = (
    TransferSyntax("1.2.840.10008.1.2", "Implicit VR Little Endian", explicit=False),
    TransferSyntax("1.2.840.10008.1.2.1", "Explicit VR Little Endian"),
    TransferSyntax("1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian", encapsulated=True),
    TransferSyntax("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", deflated=True),
    TransferSyntax("1.2.840.10008.1.2.2", "Explicit VR Big Endian", byte_order=">"),
)
_COMPRESSED = (
    ("1.2.840.10008.1.2.4.50", "JPEG Baseline"),
    ("1.2.840.10008.1.2.4.51", "JPEG Extended"),
    ("1.2.840.10008.1.2.4.57", "JPEG Lossless"),
    ("1.2.840.10008.1.2.4.70", "JPEG Lossless SV1"),
    ("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless"),
    ("1.2.840.10008.1.2.4.81", "JPEG-LS Near Lossless"),
    ("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless"),
    ("1.2.840.10008.1.2.4.91", "JPEG 2000"),
    ("1.2.840.10008.1.2.4.92", "JPEG 2000 Multi-component Lossless"),
    ("1.2.840.10008.1.2.4.93", "JPEG 2000 Multi-component"),
    ("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless"),
    ("1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 RPCL Lossless"),
    ("1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000"),
    ("1.2.840.10008.1.2.5", "RLE Lossless"),
)

SYNTAXES = {syntax.uid: syntax for syntax in _NATIVE} | {
    uid: TransferSyntax(uid, name, encapsulated=True) for uid, name in _COMPRESSED
}
IMPLICIT_LITTLE = SYNTAXES["1.2.840.10008.1.2"]
EXPLICIT_LITTLE = SYNTAXES["1.2.840.10008.1.2.1"]
EXPLICIT_BIG = SYNTAXES["1.2.840.10008.1.2.2"]


def transfer_syntax(uid: str, where: Path) -> TransferSyntax:
    """The syntax of that UID; one of the standard's compressed families that is not listed is read as such.

    where: the file, for the message. Raises UnsupportedError.
    """
    if uid in SYNTAXES:
        return SYNTAXES[uid]
    if uid.startswith("1.2.840.10008.1.2.4."):
        return TransferSyntax(uid, f"compressed ({uid})", encapsulated=True)
    raise UnsupportedError(
        f"{where}: Transfer Syntax UID (0002,0010) is {uid[:64]!r}, not one that dicome reads; convert the file to "
        "Explicit VR Little Endian first, e.g. `dcmconv +te in.dcm out.dcm`"
    )
