"""dcm_move on real trees, copied: the whole corpus there and back, and names known from the headers of the scanner."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pydicom
import pytest

from dicome.cli.main import main
from dicome.moving import MoveOptions, apply_plan, plan_moves, undo
from tests.moving.making import LONG_AGO, contents, tree


@pytest.fixture
def incoming(corpus: Path, tmp_path: Path) -> Path:
    """Every scanner file of the corpus, as if it had come long ago."""
    folder = tmp_path.resolve() / "incoming"
    for name in ("classic", "enhanced", "raw"):
        shutil.copytree(corpus / name, folder / name)
    for path in folder.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    return folder


@pytest.mark.parametrize("switches", [[], ["-f", "-d"], ["-u"], ["-n", "-i"], ["-c"]])
def test_the_whole_corpus_there_and_back(switches: list[str], incoming: Path, tmp_path: Path) -> None:
    before, counted = tree(incoming), contents(incoming)
    target = tmp_path / "sorted"
    assert main(["-s", str(incoming), "-R", "-a", *switches, str(target)], "dcm_move") == 1  # one lacks pixels
    moved = contents(target)
    assert all(moved[one] <= counted[one] for one in moved)
    if "-c" not in switches:
        assert moved + contents(incoming) == counted
    assert sum(moved.values()) > 600
    assert main(["--undo", str(target)], "dcm_move") == 0
    assert tree(incoming) == before
    assert not target.exists()


def test_nothing_that_pydicom_reads_is_called_bad(incoming: Path, tmp_path: Path) -> None:
    plan = plan_moves(MoveOptions(source=incoming, recursive=True, destination=tmp_path / "sorted"))
    assert plan.bad == ()
    assert [Path(one.path).name for one in plan.left if one.reason == "incomplete"] == [
        "emri_small_jpeg_2k_lossless_too_short.dcm"
    ]
    for one in plan.left:
        if one.reason == "not DICOM":
            assert not pydicom.misc.is_dicom(one.path), one.path


@pytest.mark.parametrize(
    ("folder", "parts", "count"),
    [
        ("philips_201_EPI", ("slice", "dynamic"), 27),
        ("philips_2001_field_map", ("slice", "echo", "type"), 212),
        ("philips_301_ASL_MultiPhase", ("slice", "phase"), 48),
        ("philips_402_SOURCE_3D_pCASL", ("slice", "dynamic", "label"), 224),
    ],
)
def test_series_of_philips(folder: str, parts: tuple[str, ...], count: int, incoming: Path, tmp_path: Path) -> None:
    plan = plan_moves(MoveOptions(source=incoming / "classic" / folder, destination=tmp_path / "sorted"))
    ((series,),) = (study.series for study in plan.studies)
    assert series.parts == parts
    assert len(series.steps) == count
    assert not any(step.note for step in series.steps)


def test_numbers_are_those_of_the_header(incoming: Path, tmp_path: Path) -> None:
    """pydicom reads the Philips slice number and the dynamic, which the name must say."""
    target = tmp_path / "sorted"
    apply_plan(plan_moves(MoveOptions(source=incoming / "classic/philips_201_EPI", destination=target)))
    found = sorted(target.glob("*/0201/0*"))
    assert len(found) == 27
    for path in found:
        header = pydicom.dcmread(path, stop_before_pixels=True)
        number, dynamic = int(header[0x2001, 0x100A].value), int(header.TemporalPositionIdentifier)
        assert path.name == f"{number:04d}.{dynamic:04d}"


def test_a_scan_with_its_raw_data_and_presentation_states(incoming: Path, tmp_path: Path) -> None:
    source = incoming / "raw" / "dcm_qa_philips_asl_enh"
    target = tmp_path / "sorted"
    outcome = apply_plan(plan_moves(MoveOptions(source=source, recursive=True, destination=target)))
    assert set(tree(target)) >= {
        "662657234/0000/examcard.0001",
        "662657234/0000/presentation.996137304",
        "662657234/0301/raw.0001",
        "662657234/0402/raw.0001",
    }
    assert undo(outcome.journal).end == "undone"
