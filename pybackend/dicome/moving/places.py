"""Which names are free, on the disk and in the plan.

Nothing is ever given a name that is taken: another file of one name gets a number, ``0005 (2)``. One with the same
bytes needs no second place.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from dicome.files.naming import clash_key, numbered
from dicome.moving.look import Seen
from dicome.moving.plan import Left, Step

_HASHED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Wish:
    """A file and the name it should have."""

    seen: Seen
    folder: str
    stem: str
    suffix: str = ""

    @property
    def target(self) -> str:
        """The path, were nothing in the way."""
        return os.path.join(self.folder, self.stem + self.suffix)  # noqa: PTH118  # paths are texts here


class Disk:
    """What lies in directories, each listed once; bytes of files, each read once."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, str]] = {}
        self._digests: dict[str, bytes] = {}

    def name_in(self, folder: str, name: str) -> str | None:
        """The name of what lies there under that name, or one that some system holds for the same."""
        if folder not in self._names:
            try:
                self._names[folder] = {clash_key(one): one for one in os.listdir(folder)}  # noqa: PTH208
            except OSError:
                self._names[folder] = {}
        return self._names[folder].get(clash_key(name))

    def same_bytes(self, one: str, other: str) -> bool:
        """Whether both are files with the same bytes."""
        try:
            if not os.path.isfile(one) or not os.path.isfile(other) or os.path.islink(other):  # noqa: PTH113, PTH114
                return False
            return os.path.getsize(one) == os.path.getsize(other) and self._digest(one) == self._digest(other)  # noqa: PTH202
        except OSError:
            return False

    def _digest(self, path: str) -> bytes:
        if path not in self._digests:
            digest = hashlib.sha256()
            with open(path, "rb") as stream:  # noqa: PTH123
                while part := stream.read(_HASHED_AT_ONCE):
                    digest.update(part)
            self._digests[path] = digest.digest()
        return self._digests[path]


@dataclass(slots=True)
class _Group:
    """Files that would have one name: those that have got one, by size."""

    next: int = 1
    claimed: dict[int, list[tuple[str, str]]] = field(default_factory=dict)


def give_places(wishes: Sequence[Wish], disk: Disk, copy: bool) -> tuple[list[Step | Left], set[str]]:
    """A step or a reason to stay for every wish, in their order, and the targets that lie where another file goes away.

    Names of files that this run moves away are free for others.
    """
    leaving = set() if copy else {one.seen.path for one in wishes}
    while True:
        result = _Round(disk, leaving).give(wishes)
        staying = {one.path for one in result if isinstance(one, Left)}
        blocked = staying.intersection(step.target for step in result if isinstance(step, Step))
        if not blocked:
            return result, {step.target for step in result if isinstance(step, Step) and step.target in leaving}
        leaving -= staying


class _Round:
    def __init__(self, disk: Disk, leaving: set[str]) -> None:
        self._disk = disk
        self._leaving = leaving
        self._groups: dict[tuple[str, str], _Group] = {}
        self._taken: set[tuple[str, str]] = set()

    def give(self, wishes: Sequence[Wish]) -> list[Step | Left]:
        result: list[Step | Left | None] = [None] * len(wishes)
        # Those that lie where they belong come first, so that no other takes their place.
        for row in sorted(range(len(wishes)), key=lambda row: not _is_placed(wishes[row])):
            result[row] = self._one(wishes[row])
        return [one for one in result if one is not None]

    def _one(self, wish: Wish) -> Step | Left:
        seen = wish.seen
        group = self._groups.setdefault((wish.folder, clash_key(wish.stem + wish.suffix)), _Group())
        if _is_placed(wish):
            self._taken.add((wish.folder, clash_key(os.path.basename(seen.path))))  # noqa: PTH119
            group.claimed.setdefault(seen.size, []).append((seen.path, seen.path))
            return Left(seen.path, "in place")
        equal = self._equal(group, seen)
        if equal:
            return Left(seen.path, "identical", equal)
        for name in self._free_names(wish, group):
            target = os.path.join(wish.folder, name)  # noqa: PTH118
            self._taken.add((wish.folder, clash_key(name)))
            group.claimed.setdefault(seen.size, []).append((seen.path, target))
            note = "" if name == wish.stem + wish.suffix else f"another file is called {wish.stem}{wish.suffix}"
            return Step(seen.path, target, seen.size, seen.modified, note)
        return Left(seen.path, "identical", self._equal(group, seen))

    def _equal(self, group: _Group, seen: Seen) -> str:
        """Where a file with the same bytes goes or lies, '' where there is none."""
        others = group.claimed.get(seen.size, [])
        return next((target for path, target in others if self._disk.same_bytes(seen.path, path)), "")

    def _free_names(self, wish: Wish, group: _Group) -> Iterator[str]:
        """The first name that is free; none where a file on the disk turns out to have the same bytes."""
        while True:
            name = numbered(PurePosixPath(wish.stem), group.next).name + wish.suffix
            group.next += 1
            there = self._disk.name_in(wish.folder, name)
            path = os.path.join(wish.folder, there) if there is not None else ""  # noqa: PTH118
            if (wish.folder, clash_key(name)) in self._taken:
                continue
            if there is None or path == wish.seen.path or path in self._leaving:
                yield name
                return
            if self._disk.same_bytes(wish.seen.path, path):
                group.claimed.setdefault(wish.seen.size, []).append((path, path))
                return
            if os.path.isfile(path) and not os.path.islink(path):  # noqa: PTH113, PTH114
                group.claimed.setdefault(os.path.getsize(path), []).append((path, path))  # noqa: PTH202


def _is_placed(wish: Wish) -> bool:
    """Whether a file has its name already, or one with a number behind it."""
    folder, name = os.path.split(wish.seen.path)
    stem = name.removesuffix(wish.suffix)
    return folder == wish.folder and (stem == wish.stem or unnumbered(stem) == wish.stem)


def unnumbered(stem: str) -> str:
    """A name without the number that `numbered` gave it."""
    head, bracket, number = stem.rpartition(" (")
    return head if bracket and number.endswith(")") and number[:-1].isdecimal() else stem
