"""``dcm2par``: names of pairs, versions, several inputs, exit codes; and the options of ``export`` for PAR/REC."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest

from dicome import __version__
from dicome.cli.main import main, program_parser
from dicome.cli.stems import stem_of
from dicome.parrec import read_par
from dicome.phantom import write_phantom

Capture = pytest.CaptureFixture[str]
Dicome = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    folder = tmp_path / "é x"
    folder.mkdir()
    write_phantom(folder / "scan.v1.dcm", rows=6, columns=4, slices=3, dynamics=2)
    return folder / "scan.v1.dcm"


def test_a_pair_beside_the_input(scan: Path, capsys: Capture) -> None:
    assert main([str(scan)], name="dcm2par") == 0
    assert capsys.readouterr().out == f"{scan.parent / 'scan.v1.PAR'}\n{scan.parent / 'scan.v1.REC'}\n"
    assert read_par(scan.parent / "scan.v1.PAR").version == "V4.2"
    assert main(["dcm2par", str(scan)]) == 1
    assert capsys.readouterr().err.endswith("choose another name or say force (--force)\n")
    assert main(["dcm2par", str(scan), "--force", "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_names_that_end_in_a_number_stay_whole(scan: Path, capsys: Capture) -> None:
    names = ["0001.0301", "0001.0401", "MRe.1.2.840.10"]
    inputs = [scan.rename(scan.with_name(names[0]))]
    inputs += [Path(shutil.copy(inputs[0], scan.with_name(name))) for name in names[1:]]
    assert main(["dcm2par", *map(str, inputs)]) == 0
    written = capsys.readouterr().out.splitlines()
    assert [Path(one).name for one in written] == [f"{name}.{suffix}" for name in names for suffix in ("PAR", "REC")]
    assert main(["split", str(inputs[2])]) == 0
    assert capsys.readouterr().out == f"{scan.parent / 'MRe.1.2.840.10_classic'}: 3 classic files\n"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("scan.dcm", "scan"),
        ("a.b.dcm", "a.b"),
        ("scan.dcm.GZ", "scan"),
        ("0001.0301", "0001.0301"),
        ("0001.0301.gz", "0001.0301"),
        ("IM_0001", "IM_0001"),
        (".hidden", ".hidden"),
    ],
)
def test_stems(name: str, stem: str) -> None:
    assert stem_of(name) == stem


@pytest.mark.parametrize("text", ["V4.1", "v4.1", "4.1"])
def test_versions_of_the_format(scan: Path, tmp_path: Path, text: str) -> None:
    assert main(["dcm2par", "--version", text, str(scan), "-o", str(tmp_path)]) == 0
    assert read_par(tmp_path / "scan.v1.PAR").version == "V4.1"


def test_version_alone_is_that_of_the_program(capsys: Capture) -> None:
    assert main(["--version"], name="dcm2par") == 0
    assert capsys.readouterr().out == f"dcm2par (dicome) {__version__}\n"


@pytest.mark.parametrize(("arguments", "said"), [(["--version", "9", "x"], "use one of: V4.2"), ([], "no FILE")])
def test_wrong_arguments(arguments: list[str], said: str, capsys: Capture) -> None:
    assert main(["dcm2par", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_of_several_inputs_bad_ones_are_told_and_the_others_written(
    scan: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "text.dcm").write_text("no DICOM at all, but long enough to look at")
    inputs = [str(tmp_path / "text.dcm"), str(scan), str(tmp_path / "nothing.dcm")]
    assert main(["dcm2par", "--json", "--check", *inputs]) == 1
    captured = capsys.readouterr()
    facts = json.loads(captured.out)
    assert ["error" in fact for fact in facts] == [True, False, True]
    assert (facts[1]["frames"], facts[1]["checked"], facts[1]["version"]) == (6, True, "V4.2")
    assert "not a DICOM file" in captured.err
    assert "nothing.dcm: no such file" in captured.err


def test_two_inputs_of_one_name(scan: Path, tmp_path: Path, capsys: Capture) -> None:
    write_phantom(tmp_path / "scan.v1.dcm", rows=6, columns=4, slices=3)
    assert main(["dcm2par", "-o", str(tmp_path), str(scan), str(tmp_path / "scan.v1.dcm")]) == 1
    assert "two inputs would both be written as" in capsys.readouterr().err


def test_folders_that_are_not_there(scan: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["dcm2par", "-o", str(tmp_path / "no"), str(scan)]) == 1
    assert "no such folder; make it first" in capsys.readouterr().err


def test_a_folder_of_a_series(scan: Path) -> None:
    assert main(["dcm2par", f"{scan.parent}/"]) == 0
    assert read_par(scan.parent.with_name("é x.PAR")).images["slice_number"].tolist() == [1, 2, 3, 1, 2, 3]


def test_defaults_are_told(tmp_path: Path, dicome: Dicome) -> None:
    write_phantom(tmp_path / "a.dcm", rows=6, columns=4, slices=3, private=False)
    whole = pydicom.dcmread(tmp_path / "a.dcm")
    del whole.SharedFunctionalGroupsSequence[0].MRTimingAndRelatedParametersSequence[0].EchoTrainLength
    whole.save_as(tmp_path / "a.dcm")
    done = dicome("dcm2par", tmp_path / "a.dcm")
    assert done.returncode == 0
    assert done.stderr.startswith("dicome: warning: a.dcm: not in this file, so a default is written: ")
    assert "Water Fat shift" in done.stderr
    assert "TURBO factor <0=no turbo>" in done.stderr


def test_par_to_par_by_export(scan: Path, dicome: Dicome) -> None:
    assert dicome("dcm2par", "--unsorted", scan).returncode == 0
    source = scan.parent / "scan.v1.PAR"
    sorted_ = scan.parent / "sorted.par"
    done = dicome("export", source, sorted_, "--sort", "--no-contrast-columns", "--check", "--par-version", "V4.1")
    assert (done.returncode, done.stdout) == (0, f"{sorted_}\n{sorted_.with_suffix('.rec')}\n")
    assert read_par(sorted_).images["dynamic_scan_number"].tolist() == [1, 1, 1, 2, 2, 2]
    done = dicome("export", source, scan.parent / "x.mat", "--sort")
    assert done.returncode == 1
    assert "only .par files take sort" in done.stderr


def test_the_options_that_the_refusal_names_are_there(scan: Path, dicome: Dicome) -> None:
    done = dicome("export", scan, scan.parent / "x.par", "--scale", "dv")
    assert done.returncode == 1
    named = re.findall(r"--[a-z-]+", done.stderr)
    assert len(named) == 4
    assert all(one in dicome("export", "--help").stdout for one in named)


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    write_phantom(tmp_path / "big.dcm", rows=64, columns=64, slices=40, dynamics=40)
    code = (
        "import os, signal, sys, dicome.parrec.write as w\n"
        "honest = w._write_rec\n"
        "def slow(*given):\n"
        "    honest(*given)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "w._write_rec = slow\n"
        "from dicome.cli.main import main\n"
        f"sys.exit(main(['dcm2par', {str(tmp_path / 'big.dcm')!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["big.dcm"]


def test_help_has_examples() -> None:
    assert "dcm2par scan.dcm" in program_parser("dcm2par").format_help()
