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

import numpy as np

from dicome.files.naming import clash_key, numbered
from dicome.moving.look import Chosen, Seen
from dicome.moving.plan import Left, Step
from dicome.moving.wishes import Wish, Wishes

_HASHED_AT_ONCE = 1 << 20
_NUMBERED = 0
"""Stands for all names that look as if they had a number."""


class Disk:
    """What lies in directories, each listed once; bytes of files, each read once."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, tuple[str, ...]]] = {}
        self._digests: dict[str, bytes | None] = {}

    def names_in(self, folder: str, name: str) -> tuple[str, ...]:
        """The names of what lies there under that name, or one that some system holds for the same."""
        if folder not in self._names:
            self._names[folder] = _listed(folder)
        return self._names[folder].get(clash_key(name), ())

    def digest(self, path: str) -> bytes | None:
        """Of the bytes of a file; None where it cannot be read, or is a link."""
        if path not in self._digests:
            self._digests[path] = _digest(path)
        return self._digests[path]


def _listed(folder: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    try:
        for name in os.listdir(folder):  # noqa: PTH208  # paths are texts here
            key = clash_key(name)
            found[key] = (*found.get(key, ()), name)
    except OSError:
        return {}
    return found


def _digest(path: str) -> bytes | None:
    try:
        if not os.path.isfile(path) or os.path.islink(path):  # noqa: PTH113, PTH114
            return None
        digest = hashlib.sha256()
        with open(path, "rb") as stream:  # noqa: PTH123
            while part := stream.read(_HASHED_AT_ONCE):
                digest.update(part)
    except OSError:
        return None
    return digest.digest()


@dataclass(slots=True)
class _Group:
    """Files that would have one name: those that have got one, by size, with their targets.

    known: targets by what the bytes are, of files for which that had to be found out.
    """

    next: int = 1
    claimed: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    known: dict[bytes, str] = field(default_factory=dict)

    def claim(self, size: int, path: str, target: str) -> None:
        self.claimed.setdefault(size, []).append((path, target))


def give_places(wishes: Wishes, numbers: Sequence[int], disk: Disk, copy: bool) -> dict[int, Step | Left]:
    """What comes of these wishes, by number: a step or a reason to stay; those that are simply fulfilled are left out.

    Names of files that this run moves away are free for others.
    """
    leaving = Chosen(wishes.files, () if copy else (wishes.rows[number] for number in numbers))
    while True:
        result = _Round(disk, leaving).give(wishes, numbers)
        staying = {one.path for one in result.values() if isinstance(one, Left)}
        # What is left out goes where nothing lies.
        if staying.isdisjoint(one.target for one in result.values() if isinstance(one, Step)):
            return result
        for path in staying:
            leaving.remove(path)


class _Round:
    def __init__(self, disk: Disk, leaving: Chosen) -> None:
        self._disk = disk
        self._leaving = leaving
        self._groups: dict[tuple[str, str], _Group] = {}
        self._taken: set[tuple[str, str]] = set()

    def give(self, wishes: Wishes, numbers: Sequence[int]) -> dict[int, Step | Left]:
        result: dict[int, Step | Left] = {}
        waiting = []
        for number, alone in zip(numbers, _alone(wishes, numbers), strict=True):
            wish = wishes[number]
            if alone and os.path.join(wish.folder, wish.name) == wish.seen.path:  # noqa: PTH118  # paths are texts here
                result[number] = Left(wish.seen.path, "in place")
            elif not alone or _is_placed(wish) or self._disk.names_in(wish.folder, wish.name):
                waiting.append(number)
        # Those that lie where they belong come first, so that no other takes their place.
        for number in sorted(waiting, key=lambda number: not _is_placed(wishes[number])):
            result[number] = self._one(wishes[number])
        return result

    def _one(self, wish: Wish) -> Step | Left:
        seen = wish.seen
        group = self._groups.setdefault((wish.folder, clash_key(wish.name)), _Group())
        if _is_placed(wish):
            self._taken.add((wish.folder, clash_key(os.path.basename(seen.path))))  # noqa: PTH119
            group.claim(seen.size, seen.path, seen.path)
            return Left(seen.path, "in place")
        equal = self._equal(group, seen)
        if equal:
            return Left(seen.path, "identical", equal)
        for name in self._free_names(wish, group):
            target = os.path.join(wish.folder, name)  # noqa: PTH118
            self._taken.add((wish.folder, clash_key(name)))
            group.claim(seen.size, seen.path, target)
            note = "" if name == wish.name else f"another file is called {wish.name}"
            return Step(seen.path, target, seen.size, seen.modified, note)
        return Left(seen.path, "identical", self._equal(group, seen))

    def _equal(self, group: _Group, seen: Seen) -> str:
        """Where a file with the same bytes goes or lies, '' where there is none."""
        others = group.claimed.get(seen.size)
        if others is None:
            return ""
        for path, target in others:
            if digest := self._disk.digest(path):
                group.known.setdefault(digest, target)
        others.clear()
        mine = self._disk.digest(seen.path)
        return group.known.get(mine, "") if mine else ""

    def _free_names(self, wish: Wish, group: _Group) -> Iterator[str]:
        """The first name that is free; none where a file on the disk turns out to have the same bytes."""
        while True:
            name = numbered(PurePosixPath(wish.stem), group.next).name + wish.suffix
            group.next += 1
            if (wish.folder, clash_key(name)) in self._taken:
                continue
            there = [os.path.join(wish.folder, one) for one in self._disk.names_in(wish.folder, name)]  # noqa: PTH118
            staying = [path for path in there if path != wish.seen.path and path not in self._leaving]
            if not staying:
                yield name
                return
            for path in staying:
                if os.path.isfile(path) and not os.path.islink(path):  # noqa: PTH113, PTH114
                    group.claim(os.path.getsize(path), path, path)  # noqa: PTH202
            if self._equal(group, wish.seen):
                return


def _alone(wishes: Wishes, numbers: Sequence[int]) -> Iterator[bool]:
    """Whether a wish is the only one for its name, and none that might get a number could come to it.

    By hashes, 8 bytes each: two names that happen to share one are only looked at more closely.
    """
    keys = np.fromiter((_key(wishes.target(number)) for number in numbers), np.int64, len(numbers))
    _, place, count = np.unique(keys, return_inverse=True, return_counts=True)
    return (count[row] == 1 and key != _NUMBERED for row, key in zip(place.reshape(-1), keys, strict=True))


def _key(target: str) -> int:
    folder, name = os.path.split(target)
    return _NUMBERED if " (" in name else hash((folder, clash_key(name)))


def _is_placed(wish: Wish) -> bool:
    """Whether a file has its name already, or one with a number behind it."""
    folder, name = os.path.split(wish.seen.path)
    stem = name.removesuffix(wish.suffix)
    return folder == wish.folder and (stem == wish.stem or unnumbered(stem) == wish.stem)


def unnumbered(stem: str) -> str:
    """A name without the number that `numbered` gave it."""
    head, bracket, number = stem.rpartition(" (")
    return head if bracket and number.endswith(")") and number[:-1].isdecimal() else stem
