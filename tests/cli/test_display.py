"""``dcm_x_disp`` on the command line, without a screen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dicome.phantom import write_phantom
from tests.inspect.making import classic

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "été à Genève"
    folder.mkdir()
    return write_phantom(folder / "my scan.dcm", rows=8, columns=6, slices=3).path


@pytest.mark.parametrize("command", ["dcm_x_disp", "dcm_w_disp"])
def test_a_picture(scan: Path, dicome: Run, command: str) -> None:
    from PIL import Image

    out = scan.parent / "slice.png"
    flat = classic(scan.parent / "flat.dcm", {0x7FE00010: np.array([0, 20, 50, 200], "<u2").tobytes()})
    done = dicome(command, "-W", "100", "-C", "50", "-o", out, flat)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with Image.open(out) as picture:
        assert np.asarray(picture).tolist() == [[0, 51], [128, 255]]
    assert dicome(command, "-o", out, flat).returncode == 1
    assert dicome(command, "--force", "-w", "60", "-h", "60", "--frame", "2", "-o", out, scan).returncode == 0
    with Image.open(out) as picture:
        assert max(picture.size) == 60


def test_without_a_screen_it_is_drawn_as_text(scan: Path, dicome: Run) -> None:
    done = dicome("dcm_x_disp", "-w", "20", scan)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "my scan.dcm: frame 2 (In-Stack Position Number 2)"
    assert all(line.isprintable() for line in done.stdout.splitlines())
    assert dicome("dcm_x_disp", "--text", "sixel", scan).stdout.startswith("\x1bPq")
    assert "▀" in dicome("dcm_x_disp", "--text", "blocks", scan).stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["-W", "0"], "wider than 0"), (["-W", "nan"], "expected a number"), (["-C", "inf"], "expected a number"),
     (["-w", "0"], "expected 1 to 16384"), (["--frame", "9"], "no frame 9"),
     (["-o", "x.jpg"], "ends in .png")],
)  # fmt: skip
def test_what_cannot_be(scan: Path, dicome: Run, arguments: list[str], told: str) -> None:
    done = dicome("dcm_x_disp", *arguments, scan)
    assert done.returncode == 1
    assert told in done.stderr
    assert "examples:" in dicome("dcm_x_disp", "--help").stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo terminals")
@pytest.mark.parametrize(("answer", "begin"), [(b"\x1b[?62;4;22c", b"\x1bPq"), (b"\x1b[?62;22c", b"\x1b[38;")])
def test_a_terminal_says_whether_it_has_sixel_graphics(scan: Path, answer: bytes, begin: bytes) -> None:
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "dicome", "dcm_x_disp", str(scan)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        asked = b""
        while b"\x1b[c" not in asked:
            asked += os.read(ours, 1024)
        os.write(ours, answer)
        drawn = b""
        try:
            while chunk := os.read(ours, 65536):
                drawn += chunk
        except OSError:  # how a pseudo terminal ends
            pass
        assert process.wait() == 0
    os.close(ours)
    assert begin in drawn
    assert b"my scan.dcm: frame 2" in drawn
