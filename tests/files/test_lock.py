"""Locks: one holder at a time, given back at the end, whatever the end is."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dicome.files.lock import locked

if TYPE_CHECKING:
    from pathlib import Path

TAKEN = BlockingIOError("another is at work")

HOLDER = """
import sys
from pathlib import Path
from dicome.files.lock import locked
with locked(Path(sys.argv[1]), RuntimeError()):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_process_at_a_time_and_the_next_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError, match="another is at work"), locked(path, TAKEN):
            pytest.fail("two hold the lock")
        holder.kill()
        holder.wait()
    with locked(path, TAKEN):
        pass


def test_what_the_file_holds_stays_and_can_be_written_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(b"first\n")
    with locked(path, TAKEN), path.open("ab") as stream:
        stream.write(b"second\n")
    assert path.read_bytes() == b"first\nsecond\n"


def test_an_error_within_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "lock", TAKEN):
        raise ZeroDivisionError
    with locked(tmp_path / "lock", TAKEN):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows says it in another way")
def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), locked(tmp_path / "none" / "lock", TAKEN):
        pytest.fail("there is no such folder")
