"""NIfTI-1 files, with a BIDS sidecar, FSL gradients and ASL context beside them.

How voxels are stored, the same for every image: i runs along the columns' index (as in DICOM), j up the rows (DICOM's
turned round), k along the normal of the slices, whichever way the scanner numbered them; then the other axes in the
image's order. That is how dcm2niix stores 2-D acquisitions. Nothing is resampled, and 3-D acquisitions are not turned
to another orientation.

Where all frames share one slope and intercept, stored integers are kept and the header has the scaling, so nothing is
rounded; unsigned 16-bit values that fit become signed, which every program reads. Else values are float32.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from dicome import __version__
from dicome.beside import written_beside
from dicome.errors import ArgumentError, MissingPackageError, UnsupportedError
from dicome.writers.bids import asl_context, sidecar
from dicome.writers.fsl import gradient_files
from dicome.writers.timing import timing
from dicome.writers.volumes import Part, arranged, split, with_grid

if TYPE_CHECKING:
    from dicome.image import Image
    from dicome.writers import Options

MOST_DIMENSIONS = 7
LONGEST_DIMENSION = 32767
"""Limits of NIfTI-1, whose sizes are 16-bit integers."""
SCANNER = 1
"""Code of the coordinates: those of the scanner."""
RGB = np.dtype([("R", np.uint8), ("G", np.uint8), ("B", np.uint8)])
_FAST, _SMALL = 1, 6
"""Levels of compression, by default and with ``compress``."""
_SUFFIXES = (".nii.gz", ".nii")


@dataclass(frozen=True, slots=True)
class _Encoding:
    """What is read and what the header says of it: kind of scaling; type (None: as the scaling gives it); slope and
    intercept of the header.
    """

    kind: str
    scale: str
    dtype: np.dtype[Any] | None
    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Volume:
    """One NIfTI file to come, and the text files beside it."""

    path: Path
    image: Image
    affine: NDArray[np.float64]
    encoding: _Encoding
    texts: dict[Path, str]

    @property
    def shape(self) -> tuple[int, ...]:
        """Columns, rows, slices, then the other axes."""
        stored = self.image.series.format
        grid = _grid_with_slices(self.image).shape
        return (stored.columns, stored.rows, *grid)

    @property
    def size(self) -> int:
        """Bytes of the voxels, not compressed."""
        item = self.encoding.dtype or np.dtype(np.float32)
        return int(np.prod(self.shape, dtype=np.int64)) * item.itemsize * self.image.series.format.samples


def write(image: Image, path: Path, options: Options) -> list[Path]:
    """Writes one NIfTI file, or one per position of ``split``, each with its sidecar (.json), .bval, .bvec and
    _aslcontext.tsv where there is something to say.

    Raises ArgumentError for options that NIfTI cannot honour or more than 7 dimensions, UnsupportedError where no
    single affine fits the slices, MissingPackageError without nibabel.
    """
    _need_nibabel()
    _check_options(path, options)
    parts = split(arranged(image, options.order, options.combine), options.split)
    volumes = [_volume(part, path, options, image) for part in parts]
    size = 0 if _is_compressed(path) else sum(volume.size for volume in volumes)
    total = sum(int((volume.image.ordering.grid >= 0).sum()) for volume in volumes)
    written: list[Path] = []
    with ExitStack() as files:
        targets = [target for volume in volumes for target in (volume.path, *volume.texts)]
        # All are checked before the first is written, and get their names when the last one is whole.
        beside = {
            target: files.enter_context(written_beside(target, force=options.force, size=size)) for target in targets
        }
        done = 0
        for volume in volumes:
            _write_voxels(volume, beside[volume.path], options, done, total)
            done += int((volume.image.ordering.grid >= 0).sum())
            for target, text in volume.texts.items():
                beside[target].write_text(text, encoding="utf-8")
            written += [volume.path, *volume.texts]
    return written
