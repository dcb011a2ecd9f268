"""``python -m tests.benchmarks``: speed and memory beside other programs, as one table of ratios.

The file has some 16,000 frames: one of a scanner with its dynamics repeated, where DICOME_CORPUS says where such files
are, else a phantom; or one of your own (--file). Every figure is the best of some runs, each in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measure import Measured, Scan, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCE = "enhanced/nitest-balls1/DICOM/T2_.dcm"
"""A file of the corpus with Temporal Position Index among its dimensions: 10 slices, 2 dynamics."""
SLICES = 10
FRAMES = 16320


@dataclass(frozen=True)
class Goal:
    """Bound on a figure: ``times``, how many times dicome's own time; or ``seconds``."""

    words: str
    met: Callable[[float, float], bool]


def slower(times: float) -> Goal:
    """The program takes at least so many times as long as dicome; below 1: dicome may take that much longer."""
    words = f"{times:g} x" if times >= 1 else f"within {1 / times:g} x"
    return Goal(words, lambda ratio, _: ratio >= times)


def under(limit: float) -> Goal:
    """Dicome takes at most so many seconds."""
    return Goal(f"{limit:g} s", lambda _, seconds: seconds <= limit)


AHEAD = Goal("ahead", lambda ratio, _: ratio > 1)


@dataclass(frozen=True)
class Contender:
    """Who does a piece of work, with which function, and the goal that the comparison is to meet."""

    name: str
    job: str
    goal: Goal | None = None


@dataclass(frozen=True)
class Work:
    """A piece of work; the first contender is dicome. ``small``: on the file as it came from the scanner."""

    name: str
    contenders: tuple[Contender, ...]
    small: bool = False
    memory: bool = False


WORKS = (
    Work(
        "open, all axes",
        (
            Contender("dicome", "readers:open_dicome"),
            Contender("pydicom dcmread", "readers:open_pydicom", slower(100)),
            Contender("pydicom + index values", "readers:open_pydicom_index", slower(100)),
            Contender("nibabel shape", "readers:open_nibabel", AHEAD),
            Contender("highdicom imread", "readers:open_highdicom", AHEAD),
        ),
    ),
    Work(
        "read to float32",
        (
            Contender("dicome", "readers:read_dicome"),
            Contender("numpy: map, scale", "readers:read_limit", slower(1 / 2)),
            Contender("nibabel get_data", "readers:read_nibabel", AHEAD),
            Contender("highdicom get_volume", "readers:read_highdicom", AHEAD),
            Contender("GDCM", "readers:read_gdcm", AHEAD),
            Contender("dcm2niix", "programs:read_dcm2niix", AHEAD),
            Contender("pydicom + scale", "readers:read_pydicom", AHEAD),
        ),
        memory=True,
    ),
    Work(
        "Octave: array and struct",
        (
            Contender("dicome", "programs:octave_dicome", under(2.5)),
            Contender("octave-dicom", "programs:octave_dicom_package", AHEAD),
            Contender("dicm2nii", "programs:octave_dicm2nii", AHEAD),
        ),
    ),
    Work(
        "Octave: small file",
        (
            Contender("dicome, first call", "programs:octave_dicome"),
            Contender("starting Python", "programs:octave_starts_python", slower(1 / 3)),
            Contender("dicome, second call", "programs:octave_dicome_again", under(0.06)),
        ),
        small=True,
    ),
    Work(
        "--help",
        (
            Contender("dicome", "programs:start_help"),
            Contender("starting Python", "programs:start_python", slower(1 / 3)),
        ),
        small=True,
    ),
)

COLUMNS = "{:25} {:23} {:>9} {:>9} {:>8} {:>11}  {}"
MEMORY_GOAL = 1.3
"""Peak memory of reading, in sizes of the result."""


