"""Completion scripts, asked of the shells themselves where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from dicome.cli import main as cli

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(name in script for name in cli.COMMANDS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_accepts_the_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    if os.name == "nt" or shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    cli.main(["completion", shell])
    script = capsys.readouterr().out
    subprocess.run([shell, "-n", "/dev/stdin"], input=script, text=True, check=True)


@pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["dicome", "inf"], ["info"]),
        (["dicome", "completion", "f"], ["fish"]),
        (["dicome", "completion", ""], ["bash", "zsh", "fish"]),
        (["dicome", "--vers"], ["--version"]),
        (["dicome", "info", "scan"], ["scan.dcm"]),
        (["dicome", "export", "scan"], ["scan.dcm"]),
        (["dicome", "batch", "--to", "pn"], ["png"]),
        (["dicome", "batch", "--incomplete", "t"], ["trim"]),
        (["dicome", "export", "--scale", "rw"], ["rwv"]),
        (["dicome", "completion", "bash", "dcm2"], ["dcm2par"]),
        (["dcm_move", "-s", "fold"], ["folder"]),
        (["dcm_move", "fold"], ["folder"]),
        (["dcm2par", "-o", "fold"], ["folder"]),
        (["send_dicom", "--retry-from", "scan"], ["scan.dcm"]),
        (["send_image", "host", "104", "scan"], ["scan.dcm"]),
        (["dicome", "info", "--fra"], ["--frames"]),
        (["dicome", "tools", "che"], ["check"]),
        (["dcminfo", "--ax"], ["--axes"]),
        (["dcminfo", "scan"], ["scan.dcm"]),
        (["dcmls", "--no"], ["--no-phi"]),
        (["dcm_count", ""], ["folder"]),
        (["dcm_dump_element", "scan"], ["scan.dcm"]),
        (["dcm_x_disp", "--text", "six"], ["sixel"]),
        (["dcm_combine", "--m"], ["--mean"]),
    ],
)
def test_bash_completes(
    typed: list[str], expected: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["completion", "bash", typed[0]])
    (tmp_path / "script").write_text(capsys.readouterr().out, encoding="utf-8")
    (tmp_path / "scan.dcm").touch()
    (tmp_path / "folder").mkdir()
    words = " ".join(f"'{word}'" for word in typed)
    code = f"""
        source ./script
        COMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}
        _shtab_{typed[0]}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == expected


def test_an_unknown_shell_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", "cmd"]) == 2
    assert "bash" in capsys.readouterr().err


def test_an_unknown_program_is_told_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["completion", "bash", "dcmdump"]) == 1
    assert "no program 'dcmdump'; the programs are dicome" in capsys.readouterr().err
