"""Octave as people use it: Ctrl-C in the middle, answers typed at the prompt, driven from Python by oct2py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MATLAB = os.path.join(os.path.dirname(__file__), "..", "..", "matlab")  # noqa: PTH118, PTH120


def command(octave: str, code: str) -> list[str]:
    return [octave, "--norc", "--quiet", "--eval", f"addpath('{MATLAB}'); {code}"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("mode", "all_hear"),
    [("worker", True), ("worker", False), ("system", True)],
    ids=["worker, in a terminal", "worker, in Octave's window", "system, in a terminal"],
)
def test_ctrl_c(mode: str, all_hear: bool, octave: str, environment: dict[str, str], tmp_path: Path) -> None:
    """A terminal sends Ctrl-C to all programs, Octave's window to Octave alone. The session goes on afterwards."""
    process = subprocess.Popen(
        [octave, "--norc", "--quiet", "--interactive", "--no-line-editing"],
        env={**environment, "DICOME_PYTHON": environment["DICOME_FAKE_PYTHON"], "DICOME_BRIDGE": mode},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdin is not None
        process.stdin.write(f"addpath('{MATLAB}');\ndicomeread('{tmp_path / 'slow'}');\n")
        process.stdin.flush()
        assert _within_seconds(60, (tmp_path / "slow.started").exists)
        for pid in _group(process.pid) if all_hear else [process.pid]:
            os.kill(pid, signal.SIGINT)
        assert _within_seconds(20, lambda: _group(process.pid) == [process.pid]), "Python goes on"
        assert _within_seconds(20, lambda: not any((tmp_path / "temporary").iterdir())), "files were left behind"
        said, _ = process.communicate("printf('<%d>', size(dicomeread('uint8')));\n", timeout=60)
        assert "<2><3><4>" in said
    finally:
        process.kill()
        for pid in _group(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def _within_seconds(seconds: float, condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _group(leader: int) -> list[int]:
    """Living processes of a process group."""
    listed = subprocess.run(["ps", "-e", "-o", "pgid=,pid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return sorted(int(pid) for group, pid, state in rows if group == str(leader) and not state.startswith("Z"))


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        ("order", "2 1 3", [2, 1, 3]),
        ("order", " [2, 1,3]", [2, 1, 3]),
        ("order", "", []),
        ("combine", "3", [3]),
        ("combine", "2,3", [2, 3]),
    ],
)
def test_typed_answers(kind: str, typed: str, expected: list[int], octave: str, environment: dict[str, str]) -> None:
    code = f"n = dicome.internal.ask_user('{kind}', {{'1  Column', '2  Row', '3  Echo'}}); printf('<%s>', mat2str(n));"
    done = subprocess.run(
        command(octave, code), env=environment, input=typed + "\n", capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("1  Column\n2  Row\n3  Echo\n")
    found = [int(n) for n in done.stdout.rpartition("<")[2].strip("[]>").replace("zeros(0,0)", "").split()]
    assert found == expected


def test_oct2py(octave: str, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    oct2py: Any = pytest.importorskip("oct2py")
    from dicome.phantom import write_phantom

    phantom = write_phantom(tmp_path / "scan.dcm", rows=6, columns=5, slices=3, dynamics=2)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DICOME_PYTHON", sys.executable)
    monkeypatch.setenv("OCTAVE_PATH", str(MATLAB))  # oct2py garbles letters that are not ASCII on their way to addpath
    monkeypatch.setenv("OCTAVE_EXECUTABLE", octave)
    with oct2py.Oct2Py() as session:
        imag, info = session.dicomeread(str(phantom.path), nout=2)
    assert imag.dtype == np.float32
    np.testing.assert_allclose(imag, phantom.values, rtol=1e-6)
    np.testing.assert_array_equal(info["MatlabItems"], phantom.item_numbers)
    assert list(np.ravel(info["MatlabNames"])) == ["Column", "Row", *phantom.names]
