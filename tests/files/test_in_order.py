"""Short tasks in this process and in others, some of which do not survive them."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing import active_children, parent_process
from pathlib import Path

import pytest

from dicome.files import crew, in_order
from dicome.files.in_order import run_in_order

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")
copied = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says how many threads a process has")


def act(task: str) -> str:
    """What any of the processes does with a task; words with a folder mean something to the others only."""
    word, _, folder = task.partition(" ")
    if parent_process() is None:
        time.sleep(0.001)
        return f"{word} here"
    if folder:
        (Path(folder) / f"{word} begun").touch()
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "sleep":
        time.sleep(60)
    if word in ("until", "stay"):
        while not (Path(folder) / "go").exists():
            time.sleep(0.01)
    if word == "until":
        time.sleep(0.2)
    return f"{word} there"


def begun(word: str, folder: Path) -> Iterator[str]:
    """Tasks of this word until another process is at one."""
    while not (folder / f"{word} begun").exists():
        yield f"{word} {folder}"


def died(task: str, how: str) -> str:
    return f"{task.split()[0]}: {how}"


def test_in_order_whoever_is_slow(tmp_path: Path) -> None:
    """Another's task takes until all others are given to somebody."""

    def tasks() -> Iterator[str]:
        yield from begun("until", tmp_path)
        yield from map(str, range(50))
        (tmp_path / "go").touch()

    found = list(run_in_order(act, tasks(), 2, died))
    assert "until there" in found
    assert "0 here" in found
    assert [word for word in (one.split()[0] for one in found) if word != "until"] == [str(k) for k in range(50)]


def never_starts(pipe: object, function: object) -> None:
    time.sleep(60)


def test_nobody_waits_for_those_that_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_serve", never_starts)
    assert list(run_in_order(act, ["a", "b"], 3, died)) == ["a here", "b here"]


def test_alone_and_with_nothing_to_do() -> None:
    assert list(run_in_order(act, ["a", "b"], 1, died)) == ["a here", "b here"]
    assert list(run_in_order(act, [], 3, died)) == []


def test_a_process_that_dies_takes_one_task_with_it_and_another_takes_its_place(tmp_path: Path) -> None:
    def tasks() -> Iterator[str]:
        yield from begun("die", tmp_path)
        yield from begun("after", tmp_path)
        yield from map(str, range(50))

    found = list(run_in_order(act, tasks(), 2, died))
    (lost,) = (one for one in found if "its process" in one)
    assert lost.startswith("die: its process was ended by SIGKILL")
    assert "after there" in found
    assert [one.split()[0] for one in found[-50:]] == [str(k) for k in range(50)]


