"""Classic files of the first dynamic and PAR/REC of the same fMRI scan to one Enhanced MR file.

For scans of more than 16,384 images, which Philips scanners do not send as one enhanced file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.dimensions import DIMENSIONS
from dicome.errors import FileMissingError, NotDicomError, SeriesError
from dicome.image import open_image
from dicome.multiframe.assemble import Plan, write_plan
from dicome.multiframe.checks import check_pixels, check_together, check_volume, image_lines
from dicome.multiframe.dynamics import Images, dynamic_columns
from dicome.multiframe.merge import Progress, classic_files, quiet
from dicome.multiframe.rules import Scan
from dicome.parrec import Rec, open_rec, read_par
from dicome.parrec.rec import release
from dicome.series import Series

BLOCK = 1024
"""Images read at a time."""


def dcms2e(
    directory: str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    *,
    par: str | os.PathLike[str] | None = None,
    force: bool = False,
    progress: Progress = quiet,
) -> Path:
    """Write an fMRI scan as one Enhanced MR file, as the scanner would have sent it, and return its path.

    directory: folder with the classic files of the first dynamic, one per slice. par: the PAR file of the same scan,
    sorted or not, with its REC file beside it; default ``directory`` + ``.par``. out: default ``directory`` + ``.dcm``.
    progress: called with the frames done, and all.

    Every image needs one echo, one type, one phase, several dynamics. Header values are those of the classic files;
    what changes with the dynamic comes from the PAR file and the pixels (see `dicome.multiframe.known`). UIDs of the
    object and its frames are new.

    Raises SeriesError where the files do not belong together, with the reason, DamagedFileError where the REC file is
    too short, FileMissingError, FileExistsAlreadyError where something is at ``out`` and ``force`` is not set.
    """
    folder = Path(directory).absolute()
    if folder.name in ("", ".."):
        folder = folder.resolve()  # '.' and '..' have no name of their own
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "no such folder"
        raise FileMissingError(f"{directory}: {what}; give the folder of the classic files of the first dynamic")
    table = read_par(par_beside(folder) if par is None else par)
    rec = open_rec(table)
    opened = _open(folder)
    files = classic_files(opened)
    volume = check_volume(folder, opened, files)
    check_together(volume, table, rec)
    lines, dynamics = image_lines(volume, table)
    check_pixels(opened, volume, table, rec, lines)
    slices = len(files)
    images = Images(
        table,
        lines.reshape(-1),
        np.repeat(volume.order, dynamics),
        np.tile(np.arange(dynamics), slices),
        *_extremes(rec, table.images["index_in_rec"][lines.reshape(-1)]),
    )
    columns = dynamic_columns(images, files, Scan.of(files))
    columns["FrameContentSequence.StackID"] = np.repeat(volume.stack, dynamics).astype(str).tolist()
    columns["FrameContentSequence.InStackPositionNumber"] = np.repeat(volume.place, dynamics).tolist()
    index = np.stack([np.repeat(volume.stack, dynamics), np.repeat(volume.place, dynamics), images.dynamic + 1], axis=1)
    plan = Plan(files, images.slice_of, columns, [DIMENSIONS[name] for name in ("stack", "slice", "dynamic")], index)
    target = folder.with_name(f"{folder.name}.dcm") if out is None else Path(out)
    return write_plan(target, plan, _frames(rec, images.column("index_in_rec"), progress), force=force)


def par_beside(folder: Path) -> Path:
    """The PAR file of a folder: the same name with .par, in any case. Raises FileMissingError."""
    wanted = f"{folder.name}.par".casefold()
    try:
        found = sorted(one for one in folder.parent.iterdir() if one.name.casefold() == wanted and one.is_file())
    except OSError:
        found = []
    if not found:
        raise FileMissingError(
            f"{folder.with_name(folder.name + '.par')}: no such file; the PAR and REC files of the scan have the name "
            "of the folder and lie beside it (or name the PAR file with --par)"
        )
    found.sort(key=lambda one: one.stem != folder.name)
    return found[0]


def _open(folder: Path) -> Series:
    try:
        return open_image(folder).series
    except SeriesError as problem:
        raise SeriesError(f"{problem}\n(dcms2e takes a folder with the classic files of one series)") from None
    except NotDicomError as problem:
        raise NotDicomError(f"{problem}; expected the classic files of the first dynamic, one per slice") from None


def _extremes(rec: Rec, index: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Smallest and largest stored value of every image, in the order of ``index``."""
    order = np.sort(index)
    low, high = np.empty(int(order[-1]) + 1, np.int64), np.empty(int(order[-1]) + 1, np.int64)
    give_back = release(rec)
    for start in range(0, len(order), BLOCK):
        part = order[start : start + BLOCK]
        block = rec.images(part).reshape(len(part), -1)
        low[part], high[part] = block.min(axis=1), block.max(axis=1)
        give_back(part)
    return low[index], high[index]


def _frames(rec: Rec, index: NDArray[np.int64], progress: Progress) -> Iterator[NDArray[Any]]:
    give_back = release(rec)
    for start in range(0, len(index), BLOCK):
        part = index[start : start + BLOCK]
        yield from rec.images(part).astype("u1" if rec.stored.dtype.itemsize == 1 else "u2", copy=False)
        give_back(part)
        progress(min(start + BLOCK, len(index)), len(index))
