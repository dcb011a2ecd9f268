"""One series to one format, in a process of its own, here or on another machine: what goes in and comes out are plain
values.
"""

from __future__ import annotations

import tempfile
import threading
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicome.errors import DicomeError


@dataclass(frozen=True, slots=True)
class Job:
    """What to convert. folder: each attempt makes one of its own in it, because a worker that was given up may still be
    writing. name: of the file to write. incomplete: as in `dicome.open`; options: those of the
    writers.
    """

    number: int
    files: tuple[Path, ...]
    folder: Path
    name: str
    incomplete: str = "pad"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: files written, shape of the image, or the error; warnings in any case. folder: theirs, None
    where there is none.
    """

    number: int
    folder: Path | None = None
    files: tuple[Path, ...] = ()
    shape: tuple[int, ...] = ()
    seconds: float = 0.0
    error: str = ""
    warnings: tuple[str, ...] = ()


_ONE_AT_A_TIME = threading.Lock()
"""Warnings are caught for a whole process, and a worker of a cluster may have several threads."""


def convert(job: Job) -> Outcome:
    """Reads and writes one series; every error is in the outcome."""
    with _ONE_AT_A_TIME:
        return _caught(job)


def _caught(job: Job) -> Outcome:
    start = time.monotonic()
    files: list[Path] = []
    folder = None
    shape: tuple[int, ...] = ()
    error = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            # From Python 3.12 on the path that comes back is absolute, whatever was asked for.
            folder = job.folder / Path(tempfile.mkdtemp(prefix=f"{job.number}-", dir=job.folder)).name
            shape, files = _convert(job, folder / job.name)
        except (DicomeError, OSError) as problem:
            error = str(problem)
        except MemoryError:
            error = "not enough memory for this image; use fewer --jobs, or workers with more memory"
        except Exception as problem:
            error = f"an error inside dicome, please report it: {type(problem).__name__}: {problem}"
    said = (str(one.message) for one in caught if issubclass(one.category, UserWarning))
    seconds = round(time.monotonic() - start, 3)
    return Outcome(job.number, folder, tuple(files), shape, seconds, error, tuple(dict.fromkeys(said)))


def _convert(job: Job, target: Path) -> tuple[tuple[int, ...], list[Path]]:
    from typing import cast

    from dicome.image import open_image
    from dicome.writers import export

    image = open_image(job.files[0] if len(job.files) == 1 else job.files, incomplete=cast("Any", job.incomplete))
    return image.shape, export(image, target, **job.options)


def died(job: Job, how: str) -> Outcome:
    """The outcome of a job whose process ended."""
    return Outcome(job.number, error=how)
