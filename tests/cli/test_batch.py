"""``dicome batch``: what the command makes of arguments and says of results; the work is tested in tests/files."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

import dicome.files.batch as engine
from dicome.cli.batch import DEFAULT_NAME, EXAMPLES
from dicome.cli.main import build_parser, main
from dicome.phantom import write_phantom


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversions in this process."""

    def run(function: Callable[[Any], Any], tasks: Iterator[Any], *_: object) -> Generator[Any, None, None]:
        yield from map(function, tasks)

    monkeypatch.setattr(engine, "run_tasks", run)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two good scans and a damaged one in ``in``, the working folder above it."""
    (tmp_path / "in").mkdir()
    for k in (1, 2):
        write_phantom(tmp_path / "in" / f"{k}.dcm", rows=8, columns=6, slices=2, seed=k, series={"SeriesNumber": k})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_goes_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "in", "out", "--to", "png"]) == 0
    told = capsys.readouterr()
    assert told == (f"2 converted; report: {Path('out', 'dicome-batch.csv')}\n", "")
    assert (folder / "out" / "PHANTOM-0000" / "0001_Phantom.png").is_file()
    assert main(["batch", "in", "out", "--to", ".PNG"]) == 0
    assert capsys.readouterr().out.startswith("2 already there; report: ")


def test_a_bad_file_is_told_and_the_others_are_converted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in" / "1a.dcm").write_bytes((folder / "in" / "1.dcm").read_bytes()[:900])
    assert main(["batch", "in", "out", "--to", "png"]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("2 converted, 1 failed; report: ")
    assert told.err.startswith("dicome: in/1a.dcm: ")
    assert told.err.count("\n") == 1


def test_a_dry_run_shows_the_plan(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["batch", "in", "out", "--to", "png", "--name", "{Modality}"]
    assert main([*command, "--dry-run"]) == 0
    expected = (
        "in/1.dcm -> out/MR.png  (1 file(s))\n"
        "in/2.dcm -> out/MR (2).png  (1 file(s); MR.png is another series or file, so this one is MR (2).png)\n"
    )
    assert capsys.readouterr().out == expected
    assert [path.name for path in folder.iterdir()] == ["in"]
    assert main(command) == 0
    capsys.readouterr()
    assert main([*command, "--dry-run"]) == 0
    assert capsys.readouterr().out == "in/1.dcm -> out/MR.png  (is there)\nin/2.dcm -> out/MR (2).png  (is there)\n"


def test_a_dry_run_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "in" / "1a.dcm").write_bytes((folder / "in" / "1.dcm").read_bytes()[:900])
    command = ["batch", "in", "out", "--to", "png", "--name", "{Modality}", "--json"]
    assert main([*command, "--dry-run"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["summary"] == {"waiting": 2, "failed": 1}
    assert [row["output"] for row in told["series"] if row["state"] == "waiting"] == [["MR.png"], ["MR (2).png"]]
    assert "so this one is MR (2).png" in told["series"][2]["note"]
    assert [path.name for path in folder.iterdir()] == ["in"]
    assert main(command) == 1
    capsys.readouterr()
    assert main([*command, "--dry-run"]) == 1
    assert json.loads(capsys.readouterr().out)["summary"] == {"there": 2, "failed": 1}


@pytest.mark.skipif(sys.platform == "win32", reason="no such names")
def test_names_of_files_do_not_steer_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (folder / "in").iterdir():
        path.rename(path.with_name(f"{path.stem}\x1b[31m\n.dcm"))
    (folder / "in" / "3\x1b[2J.dcm").write_bytes(b"no DICOM")
    for more in (["--dry-run"], []):
        assert main(["batch", "in", "out", "--to", "png", *more]) == 1
        told = "".join(capsys.readouterr())
        assert "\x1b" not in told
        assert r"in/3\x1b[2J.dcm: not a DICOM file" in told
        assert told.count("\n") == (3 if more else 2)


def test_json_and_quiet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["batch", "in", "out", "--to", "png", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["summary"] == {"converted": 2}
    assert found["series"][0]["input"] == [str(Path("in", "1.dcm"))]
    assert main(["batch", "in", "out", "--to", "png", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_options_are_passed_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def write(image: Any, path: Path, options: Any) -> list[Path]:
        seen.append(options)
        return []

    monkeypatch.setattr("dicome.writers.png.write", write)
    main(["batch", "in", "out", "--to", "png", "--order", "2,1,3", "--split", "Slice", "--scale", "none"])
    assert [(one.order, one.split, one.scale) for one in seen] == [([2, 1, 3], "Slice", "none")] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "pgn"], "no writer for .pgn"),
        (["--to", "png", "--jobs", "0"], "expected 1 or more"),
        (["--to", "png", "--name", "{Patient}"], "no field 'Patient'"),
        (["--to", "png", "--name", "../{PatientID}"], "must lie below"),
    ],
)
def test_what_cannot_be_is_told_before_anything_starts(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["batch", "in", "out", *arguments]) == 1
    assert message in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["in"]


def test_control_c_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stop(*_: object) -> Generator[Any, None, None]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr("dicome.files.batch.run_batch", stop)
    assert main(["batch", "in", "out", "--to", "png"]) == 130
    assert "goes on from here" in capsys.readouterr().err
    assert json.loads((folder / "out" / "dicome-batch.json").read_text())["summary"] == {"waiting": 2}


def test_the_default_name_is_the_librarys() -> None:
    assert DEFAULT_NAME == engine.DEFAULT_NAME


def test_every_example_of_the_help_is_understood() -> None:
    lines = [line.split("   ")[0].strip() for line in EXAMPLES.splitlines() if line.startswith("  dicome")]
    assert len(lines) == 5
    for line in lines:
        assert build_parser(["batch"]).parse_args(line.split()[1:]).to == "mat"
