"""``dcmexamcard`` from the outside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from dicome.phantom import write_phantom
from tests.philips.samples import COILS
from tests.support.raw_files import SCAN, as_exam, card, changed, group, raw_file, study_xml

Run = Callable[..., "CompletedProcess[str]"]
T1, T2 = group(*SCAN), group(*changed("EX_ACQ_flip_angle", [30.0]))
CARD = card("Brain/T1", [("T1", T1), ("T2", T2)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "été à Genève"
    here.mkdir()
    (here / "XX_0003").write_bytes(raw_file([("PDF_EXAM_PARS", as_exam()), ("COILSTATE", COILS)]))
    study = raw_file([("ExamCardBlob", study_xml("Brain/T1", CARD))], protocol="ExamCard", series=0)
    (here / "XX_0004").write_bytes(study)
    write_phantom(here / "IM_0001", slices=2)
    return here


@pytest.fixture
def run(folder: Path, dicome: Run) -> Run:
    """Runs the program with its cards going into a folder of their own."""
    out = folder.parent / "out"
    out.mkdir()

    def started(*arguments: str | Path) -> CompletedProcess[str]:
        return dicome("dcmexamcard", "-O", out, *arguments)

    return started


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder.parent / "out").iterdir())


def test_a_folder_without_files_is_told(tmp_path: Path, dicome: Run) -> None:
    (tmp_path / "nothing").mkdir()
    done = dicome("dcmexamcard", tmp_path / "nothing")
    assert (done.returncode, done.stderr) == (1, f"dcmexamcard: {tmp_path / 'nothing'}: no files\n")


def test_a_card_that_cannot_be_written_does_not_stop_the_rest(folder: Path, dicome: Run) -> None:
    nowhere = folder / "nowhere"
    for switches in ([], ["--json"]):
        done = dicome("dcmexamcard", "-q", *switches, "-O", nowhere, folder / "XX_0004", folder / "XX_0003")
        assert "COILSTATE" in done.stdout
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"dcmexamcard: {folder / 'XX_0004'}: {nowhere}")
        assert "there is no folder" in line


def test_what_is_lost_is_not_taken_for_a_difference_in_silence(folder: Path, dicome: Run) -> None:
    whole, short = folder / "whole.ExamCard", folder / "short.ExamCard"
    whole.write_bytes(CARD)
    short.write_bytes(CARD[: CARD.index(b'<a1:ECInstrument id="i101">')])  # before the second scan
    for switches in ([], ["--json"]):
        done = dicome("dcmexamcard", "--diff", *switches, short, whole)
        assert done.returncode == 1
        assert done.stderr.startswith(f"dcmexamcard: {short}: XML at byte")
        assert "T2" in done.stdout  # only on the right
    assert dicome("dcmexamcard", "--diff", "-q", short, whole).stderr == ""
    assert dicome("dcmexamcard", "--diff", whole, whole).returncode == 0


def test_a_series(folder: Path, run: Run) -> None:
    done = run(folder / "XX_0003")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].endswith("XX_0003: raw data of series 301 T1 (acquisition 3, reconstruction -), release 5.7.1")
    assert lines[1].endswith("XX_0004")
    assert "  EX_ACQ_scan_mode                 enum       1  2 MS" in lines
    assert "coil 2: HEAD" in lines
    assert written(folder) == []


def test_a_study_is_printed_and_its_card_extracted(folder: Path, run: Run) -> None:
    for _ in range(2):
        done = run(folder / "XX_0004")
        assert (done.returncode, done.stderr) == (0, "")
    assert "ExamCard Brain/T1, ended 2021-10-05 14:37:01 UTC" in done.stdout
    assert "    reconstruction 1.2.3" in done.stdout
    assert "ExamCard written: " in done.stdout
    assert written(folder) == ["Brain_T1 (2).ExamCard", "Brain_T1.ExamCard"]
    assert (folder.parent / "out" / "Brain_T1.ExamCard").read_bytes() == CARD
    run("--no-extract", folder / "XX_0004")
    assert len(written(folder)) == 2


def test_a_folder_passes_over_what_is_not_ours(folder: Path, run: Run) -> None:
    done = run(folder)
    assert done.returncode == 0
    assert done.stderr == f"{folder / 'IM_0001'}: passed over: an image\n"
    assert written(folder) == ["Brain_T1.ExamCard"]
    assert run("-q", folder).stderr == ""


def test_only_what_is_passed_over(folder: Path, run: Run) -> None:
    done = run(folder / "IM_0001")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1


def test_a_card(folder: Path, run: Run) -> None:
    path = folder / "a.ExamCard"
    path.write_bytes(CARD)
    done = run(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "=== 2 T2   TRA FEEPI 3000" in done.stdout
    assert "Flip angle (deg) =\t\t30;" in done.stdout
    assert "  EX_ACQ_flip_angle" not in done.stdout
    assert "  EX_ACQ_flip_angle                float      1  30" in run("--all", path).stdout


def test_json(folder: Path, run: Run) -> None:
    done = run("--json", folder)
    series, study = json.loads(done.stdout)
    assert (series["kind"], study["kind"]) == ("series", "study")
    assert series["blobs"][0]["parameters"][1]["values"] == [130.0]
    assert study["blobs"][0]["study"]["scans"][0]["state"] == "Completed"
    assert study["card"]["scans"][1]["sheet"][0] == {
        "label": "FOV          AP (mm)",
        "value": "130",
        "name": "EX_GEO_fov",
    }
    assert Path(study["extracted"]).name == "Brain_T1.ExamCard"
    assert done.stdout == json.dumps([series, study], indent=2, ensure_ascii=False) + "\n"
    (folder / "nothing").mkdir()
    assert run("--json", folder / "nothing").stdout == "[]\n"


def test_attributes_of_a_file_that_was_cut_off(folder: Path, run: Run) -> None:
    """They are shown as far as they go, and the files behind it as well."""
    whole = folder / "XX_0003"
    (folder / "XX_0001").write_bytes(whole.read_bytes()[:-200])
    done = run("+P", "0018,1030", folder / "XX_0001", whole)
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["(0018,1030)", "LO"]] * 2
    assert done.returncode == 1
    assert "is the file complete?" in done.stderr


def test_list_and_sheets(folder: Path, run: Run) -> None:
    done = run("--list", folder)
    assert "    COILSTATE                    IEEE_PDF" in done.stdout
    assert "      2 T2" in done.stdout
    assert [one["kind"] for one in json.loads(run("--list", "--json", folder).stdout)] == ["series", "study"]
    done = run("--sheet", folder / "XX_0003")
    assert done.stdout.splitlines()[1] == "FOV          AP (mm) =\t\t130;"
    assert "EX_ACQ" not in done.stdout
    assert json.loads(run("--sheet", "--json", folder / "XX_0004").stdout)[0]["sheets"][1]["name"] == "T2"
    assert written(folder) == []


def test_the_bytes_of_a_blob(folder: Path, run: Run) -> None:
    out = folder / "coil.bin"
    assert run("--blob", "COILSTATE", "-o", out, folder / "XX_0003").returncode == 0
    assert out.read_bytes() == COILS
    done = run("--blob", "PDF_EXAM_PARS", "-o", out, folder / "XX_0003")
    assert done.returncode == 1
    assert "exists already" in done.stderr
    assert out.read_bytes() == COILS
    assert run("--blob", "PDF_EXAM_PARS", "--force", "-o", out, folder / "XX_0003").returncode == 0
    assert out.read_bytes() == as_exam()
    command = [sys.executable, "-m", "dicome", "dcmexamcard", "--blob", "COILSTATE", "-o", "-", str(folder / "XX_0003")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == COILS


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--blob", "COILSTATE", "XX_0003"], "-o FILE"),
        (["--blob", "NOTHING", "-o", "x", "XX_0003"], "no blob 'NOTHING'; it has PDF_EXAM_PARS, COILSTATE"),
        (["--blob", "COILSTATE", "-o", "x", "XX_0003", "XX_0004"], "takes one raw data file; found 2"),
        (["--diff", "XX_0003"], "--diff compares two; found 1"),
        (["--diff", "XX_0004", "XX_0003"], "is a whole card; say which scan"),
        (["--html", "-o", "x", "XX_0003", "XX_0004"], "-o names one page; found 2"),
        (["--json", "--html", "XX_0003"], "--json is not for --html"),
        (["--json", "+P", "EX_GEO_fov", "XX_0003"], "--json is not for +P"),
        (["--card", "XX_0003", "XX_0003"], "holds no ExamCard"),
        (["+P", "Nonsense", "XX_0003"], "Nonsense"),
        (["nothing"], "no such file"),
    ],
)
def test_what_is_asked_wrongly(arguments: list[str], told: str, folder: Path, run: Run) -> None:
    done = run(
        *(str(folder / word) if word.startswith(("XX", "nothing")) or word == "x" else word for word in arguments)
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (folder / "x").exists()


def test_differences(folder: Path, run: Run) -> None:
    done = run("--diff", f"{folder}/XX_0004:T1", f"{folder}/XX_0004:T2")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1] == "EX_ACQ_flip_angle  Flip angle (deg)  90  |  30"
    ((change,),) = [one["changes"] for one in json.loads(run("--json", "--diff", *done.args[-2:]).stdout)]
    assert change == {"name": "EX_ACQ_flip_angle", "label": "Flip angle (deg)", "left": "90", "right": "30"}


def test_pages(folder: Path, run: Run) -> None:
    for _ in range(2):
        assert run("--html", folder / "XX_0004").returncode == 0
    assert written(folder) == ["Brain_T1 (2).html", "Brain_T1.html"]
    out = folder / "page.html"
    assert run("--html", "-o", out, folder / "XX_0003").returncode == 0
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert run("--html", "-o", out, folder / "XX_0003").returncode == 1


def test_switches_of_dcmdump(folder: Path, run: Run, dcmtk: Callable[[str], str]) -> None:
    path = str(folder / "XX_0003")
    theirs = subprocess.run(
        [dcmtk("dcmdump"), "-q", "+P", "0018,1030", "+P", "2005,1143", path], capture_output=True, text=True, check=True
    )
    ours = run("-q", "+P", "0018,1030", "+P", "2005,1143", path).stdout
    assert [line.split()[:3] for line in ours.splitlines()] == [line.split()[:3] for line in theirs.stdout.splitlines()]
    assert run("+P", "EX_ACQ_scan_mode", path).stdout.splitlines() == [
        "--- PDF_EXAM_PARS",
        "  EX_ACQ_scan_mode                 enum       1  2 MS",
    ]
    short, whole = (run(*flags, "+P", "MRBlobData", path).stdout for flags in ([], ["+L"]))
    assert "..." in short
    assert "..." not in whole
    assert run("+F", "+P", "Modality", path).stdout.splitlines()[0] == f"# {path}"
    assert ": COILSTATE: byte " in run("-d", path).stderr
    assert "XX_0003" not in run("-r", "--list", folder.parent).stdout


def test_damage_is_told_and_the_rest_is_shown(folder: Path, run: Run) -> None:
    path = folder / "XX_0005"
    path.write_bytes(raw_file([("PDF_EXAM_PARS", as_exam()[:-100]), ("COILSTATE", b"\7" * 40)]))
    done = run(path)
    assert done.returncode == 1
    assert "EX_GEO_fov" in done.stdout
    assert "COILSTATE: version" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_place_for_the_card(folder: Path, run: Run) -> None:
    done = run("-O", folder / "nowhere", folder / "XX_0004")
    assert done.returncode == 1
    assert "there is no folder" in done.stderr


def test_text_from_files_does_not_steer_the_terminal(folder: Path, run: Run) -> None:
    scan = group(*changed("IF_str_total_scan_time", ["\x1b[31mred\x07"]))
    (folder / "a.ExamCard").write_bytes(card("x", [("T1", scan)]))
    done = run("--all", folder / "a.ExamCard")
    assert "red" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout
