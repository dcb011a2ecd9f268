"""Runs: files that change, what cannot be removed; journals; undo."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from dicome.errors import ArgumentError, DamagedFileError, FileAccessError, FileMissingError
from dicome.moving import MoveOptions, Outcome, apply_plan, finish_runs, plan_moves, undo, unfinished
from dicome.moving import journal as journals
from dicome.moving.journal import FOLDER
from tests.moving.faults import Faults, injected
from tests.moving.making import contents, image, tree, write
from tests.moving.runs import ALL, names, planned


def test_move_and_undo(root: Path) -> None:
    before = tree(root)
    outcome = apply_plan(planned(root))
    assert (outcome.done, outcome.end, outcome.left) == (5, "done", ())
    assert names(root / "out") == ALL
    assert names(root / "in") == set()
    back = undo(outcome.journal)
    assert (back.done, back.end, back.left, back.journal) == (5, "undone", (), "")
    assert tree(root) == before
    assert not (root / "out").exists()


def test_times_and_modes_survive(root: Path, elsewhere: Path) -> None:
    (root / "in" / "IM_1").chmod(0o640)
    moved = apply_plan(planned(root, destination=elsewhere / "out"))
    assert moved.done == 5
    status = (elsewhere / "out/0001/0301/0001").stat()
    assert (status.st_mode & 0o777, status.st_mtime) == (0o640, 1_600_000_000)


def test_across_file_systems_and_back(root: Path, elsewhere: Path) -> None:
    before, counted = tree(root), contents(root)
    outcome = apply_plan(planned(root, destination=elsewhere / "out"))
    assert (outcome.done, outcome.left) == (5, ())
    assert contents(elsewhere) == counted
    assert names(root / "in") == set()
    assert not list(elsewhere.rglob("*.part"))
    assert undo(outcome.journal).done == 5
    assert tree(root) == before


def test_a_copy_that_does_not_read_back_is_no_copy(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verification is what stands between a bad disk and a deleted original."""
    real = os.open

    def damaged(path: Any, *arguments: Any, **options: Any) -> int:
        handle = real(path, *arguments, **options)
        if str(path).endswith(".part"):
            os.write(handle, b"\0damaged")
        return handle

    before = tree(root)
    plan = planned(root)
    monkeypatch.setattr("os.open", damaged)
    with injected(Faults(apart=(root / "in", root / "out"))):
        outcome = apply_plan(plan)
    assert outcome.done == 0
    assert [(one.reason, one.detail) for one in outcome.left] == [
        ("changed", "the copy does not read back as it was written")
    ] * 5
    assert tree(root) == before  # no info file of what has not arrived
    assert not list((root / "out").glob("0*"))


