"""Images to files of other formats: suffix -> writer, loaded when used.

A writer is a module with ``write(image, path, options)``; it writes to the path it is given, which lies beside the
target, and knows nothing of overwriting. A new format is a row in `WRITERS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from dicome.beside import written_beside
from dicome.errors import ArgumentError

if TYPE_CHECKING:
    from dicome.image import Image

WRITERS = {
    ".mat": "dicome.writers.mat5",
    ".png": "dicome.writers.png",
}
"""File suffix to module."""


@dataclass(frozen=True, slots=True)
class Options:
    """What all writers understand. scale: kind of scaling, None for the image's own."""

    scale: str | None = None


def export(image: Image, path: str | os.PathLike[str], *, scale: str | None = None, force: bool = False) -> Path:
    """Writes an image as the format that the suffix of ``path`` names, and gives the path.

    Raises ArgumentError for an unknown suffix, FileExistsAlreadyError unless ``force``.
    """
    target = Path(path)
    write = _writer(target)
    with written_beside(target, force=force) as temporary:
        write(image, temporary, Options(scale))
    return target


def _writer(path: Path) -> Callable[[Image, Path, Options], None]:
    suffix = path.suffix.lower()
    if suffix not in WRITERS:
        near = get_close_matches(suffix, WRITERS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        what = suffix or "a name without suffix"
        raise ArgumentError(f"{path}: no writer for {what}{hint}; known: {', '.join(WRITERS)}")
    write: Callable[[Image, Path, Options], None] = import_module(WRITERS[suffix]).write
    return write
