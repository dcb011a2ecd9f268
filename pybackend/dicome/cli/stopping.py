"""Ctrl-C for work that must not be cut off just anywhere: the first asks it to stop, the second is the usual one."""

from __future__ import annotations

import signal
import threading

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
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
