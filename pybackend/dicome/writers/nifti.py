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
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dicome import __version__
from dicome.beside import written_beside
from dicome.errors import ArgumentError, MissingPackageError, UnsupportedError
from dicome.header import Header, file_group
from dicome.writers.bids import asl_context, header_tags, phase_encoding_axis, sidecar
from dicome.writers.fsl import gradient_files
from dicome.writers.steps import Steps, Wrote
from dicome.writers.timing import Timing, timing
from dicome.writers.volumes import Part, arranged, split, with_grid

if TYPE_CHECKING:
    from dicome.assemble import Progress
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
BLOCK_BYTES = 4 << 20
"""Bytes that are packed at a time."""
SUFFIXES = (".nii.gz", ".nii")


@dataclass(frozen=True, slots=True)
class _Encoding:
    """How voxels are stored: kind of scaling, what is read ('pv': stored values), as what type, slope and intercept of
    the header.
    """

    kind: str
    read: str
    dtype: np.dtype[Any]
    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Volume:
    """One NIfTI file to come. grid: frames with slices first, also where there is one slice. texts: files beside it."""

    path: Path
    image: Image
    grid: NDArray[np.int64]
    affine: NDArray[np.float64]
    encoding: _Encoding
    time: Timing | None
    texts: dict[Path, str]

    @property
    def frames(self) -> int:
        """How many are read."""
        return int((self.grid >= 0).sum())

    @property
    def size(self) -> int:
        """Bytes of the voxels, not compressed."""
        shape = (*self.image.series.format.shape, *self.grid.shape)
        return int(np.prod(shape, dtype=np.int64)) * self.encoding.dtype.itemsize


def write(image: Image, path: Path, options: Options) -> list[Path]:
    """Writes one NIfTI file, or one per position of ``split``, each with its sidecar (.json), .bval, .bvec and
    _aslcontext.tsv where there is something to say.

    Raises ArgumentError for options that NIfTI cannot honour and for more than 7 dimensions, UnsupportedError where no
    affine fits all slices, MissingPackageError without nibabel.
    """
    _need_nibabel()
    _check_options(path, options)
    parts = split(arranged(image, options.order, options.combine), options.split)
    volumes = [_volume(part, image, path, options) for part in parts]
    voxels = sum(volume.size for volume in volumes)
    size = 0 if _is_compressed(path) else voxels
    steps = Steps(options.progress, _is_compressed(path), voxels)
    total, done = sum(volume.frames for volume in volumes), 0
    targets = [target for volume in volumes for target in (volume.path, *volume.texts)]
    with ExitStack() as files:
        # All are checked before the first is written, and get their names when the last one is whole.
        beside = {
            target: files.enter_context(written_beside(target, force=options.force, size=size)) for target in targets
        }
        for volume in volumes:
            _write_voxels(volume, beside[volume.path], options.compress, steps, (done, total))
            done += volume.frames
            for target, text in volume.texts.items():
                beside[target].write_text(text, encoding="utf-8")
    return targets


def _need_nibabel() -> None:
    try:
        import nibabel  # noqa: F401
    except ImportError as problem:
        raise MissingPackageError("NIfTI files need nibabel: pip install 'dicome[nifti]'") from problem


def _is_compressed(path: Path) -> bool:
    return path.name.lower().endswith(".gz")


def _check_options(path: Path, options: Options) -> None:
    if options.full_info:
        raise ArgumentError(f"{path}: full_info (--full-info) is for .mat; the sidecar of NIfTI holds a summary")
    if options.v73:
        raise ArgumentError(f"{path}: v73 (--v7.3) is a version of .mat files; leave it out for NIfTI")
    if options.compress and not _is_compressed(path):
        raise ArgumentError(f"{path}: compress (--compress) makes no smaller .nii; name the file .nii.gz")


