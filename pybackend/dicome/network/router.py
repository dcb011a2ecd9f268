"""Hands complete studies to their actions: a few threads that take what waits, and note how it went."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from dicome.network.actions import DONE, STAYS, Job, Result, carry_out
from dicome.network.config import Config
from dicome.network.log import Log
from dicome.network.metrics import Metrics
from dicome.network.state import State, Task

WORKERS = 2
POLL = 0.5
"""Seconds between two looks for tasks whose time has come."""
LONGEST_PAUSE = 3600.0
"""Seconds between two tries, at most."""


class Router:
    """Works from `start` to `stop`; what a stop cuts short is done again by the next run."""

    def __init__(self, root: Path, config: Config, state: State, log: Log, metrics: Metrics) -> None:
        self._root, self._config, self._state = root, config, state
        self._log, self._metrics = log, metrics
        self._stop = threading.Event()
        self._wake = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"router {number}", daemon=True) for number in range(WORKERS)
        ]

    def start(self) -> None:
        """Begins to work."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        with self._wake:
            self._wake.notify_all()

    def stop(self) -> None:
        """Ends; programs that run are killed."""
        self._stop.set()
        self.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            task = None
            try:
                task = self._state.claim()
                if task is not None:
                    self._do(task)
            except Exception as problem:  # the next study must not suffer
                self._metrics.add("internal_errors")
                self._log("internal error", "error", reason=type(problem).__name__, private={"text": str(problem)})
            if task is None:
                with self._wake:
                    self._wake.wait(POLL)

    def _do(self, task: Task) -> None:
        begin = time.monotonic()
        try:
            result = carry_out(task.name, self._job(task), self._config)
        except Exception as problem:
            result = Result("retry", f"internal error ({type(problem).__name__})", {"text": str(problem)})
        if self._stop.is_set() and result.state not in (DONE, STAYS):
            self._state.finish(task, "waiting", "cut short by the end of the server")
            return
        self._note(task, result, time.monotonic() - begin)

    def _job(self, task: Task) -> Job:
        files = [self._root / path for path in self._state.paths(task.study)]
        return Job(
            study=task.study,
            folder=self._root / task.study,
            files=files,
            asks=self._state.asks(task.study),
            sent=frozenset(self._state.sent(task)),
            note_sent=lambda name: self._state.note_sent(task, name),
            stop=self._stop,
        )

    def _note(self, task: Task, result: Result, seconds: float) -> None:
        route = self._config.route
        pause = min(route.retry * 2 ** (task.tries - 1), LONGEST_PAUSE)
        state = result.state
        if state not in (DONE, STAYS):
            state = "failed" if task.tries >= route.tries else "waiting"
        self._state.finish(task, state, result.reason, pause)
        self._metrics.add(f"actions_{state}")
        self._log(
            "routed" if state == DONE else "not routed",
            "info" if state == DONE else "warning",
            private=result.private,
            study=task.study,
            action=task.name,
            state=state,
            reason=result.reason or None,
            tries=task.tries,
            seconds=round(seconds, 3),
        )
