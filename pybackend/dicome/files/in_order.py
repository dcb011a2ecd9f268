"""Many short tasks, done by this process and others together; what they give comes in the order of the tasks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import partial
from multiprocessing.connection import wait
from typing import Generic, TypeVar

from dicome.files.crew import Crew, Worker

Task = TypeVar("Task")
Result = TypeVar("Result")
MOST = 32
"""Processes at the most: one alone puts the results in order, and each takes three of perhaps 256 descriptors."""
HELD = 2
"""Tasks that another process has: one it does, and one so that it need not wait until this one is done with its own."""
AHEAD = 64
"""Results that may wait for an earlier one: what bounds the memory when one task takes long."""


def run_in_order(
    function: Callable[[Task], Result], tasks: Iterable[Task], count: int, died: Callable[[Task, str], Result]
) -> Generator[Result, None, None]:
    """Results in the order of the tasks, by ``count`` processes with this one, which works while the others start.

    function: importable, raises nothing. tasks: small ones are at hand before they are needed. died: the result for a
    task whose process ended, and how it ended. Stopping early (closing the iterator, Ctrl-C) ends the other processes.
    """
    helpers = _Helpers(function, tasks, died)
    ready: dict[int, Result] = {}
    turn = 0
    mine: tuple[int, Task] | None = None
    try:
        helpers.hire(min(count, MOST) - 1)
        while True:
            ready |= helpers.results(or_wait=mine is None)
            while turn in ready:
                yield ready.pop(turn)
                turn += 1
            mine = None
            if len(ready) < AHEAD or not helpers.busy:
                helpers.supply()
                mine = helpers.next()
            if mine is not None:
                number, task = mine
                ready[number] = function(task)
            elif not helpers.busy:
                return
    finally:
        helpers.dismiss()


class _Helpers(Generic[Task, Result]):
    """The other processes, and the tasks that nobody does yet. One that has not started yet has None to do."""

    def __init__(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], died: Callable[[Task, str], Result]
    ) -> None:
        self._crew = Crew[tuple[int, Task] | None](partial(_done, function), light=True)
        self._workers: list[Worker[tuple[int, Task] | None]] = []
        self._tasks = enumerate(tasks)
        self._again: list[tuple[int, Task]] = []  # what a process that died had not begun
        self._died = died

    @property
    def busy(self) -> bool:
        """Whether one of them is at work on a task."""
        return any(worker.tasks and worker.tasks[0] is not None for worker in self._workers)

    def hire(self, count: int) -> None:
        """Starts some more, as far as the system lets us."""
        try:
            for _ in range(count):
                self._workers.append(self._crew.hire(None))
        except OSError:  # no more processes or descriptors: who does nothing yet gives back what the work here needs
            for worker in [one for one in self._workers if not any(one.tasks)]:
                worker.process.kill()
                self._end(worker)

    def next(self) -> tuple[int, Task] | None:
        """The next task with its number, from 0; None where no more are left."""
        return self._again.pop() if self._again else next(self._tasks, None)

    def supply(self) -> None:
        """Gives each that has started what it should have."""
        for worker in [one for one in self._workers if None not in one.tasks]:
            while len(worker.tasks) < HELD and (task := self.next()) is not None:
                if not worker.give(task):  # if it is dead, receiving will tell what it was at
                    self._again.append(task)
                    break

    def results(self, *, or_wait: bool) -> dict[int, Result]:
        """What has come, by the number of its task. or_wait: wait for something, if somebody is at work."""
        by_pipe = {worker.pipe: worker for worker in self._workers}
        found: dict[int, Result] = {}
        lost = 0
        for pipe in wait(list(by_pipe), None if or_wait and self.busy else 0):
            worker = by_pipe[pipe]  # type: ignore[index]
            numbered = worker.tasks.popleft() if worker.tasks else None
            try:
                result: Result = worker.pipe.recv()
                if numbered is not None:
                    found[numbered[0]] = result
            except (EOFError, OSError):
                how = self._end(worker)
                if numbered is not None:
                    found[numbered[0]] = self._died(numbered[1], how)
                    lost += 1  # one that had nothing to do, or did not even start, is not replaced
        self.hire(lost)
        return found

    def _end(self, worker: Worker[tuple[int, Task] | None]) -> str:
        """How a dead one ended; what it had not begun is left to the others."""
        self._again += [task for task in worker.tasks if task is not None]
        self._workers.remove(worker)
        return self._crew.end(worker)

    def dismiss(self) -> None:
        """Ends them."""
        self._crew.dismiss()


def _done(function: Callable[[Task], Result], numbered: tuple[int, Task] | None) -> Result | None:
    return None if numbered is None else function(numbered[1])
