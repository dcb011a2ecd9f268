"""Many short tasks, done by this process and others together; what they give comes in the order of the tasks."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from functools import partial
from multiprocessing.connection import wait
from typing import Generic, TypeVar

from dicome.files.crew import Crew, Worker

Task = TypeVar("Task")
Result = TypeVar("Result")
HELD = 2
"""Tasks that another process has: one it does, and one so that it need not wait until this one is done with its own."""
AHEAD = 64
"""Results that may wait for an earlier one: what bounds the memory when one task takes long."""


def run_in_order(
    function: Callable[[Task], Result], tasks: Iterable[Task], count: int, died: Callable[[Task, str], Result]
) -> Generator[Result, None, None]:
    """Results in the order of the tasks, by ``count`` processes with this one, which begins while the others start.

    function: importable, raises nothing. tasks: small, so that `HELD` of them fit a pipe. died: the result for a task
    whose process ended, and how it ended. Stopping early (closing the iterator, Ctrl-C) ends the other processes.
    """
    helpers = _Helpers(function, tasks, count - 1, died)
    ready: dict[int, Result] = {}
    turn = 0
    mine: tuple[int, Task] | None = None
    try:
        while True:
            ready |= helpers.results(or_wait=turn > 0 and mine is None)
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
    """The other processes, and the tasks that nobody does yet."""

    def __init__(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], count: int, died: Callable[[Task, str], Result]
    ) -> None:
        self._crew = Crew[tuple[int, Task]](partial(_done, function), light=True)
        self._workers: list[Worker[tuple[int, Task]]] = []
        self._tasks = enumerate(tasks)
        self._again: list[tuple[int, Task]] = []  # what a process that died had not begun
        self._count = count
        self._died = died

    @property
    def busy(self) -> bool:
        """Whether one of them has something to do."""
        return any(worker.tasks for worker in self._workers)

    def next(self) -> tuple[int, Task] | None:
        """The next task with its number, from 0; None where no more are left."""
        return self._again.pop() if self._again else next(self._tasks, None)

    def supply(self) -> None:
        """Gives each what it should have, and looks for as many as there should be."""
        for worker in [one for one in self._workers if len(one.tasks) < HELD]:
            while len(worker.tasks) < HELD and (task := self.next()) is not None:
                if not worker.give(task):
                    self._lost(worker, task)
                    break
        while len(self._workers) < self._count and (task := self.next()) is not None:
            self._workers.append(self._crew.hire(task))

    def results(self, *, or_wait: bool) -> dict[int, Result]:
        """What has come, by the number of its task. or_wait: at least one, if one is to come."""
        busy = {worker.pipe: worker for worker in self._workers if worker.tasks}
        found: dict[int, Result] = {}
        for pipe in wait(list(busy), None if or_wait and busy else 0):
            worker = busy[pipe]  # type: ignore[index]
            number, task = worker.tasks.popleft()
            try:
                found[number] = worker.pipe.recv()
            except (EOFError, OSError):
                found[number] = self._died(task, worker.end())
                self._lost(worker)
        return found

    def _lost(self, worker: Worker[tuple[int, Task]], *tasks: tuple[int, Task]) -> None:
        self._workers.remove(worker)
        self._again += [*worker.tasks, *tasks]
        worker.tasks.clear()

    def dismiss(self) -> None:
        """Ends them."""
        self._crew.dismiss()


def _done(function: Callable[[Task], Result], numbered: tuple[int, Task]) -> Result:
    return function(numbered[1])
