"""A folder of many scans to NIfTI, by dicome in one or two processes and by dcm2niix."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measure import CannotError

if TYPE_CHECKING:
    from tests.benchmarks.measure import Clock, Scan


def one_process(scan: Scan, clock: Clock) -> None:
    _batch(scan.path, 1, clock)


def two_processes(scan: Scan, clock: Clock) -> None:
    _batch(scan.path, 2, clock)


def twice_the_files(scan: Scan, clock: Clock) -> None:
    """Memory is that of the main process, which knows of all files; the others know of one at a time."""
    _batch(scan.path.with_name(scan.path.name + " twice"), 2, clock)


def _batch(folder: Path, jobs: int, clock: Clock) -> None:
    from dicome.files.batch import Settings, batch
    from dicome.files.report import counted

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory(dir=folder.parent) as out, clock:
        found = counted(batch(folder, Path(out), Settings("nii"), jobs=jobs))
    if set(found) != {"converted"}:
        raise CannotError(str(found))
    clock.note(f"{found['converted']} series")


def dcm2niix(scan: Scan, clock: Clock) -> None:
    program = shutil.which("dcm2niix", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    if program is None:
        raise CannotError("not installed")
    with tempfile.TemporaryDirectory(dir=scan.path.parent) as out, clock:
        command = [program, "-z", "n", "-b", "y", "-f", "%j", "-o", out, str(scan.path)]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    clock.set(clock.measured.seconds or 0.0)
