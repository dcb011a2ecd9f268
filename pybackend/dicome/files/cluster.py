"""Tasks on the workers of a Dask cluster, on any number of machines that share the files.

Dask hands the task of a worker that is lost to another one; a task whose workers are lost again and again is given up
by it. Workers need the same dicome installed, and one thread each: what a conversion warns of is caught per process.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from dicome.errors import ClusterError, DicomeError, DicomeWarning, MissingPackageError

if TYPE_CHECKING:
    from distributed import Client, Future

Task = TypeVar("Task")
Result = TypeVar("Result")

PATIENCE = 10
"""Seconds for a scheduler to answer."""
AHEAD = 1000
"""Tasks handed over and not done: enough to keep a large cluster busy and let it grow, few enough to hold."""


def run_on_cluster(
    function: Callable[[Task], Result], tasks: Iterable[Task], scheduler: str, died: Callable[[Task, str], Result]
) -> Generator[Result, None, None]:
    """Results in the order in which they come, as `dicome.files.workers.run_in_workers` gives them.

    scheduler: address, as in tcp://host:8786. Stopping early takes back what no worker has begun. Raises ClusterError
    where no scheduler answers, or it goes away; MissingPackageError.
    """
    with _connected(scheduler) as client:
        _warn_of_workers(client, scheduler)
        with closing(_results(client, function, iter(tasks), died)) as results, _loss_told(scheduler):
            yield from results


def check_scheduler(address: str) -> None:
    """Raises ClusterError where no scheduler answers, MissingPackageError."""
    with _connected(address):
        pass


def _results(
    client: Client, function: Callable[[Task], Result], tasks: Iterator[Task], died: Callable[[Task, str], Result]
) -> Generator[Result, None, None]:
    from distributed import as_completed

    waiting: dict[str, Task] = {}

    def hand_over(task: Task) -> Future:
        future = client.submit(function, task, pure=False)
        waiting[future.key] = task
        return future

    finished = as_completed([hand_over(task) for task in islice(tasks, AHEAD)], loop=client.loop)
    try:
        for future in finished:
            if future.status in ("lost", "pending"):  # with the worker that held the result; it is made again
                finished.add(future)
                continue
            task = waiting.pop(future.key)
            for another in islice(tasks, 1):
                finished.add(hand_over(another))
            if future.status == "finished":
                result: Result = future.result()
            else:
                result = died(task, _reason(future))
            future.release()
            yield result
    finally:
        if waiting:
            with suppress(OSError, TimeoutError):
                client.cancel(list(waiting), force=True)


def _reason(future: Future) -> str:
    """Why a task has no result. Its function raises nothing, so this is about the worker or the cluster."""
    from distributed import KilledWorker

    problem = future.exception(timeout=PATIENCE) if future.status == "error" else None
    if problem is None:
        raise ClusterError(f"the task was {future.status} by the cluster")
    if isinstance(problem, KilledWorker):
        return "the workers that tried it were lost, one after the other (out of memory, or a fault in a decoder?)"
    return f"the worker could not run it ({type(problem).__name__}: {problem}); is the same dicome installed there?"


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        from distributed import Client
        from distributed.comm import get_address_host_port, normalize_address
    except ImportError as problem:
        raise MissingPackageError("a cluster needs Dask: pip install 'dicome[cluster]'") from problem
    _keep_quiet()
    try:
        get_address_host_port(normalize_address(address))
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as problem:
        raise ClusterError(
            f"{address}: no scheduler answers there ({problem}); start one with `dask scheduler`; it says its address"
        ) from problem
    try:
        yield client
    finally:
        # The scheduler may have gone; what is left of the connection goes with this process.
        with suppress(OSError, TimeoutError):
            client.close(timeout=PATIENCE)


def _keep_quiet() -> None:
    """What goes wrong with a connection is told once, by us; Dask logs it with all its calls."""
    import logging

    # Those of Dask that have a level of their own; all others take that of `distributed`.
    for name in ("distributed", "distributed.client", "distributed.gc", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


@contextmanager
def _loss_told(address: str) -> Iterator[None]:
    """Errors of a connection that breaks, as ours."""
    from concurrent.futures import CancelledError

    try:
        yield
    except (CancelledError, OSError) as problem:
        if isinstance(problem, DicomeError) and not isinstance(problem, ClusterError):
            raise  # of the tasks: a full disk, say
        said = f" ({problem})" if str(problem) else ""
        raise ClusterError(f"{address}: the scheduler has gone{said}; the same command goes on from here") from problem


def _warn_of_workers(client: Client, address: str) -> None:
    workers: dict[str, Any] = client.scheduler_info(n_workers=-1)["workers"]
    said = ""
    if not workers:
        said = "no workers there yet; waiting for them"
    elif any(worker["nthreads"] > 1 for worker in workers.values()):
        said = "its workers have several threads, of which one works at a time; start them with --nthreads 1"
    if said:
        warnings.warn(f"{address}: {said}", DicomeWarning, stacklevel=2)
