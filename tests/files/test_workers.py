"""Tasks in other processes, some of which do not survive them."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

from dicome.files.workers import run_in_workers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")


def act(task: str) -> str:
    """What a worker does with a task; only what can be imported reaches it."""
    if task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "leave":
        os._exit(7)
    if task == "sleep":
        time.sleep(60)
    return f"{task} by {os.getpid()}"


def died(task: str, how: str) -> str:
    return f"{task}: {how}"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_every_task_is_done_by_one_of_the_processes() -> None:
    found = list(run_in_workers(act, (str(k) for k in range(7)), 2, died))
    assert sorted(one.split()[0] for one in found) == [str(k) for k in range(7)]
    pids = {one.split()[2] for one in found}
    assert 1 <= len(pids) <= 2
    assert str(os.getpid()) not in pids
    assert not any(is_running(int(pid)) for pid in pids)


def test_a_process_that_dies_takes_one_task_with_it() -> None:
    found = list(run_in_workers(act, ["die", "a", "leave", "b"], 1, died))
    assert found[0].startswith("die: its process was ended by SIGKILL")
    assert found[1].startswith("a by ")
    assert found[2] == "leave: its process ended with exit code 7"
    assert found[3].startswith("b by ")


def test_stopping_early_ends_the_processes() -> None:
    results = run_in_workers(act, ["a", "sleep", "sleep"], 2, died)
    start = time.monotonic()
    next(results)
    results.close()
    assert time.monotonic() - start < 30


def test_nothing_is_kept_of_those_that_die() -> None:
    """A codec that crashes on every file of a study used to take all descriptors that a process may have."""
    tasks = run_in_workers(act, ["leave"] * 4, 1, died)
    counts = [len(os.listdir("/dev/fd")) for _ in tasks]  # noqa: PTH208
    assert counts[1:3] == counts[:2]


def test_nothing_to_do() -> None:
    assert list(run_in_workers(act, [], 3, died)) == []
