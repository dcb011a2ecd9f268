"""Disks that differ, fill up or cannot be written."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dicome.errors import FileAccessError
from dicome.moving import MoveOptions, apply_plan, finish_runs, plan_moves, undo, unfinished
from tests.moving.faults import Faults, injected
from tests.moving.making import contents, image, tree, write
from tests.moving.runs import ALL, names, planned


def test_room_is_asked_of_the_disk_that_the_files_come_to(
    root: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = elsewhere / "g5"
    asked.mkdir()
    write(elsewhere / "in" / "IM_1", image(history=f"#-#{asked}"))
    full: set[Path] = {root}
    real = shutil.disk_usage

    def usage(path: str | Path) -> Any:
        found = real(path)
        return found._replace(free=0) if any(Path(path).is_relative_to(one) for one in full) else found

    monkeypatch.setattr(shutil, "disk_usage", usage)
    options = MoveOptions(source=elsewhere / "in", destination=root / "out", roots=(elsewhere,), quiet_for=0)
    outcome = apply_plan(plan_moves(options))  # nothing is copied to the full disk
    assert names(asked) == {"0001/0301/0001"}
    assert undo(outcome.journal).end == "undone"
    full = {elsewhere}
    write(root / "in" / "IM_1", image(history=f"#-#{asked}"))
    with pytest.raises(FileAccessError, match=r"bytes are to be copied there, and 0 are free"):
        apply_plan(
            plan_moves(MoveOptions(source=root / "in", destination=root / "out", roots=(elsewhere,), quiet_for=0))
        )


def test_a_destination_without_room_is_refused_before_anything_moves(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 100}))
    with pytest.raises(FileAccessError, match="and 100 are free"):
        apply_plan(planned(root, copy=True))
    assert not (root / "out").exists()
    assert apply_plan(planned(root)).done == 5  # moving takes no room


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_stops_the_run_and_the_next_one_finishes(root: Path, number: int) -> None:
    counted = contents(root)
    with (
        injected(Faults(9, number, apart=(root / "in", root / "out"))),
        pytest.raises(FileAccessError, match=r"after . of 6 files. Nothing is lost.*--undo"),
    ):
        apply_plan(planned(root))
    assert contents(root) == counted
    assert len(unfinished(root / "out")) == 1
    (outcome,) = finish_runs(root / "out")
    assert (outcome.end, outcome.left) == ("done", ())
    assert names(root / "out") == ALL
    assert contents(root) == counted


def test_a_full_disk_can_be_undone(root: Path) -> None:
    before = tree(root)
    with injected(Faults(9, errno.ENOSPC, apart=(root / "in", root / "out"))), pytest.raises(FileAccessError) as told:
        apply_plan(planned(root))
    (journal,) = unfinished(root / "out")
    assert f"`dcm_move --undo {shlex.quote(str(journal))}`" in str(told.value)
    assert undo(root / "out").end == "undone"
    assert tree(root) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 512 KiB."""
    folder = tmp_path.resolve() / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if os.name != "posix" or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path, tmp_path: Path) -> None:
    source = tmp_path.resolve() / "many"
    for k in range(200):
        write(source / f"IM_{k}", image(instance=k, position=f"0\\0\\{k}", payload=k))
    before, counted = tree(source), contents(tmp_path)
    options = MoveOptions(source=source, destination=small_disk / "out", quiet_for=0)
    with pytest.raises(FileAccessError, match="No space left on device after"):
        apply_plan(plan_moves(options))
    assert contents(tmp_path) == counted
    assert 0 < len(list(source.iterdir())) < 200
    with pytest.raises(FileAccessError, match="No space left"):
        finish_runs(options.target)
    assert undo(options.target).end == "undone"
    assert tree(source) == before
    assert list(small_disk.iterdir()) == []


def test_a_destination_that_is_a_file(root: Path) -> None:
    with pytest.raises(FileAccessError, match="is no directory"):
        apply_plan(planned(root, destination=write(root / "file", b"")))


def test_a_destination_that_cannot_be_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    with pytest.raises(FileAccessError, match="not writable and searchable"):
        apply_plan(planned(root))
    assert len(names(root / "in")) == 5


@pytest.mark.parametrize("at", [0, 2, 3, 4, 5, 6, 7])
def test_a_journal_that_cannot_be_written_moves_nothing(root: Path, at: int) -> None:
    with injected(Faults(at, errno.EIO)), pytest.raises(FileAccessError, match="nothing was moved"):
        apply_plan(planned(root))
    assert len(names(root / "in")) == 5
    assert unfinished(root / "out") == []
