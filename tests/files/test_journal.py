"""What a kill leaves behind, and what the next run makes of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from dicome.errors import FileAccessError, FileExistsAlreadyError
from dicome.files import place
from dicome.files.journal import FOLDER, open_journal, read_journal

ROW = {"stem": "a"}


def made(out: Path, *names: str) -> dict[Path, Path]:
    """Files that a job has written, and where they go."""
    work = out / FOLDER / "work" / "0"
    work.mkdir(parents=True, exist_ok=True)
    for name in names:
        (work / name).write_text(f"new {name}")
    return {work / name: out / "below" / name for name in names}


def visible(out: Path) -> dict[str, str]:
    return {
        path.relative_to(out).as_posix(): path.read_text()
        for path in sorted(out.rglob("*"))
        if path.is_file() and FOLDER not in path.parts
    }


def test_placed_files_are_there_and_remembered(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.place("k", ROW, made(tmp_path, "a.x", "a.y"))
        assert not list((journal.work / "0").iterdir())
    assert visible(tmp_path) == {"below/a.x": "new a.x", "below/a.y": "new a.y"}
    done = read_journal(tmp_path).done["k"]
    assert (done.row, [name for name, _, _ in done.files]) == (ROW, ["below/a.x", "below/a.y"])
    assert done.is_whole(tmp_path)
    assert not (tmp_path / FOLDER / "work").exists()


@pytest.mark.parametrize("damage", ["shorter", "gone"])
def test_a_result_that_is_not_whole_is_known(tmp_path: Path, damage: str) -> None:
    with open_journal(tmp_path) as journal:
        journal.place("k", ROW, made(tmp_path, "a.x"))
    path = tmp_path / "below" / "a.x"
    path.write_text("") if damage == "shorter" else path.unlink()
    assert not read_journal(tmp_path).done["k"].is_whole(tmp_path)


def test_only_what_nobody_changed_is_ours(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.place("k", ROW, made(tmp_path, "a.x", "a.y"))
    (tmp_path / "below" / "a.x").write_text("NEW a.x")  # as long as before
    os.utime(tmp_path / "below" / "a.x", (1, 1))
    assert list(read_journal(tmp_path).done["k"].untouched(tmp_path)) == [tmp_path / "below" / "a.y"]


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_moves_cut_short_are_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int) -> None:
    count = 0
    whole = place.move

    def killed(source: Path, target: Path) -> None:
        nonlocal count
        if count == moved:
            raise KeyboardInterrupt
        count += 1
        whole(source, target)

    monkeypatch.setattr("dicome.files.journal.move", killed)
    # As a kill would: what is in the folder of work stays.
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    files = made(tmp_path, "a.x", "a.y", "a.z")

    def run() -> None:
        with open_journal(tmp_path) as journal:
            journal.work.mkdir(exist_ok=True)
            journal.place("k", ROW, files)

    with pytest.raises(KeyboardInterrupt):
        run()
    assert len(visible(tmp_path)) == moved
    assert read_journal(tmp_path).done == {}
    monkeypatch.undo()
    with open_journal(tmp_path) as journal:
        assert list(journal.done) == ["k"]
    assert visible(tmp_path) == {f"below/a.{k}": f"new a.{k}" for k in "xyz"}


def test_moves_that_cannot_be_finished_are_not_taken_for_done(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        files = made(tmp_path, "a.x")
        (tmp_path / "below").mkdir()
        (tmp_path / "below" / "a.x").write_text("from elsewhere")
        with pytest.raises(FileExistsAlreadyError):
            journal.place("k", ROW, files)
    with open_journal(tmp_path) as journal:
        assert journal.done == {}
    assert visible(tmp_path) == {"below/a.x": "from elsewhere"}


def test_lines_that_were_cut_short_are_none(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.place("k", ROW, made(tmp_path, "a.x"))
    path = journal.path
    path.write_bytes(path.read_bytes() + b'{"key": "m", "row": {"st')
    assert list(read_journal(tmp_path).done) == ["k"]
    with open_journal(tmp_path) as journal:
        journal.place("n", ROW, made(tmp_path, "b.x"))
    assert list(read_journal(tmp_path).done) == ["k", "n"]
    path.write_bytes(b"\xff\xfe nonsense\n[]\n{}\n1\n" + path.read_bytes())
    assert list(read_journal(tmp_path).done) == ["k", "n"]


def test_no_journal_is_an_empty_one_and_nothing_is_made(tmp_path: Path) -> None:
    assert read_journal(tmp_path / "none").done == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks")
def test_one_batch_at_a_time(tmp_path: Path) -> None:
    with open_journal(tmp_path), pytest.raises(FileAccessError, match="another batch"), open_journal(tmp_path):
        pass
    with open_journal(tmp_path):
        pass
