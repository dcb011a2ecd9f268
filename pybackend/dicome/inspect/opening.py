"""Opening a file to look into its header, whatever state it and its pixels are in."""

from __future__ import annotations

import os

from dicome.dicom.file import UNDEFINED, DicomFile, open_file
from dicome.dicom.pixels import pixel_format
from dicome.dicom.transfer import TransferSyntax
from dicome.errors import DamagedFileError, NotDicomError


def truncation(file: DicomFile) -> DamagedFileError | None:
    """What is wrong with a file that ends within its pixels; its header can be looked into all the same."""
    pixels = file.pixels
    if pixels is None:
        return _without_pixels(file)
    if pixels.length == UNDEFINED or pixels.end <= len(file.pixel_data):
        return None
    there = len(file.pixel_data) - pixels.offset
    return DamagedFileError(
        f"{file.path}: the file is cut short: Pixel Data (7FE0,0010) announces {pixels.length:,} bytes, {there:,} are "
        "left; fetch it again (the header is whole)"
    )


def _without_pixels(file: DicomFile) -> DamagedFileError | None:
    """A file that ends before its pixels, though its class says that it has some."""
    try:
        pixel_format(file)
    except DamagedFileError as damage:
        return damage
    except NotDicomError:
        pass  # raw data, reports, ...: nothing is wrong with them
    return None


def open_header(
    path: str | os.PathLike[str], assumed: TransferSyntax | None = None
) -> tuple[DicomFile, DamagedFileError | None]:
    """The opened file, and what is wrong with its pixels or its header, if anything. assumed: see `open_file`.

    Of a damaged header there is what lies before the damage. Raises the errors of `open_file`.
    """
    file = open_file(path, assumed, damaged=True)
    return file, file.damage or truncation(file)


def require_part10(file: DicomFile) -> None:
    """Raises NotDicomError for a file without preamble, mark and file meta information (PS3.10 7.1)."""
    if not file.meta:
        raise NotDicomError(f"{file.path}: no Part 10 file (no 'DICM' at byte 128); leave out -t")
