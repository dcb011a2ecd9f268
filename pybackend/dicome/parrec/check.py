"""A written pair of PAR and REC file read back, and compared with the image frame by frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.assemble import read_frames
from dicome.errors import DamagedFileError
from dicome.image import Image
from dicome.parrec.columns import columns_of
from dicome.parrec.from_image import Described
from dicome.parrec.reader import read_par
from dicome.parrec.rec import open_rec, release

BLOCK_BYTES = 8 << 20


def check_pair(image: Image, described: Described, version: str, par_path: Path, rec_path: Path) -> int:
    """Reads the pair and compares every column, to the digits that the version prints, and every stored value.

    Returns the number of frames compared. Raises DamagedFileError that says the first difference.
    """
    par = read_par(par_path)
    if len(par) != len(described.frames) or par.version != version:
        raise DamagedFileError(f"{par_path}: {len(par)} images of {par.version}; expected {len(described.frames)}")
    _compare_columns(described, par.images, version, par_path)
    rec = open_rec(par, rec_path)
    index = par.images["index_in_rec"]
    plain, stored = image.scaling("pv"), image.series.format
    step = max(BLOCK_BYTES // max(stored.frame_bytes, 1), 1)
    order, give_back = np.argsort(index), release(rec)
    for begin in range(0, len(order), step):
        rows = order[begin : begin + step]
        own = read_frames(image.series.pixels, described.frames[rows], plain, stored.dtype)
        differs = (rec.images(index[rows]) != own).any(axis=(1, 2))
        give_back(index[rows])
        if differs.any():
            row = int(rows[int(np.argmax(differs))])
            raise DamagedFileError(
                f"{rec_path}: image {row + 1} is not what frame {int(described.frames[row]) + 1} of "
                f"{image.series.paths[0]} is"
            )
    return len(order)


def _compare_columns(described: Described, images: NDArray[Any], version: str, path: Path) -> None:
    wanted = described.par.images
    for column in columns_of(version):
        one, other = wanted[column.name], images[column.name]
        if one.dtype.kind == "f":
            same = np.isclose(other, one, rtol=6e-3, atol=_half_digit(column.format_in(version)))
        else:
            same = one == other
        same = same if same.ndim == 1 else same.all(axis=1)
        if not same.all():
            row = int(np.argmin(same))
            raise DamagedFileError(
                f"{path}: {column.text} of image {row + 1} is {other[row]}, which should be {one[row]}"
            )


def _half_digit(form: str) -> float:
    """Half of the last decimal that a format prints, and a little more."""
    digits = form.partition(".")[2][:1]
    return 0.51 * 10 ** -int(digits) if digits.isdecimal() and "e" not in form else 0.0
