"""Carries plans out, and finishes what a killed run has begun.

First the whole of what is to be done goes into a journal, then files move one by one; see `journal` and `tasks`. Every
file is looked at once more right before it moves: one that has changed since the plan was made stays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dicome.errors import DicomeError, FileAccessError
from dicome.moving import journal as journals
from dicome.moving.entries import Task
from dicome.moving.folders import missing_folders, remove_empty
from dicome.moving.journal import Journal
from dicome.moving.plan import Left, Plan, options_facts
from dicome.moving.room import check_room
from dicome.moving.tasks import Hands, TaskError
from dicome.moving.transfer import DISK_PROBLEMS, sync

CHUNK_FILES = 64
CHUNK_BYTES = 256 << 20
"""Files or bytes copied across file systems before their originals are removed."""

Progress = Callable[[float, float, str], None]
"""Told bytes done, bytes in all, and how many files that is."""
Stop = Callable[[], bool]
"""Asked before every file and within long copies whether the run should end here."""


class StoppedError(Exception):
    """Somebody wants the run to end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has done. journal: its file, '' where there was nothing to do. done: files moved or copied.

    end: 'done', 'stopped' (asked to), 'undone'. left: files that stay, with those of the plan.
    """

    journal: str
    mode: str
    done: int
    size: int
    end: str
    left: tuple[Left, ...] = ()

    def facts(self) -> dict[str, Any]:
        """The outcome ready for JSON."""
        left = [{"path": one.path, "reason": one.reason, "detail": one.detail} for one in self.left]
        return {
            "journal": self.journal,
            "mode": self.mode,
            "files": self.done,
            "bytes": self.size,
            "end": self.end,
            "left": left,
        }


def apply_plan(plan: Plan, progress: Progress | None = None, stop: Stop | None = None) -> Outcome:
    """Carries out a plan, or the part of it that `Plan.only` gave.

    Raises FileAccessError where the destination cannot be written (nothing has moved then), or the disk is full: what
    was moved stays moved, and `finish_runs` or `undo` goes on from there.
    """
    if not plan.count:
        return Outcome("", _mode(plan), 0, 0, "done", plan.left)
    target = Path(plan.target)
    made = missing_folders([target])
    check_room(plan, target)
    with journals.begin(target, _mode(plan), options_facts(plan.options)) as journal:
        try:
            folders = journal.write_tasks(_tasks(plan, journal))
            journal.write_ready(list(dict.fromkeys([*made, *missing_folders(map(Path, folders))])))
            journal.set_aside()
        except BaseException:
            journal.forget()
            raise
        outcome = run_tasks(journal, False, progress, stop)
    return replace(outcome, left=(*plan.left, *outcome.left))


def _mode(plan: Plan) -> str:
    return "copy" if plan.options.copy else "move"


def _tasks(plan: Plan, journal: Journal) -> Iterator[Task]:
    """A task per step, and per info file, which is written aside first."""
    action = "copy" if plan.options.copy else "move"
    # Most targets are free, and no file lies there that would have to step aside.
    occupied = set() if plan.options.copy else {step.target for step in plan.steps if os.path.lexists(step.target)}
    for number, step in enumerate(plan.steps):
        inode = 0
        via = ""
        if step.source in occupied:
            via = os.path.join(os.path.dirname(step.source), f".{journal.mark}-{number}.via")  # noqa: PTH118, PTH120
        with suppress(OSError):
            inode = os.lstat(step.source).st_ino
        yield Task(action, step.source, step.target, step.size, step.modified, inode, via)
    yield from _info_tasks(plan, journal)


def _info_tasks(plan: Plan, journal: Journal) -> Iterator[Task]:
    for number, info in enumerate(plan.infos):
        journal.staging.mkdir(exist_ok=True)
        path = journal.staging / f"{number}"
        with path.open("w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(info.text)
            stream.flush()
            os.fsync(stream.fileno())
        status = path.stat()
        yield Task("make", str(path), info.target, status.st_size, status.st_mtime_ns, status.st_ino)


@dataclass(slots=True)
class _Count:
    """How far a run of ``total`` files and ``size`` bytes has come; reached: directories that have got a file."""

    total: int
    size: int
    progress: Progress | None
    stop: Stop | None
    files: int = 0
    done: int = 0
    moved: int = 0
    left: list[Left] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)

    def copied(self, count: int) -> None:
        """Shows a part of a file; stops where that is wanted."""
        self.show(count)
        if self.stop is not None and self.stop():
            raise StoppedError

    def show(self, more: int = 0) -> None:
        if self.progress is not None:
            self.progress(self.done + more, self.size, f"{self.files:,}/{self.total:,} files")

    def finished(self, task: Task) -> None:
        self.files += 1
        self.done += task.size
        if task.action in ("move", "copy") or (task.action == "remove" and task.target):
            self.moved += 1
        self.show()

    def stays(self, task: Task, reason: str, detail: str) -> None:
        self.files += 1
        self.done += task.size
        self.left.append(Left(task.source, reason, detail))
        self.show()


def run_tasks(journal: Journal, resumed: bool, progress: Progress | None, stop: Stop | None) -> Outcome:
    """Carries out the tasks of a journal that is locked, and closes it.

    Raises FileAccessError where the disk has a problem that all files would share; the journal is then not closed.
    """
    count = _Count(journal.count, journal.size, progress, stop)
    hands = Hands(journal.mark, resumed, count.copied)
    end = "done"
    try:
        for task in _detours(journal):
            hands.step_aside(task)
        for chunk in _chunks(journal.tasks):
            try:
                for task in chunk:
                    _one(task, hands, count)
            finally:
                _settle(hands, count)
    except StoppedError:
        end = "stopped"
        _step_back(_detours(journal))
    except OSError as problem:
        raise _told(problem, journal, count) from problem
    return _closed(journal, hands, count, end)


def _detours(journal: Journal) -> Iterator[Task]:
    return (task for task in journal.tasks if task.via) if journal.detours else iter(())


def _one(task: Task, hands: Hands, count: _Count) -> None:
    if count.stop is not None and count.stop():
        raise StoppedError
    folder = os.path.dirname(task.target)  # noqa: PTH120  # paths are texts here
    try:
        # No info file where no file of the series has arrived.
        if task.action != "make" or folder in count.reached:
            hands.carry_out(task)
            count.reached.add(folder)
    except TaskError as problem:
        count.stays(task, problem.reason, problem.detail)
    except OSError as problem:
        if problem.errno in DISK_PROBLEMS:
            raise
        count.stays(task, "failed", problem.strerror or str(problem))
    else:
        count.finished(task)


def _settle(hands: Hands, count: _Count) -> None:
    for source, why in hands.settle():
        count.moved -= 1
        count.left.append(Left(source, "failed", why))


def _chunks(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    chunk: list[Task] = []
    size = 0
    for task in tasks:
        chunk.append(task)
        size += task.size
        if len(chunk) >= CHUNK_FILES or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _step_back(tasks: Iterable[Task]) -> None:
    """Gives files that only have their hidden names the old ones back, where these are free; else the new ones."""
    from dicome.moving.transfer import move_within

    for task in tasks:
        if not os.path.lexists(task.via):
            continue
        for name in (task.source, task.target):
            with suppress(OSError):
                move_within(task.via, name)
                break


def _told(problem: OSError, journal: Journal, count: _Count) -> FileAccessError:
    import shlex

    where = problem.filename2 or problem.filename or journal.target
    return FileAccessError(
        f"{where}: {problem.strerror or problem} after {count.files:,} of {journal.count:,} files. Nothing is "
        f"lost: the next run into {journal.target} finishes this one first, or "
        f"`dcm_move --undo {shlex.quote(str(journal.path))}` puts everything back"
    )


def _closed(journal: Journal, hands: Hands, count: _Count, end: str) -> Outcome:
    """Syncs what was touched, and notes the end."""
    import shutil

    for folder in hands.touched:
        sync(folder)
    if end == "stopped" or count.left:
        remove_empty(journal.folders, journal.target)
    try:
        journal.close(end)
    except OSError as problem:
        raise _told(problem, journal, count) from problem
    shutil.rmtree(journal.staging, ignore_errors=True)
    return Outcome(str(journal.path), journal.mode, count.moved, count.done, end, tuple(count.left))


def finish_runs(
    target: str | os.PathLike[str], progress: Progress | None = None, stop: Stop | None = None
) -> list[Outcome]:
    """Finishes the runs into a destination that were killed or met a full disk; those at work are left alone.

    A run that was killed while it was undone is undone to its end. Raises FileAccessError where the disk is still full.
    """
    paths = journals.unfinished(target)
    found = [(path, journal) for path in paths if (journal := _readable(path)) is not None]
    superseded = {journal.undoes for _, journal in found if journal.undoes and journal.ready}
    outcomes = []
    for path, journal in found:
        if str(path) in superseded:
            continue
        with suppress(journals.AtWorkError), journals.locked(path):
            if not journal.ready:
                journal.forget()
                continue
            outcomes.append(_finish(journal, progress, stop))
    return outcomes


def _finish(journal: Journal, progress: Progress | None, stop: Stop | None) -> Outcome:
    if journal.mode != "undo":
        return run_tasks(journal, True, progress, stop)
    from dicome.moving.undo import finish_undo

    return finish_undo(journal, True, progress, stop)


def _readable(path: Path) -> Journal | None:
    try:
        return journals.read(path)
    except DicomeError:
        return None
