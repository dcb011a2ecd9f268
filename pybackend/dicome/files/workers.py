"""Tasks elsewhere than in this process: one that dies takes its task with it, not the others.

Here they run in processes of this machine; `dicome.files.cluster` has them run on others.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from multiprocessing.connection import wait
from typing import TypeVar

from dicome.files.crew import Crew, Worker

Task = TypeVar("Task")
Result = TypeVar("Result")


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
    crew = Crew[Task](function)
    try:
        workers = [crew.hire(task) for task in islice(waiting, count)]
        while workers:
            for pipe in wait([worker.pipe for worker in workers]):
                worker = next(one for one in workers if one.pipe is pipe)
                workers.remove(worker)
                task = worker.tasks.popleft()
                try:
                    result: Result = worker.pipe.recv()
                    alive = True
                except (EOFError, OSError):
                    result = died(task, crew.end(worker))
                    alive = False
                # The next task starts before the result is dealt with.
                workers += _with_next(crew, worker, alive, waiting)
                yield result
    finally:
        crew.dismiss()


def _with_next(crew: Crew[Task], worker: Worker[Task], alive: bool, waiting: Iterator[Task]) -> list[Worker[Task]]:
    """The worker with its next task, a new one in place of a dead one; none where nothing is left to do."""
    task = next(waiting, None)
    if task is not None:
        return [worker] if alive and worker.give(task) else [crew.hire(task)]
    if alive:
        worker.pipe.close()  # which ends it
        worker.process.join()
    return []
