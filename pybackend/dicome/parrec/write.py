"""An image as a pair of PAR and REC file: both written beside their places, checked if asked for, then renamed."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np

from dicome.assemble import Progress, read_frames
from dicome.beside import written_beside
from dicome.errors import ArgumentError, DicomeWarning, UnsupportedError
from dicome.image import Image, open_image
from dicome.parrec.check import check_pair
from dicome.parrec.columns import VERSIONS
from dicome.parrec.from_image import Described, describe
from dicome.parrec.text import par_text

BLOCK_BYTES = 8 << 20
"""Stored bytes read and written at a time."""


def write_par(
    image: Image | str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    version: str = "V4.2",
    sort: bool | None = None,
    contrast: bool = True,
    check: bool = False,
    dataset: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> list[Path]:
    """Writes an image (or the scan at a path) as PAR and REC file; gives both paths, the PAR file's first.

    Parameters
    ----------
    path
        Of the PAR file, with suffix .PAR or .par; the REC file lies beside it, in the same case.
    version
        V4.2, V4.1, V4 or V3.
    sort
        Slices within volumes, as in sorted exports of the scanner, the REC file alike; False keeps the order of the
        file that was read. None: True for DICOM, False for PAR files.
    contrast
        False leaves out the columns of a contrast agent, which many readers do not expect.
    check
        Read the written pair back and compare it with the image, frame by frame, before it gets its name.
    dataset
        Name in the comments; None: that of the file that is written, without its suffix.
    progress
        Called with the frames done and the frames in all.

    Raises
    ------
    UnsupportedError
        Colour, negative stored values, frames without position or such that a PAR file cannot tell apart: the result
        would be wrong.
    FileExistsAlreadyError
        One of the files exists and ``force`` is not set; with FileMissingError and FileAccessError, those of
        `dicome.beside.written_beside`.
    DamagedFileError
        The pair that was read back differs (with ``check``).

    What neither the private nor the public attributes of the image say is written as its default, and named in one
    DicomeWarning.
    """
    target = Path(path)
    if target.suffix.lower() != ".par":
        raise ArgumentError(f"{target}: a PAR file is called .PAR or .par")
    if version not in VERSIONS:
        raise ArgumentError(f"version {version!r}; use one of: {', '.join(reversed(VERSIONS))}")
    opened = image if isinstance(image, Image) else open_image(image)
    described = describe(opened, version, sort=sort, contrast=contrast)
    _tell(opened, described)
    rec = target.with_suffix(".REC" if target.suffix.isupper() else ".rec")
    text = par_text(described.par, version, target.stem if dataset is None else dataset)
    size = len(described.frames) * opened.series.format.frame_bytes
    with (
        written_beside(target, force=force) as par_file,
        written_beside(rec, force=force, size=size) as rec_file,
    ):
        par_file.write_bytes(_encoded(text))
        _write_rec(opened, described, rec_file, progress)
        if check:
            check_pair(opened, described, version, par_file, rec_file)
    return [target, rec]


def _tell(image: Image, described: Described) -> None:
    where = image.series.paths[0].name
    if described.missing:
        named = ", ".join(" ".join(name.split()) for name in described.missing)
        text = f"{where}: not in this file, so a default is written: {named}"
        warnings.warn(text, DicomeWarning, stacklevel=3)
    for text in described.warnings:
        warnings.warn(f"{where}: {text}", DicomeWarning, stacklevel=3)


def _encoded(text: str) -> bytes:
    """Scanners write ANSI; what does not fit is UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8")


def _write_rec(image: Image, described: Described, path: Path, progress: Progress | None) -> None:
    """The stored values of all frames, in the order of their index in the REC file."""
    index = described.par.images["index_in_rec"]
    wanted = described.frames[np.argsort(index)]
    stored = image.series.format
    dtype = np.dtype("u1" if stored.dtype.itemsize == 1 else "<u2")
    step = max(BLOCK_BYTES // max(stored.frame_bytes, 1), 1)
    plain = image.scaling("pv")
    with path.open("wb") as stream:
        for begin in range(0, len(wanted), step):
            block = read_frames(image.series.pixels, wanted[begin : begin + step], plain, stored.dtype)
            if stored.signed and block.size and int(block.min()) < 0:
                raise UnsupportedError(
                    f"{image.series.paths[0]}: stored values go down to {int(block.min())}, and a REC file holds "
                    "unsigned ones only; export it to another format"
                )
            stream.write(np.ascontiguousarray(block.astype(dtype, copy=False)).data)
            if progress is not None:
                progress(min(begin + step, len(wanted)), len(wanted))
