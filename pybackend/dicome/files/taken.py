"""Which names are taken below a folder, for many files that are to have names of their own.

Each folder is listed once; what comes into it meanwhile is asked for name by name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PurePosixPath

from dicome.files.naming import clash_key, numbered


@dataclass(slots=True)
class Taken:
    """Names as `clash_key` has them. out: the folder; stems: paths below it without suffix that something else has."""

    out: Path
    stems: set[str]
    _listed: dict[Path, set[str]] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=dict)

    def number(self, base: PurePosixPath, suffix: str) -> int:
        """The first number that gives a name of its own to a file and all that is called after it; now it is taken."""
        first = self._next.get(clash_key(base), 1)
        for number in count(first):
            stem = numbered(base, number)
            path = self.out / f"{stem}{suffix}"
            if clash_key(stem) not in self.stems and not self.is_in_the_way(path):
                self.stems.add(clash_key(stem))
                self._next[clash_key(base)] = number + 1
                return number
        raise AssertionError

    def is_in_the_way(self, path: Path, mine: Iterable[Path] = ()) -> bool:
        """Whether a file lies there, under this or a like name; mine: files that do not count."""
        if path in mine:
            return False
        return clash_key(path.name) in self._names(path.parent) or os.path.lexists(path)

    def add(self, paths: Iterable[Path]) -> None:
        """Files that lie there now."""
        for path in paths:
            self._names(path.parent).add(clash_key(path.name))

    def remove(self, paths: Iterable[Path]) -> None:
        """Files that do not count any more."""
        for path in paths:
            self._names(path.parent).discard(clash_key(path.name))

    def _names(self, folder: Path) -> set[str]:
        if folder not in self._listed:
            try:
                self._listed[folder] = {clash_key(path.name) for path in folder.iterdir()}
            except OSError:  # not there yet
                self._listed[folder] = set()
        return self._listed[folder]
