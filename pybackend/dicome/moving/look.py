"""The files of a source directory, with what tells whether they change meanwhile. Links are seen, never followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dicome.errors import FileAccessError, FileMissingError
from dicome.listing import SKIPPED_NAMES
from dicome.moving.options import MODALITIES, MoveOptions


@dataclass(frozen=True, slots=True)
class Seen:
    """One file: its absolute path, bytes, and when it was written (ns since 1970)."""

    path: str
    size: int
    modified: int


@dataclass(slots=True)
class Found:
    """files, by path; links: names that lead elsewhere; refused: directories that may not be listed, and why."""

    files: list[Seen] = field(default_factory=list)
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
    found = Found()
    for folder, deep in _starts(options, source):
        _walk(str(folder), deep, skip, found)
    found.files.sort(key=lambda one: one.path)
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


def _walk(folder: str, deep: bool, skip: str, found: Found) -> None:
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    _entry(entry, waiting if deep else None, skip, found)
        except OSError as problem:
            found.refused.append((here, problem.strerror or str(problem)))


def _entry(entry: os.DirEntry[str], waiting: list[str] | None, skip: str, found: Found) -> None:
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
            found.files.append(Seen(entry.path, status.st_size, status.st_mtime_ns))
