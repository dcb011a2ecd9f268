"""Moves that replace nothing and may be cut short anywhere."""

from __future__ import annotations

import errno
import os
import signal
import threading
from pathlib import Path

import pytest

from dicome.errors import FileAccessError, FileExistsAlreadyError
from dicome.files.place import make_folder, move, uninterrupted


def no_links(source: object, target: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
def test_a_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "a").write_text("new")
    move(tmp_path / "a", tmp_path / "b")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b": "new"}


@pytest.mark.parametrize("links", [True, False])
def test_nothing_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    with pytest.raises(FileExistsAlreadyError, match="nothing was overwritten"):
        move(tmp_path / "a", tmp_path / "b")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "new", "b": "old"}


def test_killed_between_the_two_steps(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    move(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_a_link_to_nowhere_is_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").symlink_to(tmp_path / "nothing")
    for links in (True, False):
        if not links:
            monkeypatch.setattr(os, "link", no_links)
        with pytest.raises(FileExistsAlreadyError):
            move(tmp_path / "a", tmp_path / "b")


@pytest.mark.skipif(os.name == "nt", reason="no such signals")
def test_control_c_waits_for_the_end_of_a_block() -> None:
    done = []

    def work() -> None:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            # Another thread may take the signal; it reaches this one all the same.
            thread = threading.Thread(target=signal.raise_signal, args=[signal.SIGINT])
            thread.start()
            thread.join()
            done.append("block")
        done.append("behind")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["block"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    thread = threading.Thread(target=lambda: done.append(str(uninterrupted().__enter__())))
    thread.start()
    thread.join()
    assert done == ["block", "None"]


def test_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(FileAccessError, match="cannot be written"):
        move(tmp_path / "a", tmp_path / "no" / "b")
    with pytest.raises(FileAccessError, match="cannot be made"):
        make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "c" / "d")
    make_folder(tmp_path / "c" / "d")
    assert (tmp_path / "c" / "d").is_dir()