def _volume(part: Part, whole: Image, path: Path, options: Options) -> _Volume:
    """Everything about one file but its voxels; raises what `write` does."""
    image, affine = _along_normal(part.image, _affine_of(part, whole, path))
    slices = sum(axis.role == "slice" for axis in image.axes)
    grid = image.ordering.grid if slices else image.ordering.grid[None]
    _check_shape(image, grid, path)
    encoding, time = _encoding(image, options.scale, path), timing(image)
    nifti = to_nifti(affine, image.series.format.rows)
    stem = path.name[: -len(next(one for one in SUFFIXES if path.name.lower().endswith(one)))]
    name = stem + part.suffix
    series = whole.series
    header = Header(file_group(series.files[0], series.format, header_tags()))
    texts = {".json": sidecar(image, header, encoding.kind, time), **gradient_files(image, nifti)}
    files = {path.with_name(name + suffix): text for suffix, text in texts.items()}
    context = asl_context(image)
    if context:
        # BIDS: sub-1_asl.nii.gz has sub-1_aslcontext.tsv.
        files[path.with_name(name.removesuffix("_asl") + "_aslcontext.tsv")] = context
    return _Volume(path.with_name(name + path.name[len(stem) :]), image, grid, nifti, encoding, time, files)


def _affine_of(part: Part, whole: Image, path: Path) -> NDArray[np.float64]:
    """LPS affine of the part; from all volumes of the image, as slices may be missing in this one."""
    source = whole if part.whole_slices else part.image
    if source.affine is not None:
        return source.affine
    name = next((axis.name for axis in part.image.axes if axis.role == "slice"), "")
    remedy = "write .mat"
    if "Stack ID" in name:
        remedy = "write one file per stack with split 'Stack ID' (--split stack)"
    elif name and split(part.image, name)[0].image.affine is not None:
        remedy = f"write one file per slice with split {name!r} (--split), or .mat"
    raise UnsupportedError(f"{path}: a NIfTI file has one affine, and here is {source.evidence_of_affine}; {remedy}")


def _along_normal(image: Image, affine: NDArray[np.float64]) -> tuple[Image, NDArray[np.float64]]:
    """Image and LPS affine with the slices along the cross product of row and column direction."""
    row, column, step = affine[:3, 1], affine[:3, 0], affine[:3, 2]
    if np.cross(row, column) @ step >= 0:
        return image, affine
    turned = affine.copy()
    if image.axes and image.axes[0].role == "slice":
        turned[:3, 3] += (len(image.axes[0]) - 1) * step
        image = with_grid(image, image.axes, image.ordering.grid[::-1])
    turned[:3, 2] = -step
    return image, turned


def to_nifti(affine: NDArray[np.float64], rows: int) -> NDArray[np.float64]:
    """From (row, column, slice) to LPS mm -> from (column, rows - 1 - row, slice) to RAS mm; both (4, 4), 0-based."""
    voxel = np.array([[0, -1, 0, rows - 1], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], np.float64)
    result: NDArray[np.float64] = np.diag([-1.0, -1.0, 1.0, 1.0]) @ affine @ voxel
    return result + 0.0


def _check_shape(image: Image, grid: NDArray[np.int64], path: Path) -> None:
    names = ["Column", "Row", *(["one slice"] if grid.ndim > len(image.axes) else []), *(a.name for a in image.axes)]
    if len(names) > MOST_DIMENSIONS:
        raise ArgumentError(
            f"{path}: {len(names)} dimensions ({', '.join(names)}), and a NIfTI file has {MOST_DIMENSIONS} at most; "
            "write one file per position of one with split (--split), or make several one with combine (--combine)"
        )
    sizes = (image.series.format.columns, image.series.format.rows, *grid.shape)
    for name, size in zip(names, sizes, strict=True):
        if size > LONGEST_DIMENSION:
            raise ArgumentError(
                f"{path}: the dimension {name!r} has {size:,} positions, and in a NIfTI file {LONGEST_DIMENSION:,} at "
                "most; leave dimensions apart, or split (--split)"
            )


def _encoding(image: Image, scale: str | None, path: Path) -> _Encoding:
    stored = image.series.format
    if stored.samples > 1:
        if stored.samples != RGB.itemsize or stored.dtype != np.uint8 or image.scaling(scale or "pv").kind != "pv":
            raise ArgumentError(
                f"{path}: colour goes into NIfTI as three samples of 8 bits, unscaled; this image has {stored.samples} "
                f"of {stored.bits_allocated} bits"
            )
        return _Encoding("pv", "pv", stored.dtype)
    how = image.scaling(scale)
    frames = image.ordering.grid[image.ordering.grid >= 0]
    complete, whole_numbers = frames.size == image.ordering.grid.size, stored.dtype.kind in "iu"
    if not complete and whole_numbers and scale is not None and how.kind == "pv":
        raise ArgumentError(
            f"{path}: stored integers cannot say that a frame is missing; open the scan with incomplete='trim', or "
            "leave out scale: then missing frames are NaN"
        )
    slope, intercept = np.unique(how.slope[frames]), np.unique(how.intercept[frames])
    if complete and whole_numbers and how.tables is None and _fits_header(slope) and len(intercept) == 1:
        return _Encoding(how.kind, "pv", stored.dtype, float(slope[0]), float(intercept[0]))
    if how.kind == "pv" and not whole_numbers:
        return _Encoding("pv", "pv", stored.dtype)
    return _Encoding(how.kind, how.kind, np.dtype(np.float32))


