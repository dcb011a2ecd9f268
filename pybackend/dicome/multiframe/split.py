"""An enhanced file to the classic files of its frames, as the scanner would have sent them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.beside import folder_beside
from dicome.dicom.columns import ItemColumns
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.pixels import PixelFormat, open_pixels
from dicome.enhanced.encode import Raw, header, value_field
from dicome.enhanced.writer import file_meta, new_uid
from dicome.errors import DamagedFileError, UnsupportedError
from dicome.multiframe import values as v
from dicome.multiframe.classic_file import CLASSES, classic_values
from dicome.multiframe.placement import SHARED_GROUPS
from dicome.multiframe.values import Values

Progress = Callable[[float, float], None]

SOP_CLASS = 0x00080016
EXPLICIT = "1.2.840.10008.1.2.1"
TIME = "FrameContentSequence.TemporalPositionIndex"


def _quiet(done: float, total: float) -> None:
    """Progress that nobody looks at."""


def split(
    path: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    every: bool = False,
    force: bool = False,
    progress: Progress = _quiet,
) -> list[Path]:
    """Write the frames of an enhanced MR file as classic MR images (PS3.3 A.4) into a folder; return their paths.

    every: all frames, and not those of the first dynamic alone (Temporal Position Index). folder: is made; if it is
    there already it has to be empty, unless ``force`` is set, which replaces files of the same names. Files are named
    by Instance Number. Where the enhanced file tells the SOP Instance UIDs of the classic twins they are used.

    Raises UnsupportedError where the file has no functional groups, DamagedFileError, FileExistsAlreadyError, and the
    errors of `dicome.open`.
    """
    file = open_file(path)
    if file.frames is None or file.pixels is None:
        raise UnsupportedError(
            f"{file.path}: no enhanced image (no Per-frame Functional Groups Sequence (5200,9230)), so nothing to split"
        )
    kind = file.text(SOP_CLASS)
    if kind not in CLASSES:
        raise UnsupportedError(
            f"{file.path}: SOP Class UID (0008,0016) is {kind!r}; dicome splits enhanced and legacy converted MR, CT "
            "and PET images"
        )
    pixels = open_pixels(file)
    if pixels.frame_count != len(file.frames):
        raise DamagedFileError(
            f"{file.path}: Number of Frames (0028,0008) is {pixels.frame_count:,}, but the Per-frame Functional Groups "
            f"Sequence (5200,9230) has {len(file.frames):,} items; is the file complete?"
        )
    numbers = _wanted(file, every)
    top = v.file_values(file)
    shared = _first_item(top)
    target = Path(folder)
    size = len(numbers) * (pixels.format.frame_bytes + sum(len(raw) for raw in _leaves(top)))
    with folder_beside(target, force=force, size=size) as place:
        names: list[str] = []
        for done, number in enumerate(numbers.tolist(), 1):
            try:
                values = classic_values(top, shared, v.frame_values(file, [number])[0], number)
            except DamagedFileError as problem:
                raise DamagedFileError(f"{file.path}, frame {number + 1}: {problem}") from problem
            name = _name(values, number, names)
            _write(place / name, values, pixels.block(number, 1)[0], pixels.format)
            pixels.release(number, 1)
            names.append(name)
            progress(done, len(numbers))
    return [target / name for name in sorted(names)]


def _wanted(file: DicomFile, every: bool) -> NDArray[np.int64]:
    """Frames to write (0-based): all, or those of the smallest Temporal Position Index."""
    assert file.frames is not None
    count = len(file.frames)
    columns = ItemColumns(file.source, file.frames)
    if every or TIME not in columns.paths:
        return np.arange(count)
    values, present = columns.column(TIME)
    if not present.all() or values.dtype == object:
        return np.arange(count)
    return np.flatnonzero(values == values.min())


def _first_item(top: Values) -> Values:
    value = top.get(SHARED_GROUPS, ("", None, ""))[1]
    return value[0] if isinstance(value, list) and value else {}


def _leaves(values: Values) -> Iterator[Raw]:
    for _, value, _ in values.values():
        if isinstance(value, list):
            for item in value:
                yield from _leaves(item)
        else:
            yield value


def _name(values: Values, number: int, names: list[str]) -> str:
    """File name by Instance Number; by the place of the frame where that number is taken or missing."""
    instance = v.number(values, 0x00200013)
    name = f"{int(instance):05d}.dcm" if instance else ""
    return name if name and name not in names else f"frame_{number + 1:05d}.dcm"


def _write(path: Path, values: Values, frame: NDArray[Any], stored: PixelFormat) -> None:
    uid = v.text(values, 0x00080018) or new_uid()
    values[0x00080018] = "UI", Raw(value_field("UI", uid)), ""
    if stored.samples > 1:
        values[0x00280006] = "US", Raw(value_field("US", 0)), ""
    raw = np.ascontiguousarray(frame, frame.dtype.newbyteorder("<")).tobytes()
    raw += b"\0" * (len(raw) % 2)
    vr = "OW" if frame.dtype.itemsize > 1 else "OB"
    with path.open("wb") as stream:
        stream.write(file_meta(uid, EXPLICIT, v.text(values, 0x00080016)))
        stream.write(v.encoded(values))
        stream.write(header(0x7FE00010, vr, len(raw)) + raw)
