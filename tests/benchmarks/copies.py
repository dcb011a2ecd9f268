"""Folders of many scans: files of the corpus under other UIDs, patched in place, else phantoms."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = (
    "enhanced/nitest-balls1/DICOM/T2_.dcm",
    "enhanced/nitest-balls1/DICOM/fieldmap.dcm",
    "enhanced/nitest-balls1/DICOM/DTI.dcm",
    "enhanced/dbdicom/MOLLI_enhanced/IM_0001",
    "enhanced/dcm_qa_philips_asl_enh/Enhanced/301_ASL_MultiPhase_real.dcm",
    "enhanced/dcm_qa_enh/Siemens/XA10/6_1.dcm",
)
"""Of Philips and Siemens, 0.1 to 1.2 MB."""
CHANGED = (0x0020000E, 0x00080018)
"""Series and SOP Instance UID."""


def copies(corpus: Path, folder: Path, count: int) -> None:
    """Writes so many files, no two of one series."""
    from dicome.dicom.file import open_file

    sources = []
    for name in SOURCES:
        file = open_file(corpus / name)
        elements = [element for tag in CHANGED if (element := file.element(tag)) is not None]
        sources.append(((corpus / name).read_bytes(), [(element.offset, element.length) for element in elements]))
    for number, (data, places) in enumerate(islice(cycle(sources), count)):
        copy = bytearray(data)
        for offset, length in places:
            copy[offset : offset + length] = f"1.2.{number:05}".ljust(length, "1").encode()[:length]
        (folder / f"{number:05}").write_bytes(copy)


def phantoms(folder: Path, count: int) -> None:
    """The same of made-up scans."""
    import dicome

    for number in range(count):
        dicome.write_phantom(folder / f"{number:05}", rows=64, columns=64, slices=10, dynamics=4, seed=number)
