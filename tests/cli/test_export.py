"""``dicome export``: which options reach the writer, what is printed, and what is left when it goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dicome.cli.export import EXAMPLES
from dicome.cli.main import build_parser, main
from dicome.phantom import write_phantom
from dicome.writers import Options

SMALL: dict[str, Any] = {"rows": 8, "columns": 6, "slices": 2, "dynamics": 3}


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    write_phantom(tmp_path / "scan.dcm", **SMALL)
    return tmp_path / "scan.dcm"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Path, Options]]:
    """What a writer that writes nothing is called with."""
    calls: list[tuple[Any, Path, Options]] = []

    def write(image: Any, path: Path, options: Options) -> list[Path]:
        calls.append((image, path, options))
        return [path, path.with_suffix(".json")]

    monkeypatch.setattr("dicome.writers.png.write", write)
    return calls


def test_the_files_are_written_and_named(scan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = scan.with_name("été.png")
    assert main(["export", str(scan), str(out)]) == 0
    assert capsys.readouterr() == (f"{out}\n", "")
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", {}),
        ("--scale dv", {"scale": "dv"}),
        ("--order 2,1,4,3", {"order": [2, 1, 4, 3]}),
        ("--combine 0,0,0,1", {"combine": [0, 0, 0, 1]}),
        ("--split Time", {"split": "Time"}),
        ("--full-info --v7.3 --compress --force", {"full_info": True, "v73": True, "compress": True, "force": True}),
    ],
)
def test_options_reach_the_writer(
    scan: Path, seen: list[tuple[Any, Path, Options]], arguments: str, expected: dict[str, Any]
) -> None:
    assert main(["export", str(scan), "x.png", *arguments.split()]) == 0
    options = seen[0][2]
    usual = Options()
    for name in Options.__dataclass_fields__:
        if name != "progress":
            assert getattr(options, name) == expected.get(name, getattr(usual, name)), name


def test_names_of_dimensions_may_hold_spaces(scan: Path, seen: list[tuple[Any, Path, Options]]) -> None:
    assert main(["export", str(scan), "x.png", "--order", "Row, Column,In-Stack Position Number"]) == 0
    assert seen[0][2].order == ["Row", "Column", "In-Stack Position Number"]


@pytest.mark.filterwarnings("default")
def test_several_files_a_folder_and_incomplete(tmp_path: Path, seen: list[tuple[Any, Path, Options]]) -> None:
    write_phantom(tmp_path / "cut.dcm", **SMALL, frame_order="volume", stop_after=5)
    assert main(["export", str(tmp_path), str(tmp_path / "x.png"), "--incomplete", "trim"]) == 0
    assert seen[0][0].shape == (8, 6, 2, 2)
    assert main(["export", str(tmp_path / "cut.dcm"), str(tmp_path / "cut.dcm"), "x.png"]) == 1


def test_json_and_quiet(scan: Path, seen: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(scan), "x.png", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["files"] == ["x.png", "x.json"]
    assert facts["shape"] == [8, 6, 2, 3]
    assert main(["export", str(scan), "x.png", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.pgn"], "no writer for .pgn; did you mean .png?"),
        (["nowhere/a.png"], "there is no folder nowhere"),
        (["a.png", "--combine", "0,2"], "expected a 0 or 1 for every dimension"),
        (["a.png", "--scale", "xy"], "fp, dv, rwv"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    scan: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(scan.parent)
    assert main(["export", str(scan), *arguments]) == 1
    told = capsys.readouterr()
    assert message in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert [path.name for path in scan.parent.iterdir()] == ["scan.dcm"]


def test_nothing_is_overwritten_unless_forced(scan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = scan.with_name("a.png")
    out.write_text("precious")
    assert main(["export", str(scan), str(out)]) == 1
    assert "--force" in capsys.readouterr().err
    assert out.read_text() == "precious"
    assert main(["export", str(scan), str(out), "--force"]) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="stops a process by a signal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_leaves_nothing_half_written(name: str, scan: Path) -> None:
    """Ctrl-C, and what `kill`, `timeout` and a terminal that closes send."""
    number = getattr(signal, name)
    if signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("ignored here (nohup), and by what is started here")
    # The writer stands still in the middle of its file, as a long one would be when the key is pressed.
    code = """
import sys, time
import dicome.writers.png as png
from dicome.beside import written_beside
from dicome.cli.main import main
def write(image, path, options):
    with written_beside(path) as temporary:
        temporary.write_bytes(b"half")
        print("now", flush=True)
        time.sleep(60)
png.write = write
sys.exit(main(["export", "scan.dcm", "a.png"]))
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], cwd=scan.parent, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"now\n"
        process.send_signal(number)
        assert process.wait() == 128 + number
        assert b"Traceback" not in process.stderr.read()
    assert [path.name for path in scan.parent.iterdir()] == ["scan.dcm"]


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals of this kind")
def test_a_terminal_shows_progress(scan: Path) -> None:
    import pty

    code = """
import sys
import dicome.writers.png as png
from dicome.cli.main import main
def write(image, path, options):
    options.progress(1, 4)
    options.progress(4, 4)
    return [path]
png.write = write
sys.exit(main(["export", "scan.dcm", "a.png"]))
"""
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=scan.parent, stdout=subprocess.PIPE, stderr=theirs, check=True
    )
    os.write(theirs, b"end")  # so that there is something to read in any case
    shown = ""
    while not shown.endswith("end"):
        shown += os.read(ours, 10_000).decode()
    os.close(theirs)
    os.close(ours)
    assert done.stdout == b"a.png\n"
    assert "a.png [#####...............]  25%  1/4 frames" in shown
    assert "a.png [####################] 100%  4/4 frames" in shown
    assert shown.endswith(" \rend")


def test_every_example_of_the_help_is_understood() -> None:
    lines = [line.strip().split("  ")[0] for line in EXAMPLES.splitlines() if line.startswith("  dicome")]
    assert len(lines) == 9
    for line in lines:
        args = build_parser(["export"]).parse_args(line.split()[1:])
        assert args.out.endswith((".mat", ".nii.gz", ".png"))


def test_a_pipe_sees_no_progress(scan: Path, dicome: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = dicome("export", scan, scan.with_name("a.png"))
    assert (done.returncode, done.stderr) == (0, "")
