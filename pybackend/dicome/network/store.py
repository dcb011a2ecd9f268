"""Puts received objects in place: whole, synced, under a name of their own, never over another one.

STORE/1.2.3.4/MRe.1.2.3.4.5        study, kind and SOP Instance UID
STORE/1.2.3.4/MRe.1.2.3.4.5~2      another object with the same UID and other bytes
STORE/.dicome/incoming             what is still arriving
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from dicome.errors import FileAccessError
from dicome.files.destination import MARK
from dicome.network.head import Head
from dicome.network.names import numbered_name, object_name, safe_uid
from dicome.network.state import FOLDER, State, StoredObject

NO_STUDY = "no-study"
"""Folder of objects that belong to no study (hanging protocols, palettes)."""
_COMPARED = 1 << 20

Layout = Callable[["Arrival"], PurePosixPath]
"""Where an object goes: its path below the store."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A whole object in its temporary file: what it is, who sent it to whom."""

    file: Path
    head: Head
    calling: str
    called: str
    listener: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an object lies now. how: ``stored``, ``duplicate`` (was there) or ``conflict`` (another was)."""

    path: Path
    study: str
    size: int
    how: str


class _ChangedError(Exception):
    """What lies at a place is no longer what was seen there."""


def throw_away(arrival: Arrival) -> Placed:
    """Receives an object and keeps nothing of it. Raises OSError."""
    size = arrival.file.stat().st_size
    arrival.file.unlink()
    return Placed(arrival.file, study_folder(arrival.head.study), size, "stored")


def by_study(arrival: Arrival) -> PurePosixPath:
    """One folder per study: ``1.2.3/MRe.1.2.3.4``."""
    head = arrival.head
    return PurePosixPath(study_folder(head.study), object_name(head.sop_class, head.sop_instance))


def study_folder(study: str) -> str:
    """Name of a study's folder."""
    return safe_uid(study) if study else NO_STUDY


class Store:
    """The folder of one server. layout: names of objects; state: where they are noted."""

    def __init__(self, root: Path, state: State, layout: Layout = by_study) -> None:
        self.root = root
        self.state = state
        self.layout = layout
        self.incoming = root / FOLDER / "incoming"
        try:
            self.incoming.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise FileAccessError(f"{root}: objects cannot be stored there: {problem.strerror}") from None

    def place(self, arrival: Arrival) -> Placed:
        """Moves a whole, synced object to its place and notes it. Raises OSError where that cannot be done."""
        relative = self.layout(arrival)
        for number in count(1):
            path = relative.with_name(numbered_name(relative.name, number))
            target = self.root / path
            found = _noted(arrival, path, number > 1)
            if target.exists() and not _same_bytes(arrival.file, target):
                continue
            try:
                return self._again(arrival, found) if target.exists() else self._move(arrival, found)
            except _ChangedError:  # another object came there, or a cleaning took it: look again
                return self.place(arrival)
        raise AssertionError

    def _again(self, arrival: Arrival, found: StoredObject) -> Placed:
        """The same bytes are there already: the study is arriving again, nothing is written."""
        target = self.root / found.path

        def check() -> None:
            if not target.exists():
                raise _ChangedError

        self._note(found, check)
        arrival.file.unlink()
        return Placed(target, found.study, found.size, "duplicate")

    def _move(self, arrival: Arrival, found: StoredObject) -> Placed:
        target = self.root / found.path
        made: list[Path] = []

        def move() -> None:
            made.extend(_make_folders(target.parent))
            if target.exists():
                raise _ChangedError
            arrival.file.rename(target)

        self._note(found, move)
        for folder in {target.parent, *(folder.parent for folder in made)}:
            sync_folder(folder)
        return Placed(target, found.study, found.size, "conflict" if found.conflict else "stored")

    def _note(self, found: StoredObject, place: Callable[[], None]) -> None:
        try:
            self.state.add(found, place)
        except sqlite3.Error as problem:
            raise OSError(errno.EIO, f"it cannot be noted ({problem})") from problem


def _noted(arrival: Arrival, path: PurePosixPath, conflict: bool) -> StoredObject:
    return StoredObject(
        path=str(path),
        study=study_folder(arrival.head.study),
        sop_instance=arrival.head.sop_instance,
        size=arrival.file.stat().st_size,
        caller=arrival.calling,
        listener=arrival.listener,
        conflict=conflict,
        asks=asked(arrival.head),
    )


def asked(head: Head) -> str:
    """The first of the texts looked at that asks for a directory, or ''."""
    return next((text for text in head.texts.values() if MARK in text), "")


def _make_folders(folder: Path) -> list[Path]:
    """Makes a folder and those above it; which ones were made."""
    missing: list[Path] = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir()
    return missing


def _same_bytes(one: Path, other: Path) -> bool:
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while part := first.read(_COMPARED):
            if part != second.read(_COMPARED):
                return False
    return True


def sync_folder(folder: Path) -> None:
    """Makes sure that names in a folder outlast a power cut; where the system has no such thing, nothing."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows cannot open folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
