"""One series to one format, in a process of its own: what goes in and comes out are plain values."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicome.errors import DicomeError


@dataclass(frozen=True, slots=True)
class Job:
    """What to convert. target: file to write, whose folder is made and is this job's alone. incomplete: as in
    `dicome.open`; options: those of the writers.
    """

    number: int
    files: tuple[Path, ...]
    target: Path
    incomplete: str = "pad"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job: files written, shape of the image, or the error; warnings in any case."""

    number: int
    files: tuple[Path, ...] = ()
    shape: tuple[int, ...] = ()
    seconds: float = 0.0
    error: str = ""
    warnings: tuple[str, ...] = ()


def convert(job: Job) -> Outcome:
    """Reads and writes one series; every error is in the outcome."""
    start = time.monotonic()
    files: list[Path] = []
    shape: tuple[int, ...] = ()
    error = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            shape, files = _convert(job)
        except (DicomeError, OSError) as problem:
            error = str(problem)
        except MemoryError:
            error = "not enough memory for this image; use fewer --jobs"
        except Exception as problem:
            error = f"an error inside dicome, please report it: {type(problem).__name__}: {problem}"
    said = (str(one.message) for one in caught if issubclass(one.category, UserWarning))
    seconds = round(time.monotonic() - start, 3)
    return Outcome(job.number, tuple(files), shape, seconds, error, tuple(dict.fromkeys(said)))


def _convert(job: Job) -> tuple[tuple[int, ...], list[Path]]:
    from typing import cast

    from dicome.image import open_image
    from dicome.writers import export

    image = open_image(job.files[0] if len(job.files) == 1 else job.files, incomplete=cast("Any", job.incomplete))
    job.target.parent.mkdir(parents=True, exist_ok=True)
    return image.shape, export(image, job.target, **job.options)


def died(job: Job, how: str) -> Outcome:
    """The outcome of a job whose process ended."""
    return Outcome(job.number, error=how)
