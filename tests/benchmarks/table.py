"""Measured figures to lines of one table: seconds, ratios, and whether a goal is met."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.measure import Measured

COLUMNS = "{:25} {:23} {:>9} {:>9} {:>8} {:>11}  {}"
HEAD = COLUMNS.format("work", "program", "seconds", "x dicome", "peak MB", "goal", "")
MEMORY_GOAL = 1.3
"""Peak memory of reading, in sizes of the result."""


@dataclass(frozen=True)
class Goal:
    """Bounds: ``times``, how many times as long as dicome a program must take, and ``most``, how many it may take at
    most, which is for another way of dicome itself; ``seconds``, what dicome may take.
    """

    words: str
    times: float | None = None
    most: float | None = None
    seconds: float | None = None

    def verdict(self, seconds: float, ratio: float | None) -> str:
        """``met`` or ``MISSED``; nothing where dicome has no time to compare with."""
        if self.seconds is not None:
            return "met" if seconds <= self.seconds else "MISSED"
        if ratio is None or (self.times is None and self.most is None):
            return ""
        return "met" if (self.times or 0) < ratio < (self.most or inf) else "MISSED"


def slower(times: float) -> Goal:
    """The program takes so many times as long as dicome; below 1: dicome may take that much longer than it."""
    return Goal(f"{times:g} x" if times >= 1 else f"within {1 / times:g} x", times=times)


def under(seconds: float) -> Goal:
    """Dicome takes at most so many seconds."""
    return Goal(f"{seconds:g} s", seconds=seconds)


AHEAD = Goal("ahead", times=1)
FASTER = Goal("faster", most=1)


@dataclass(frozen=True)
class Contender:
    """Who does a piece of work, with which ``module:function``, and the goal that the comparison is to meet."""

    name: str
    job: str
    goal: Goal | None = None


@dataclass(frozen=True)
class Work:
    """A piece of work; the first contender is dicome. ``small``: on the file as it came from the scanner;
    ``many``: on a folder of files.
    """

    name: str
    contenders: tuple[Contender, ...]
    small: bool = False
    many: bool = False
    memory: bool = False


def lines(work: Work, run: Callable[[str], Measured], result_bytes: int, only: str = "") -> Iterator[str]:
    """Lines of one work; ``run`` does a job. Others are compared with dicome, so that one runs with any of them."""
    first, *others = work.contenders
    wanted = [contender for contender in others if only in f"{work.name} {contender.name}"]
    if not wanted and only not in f"{work.name} {first.name}":
        return
    ours = run(first.job)
    yield line(work.name, first, ours, ours)
    if work.memory and ours.grown is not None:
        sizes = ours.grown / result_bytes
        figures = (f"{sizes:.2f}", f"{ours.grown / 1e6:.0f}", f"{MEMORY_GOAL:g} x")
        verdict = "met" if sizes <= MEMORY_GOAL else "MISSED"
        yield COLUMNS.format("memory / size of result", first.name, "", *figures, verdict)
    for contender in wanted:
        yield line(work.name, contender, run(contender.job), ours)


def line(work: str, contender: Contender, found: Measured, ours: Measured) -> str:
    """One line of the table."""
    goal = contender.goal or Goal("")
    if found.seconds is None:
        return COLUMNS.format(work, contender.name, "n/a", "", "", goal.words, f"n/a: {found.note[:100]}")
    ratio = found.seconds / ours.seconds if ours.seconds else None
    memory = f"{found.grown / 1e6:.0f}" if found.grown is not None else ""
    remark = " ".join(part for part in (goal.verdict(found.seconds, ratio), found.note) if part)
    return COLUMNS.format(
        work, contender.name, f"{found.seconds:.3f}", _short(ratio), memory, goal.words, remark
    ).rstrip()


def _short(ratio: float | None) -> str:
    if ratio is None:
        return ""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"
