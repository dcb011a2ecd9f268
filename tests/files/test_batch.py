"""Batches: every series once, none lost, none overwritten, whatever lies in the way."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

import dicome
from dicome.errors import ArgumentError, FileExistsAlreadyError, FileMissingError
from dicome.files import batch as module
from dicome.files.batch import Entry, Plan, Settings, batch, plan_batch
from dicome.files.find import Findings, FoundSeries
from dicome.files.journal import FOLDER, read_journal
from dicome.files.naming import clash_key
from dicome.files.report import Row, counted
from dicome.files.workers import run_tasks
from dicome.formats import Head
from dicome.phantom import write_phantom

PNG = Settings("png")


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversions in this process: what is tested is not the processes."""

    def run(function: Any, tasks: Any, count: int, died: Any) -> Generator[Any, None, None]:
        yield from map(function, tasks)

    monkeypatch.setattr(module, "run_tasks", run)
    assert run_tasks is not run


def scan(path: Path, seed: int = 0, **series: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_phantom(path, rows=8, columns=6, slices=2, seed=seed, series=series)
    return path


def results(out: Path) -> list[str]:
    """Files in the folder, apart from the batch's own."""
    files = (path for path in out.rglob("*") if path.is_file() and FOLDER not in path.parts)
    return sorted(path.relative_to(out).as_posix() for path in files if not path.name.startswith("dicome-batch."))


def test_relative_folders(in_process: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where Python makes the path of a new temporary folder absolute, as it does from 3.12 on."""
    make = tempfile.mkdtemp

    def absolute(**options: Any) -> str:
        return str(Path(make(**options)).absolute())

    scan(tmp_path / "in" / "a")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "mkdtemp", absolute)
    rows = list(batch(Path("in"), Path("out"), PNG))
    assert [row.error for row in rows] == [""]
    assert len(results(Path("out"))) == 1


def test_every_series_becomes_a_file(tmp_path: Path) -> None:
    scan(tmp_path / "in" / "a", 1, SeriesNumber=7, SeriesDescription="T1/TFE")
    scan(tmp_path / "in" / "deep" / "b.dcm", 2, PatientID="Zoë")
    (tmp_path / "in" / "notes.txt").write_text("nothing")
    told: list[Row] = []
    plans: list[Plan] = []
    rows = batch(tmp_path / "in", tmp_path / "out", PNG, jobs=2, planned=plans.append, done=told.append)
    assert results(tmp_path / "out") == ["PHANTOM-0000/0007_T1_TFE.png", "Zoë/0201_Phantom.png"]
    assert counted(rows) == {"converted": 2}
    assert (len(told), len(plans[0].waiting), plans[0].findings.others) == (2, 2, 1)
    for path, made in (("a", "PHANTOM-0000/0007_T1_TFE.png"), ("deep/b.dcm", "Zoë/0201_Phantom.png")):
        alone = dicome.export(dicome.open(tmp_path / "in" / path), tmp_path / "alone.png", force=True)[0]
        with Picture.open(alone) as one, Picture.open(tmp_path / "out" / made) as two:
            assert np.array_equal(np.asarray(one), np.asarray(two))


@pytest.mark.usefixtures("in_process")
def test_the_report_says_what_happened(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    first = scan(source / "a.dcm", 1)
    (source / "b.dcm").write_bytes(first.read_bytes()[:900])
    shutil.copy(first, source / "c.dcm")
    scan(source / "d.dcm", 2)
    rows = batch(source, out, PNG)
    assert counted(rows) == {"converted": 2, "copy": 1, "failed": 1}
    report = json.loads((out / "dicome-batch.json").read_text())
    assert report["summary"] == {"converted": 2, "copy": 1, "failed": 1}
    by_input = {Path(one["input"][0]).name: one for one in report["series"]}
    assert by_input["a.dcm"]["shape"] == [8, 6, 2]
    assert by_input["a.dcm"]["output"] == ["PHANTOM-0000/0201_Phantom.png"]
    assert by_input["a.dcm"]["seconds"] > 0
    assert by_input["b.dcm"]["error"].startswith(str(source / "b.dcm"))
    assert by_input["c.dcm"]["note"] == f"the same bytes as {source / 'a.dcm'}"
    assert by_input["d.dcm"]["output"] == ["PHANTOM-0000/0201_Phantom (2).png"]
    assert "another series or file" in by_input["d.dcm"]["note"]
    with (out / "dicome-batch.csv").open(newline="", encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    assert [row["state"] for row in table] == ["converted", "failed", "copy", "converted"]
    assert table[0]["shape"] == "8 x 6 x 2"


@pytest.mark.usefixtures("in_process")
def test_a_second_run_does_nothing_again(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    for k in range(3):
        scan(source / f"{k}.dcm", k)
    batch(source, out, PNG)
    before = {name: (out / name).stat().st_mtime_ns for name in results(out)}
    assert len(before) == 3
    assert counted(batch(source, out, PNG)) == {"there": 3}
    assert {name: (out / name).stat().st_mtime_ns for name in results(out)} == before
    # A new series, a result that is gone and one that is damaged; the input lies elsewhere now.
    scan(source / "new.dcm", 9)
    source = source.rename(tmp_path / "moved")
    first, second, _ = sorted(before)
    (out / first).unlink()
    rows = batch(source, out, PNG)
    assert counted(rows) == {"converted": 2, "there": 2}
    assert results(out) == sorted([*before, "PHANTOM-0000/0201_Phantom (4).png"])
    (out / second).write_bytes(b"cut short")
    assert counted(batch(source, out, PNG)) == {"converted": 1, "there": 3}
    assert (out / second).read_bytes() == b"cut short"
    assert len(results(out)) == 5


@pytest.mark.usefixtures("in_process")
def test_its_own_results_are_no_input(tmp_path: Path) -> None:
    """PAR/REC is read as well as written: where IN_DIR is OUT_DIR, each run would convert what the last one made."""
    scan(tmp_path / "a.dcm", 1)
    par = Settings("par", "{PatientID}")
    assert counted(batch(tmp_path, tmp_path, par)) == {"converted": 1}
    made = ["PHANTOM-0000.par", "PHANTOM-0000.rec", "a.dcm"]
    assert results(tmp_path) == made
    assert counted(batch(tmp_path, tmp_path / ".." / tmp_path.name, par)) == {"there": 1}
    assert results(tmp_path) == made
    # A pair that no batch has made is a scan like any other.
    for suffix in (".par", ".rec"):
        shutil.copy(tmp_path / f"PHANTOM-0000{suffix}", tmp_path / f"b{suffix}")
    assert counted(batch(tmp_path, tmp_path, par)) == {"converted": 1, "there": 1}


@pytest.mark.usefixtures("in_process")
def test_redo_replaces_its_own_files_only(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    scan(source / "a.dcm", 1, SeriesNumber=1)
    scan(source / "b.dcm", 2, SeriesNumber=2)
    batch(source, out, PNG)
    one, two = (out / name for name in results(out))
    two.write_bytes(b"edited by hand")
    age = one.stat().st_mtime_ns
    rows = batch(source, out, Settings("png", redo=True))
    assert counted(rows) == {"converted": 2}
    assert one.stat().st_mtime_ns > age
    assert two.read_bytes() == b"edited by hand"
    assert results(out) == [f"PHANTOM-0000/{name}.png" for name in ("0001_Phantom", "0002_Phantom (2)", "0002_Phantom")]


@pytest.mark.usefixtures("in_process")
def test_a_run_of_failures_only_may_be_done_again(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    whole = scan(tmp_path / "a.dcm").read_bytes()
    source.mkdir()
    (source / "a.dcm").write_bytes(whole[:900])
    assert counted(batch(source, out, PNG)) == {"failed": 1}
    (source / "a.dcm").write_bytes(whole)
    assert counted(batch(source, out, PNG)) == {"converted": 1}


@pytest.mark.usefixtures("in_process")
def test_files_in_the_way_stay(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    scan(source / "a.dcm")
    taken = out / "PHANTOM-0000" / "0201_PHANTOM.PNG"  # the same name on some systems
    taken.parent.mkdir(parents=True)
    taken.write_text("precious")
    batch(source, out, PNG)
    assert taken.read_text() == "precious"
    assert results(out) == ["PHANTOM-0000/0201_PHANTOM.PNG", "PHANTOM-0000/0201_Phantom (2).png"]


@pytest.mark.usefixtures("in_process")
def test_a_file_that_comes_in_the_way_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    scan(source / "a.dcm")
    taken = out / "PHANTOM-0000" / "0201_Phantom.png"

    def block(plan: Plan) -> None:
        taken.parent.mkdir(parents=True)
        taken.write_text("precious")

    batch(source, out, PNG, planned=block)
    assert taken.read_text() == "precious"
    assert results(out) == ["PHANTOM-0000/0201_Phantom (2).png", "PHANTOM-0000/0201_Phantom.png"]


@pytest.mark.usefixtures("in_process")
def test_other_options_are_other_results(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    scan(source / "a.dcm")
    batch(source, out, PNG)
    assert counted(batch(source, out, Settings("png", options={"scale": "dv"}))) == {"converted": 1}
    assert counted(batch(source, out, Settings("png", options={"scale": "dv"}))) == {"there": 1}
    assert len(results(out)) == 2


@pytest.mark.usefixtures("in_process")
def test_options_reach_the_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def write(image: Any, path: Path, options: Any) -> list[Path]:
        seen.append(options)
        return []

    monkeypatch.setattr("dicome.writers.png.write", write)
    scan(tmp_path / "in" / "a.dcm")
    batch(tmp_path / "in", tmp_path / "out", Settings("png", options={"order": [2, 1, 3], "split": "Slice"}))
    assert (seen[0].order, seen[0].split, seen[0].force) == ([2, 1, 3], "Slice", False)


@pytest.mark.usefixtures("in_process")
def test_a_fault_of_ours_is_one_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> list[Path]:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("dicome.writers.png.write", fail)
    scan(tmp_path / "in" / "a.dcm")
    rows = batch(tmp_path / "in", tmp_path / "out", PNG)
    assert [row.error for row in rows] == ["an error inside dicome, please report it: ZeroDivisionError: by zero"]
    assert results(tmp_path / "out") == []


@pytest.mark.usefixtures("in_process")
def test_a_run_that_is_stopped_reports_and_leaves_nothing_half(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    for k in range(3):
        scan(source / f"{k}.dcm", k)

    def stop(row: Row) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch(source, out, PNG, done=stop)
    assert len(results(out)) == 1
    assert not (out / FOLDER / "work").exists()
    assert json.loads((out / "dicome-batch.json").read_text())["summary"] == {"converted": 1, "waiting": 2}
    assert counted(batch(source, out, PNG)) == {"converted": 2, "there": 1}
    assert len(results(out)) == 3


def test_what_cannot_be_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    scan(source / "a.dcm")
    with pytest.raises(ArgumentError, match=r"no writer for \.pgn; did you mean \.png"):
        batch(source, out, Settings("pgn"))
    with pytest.raises(ArgumentError, match="expected a suffix"):
        batch(source, out, Settings("../x.png"))
    with pytest.raises(ArgumentError, match="no field 'Patient'"):
        batch(source, out, Settings("png", name="{Patient}"))
    with pytest.raises(FileMissingError, match="no such folder"):
        batch(source / "none", out, PNG)
    assert not out.exists()
    out.mkdir()
    (out / "dicome-batch.csv").write_text("of somebody else")
    with pytest.raises(FileExistsAlreadyError, match="no batch has written it"):
        batch(source, out, PNG)
    assert (out / "dicome-batch.csv").read_text() == "of somebody else"


def test_a_plan_writes_nothing(tmp_path: Path) -> None:
    scan(tmp_path / "in" / "a.dcm")
    plan = plan_batch(tmp_path / "in", tmp_path / "out", PNG, read_journal(tmp_path / "out"))
    assert [plan.target(entry) for entry in plan.entries] == [tmp_path / "out" / "PHANTOM-0000" / "0201_Phantom.png"]
    assert not (tmp_path / "out").exists()


def test_a_plan_goes_round_files_in_the_way(tmp_path: Path) -> None:
    scan(tmp_path / "in" / "a.dcm")
    (tmp_path / "out" / "PHANTOM-0000").mkdir(parents=True)
    (tmp_path / "out" / "PHANTOM-0000" / "0201_phantom.PNG").touch()
    plan = plan_batch(tmp_path / "in", tmp_path / "out", PNG, read_journal(tmp_path / "out"))
    assert [str(entry.stem) for entry in plan.entries] == ["PHANTOM-0000/0201_Phantom (2)"]


@pytest.mark.usefixtures("in_process")
def test_errors_name_the_file_that_was_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(image: object, path: Path, options: object) -> list[Path]:
        raise ArgumentError(f"{path}: no room for so many axes")

    monkeypatch.setattr("dicome.writers.png.write", refuse)
    scan(tmp_path / "in" / "a.dcm")
    rows = batch(tmp_path / "in", tmp_path / "out", PNG)
    assert rows[0].error == f"{tmp_path / 'out' / 'PHANTOM-0000' / '0201_Phantom.png'}: no room for so many axes"


def head(number: int, name: str) -> Head:
    values = {"SeriesDescription": name}
    return Head(Path(f"/in/{number}"), number, 0.0, "enhanced", str(number), str(number), values=values)


NAMES = st.sampled_from(["a", "A", "a (2)", "é", "e\u0301", "..", "/", "", "CON", "x" * 300, "x" * 301, "dicome-batch"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(names=st.lists(st.one_of(NAMES, st.text(max_size=8)), max_size=12))
def test_no_two_series_share_a_name(names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    series = tuple(FoundSeries((head(k, name),)) for k, name in enumerate(names))
    monkeypatch.setattr(module, "find_series", lambda *_, **__: Findings(series, (), (), 0))
    out = tmp_path / "out"
    plan = plan_batch(Path("/in"), out, Settings("png", name="{SeriesDescription}"), read_journal(out))
    targets = [plan.target(entry) for entry in plan.entries]
    assert len({clash_key(path.name) for path in targets}) == len(names)
    assert {path.parent for path in targets} <= {out}
    assert {path.resolve().parent for path in targets} <= {out.resolve()}
    assert all(path.name.lower() not in ("dicome-batch.png", "con.png") for path in targets)
    assert all(isinstance(entry, Entry) for entry in plan.entries)
