"""Puts back what a run has moved, as a run of its own: with a journal, and to be finished by the next one if killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from dicome.errors import ArgumentError
from dicome.moving import journal as journals
from dicome.moving.entries import Task
from dicome.moving.folders import remove_empty
from dicome.moving.journal import Journal
from dicome.moving.run import Outcome, Progress, Stop, run_tasks
from dicome.moving.tasks import MTIME_TOLERANCE, is_file_of, part_of


def undo(path: str | os.PathLike[str], progress: Progress | None = None, stop: Stop | None = None) -> Outcome:
    """Puts back all files of a run; copies and info files that it made are removed where they are unchanged.

    path: its journal, or a destination, whose last run it is then. Files that were changed, or whose old place is
    taken, stay and are told, and so are those that a later run, or somebody, has taken elsewhere. When everything is
    back the journal goes too. Raises FileMissingError, FileAccessError, DamagedFileError, ArgumentError.
    """
    done = journals.read(path)
    if done.mode == "undo":
        raise ArgumentError(f"{done.path}: is the journal of an undo; the next run into {done.target} finishes it")
    if done.end == "undone":
        raise ArgumentError(f"{done.path}: has been undone already")
    with journals.locked(done.path):
        if not done.ready:
            done.forget()
            return Outcome("", "undo", 0, 0, "undone")
        done.give_back()
        with journals.begin(done.path.parent.parent, "undo", done.options, str(done.path)) as journal:
            try:
                journal.write_tasks(_backwards(done, journal))
                journal.write_ready(done.folders)
            except BaseException:
                journal.forget()
                raise
            return finish_undo(journal, False, progress, stop, done)


def finish_undo(
    journal: Journal,
    resumed: bool,
    progress: Progress | None = None,
    stop: Stop | None = None,
    done: Journal | None = None,
) -> Outcome:
    """Carries out the journal of an undo; see `undo`."""
    if done is None:
        with suppress(Exception):
            done = journals.read(journal.undoes)
    if done is not None and not done.end:
        _remove_parts(done)
    if done is not None and done.end != "undone":
        done.close("undone")
    outcome = run_tasks(journal, resumed, progress, stop)
    remove_empty(journal.folders)
    whole = outcome.end == "done" and not outcome.left
    if done is not None and whole:
        done.forget()
    elif done is not None:
        done.close("stopped")  # the rest can be undone later
    journal.forget()
    remove_empty(journal.folders)
    kept = "" if whole or done is None else str(done.path)
    return replace(outcome, journal=kept, end="undone" if whole else outcome.end)


def _backwards(done: Journal, journal: Journal) -> Iterator[Task]:
    """The tasks that take back those that were done."""
    occupied = {
        task.source
        for task in done.tasks
        if task.action == "move" and os.path.lexists(task.source) and _place(task) not in ("", task.source)
    }
    for number, task in enumerate(done.tasks):
        place = _place(task)
        if not place and task.action == "move" and not os.path.lexists(task.source):
            place = task.target  # gone on from there, or changed: told, and its way back is kept
        if not place or (place == task.source and task.action != "copy"):
            continue
        stayed = task.action == "move" and _has_stayed(task, place)
        if stayed and not _may_be_copy(task, place):
            continue  # somebody else had taken the place
        if task.action == "move" and not stayed:
            yield _move_back(task, place, f".{journal.mark}-{number}.via" if place in occupied else "")
        else:
            yield Task("remove", place, "" if task.action == "make" else task.source, task.size, task.modified)


def _place(task: Task) -> str:
    """Where the file of a task is now: at its target, on the way there, or '' where it never got that far."""
    for path in (task.target, task.via):
        if not path:
            continue
        with suppress(OSError):
            if os.lstat(path).st_size == task.size or path == task.via:
                return path
    return ""


def _has_stayed(task: Task, place: str) -> bool:
    """Whether the original lies where it always did, and another file at its new place."""
    with suppress(OSError):
        source = os.lstat(task.source)
        return is_file_of(source, task) and not os.path.samestat(source, os.lstat(place))
    return False


def _may_be_copy(task: Task, place: str) -> bool:
    """Whether that may be the copy of a run that ended before it removed the original, across file systems."""
    with suppress(OSError):
        return abs(os.lstat(place).st_mtime_ns - task.modified) <= MTIME_TOLERANCE
    return False


def _remove_parts(done: Journal) -> None:
    """Removes what a run that was killed had copied of a file that it was at."""
    for task in done.tasks:
        with suppress(OSError):
            os.unlink(part_of(task, done.mark))  # noqa: PTH108


def _move_back(task: Task, place: str, hidden: str) -> Task:
    inode = 0
    with suppress(OSError):
        inode = os.lstat(place).st_ino
    via = str(Path(place).parent / hidden) if hidden else ""
    return Task("move", place, task.source, task.size, task.modified, inode, via)
