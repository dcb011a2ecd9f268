"""The pixels of a REC file: images one after the other, rows of x pixels, little-endian, unsigned, 8 or 16 bits."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.errors import DamagedFileError, FileMissingError
from dicome.parrec.opening import reading
from dicome.parrec.par import Par


@dataclass(frozen=True, slots=True, eq=False)
class Rec:
    """An opened REC file. ``stored[k]`` is the image with index k in the file (0-based), rows x columns, mapped.

    whole: number of images that are there in full; the PAR file may tell of more. size: of the file, bytes.
    """

    path: Path
    stored: NDArray[Any]
    mapped: mmap.mmap | None
    whole: int
    size: int

    def images(self, indices: NDArray[np.integer]) -> NDArray[Any]:
        """Images by their index in the REC file, (images, rows, columns). Raises DamagedFileError."""
        if len(indices) and int(indices.max()) >= self.whole:
            raise DamagedFileError(
                f"{self.path}: image {int(indices.max()) + 1:,} is wanted, and only {self.whole:,} are there in full; "
                "the file is cut short (an interrupted copy?): fetch it again, or read single frames with "
                "dicome.open(path).frame(number)"
            )
        self.check()
        if len(indices) and (np.diff(indices) == 1).all():
            return self.stored[int(indices[0]) : int(indices[-1]) + 1]
        chosen: NDArray[Any] = self.stored[indices]
        return chosen

    def check(self) -> None:
        """Raises DamagedFileError where the file has become shorter: reading on would kill the process."""
        if self.mapped is not None and self.mapped.size() < len(self.mapped):
            raise DamagedFileError(f"{self.path}: the file has shrunk since it was opened; open it again")


def rec_of(path: str | os.PathLike[str]) -> Path:
    """The REC file of a PAR (or XML) file: the same name with .rec, in any case. Raises FileMissingError."""
    where = Path(path)
    upper = where.suffix.isupper()
    usual = where.with_suffix(".REC" if upper else ".rec")
    if usual.is_file():
        return usual
    wanted = usual.name.lower()
    try:
        found = sorted(one for one in where.parent.iterdir() if one.name.lower() == wanted and one.is_file())
    except OSError:
        found = []
    # Of files that differ in case only, one whose stem is the same goes first.
    found.sort(key=lambda one: one.stem != where.stem)
    if not found:
        raise FileMissingError(
            f"{usual}: no such file; the pixels of {where.name} lie in a REC file of that name, in the same folder"
        )
    return found[0]


def open_rec(par: Par, path: str | os.PathLike[str] | None = None) -> Rec:
    """Opens the REC file of a PAR file (or ``path``); nothing is read yet.

    Raises FileMissingError, FileAccessError, UnsupportedError, DamagedFileError where indices do not fit.
    """
    where = rec_of(par.path) if path is None else Path(path)
    rows, columns = par.shape
    dtype = np.dtype("u1" if par.bits == 8 else "<u2")
    check_indices(par)
    frame = rows * columns * dtype.itemsize
    mapped, size = _mapped(where)
    whole = size // frame
    buffer = np.frombuffer(b"" if mapped is None else mapped, dtype, whole * rows * columns)
    return Rec(where, buffer.reshape(whole, rows, columns), mapped, whole, size)


def check_indices(par: Par) -> None:
    """Whether every image has a place of its own in the REC file. Raises DamagedFileError."""
    index = par.images["index_in_rec"]
    if int(index.min()) < 0:
        raise DamagedFileError(f"{par.path}: index in REC file is {int(index.min())}; expected 0 or more")
    values, counts = np.unique(index, return_counts=True)
    if (counts > 1).any():
        twice = int(values[counts > 1][0])
        lines = (np.flatnonzero(index == twice)[:2] + 1).tolist()
        raise DamagedFileError(
            f"{par.path}: images {lines[0]} and {lines[1]} have the same index in the REC file, {twice}; every image "
            "needs its own"
        )


def _mapped(path: Path) -> tuple[mmap.mmap | None, int]:
    with reading(path), path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        return (mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else None), size


def release(rec: Rec) -> Callable[[NDArray[np.integer]], None]:
    """Function that gives the pages of some images back to the system; they are read again when needed."""
    mapped, size = rec.mapped, int(np.prod(rec.stored.shape[1:])) * rec.stored.dtype.itemsize
    advice = getattr(mmap, "MADV_DONTNEED", None)  # not on Windows

    def give_back(indices: NDArray[np.integer]) -> None:
        if advice is None or mapped is None or not len(indices):
            return
        start = int(indices.min()) * size // mmap.PAGESIZE * mmap.PAGESIZE
        end = min((int(indices.max()) + 1) * size, len(mapped))
        if end > start:
            mapped.madvise(advice, start, end - start)

    return give_back
