"""Tasks in processes of their own: one that dies takes its task with it, not the others.

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
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Worker(Generic[Task]):
    process: SpawnProcess
    pipe: Connection
    task: Task


def run_in_workers(
    function: Callable[[Task], Result], tasks: Iterable[Task], count: int, died: Callable[[Task, str], Result]
) -> Generator[Result, None, None]:
    """Results in the order in which they come; ``count`` processes at most.

    function: importable, raises nothing. died: the result for a task whose process ended, and how it ended. Stopping
    early (closing the iterator, Ctrl-C) ends the processes.
    """
    waiting = iter(tasks)
    workers: list[_Worker[Task]] = []
    try:
        for task in waiting:
            workers.append(_start(function, task))
            if len(workers) == count:
                break
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
                workers.extend(_next(worker, alive, waiting, function))
                yield result
    finally:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()


def _next(
    worker: _Worker[Task], alive: bool, waiting: Iterator[Task], function: Callable[[Task], Any]
) -> list[_Worker[Task]]:
    """The worker with its next task, a new one in place of a dead one; none where nothing is left to do."""
    task = next(waiting, None)
    if task is not None and alive:
        try:
            worker.pipe.send(task)
        except OSError:  # died idle
            return [_start(function, task)]
        worker.task = task
        return [worker]
    if alive:
        worker.pipe.close()  # which ends it
        worker.process.join()
    return [] if task is None else [_start(function, task)]


def _start(function: Callable[[Task], Any], task: Task) -> _Worker[Task]:
    # A fresh interpreter: forking a process with threads may stand still.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function), daemon=True)
    process.start()
    theirs.close()
    with contextlib.suppress(OSError):  # dead already: receiving will tell
        ours.send(task)
    return _Worker(process, ours, task)


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
