"""Tasks elsewhere than in this process: one that dies takes its task with it, not the others.

Here they run in processes of this machine; `dicome.files.cluster` has them run on others.

Why not concurrent.futures: there a worker that crashes (a broken codec, no memory) ends all tasks, and workers whose
parent was killed stay for ever.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

from dicome.files.place import uninterrupted

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Worker(Generic[Task]):
    process: SpawnProcess
    pipe: Connection
    task: Task


def run_tasks(
    function: Callable[[Task], Result], tasks: Iterable[Task], where: int | str, died: Callable[[Task, str], Result]
) -> Generator[Result, None, None]:
    """Results in the order in which they come, from so many processes, or from the cluster with that scheduler.

    function: importable, raises nothing. died: the result for a task whose process ended, and how it ended. Stopping
    early (closing the iterator, Ctrl-C) ends what runs here, and takes back from a cluster what no worker has begun.
    """
    if isinstance(where, int):
        return run_in_workers(function, tasks, where, died)
    from dicome.files.cluster import run_on_cluster

    return run_on_cluster(function, tasks, where, died)


def run_in_workers(
    function: Callable[[Task], Result], tasks: Iterable[Task], count: int, died: Callable[[Task, str], Result]
) -> Generator[Result, None, None]:
    """Results in the order in which they come; ``count`` processes at most.

    function: importable, raises nothing. died: the result for a task whose process ended, and how it ended. Stopping
    early (closing the iterator, Ctrl-C) ends the processes.
    """
    waiting = iter(tasks)
    crew = _Crew[Task](function)
    try:
        workers = [crew.hire(task) for task in islice(waiting, count)]
        while workers:
            for pipe in wait([worker.pipe for worker in workers]):
                worker = next(one for one in workers if one.pipe is pipe)
                workers.remove(worker)
                try:
                    result: Result = worker.pipe.recv()
                    alive = True
                except (EOFError, OSError):
                    result = died(worker.task, _end_of(worker.process))
                    alive = False
                # The next task starts before the result is dealt with.
                workers += crew.next(worker, alive, waiting)
                yield result
    finally:
        crew.dismiss()


class _Crew(Generic[Task]):
    """The processes, all of them, so that none is forgotten wherever an interruption comes."""

    def __init__(self, function: Callable[[Task], Any]) -> None:
        self._function = function
        self._processes: list[SpawnProcess] = []

    def hire(self, task: Task) -> _Worker[Task]:
        """A new process, at work on a task."""
        # A fresh interpreter: forking a process with threads may stand still.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._function), daemon=True)
        with uninterrupted():  # which it inherits, so that Ctrl-C does not meet it before it gets to `_serve`
            process.start()
            self._processes.append(process)
        theirs.close()
        with contextlib.suppress(OSError):  # dead already: receiving will tell
            ours.send(task)
        return _Worker(process, ours, task)

    def next(self, worker: _Worker[Task], alive: bool, waiting: Iterator[Task]) -> list[_Worker[Task]]:
        """The worker with its next task, a new one in place of a dead one; none where nothing is left to do."""
        task = next(waiting, None)
        if task is not None and alive:
            try:
                worker.pipe.send(task)
            except OSError:  # died idle
                return [self.hire(task)]
            worker.task = task
            return [worker]
        if alive:
            worker.pipe.close()  # which ends it
            worker.process.join()
        return [] if task is None else [self.hire(task)]

    def dismiss(self) -> None:
        """Ends all that still run."""
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.join()


def _end_of(process: SpawnProcess) -> str:
    process.join()
    code = process.exitcode or 0
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name} (out of memory, or a fault in a decoder?)"
    return f"its process ended with exit code {code}"


def _serve(pipe: Connection, function: Callable[[Any], Any]) -> None:
    # Ctrl-C is for the parent, which ends us.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
