"""``dicome matlab``: folders found in a checkout and in an installed package, lines that MATLAB can read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from dicome.cli.matlab import lines, matlab_folder
from dicome.errors import FileMissingError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path


def test_the_two_lines(dicome: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = dicome("matlab")
    first, second = done.stdout.splitlines()
    assert first.startswith("addpath('")
    assert second == f"dicome.setup('{sys.executable}');"
    assert done.returncode == 0


def test_the_folder_alone(dicome: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    folder = dicome("matlab", "--folder").stdout.strip()
    assert dicome("matlab").stdout.startswith(f"addpath('{folder}');\n")


@pytest.mark.parametrize("place", ["site-packages/dicome/matlab", "matlab"])
def test_installed_and_in_a_checkout(place: str, tmp_path: Path) -> None:
    package = tmp_path / ("site-packages/dicome" if place.startswith("site") else "pybackend/dicome")
    package.mkdir(parents=True)
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "dicomeread.m").touch()
    assert matlab_folder(package) == tmp_path / place


def test_a_damaged_installation(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match=r"dicomeread\.m is missing there; install again"):
        matlab_folder(tmp_path / "dicome" / "dicome")


def test_quotes_are_doubled() -> None:
    assert lines("/it's here", "/bin/py") == ["addpath('/it''s here');", "dicome.setup('/bin/py');"]
