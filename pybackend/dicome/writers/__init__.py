"""Images to files of other formats: suffix -> writer, loaded when used.

A writer is a module with ``write(image, path, options) -> list[Path]``; it opens every file that it makes with
`dicome.beside.written_beside`, so that nothing half-written is left and nothing is overwritten unasked. A new format is
a row in `WRITERS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dicome.errors import ArgumentError

if TYPE_CHECKING:
    from dicome.assemble import Progress
    from dicome.image import Image

WRITERS = {
    ".h5": "dicome.writers.hdf5",
    ".mat": "dicome.writers.mat",
    ".nii": "dicome.writers.nifti",
    ".nii.gz": "dicome.writers.nifti",
    ".par": "dicome.writers.par",
    ".png": "dicome.writers.png",
}
"""File suffix (in lower case) to module."""


@dataclass(frozen=True, slots=True)
class Options:
    """What all writers understand; one that cannot honour an option says so with an ArgumentError.

    scale, order, combine: as in `dicome.dicomeread`. split: name of an axis, or several with commas; one file per
    position. full_info: the frames' header nested, item by item, as well. v73: .mat files of version 7.3 (HDF5),
    whatever their size. compress: smaller files, written slower. force: overwrite. progress: called with frames
    done and frames in all. version, sort, no_contrast_columns, check: of PAR/REC only, see `dicome.write_par`. window:
    of pictures only, 'percentiles' (the usual) or 'file'.
    """

    scale: str | None = None
    order: Sequence[int | str] | None = None
    combine: Sequence[int | bool] | None = None
    split: str | None = None
    full_info: bool = False
    v73: bool = False
    compress: bool = False
    version: str | None = None
    sort: bool = False
    no_contrast_columns: bool = False
    check: bool = False
    window: str | None = None
    force: bool = False
    progress: Progress | None = None


ONLY = {".par": ("version", "sort", "no_contrast_columns", "check"), ".png": ("window",)}
"""Options that one format alone has."""

Write = Callable[["Image", Path, Options], list[Path]]


def export(image: Image | str | os.PathLike[str], path: str | os.PathLike[str], **options: Any) -> list[Path]:
    """Writes an image (or the scan at a path) as the format that the suffix of ``path`` names.

    Gives the files written, that one first.

    options: see `Options`. Raises ArgumentError for an unknown suffix, FileExistsAlreadyError unless ``force``.
    """
    target = Path(path)
    write, given = writer(target), Options(**options)
    for suffix, names in ONLY.items():
        named = [name for name in names if getattr(given, name) not in (None, False)]
        if named and target.suffix.lower() != suffix:
            raise ArgumentError(f"{target}: only {suffix} files take {' and '.join(named)}; leave that away")
    if isinstance(image, (str, os.PathLike)):
        from dicome.image import open_image

        image = open_image(image)
    return write(image, target, given)


def writer(path: Path) -> Write:
    """The writer of the format that the suffix names."""
    name = path.name.lower()
    suffix = next((known for known in sorted(WRITERS, key=len, reverse=True) if name.endswith(known)), None)
    if suffix is None:
        from difflib import get_close_matches

        near = get_close_matches(path.suffix.lower(), WRITERS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        what = path.suffix or "a name without suffix"
        raise ArgumentError(f"{path}: no writer for {what}{hint}; known: {', '.join(WRITERS)}")
    write: Write = import_module(WRITERS[suffix]).write
    return write
