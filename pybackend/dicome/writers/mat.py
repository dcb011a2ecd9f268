"""MATLAB files: variables ``imag`` and ``info``, as dicomeread gives them, and ``frames``.

``frames`` has a field for each attribute, with a row per frame; ``info`` holds the frames' header as nested ``Item_n``
structs only where asked for (full_info). The file is of level 5, which every reader knows; HDF5 (version 7.3, see
`dicome.writers.mat73`) where asked for (v73), or where a variable is too large for level 5.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from dicome.beside import check_target, written_beside
from dicome.errors import ArgumentError, DicomeWarning
from dicome.reading import arranged
from dicome.writers import mat5
from dicome.writers.matlab import frames_of, info_of, make
from dicome.writers.steps import Steps

if TYPE_CHECKING:
    from dicome.image import Image
    from dicome.reading import Reading
    from dicome.writers import Options

MANY_FRAMES = 2000
"""Frames from which their nested header is worth a warning."""


def write(image: Image, path: Path, options: Options) -> list[Path]:
    """Writes the variables imag, info and frames.

    Warns (DicomeWarning) of a large nested header, and where the file becomes one of version 7.3 unasked.
    """
    if options.split is not None:
        raise ArgumentError(f"{path}: a .mat file holds all axes: leave split away")
    if options.full_info and image.frames.frame_count > MANY_FRAMES:
        _warn(
            f"{path}: a nested header of {image.frames.frame_count:,} frames makes the file large and slow to load; "
            "the variable frames has the same values as columns, without full_info too"
        )
    check_target(path, force=options.force)  # before the pixels are read
    steps = Steps(options.progress, options.compress)
    found = arranged(
        image,
        order=options.order,
        combine=options.combine,
        scale=options.scale,
        fortran=True,
        progress=steps.read,
    )
    _write_reading(image, found, path, options, steps)
    return [path]


def _write_reading(image: Image, found: Reading, path: Path, options: Options, steps: Steps) -> None:
    assert found.array is not None
    steps.size = found.array.nbytes
    others = {"info": info_of(image, found, options.full_info), "frames": frames_of(image)}
    made = None if options.v73 else _level5(found, others, path)
    size = found.array.nbytes + sum(map(len, (made or {}).values()))
    with written_beside(path, force=options.force, size=0 if options.compress else size) as temporary:
        if made is not None:
            mat5.write_file(temporary, found.array, made, options.compress, steps.wrote)
            return
        from dicome.writers import mat73

        mat73.write_file(temporary, found.array, others, options.compress, steps.wrote)


def _level5(found: Reading, others: dict[str, dict[str, object]], path: Path) -> dict[str, bytes] | None:
    """The variables beside imag as bytes; None, and a warning, where something is too large."""
    assert found.array is not None
    if found.array.nbytes > mat5.VARIABLE_LIMIT:
        _tell_of_version(path, "imag", f"{found.array.nbytes:,} bytes")
        return None
    name = ""
    made: dict[str, bytes] = {}
    try:
        for name, value in others.items():
            made[name] = make(mat5.Level5(), value)
    except mat5.TooLargeError as problem:
        _tell_of_version(path, name, str(problem))
        return None
    return made


def _tell_of_version(path: Path, name: str, size: str) -> None:
    _warn(
        f"{path}: {name} has {size}, and a variable before version 7.3 holds {mat5.VARIABLE_LIMIT:,} at most; the file "
        "is of version 7.3 (HDF5), of which Octave has info and frames in s.__refs_, with s = load(...)"
    )


def _warn(text: str) -> None:
    warnings.warn(text, DicomeWarning, stacklevel=3)
