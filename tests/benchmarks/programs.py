"""The work, as programs other than Python do it, and what starting a program costs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measure import ROOT, CannotError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.measure import Clock, Scan

MATLAB = ROOT / "matlab"


def read_dcm2niix(scan: Scan, clock: Clock) -> None:
    """Writes NIfTI, uncompressed: it has no other way out."""
    program = shutil.which("dcm2niix", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    if program is None:
        raise CannotError("not installed")
    with tempfile.TemporaryDirectory() as folder:
        _time([program, "-z", "n", "-b", "n", "-s", "y", "-o", folder, str(scan.path)], clock)
        if not list(Path(folder).glob("*.nii")):
            raise CannotError("wrote nothing")
    clock.note("writes NIfTI")


def octave_dicome(scan: Scan, clock: Clock) -> None:
    """Array and the whole header, from a session of Octave that has not called dicome before."""
    _octave(f"tic; [imag, info] = dicomeread('{_quoted(scan.path)}'); seconds = toc;", clock, folders=[MATLAB])


def octave_dicome_again(scan: Scan, clock: Clock) -> None:
    """The second call of a session."""
    call = f"[imag, info] = dicomeread('{_quoted(scan.path)}');"
    _octave(f"{call} clear imag info; tic; {call} seconds = toc;", clock, folders=[MATLAB])


def octave_dicom_package(scan: Scan, clock: Clock) -> None:
    path = _quoted(scan.path)
    _octave(f"pkg load dicom; tic; info = dicominfo('{path}'); imag = dicomread('{path}'); seconds = toc;", clock)
    clock.note("in the order of the file")


def octave_dicm2nii(scan: Scan, clock: Clock) -> None:
    """The toolbox dicm2nii, where the environment variable DICM2NII says its folder."""
    folder = os.environ.get("DICM2NII")
    if not folder:
        raise CannotError("DICM2NII does not say its folder")
    path = _quoted(scan.path)
    _octave(f"tic; info = dicm_hdr('{path}'); imag = dicm_img(info); seconds = toc;", clock, folders=[Path(folder)])
    clock.note("in the order of the file")


def octave_starts_python(scan: Scan, clock: Clock) -> None:
    """What a bridge cannot do without: starting Python from Octave."""
    _octave(f"tic; system('\"{_quoted(Path(sys.executable))}\" -c pass'); seconds = toc;", clock)


def start_python(scan: Scan, clock: Clock) -> None:
    _time([sys.executable, "-c", "pass"], clock, runs=20)


def start_help(scan: Scan, clock: Clock) -> None:
    """Help of every command; the slowest counts."""
    from dicome.cli.main import COMMANDS

    slowest, name = 0.0, ""
    for command in ([], *([command] for command in COMMANDS)):
        _time([str(Path(sys.executable).with_name("dicome")), *command, "--help"], clock, runs=20)
        seconds = clock.measured.seconds or 0.0
        if seconds > slowest:
            slowest, name = seconds, " ".join(["dicome", *command, "--help"])
    clock.set(slowest)
    clock.note(f"slowest: {name}")


def _time(command: Sequence[str], clock: Clock, runs: int = 1) -> None:
    """Best time of a program, with all that starting it takes."""
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
        best = min(best, time.perf_counter() - start)
        if done.returncode != 0:
            raise CannotError((done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1])
    clock.set(best)


def _octave(code: str, clock: Clock, folders: Sequence[Path] = ()) -> None:
    """Run code that sets ``seconds``, in an Octave that finds this Python."""
    program = shutil.which("octave-cli")
    if program is None:
        raise CannotError("Octave is not installed")
    paths = "".join(f"addpath('{_quoted(folder)}'); " for folder in folders)
    command = [
        program,
        "--quiet",
        "--norc",
        "--no-history",
        "--eval",
        f"{paths}{code} printf('seconds %.6f\\n', seconds);",
    ]
    environment = {**os.environ, "DICOME_PYTHON": sys.executable}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    found = re.search(r"^seconds ([\d.]+)$", done.stdout, re.MULTILINE)
    if found is None:
        lines = [line for line in done.stderr.splitlines() if line.startswith("error")]
        raise CannotError((lines or ["Octave gave no answer"])[0].removeprefix("error: "))
    clock.set(float(found[1]))


def _quoted(path: Path) -> str:
    """A path within the single quotes of Octave."""
    return str(path).replace("'", "''")
