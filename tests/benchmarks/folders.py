"""The headers of many single-frame files, as dcmls wants them: the classic files of the corpus, several times over."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measure import CannotError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.measure import Clock, Scan

TIMES = 16
"""Each file is looked at so many times: several thousands, all from the system's cache."""


def list_dicome(scan: Scan, clock: Clock) -> None:
    _list(clock, jobs=1)


def list_dicome_parallel(scan: Scan, clock: Clock) -> None:
    """With as many processes as there are processors, started within the time."""
    from dicome.files.processors import processors

    _list(clock, jobs=processors())


def _list(clock: Clock, jobs: int) -> None:
    from dicome.inspect.ls import Folder, listed
    from dicome.inspect.ls_shown import Lines

    paths = [str(path) for path in _files()] * TIMES
    with clock:
        lines = Lines()
        shown = sum(1 for piece in listed(paths, jobs=jobs) if not isinstance(piece, Folder) for _ in lines.of(piece))
    if shown != len(paths):
        raise CannotError(f"listed {shown} of {len(paths)}")
    _say_rate(clock, len(paths))


def list_pydicom(scan: Scan, clock: Clock) -> None:
    import pydicom

    from dicome.inspect.ls import FIELDS

    paths = list(_files()) * TIMES
    with clock:
        for path in paths:
            header = pydicom.dcmread(path, stop_before_pixels=True)
            [str(header.get(name, "")) for name in FIELDS]
    _say_rate(clock, len(paths))


def list_dcmdump(scan: Scan, clock: Clock) -> None:
    """One process for many files, told to print nothing else."""
    from dicome.inspect.ls import FIELDS

    program = shutil.which("dcmdump")
    if program is None:
        raise CannotError("not installed")
    paths = [str(path) for path in _files()] * TIMES
    tags = [word for name in FIELDS for word in ("+P", name)]
    with clock:
        for begin in range(0, len(paths), 1000):
            _run([program, "-s", *tags, *paths[begin : begin + 1000]])
    _say_rate(clock, len(paths))


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def _files() -> Sequence[Path]:
    corpus = os.environ.get("DICOME_CORPUS")
    if not corpus:
        raise CannotError("DICOME_CORPUS is not set")
    return sorted(path for path in (Path(corpus) / "classic").rglob("*") if path.is_file())


def _say_rate(clock: Clock, files: int) -> None:
    seconds = clock.measured.seconds
    if seconds:
        clock.note(f"{files / seconds:,.0f} files/s")
