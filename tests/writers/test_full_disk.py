"""Files that cannot be written to their end: one line says so, no part of them stays, no program crashes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import dicome

CODE = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from dicome.cli.main import main
sys.exit(main(["export", "in.dcm", *sys.argv[2:], "--quiet"]))
"""
"""A limit for the size of files fails as a full disk does: in the middle of a write."""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits")
@pytest.mark.parametrize("limit", [2_000, 6_000], ids=["2 kB", "6 kB"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["x.mat"],
        ["x.mat", "--v7.3"],
        ["x.mat", "--v7.3", "--compress", "--full-info"],
        ["x.h5"],
        ["x.h5", "--compress", "--full-info"],
        ["x.nii"],
        ["x.nii.gz"],
        ["x.png"],
    ],
    ids=" ".join,
)
def test_a_write_that_fails_in_the_middle(arguments: list[str], limit: int, tmp_path: Path) -> None:
    dicome.write_phantom(tmp_path / "in.dcm", rows=64, columns=64, slices=40, dynamics=2)
    command = [sys.executable, "-c", CODE, str(limit), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert re.match(r"dicome: x\.[a-z0-9.]+: cannot be written: File too large", done.stderr), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["in.dcm"]
