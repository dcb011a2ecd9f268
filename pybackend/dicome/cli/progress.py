"""The line on a terminal that says how far long work has come: bar, rate, time left. Silent where nobody looks."""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import TextIO

BAR = 20
"""Columns of the bar itself."""
EVERY = 0.1
"""Seconds between two pictures."""
SETTLED = 1.0
"""Seconds before a rate means anything."""


class Progress:
    """``with Progress("scan.dcm", "frames") as progress: work(progress)``; called with what is done and what there is.

    stream: standard error by default; nothing is written unless it is a terminal, or ``quiet``. clock: seconds.
    """

    def __init__(
        self,
        title: str,
        unit: str,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.title, self.unit = title, unit
        self._stream = sys.stderr if stream is None else stream
        self._shown = not quiet and self._stream.isatty()
        self._clock = clock
        self._start = clock()
        self._last = -EVERY
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def __call__(self, done: float, total: float = 0, note: str = "") -> None:
        """Shows ``done`` of ``total`` (0: not known), at most every 0.1 s; note: goes in the place of these numbers."""
        if not self._shown:
            return
        seconds = self._clock() - self._start
        if seconds - self._last < EVERY and not (total and done >= total):
            return
        self._last = seconds
        self._draw(line(self.title, self.unit, done, total, seconds, note))

    def clear(self) -> None:
        """Takes the line away, so that other lines may be written."""
        if self._width:
            self._stream.write(f"\r{' ' * self._width}\r")
            self._stream.flush()
            self._width = 0

    def _draw(self, text: str) -> None:
        text = text[: _columns(self._stream) - 1]
        self._stream.write(f"\r{text}{' ' * (self._width - len(text))}")
        self._stream.flush()
        self._width = len(text)


def line(title: str, unit: str, done: float, total: float, seconds: float, note: str = "") -> str:
    """The line as text: ``scan.dcm [#####...............]  25 %  1,000/4,000 frames  500/s  0:06 left``."""
    rate = done / seconds if seconds >= SETTLED and done else 0.0
    speed = f"  {rate:,.{1 if rate < 10 else 0}f}/s" if rate and not note else ""
    if not total:
        return f"{title}  {note or f'{done:,.0f} {unit}'}{speed}"
    part = min(done / total, 1.0)
    bar = "#" * int(part * BAR)
    left = f"  {_clock_time((total - done) / rate)} left" if rate and done < total else ""
    return f"{title} [{bar:.<{BAR}}] {part:4.0%}  {note or f'{done:,.0f}/{total:,.0f} {unit}'}{speed}{left}"


def _clock_time(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        return 80