def test_all_die(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing gets lost when those that wait for an earlier one are as many as may wait."""
    monkeypatch.setattr(in_order, "AHEAD", 2)

    def tasks() -> Iterator[str]:
        yield from begun("die", tmp_path)
        yield from ["die"] * 50

    found = list(run_in_order(act, tasks(), 3, died))
    assert len(found) > 50
    assert {one.split()[1] for one in found} == {"here", "its"}


def test_stopping_early_ends_the_processes(tmp_path: Path) -> None:
    def tasks() -> Iterator[str]:
        yield from begun("sleep", tmp_path)
        assert active_children()
        raise EOFError

    start = time.monotonic()
    with pytest.raises(EOFError):
        list(run_in_order(act, tasks(), 3, died))
    assert not active_children()
    assert time.monotonic() - start < 30


def test_what_waits_for_an_earlier_one_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_order, "AHEAD", 10)
    taken = []

    def tasks() -> Iterator[str]:
        yield from begun("until", tmp_path)
        for k in range(1000):
            taken.append(k)
            if len(taken) == 5:
                (tmp_path / "go").touch()
            yield str(k)

    results = run_in_order(act, tasks(), 2, died)
    while next(results) != "until there":
        pass
    assert len(taken) <= 10 + in_order.HELD
    results.close()


SCRIPT = """
import os, sys, threading, time
from dicome.files.in_order import run_in_order

def act(task):
    if os.getpid() != FIRST and task == "sleep":
        os.write(1, b"asleep\\n")
        time.sleep(60)
    time.sleep(0.001)
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
    run = script("print(any(run_in_order(act, ['x'] * 9999, 4, lambda task, how: print(how))))")
    said, problems = run.communicate(timeout=60)
    assert (said, problems) == ("True\n", "")


@copied
def test_one_with_several_threads_is_not() -> None:
    run = script(
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        "print(any(run_in_order(act, ['x'] * 2000, 2, lambda task, how: how)))"
    )
    said, problems = run.communicate(timeout=60)
    assert said == "False\n"
    assert problems.count("Can't get attribute 'act'") == 1  # which is not tried again


@copied
@pytest.mark.parametrize(("number", "said"), [(signal.SIGKILL, ""), (signal.SIGTERM, "heard\n")])
def test_no_copy_outlives_a_process_that_is_ended(number: signal.Signals, said: str) -> None:
    """SIGTERM to all of them; SIGKILL to the first alone."""
    run = script(
        "import signal; signal.signal(signal.SIGTERM, lambda *_: sys.exit(os.write(1, b'heard\\n')))\n"
        "list(run_in_order(act, ['sleep'] * 9999, 4, lambda task, how: how))"
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


def grown(task: str) -> str:
    """More than a pipe holds."""
    time.sleep(0.001)
    return task * 4


def test_tasks_and_results_that_no_pipe_holds() -> None:
    """Another that waits until its result is read does not read; nor may we wait until it does."""
    tasks = [f"{k}" * 400_000 for k in range(8)]
    assert list(run_in_order(grown, tasks * 5, 2, died)) == [task * 4 for task in tasks] * 5


def test_a_task_whose_process_dies_while_it_gets_the_next_is_not_done_again(
    tmp_path: Path,
) -> None:
    """What has killed one process would kill the next, or this one."""

    def tasks() -> Iterator[str]:
        for task in begun("stay", tmp_path):
            yield task
            time.sleep(0.1)  # so that it is begun when the next is asked for
        (process,) = active_children()
        process.kill()
        process.join()
        (tmp_path / "go").touch()
        yield from map(str, range(5))

    found = list(run_in_order(act, tasks(), 2, died))
    (lost,) = (one for one in found if "its process" in one)
    assert lost.startswith("stay: its process was ended by SIGKILL")
    assert [one.split()[0] for one in found[-5:]] == [str(k) for k in range(5)]


def test_as_many_as_the_system_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it has no more descriptors, those that others took are needed here."""
    hire = crew.Crew.hire
    hired: list[crew.Worker[object]] = []

    def refused(self: crew.Crew[object], task: object) -> crew.Worker[object]:
        if len(hired) == 3:
            raise OSError(errno.EMFILE, "Too many open files")
        hired.append(hire(self, task))
        return hired[-1]

    def tasks() -> Iterator[str]:
        assert not active_children()
        yield from ["a", "b"]

    monkeypatch.setattr(crew.Crew, "hire", refused)
    assert list(run_in_order(act, tasks(), 9, died)) == ["a here", "b here"]
    assert len(hired) == 3


SIGNALS = """
from dicome.files.crew import Crew
crew = Crew(abs)
with open(f"/proc/{crew.hire(-1).process.pid}/status") as status:
    print(*(line.split()[1] for line in status if line.startswith("SigBlk")))
crew.dismiss()
"""


@copied
def test_control_c_does_not_meet_a_process_that_starts() -> None:
    """Not even the first, which used to print how far its imports had come."""
    said = subprocess.run([sys.executable, "-c", SIGNALS], capture_output=True, text=True, check=True).stdout
    assert int(said, 16) & 1 << signal.SIGINT - 1
