"""The commands of CTN on the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dicome.enhanced.encode import Encoding, data_set
from tests.inspect.making import CLASSIC, classic

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "été à Genève"
    folder.mkdir()
    classic(folder / "a b.dcm")
    return folder


@pytest.mark.parametrize("command", ["dump", "dcm_dump_file"])
def test_dumps(folder: Path, dicome: Run, command: str) -> None:
    done = dicome(command, folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "//T1 TFE" in done.stdout


def test_bad_files_and_the_first_of_them(folder: Path, dicome: Run) -> None:
    (folder / "0.txt").write_text("hello " * 100)
    done = dicome("dcm_dump_file", folder / "0.txt", folder / "a b.dcm")
    assert done.returncode == 1
    assert "//T1 TFE" in done.stdout
    assert done.stderr.splitlines()[-1] == "dcm_dump_file: 1 of 2 files had a problem"
    done = dicome("dcm_dump_file", "-e", folder / "0.txt", folder / "a b.dcm")
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize("command", [["dcm_dump_file"], ["dcminfo", "-a"], ["dcminfo", "-l"], ["dcminfo"]])
def test_a_header_that_is_cut_is_shown_as_far_as_it_goes(folder: Path, dicome: Run, command: list[str]) -> None:
    cut = folder / "cut.dcm"
    cut.write_bytes((folder / "a b.dcm").read_bytes()[:-71])
    done = dicome(*command, cut)
    assert done.returncode == 1
    assert "T1 TFE" in done.stdout
    assert "is the file complete?" in done.stderr


def test_an_element_of_a_cut_header_is_not_written(folder: Path, dicome: Run) -> None:
    cut = folder / "cut.dcm"
    cut.write_bytes((folder / "a b.dcm").read_bytes()[:-71])
    done = dicome("dcm_dump_element", "PatientID", cut, folder / "id.txt")
    assert done.returncode == 1
    assert "is the file complete?" in done.stderr
    assert not (folder / "id.txt").exists()


def test_big_endian_part_10_and_checks(folder: Path, dicome: Run) -> None:
    bare = folder / "bare"
    bare.write_bytes(data_set(CLASSIC, Encoding(True, True)))
    done = dicome("dcm_dump_file", "-b", "-v", bare)
    assert "//T1 TFE" in done.stdout
    assert "no Part 10 header" in done.stderr
    assert "leave out -t" in dicome("dcm_dump_file", "-t", "-b", bare).stderr
    wrong = classic(folder / "wrong", {0x00200011: "x"})
    done = dicome("dcm_dump_file", "-z", wrong)
    assert done.returncode == 1
    assert "(0020,0011) SeriesNumber: 'x' is not a value of IS" in done.stderr


def test_one_element(folder: Path, dicome: Run) -> None:
    scan, out = folder / "a b.dcm", folder / "name.txt"
    assert dicome("dcm_dump_element", "10", "0x10", scan, out).returncode == 0
    assert out.read_bytes() == b"Doe^Jane"
    done = dicome("dcm_dump_element", "PatientName", scan, out)
    assert done.returncode == 1
    assert "exists already" in done.stderr
    assert dicome("dcm_dump_element", "-v", "--force", "PatientID", scan, out).stderr == (
        "dcm_dump_element: PatientID: 2 bytes of Explicit VR Little Endian\n"
    )
    assert out.read_bytes() == b"P1"
    assert dicome("dcm_dump_element", "0010", "0020", scan, "-").stdout == "P1"
    for words in (["0010", scan, out, out, out], ["zz", "0010", scan, out], [scan, out]):
        assert dicome("dcm_dump_element", *words).returncode == 1


def test_counts_and_studies(folder: Path, dicome: Run) -> None:
    classic(folder / "c.dcm", {0x00200013: "3", 0x00080018: "1.2.8"}, [(0x00200010, "SH", "14407")])
    done = dicome("dcm_count", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "missing: 1 by Instance Number: 2" in done.stdout
    assert json.loads(dicome("dcm_count", "--json", folder).stdout)[0]["files"] == 2
    assert dicome("dcm_study", folder / "c.dcm").stdout == f"{folder / 'c.dcm'}: 14407 - -\n"
    done = dicome("dcm_study", "--json", folder / "none", folder / "c.dcm")
    assert done.returncode == 1
    assert json.loads(done.stdout)[0]["number"] == "14407"


def test_a_file_that_was_named_outright_is_not_passed_over(folder: Path, dicome: Run) -> None:
    """In a folder there are other files as well; who names one wants it counted."""
    notes, empty = folder / "notes.txt", folder / "empty.dcm"
    notes.write_text("hello")
    empty.write_bytes(b"")
    assert dicome("dcm_count", folder).returncode == 0
    done = dicome("dcm_count", notes, empty, classic(folder / "c.dcm"))
    assert done.returncode == 1
    assert f"{empty}: the file is empty" in done.stderr
    assert f"{notes}: not a DICOM file" in done.stderr
    assert done.stderr.endswith("dcm_count: 2 of 3 files had a problem\n")
    assert "1 series, 1 files" in done.stdout
