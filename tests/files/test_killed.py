"""Batches that are killed at any moment, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dicome.files.journal import FOLDER
from dicome.phantom import write_phantom

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends processes by signals")

COUNT = 30


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans")
    for k in range(COUNT):
        write_phantom(folder / f"{k}.dcm", rows=32, columns=32, slices=4, dynamics=10, seed=k)
    return folder


def command(scans: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "dicome", "batch", str(scans), str(out), "--to", "png", "--jobs", "2"]


def pictures(out: Path) -> list[Path]:
    return sorted(path for path in out.glob("*/*.png") if path.parent.name != FOLDER)


def started(scans: Path, out: Path, finished: int) -> subprocess.Popen[bytes]:
    """A batch in a session of its own (with its workers) that has got that far."""
    process = subprocess.Popen(command(scans, out), start_new_session=True, stderr=subprocess.PIPE)
    while len(pictures(out)) < finished and process.poll() is None:
        time.sleep(0.005)
    return process


def rest(scans: Path, out: Path) -> dict[str, int]:
    subprocess.run(command(scans, out), check=True, capture_output=True)
    summary: dict[str, int] = json.loads((out / "dicome-batch.json").read_text())["summary"]
    return summary


@pytest.mark.parametrize("finished", [0, 1, 5])
def test_a_killed_batch_is_finished_by_the_next(scans: Path, tmp_path: Path, finished: int) -> None:
    process = started(scans, tmp_path, finished)
    process.kill()
    assert process.stderr is not None
    # Its end means that the workers are gone too: they hold the other end of this pipe.
    process.stderr.read()
    process.wait()
    process.stderr.close()
    before = {path: path.stat().st_mtime_ns for path in pictures(tmp_path)}
    assert finished <= len(before) < COUNT
    assert all(path.read_bytes().endswith(b"IEND\xaeB`\x82") for path in before)
    summary = rest(scans, tmp_path)
    assert len(pictures(tmp_path)) == COUNT
    assert sum(summary.values()) == COUNT
    # One may have been on its way into place: noted, and only now to be seen.
    assert summary.get("there", 0) - len(before) in (0, 1)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert not (tmp_path / FOLDER / "work").exists()


def test_control_c(scans: Path, tmp_path: Path) -> None:
    process = started(scans, tmp_path, 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of its processes
    _, said = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in said
    assert b"goes on from here" in said
    assert not (tmp_path / FOLDER / "work").exists()
    report = json.loads((tmp_path / "dicome-batch.json").read_text())["summary"]
    assert report["converted"] == len(pictures(tmp_path)) < COUNT
    assert report["converted"] + report["waiting"] == COUNT
    assert rest(scans, tmp_path) == {"converted": report["waiting"], "there": report["converted"]}
    assert len(pictures(tmp_path)) == COUNT
