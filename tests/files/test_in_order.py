"""Short tasks in this process and in others, some of which do not survive them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import active_children, parent_process
from pathlib import Path

import pytest

from dicome.files import in_order
from dicome.files.in_order import run_in_order

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")
copied = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how many threads a process has")


def act(task: str) -> str:
    """What any of the processes does with a task; words mean something to the others only."""
    if parent_process() is None:
        return f"{task} here"
    word, _, path = task.partition(" ")
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "sleep":
        time.sleep(60)
    if word == "until":
        while not Path(path).exists():
            time.sleep(0.01)
    return f"{task} there"


def died(task: str, how: str) -> str:
    return f"{task}: {how}"


def test_in_order_whoever_is_slow(tmp_path: Path) -> None:
    """The first task is another's, and takes until all others are given to somebody."""
    last = tmp_path / "done"

    def tasks() -> Iterator[str]:
        yield f"until {last}"
        yield from map(str, range(5))
        last.touch()

    found = list(run_in_order(act, tasks(), 2, died))
    assert found[0].endswith(" there")
    assert [one.split()[0] for one in found] == ["until", "0", "1", "2", "3", "4"]
    assert "0 here" in found


def test_others_share_the_work() -> None:
    found = list(run_in_order(act, ["wait"] + ["x"] * 4, 3, died))
    assert found[0] == "wait there"
    assert len(found) == 5
    assert list(run_in_order(act, ["a", "b"], 1, died)) == ["a here", "b here"]
    assert list(run_in_order(act, [], 3, died)) == []


def test_a_process_that_dies_takes_one_task_with_it() -> None:
    found = list(run_in_order(act, ["die", "a", "b", "c", "d"], 2, died))
    assert found[0].startswith("die: its process was ended by SIGKILL")
    assert [one.split()[0] for one in found[1:]] == ["a", "b", "c", "d"]


def test_another_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_order, "AHEAD", 2)
    found = list(run_in_order(act, ["die", *["x"] * 9], 2, died))
    assert "x there" in found


def test_all_die(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_order, "AHEAD", 2)
    found = list(run_in_order(act, ["die"] * 9, 3, died))
    assert len(found) == 9
    assert {one.split()[1] for one in found} <= {"here", "its"}


def test_stopping_early_ends_the_processes() -> None:
    results = run_in_order(act, ["a", "sleep", "sleep", *"bcdefgh"], 3, died)
    start = time.monotonic()
    assert next(results).startswith("a ")
    assert active_children()
    results.close()
    assert not active_children()
    assert time.monotonic() - start < 30


def test_what_waits_for_an_earlier_one_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_order, "AHEAD", 10)
    taken = []

    def tasks() -> Iterator[str]:
        yield f"until {tmp_path / 'go'}"
        for k in range(1000):
            taken.append(k)
            if len(taken) == 10:
                (tmp_path / "go").touch()
            yield str(k)

    results = run_in_order(act, tasks(), 2, died)
    next(results)
    assert len(taken) <= 10 + in_order.HELD
    results.close()


SCRIPT = """
import os, sys, threading, time
from dicome.files.in_order import run_in_order

def act(task):
    if os.getpid() != FIRST and task == "sleep":
        print("asleep", flush=True)
        time.sleep(60)
    return os.getpid() != FIRST

FIRST = os.getpid()
"""


def script(lines: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT + lines],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@copied
def test_a_process_with_one_thread_is_copied() -> None:
    """Only a copy knows a function of a program that is no file."""
    run = script("print(any(run_in_order(act, ['x'] * 200, 4, lambda task, how: print(how))))")
    said, problems = run.communicate(timeout=60)
    assert (said, problems) == ("True\n", "")


@copied
def test_one_with_several_threads_is_not() -> None:
    run = script(
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "print(list(run_in_order(act, ['x'] * 2, 2, lambda task, how: how)))"
    )
    said, problems = run.communicate(timeout=60)
    assert "its process ended with exit code 1" in said
    assert "act" in problems


@copied
@pytest.mark.parametrize(("number", "said"), [(signal.SIGKILL, ""), (signal.SIGTERM, "heard\n")])
def test_no_copy_outlives_a_process_that_is_ended(number: signal.Signals, said: str) -> None:
    """SIGTERM to all of them; SIGKILL to the first alone."""
    run = script(
        "import signal; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('heard', flush=True)))\n"
        "list(run_in_order(act, ['sleep'] * 3 + [''] * 900, 4, lambda task, how: how))"
    )
    assert run.stdout is not None
    assert run.stderr is not None
    assert [run.stdout.readline() for _ in range(3)] == ["asleep\n"] * 3
    start = time.monotonic()
    (os.kill if number == signal.SIGKILL else os.killpg)(run.pid, number)
    assert run.stdout.read() == said  # ends when all that could write to it are gone
    assert time.monotonic() - start < 30
    assert run.stderr.read() == ""
    run.wait()
    run.stdout.close()
    run.stderr.close()
