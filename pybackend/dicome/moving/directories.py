"""Gives every study and every series with images a directory of its own: two studies of one number do not mix.

A directory from an earlier run is taken again where it holds the same study, which a look into its first files tells.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator
from pathlib import Path, PurePosixPath

from dicome.dicom.file import open_file
from dicome.errors import DicomeError
from dicome.files.naming import clash_key, numbered
from dicome.moving.places import Disk, unnumbered

_LOOKED_AT = 8
"""Files that are opened to see whose directory this is."""
STUDY, SERIES = 0x0020000D, 0x0020000E
"""Study and Series Instance UID: whose directory."""


class Directories:
    """The directories of one plan.

    made: whether there are such directories; in flat mode their names only go into those of the files. moving: files
    that this run looks at: they do not say whose a directory is, because they may leave it.
    """

    def __init__(self, disk: Disk, made: bool, moving: Container[str]) -> None:
        self._disk = disk
        self._made = made
        self._moving = moving
        self._owners: dict[tuple[str, str], str] = {}
        self._given: dict[tuple[str, str, str], str] = {}
        self._looked: dict[tuple[str, int], str | None] = {}

    def claim(self, folder: str, name: str, uid: str, paths: Iterable[str]) -> None:
        """Files that lie below ``folder`` in a directory of that name, or of that name with a number, keep it."""
        if not self._made:
            return
        for first in _lying_in(folder, name, paths):
            if self._owners.setdefault((folder, clash_key(first)), uid) == uid:
                self._given.setdefault((folder, name, uid), first)

    def give(self, folder: str, name: str, uid: str, kind: int) -> str:
        """The name of the directory of a study or series (kind) in ``folder``."""
        given = self._given.get((folder, name, uid))
        number = 0
        while given is None:
            number += 1
            tried = numbered(PurePosixPath(name), number).name
            free = self._owners.setdefault((folder, clash_key(tried)), uid) == uid
            if free and (not self._made or self._may_be_used(folder, tried, uid, kind)):
                given = self._given[folder, name, uid] = tried
        return given

    def share(self, folder: str, name: str, paths: Iterable[str]) -> str:
        """The name of the directory for files that go with the images of their number: theirs, or one that can be."""
        if not self._made:
            return name
        shared, number = next(_lying_in(folder, name, paths), name), 1
        while self._is_in_the_way(folder, shared):
            number += 1
            shared = numbered(PurePosixPath(name), number).name
        return shared

    def _is_in_the_way(self, folder: str, name: str) -> bool:
        """Whether something lies there under that name that is no directory of it."""
        there = self._disk.names_in(folder, name)
        path = Path(folder, name)
        return bool(there) and (there != (name,) or not path.is_dir() or path.is_symlink())

    def _may_be_used(self, folder: str, name: str, uid: str, kind: int) -> bool:
        if not self._disk.names_in(folder, name):
            return True
        if self._is_in_the_way(folder, name):
            return False
        path = Path(folder, name)
        key = (str(path), kind)
        if key not in self._looked:
            self._looked[key] = owner_of(path, kind, self._moving)
        return self._looked[key] in (None, uid)


def _lying_in(folder: str, name: str, paths: Iterable[str]) -> Iterator[str]:
    """The directories of that name, or of it with a number, below ``folder``, that files lie in; one for each file."""
    below = os.path.join(folder, "")  # noqa: PTH118  # paths are texts here
    for path in paths:
        if path.startswith(below):
            first, slash, _ = path[len(below) :].partition(os.sep)
            if slash and name in (first, unnumbered(first)):
                yield first


def owner_of(folder: Path, kind: int, moving: Container[str] = ()) -> str | None:
    """UID of the study or series (kind) of the first DICOM files below a directory; None where it holds none.

    moving: files that do not count. Of a series only files with pixels do: raw data has a series of its own.
    """
    looked = 0
    for path in _some_files(folder, 1 if kind == STUDY else 0):
        if str(path) in moving:
            continue
        looked += 1
        if looked > _LOOKED_AT:
            break
        try:
            file = open_file(path)
        except (DicomeError, OSError):
            continue
        if file.pixels is not None or kind == STUDY:
            return file.text(kind)
    return None


def _some_files(folder: Path, deeper: int) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.is_file(follow_symlinks=False) and not entry.name.startswith("."):
            yield Path(entry.path)
    for entry in entries:
        if deeper and entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
            yield from _some_files(Path(entry.path), deeper - 1)
