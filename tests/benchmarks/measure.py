"""Time and memory of one piece of work, in a process of its own (see `tests.benchmarks.job`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

ROOT = Path(__file__).parents[2]
ENOUGH = 30.0
"""Seconds of runs of one job after which it is not done again."""


@dataclass(frozen=True)
class Scan:
    """The file that all programs read, and its shape."""

    path: Path
    frames: int
    rows: int
    columns: int

    @property
    def result_bytes(self) -> int:
        """Size of the array in float32."""
        return 4 * self.frames * self.rows * self.columns


@dataclass(frozen=True)
class Measured:
    """What one job took: seconds, and bytes of memory beyond what its process had before; or why it could not."""

    seconds: float | None = None
    grown: int | None = None
    note: str = ""


class Clock:
    """Times what stands within ``with clock:``, and how far memory rises meanwhile. Imports belong before it."""

    def __init__(self) -> None:
        self.measured = Measured()

    def __enter__(self) -> Clock:
        self._before = _forget_peak()
        self._start = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.measured = Measured(time.perf_counter() - self._start, _peak() - self._before)

    def note(self, text: str) -> None:
        """Say in few words what the work did otherwise than asked."""
        self.measured = replace(self.measured, note=text)

    def set(self, seconds: float, grown: int | None = None) -> None:
        """Take over what another process measured."""
        self.measured = Measured(seconds, grown)


class CannotError(Exception):
    """A program cannot do the work; the text says why, in few words."""


def measure(job: str, scan: Scan, repeats: int, limit: float) -> Measured:
    """Best of some runs of ``module:function`` of this package, each in its own process; ``limit`` in seconds."""
    runs: list[Measured] = []
    for _ in range(repeats):
        runs.append(_run(job, scan, limit))
        if runs[-1].seconds is None or sum(run.seconds or 0.0 for run in runs) > ENOUGH:
            break
    timed = [run for run in runs if run.seconds is not None]
    return min(timed, key=lambda run: run.seconds or 0.0) if timed else runs[-1]


def _run(job: str, scan: Scan, limit: float) -> Measured:
    shape = (str(scan.frames), str(scan.rows), str(scan.columns))
    command = [sys.executable, "-m", "tests.benchmarks.job", job, str(scan.path), *shape]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return Measured(note=f"over {limit:.0f} s")
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        return Measured(note=(done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1])
    return Measured(**json.loads(lines[-1]))


def _environment() -> dict[str, str]:
    """As this one, but Python keeps compiled modules, as those of installed packages are."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _forget_peak() -> int:
    """Resident memory now, in bytes; the peak starts anew from here where the system can do that."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return _peak()
    return _status("VmRSS")


def _peak() -> int:
    """Highest resident memory of this process so far, in bytes."""
    try:
        return _status("VmHWM")
    except OSError:
        import resource  # Unix without /proc: macOS, which counts in bytes

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(name))
