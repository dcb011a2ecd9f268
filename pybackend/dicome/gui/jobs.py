"""Long work in the background: started by one request, watched and stopped by others."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from dicome.errors import DicomeError
from dicome.gui.replies import message

Work = Callable[["Job"], Any]
"""Tells the job how far it has come by `Job.tell`; its result goes to the page."""

KEPT = 32
"""Finished jobs whose results are kept."""
PATIENCE = 20.0
"""Seconds that a job has to end when the server does."""


class JobMissingError(DicomeError):
    """No such job, or it was long ago."""

    kind = "notOpen"


class StoppedError(Exception):
    """Ends the work of a job that the user stopped."""


@dataclass(slots=True)
class Job:
    """One piece of work. state: running, done, failed or stopped; result or error when it is over."""

    key: str
    done: float = 0
    total: float = 0
    note: str = ""
    state: str = "running"
    result: Any = None
    error: str = ""
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def tell(self, done: float, total: float = 0, note: str = "") -> None:
        """What the work calls: what is done and what there is (0: not known), or a note. Raises StoppedError."""
        self.done, self.total, self.note = done, total, note
        if self.stop.is_set():
            raise StoppedError

    def facts(self) -> dict[str, Any]:
        """For the page."""
        shown = {name: getattr(self, name) for name in ("key", "done", "total", "note", "state", "error")}
        return {**shown, "result": self.result if self.state == "done" else None}


class Jobs:
    """All jobs of a server."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._numbers = count(1)
        self._lock = threading.Lock()

    def start(self, work: Work) -> Job:
        """Begins some work on a thread of its own."""
        with self._lock:
            job = Job(str(next(self._numbers)))
            self._jobs[job.key] = job
            over = [key for key, one in self._jobs.items() if one.state != "running"]
            for key in over[: max(len(over) - KEPT, 0)]:
                del self._jobs[key]
        job.thread = threading.Thread(target=_run, args=(job, work), name=f"job {job.key}", daemon=True)
        job.thread.start()
        return job

    def find(self, key: str) -> Job:
        """A job by its key. Raises JobMissingError."""
        try:
            return self._jobs[key]
        except KeyError:
            raise JobMissingError(f"no job {key}: the server was started anew, or it was long ago") from None

    def end(self) -> None:
        """Stops all jobs and waits until they have put things in order."""
        running = [job for job in self._jobs.values() if job.state == "running"]
        for job in running:
            job.stop.set()
        for job in running:
            if job.thread is not None:
                job.thread.join(PATIENCE)


def _run(job: Job, work: Work) -> None:
    try:
        job.result = work(job)
        job.state = "done"
    except StoppedError:
        job.state = "stopped"
    except Exception as problem:  # the page says what it was; nobody else hears of it
        job.error, job.state = message(problem), "failed"
