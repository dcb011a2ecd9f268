"""At the start: what the last run left, in order again. Files are the truth, the state follows them."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from dicome.errors import DicomeError
from dicome.network.head import file_head
from dicome.network.state import FOLDER, State, StoredObject
from dicome.network.store import asked, study_folder

TRASH = "trash"


def recover(root: Path, state: State, tags: Iterable[int] = (), *, by_folder: bool = True) -> dict[str, int]:
    """Clears away half objects and half deletions, notes files that are unknown, forgets those that are gone.

    by_folder: the store has one folder per study; of another one, unknown files are not looked for. Gives counts:
    half, found, gone.
    """
    half = _clear(root / FOLDER / "incoming")
    _clear(root / FOLDER / TRASH)
    known = set(state.paths())
    there = _files(root, known) if by_folder else {path for path in known if (root / path).is_file()}
    found = sum(_adopt(root, path, state, tuple(tags)) for path in sorted(there - known))
    gone = known - there
    with state.transaction() as base:
        base.executemany("DELETE FROM objects WHERE path = ?", [(path,) for path in gone])
        empty = base.execute("SELECT uid FROM studies WHERE uid NOT IN (SELECT study FROM objects)").fetchall()
        for (study,) in empty:
            state.forget(str(study))
        base.execute("UPDATE actions SET state = 'waiting' WHERE state = 'running'")
    return {"half": half, "found": found, "gone": len(gone)}


def _clear(folder: Path) -> int:
    """Empties a folder; how many files and folders were in it."""
    count = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        count += 1
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
    return count


def _files(root: Path, known: set[str]) -> set[str]:
    """Paths below the store of all files in study folders; of those that cannot be looked into, what is known."""
    found: set[str] = set()
    for folder in root.iterdir():
        if folder.name[0] == "." or folder.is_symlink() or not folder.is_dir():
            continue
        try:
            found.update(f"{folder.name}/{path.name}" for path in folder.iterdir() if path.is_file())
        except OSError:  # lost+found, say, where the store is a disk of its own
            found.update(path for path in known if path.startswith(f"{folder.name}/"))
    return found


def _adopt(root: Path, path: str, state: State, tags: tuple[int, ...]) -> bool:
    """Notes a file that the state does not know; whether it is an object of the study in whose folder it lies."""
    file = root / path
    try:
        head, status = file_head(file, tags), file.stat()
    except (DicomeError, OSError, ValueError):
        return False
    study = file.parent.name
    if study_folder(head.study) != study:
        return False
    found = StoredObject(path, study, head.sop_instance, status.st_size, conflict="~" in file.name, asks=asked(head))
    state.add(found, lambda: None, arrived=status.st_mtime)
    return True
