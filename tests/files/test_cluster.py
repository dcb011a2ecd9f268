"""Batches on a Dask cluster: a real scheduler with workers on this machine, some of which are killed."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dicome.errors import ClusterError, DicomeWarning
from dicome.files.batch import Settings, batch
from dicome.files.cluster import run_on_cluster
from dicome.files.journal import FOLDER
from dicome.files.report import Row, counted
from dicome.files.workers import run_tasks
from dicome.phantom import write_phantom

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")

COUNT = 24
PATIENCE = 120
"""Seconds for a program to start: on a busy machine Dask takes many."""
PNG = Settings("png")


def act(task: str) -> str:
    """What a worker does with a task; it must be importable there, from the root of the repository."""
    if task == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "raise":
        raise ZeroDivisionError("by zero")
    return f"{task} by {os.getpid()}"


def died(task: str, how: str) -> str:
    return f"{task}: {how}"


class Cluster:
    """A scheduler and its workers, each a process."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "scheduler.json"
        self._folder = folder
        self.scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(self._file))
        self.workers: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def begin(self) -> None:
        """Waits for the scheduler, whose file is there before it is written."""
        wait_for(lambda: self._file.exists() and self._file.read_text().endswith("}"), self.scheduler)
        self.address = json.loads(self._file.read_text())["address"]

    def add_worker(self, *options: str) -> None:
        """One without a nanny, which would start it again."""
        alone = ("--no-nanny", "--nthreads", "1", "--local-directory", str(self._folder))
        self.workers.append(self._start("worker", self.address, *alone, *options))

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + name, "--host", "127.0.0.1", "--no-dashboard"]
        return subprocess.Popen(
            [*command, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )

    def stop(self) -> None:
        """Ends all of it."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def wait_for(condition: Callable[[], object], process: subprocess.Popen[bytes], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "has ended early"
        assert time.monotonic() < end, "never happened"
        time.sleep(0.005)


@contextmanager
def running(folder: Path, workers: int, *options: str) -> Iterator[Cluster]:
    folder.mkdir(parents=True, exist_ok=True)
    cluster = Cluster(folder)
    try:
        cluster.begin()
        for _ in range(workers):
            cluster.add_worker(*options)
        if workers:
            from distributed import Client

            with Client(cluster.address, timeout=PATIENCE, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=PATIENCE)
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Two workers."""
    with running(tmp_path / "cluster", 2) as found:
        yield found


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans")
    for k in range(COUNT):
        write_phantom(folder / f"{k:02}.dcm", rows=32, columns=32, slices=4, dynamics=10, seed=k)
    return folder


def pictures(out: Path) -> dict[str, bytes]:
    found = (path for path in out.glob("*/*.png") if path.parent.name != FOLDER)
    return {path.name: path.read_bytes() for path in found}


def command(scans: Path, out: Path, address: str) -> list[str]:
    where = ["--scheduler", address]
    return [sys.executable, "-m", "dicome", "batch", str(scans), str(out), "--to", "png", *where]


def test_a_worker_is_killed_in_the_middle_and_nothing_is_lost(scans: Path, tmp_path: Path, cluster: Cluster) -> None:
    """The same files as from processes of this machine, byte by byte."""
    rows: list[Row] = []

    def kill_one(row: Row) -> None:
        rows.append(row)
        if len(rows) == 3:
            cluster.workers[0].kill()

    found = batch(scans, tmp_path / "far", PNG, scheduler=cluster.address, done=kill_one)
    assert cluster.workers[0].wait() == -signal.SIGKILL
    assert counted(found) == {"converted": COUNT}
    assert [row.error for row in found if row.error] == []
    batch(scans, tmp_path / "near", PNG, jobs=2)
    assert pictures(tmp_path / "far") == pictures(tmp_path / "near")
    assert len(pictures(tmp_path / "far")) == COUNT
    assert not (tmp_path / "far" / FOLDER / "work").exists()


def test_control_c_then_the_same_command_goes_on(scans: Path, tmp_path: Path, cluster: Cluster) -> None:
    process = subprocess.Popen(
        command(scans, tmp_path / "out", cluster.address), start_new_session=True, stderr=subprocess.PIPE
    )
    wait_for(lambda: len(pictures(tmp_path / "out")) >= 2, process)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert b"goes on from here" in said
    report = json.loads((tmp_path / "out" / "dicome-batch.json").read_text())["summary"]
    assert report["converted"] == len(pictures(tmp_path / "out")) < COUNT
    done = subprocess.run(command(scans, tmp_path / "out", cluster.address), check=True, capture_output=True)
    assert f"{report['waiting']} converted, {report['converted']} already there".encode() in done.stdout
    assert len(pictures(tmp_path / "out")) == COUNT
    assert not (tmp_path / "out" / FOLDER / "work").exists()


def test_the_scheduler_goes_and_the_next_run_goes_on(scans: Path, tmp_path: Path, cluster: Cluster) -> None:
    out = tmp_path / "out"
    process = subprocess.Popen(command(scans, out, cluster.address), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_for(lambda: len(pictures(out)) >= 3, process)
    cluster.scheduler.kill()
    _, said = process.communicate(timeout=60)
    lines = [line for line in said.decode().splitlines() if "is another series" not in line]
    assert process.returncode == 1
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"dicome: {cluster.address}: the scheduler has gone")
    assert lines[0].endswith("the same command goes on from here")
    summary = json.loads((out / "dicome-batch.json").read_text())["summary"]
    assert summary["converted"] + summary["waiting"] == COUNT
    assert summary["converted"] == len(pictures(out)) >= 3
    rows = batch(scans, out, PNG)
    assert counted(rows) == {"converted": summary["waiting"], "there": summary["converted"]}


@pytest.mark.parametrize("name", ["distributed", "distributed.batched", "distributed.client", "tornado.application"])
def test_dask_says_nothing_of_its_own(cluster: Cluster, name: str) -> None:
    """A connection that breaks while something is on its way would be told with all its calls, now and then."""
    list(run_tasks(act, ["a"], cluster.address, died))
    assert not logging.getLogger(name).isEnabledFor(logging.CRITICAL)


def test_a_task_that_ends_its_workers_is_given_up(tmp_path: Path) -> None:
    with running(tmp_path / "cluster", 5) as cluster:
        found = list(run_tasks(act, ["die", "a"], cluster.address, died))
    assert len(found) == 2
    assert any(one.startswith("a by ") for one in found)
    assert any(one.startswith("die: the workers that tried it were lost") for one in found)


def test_what_a_worker_cannot_do_is_told(cluster: Cluster) -> None:
    found = list(run_tasks(act, ["raise", "a"], cluster.address, died))
    assert sorted(one.split(" (")[0] for one in found if "raise" in one) == ["raise: the worker could not run it"]
    assert any(one.startswith("a by ") for one in found)


def test_workers_may_come_later(tmp_path: Path) -> None:
    with running(tmp_path / "cluster", 0) as cluster:
        late = threading.Timer(0.5, cluster.add_worker)
        late.start()
        with pytest.warns(DicomeWarning, match="no workers there yet"):
            (found,) = run_on_cluster(act, ["a"], cluster.address, died)
        assert found.startswith("a by ")
        late.join()


def test_workers_of_several_threads_do_one_task_at_a_time(tmp_path: Path) -> None:
    with running(tmp_path / "cluster", 1, "--nthreads", "2") as cluster:
        with pytest.warns(DicomeWarning, match="start them with --nthreads 1"):
            found = list(run_on_cluster(act, ["a", "b"], cluster.address, died))
        assert len(found) == 2


def test_no_scheduler_there(scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dicome.files.cluster.PATIENCE", 0.3)
    for address in ("tcp://127.0.0.1:9", "no-address", "127.0.0.1:nowhere"):
        with pytest.raises(ClusterError, match="no scheduler answers there"):
            batch(scans, tmp_path / "out", PNG, scheduler=address)
    assert not (tmp_path / "out").exists()
