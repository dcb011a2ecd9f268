"""The journal of a run: what it is going to do, written and synced before it does anything.

``DESTINATION/.dicome-move/<time>.jsonl`` holds a line for the run, one per file, one for the directories it makes,
``ready``, and at last ``end``. No step is noted as done: which steps are is seen on the disk, where a file lies at its
old place or at its new one, so that a kill at any moment leaves nothing in doubt. A journal without ``ready`` belongs
to a run that had not begun; one without ``end`` to a run that was killed or met a full disk. The file is locked while
its run lives. It holds paths, no values of headers.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dicome.errors import DamagedFileError, DicomeError, FileAccessError, FileMissingError
from dicome.moving.transfer import sync

FOLDER = ".dicome-move"
_TAIL = 4096
_MARGIN = 64 << 10


class AtWorkError(FileAccessError):
    """Another process carries this run out."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file of a run.

    action: 'move'; 'copy'; 'make' (moves a file that the run has written itself, an info file); 'remove' (of source,
    which the run that is undone has made; only if it is unchanged and, unless target is '', equal to the file there).
    size, modified (ns), inode: by which the file is known again. via: hidden name on the way, where another file has
    to leave the target first.
    """

    action: str
    source: str
    target: str
    size: int
    modified: int
    inode: int = 0
    via: str = ""


@dataclass(slots=True)
class Journal:
    """One journal. mode: 'move', 'copy' or 'undo'; undoes: the journal that it takes back, or ''.

    folders: that the run makes, parents first. ready, end: how far it has come; end is '', 'done', 'stopped', 'undone'.
    """

    path: Path
    mode: str
    target: str
    undoes: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    started: str = ""
    tasks: list[Task] = field(default_factory=list)
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

    def write_tasks(self) -> None:
        """Notes all that is to be done; when this returns it is on the disk. Raises OSError."""
        with self.path.open("ab") as stream:
            for task in self.tasks:
                stream.write(_line({key: value for key, value in asdict(task).items() if value}))
            stream.write(_line({"folders": self.folders}))
            stream.write(_line({"ready": len(self.tasks)}))
            stream.flush()
            os.fsync(stream.fileno())
        self.ready = True

    @property
    def _reserve(self) -> Path:
        return self.path.with_suffix(".reserve")

    def set_aside(self) -> None:
        """Fills some space of the disk, so that once it is full there is room to note an undo. Raises OSError."""
        with self._reserve.open("wb") as stream:
            stream.write(b"\xff" * (2 * self.path.stat().st_size + _MARGIN))
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
            stream.write(_line({"end": end}))
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


def _line(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode() + b"\n"


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
                journal.path.write_bytes(_line({**first, "options": options}))
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


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A lock that the system takes back when the process ends, however it ends. Raises AtWorkError."""
    with path.open("ab") as stream:
        try:
            import fcntl
        except ImportError:  # Windows
            yield
            return
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AtWorkError(f"{path}: this run is still at work; wait for its end") from None
        except OSError:  # a network drive without locks
            pass
        yield


def read(path: str | os.PathLike[str]) -> Journal:
    """A journal; of a directory that holds some, the latest that has not been undone.

    Raises FileMissingError, FileAccessError, DamagedFileError.
    """
    where = Path(path)
    if where.is_dir():
        where = _latest(where)
    try:
        lines = where.read_bytes().split(b"\n")
    except FileNotFoundError:
        raise FileMissingError(f"{where}: no such journal; they lie in DESTINATION/{FOLDER}") from None
    except OSError as problem:
        raise FileAccessError(f"{where}: cannot be read: {problem.strerror}") from None
    try:
        return _parsed(where, [json.loads(line) for line in lines[:-1]])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise DamagedFileError(f"{where}: is no journal of dcm_move, or a damaged one") from None


def _parsed(path: Path, lines: Sequence[dict[str, Any]]) -> Journal:
    first = lines[0]
    if first["dicome-move"] != 1:
        raise ValueError(first)
    journal = Journal(path, first["mode"], first["target"], first["undoes"], first["options"], first["started"])
    for line in lines[1:]:
        if "action" in line:
            journal.tasks.append(Task(**{"target": "", "size": 0, "modified": 0, **line}))
        journal.folders = line.get("folders", journal.folders)
        journal.ready = journal.ready or line.get("ready", -1) == len(journal.tasks)
        journal.end = line.get("end", journal.end)
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

    That of an undo is never kept, so one that is there was cut short, whatever it says.
    """
    return [path for path in sorted((Path(target) / FOLDER).glob("*.jsonl")) if not _has_ended(path) or _is_undo(path)]


def _is_undo(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return b'"mode": "undo"' in stream.readline(_TAIL)
    except OSError:
        return False


def _has_ended(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            stream.seek(max(path.stat().st_size - _TAIL, 0))
            return b'\n{"end": ' in stream.read()
    except OSError:
        return True


def missing_folders(folders: Iterable[Path]) -> list[str]:
    """Those directories, and those above them, that do not exist yet; parents first."""
    missing: dict[str, None] = {}
    for folder in folders:
        chain = []
        for path in (folder, *folder.parents):
            if str(path) in missing or os.path.lexists(path):
                break
            chain.append(str(path))
        missing.update(dict.fromkeys(reversed(chain)))
    return list(missing)
