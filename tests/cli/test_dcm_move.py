"""``dcm_move`` on the command line: switches, questions, plans, journals, exit codes, Ctrl-C."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dicome.cli.main import main
from dicome.cli.stopping import Stopping
from dicome.moving import MoveOptions
from dicome.moving.journal import FOLDER
from tests.moving.making import image, tree, without_pixels, write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path.resolve() / "Ordner mit Ä"
    for study in ("1", "2"):
        for k in (1, 2):
            name = f"IM_{study}{k}"
            content = image(
                study=study, instance=k, position=f"0\\0\\{k}", patient=f"Name{study}", date=f"2019010{study}"
            )
            write(path / "in" / name, content)
    monkeypatch.chdir(path)
    monkeypatch.setenv("DICOME_CONFIG", str(tmp_path / "config.toml"))
    return path


def run(*arguments: str) -> int:
    return main(list(arguments), "dcm_move")


def answer(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def names(folder: Path) -> set[str]:
    return {name for name in tree(folder) if not name.endswith("info")} if folder.exists() else set()


BOTH = {"0001/0301/0001", "0001/0301/0002", "0002/0301/0001", "0002/0301/0002"}


def test_all_without_asking(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("-s", "in", "-a", "out") == 0
    said = capsys.readouterr()
    assert names(root / "out") == BOTH
    assert names(root / "in") == set()
    assert (root / "out/0001/0301/info").exists()
    assert "4 files moved" in said.out
    assert "patient's name" in said.out
    assert "dcm_move --undo" in said.out
    assert said.err == ""


def test_the_default_source_and_destination_are_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "in")
    assert run("-a", "-i") == 0
    assert names(root / "in") == BOTH


@pytest.mark.parametrize(
    ("answers", "moved"),
    [
        (["y", "n"], {"0001"}),
        (["n", "y"], {"0002"}),
        (["a"], {"0001", "0002"}),
        (["n", "a"], {"0002"}),
        (["y", "q"], {"0001"}),
        (["q"], set()),
        (["?", "", "yes", "No"], {"0001"}),
    ],
)
def test_it_asks_for_each_study(
    answers: list[str],
    moved: set[str],
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer(monkeypatch, *answers)
    assert run("-s", "in", "out") == 0
    assert {name.split("/")[0] for name in names(root / "out")} == moved
    said = capsys.readouterr().err
    assert "study 1  2019-01-01  Name1" in said
    assert "1 series, 2 files" in said


def test_no_answer_moves_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch)
    assert run("-s", "in", "out") == 1
    assert "-a moves without asking" in capsys.readouterr().err
    assert len(names(root / "in")) == 4


@pytest.mark.parametrize(
    ("switches", "expected", "originals"),
    [
        (["-c"], "out/0001/0301/0001", 4),
        (["-f"], "out/0001.0301.0001", 0),
        (["-f", "-c", "-d"], "out/0001.0301.0001.dcm", 4),
        (["-d"], "out/0001/0301/0001.dcm", 0),
        (["-n"], "out/0001/0301/0001", 0),
        (["-u"], "out/1.2.3.301.1", 0),
    ],
)
def test_switches(switches: list[str], expected: str, originals: int, root: Path) -> None:
    assert run("-s", "in", "-a", "-i", *switches, "out") in (0, 1)
    assert expected in names(root)
    assert len(names(root / "in")) == originals
    assert not list((root / "out").rglob("*info"))


def test_rename_in_place(root: Path) -> None:
    assert run("-s", "in", "-a", "-r") == 0
    assert names(root / "in") == {name.replace("/", ".") for name in BOTH}


def test_unmove_takes_the_names_of_objects(root: Path) -> None:
    write(root / "in" / "IM_21", image(study="2", instance=1, uid="1.9.1"))
    write(root / "in" / "IM_22", image(study="2", instance=2, uid="1.9.2", position="0\\0\\2"))
    before = set(tree(root / "in").values())
    run("-s", "in", "-a", "sorted")
    assert run("-s", "sorted", "-R", "-a", "-u", "back") == 0
    assert names(root / "back") == {"1.2.3.301.1", "1.2.3.301.2", "1.9.1", "1.9.2"}
    assert set(tree(root / "back").values()) == before


def test_modality(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root / "in/MR/IM_5", image(study="5"))
    assert run("-s", "in", "-m", "mr", "-a", "-i", "out") == 0
    assert names(root / "out") == {"0005/0301/0001"}
    assert run("-s", "in", "-m", "CT", "-a", "out") == 1
    assert "which has MR" in capsys.readouterr().err


def test_dry_run_changes_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root / "in/IM_31", image(study="1", instance=1, payload=3, position="0\\0\\1"))
    before = tree(root)
    assert run("-s", "in", "--dry-run", "out") == 0
    said = capsys.readouterr().out
    assert f"{root}/in/IM_11 -> {root}/out/0001/0301/0001" in said
    assert "0001 (2)  (another file is called 0001)" in said
    assert "5 files of 5 would be moved; nothing was" in said
    assert tree(root) == before
    assert not (root / "out").exists()


def test_undo_by_journal_and_by_directory(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(root)
    for what in ("journal", "directory"):
        run("-s", "in", "-a", "out")
        (journal,) = (root / "out" / FOLDER).glob("*.jsonl")
        capsys.readouterr()
        assert run("--undo", str(journal) if what == "journal" else "out") == 0
        assert "4 files put back" in capsys.readouterr().out
        assert tree(root) == before


@pytest.mark.parametrize("more", [["--dry-run"], ["elsewhere"], ["-c"], ["-s", "in"]])
def test_undo_takes_no_switch_that_it_would_not_obey(
    more: list[str], root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("-s", "in", "-a", "out")
    before = tree(root)
    assert run("--undo", "out", *more) == 1
    assert "--undo puts back all of a run" in capsys.readouterr().err
    assert tree(root) == before


def test_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root / "in" / "cut", image(instance=9, missing=2))
    assert run("-s", "in", "--dry-run", "--json", "out") == 1
    plan = json.loads(capsys.readouterr().out)
    assert plan["plan"]["files"] == 4
    assert plan["plan"]["left"] == [
        {"path": str(root / "in/cut"), "reason": "incomplete", "detail": "6 of 8 bytes of pixels"}
    ]
    assert run("-s", "in", "-a", "--json", "out") == 1
    said = capsys.readouterr()
    result = json.loads(said.out)["result"]
    assert (result["files"], result["end"]) == (4, "done")
    assert run("--undo", "out", "--json") == 0
    assert json.loads(capsys.readouterr().out)["end"] == "undone"


def test_what_stays_is_told_and_exits_with_1(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root / "in" / "cut", image(instance=9, missing=2))
    write(root / "in" / "young", image(instance=8), time.time())
    write(root / "in" / "twin", (root / "in/IM_11").read_bytes())
    assert run("-s", "in", "-a", "out") == 1
    said = capsys.readouterr()
    assert "cut: has less pixel data than its header says; fetch it again (6 of 8 bytes of pixels)" in said.err
    assert "young: written a moment ago" in said.err
    assert "twin: the same bytes as a file that is there already" in said.err
    assert "left alone: " in said.out
    assert run("-s", "in", "-a", "--quiet-for", "0", "-i", "out") == 1
    assert "0001/0301/0008" in names(root / "out")


def test_bad_headers(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    write(root / "in" / "IM_9", bytes(128) + b"DICM" + b"\xff" * 20)
    answer(monkeypatch, "n", "n", "n")
    assert run("-s", "in", "out") == 0
    assert (root / "in" / "IM_9").exists()
    answer(monkeypatch, "n", "n", "y")
    assert run("-s", "in", "out") == 1
    assert (root / "out" / "bad" / "IM_9").exists()
    assert "IM_9: invalid header" in capsys.readouterr().err


def test_names_of_patients_do_not_steer_the_terminal(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root / "in" / "IM_9", image(study="9", patient="\x1b[2J<b>", description="\x07", history="#-#/\x1b[1m"))
    assert run("-s", "in", "--dry-run", "out") == 0
    assert run("-s", "in", "-a", "out") == 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert "\\x1b[2J" in said.out


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_names_of_files_make_no_lines_of_their_own(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = (root / "in" / "IM_11").read_bytes()
    write(root / "in" / "IM_11\n0 files lost", content)
    assert run("-s", "in", "-a", "out") == 0
    assert "\n0 files lost" not in capsys.readouterr().err


def test_the_directory_in_the_header(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "g5").mkdir()
    for name in ("IM_11", "IM_12"):
        write(root / "in" / name, image(instance=int(name[-1]), position=name[-1], history=f"#-#{root}/g5"))
    assert run("-s", "in", "-a", "-c", "out") == 0
    assert "which is ignored: no directories are allowed (see `dicome config allow`)" in capsys.readouterr().err
    assert main(["config", "allow", str(root / "g5")]) == 0
    assert run("-s", "in", "-a", "-c", "-l", "out2") == 0
    assert names(root / "g5") == set()
    assert run("-s", "in", "-a", "-c", "out3") == 0
    assert names(root / "g5") == {name for name in BOTH if name.startswith("0001")}
    assert names(root / "out3") == {name for name in BOTH if name.startswith("0002")}


@pytest.mark.parametrize(
    ("arguments", "code", "problem"),
    [
        (["-s", "none", "-a"], 1, "no such directory"),
        (["-s", "in", "-r", "-c"], 1, "choose one"),
        (["-s", "in", "-r", "out"], 1, "no destination"),
        (["-s", "in", "-m", "XX"], 1, "none of MR"),
        (["-s", "in", "-a", "in/IM_11"], 1, "is no directory"),
        (["-s", "", "-a", "out"], 1, "SOURCE-DIR is empty"),
        (["-s", "in", "-a", ""], 1, "DESTDIR is empty"),
        (["--undo", "none"], 1, "no such journal"),
        (["--undo", "in/IM_11"], 1, "no journal"),
        (["-s", "in", "--quiet-for", "x"], 2, "invalid float"),
        (["-s", "in", "--quiet-for", "-1"], 1, "0 or more"),
        (["a", "b"], 2, "unrecognized"),
    ],
)
def test_wrong_arguments(
    arguments: list[str], code: int, problem: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(root)
    assert run(*arguments) == code
    assert problem in capsys.readouterr().err
    assert tree(root) == before


def test_an_empty_source(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "empty").mkdir()
    assert run("-s", "empty", "-a", "out") == 0
    assert "0 files moved" in capsys.readouterr().out
    assert not (root / "out").exists()


def test_a_run_that_was_cut_short_is_told_and_finished(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("-s", "in", "-a", "out")
    (journal,) = (root / "out" / FOLDER).glob("*.jsonl")
    journal.write_bytes(journal.read_bytes().rpartition(b'{"end"')[0])
    (root / "out/0001/0301/0001").rename(root / "in/IM_11")
    capsys.readouterr()
    assert run("-s", "in", "--dry-run", "out") == 0
    assert "was not finished" in capsys.readouterr().out
    assert run("-s", "in", "-a", "out") == 0
    assert "had been cut short; finished it" in capsys.readouterr().err
    assert names(root / "out") == BOTH


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_control_c(root: Path) -> None:
    for k in range(3000):
        write(root / "in" / f"X_{k}", image(study="3", instance=k, position=f"0\\0\\{k}", payload=k % 60000))
    before = tree(root)
    command = [sys.executable, "-m", "dicome", "dcm_move", "-s", "in", "-a", "out"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not (root / "out/0003/0301").exists():
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        said, complaints = process.communicate()
    assert "Traceback" not in complaints
    assert process.returncode in (0, 130)
    if process.returncode == 130:
        assert said.startswith("stopped: ")
        assert "info files were written" not in said  # they come last
        assert len(names(root / "in")) > 0
    assert len(names(root / "in")) + len(names(root / "out")) == 3004
    assert run("--undo", "out") == 0
    assert tree(root) == before


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_the_second_control_c_is_the_usual_one() -> None:
    with Stopping() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_every_field_of_the_options_is_a_switch() -> None:
    from dicome.cli.main import program_parser
    from dicome.cli.move_options import move_options

    given = program_parser("dcm_move").parse_args(
        ["-s", "a", "-R", "-a", "-m", "mr", "--quiet-for", "5", "-c", "-f", "-i", "-l", "-u", "-d", "-n", "b"]
    )
    options = move_options(given)
    default = MoveOptions()
    same = {name for name in MoveOptions.__dataclass_fields__ if getattr(options, name) == getattr(default, name)}
    assert same == {"rename", "roots"}  # -r excludes others; roots are the configuration's


def test_raw_data_is_named_not_lost(root: Path) -> None:
    write(root / "in" / "XX_1", without_pixels())
    assert run("-s", "in", "-a", "out") == 0
    assert names(root / "out") == {*BOTH, "0001/0301/raw.0001"}
