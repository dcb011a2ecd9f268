"""What scripts and containers give the commands that look into files: empty names, no file at all, no home."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dicome.cli.main import main
from tests.inspect.making import classic

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(
    "command",
    [["dcmls"], ["dcm_count"], ["dcm_study"], ["dcm_dump_file"], ["info"], ["dcminfo"], ["dcminfo", "-l"],
     ["dcminfo", "--frames"], ["dcminfo", "--axes", "--json"]],
)  # fmt: skip
def test_an_empty_name_is_no_file(
    tmp_path: Path, dicome: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """Of an empty variable in a script: it was this folder, or nothing that the message named."""
    monkeypatch.chdir(tmp_path)
    done = dicome(*command, "")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].casefold().partition(": ")[2].startswith("'': no such file")


def test_who_reads_json_finds_some(tmp_path: Path, dicome: Run) -> None:
    done = dicome("dcminfo", "--json", tmp_path / "none.dcm", tmp_path / "notes.txt")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"tags": {}, "same": {}, "different": [], "files": []}


def test_a_user_without_a_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a container that is run as some number, the list of users has no line of it: that was a traceback."""
    scan = str(classic(tmp_path / "a.dcm"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    monkeypatch.delenv("DCMINFORC", raising=False)
    assert main(["-t", "EchoTime", scan], "dcminfo") == 0
    monkeypatch.setenv("DCMINFORC", "~unknown/rc")
    assert main([scan], "dcminfo") == 1
    assert "rc (named by DCMINFORC): cannot be read" in capsys.readouterr().err
