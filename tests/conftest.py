"""Fixtures for all tests: real files, other programs, and the commands of dicome."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]

# On a busy machine any example may take longer than Hypothesis' 0.2 s; pytest-timeout ends what hangs.
settings.register_profile("dicome", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dicome")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of real scanner files, from the environment variable DICOME_CORPUS."""
    folder = os.environ.get("DICOME_CORPUS")
    if not folder:
        pytest.skip("DICOME_CORPUS is not set: no folder of real scanner files to read")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"DICOME_CORPUS is {folder!r}, which is no folder")
    return path


@pytest.fixture(scope="session")
def octave() -> str:
    """Path of octave-cli. With DICOME_REQUIRE_OCTAVE=1 a missing Octave is a failure."""
    program = shutil.which("octave-cli")
    if program is None:
        if os.environ.get("DICOME_REQUIRE_OCTAVE") == "1":
            pytest.fail("DICOME_REQUIRE_OCTAVE is 1, but octave-cli is not on the PATH")
        pytest.skip("octave-cli is not on the PATH")
    return program


@pytest.fixture(scope="session")
def dcmtk() -> Callable[[str], str]:
    """Path of a program of another DICOM toolkit (dcmdump, dciodvfy, ...), or a skip.

    Not those of a Python, this one or one that is active around it: pynetdicom calls its own programs storescu and
    echoscu too.
    """

    def find(name: str) -> str:
        for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
            program = shutil.which(name, path=folder)
            if program is not None and not _is_script_of_python(Path(program)):
                return program
        pytest.skip(f"{name} is not on the PATH")

    return find


def _is_script_of_python(program: Path) -> bool:
    with program.open("rb") as stream:
        begin = stream.read(500)
    return begin.startswith(b"#!") and b"python" in begin


@pytest.fixture(scope="session")
def dicome() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``dicome ARGUMENT ...`` in a process of its own; text in and out."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dicome", *map(str, arguments)]
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL
        )

    return run