def _fits_header(slope: NDArray[np.float64]) -> bool:
    """Whether it is one slope, which a 32-bit float can hold."""
    return len(slope) == 1 and bool(np.finfo(np.float32).tiny <= abs(slope[0]) <= np.finfo(np.float32).max)


def _voxels(volume: _Volume, progress: Progress | None) -> NDArray[Any]:
    """Columns x rows (upwards) x slices x other axes; a view of what was read, frame after frame."""
    encoding, plane = volume.encoding, len(volume.image.series.format.shape)
    array = volume.image.read_grid(volume.grid, encoding.read, encoding.dtype, progress=progress)
    frames = array.transpose(*range(array.ndim - 1, plane - 1, -1), *range(plane))
    if plane > len(("rows", "columns")):
        frames = frames.view(RGB)[..., 0]
    elif frames.dtype == np.uint16 and frames.max() <= np.iinfo(np.int16).max:
        frames = frames.view(np.int16)
    voxels: NDArray[Any] = frames[..., ::-1, :].T
    return voxels


def _write_voxels(volume: _Volume, path: Path, small: bool, steps: Steps, frames: tuple[int, int]) -> None:
    """frames: number of those in the files before, and in all files."""
    import nibabel

    voxels = _voxels(volume, lambda read, _: steps.read(frames[0] + read, frames[1]))
    nifti = nibabel.Nifti1Image(voxels, volume.affine, dtype=voxels.dtype)
    nifti.set_qform(volume.affine, code=SCANNER)
    nifti.set_sform(volume.affine, code=SCANNER)
    _fill_header(nifti.header, volume)
    with path.open("wb") as stream:
        if not _is_compressed(volume.path):
            nifti.to_stream(_Watched(stream, steps.wrote))
            return
        level = _SMALL if small else _FAST
        # Neither name nor time: the same image gives the same bytes.
        with gzip.GzipFile("", "wb", level, stream, mtime=0) as packed:
            nifti.to_stream(_Watched(packed, steps.wrote))


class _Watched(io.RawIOBase):
    """A file that tells what is written into it; it leaves the closing to whoever opened it."""

    def __init__(self, stream: Any, wrote: Wrote) -> None:
        self._stream, self._wrote = stream, wrote

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As the file does it."""
        position: int = self._stream.seek(offset, whence)
        return position

    def tell(self) -> int:
        """Where the file is."""
        position: int = self._stream.tell()
        return position

    def write(self, data: Any) -> int:
        """Writes block by block: nibabel hands over volumes of gigabytes, and Ctrl-C waits for the end of a write."""
        view = memoryview(data).cast("B")
        for start in range(0, len(view), BLOCK_BYTES):
            block = view[start : start + BLOCK_BYTES]
            self._stream.write(block)
            self._wrote(len(block))
        return len(view)


def _fill_header(header: Any, volume: _Volume) -> None:
    slices = volume.grid.ndim - len(volume.image.axes)
    steps = [1.0] * (volume.grid.ndim - 1)
    time = volume.time
    in_time = None if time is None else time.axis + slices - 1
    if time is not None and in_time is not None:
        steps[in_time] = time.step
    header.set_zooms((*header.get_zooms()[:3], *steps))
    header.set_xyzt_units("mm", "sec" if in_time == 0 else "unknown")
    header.set_slope_inter(volume.encoding.slope, volume.encoding.intercept)
    header["descrip"] = f"dicome {__version__}"
    along = phase_encoding_axis(volume.image)
    if along:
        header.set_dim_info(freq=1 - "ij".index(along), phase="ij".index(along), slice=2)
