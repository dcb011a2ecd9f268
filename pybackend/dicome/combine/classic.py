"""Repeats of single-frame files into one folder of files, each written whole, the folder appearing last."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dicome.combine.changes import Target, add_sources, as_in, change_series, change_time, rescale
from dicome.combine.mean import mean_frames
from dicome.combine.repeats import Repeat
from dicome.enhanced.writer import new_uid
from dicome.errors import FileAccessError, FileExistsAlreadyError, UnsupportedError

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

Tell = Callable[[int, int], None]


def write_classic(repeats: Sequence[Repeat], out: Path, target: Target, tell: Tell) -> int:
    """Writes ``000001.dcm`` and so on into the new folder ``out``; the number of files.

    Raises FileExistsAlreadyError where there is something, FileAccessError.
    """
    if out.exists():
        raise FileExistsAlreadyError(f"{out}: exists already; give a folder that does not")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        working = Path(tempfile.mkdtemp(prefix=f".{out.name[:40]}.", suffix=".part", dir=out.parent))
    except OSError as problem:
        raise FileAccessError(f"{out}: this folder cannot be made: {problem.strerror or problem}") from problem
    try:
        count = (_write_mean if target.mean else _write_all)(repeats, working, target, tell)
        working.chmod(0o777 & ~_umask())
        if out.exists():
            raise FileExistsAlreadyError(f"{out}: came into being meanwhile; nothing was overwritten")
        working.rename(out)
    except OSError as problem:
        if isinstance(problem, (FileExistsAlreadyError, FileAccessError)):
            raise
        raise FileAccessError(f"{out}: cannot be written: {problem.strerror or problem}") from problem
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return count


def _umask() -> int:
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask


def _read(path: Path) -> FileDataset:
    import pydicom

    return pydicom.dcmread(path, force=True)


def _times(repeat: Repeat) -> int:
    """Temporal positions of one repeat."""
    column = repeat.image.frames.find("TemporalPositionIdentifier")
    if column is None or column.values.dtype == object or not column.present.any():
        return 1
    return max(int(np.nanmax(column.values[column.present], initial=1)), 1)


def _write_all(repeats: Sequence[Repeat], out: Path, target: Target, tell: Tell) -> int:
    times = _times(repeats[0])
    total = sum(len(repeat.image.frame_files) for repeat in repeats)
    number = 0
    first = _read(repeats[0].image.frame_files[0])
    for which, repeat in enumerate(repeats):
        for path in repeat.image.frame_files:
            number += 1
            dataset = _read(path)
            as_in(dataset, first)
            change_time(dataset, which * times, len(repeats) * times)
            _save(dataset, out, number, target)
            tell(number, total)
    return number


def _write_mean(repeats: Sequence[Repeat], out: Path, target: Target, tell: Tell) -> int:
    from pydicom.uid import ExplicitVRLittleEndian

    first = repeats[0]
    files = first.image.frame_files
    place_of = {frame: place for place, frame in enumerate(first.order().tolist())}
    orders = [repeat.order() for repeat in repeats]
    for number, mean in enumerate(mean_frames(repeats), 1):
        dataset = _read(files[mean.number])
        if not dataset.original_encoding[1]:
            raise UnsupportedError(f"{files[mean.number]}: big endian; convert it first (dcmconv +te)")
        place = place_of[mean.number]
        sources = [one.image.frame_files[order[place]] for one, order in zip(repeats, orders, strict=True)]
        add_sources(dataset, [_reference(source) for source in sources])
        if dataset.file_meta.TransferSyntaxUID.is_compressed:
            dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
            del dataset.PixelData
        _set_pixels(dataset, mean.stored.astype(mean.stored.dtype.newbyteorder("<")).tobytes())
        rescale(dataset, mean.factor, mean.offset)
        _save(dataset, out, number, target)
        tell(number, len(files))
    return len(files)


def _set_pixels(dataset: FileDataset, raw: bytes) -> None:
    from pydicom.dataelem import DataElement

    vr = "OW" if dataset.BitsAllocated > 8 or dataset.original_encoding[0] else "OB"
    dataset[0x7FE00010] = DataElement(0x7FE00010, vr, raw + b"\0" * (len(raw) % 2))
    dataset["PixelData"].is_undefined_length = False
    if dataset.get("SamplesPerPixel", 1) > 1:
        dataset.PlanarConfiguration = 0


def _reference(path: Path) -> tuple[str, str]:
    from dicome.dicom.peek import peek

    found = peek(str(path), frozenset((0x00080016, 0x00080018)))
    return found.text(0x00080016), found.text(0x00080018)


def _save(dataset: FileDataset, out: Path, number: int, target: Target) -> None:
    change_series(dataset, target)
    dataset.InstanceNumber = number
    from pydicom.uid import UID

    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = UID(new_uid())
    dataset.save_as(out / f"{number:06}.dcm")
