"""Ctrl-C for work that must not be cut off just anywhere: the first asks it to stop, the second is the usual one. And
the signals by which others end a program, for work that has something to take away, and for servers.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType
    from typing import Any


class Stopping:
    """``with Stopping() as stop: work(stop)``; calling it says whether the work should come to its end."""

    def __init__(self) -> None:
        self.wanted = False
        self._before: Any = None
        self._main = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Stopping:
        if self._main:
            self._before = signal.signal(signal.SIGINT, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._give_back()

    def __call__(self) -> bool:
        """Whether Ctrl-C was heard."""
        return self.wanted

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.wanted = True
        self._give_back()

    def _give_back(self) -> None:
        if self._main and self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None


@contextmanager
def ended_cleanly() -> Iterator[None]:
    """SIGTERM (`kill`, `timeout`, SLURM) and SIGHUP end the block as an error does, so that half files are taken away.

    The exit code is that of the signal, 128 and its number. One that is ignored (`nohup`) stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may choose
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    usual = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in usual:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in usual:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set, for a server that runs until then."""
    import warnings

    # What pydicom says of UIDs that are not quite right would fill the log.
    warnings.filterwarnings("ignore", module="pydicom")
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
