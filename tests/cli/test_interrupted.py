"""Ctrl-C at moments when no command sees to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dicome.cli.interrupted import interruptible
from dicome.errors import FileMissingError


@pytest.mark.parametrize("name", ["argparse", "numpy"])
def test_in_the_middle_of_an_import(tmp_path: Path, name: str) -> None:
    """numpy makes an ImportError of it that begins with PLEASE READ THIS; Python's own modules show where they were."""
    (tmp_path / f"{name}.py").write_text(
        "import signal\n"
        "try:\n"
        "    signal.raise_signal(signal.SIGINT)\n"
        "except KeyboardInterrupt:\n"
        f"    if {name!r} == 'argparse': raise\n"
        "raise ImportError('PLEASE READ THIS')\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    arguments = [sys.executable, "-m", "dicome", "dcminfo", "none.dcm"]
    done = subprocess.run(arguments, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.parametrize(
    ("made_of_it", "raised"),
    [
        (ImportError("PLEASE READ THIS"), KeyboardInterrupt),
        (FileMissingError("a.dcm could not be put back"), FileMissingError),
    ],
)
def test_what_is_said_on_purpose_is_told(made_of_it: Exception, raised: type[BaseException]) -> None:
    def action() -> int:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise made_of_it from None
        return 0

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(raised):
        interruptible(action)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_fault_of_our_own_stays_one() -> None:
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0)
    assert interruptible(lambda: 3) == 3
