"""The lines of the benchmark's table, from made-up figures."""

from __future__ import annotations

import pytest

from tests.benchmarks.measure import Measured
from tests.benchmarks.table import AHEAD, FASTER, Contender, Goal, Work, lines, slower, under

WORK = Work("read", (Contender("dicome", "d", under(2)), Contender("other", "o", AHEAD)), memory=True)


def _table(figures: dict[str, Measured], only: str = "") -> list[list[str]]:
    return [line.split() for line in lines(WORK, figures.__getitem__, 100_000_000, only)]


@pytest.mark.parametrize(
    ("goal", "seconds", "ratio", "verdict"),
    [
        (slower(100), 10.1, 101, "met"),
        (slower(100), 9.9, 99, "MISSED"),
        (slower(1 / 2), 0.6, 0.6, "met"),
        (slower(1 / 2), 0.4, 0.4, "MISSED"),
        (AHEAD, 1.1, 1.1, "met"),
        (AHEAD, 0.9, 0.9, "MISSED"),
        (FASTER, 0.9, 0.9, "met"),
        (FASTER, 1.1, 1.1, "MISSED"),
        (under(0.06), 0.05, 1, "met"),
        (under(0.06), 0.07, None, "MISSED"),
        (slower(100), 10.1, None, ""),
        (Goal(""), 1, 1, ""),
    ],
)
def test_verdicts(goal: Goal, seconds: float, ratio: float | None, verdict: str) -> None:
    assert goal.verdict(seconds, ratio) == verdict


def test_goals_in_words() -> None:
    assert [goal.words for goal in (slower(100), slower(1 / 3), under(0.06))] == ["100 x", "within 3 x", "0.06 s"]


def test_ratios_are_to_dicome() -> None:
    figures = {"d": Measured(0.5, 120_000_000), "o": Measured(6.0, 400_000_000, "in the order of the file")}
    assert _table(figures) == [
        ["read", "dicome", "0.500", "1.00", "120", "2", "s", "met"],
        ["memory", "/", "size", "of", "result", "dicome", "1.20", "120", "1.3", "x", "met"],
        ["read", "other", "6.000", "12", "400", "ahead", "met", "in", "the", "order", "of", "the", "file"],
    ]


def test_too_much_memory_is_missed() -> None:
    figures = {"d": Measured(0.5, 140_000_000), "o": Measured(6.0)}
    assert _table(figures)[1][-4:] == ["140", "1.3", "x", "MISSED"]


def test_what_cannot_be_done_is_told() -> None:
    figures = {"d": Measured(note="not yet"), "o": Measured(6.0)}
    assert _table(figures) == [
        ["read", "dicome", "n/a", "2", "s", "n/a:", "not", "yet"],
        ["read", "other", "6.000", "ahead"],
    ]


def test_only_some() -> None:
    figures = {"d": Measured(0.5), "o": Measured(6.0)}
    assert [line[1] for line in _table(figures, "other")] == ["dicome", "other"]
    assert _table(figures, "nothing like it") == []
