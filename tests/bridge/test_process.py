"""``python -m dicome.bridge`` as a process of its own: once, and as a worker; signals, endings, what is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

FAKE = Path(__file__).parents[1] / "matlab" / "fake_bridge.py"
MODULE = ["-m", "dicome.bridge"]

needs_signals = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def request(folder: Path, **values: Any) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "request.json"
    path.write_text(json.dumps({"protocol": 1, "cwd": "/", **values}))
    return path


def reply(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "reply.json").read_text())
    return found


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def wait_for(path: Path) -> None:
    """Until a file is there, for a minute at most."""
    for _ in range(6000):
        if path.exists():
            return
        time.sleep(0.01)
    pytest.fail(f"{path} did not come")


class Worker:
    """A worker and the other ends of its pipes."""

    def __init__(self, *program: str | Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *map(str, program), "--worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.line() == {"protocol": 1}

    def line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def send(self, number: int, path: Path) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"id": number, "request": str(path)}) + "\n")
        self.process.stdin.flush()

    def close(self) -> int:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return self.process.wait(10)


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker(FAKE, *MODULE)
    yield made
    made.process.kill()
    made.close()


def test_once(tmp_path: Path) -> None:
    done = run(*MODULE, request(tmp_path, verb="version"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert reply(tmp_path)["ok"] is True


def test_once_refused(tmp_path: Path) -> None:
    done = run(*MODULE, request(tmp_path, verb="read", files=["nothing.dcm"]))
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert reply(tmp_path)["kind"] == "fileMissing"


def test_once_without_a_place_for_the_reply(tmp_path: Path) -> None:
    done = run(*MODULE, tmp_path / "gone" / "request.json")
    assert done.returncode == 1
    assert done.stderr.startswith("the reply could not be written: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_wrong_usage(arguments: list[str]) -> None:
    done = run(*MODULE, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m dicome.bridge")


def test_modules_in_the_working_folder_are_not_imported(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('the wrong numpy')")
    done = run(*MODULE, request(tmp_path, verb="read", files=["nothing.dcm"]), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert reply(tmp_path)["kind"] == "fileMissing"


def test_a_worker_answers_many(worker: Worker, tmp_path: Path) -> None:
    for number in range(3):
        worker.send(number, request(tmp_path / str(number), verb="read", files=["uint8"]))
        assert worker.line() == {"id": number}
        assert reply(tmp_path / str(number))["ok"] is True


def test_what_is_printed_does_not_reach_the_pipe(worker: Worker, tmp_path: Path) -> None:
    worker.send(1, request(tmp_path, verb="read", files=["noisy"]))
    assert worker.line() == {"id": 1}


def test_the_end_of_the_input_ends_the_worker_and_clears_up(worker: Worker, tmp_path: Path) -> None:
    folder = tmp_path / "left"
    worker.send(1, request(folder, verb="read", files=["uint8"]))
    assert worker.line() == {"id": 1}
    assert worker.close() == 0
    assert not folder.exists(), "nobody else will remove it"


def test_a_folder_with_other_files_stays(worker: Worker, tmp_path: Path) -> None:
    worker.send(1, request(tmp_path, verb="read", files=["uint8"]))
    assert worker.line() == {"id": 1}
    (tmp_path / "mine.txt").touch()
    assert worker.close() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_vanished(worker: Worker, tmp_path: Path) -> None:
    worker.send(1, tmp_path / "gone" / "request.json")
    assert worker.line() == {"id": 1}
    worker.send(2, request(tmp_path, verb="read", files=["uint8"]))
    assert worker.line() == {"id": 2}


@needs_signals
def test_an_idle_worker_does_not_hear_ctrl_c(worker: Worker, tmp_path: Path) -> None:
    for number in range(2):
        worker.process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        worker.send(number, request(tmp_path, verb="read", files=["uint8"]))
        assert worker.line() == {"id": number}


@needs_signals
def test_a_busy_worker_does(worker: Worker, tmp_path: Path) -> None:
    worker.send(1, request(tmp_path, verb="read", files=[str(tmp_path / "slow")]))
    wait_for(tmp_path / "slow.started")
    worker.process.send_signal(signal.SIGINT)
    assert worker.line() == {"id": 1}
    assert not (tmp_path / "reply.json").exists()
    worker.send(2, request(tmp_path, verb="read", files=["uint8"]))
    assert worker.line() == {"id": 2}


@needs_signals
def test_signals_are_heard_even_where_the_caller_had_them_blocked(tmp_path: Path) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})  # as Octave's popen2 does
    try:
        worker = Worker(FAKE, *MODULE)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    worker.send(1, request(tmp_path, verb="read", files=[str(tmp_path / "slow")]))
    wait_for(tmp_path / "slow.started")
    worker.process.terminate()
    assert worker.process.wait(10) == -signal.SIGTERM
    worker.close()


@needs_signals
def test_ctrl_c_at_a_single_request(tmp_path: Path) -> None:
    path = request(tmp_path, verb="read", files=[str(tmp_path / "slow")])
    process = subprocess.Popen([sys.executable, str(FAKE), *MODULE, str(path)], stderr=subprocess.PIPE, text=True)
    wait_for(tmp_path / "slow.started")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (130, "")
    assert not (tmp_path / "reply.json").exists()


def test_the_same_in_this_process(tmp_path: Path) -> None:
    from dicome.bridge import answer_one

    assert answer_one(str(request(tmp_path, verb="version"))) is True
    assert answer_one(str(request(tmp_path, verb="dance"))) is False
    assert reply(tmp_path)["kind"] == "protocol"