def main() -> int:
    """Measure, print the table; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--file", type=Path, help="uncompressed enhanced file of 16 bits to measure with")
    parser.add_argument(
        "--frames", type=int, default=FRAMES, help="size of the file that is made (default %(default)s)"
    )
    parser.add_argument("--repeats", type=int, default=5, help="runs, of which the best counts (default %(default)s)")
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a program is stopped")
    parser.add_argument("--only", default="", help="only works and programs with this in their names")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dicome-bench-") as folder:
        big, small = _scans(options.file, options.frames, Path(folder))
        print(
            f"{big.frames} frames of {big.rows} x {big.columns}, {big.path.stat().st_size / 1e6:.0f} MB, {_machine()}"
        )
        print(f"small file: {small.frames} frames of {small.rows} x {small.columns}\n")
        print(COLUMNS.format("work", "program", "seconds", "x dicome", "peak MB", "goal", ""))
        missed = 0
        for work in WORKS:
            for line, met in _lines(work, small if work.small else big, options):
                print(line, flush=True)
                missed += not met
    print("\nx dicome: times the seconds of dicome. peak MB: memory beyond that of the process before the work.")
    return int(missed > 0)


def _lines(work: Work, scan: Scan, options: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    """Lines of one work, and whether each meets its goal."""
    wanted = [c for c in work.contenders if not options.only or options.only in f"{work.name} {c.name}"]
    if not wanted:
        return
    ours = Measured()
    for contender in work.contenders:
        if contender not in (*wanted, work.contenders[0]):
            continue
        found = measure(contender.job, scan, options.repeats, options.limit)
        if contender is work.contenders[0]:
            ours = found
        yield _line(work, contender, found, ours)
    if work.memory and ours.grown is not None:
        sizes = ours.grown / scan.result_bytes
        met = sizes <= MEMORY_GOAL
        figures = (f"{ours.grown / 1e6:.0f}", f"{MEMORY_GOAL} x", _verdict(met))
        yield COLUMNS.format("memory of reading", f"{sizes:.2f} x its result", "", "", *figures), met


def _line(work: Work, contender: Contender, found: Measured, ours: Measured) -> tuple[str, bool]:
    goal = contender.goal
    words = goal.words if goal else ""
    if found.seconds is None:
        # A program that cannot do the work is no goal missed; dicome must.
        return COLUMNS.format(work.name, contender.name, "n/a", "", "", words, found.note[:90]), found is not ours
    ratio = found.seconds / ours.seconds if ours.seconds else float("nan")
    met = goal is None or goal.met(ratio, found.seconds)
    memory = f"{found.grown / 1e6:.0f}" if found.grown is not None else ""
    verdict = " ".join(part for part in (_verdict(met) if goal else "", found.note) if part)
    figures = (f"{found.seconds:.3f}", f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}", memory)
    return COLUMNS.format(work.name, contender.name, *figures, words, verdict), met


def _verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def _scans(file: Path | None, frames: int, folder: Path) -> tuple[Scan, Scan]:
    """The big file and the small one."""
    if file is not None:
        scan = _described(file.resolve())
        return scan, scan
    corpus = os.environ.get("DICOME_CORPUS")
    big = folder / "big.dcm"
    if corpus:
        from tests.benchmarks.enlarge import enlarge

        small = Path(corpus).resolve() / SOURCE
        return Scan(big, *enlarge(small, big, frames // SLICES)), _described(small)
    print("DICOME_CORPUS is not set: measuring with a phantom, whose headers are plainer than a scanner's")
    from tests.benchmarks.phantoms import write

    small = folder / "small.dcm"
    write(small, SLICES, 2)
    write(big, SLICES, frames // SLICES)
    return _described(big), _described(small)


def _described(path: Path) -> Scan:
    import pydicom

    tags = ["NumberOfFrames", "Rows", "Columns"]
    dataset = pydicom.dcmread(path, specific_tags=list(tags), stop_before_pixels=True)
    return Scan(path, int(dataset.NumberOfFrames), int(dataset.Rows), int(dataset.Columns))


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
