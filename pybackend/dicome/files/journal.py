"""What a batch has done, in a file that survives a kill at any moment: the next run goes on from there.

``OUT_DIR/.dicome-batch`` holds ``journal.jsonl``, one line per step, ``lock`` and, while a batch runs, the folder
``work`` with files that are not finished. Finished files are first written into the journal, then moved, then noted as
done: whatever was cut short is either finished by the next run or was never visible.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from dicome.errors import DicomeError, FileAccessError, FileMissingError
from dicome.files.lock import locked
from dicome.files.place import make_folder, move, uninterrupted

FOLDER = ".dicome-batch"
SYNC_EVERY = 1.0
"""Seconds between two waits for the disk. A kill loses nothing that was written; only when the machine itself stops may
the last second be done again, under other names. Waiting each time would take longer than most conversions.
"""


@dataclass(frozen=True, slots=True)
class Done:
    """A finished series: its row of the report, and (path below OUT_DIR, bytes, modified) of its files."""

    row: dict[str, Any]
    files: tuple[tuple[str, int, float], ...]

    def is_whole(self, out: Path) -> bool:
        """Whether all files are still there and as long as they were."""
        return all(_size(out / name) == size for name, size, _ in self.files)

    def untouched(self, out: Path) -> Iterator[Path]:
        """Its files that nobody has changed since."""
        for name, size, modified in self.files:
            path = out / name
            if _size(path) == size and path.stat().st_mtime == modified:
                yield path


@dataclass(frozen=True, slots=True)
class Move:
    """One file on its way: paths below OUT_DIR; bytes and time, by which it is known again where it has arrived."""

    source: str
    target: str
    size: int
    modified: float

    def finish(self, out: Path) -> None:
        """Carries it out, or sees that this was done. Raises FileExistsAlreadyError, FileMissingError."""
        source, target = out / self.source, out / self.target
        if source.exists():
            make_folder(target.parent)
            move(source, target)
        elif _size(target) != self.size or target.stat().st_mtime != self.modified:
            raise FileMissingError(f"{target}: is not the file that was moved there")


@dataclass(slots=True)
class Journal:
    """The journal of one OUT_DIR: ``done`` and ``begun`` (moves that may not have been finished) by key."""

    out: Path
    done: dict[str, Done] = field(default_factory=dict)
    begun: dict[str, tuple[dict[str, Any], tuple[Move, ...]]] = field(default_factory=dict)
    _synced: float = 0.0

    @property
    def work(self) -> Path:
        """Folder of what is not finished."""
        return self.out / FOLDER / "work"

    @property
    def path(self) -> Path:
        """The journal's file."""
        return self.out / FOLDER / "journal.jsonl"

    def place(
        self, key: str, row: Mapping[str, Any], moves: Mapping[Path, Path], replaced: Iterable[Path] = ()
    ) -> None:
        """Moves finished files to their places; noted before, so that a kill loses nothing.

        replaced: files of an earlier run that go first. Raises FileExistsAlreadyError where a place is taken, and
        FileAccessError.
        """
        listed = []
        for source, target in moves.items():
            status = source.stat()
            begin, end = (path.relative_to(self.out).as_posix() for path in (source, target))
            listed.append(Move(begin, end, status.st_size, status.st_mtime))
        with uninterrupted():
            self._note({"key": key, "row": dict(row), "moves": [astuple(one) for one in listed]})
            self.begun[key] = (dict(row), tuple(listed))
            for path in replaced:
                path.unlink()
            try:
                self._finish(key)
            except (DicomeError, OSError):
                del self.begun[key]
                raise

    def _finish(self, key: str) -> None:
        """Carries out the moves that were begun; those already made are passed over."""
        row, moves = self.begun[key]
        for one in moves:
            one.finish(self.out)
        files = [(one.target, one.size, one.modified) for one in moves]
        self._note({"key": key, "row": row, "done": files})
        self.done[key] = Done(row, tuple(files))
        del self.begun[key]

    def recover(self) -> None:
        """Finishes what a killed run had begun, and clears away what it had not finished."""
        for key in list(self.begun):
            # Not to be finished (a file of that name came into being, or one has gone): done again.
            with contextlib.suppress(DicomeError, OSError):
                self._finish(key)
        self.begun.clear()
        shutil.rmtree(self.work, ignore_errors=True)

    def _note(self, line: Mapping[str, Any]) -> None:
        with self.path.open("ab") as stream:
            if stream.tell() and not _ends_with_newline(self.path):
                stream.write(b"\n")  # the line before was cut short by a kill
            stream.write(json.dumps(line).encode() + b"\n")
            stream.flush()
            if time.monotonic() - self._synced >= SYNC_EVERY:
                os.fsync(stream.fileno())
                self._synced = time.monotonic()


def read_journal(out: Path) -> Journal:
    """The journal of a folder, empty where there is none; nothing is changed. Lines that a kill cut short are none."""
    journal = Journal(out)
    try:
        lines = journal.path.read_bytes().splitlines()
    except FileNotFoundError:
        return journal
    for line in lines:
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            _apply(journal, json.loads(line))
    return journal


def _apply(journal: Journal, line: dict[str, Any]) -> None:
    key = str(line["key"])
    if "done" in line:
        files = tuple((str(name), int(size), float(modified)) for name, size, modified in line["done"])
        journal.done[key] = Done(line["row"], files)
        journal.begun.pop(key, None)
    else:
        journal.begun[key] = (line["row"], tuple(Move(*one) for one in line["moves"]))


@contextmanager
def open_journal(out: Path) -> Iterator[Journal]:
    """The journal for one run, after whatever the last one left has been put in order; no other run meanwhile.

    Raises FileAccessError where another batch is writing there, or the folder cannot be made.
    """
    make_folder(out / FOLDER)
    taken = FileAccessError(f"{out}: another batch is writing there; wait for its end, or choose another")
    with locked(out / FOLDER / "lock", taken):
        journal = read_journal(out)
        journal.recover()
        make_folder(journal.work)
        try:
            yield journal
        finally:
            if not journal.begun:
                shutil.rmtree(journal.work, ignore_errors=True)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read() == b"\n"
