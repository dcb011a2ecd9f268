"""``dcminfo`` on the command line."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dicome.cli.main import main
from tests.inspect.making import classic, enhanced_file

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DCMINFORC", raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "été à Genève"
    folder.mkdir()
    return folder


def test_form_1(folder: Path, dicome: Run) -> None:
    one, two = classic(folder / "a b.dcm"), classic(folder / "b.dcm", {0x00180081: "9.2"})
    done = dicome("dcminfo", one, two)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[0] == "the same in all 2 files"
    assert "SeriesNumber 0020,0011 301" in lines
    assert lines[-3:] == ["File EchoTime", "a b.dcm 4.6", "b.dcm 9.2"]
    assert not any("StudyDate" in line for line in lines)
    assert [line.split()[0] for line in dicome("dcminfo", "-f", one, two).stdout.splitlines()[-1:]] == [
        str(two).split()[0]
    ]


def test_only_these_tags(folder: Path, dicome: Run) -> None:
    done = dicome("dcminfo", "-x", "-t", "PatientName:0020,0013:StudyDate", classic(folder / "a.dcm"))
    assert [line.split() for line in done.stdout.splitlines()[1:]] == [
        ["PatientName", "0010,0010", "Doe^Jane"], ["0020,0013", "0020,0013", "1"], ["StudyDate", "0008,0020", "-"]
    ]  # fmt: skip


def test_search_all(folder: Path, dicome: Run) -> None:
    scan = enhanced_file(folder / "scan.dcm")
    assert dicome("dcminfo", "-x", "-t", "EffectiveEchoTime", scan).stdout.splitlines()[1].split()[-1] == "10"
    found = dicome("dcminfo", "-s", "-x", "-t", "EffectiveEchoTime", scan).stdout
    assert found.splitlines()[1].endswith("10 .. 30 (3 values)")
    facts = json.loads(dicome("dcminfo", "--json", "-s", "-x", "-t", "EffectiveEchoTime", scan).stdout)
    assert facts["same"]["EffectiveEchoTime"]["values"] == [10, 20, 30]


def test_bad_files_do_not_stop_the_rest(folder: Path, dicome: Run) -> None:
    good, _ = classic(folder / "a.dcm"), classic(folder / "z.dcm", {0x00180081: "5"})
    (folder / "empty.dcm").touch()
    (folder / "notes.txt").write_text("hello " * 100)
    (folder / "pixels.dcm").write_bytes(good.read_bytes()[:-4])
    (folder / "short.dcm").write_bytes(good.read_bytes()[:-121])
    (folder / "none.dcm").write_bytes(good.read_bytes()[:-20])
    names = ("a.dcm", "empty.dcm", "missing.dcm", "none.dcm", "notes.txt", "pixels.dcm", "short.dcm", "z.dcm")
    done = dicome("dcminfo", "-x", "-t", "EchoTime", *(folder / name for name in names))
    assert done.returncode == 1
    assert done.stdout.splitlines()[-4:] == ["a.dcm       4.6", "none.dcm    4.6", "pixels.dcm  4.6", "z.dcm       5"]
    told = done.stderr.splitlines()
    assert len(told) == 7
    for line, (name, words) in zip(
        told,
        [
            ("empty.dcm", "is empty"),
            ("missing.dcm", "no such file"),
            ("none.dcm", "ends before Pixel Data"),
            ("notes.txt", "not a DICOM"),
            ("pixels.dcm", "cut short"),
            ("short.dcm", "are left"),
        ],
        strict=False,
    ):
        assert line.startswith("dcminfo: ")
        assert name in line
        assert words in line
    assert told[-1] == "dcminfo: 6 of 8 files had a problem"


def test_the_settings_of_a_user(folder: Path, tmp_path: Path, dicome: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = classic(folder / "a.dcm")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".dcminforc").write_text("# mine\nTags PatientID 0008,103e\nMaxWidth 60\n")
    assert [line.split()[0] for line in dicome("dcminfo", scan).stdout.splitlines()[1:]] == ["PatientID", "0008,103e"]
    other = tmp_path / "other"
    other.write_text("Tags EchoTime\n")
    monkeypatch.setenv("DCMINFORC", str(other))
    assert [line.split()[0] for line in dicome("dcminfo", scan).stdout.splitlines()[1:]] == ["EchoTime"]
    other.write_bytes(b'\xef\xbb\xbfTags 2005,"Philips MR Imaging DD 001",0e PatientID# "mine"\r\nMaxWidth 60#\r\n')
    scan = classic(folder / "a.dcm", more=[(0x20050010, "LO", "Philips MR Imaging DD 001"), (0x2005100E, "FL", 0.5)])
    assert [line.split()[-2:] for line in dicome("dcminfo", scan).stdout.splitlines()[1:]] == [
        ["2005,100e", "0.5"], ["0010,0020", "P1"]
    ]  # fmt: skip
    other.write_text("Tags EchoTime\nTag PatientName\n")
    done = dicome("dcminfo", scan)
    assert done.returncode == 1
    assert f"{other}, line 2: 'Tag PatientName'" in done.stderr
    monkeypatch.setenv("DCMINFORC", str(tmp_path / "gone"))
    assert "named by DCMINFORC" in dicome("dcminfo", scan).stderr


def test_the_help_names_the_predefined_tags(dicome: Run) -> None:
    from dicome.inspect.settings import DEFAULT_TAGS

    words = dicome("dcminfo", "--help").stdout.split("Without it these are shown")[1].split()
    assert [word for word in words if word[0].isupper()] == [names[0] for names in DEFAULT_TAGS]


@pytest.mark.parametrize(
    "charset", ["ISO_IR 192", "ISO 2022 IR 6\\ISO 2022 IR 87", "ISO_IR 100", "\\ISO 2022 IR 149", "GB18030"]
)
def test_names_in_their_character_set(folder: Path, dicome: Run, charset: str) -> None:
    # The examples of PS3.5 H.3 (Japanese), I.2 (Korean), J.1 (Chinese), and others.
    name, raw = {
        "ISO_IR 192": ("Wang^XiaoDong=王^小東=", "Wang^XiaoDong=王^小東=".encode()),
        "ISO_IR 100": ("Buc^Jérôme", "Buc^Jérôme".encode("latin-1")),
        "GB18030": ("Wang^XiaoDong=王^小东=", "Wang^XiaoDong=王^小东=".encode("gb18030")),
        "\\ISO 2022 IR 149": (
            "Hong^Gildong=洪^吉洞=홍^길동",
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
        ),
        "ISO 2022 IR 6\\ISO 2022 IR 87": (
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
        ),
    }[charset]
    raw += b" " * (len(raw) % 2)
    content = classic(folder / "a.dcm", {0x00100010: "@" * len(raw)}, [(0x00080005, "CS", charset)]).read_bytes()
    (folder / "a.dcm").write_bytes(content.replace(b"@" * len(raw), raw))
    done = dicome("dcminfo", "-x", "-t", "PatientName", folder / "a.dcm")
    assert done.stdout.splitlines()[1].endswith(f"  {name}")
    assert json.loads(dicome("dcminfo", "--json", "-x", "-t", "PatientName", folder / "a.dcm").stdout)["same"] == {
        "PatientName": name
    }


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["-x"], "-x goes with -t only"),
        (["-c"], "-c goes with -r only"),
        (["-l", "-a"], "exclude each other"),
        (["-w", "7"], "width '7'"),
        (["-t", "Nonsense"], "no attribute 'Nonsense'"),
        (["--csv", "--json"], "exclude each other"),
        (["-a", "--csv"], "-a and --csv exclude each other"),
        (["-r", "EchoTime", "-c", "--json"], "-r and --json exclude each other"),
        (["-r", "EchoTime", "-c", "--csv"], "-r and --csv exclude each other"),
        (["-l", "-t", "EchoTime"], "-l and -t exclude each other"),
    ],
)
def test_options_that_cannot_be(folder: Path, dicome: Run, flags: list[str], told: str) -> None:
    done = dicome("dcminfo", *flags, classic(folder / "a.dcm"))
    assert done.returncode in (1, 2)
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_nobody_reads_on(folder: Path) -> None:
    scan = enhanced_file(folder / "scan.dcm", 3000)
    command = f'"{sys.executable}" -m dicome dcminfo --frames "{scan}" | head -1'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False, env={**os.environ})
    assert done.stderr == ""


def test_form_2(folder: Path, dicome: Run) -> None:
    paths = [classic(folder / f"IM {n}", {0x00200013: str(n)}) for n in (1, 2)]
    done = dicome("dcminfo", "-r", "SeriesNumber:0020,0013", "-c", *paths)
    assert done.returncode == 0
    assert done.stdout.startswith("the same in all 2 files")
    assert done.stdout.splitlines()[-2:] == [f"{paths[0]} -> 301_1.dcm", f"{paths[1]} -> 301_2.dcm"]
    assert all(path.exists() for path in paths)
    done = dicome("dcminfo", "-r", "SeriesNumber", *paths)
    assert (done.returncode, done.stdout) == (1, "")
    assert "would both be called 301.dcm" in done.stderr
    done = dicome("dcminfo", "-q", "-r", "SeriesNumber:0020,0013", *paths)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {path.name for path in folder.iterdir()} == {"301_1.dcm", "301_2.dcm"}


def test_forms_3_and_4(folder: Path, dicome: Run) -> None:
    scan = enhanced_file(folder / "scan.dcm")
    by_tag = [line.split()[0] for line in dicome("dcminfo", "-l", scan).stdout.splitlines()]
    assert by_tag == sorted(by_tag)
    by_name = [line.split()[2].casefold() for line in dicome("dcminfo", "-lk", scan).stdout.splitlines()]
    assert by_name == sorted(by_name)
    assert "  Item 2..3: as Item 1 but" in dicome("dcminfo", "-a", scan).stdout.splitlines()
    assert "  Item 3" in dicome("dcminfo", "-a", "--unfold", scan).stdout.splitlines()
    assert json.loads(dicome("dcminfo", "-l", "--json", scan).stdout)["elements"][0]["tag"] == "0002,0001"
    done = dicome("dcminfo", "-a", scan, folder / "none")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == str(scan)


def test_fields_of_several_files_are_one_csv_table(folder: Path, dicome: Run) -> None:
    one, two = classic(folder / "a b.dcm"), classic(folder / "b.dcm", {0x00180081: "9.2"})
    (folder / "empty.dcm").touch()
    rows = list(csv.reader(dicome("dcminfo", "-l", "--csv", folder / "empty.dcm", one, two).stdout.splitlines()))
    assert rows[0] == ["File", "Tag", "VR", "Name", "Value"]
    assert {len(row) for row in rows} == {5}
    assert [row[0] for row in rows].count("File") == 1
    assert [[row[0], row[4]] for row in rows if row[3] == "EchoTime"] == [[str(one), "4.6"], [str(two), "9.2"]]
    assert dicome("dcminfo", "-l", "--csv", one).stdout.splitlines()[0] == "Tag,VR,Name,Value"


def test_within_a_file(folder: Path, dicome: Run) -> None:
    scan = enhanced_file(folder / "scan.dcm")
    assert dicome("dcminfo", "--frames", scan).stdout.splitlines()[0] == "the same in all 3 frames"
    table = dicome("dcminfo", "--frames", "--csv", "-t", "EffectiveEchoTime", scan).stdout.splitlines()
    assert table == ["Frame,EffectiveEchoTime", "1,10", "2,20", "3,30"]
    found = json.loads(dicome("dcminfo", "--axes", "--json", scan).stdout)
    assert found["axes"][0]["attributes"]["EffectiveEchoTime"] == [10, 20, 30]


def closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, which nobody may list from now on, root neither."""
    scandir = os.scandir

    def refusing(path: str | os.PathLike[str] = ".") -> Any:
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    folder.mkdir()
    return folder


