"""``dcmls`` and ``dicome ls``."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.inspect.making import classic, enhanced_file

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "été à Genève"
    folder.mkdir()
    classic(folder / "a b.dcm")
    enhanced_file(folder / "e.dcm", top=[(0x0020000E, "UI", "1.2.9")])
    (folder / "notes.txt").write_text("hello")
    return folder


def test_plain_files_are_listed_without_numpy(tmp_path: Path) -> None:
    """Its import takes longer than a small folder."""
    classic(tmp_path / "a.dcm")
    code = (
        f"import sys; from dicome.cli.main import main; main(['ls', {str(tmp_path)!r}]); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "T1 TFE" in done.stdout
    assert done.stdout.endswith("\nFalse\n")


@pytest.mark.skipif(os.name == "nt", reason="no ls to compare with")
@pytest.mark.parametrize("command", ["ls", "dcmls"])
def test_like_ls(tree: Path, dicome: Run, command: str) -> None:
    done = dicome(command, tree)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == f"{tree}:"
    listed = subprocess.run(["ls", "-l", tree], capture_output=True, text=True, check=True, env={"LC_ALL": "C"})
    theirs = listed.stdout.splitlines()[1:]
    ours = [line.split() for line in lines[1:]]
    for own, other in zip(ours, theirs, strict=True):
        mode, _, owner, group, size, *date = other.split()[:8]
        assert own[:7] == [mode, owner, group, size, *date]
    fields = lines[1].split(".dcm ")[1].split()
    assert fields == ["-", "-", "-", "T1", "TFE", "Doe^Jane", "P1", "-", "301", "-"]
    assert lines[2].endswith("3 frames: 2 x 2 x 3")
    assert lines[3].endswith(" notes.txt")


def test_without_names(tree: Path, dicome: Run) -> None:
    for flags in ([], ["--csv"], ["--json"], ["--series"], ["--series", "--json"], ["--series", "--csv"]):
        assert "Doe^Jane" in dicome("ls", *flags, tree).stdout
        shown = dicome("ls", "--no-phi", *flags, tree).stdout
        assert "Doe^Jane" not in shown
        assert "P1" not in shown.replace(str(tree), "")
        assert "T1 TFE" in shown


def test_for_scripts(tree: Path, dicome: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(dicome("ls", "--csv", tree).stdout)))
    assert [row["Path"] for row in rows] == [str(tree / name) for name in ("a b.dcm", "e.dcm", "notes.txt")]
    assert rows[1]["Dimensions"] == "2 x 2 x 3"
    facts = json.loads(dicome("ls", "--json", tree).stdout)
    assert facts[0]["SeriesNumber"] == "301"
    assert "SeriesNumber" not in facts[2]
    assert json.loads(dicome("ls", "--json", tree / "none").stdout) == []
    (series,) = [
        one
        for one in json.loads(dicome("ls", "--series", "--json", tree).stdout)
        if one["Files"] == 1 and one["Frames"] == 1
    ]
    assert series["SeriesInstanceUID"] == "1.2.3"


def test_no_series_are_a_table_without_lines(tmp_path: Path, dicome: Run) -> None:
    classic(tmp_path / "a.dcm")
    header = dicome("ls", "--series", "--csv", tmp_path).stdout.splitlines()[0]
    (tmp_path / "a.dcm").unlink()
    assert dicome("ls", "--series", "--csv", tmp_path).stdout.splitlines() == [header]


def test_sizes_for_people_and_help(tree: Path, dicome: Run) -> None:
    (tree / "notes.txt").write_text("x" * 5000)
    assert " 4.9K " in dicome("ls", "-h", tree).stdout
    assert "examples:" in dicome("ls", "--help").stdout


def test_bad_ones_do_not_stop_the_rest(tree: Path, dicome: Run) -> None:
    (tree / "broken.dcm").write_bytes((tree / "a b.dcm").read_bytes()[:300])
    done = dicome("ls", tree / "missing", tree)
    assert done.returncode == 1
    *told, counted = done.stderr.splitlines()
    assert [line.split(": ")[1] for line in told] == [str(tree / "missing"), str(tree / "broken.dcm")]
    assert counted == "dcmls: 2 of 5 files had a problem"
    assert dicome("dcm_count", tree).stderr.splitlines()[1:] == ["dcm_count: 1 of 4 files had a problem"]
    assert dicome("ls", tree / "missing").stderr.count("\n") == 1
    assert "broken.dcm" in done.stdout
    assert "T1 TFE" in done.stdout


def test_hostile_names(tmp_path: Path, dicome: Run) -> None:
    classic(tmp_path / "a\x1b[31m\n.dcm", {0x0008103E: "\x1b[2Jx"})
    done = dicome("ls", tmp_path)
    assert "a\\x1b[31m\\n.dcm" in done.stdout
    assert "\\x1b[2Jx" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_first_line_comes_at_once_and_a_closed_pipe_is_no_problem(tmp_path: Path) -> None:
    content = classic(tmp_path / "x.dcm").read_bytes()
    for number in range(3000):
        (tmp_path / f"{number:05}.dcm").write_bytes(content)
    command = [sys.executable, "-m", "dicome", "ls", "--jobs", "2", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        start = time.monotonic()
        assert process.stdout.readline() == f"{tmp_path}:\n"
        assert process.poll() is None or time.monotonic() - start < 60
        process.stdout.close()
        assert process.stderr.read() == ""
        process.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only there a process is copied with what a test has changed in it")
def test_a_process_that_dies_is_told_for_its_files(tmp_path: Path) -> None:
    content = classic(tmp_path / "x.dcm").read_bytes()
    for number in range(700):
        (tmp_path / f"{number:03}.dcm").write_bytes(content)
    deadly = (
        "import os, signal, sys, time\n"
        "from dicome.cli.main import main\n"
        "from dicome.inspect import ls\n"
        "usual, first = ls.entry_of, os.getpid()\n"
        "def entry_of(folder, name):\n"
        "    if not os.path.exists(f'{folder}/.died'):\n"
        "        time.sleep(0.005)\n"
        "        if os.getpid() != first:\n"
        "            open(f'{folder}/.died', 'w').close()\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return usual(folder, name)\n"
        "ls.entry_of, ls.ALONE, ls.CHUNK = entry_of, 10, 4\n"
        "sys.exit(main(['ls', '--jobs', '2', sys.argv[1]]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", deadly, str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    *lost, _ = done.stderr.splitlines()
    assert 1 <= len(lost) <= 4
    assert all("not looked at: its process was ended by SIGKILL" in line for line in lost)
    assert len(done.stdout.splitlines()) == 702 - len(lost)
