"""The private dictionary of Philips in the forms that other programs read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from dicome.dicom.dictionary import private_rows, standard_rows
from dicome.enhanced.layouts import PHILIPS

USAGE = {
    "dcmtk": "DCMDICTPATH=/usr/share/libdcmtk17/dicom.dic:philips.dic dcmdump scan.dcm",
    "matlab": "dicomdict('set', 'philips-dict.txt'); info = dicominfo('scan.dcm');",
    "pydicom": "import philips_dictionary  # registers the elements with pydicom",
}
"""How each is used."""


class PrivateRow(NamedTuple):
    """One private element: low byte of its number; name: '' where nobody has given it one."""

    creator: str
    group: int
    byte: int
    vr: str
    vm: str
    name: str

    @property
    def keyword(self) -> str:
        """Its name, or one made of its number."""
        return self.name or f"Private_{self.group:04x}_xx{self.byte:02x}"


def rows() -> list[PrivateRow]:
    """All private elements of Philips that we know."""
    return [PrivateRow(*row) for row in private_rows()]


def dcmtk() -> Iterator[str]:
    """Lines of a dictionary of DCMTK (`dicom.dic`, section on private elements)."""
    yield from _head("#", "dcmtk")
    for row in rows():
        yield f'({row.group:04x},"{row.creator}",{row.byte:02x})\t{row.vr}\t{row.keyword}\t{row.vm}\tPrivateTag'


def matlab() -> Iterator[str]:
    """Lines of a dictionary for `dicomdict`, which replaces MATLAB's: the standard's attributes, and the private ones.

    MATLAB knows no creators, so private elements stand in the blocks that scanners give them; where two would have one
    number, the first. Fields of `dicominfo` have the names for keys, so that a name is given once: a private element
    never hides one of the standard (Philips has a Sequence Variant of its own).
    """
    yield from _head("#", "matlab")
    names: set[str] = set()
    for tag, vr, vm, keyword in standard_rows():
        names.add(keyword)
        if keyword and vr != "NONE":  # items and delimiters
            yield f"({tag[:4].upper()},{tag[4:].upper()})\t{vr.replace(' or ', '/')}\t{keyword}\t{vm}".replace("X", "x")
    used: set[int] = set()
    for row in rows():
        block = PHILIPS.blocks.get(row.creator)
        number = row.group << 16 | (block or 0) << 8 | row.byte
        if block is not None and number not in used:
            used.add(number)
            behind = f"_{number >> 16:04x}_{number & 0xFFFF:04x}"
            name = row.name or f"Private{behind}"
            name += behind if name in names else ""
            names.add(name)
            yield f"({number >> 16:04X},{number & 0xFFFF:04X})\t{row.vr}\t{name}\t{row.vm}"


def pydicom() -> Iterator[str]:
    """Lines of a Python module that tells pydicom of the elements when it is imported."""
    yield '"""Private elements of Philips for pydicom; import this module once."""'
    yield ""
    yield "from pydicom.datadict import add_private_dict_entries"
    yield ""
    yield "ENTRIES = {"
    by_creator: dict[str, list[PrivateRow]] = {}
    for row in rows():
        by_creator.setdefault(row.creator, []).append(row)
    for creator, mine in by_creator.items():
        yield f"    {creator!r}: {{"
        yield from (
            f"        0x{row.group:04X}10{row.byte:02X}: ({row.vr!r}, {row.vm!r}, {row.keyword!r})," for row in mine
        )
        yield "    },"
    yield "}"
    yield ""
    yield "for creator, entries in ENTRIES.items():"
    yield "    add_private_dict_entries(creator, entries)"


def _head(mark: str, form: str) -> Iterator[str]:
    yield f"{mark} Private elements of Philips, written by dicome"
    yield f"{mark} {USAGE[form]}"


FORMATS: dict[str, Callable[[], Iterator[str]]] = {"dcmtk": dcmtk, "matlab": matlab, "pydicom": pydicom}
"""Name of a form, and its lines."""
