"""Kills and faults at the n-th change of the disk, in this process: what `os` does is counted, refused or cut off."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.system_calls import holders

CHANGES = ("link", "unlink", "rename", "replace", "mkdir", "rmdir", "fsync", "utime", "remove")
"""Functions of `os` that change a disk, or wait for it."""


class KilledError(BaseException):
    """Stands in for SIGKILL: nobody catches it, and nothing can be changed after it."""


class Faults:
    """Counts changes; at number ``at`` (0-based) it does what ``kind`` says.

    kind: 'kill before' or 'kill after' the change, or an error number that the one call fails with; None only counts.
    apart: two folders that are to lie on different file systems.
    """

    def __init__(self, at: int = -1, kind: str | int | None = None, apart: tuple[Path, Path] | None = None) -> None:
        self.at, self.kind, self.apart = at, kind, apart
        self.count = 0
        self.dead = False

    def call(self, function: Callable[..., Any], name: str, *args: Any, **options: Any) -> Any:
        """In the place of a function of `os`."""
        if self.dead:
            raise KilledError
        number, self.count = self.count, self.count + 1
        if number == self.at and isinstance(self.kind, int):
            raise OSError(self.kind, os.strerror(self.kind), str(args[0]))
        if number == self.at and self.kind == "kill before":
            self.dead = True
            raise KilledError
        if name in ("link", "rename", "replace") and self._cross(args):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(args[0]))
        result = function(*args, **options)
        if number == self.at and self.kind == "kill after":
            self.dead = True
            raise KilledError
        return result

    def _cross(self, args: tuple[Any, ...]) -> bool:
        if self.apart is None:
            return False
        sides = [
            next((k for k, folder in enumerate(self.apart) if Path(str(path)).is_relative_to(folder)), -1)
            for path in args[:2]
        ]
        return sides[0] != sides[1]


@contextmanager
def injected(faults: Faults) -> Iterator[Faults]:
    """With these faults; whatever was killed within ends the block."""
    real = {name: getattr(os, name) for name in CHANGES}

    def stand_in(name: str) -> Callable[..., Any]:
        return lambda *args, **options: faults.call(real[name], name, *args, **options)

    kept = [(one, name, getattr(one, name)) for one in holders() for name in CHANGES if hasattr(one, name)]
    for one, name, _ in kept:
        setattr(one, name, stand_in(name))
    try:
        yield faults
    except KilledError:
        pass
    finally:
        for one, name, function in kept:
            setattr(one, name, function)
