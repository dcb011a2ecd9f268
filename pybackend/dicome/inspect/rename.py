"""Files renamed by what their headers say: all or none, and put back if something goes wrong half-way.

A name is free once the file that had it is gone: names may change places. A file never replaces another, and each stays
in its folder. Killed half-way, every file has its old name, or its new one, or (where names change places) a temporary
one that begins with ``.dicome-``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from dicome.dicom.file import open_file
from dicome.errors import ArgumentError, ColumnError, FileAccessError, FileExistsAlreadyError
from dicome.files.naming import LONGEST, clash_key, safe_part
from dicome.files.place import move, uninterrupted
from dicome.inspect.places import find_first
from dicome.inspect.tags import Wanted

SUFFIX = ".dcm"
Move = Callable[[Path, Path], None]


def plan_rename(paths: Sequence[Path], wanted: Sequence[Wanted]) -> dict[Path, Path]:
    """The new path of every file: the values of its tags joined with ``_``, and ``.dcm``.

    Raises ColumnError where a file lacks a tag, FileExistsAlreadyError where a name is not unique or taken by a file
    that keeps it, ArgumentError where a file is named twice, and the errors of `open_file`.
    """
    names: dict[Path, Path] = {}
    for path in paths:
        if path in names:
            raise ArgumentError(f"{path}: given twice; nothing was renamed")
        names[path] = path.with_name(_new_name(path, wanted))
    _check_unique(names)
    return {path: target for path, target in names.items() if path.name != target.name}


def _new_name(path: Path, wanted: Sequence[Wanted]) -> str:
    places = find_first(open_file(path), wanted)
    parts = []
    for one, place in zip(wanted, places, strict=True):
        text = place.value().text.strip() if place is not None else ""
        if not text:
            found = "is empty" if place is not None else "is missing"
            raise ColumnError(
                f"{path}: {one.name} ({one.number}) {found}, so there is no new name; nothing was renamed"
            )
        parts.append(text)
    return safe_part("_".join(parts), LONGEST) + SUFFIX


def _check_unique(names: dict[Path, Path]) -> None:
    taken: dict[tuple[Path, str], Path] = {}
    for path, target in names.items():
        other = taken.setdefault((target.parent.resolve(), clash_key(target.name)), path)
        if other is not path:
            raise FileExistsAlreadyError(
                f"{other} and {path} would both be called {target.name}; add a tag that tells them apart, such as "
                "InstanceNumber; nothing was renamed"
            )
    leaving = {(path.parent.resolve(), path.name) for path in names}
    for target in names.values():
        if os.path.lexists(target) and (target.parent.resolve(), target.name) not in leaving:
            raise FileExistsAlreadyError(f"{target}: exists already; nothing was renamed")


def rename(names: dict[Path, Path], mover: Move = move) -> None:
    """Renames all files, or none: what was renamed is put back when one fails, or when it is interrupted.

    Raises the error of the file that failed, FileAccessError where putting back failed too (it says which files).
    """
    done: list[tuple[Path, Path]] = []

    def step(source: Path, target: Path) -> None:
        with uninterrupted():
            mover(source, target)
            done.append((source, target))

    waiting = dict(names)
    try:
        while waiting:
            free = [path for path, target in waiting.items() if not os.path.lexists(target)]
            for path in free:
                step(path, waiting.pop(path))
            if not free:
                # Names that go round in a ring, or differ in case where the system does not care: one steps aside.
                path, target = next(
                    ((p, t) for p, t in waiting.items() if _leaves(t, waiting)), next(iter(waiting.items()))
                )
                aside = path.with_name(f".dicome-{os.getpid()}-{len(done)}{SUFFIX}")
                step(path, aside if _leaves(target, waiting) else target)  # the latter fails, and says why
                waiting[aside] = waiting.pop(path)
    except BaseException as problem:
        with uninterrupted():
            _put_back(done, mover, problem)
        raise


def _leaves(target: Path, waiting: Iterable[Path]) -> bool:
    """Whether the file at that path is one that is to be renamed."""
    return any(path.samefile(target) for path in waiting)


def _moved(source: Path, target: Path, mover: Move) -> bool:
    try:
        mover(source, target)
    except OSError:
        return False
    return True


def _put_back(done: list[tuple[Path, Path]], mover: Move, problem: BaseException) -> None:
    lost = [f"{target} (was {source})" for source, target in reversed(done) if not _moved(target, source, mover)]
    if lost:
        raise FileAccessError(f"{problem}; and these could not be put back: {', '.join(lost)}") from problem
