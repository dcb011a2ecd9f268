"""``dicome tools`` and ``dicome private-dictionary``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.inspect.making import classic

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_list(dicome: Run) -> None:
    plain = dicome("tools")
    assert plain.returncode == 0
    assert plain.stdout == dicome("tools", "list").stdout
    named = {line.split()[0] for line in plain.stdout.splitlines() if line.startswith("  ")}
    facts = json.loads(dicome("tools", "list", "--json").stdout)
    assert {one["name"] for one in facts["programs"]} <= named
    assert "dcmcjpeg" in dicome("tools", "list", "jpeg").stdout
    assert "dcmdump" not in dicome("tools", "list", "jpeg").stdout
    nothing = dicome("tools", "list", "nonsense")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "no program has 'nonsense' in its name" in nothing.stderr


def test_running_and_checking(tmp_path: Path, dicome: Run, dcmtk: Callable[[str], str]) -> None:
    dcmtk("dcmdump")
    scan = classic(tmp_path / "a b.dcm")
    done = dicome("tools", "run", "dcmdump", "+P", "0010,0010", scan)
    assert done.stdout.startswith("(0010,0010) PN [Doe^Jane]")
    assert dicome("tools", "run", "nonsense").returncode == 1
    checked = dicome("tools", "check", "--json", scan)
    assert "dcmdump" in json.loads(checked.stdout)[str(scan)]
    (tmp_path / "notes.txt").write_text("hello " * 100)
    assert dicome("tools", "check", tmp_path / "notes.txt").returncode == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_signal_reaches_the_program(tmp_path: Path) -> None:
    program = tmp_path / "storescp"
    program.write_text("#!/bin/sh\ntrap 'echo ended >&2; exit 7' TERM\necho $1 ready\nread line\necho no signal\n")
    program.chmod(0o755)
    command = [sys.executable, "-m", "dicome", "tools", "run", "storescp", "a b"]
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == "a b ready\n"
        started.terminate()
        assert started.wait() == 7
        assert started.stderr is not None
        assert started.stderr.read() == "ended\n"


def test_the_dictionary(tmp_path: Path, dicome: Run) -> None:
    assert "MRScaleSlope" in dicome("private-dictionary").stdout
    out = tmp_path / "philips.txt"
    assert dicome("private-dictionary", "--format", "matlab", "-o", out).returncode == 0
    assert dicome("private-dictionary", "--format", "matlab", "-o", out).returncode == 1
    assert "PatientName" in out.read_text()
