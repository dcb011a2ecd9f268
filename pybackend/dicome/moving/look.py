"""The files of a source directory, with what tells whether they change meanwhile. Links are seen, never followed."""

from __future__ import annotations

import os
import stat
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dicome.errors import FileAccessError, FileMissingError
from dicome.listing import SKIPPED_NAMES
from dicome.moving.compact import Codes, Texts
from dicome.moving.options import MODALITIES, MoveOptions


@dataclass(frozen=True, slots=True)
class Seen:
    """One file: its absolute path, bytes, and when it was written (ns since 1970)."""

    path: str
    size: int
    modified: int


class Files:
    """Many of them, by path; a name is kept once, its directory as a number."""

    def __init__(self, files: list[Seen]) -> None:
        self.sizes = array("q", (one.size for one in files))
        self.modified = array("q", (one.modified for one in files))
        self._folders, self._names = Codes(), Texts()
        for one in files:
            folder, name = os.path.split(one.path)
            self._folders.append(folder)
            self._names.append(name)
        self._before = [os.path.join(folder, "") for folder in self._folders.values]  # noqa: PTH118

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, row: int) -> Seen:
        return Seen(self.path(row), self.sizes[row], self.modified[row])

    def folder(self, row: int) -> str:
        """Directory of a file."""
        folder: str = self._folders[row]
        return folder

    def path(self, row: int) -> str:
        """Path of a file."""
        return self._before[self._folders.rows[row]] + self._names[row]

    def row_of(self, path: str) -> int:
        """The row of a path; -1 where there is none."""
        row = bisect_left(range(len(self)), path, key=self.path)
        return row if row < len(self) and self.path(row) == path else -1


class Chosen:
    """Some of the files, asked for by path."""

    def __init__(self, files: Files, rows: Iterable[int]) -> None:
        self._files = files
        self._chosen = bytearray(len(files))
        for row in rows:
            self._chosen[row] = 1

    def __contains__(self, path: object) -> bool:
        row = self._files.row_of(str(path))
        return row >= 0 and bool(self._chosen[row])

    def remove(self, path: str) -> None:
        """Takes a file out, if it is in."""
        row = self._files.row_of(path)
        if row >= 0:
            self._chosen[row] = 0


@dataclass(slots=True)
class Found:
    """files, by path; links: names that lead elsewhere; refused: directories that may not be listed, and why."""

    files: Files = field(default_factory=lambda: Files([]))
    links: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def look(options: MoveOptions) -> Found:
    """All files that the switches -s, -R and -m name; hidden ones are none, a destination within is left out.

    Raises FileMissingError, FileAccessError.
    """
    source = options.source.resolve()
    if not source.is_dir():
        raise FileMissingError(f"{options.source}: no such directory; -s names the one with the DICOM files")
    try:
        os.scandir(source).close()
    except OSError as problem:
        raise FileAccessError(f"{source}: cannot be listed: {problem.strerror}") from None
    target = options.target
    skip = str(target) if target != source and target.is_relative_to(source) else ""
    found, files = Found(), list[Seen]()
    for folder, deep in _starts(options, source):
        _walk(str(folder), deep, skip, found, files)
    files.sort(key=lambda one: one.path)
    found.files = Files(files)
    return found


def _starts(options: MoveOptions, source: Path) -> Iterator[tuple[Path, bool]]:
    """Directories to look through, and whether those below them count."""
    if options.modality is None:
        yield source, options.recursive
        if not options.recursive:
            yield from (
                (one, False) for one in map(source.joinpath, MODALITIES) if one.is_dir() and not one.is_symlink()
            )
        return
    folder = source / options.modality
    if not folder.is_dir() or folder.is_symlink():
        there = [name for name in MODALITIES if (source / name).is_dir()]
        raise FileMissingError(
            f"{folder}: no such directory; -m names a sub-directory of {source}"
            + (f", which has {', '.join(there)}" if there else ", which has none of " + ", ".join(MODALITIES))
        )
    yield folder, options.recursive


def _walk(folder: str, deep: bool, skip: str, found: Found, files: list[Seen]) -> None:
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    _entry(entry, waiting if deep else None, skip, found, files)
        except OSError as problem:
            found.refused.append((here, problem.strerror or str(problem)))


def _entry(entry: os.DirEntry[str], waiting: list[str] | None, skip: str, found: Found, files: list[Seen]) -> None:
    if entry.name.startswith("."):
        return
    if entry.is_symlink():
        found.links.append(entry.path)
    elif entry.is_dir(follow_symlinks=False):
        if waiting is not None and entry.path == skip:
            found.skipped.append(entry.path)
        elif waiting is not None:
            waiting.append(entry.path)
    elif entry.name.upper() not in SKIPPED_NAMES:
        try:
            status = entry.stat(follow_symlinks=False)
        except FileNotFoundError:
            return  # gone since
        if stat.S_ISREG(status.st_mode):
            files.append(Seen(entry.path, status.st_size, status.st_mtime_ns))
