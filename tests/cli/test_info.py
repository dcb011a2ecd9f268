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


def test_a_folder_is_listed_series_by_series(phantom: Phantom, tmp_path: Path, dicome: Run) -> None:
    folder = phantom.path.parent
    series = {"SeriesNumber": 7, "SeriesDescription": "second", "SeriesInstanceUID": "1.2.3.7"}
    write_phantom(folder / "b.dcm", rows=4, columns=4, slices=5, series=series)
    (folder / "notes.txt").write_text("hello " * 50)
    done = dicome("info", folder)
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0] == f"{folder}: 2 series"
    assert any(line.startswith("7 second enhanced 1 file 5 frames of 4 x 4 ") for line in lines)
    assert lines[-1] == "1 other file, no DICOM"
    facts = json.loads(dicome("info", "--json", folder).stdout)
    assert [entry["frames"] for entry in facts["series"] if entry["number"] == 7] == [5]
    assert facts["not_dicom"] == 1
    below = json.loads(dicome("info", "--json", "-R", tmp_path).stdout)
    assert len(below["series"]) == 2
    assert dicome("info", tmp_path).stdout == f"{tmp_path}: no DICOM images (sub-folders are searched with -R)\n"


def test_one_series_of_a_folder(phantom: Phantom, dicome: Run) -> None:
    series = {"SeriesNumber": 7, "SeriesInstanceUID": "1.2.3.7"}
    write_phantom(phantom.path.parent / "b.dcm", rows=4, columns=4, slices=5, series=series)
    assert json.loads(dicome("info", "--json", "--series", "7", phantom.path.parent).stdout)["shape"] == [4, 4, 5]
    wrong = dicome("info", "--series", "8", phantom.path.parent)
    assert wrong.returncode == 1
    assert "no series 8; these are there" in wrong.stderr
    assert dicome("info", "-R", phantom.path).returncode != 0


def test_damage_in_a_listed_folder_is_told(phantom: Phantom, dicome: Run) -> None:
    whole = phantom.path.read_bytes()
    (phantom.path.parent / "broken.dcm").write_bytes(whole[:2000])
    done = dicome("info", phantom.path.parent)
    assert done.returncode == 0
    assert "broken.dcm" in done.stderr
    assert ": 1 series" in done.stdout


def test_the_switches_of_dcminfo(phantom: Phantom, dicome: Run) -> None:
    for switches in (["-l"], ["-a"], ["--frames"], ["--axes", "--csv"], ["-s", "-x", "-t", "EffectiveEchoTime"]):
        ours, theirs = dicome("info", *switches, phantom.path), dicome("dcminfo", *switches, phantom.path)
        assert ours.returncode == 0
        assert ours.stdout == theirs.stdout
    assert "Dimensions" in dicome("info", phantom.path).stdout


@pytest.mark.parametrize(
    ("switches", "told"),
    [
        (["--series", "301", "-q", "-r", "SOPInstanceUID"], "--series goes with no switches of dcminfo but --frames"),
        (["--series", "301", "-l"], "--series goes with"),
        (["-R", "-t", "EchoTime"], "--recursive goes with no switches of dcminfo\n"),
        (["--columns", "-l"], "--columns goes with"),
        (["--incomplete", "error", "-a"], "--incomplete goes with"),
    ],
)
def test_switches_of_the_overview_are_not_passed_over(
    phantom: Phantom, dicome: Run, switches: list[str], told: str
) -> None:
    done = dicome("info", *switches, phantom.path.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert told in done.stderr
    assert [path.name for path in phantom.path.parent.iterdir()] == ["my scan.dcm"]
    assert dicome("info", "--series", "201", "--frames", phantom.path.parent).returncode == 0


def test_hostile_text_is_shown(tmp_path: Path, dicome: Run) -> None:
    phantom = write_phantom(tmp_path / "a.dcm", slices=2, series={"SeriesDescription": "a\x1b[2Jb"})
    for flags in ([], ["--json"], ["-a"]):
        assert "\x1b" not in dicome("info", *flags, phantom.path).stdout
