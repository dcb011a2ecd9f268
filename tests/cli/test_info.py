"""``dicome info``: for people and for scripts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from dicome.phantom import Phantom, write_phantom

Run = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def phantom(tmp_path: Path) -> Phantom:
    folder = tmp_path / "été à Genève"
    folder.mkdir()
    return write_phantom(folder / "my scan.dcm", rows=8, columns=6, slices=12, echoes=2)


def test_text_shows_dimensions_and_labels(phantom: Phantom, dicome: Run) -> None:
    done = dicome("info", phantom.path)
    assert done.returncode == 0
    assert done.stderr == ""
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "3 In-Stack Position Number 12 1, 2, 3, ..., 12" in lines
    assert any(line.startswith("4 Effective Echo Time 2") and line.endswith("ms") for line in lines)
    assert "Image 8 x 6 x 12 x 2, 24 frames of uint16, scaling fp" in lines


def test_json_holds_the_same(phantom: Phantom, dicome: Run) -> None:
    facts = json.loads(dicome("info", "--json", "--columns", phantom.path).stdout)
    assert facts["shape"] == [8, 6, 12, 2]
    assert facts["axes"][1]["unit"] == "ms"
    assert facts["missing_frames"] == 0
    assert "EffectiveEchoTime" in facts["columns"]
    assert facts["affine_lps"][3] == [0, 0, 0, 1]


def test_names_of_patients_are_not_shown(tmp_path: Path, dicome: Run) -> None:
    phantom = write_phantom(tmp_path / "a.dcm", slices=2, series={"PatientName": "Secret^Person", "PatientID": "XY77"})
    for flags in ([], ["--json"]):
        shown = dicome("info", *flags, phantom.path).stdout
        assert "Secret" not in shown
        assert "XY77" not in shown


def test_a_stopped_scan_warns_on_stderr(tmp_path: Path, dicome: Run) -> None:
    phantom = write_phantom(tmp_path / "a.dcm", slices=4, dynamics=3, frame_order="volume", stop_after=10)
    done = dicome("info", phantom.path)
    assert done.returncode == 0
    assert done.stderr.startswith("dicome: warning:")
    assert dicome("info", "--incomplete", "error", phantom.path).returncode == 1


def test_what_is_no_dicom_is_told_in_one_line(tmp_path: Path, dicome: Run) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("hello " * 100)
    done = dicome("info", wrong)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "not a DICOM file" in done.stderr
