"""Processes that work for this one: each takes tasks from its pipe and sends back what they give.

Why not concurrent.futures: there a worker that crashes (a broken codec, no memory) ends all tasks, and workers whose
parent was killed stay for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from dicome.files.place import uninterrupted

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

Task = TypeVar("Task")
ROOM = 1 << (16 if sys.platform == "linux" else 12)
"""Bytes that a pipe holds for sure until somebody reads them: Linux has 200 KB, macOS and Windows 8 KB."""


@dataclass(slots=True, eq=False)
class Worker(Generic[Task]):
    """A process, the way to it, and what it was given and has not answered yet."""

    process: BaseProcess
    pipe: Connection
    tasks: deque[Task] = field(default_factory=deque)

    def give(self, task: Task) -> bool:
        """Sends it a task; whether that was possible: not if the process is dead, or at work and the pipe too small.

        One at work may wait until we read what it sends, so that we must not wait until it reads.
        """
        message = ForkingPickler.dumps(task)
        if self.tasks and len(message) > ROOM:
            return False
        try:
            self.pipe.send_bytes(message)
        except OSError:
            return False
        self.tasks.append(task)
        return True


class Crew(Generic[Task]):
    """The processes, all of them, so that none is forgotten wherever an interruption comes.

    function: what they do with a task; importable, raises nothing. light: a process may be a copy of this one, which is
    there at once, where it is safe to copy it. Copies have the pipes of each other: `dismiss` ends them, and closing
    their pipes does not.
    """

    def __init__(self, function: Callable[[Task], Any], *, light: bool = False) -> None:
        self._function = function
        self._light = light
        self._hired: list[Worker[Task]] = []

    def hire(self, task: Task) -> Worker[Task]:
        """A new process, at work on a task."""
        method = "fork" if self._light and _has_one_thread() else "spawn"
        context = multiprocessing.get_context(method)
        if method == "spawn" and hasattr(signal, "pthread_sigmask"):
            # The first new process would bring it along, and that lets Ctrl-C through again.
            resource_tracker.ensure_running()
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._function), daemon=True)  # type: ignore[attr-defined]
        worker = Worker[Task](process, ours)
        with uninterrupted():  # which it inherits, so that Ctrl-C does not meet it before it gets to `_serve`
            process.start()
            self._hired.append(worker)
        theirs.close()
        if not worker.give(task):
            worker.tasks.append(task)  # dead already: receiving will tell
        return worker

    def end(self, worker: Worker[Task]) -> str:
        """How one ended that does not answer any more; keeps nothing of it, so that any number of them may die."""
        worker.process.join()
        code = worker.process.exitcode or 0
        self._hired.remove(worker)
        worker.pipe.close()
        worker.process.close()
        if code < 0:
            return f"its process was ended by {signal.Signals(-code).name} (out of memory, or a fault in a decoder?)"
        return f"its process ended with exit code {code}"

    def dismiss(self) -> None:
        """Ends all that still run."""
        for worker in self._hired:
            worker.process.kill()
        for worker in list(self._hired):
            self.end(worker)


def _has_one_thread() -> bool:
    """Whether nothing but this thread runs here: what another was in the middle of, a copy would never see done.

    False where the system does not say. A fresh interpreter takes 0.1 to 0.3 s to start, a copy 0.01 s.
    """
    try:
        return len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    except OSError:  # not Linux
        return False


def _serve(pipe: Connection, function: Callable[[Any], Any]) -> None:
    # Ctrl-C is for the parent, which ends us; what the parent does on SIGTERM, its copy must not do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    try:
        while True:
            pipe.send(function(pipe.recv()))
    except (EOFError, BrokenPipeError):
        return


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
