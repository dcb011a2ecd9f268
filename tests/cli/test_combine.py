"""``dcm_combine`` on the command line."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dicome.image import open_image
from dicome.phantom import write_phantom

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def nex(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "été à Genève"
    folder.mkdir()
    paths = []
    for number in (1, 2):
        series = {"StudyInstanceUID": "1.2.3", "FrameOfReferenceUID": "1.2.4", "SeriesNumber": 300 + number,
                  "SeriesInstanceUID": f"1.2.5.{number}", "SOPInstanceUID": f"1.2.6.{number}"}  # fmt: skip
        paths.append(write_phantom(folder / f"nex {number}.dcm", rows=6, columns=5, slices=3, series=series).path)
    return paths


def test_plan_combine_and_refuse(nex: list[Path], dicome: Run) -> None:
    out = nex[0].parent / "all.dcm"
    done = dicome("dcm_combine", "--dry-run", *nex, out)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[1] == f"  1  {nex[0]} (series 301)"
    assert not out.exists()
    done = dicome("dcm_combine", "--series-number", "7", "--description", "both", *nex, out)
    assert done.stdout.splitlines()[-1] == "6 frames written"
    assert open_image(out).shape == (6, 5, 3, 2)
    done = dicome("dcm_combine", *nex, out)
    assert done.returncode == 1
    assert "exists already" in done.stderr
    assert dicome("dcm_combine", "--force", "--mean", nex[0].parent, out).returncode == 1  # three series by now
    assert dicome("dcm_combine", "--force", "--mean", *nex, out).returncode == 0
    assert open_image(out).shape == (6, 5, 3)
    assert "1 series in what was given" in dicome("dcm_combine", nex[0], nex[0].parent / "x.dcm").stderr
