"""What Octave's tests need around them."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables for Octave: a home and temporary folder of its own, the real Python, and one with a made-up engine."""
    awkward = tmp_path / 'it\'s a "földer"'
    for folder in (awkward, tmp_path / "home", tmp_path / "temporary"):
        folder.mkdir()
    fake = awkward / "python"
    fake.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(HERE / "fake_bridge.py"))} "$@"\n')
    fake.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DICOME_")}
    return {
        **kept,
        "DICOME_PYTHON": sys.executable,
        "DICOME_FAKE_PYTHON": str(fake),
        "DICOME_SCRATCH": str(awkward),
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "temporary"),
    }
