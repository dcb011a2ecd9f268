"""What a server does beside receiving: hands on complete studies, and cleans at night."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from dicome.network.actions import action_names
from dicome.network.config import Config
from dicome.network.log import Log
from dicome.network.metrics import Metrics
from dicome.network.nights import Nights
from dicome.network.retention import clean
from dicome.network.router import Router
from dicome.network.state import State
from dicome.network.studies import Arriving

TICK = 0.2
"""Seconds between two looks at arriving studies, at most."""
CLEANING = 60.0
"""Seconds between two looks at the clock and the free space."""


class Housekeeper:
    """A thread, from `start` to `stop`. wall, steady: the clocks."""

    def __init__(
        self,
        root: Path,
        config: Config,
        state: State,
        arriving: Arriving,
        router: Router,
        log: Log,
        metrics: Metrics,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root, self._config, self._state, self._arriving, self._router = root, config, state, arriving, router
        self._log, self._metrics, self._wall, self._steady = log, metrics, wall, steady
        self._names = action_names(config)
        beat, cleaned = state.recall("beat"), state.recall("cleaned")
        self._nights = Nights(
            config.retention.at,
            float(beat) if beat else None,
            float(cleaned) if cleaned else None,
            lambda reason: log("clock in doubt", "warning", reason=reason),
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        next_cleaning = self._steady()
        while not self._stop.wait(TICK):
            self._safely(self.hand_on)
            if self._steady() >= next_cleaning:
                next_cleaning = self._steady() + CLEANING
                self._safely(self.look_at_clock)

    def _safely(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as problem:  # a full disk, say; the next look may go better
            self._metrics.add("internal_errors")
            self._log("internal error", "error", reason=type(problem).__name__, private={"text": str(problem)})

    def hand_on(self) -> None:
        """Gives studies that are complete to the router."""
        for study in self._arriving.ripe():
            if self._state.complete(study, self._names):
                self._arriving.done(study)
                self._log("complete", study=study)
                self._router.wake()

    def look_at_clock(self) -> None:
        """Cleans where it is time for that, or space is short."""
        wall = self._wall()
        if self._state.recall("cleaned") is None:  # a new store: the first night is the next one
            self._cleaned(wall)
        trusted = self._nights.trusts(wall, self._steady())
        self._state.remember("beat", repr(wall))
        retention = self._config.retention
        due = self._nights.due(wall)
        short = shutil.disk_usage(self._root).free < retention.keep_free
        if not trusted or not (due or short):
            return
        for one in clean(self._root, self._state, retention, wall):
            if one.problem:
                self._log("not deleted", "error", study=one.study.uid, reason=one.problem)
                continue
            self._metrics.add("studies_deleted")
            self._log("deleted", study=one.study.uid, objects=one.study.objects, reason=one.reason)
        if due:
            self._cleaned(wall)

    def _cleaned(self, wall: float) -> None:
        self._nights.cleaned(wall)
        self._state.remember("cleaned", repr(wall))
