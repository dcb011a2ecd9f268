"""The demo, run as `make demo` runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

import dicome

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "examples" / "demo.py"


def _demo(folder: Path, *arguments: str, octave: bool = True) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    if not octave:
        environment["PATH"] = str(folder)
    command = [sys.executable, str(DEMO), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_the_demo_shows_dimensions_labels_and_header(tmp_path: Path) -> None:
    done = _demo(tmp_path, octave=False)
    assert done.returncode == 0, done.stderr
    # 64 x 48, 6 slices, 4 dynamics, magnitude and phase, 3 echoes: asked for in examples/demo.py
    sizes = [line.split(maxsplit=1) for line in done.stdout.splitlines() if line.startswith("   ")]
    assert sizes == [
        ["64", "Column"],
        ["48", "Row"],
        ["6", "In-Stack Position Number"],
        ["4", "Temporal Position Index"],
        ["2", "ImageTypeMR"],
        ["3", "Effective Echo Time"],
    ]
    assert "ImageTypeMR: M, P\n" in done.stdout
    assert "info.NumberOfFrames = 144" in done.stdout
    assert "sudo apt install octave" in done.stdout
    assert (tmp_path / "demo-output/phantom.mat").stat().st_size > 4 * 64 * 48 * 144
    assert (tmp_path / "demo-output/phantom.png").read_bytes().startswith(b"\x89PNG")


def test_the_demo_runs_in_octave(octave: str, tmp_path: Path) -> None:
    done = _demo(tmp_path)
    assert done.returncode == 0, done.stderr
    in_octave = done.stdout.split("in Octave\n")[1]
    assert in_octave.splitlines()[:6] == [line for line in done.stdout.splitlines() if line.startswith("   ")][:6]
    assert in_octave.splitlines()[6].startswith("single, from -3.14")


def test_the_demo_takes_a_file_of_any_name_and_repeats(tmp_path: Path) -> None:
    own = tmp_path / "my scan's 1.dcm"
    dicome.write_phantom(own, slices=2, dynamics=3)
    for _ in range(2):
        done = _demo(tmp_path, own.name, octave=False)
        assert done.returncode == 0, done.stderr
        assert "3  Temporal Position Index" in done.stdout
    assert sorted(path.name for path in (tmp_path / "demo-output").iterdir()) == ["my scan's 1.mat", "my scan's 1.png"]


def test_a_bad_file_is_told_in_one_line(tmp_path: Path) -> None:
    shutil.copy(DEMO, tmp_path / "no.dcm")
    done = _demo(tmp_path, "no.dcm", octave=False)
    assert done.returncode == 1
    assert done.stderr.startswith("dicome: ")
    assert len(done.stderr.splitlines()) == 1


NUMBERED = sorted(path.name for path in (ROOT / "examples").glob("example*"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dicome.write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=4, echoes=2, dynamics=3)
    return tmp_path


def test_there_are_examples_in_both_languages() -> None:
    assert {name[-2:] for name in NUMBERED} == {"py", ".m"}


@pytest.mark.parametrize("name", [name for name in NUMBERED if name.endswith(".py")])
def test_python_example(name: str, folder: Path) -> None:
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / name)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("name", [name for name in NUMBERED if name.endswith(".m")])
def test_matlab_example_in_octave(name: str, folder: Path, octave: str) -> None:
    # run() goes to the folder of the script, so the script goes to that of the scan.
    shutil.copy(ROOT / "examples" / name, folder)
    code = f"addpath('{ROOT / 'matlab'}'); run('{folder / name}');"
    command = [octave, "--norc", "--no-history", "--quiet", "--eval", code]
    environment = {**os.environ, "DICOME_PYTHON": sys.executable}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


SBATCH = """#!/bin/sh
cp "$1" "$0.job"
{ sh "$0.job" & echo $! >"$0.pid"; wait; touch "$0.ended"; } >"$0.log" 2>&1 </dev/null &
echo "Submitted batch job 1"
"""
"""Takes the place of SLURM: a job begins at once, on this machine."""


@pytest.mark.skipif(sys.platform == "win32", reason="the job is a shell script")
def test_the_cluster_example_converts_by_jobs(tmp_path: Path) -> None:
    if find_spec("dask_jobqueue") is None:  # not imported: that would take Ctrl-C from this process
        pytest.skip("dask-jobqueue is not installed")
    (tmp_path / "scans").mkdir()
    programs = {"sbatch": SBATCH, "scancel": '#!/bin/sh\nkill "$(cat "${0%scancel}sbatch.pid")"\n'}
    for name, code in programs.items():
        (tmp_path / name).write_text(code, encoding="ascii")
        (tmp_path / name).chmod(0o700)
    for k in range(4):
        dicome.write_phantom(tmp_path / "scans" / f"{k}.dcm", rows=8, columns=8, slices=2, seed=k)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "DASK_JOBQUEUE__SLURM__INTERFACE": "lo",
        "DASK_DISTRIBUTED__DASHBOARD__LINK": "",
    }
    command = [sys.executable, str(ROOT / "examples" / "slurm.py"), "scans", "results", "h5"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "4 converted; report: " in done.stdout
    assert len(list((tmp_path / "results").glob("*/*.h5"))) == 4
    while not (tmp_path / "sbatch.ended").exists():  # the worker ends after its scheduler
        time.sleep(0.05)
