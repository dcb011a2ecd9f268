"""The journal of a run: what it is going to do, written and synced before it does anything.

``DESTINATION/.dicome-move/<time>.jsonl`` holds a line for the run, one per file, one for the directories it makes,
``ready``, and at last ``end``. No step is noted as done: which steps are is seen on the disk, where a file lies at its
old place or at its new one, so that a kill at any moment leaves nothing in doubt. A journal without ``ready`` belongs
to a run that had not begun; one without ``end`` to a run that was killed or met a full disk. The file is locked while
its run lives. It holds paths, no values of headers.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicome.errors import DamagedFileError, DicomeError, FileAccessError, FileMissingError
from dicome.files import lock
from dicome.moving.entries import Task, damaged, line, line_of, lines, task_of
from dicome.moving.transfer import sync

FOLDER = ".dicome-move"
_TAIL = 4096
_MARGIN = 64 << 10
_FILLING = b"\xff" * _MARGIN


class AtWorkError(FileAccessError):
    """Another process carries this run out."""


@dataclass(slots=True)
class Journal:
    """One journal. mode: 'move', 'copy' or 'undo'; undoes: the journal that it takes back, or ''.

    count, size: tasks and their bytes; detours: whether one goes by a hidden name. The tasks themselves are only in the
    file. folders: that the run makes, parents first. ready, end: how far it has come; end is '', 'done', 'stopped',
    'undone'.
    """

    path: Path
    mode: str
    target: str
    undoes: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    started: str = ""
    count: int = 0
    size: int = 0
    detours: bool = False
    folders: list[str] = field(default_factory=list)
    ready: bool = False
    end: str = ""

    @property
    def staging(self) -> Path:
        """Directory of files that the run has written and not yet put into their places."""
        return self.path.with_suffix("")

    @property
    def mark(self) -> str:
        """Goes into the hidden names of this run."""
        return self.path.stem

    @property
    def tasks(self) -> Iterator[Task]:
        """What is to be done, read from the file one by one. Raises OSError, DamagedFileError."""
        return (task_of(content) for content in lines(self.path) if "action" in content)

    def _count(self, task: Task) -> None:
        self.count += 1
        self.size += task.size
        self.detours = self.detours or bool(task.via)

    def write_tasks(self, tasks: Iterable[Task]) -> list[str]:
        """Notes what is to be done, task by task, and gives the directories that files come to. Raises OSError."""
        reached: dict[str, None] = {}
        with self.path.open("ab") as stream:
            for task in tasks:
                self._count(task)
                reached[os.path.dirname(task.target)] = None  # noqa: PTH120  # paths are texts here
                stream.write(line_of(task))
        return list(reached)

    def write_ready(self, folders: list[str]) -> None:
        """Notes that this is all, and the directories that the run makes; then it is on the disk. Raises OSError."""
        self.folders = folders
        with self.path.open("ab") as stream:
            stream.write(line({"folders": folders}))
            stream.write(line({"ready": self.count}))
            stream.flush()
            os.fsync(stream.fileno())
        self.ready = True

    @property
    def _reserve(self) -> Path:
        return self.path.with_suffix(".reserve")

    def set_aside(self) -> None:
        """Fills some space of the disk, so that once it is full there is room to note an undo. Raises OSError."""
        with self._reserve.open("wb") as stream:
            missing = 2 * self.path.stat().st_size + _MARGIN
            while missing > 0:
                missing -= stream.write(_FILLING[:missing])
            stream.flush()
            os.fsync(stream.fileno())

    def give_back(self) -> None:
        """Frees that space."""
        with contextlib.suppress(OSError):
            self._reserve.unlink()

    def close(self, end: str) -> None:
        """Notes that the run has ended. Raises OSError."""
        self.give_back()
        with self.path.open("ab") as stream:
            stream.write(line({"end": end}))
            stream.flush()
            os.fsync(stream.fileno())
        self.end = end

    def forget(self) -> None:
        """Removes the journal and what it keeps; nothing of it is needed any more."""
        import shutil

        shutil.rmtree(self.staging, ignore_errors=True)
        self.give_back()
        with contextlib.suppress(OSError):
            self.path.unlink()
            self.path.parent.rmdir()


@contextmanager
def begin(target: Path, mode: str, options: dict[str, Any], undoes: str = "") -> Iterator[Journal]:
    """A new journal in a destination, locked for the length of the block; its first line is written.

    Raises FileAccessError.
    """
    folder = target / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        journal = Journal(_unused(folder), mode, str(target), undoes, options, time.strftime("%Y-%m-%dT%H:%M:%S%z"))
        first = {"dicome-move": 1, "mode": mode, "target": str(target), "undoes": undoes, "started": journal.started}
        with locked(journal.path):
            try:
                journal.path.write_bytes(line({**first, "options": options}))
                sync(str(folder))
            except OSError:
                journal.forget()
                raise
            yield journal
    except OSError as problem:
        if isinstance(problem, DicomeError):
            raise
        raise FileAccessError(f"{problem.filename or folder}: {problem.strerror}; nothing was moved") from problem


def _unused(folder: Path) -> Path:
    """Makes the file of a new journal."""
    name = time.strftime("%Y%m%d-%H%M%S")
    for number in range(1, 10_000):
        path = folder / f"{name}-{number}.jsonl"
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            return path
    raise FileAccessError(f"{folder}: no name left for a journal")


def locked(path: Path) -> AbstractContextManager[None]:
    """A journal for this process alone. Raises AtWorkError."""
    return lock.locked(path, AtWorkError(f"{path}: this run is still at work; wait for its end"))


def read(path: str | os.PathLike[str]) -> Journal:
    """A journal; of a directory that holds some, the latest that has not been undone.

    Raises FileMissingError, FileAccessError, DamagedFileError.
    """
    where = Path(path)
    if where.is_dir():
        where = _latest(where)
    try:
        return _parsed(where)
    except FileNotFoundError:
        raise FileMissingError(f"{where}: no such journal; they lie in DESTINATION/{FOLDER}") from None
    except OSError as problem:
        raise FileAccessError(f"{where}: cannot be read: {problem.strerror}") from None


def _parsed(path: Path) -> Journal:
    contents = lines(path)
    try:
        first = next(contents)
        if first["dicome-move"] != 1:
            raise damaged(path)
        journal = Journal(path, first["mode"], first["target"], first["undoes"], first["options"], first["started"])
        for content in contents:
            if "action" in content:
                journal._count(task_of(content))
            journal.folders = content.get("folders", journal.folders)
            journal.ready = journal.ready or content.get("ready", -1) == journal.count
            journal.end = content.get("end", journal.end)
    except (StopIteration, KeyError, TypeError):
        raise damaged(path) from None
    return journal


def _latest(folder: Path) -> Path:
    inside = folder if folder.name == FOLDER else folder / FOLDER
    paths = sorted(inside.glob("*.jsonl"), key=lambda one: (one.stat().st_mtime_ns, one.name))
    fitting = [one for one in paths if (found := _try(one)) and found.mode != "undo" and found.end != "undone"]
    if not fitting:
        raise FileMissingError(f"{folder}: holds no journal of a run that could be undone")
    return fitting[-1]


def _try(path: Path) -> Journal | None:
    try:
        return read(path)
    except (DamagedFileError, FileAccessError, FileMissingError):
        return None


def unfinished(target: str | os.PathLike[str]) -> list[Path]:
    """The journals in a destination of runs that have not ended; some may be at work right now.

    That of an undo is never kept, so one that is there was cut short, whatever it says. One without a first line was
    killed before it knew what to do, and is nobody's to finish.
    """
    found = ((path, _mode(path)) for path in sorted((Path(target) / FOLDER).glob("*.jsonl")))
    return [path for path, mode in found if mode == "undo" or (mode and not _has_ended(path))]


def _mode(path: Path) -> str:
    """What the first line of a journal says the run does; '' where there is none, or it is no journal."""
    try:
        first = next(lines(path), {})
    except (DicomeError, OSError):
        return ""
    return str(first.get("mode", "")) if first.get("dicome-move") == 1 else ""


def _has_ended(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            stream.seek(max(path.stat().st_size - _TAIL, 0))
            return b'\n{"end": ' in stream.read()
    except OSError:
        return True
