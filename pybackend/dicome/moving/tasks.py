"""Carries out one task of a journal, from whatever state a kill has left it in; never loses, never replaces a file."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field

from dicome.moving.entries import Task
from dicome.moving.transfer import ChangedError, copy_to, move_within, same_bytes, sync

MTIME_TOLERANCE = 2_000_000_000
"""Nanoseconds: FAT counts in steps of 2 s."""


class TaskError(Exception):
    """Why a file stays where it is: a reason of `dicome.moving.plan.LEFT`, and more words."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass(slots=True)
class Hands:
    """What the tasks of one run share.

    mark: goes into hidden names. resumed: whether an earlier process may have done some. copied: told bytes of copies.
    copies: that are in place, but not synced yet; doomed: originals that are to be removed after that.
    """

    mark: str
    resumed: bool
    copied: Callable[[int], None]
    copies: list[str] = field(default_factory=list)
    doomed: list[tuple[str, str]] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    def step_aside(self, task: Task) -> None:
        """Gives a file its hidden name, so that another one can take its place."""
        source = _status(task.source)
        if not os.path.lexists(task.via) and source is not None and is_file_of(source, task):
            move_within(task.source, task.via)

    def carry_out(self, task: Task) -> None:
        """Does the task, or the rest of it. Raises TaskError, and OSError where the disk has a problem."""
        if task.action == "remove":
            self._remove(task)
            return
        if self.resumed:
            with contextlib.suppress(OSError):
                os.unlink(part_of(task, self.mark))  # noqa: PTH108
        source = task.via if task.via and os.path.lexists(task.via) else task.source
        here, there = _status(source), _status(task.target)
        if here is not None and source == task.source and task.via and not is_file_of(here, task):
            here = None  # another file has come to its old place
        if there is not None:
            self._look_at_target(task, source, here, there)
            return
        if here is None:
            raise TaskError("gone")
        if not _looks_like(here, task, 0):
            raise TaskError("changed")
        self._make_folder(os.path.dirname(task.target))  # noqa: PTH120  # paths are texts here
        self._bring(task, source)

    def _look_at_target(self, task: Task, source: str, here: os.stat_result | None, there: os.stat_result) -> None:
        """The target exists: because an earlier process got this far, or because somebody took it."""
        # A file that had to step aside may have a twin in size and time.
        very = task.via and not self.resumed
        if not (is_file_of(there, task) if very else _looks_like(there, task, MTIME_TOLERANCE)):
            raise TaskError("gone" if here is None else "taken", task.target)
        if here is None:
            return  # done
        if os.path.samestat(here, there):
            if task.action != "copy":
                os.unlink(source)  # noqa: PTH108
            return
        if not self.resumed or not same_bytes(source, task.target):
            raise TaskError("taken", task.target)
        self._copied(task, source)

    def _bring(self, task: Task, source: str) -> None:
        self.touched.add(os.path.dirname(task.target))  # noqa: PTH120
        try:
            if task.action != "copy":
                try:
                    move_within(source, task.target)
                except OSError as problem:
                    if problem.errno != errno.EXDEV:
                        raise
                else:
                    return
            copy_to(source, task.target, part_of(task, self.mark), self.copied)
        except FileExistsError:
            raise TaskError("taken", task.target) from None
        except FileNotFoundError as problem:
            raise TaskError("gone" if not os.path.lexists(source) else "failed", problem.strerror or "") from None
        except ChangedError as problem:
            raise TaskError("changed", problem.strerror or "") from None
        self._copied(task, source)

    def _copied(self, task: Task, source: str) -> None:
        self.copies.append(task.target)
        if task.action != "copy":
            self.doomed.append((source, task.target))

    def settle(self) -> list[tuple[str, str]]:
        """Syncs copies and their directories, then removes the originals; those that cannot be, and why.

        The copy of such an original is removed again: a file lies in one place.
        """
        for copy in self.copies:
            sync(copy)
        for folder in {os.path.dirname(copy) for copy in self.copies}:  # noqa: PTH120
            sync(folder)
        self.copies.clear()
        failed = [(source, why) for source, target in self.doomed if (why := _removed(source, target))]
        self.doomed.clear()
        return failed

    def _remove(self, task: Task) -> None:
        """Of a file that a run has made; the file it was made from must be there, and equal."""
        here = _status(task.source)
        if here is None:
            return
        if not _looks_like(here, task, MTIME_TOLERANCE):
            raise TaskError("changed")
        if task.target:
            if _status(task.target) is None:
                raise TaskError("gone", f"{task.target}, of which this is a copy")
            if not same_bytes(task.source, task.target):
                raise TaskError("changed", f"it is no longer equal to {task.target}")
        os.unlink(task.source)  # noqa: PTH108

    def _make_folder(self, folder: str) -> None:
        """Makes a directory; refuses one that a link has led elsewhere."""
        if folder in self.folders:
            return
        try:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        except (FileExistsError, NotADirectoryError):
            raise TaskError("taken", f"{folder} is no directory") from None
        if os.path.realpath(folder) != folder:
            raise TaskError("failed", f"{folder} leads elsewhere")
        self.folders.add(folder)


def part_of(task: Task, mark: str) -> str:
    """Hidden name of the copy that a run makes of a file before it gives it its name."""
    folder, name = os.path.split(task.target)
    return os.path.join(folder, f".{mark}-{name}.part")  # noqa: PTH118  # paths are texts here


def _removed(source: str, target: str) -> str:
    """Removes an original whose copy is safe; '' or why it cannot be."""
    try:
        os.unlink(source)  # noqa: PTH108
    except FileNotFoundError:
        return ""
    except OSError as problem:
        with contextlib.suppress(OSError):
            if same_bytes(source, target):
                os.unlink(target)  # noqa: PTH108
        return f"cannot be removed from its directory: {problem.strerror}"
    return ""


def _status(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_file_of(status: os.stat_result, task: Task) -> bool:
    """Whether it is the very file."""
    return status.st_ino == task.inode and status.st_size == task.size


def _looks_like(status: os.stat_result, task: Task, tolerance: int) -> bool:
    """Whether it may be the file, or the copy of it."""
    return (
        stat.S_ISREG(status.st_mode)
        and status.st_size == task.size
        and abs(status.st_mtime_ns - task.modified) <= tolerance
    )