@pytest.mark.parametrize("form", [["-x", "-t", "EchoTime"], ["-l"], ["-a"]])
def test_folders_that_give_nothing_do_not_stop_the_rest(
    folder: Path, form: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, barred, empty = classic(folder / "a.dcm"), closed(folder / "barred", monkeypatch), folder / "empty"
    empty.mkdir()
    assert main(["dcminfo", *form, *map(str, (barred, empty, good))]) == 1
    out, err = capsys.readouterr()
    assert "4.6" in out
    assert err.splitlines() == [
        f"dcminfo: {barred}: no permission to list this folder",
        f"dcminfo: {empty}: no files in this folder (sub-folders are not searched)",
        "dcminfo: 2 of 3 files had a problem",
    ]


def test_nothing_is_renamed_where_a_folder_cannot_be_listed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, barred = classic(folder / "a.dcm"), closed(folder / "barred", monkeypatch)
    assert main(["dcminfo", "-r", "SeriesNumber", str(good), str(barred)]) == 1
    assert "no permission to list" in capsys.readouterr().err
    assert good.exists()


def test_what_cannot_be_listed_below_a_folder_is_told_by_dumps_as_well(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    classic(folder / "a.dcm")
    barred = closed(folder / "barred", monkeypatch)
    assert main(["dcm_dump_file", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert "//T1 TFE" in out
    assert err.splitlines() == [
        f"dcm_dump_file: {barred}: this folder cannot be listed: Permission denied",
        "dcm_dump_file: 1 of 2 files had a problem",
    ]