def test_an_original_that_cannot_be_removed_stays_where_it_is(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.unlink

    def refused(path: Any, **options: Any) -> None:
        if Path(path).name == "IM_3":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        real(path, **options)

    for apart in (None, (root / "in", root / "out")):
        before = contents(root)
        plan = planned(root)
        monkeypatch.setattr("os.unlink", refused)
        with injected(Faults(apart=apart)):
            outcome = apply_plan(plan)
        monkeypatch.undo()
        assert [(Path(one.path).name, one.reason) for one in outcome.left] == [("IM_3", "failed")]
        assert names(root / "in") == {"IM_3"}
        assert names(root / "out") == ALL - {"0001/0301/0003"}
        assert contents(root) == before
        assert undo(outcome.journal).end == "undone"


def test_a_file_that_changed_since_the_plan_stays(root: Path) -> None:
    plan = planned(root)
    write(root / "in" / "IM_2", image(instance=2, payload=9), when=1_600_000_001)
    (root / "in" / "IM_4").unlink()
    outcome = apply_plan(plan)
    assert {Path(one.path).name: one.reason for one in outcome.left} == {"IM_2": "changed", "IM_4": "gone"}
    assert names(root / "out") == ALL - {"0001/0301/0002", "0001/0301/0004"}
    assert names(root / "in") == {"IM_2"}


def test_a_file_that_is_written_to_while_it_is_copied_stays(root: Path, elsewhere: Path) -> None:
    large = write(root / "in" / "IM_9", image(instance=9, payload=9) + b"\0" * (9 << 20))
    plan = planned(root, destination=elsewhere / "out")
    written: list[str] = []

    def progress(done: float, total: float, note: str) -> None:
        if not written and done > total / 3:
            written.append(note)
            with large.open("ab") as stream:
                stream.write(b"more")

    outcome = apply_plan(plan, progress)
    assert written
    assert [(Path(one.path).name, one.reason) for one in outcome.left] == [("IM_9", "changed")]
    assert large.exists()
    assert not list(elsewhere.rglob("*.part"))


def test_a_place_that_is_taken_meanwhile_is_not_overwritten(root: Path) -> None:
    plan = planned(root)
    mine = write(root / "out/0001/0301/0002", b"mine")
    outcome = apply_plan(plan)
    assert {Path(one.path).name: one.reason for one in outcome.left} == {"IM_2": "taken"}
    assert mine.read_bytes() == b"mine"
    assert (root / "in" / "IM_2").exists()


def test_undo_has_nothing_to_do_with_a_file_that_had_taken_a_place(root: Path) -> None:
    before = tree(root)
    plan = planned(root)
    size = len((root / "in" / "IM_2").read_bytes())
    mine = write(root / "out/0001/0301/0002", b"m" * size, 1_500_000_000)
    outcome = apply_plan(plan)
    assert {one.reason for one in outcome.left} == {"taken"}
    back = undo(outcome.journal)
    assert (back.done, back.left, back.end) == (4, (), "undone")
    assert mine.read_bytes() == b"m" * size
    assert tree(root) == before | {"out/0001/0301/0002": b"m" * size}


def test_a_directory_that_became_a_link_is_not_followed(root: Path) -> None:
    plan = planned(root)
    (root / "secret").mkdir()
    (root / "out").mkdir()
    (root / "out" / "0001").symlink_to(root / "secret")
    outcome = apply_plan(plan)
    assert {one.reason for one in outcome.left} == {"failed"}
    assert len([one for one in outcome.left if "leads elsewhere" in one.detail]) == 5
    assert tree(root / "secret") == {}
    assert len(names(root / "in")) == 5


def test_names_that_go_round_are_exchanged_and_put_back(root: Path) -> None:
    folder = root / "in"
    for path in folder.iterdir():
        path.unlink()
    names = ["0001.0301.0001", "0001.0301.0002", "0001.0301.0003", "free"]
    for name, instance in zip(names, (2, 3, 1, 4), strict=True):
        write(folder / name, image(instance=instance, position=f"0\\0\\{instance}", payload=instance))
    before = tree(root)
    plan = plan_moves(MoveOptions(source=folder, rename=True, no_info=True, quiet_for=0))
    outcome = apply_plan(plan)
    assert (outcome.done, outcome.left) == (4, ())
    assert {name: content[-2] for name, content in tree(folder).items()} == {
        f"0001.0301.{k:04d}": k for k in (1, 2, 3, 4)
    }
    assert undo(outcome.journal).left == ()
    assert tree(root) == before


# -- stopping --------------------------------------------------------------------------------------------------------


def test_a_run_that_is_stopped_leaves_nothing_half(root: Path) -> None:
    counted = contents(root)
    seen: list[float] = []
    outcome = apply_plan(planned(root), lambda done, *_: seen.append(done), lambda: len(seen) >= 2)
    assert outcome.end == "stopped"
    assert outcome.done == 2
    assert contents(root) == counted
    assert unfinished(root / "out") == []
    assert apply_plan(planned(root)).done == 3
    assert names(root / "out") == ALL


def test_a_copy_that_is_stopped_in_the_middle_of_a_file(root: Path, elsewhere: Path) -> None:
    write(root / "in" / "IM_0", image(instance=9, payload=9) + b"\0" * (9 << 20))
    before = tree(root)
    parts: list[float] = []
    outcome = apply_plan(
        planned(root, destination=elsewhere / "out"), lambda done, *_: parts.append(done), lambda: len(parts) > 7
    )
    assert outcome.end == "stopped"
    assert not list(elsewhere.rglob("*.part"))
    assert undo(outcome.journal).end == "undone"
    assert tree(root) == before


# -- undo ------------------------------------------------------------------------------------------------------------


def test_undo_leaves_what_was_changed_or_taken(root: Path) -> None:
    outcome = apply_plan(planned(root))
    write(root / "out/0001/0301/0001", b"edited")
    write(root / "in" / "IM_2", b"new")
    back = undo(outcome.journal)
    assert {Path(one.path).name: one.reason for one in back.left} == {"0001": "changed", "0002": "taken"}
    assert (back.end, back.journal) == ("done", outcome.journal)
    assert (root / "out/0001/0301/0001").read_bytes() == b"edited"
    assert (root / "in" / "IM_2").read_bytes() == b"new"
    (root / "in" / "IM_2").unlink()
    assert undo(outcome.journal).done == 1
    assert names(root / "in") == {"IM_2", "IM_3", "IM_4", "IM_5"}


def test_a_run_whose_files_have_gone_on_can_be_undone_when_they_are_back(root: Path) -> None:
    before = tree(root)
    first = apply_plan(planned(root))
    second = apply_plan(
        plan_moves(MoveOptions(source=root / "out", recursive=True, destination=root / "on", quiet_for=0))
    )
    back = undo(first.journal)
    assert (back.done, back.journal) == (0, first.journal)
    assert {one.reason for one in back.left} == {"gone"}
    assert len(back.left) == 5
    assert undo(second.journal).left == ()
    assert undo(first.journal).end == "undone"
    assert tree(root) == before


def test_undo_of_copies_keeps_the_last_one(root: Path) -> None:
    outcome = apply_plan(planned(root, copy=True))
    (root / "in" / "IM_1").unlink()
    write(root / "in" / "IM_2", image(instance=2, payload=8))
    back = undo(outcome.journal)
    assert {Path(one.path).name: one.reason for one in back.left} == {"0001": "gone", "0002": "changed"}
    assert names(root / "out") == {"0001/0301/0001", "0001/0301/0002"}
    assert names(root / "in") == {"IM_2", "IM_3", "IM_4", "IM_5"}


def test_undo_of_a_directory_is_that_of_its_last_run(root: Path) -> None:
    apply_plan(planned(root))
    write(root / "in" / "IM_9", image(instance=9))
    apply_plan(planned(root))
    assert undo(root / "out").done == 1
    assert undo(root / "out" / FOLDER).done == 5
    with pytest.raises(FileMissingError, match="no such journal"):
        undo(root / "out")


def test_a_new_patient_file_in_a_directory_of_the_run_survives_undo(root: Path) -> None:
    outcome = apply_plan(planned(root))
    mine = write(root / "out/0001/notes.txt", b"mine")
    assert undo(outcome.journal).end == "undone"
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize("content", [b"", b"notes", b"{}\n", b'{"dicome-move": 2}\n', b"[1]\n", b"\xff\xfe\n"])
def test_what_is_no_journal(content: bytes, root: Path) -> None:
    with pytest.raises(DamagedFileError, match="no journal"):
        undo(write(root / "x.jsonl", content))


def test_a_run_cannot_be_undone_twice_or_while_it_runs(root: Path) -> None:
    outcome = apply_plan(planned(root))
    path = Path(outcome.journal)
    with journals.locked(path), pytest.raises(FileAccessError, match="still at work"):
        undo(path)
    journals.read(path).close("undone")
    with pytest.raises(ArgumentError, match="undone already"):
        undo(path)


# -- journals --------------------------------------------------------------------------------------------------------


def test_a_journal_cut_anywhere_is_void_or_whole(root: Path) -> None:
    outcome = apply_plan(planned(root))
    path = Path(outcome.journal)
    whole = path.read_bytes()
    ready = whole.index(b'{"ready"')
    for size in range(whole.index(b"\n") + 1, len(whole), 37):
        path.write_bytes(whole[:size])
        assert journals.read(path).ready == (size > whole.index(b"\n", ready))
    path.write_bytes(whole[: ready - 5])
    assert finish_runs(root / "out") == []
    assert not path.exists()
    assert names(root / "out") == ALL


@pytest.mark.parametrize("content", [b"", b'{"dicome-move": 1, "mo', b"notes\n", b"[]\n"])
def test_what_a_run_leaves_that_was_killed_before_its_first_line_waits_for_nobody(content: bytes, root: Path) -> None:
    write(root / "out" / FOLDER / "20190502-103000-1.jsonl", content)
    assert unfinished(root / "out") == []
    before = tree(root)
    apply_plan(planned(root))
    assert undo(root / "out").end == "undone"
    assert tree(root) == before


def test_a_run_at_work_is_not_finished_by_another(root: Path) -> None:
    started, go = threading.Event(), threading.Event()

    def progress(*_: object) -> None:
        started.set()
        assert go.wait(60)

    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(apply_plan(planned(root), progress)))
    thread.start()
    assert started.wait(60)
    assert len(unfinished(root / "out")) == 1
    assert finish_runs(root / "out") == []
    go.set()
    thread.join()
    assert outcomes[0].done == 5


def test_two_runs_at_once_lose_nothing(root: Path) -> None:
    for k in range(6, 120):
        write(root / "in" / f"IM_{k}", image(instance=k, position=f"0\\0\\{k}", payload=k))
    counted = contents(root)
    plans = [planned(root), planned(root)]
    outcomes: list[Outcome] = []
    threads = [threading.Thread(target=lambda plan=plan: outcomes.append(apply_plan(plan))) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contents(root) == counted
    assert len(outcomes) == 2
    assert len(names(root / "out")) == 119


def test_the_journal_holds_no_values_of_headers(root: Path) -> None:
    write(root / "in" / "IM_1", image(patient="Secret^Name", position="0\\0\\1"))
    outcome = apply_plan(planned(root))
    assert b"Secret" not in Path(outcome.journal).read_bytes()
    assert b"Secret" in (root / "out/0001/0301/info").read_bytes()


def test_file_names_that_are_no_text(root: Path) -> None:
    path = os.fsencode(root / "in") + b"/\xff\xfe"
    write(Path(os.fsdecode(path)), image(instance=9))
    outcome = apply_plan(planned(root))
    assert outcome.done == 6
    assert undo(outcome.journal).done == 6
    assert Path(os.fsdecode(path)).exists()
