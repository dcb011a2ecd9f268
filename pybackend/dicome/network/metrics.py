"""Counters of a running server, and how fast things come."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable

WINDOW = 60.0
"""Seconds that a rate is taken over."""

COUNTS = (
    "actions_done",
    "actions_failed",
    "actions_stays",
    "actions_waiting",
    "associations",
    "associations_aborted",
    "associations_rejected",
    "bytes_stored",
    "conflicts",
    "connections_dropped",
    "connections_failed",
    "duplicates",
    "echoes",
    "internal_errors",
    "objects_refused",
    "objects_stored",
    "open_associations",
    "studies_deleted",
    "unknown_commands",
)
"""What is counted; each is there from the start, as 0, so that what reads them need not know what happened already."""


class Metrics:
    """Counts by name, from any thread; ``open_associations`` goes up and down."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
        self._recent: deque[tuple[float, int]] = deque(maxlen=100_000)
        self._start = clock()

    def add(self, name: str, count: int = 1) -> int:
        """Adds to a count and gives it."""
        with self._lock:
            self._counts[name] += count
            return self._counts[name]

    def stored(self, size: int) -> None:
        """Notes a stored object of so many bytes."""
        with self._lock:
            self._counts["objects_stored"] += 1
            self._counts["bytes_stored"] += size
            self._recent.append((self._clock(), size))

    def snapshot(self) -> dict[str, float]:
        """All counts, and the rates of the last minute."""
        with self._lock:
            now = self._clock()
            while self._recent and self._recent[0][0] < now - WINDOW:
                self._recent.popleft()
            seconds = max(min(now - self._start, WINDOW), 1.0)
            return {
                **self._counts,
                "uptime_seconds": round(now - self._start, 1),
                "objects_per_second": round(len(self._recent) / seconds, 3),
                "bytes_per_second": round(sum(size for _, size in self._recent) / seconds),
            }
