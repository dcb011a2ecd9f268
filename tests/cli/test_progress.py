"""The line that says how far work has come, on a terminal made of a string."""

from __future__ import annotations

import io

import pytest

from dicome.cli.problems import Problems
from dicome.cli.progress import Progress, line


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Seconds as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("done", "total", "seconds", "expected"),
    [
        (0, 4000, 0.0, "a.dcm [....................]   0%  0/4,000 frames"),
        (1000, 4000, 0.5, "a.dcm [#####...............]  25%  1,000/4,000 frames"),
        (1000, 4000, 2.0, "a.dcm [#####...............]  25%  1,000/4,000 frames  500/s  0:06 left"),
        (10, 4000, 4.0, "a.dcm [....................]   0%  10/4,000 frames  2.5/s  26:36 left"),
        (1, 40000, 1.0, "a.dcm [....................]   0%  1/40,000 frames  1.0/s  11:06:39 left"),
        (4000, 4000, 2.0, "a.dcm [####################] 100%  4,000/4,000 frames  2,000/s"),
        (5000, 4000, 2.0, "a.dcm [####################] 100%  5,000/4,000 frames  2,500/s"),
        (300, 0, 2.0, "a.dcm  300 frames  150/s"),
    ],
)
def test_the_line(done: float, total: float, seconds: float, expected: str) -> None:
    assert line("a.dcm", "frames", done, total, seconds) == expected


def test_a_note_takes_the_place_of_the_numbers() -> None:
    assert line("x", "bytes", 1, 4, 3.0, "2/9 series") == "x [#####...............]  25%  2/9 series  0:09 left"


def test_a_terminal_sees_ten_lines_a_second_and_none_at_the_end() -> None:
    stream, clock = Terminal(), Clock()
    with Progress("a", "frames", stream=stream, clock=clock) as progress:
        for done in range(1, 100):
            clock.now += 0.01
            progress(done, 1000)
    pictures = stream.getvalue().split("\r")[1:]
    assert 9 <= sum("frames" in picture for picture in pictures) <= 11
    last = max(pictures[:-2], key=len)
    assert pictures[-2:] == [" " * len(last), ""]


def test_the_end_is_always_shown() -> None:
    stream, clock = Terminal(), Clock()
    with Progress("a", "frames", stream=stream, clock=clock) as progress:
        progress(1, 2)
        progress(2, 2)
    assert "100%" in stream.getvalue()


def test_a_shorter_line_wipes_the_longer_one() -> None:
    stream, clock = Terminal(), Clock()
    progress = Progress("a", "frames", stream=stream, clock=clock)
    progress(123456, 0)
    clock.now += 1
    progress(1, 0, "short")
    first, second = stream.getvalue().split("\r")[1:]
    assert len(second) == len(first)
    progress.clear()
    progress.clear()
    assert stream.getvalue().count("\r") == 4


@pytest.mark.parametrize(("stream", "quiet"), [(io.StringIO(), False), (Terminal(), True)])
def test_nobody_looks(stream: io.StringIO, quiet: bool) -> None:
    with Progress("a", "frames", stream=stream, quiet=quiet) as progress:
        progress(1, 2)
    assert stream.getvalue() == ""


def test_a_problem_is_told_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    stream = Terminal()
    with Progress("a", "files", stream=stream) as progress:
        progress(1, 10)
        Problems("dcminfo", progress).tell("x.dcm", "the file is empty")
        assert stream.getvalue().endswith(" \r")
    assert capsys.readouterr().err == "dcminfo: x.dcm: the file is empty\n"
