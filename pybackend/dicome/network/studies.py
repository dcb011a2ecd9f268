"""When is a study complete? DICOM has no word for it: nothing came for some time, and no sender of it is connected."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable


class Arriving:
    """Studies that objects arrive for. stable: seconds without any; clock: one that never jumps."""

    def __init__(self, stable: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._stable = stable
        self._clock = clock
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        self._senders: dict[int, set[str]] = {}

    def __len__(self) -> int:
        with self._lock:
            return len(self._last)

    def resume(self, studies: Iterable[str]) -> None:
        """Those that were arriving when the server ended; their time begins anew."""
        now = self._clock()
        with self._lock:
            self._last.update(dict.fromkeys(studies, now))

    def arrived(self, association: int, study: str) -> None:
        """An object of a study came through an association."""
        with self._lock:
            self._last[study] = self._clock()
            self._senders.setdefault(association, set()).add(study)

    def ended(self, association: int) -> None:
        """An association is over: its studies count from now."""
        with self._lock:
            now = self._clock()
            for study in self._senders.pop(association, ()):
                if study in self._last:
                    self._last[study] = now

    def ripe(self) -> list[str]:
        """Studies that are complete now; they stay listed until `done`."""
        with self._lock:
            busy = set().union(*self._senders.values())
            ripe = self._clock() - self._stable
            return [study for study, last in self._last.items() if last <= ripe and study not in busy]

    def done(self, study: str) -> None:
        """A study was handed on, unless something has come since."""
        with self._lock:
            if self._clock() - self._last.get(study, 0.0) >= self._stable:
                self._last.pop(study, None)
