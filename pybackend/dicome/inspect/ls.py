"""What lies below some paths, as ``ls -lR`` lists it, with what the headers of DICOM files say. A stream, in order.

Nothing is kept: the first lines of a tree of a million files come at once. Long trees are looked at by several
processes, whose results are put back in order.
"""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import NamedTuple

from dicome.dicom.peek import Peeked, peek
from dicome.errors import DicomeError, NotDicomError

FIELDS: dict[str, int] = {
    "SeriesDate": 0x00080021,
    "SeriesTime": 0x00080031,
    "StudyDescription": 0x00081030,
    "SeriesDescription": 0x0008103E,
    "PatientName": 0x00100010,
    "PatientID": 0x00100020,
    "ProtocolName": 0x00181030,
    "SeriesNumber": 0x00200011,
    "PerformedProcedureStepDescription": 0x00400254,
}
"""What is shown of a DICOM file."""
PHI = ("PatientName", "PatientID")
"""What of it names the patient."""
SERIES_UID, SOP_INSTANCE_UID, SOP_CLASS = 0x0020000E, 0x00080018, 0x00080016
FRAMES, ROWS, COLUMNS, INSTANCE = 0x00280008, 0x00280010, 0x00280011, 0x00200013
_WANTED = frozenset((*FIELDS.values(), SERIES_UID, SOP_INSTANCE_UID, SOP_CLASS, FRAMES, ROWS, COLUMNS, INSTANCE))
ENHANCED = ("1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.3", "1.2.840.10008.5.1.4.1.1.4.4",
            "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2")  # fmt: skip
"""Classes of multi-frame images whose dimensions are worth a look: enhanced MR (colour, legacy) and CT."""
CHUNK = 64
"""Files that a process looks at in one go."""
ALONE = 500
"""Files that are looked at before others are asked to help: for fewer, their start would take what they gain."""


class Header(NamedTuple):
    """Of a DICOM file: ``fields`` as text; identity and size for lists of series. shape: rows, columns, axes ...; ''
    where it has one frame.
    """

    fields: dict[str, str]
    series_uid: str
    object_uid: str
    instance: int | None
    frames: int
    rows: int
    columns: int
    shape: str
    sop_class: str

    @property
    def number(self) -> int | None:
        """Series Number; None where it is none, or has more than the twelve digits of an integer string (PS3.5 6.2)."""
        text = self.fields["SeriesNumber"]
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None


class Status(NamedTuple):
    """What the system says of a file: of `os.stat_result` the part that is shown, for the way between processes."""

    mode: int
    uid: int
    gid: int
    size: int
    modified: float
    accessed: float


class Entry(NamedTuple):
    """One line: name within its folder, what the system says of it, and its header if it is a DICOM file.

    link: where a symbolic link points to. problem: why it could not be looked at, ''.
    """

    folder: str
    name: str
    status: Status | None
    link: str = ""
    header: Header | None = None
    problem: str = ""

    @property
    def path(self) -> str:
        """Its path."""
        return os.path.join(self.folder, self.name) if self.folder else self.name  # noqa: PTH118


class Folder(NamedTuple):
    """The begin of a folder; problem: why it cannot be listed."""

    path: str
    problem: str = ""


class Piece(NamedTuple):
    """Some names of one folder, or the begin of a folder."""

    folder: str
    names: tuple[str, ...] = ()
    begins: Folder | None = None


def listed(paths: Sequence[str], *, hidden: bool = False, jobs: int = 1) -> Iterator[list[Entry] | Folder]:
    """The files among the paths, then every folder with all below it: a `Folder`, and its entries in pieces.

    hidden: also names that begin with a dot. jobs: processes that look at files once there are many.
    """
    pieces = _pieces(paths, hidden)
    seen = 0
    for piece in pieces:
        yield look(piece)
        seen += len(piece.names)
        if seen >= ALONE and jobs > 1:
            yield from _together(pieces, jobs)


def _together(pieces: Iterator[Piece], jobs: int) -> Iterator[list[Entry] | Folder]:
    """The rest, by several processes."""
    from dicome.files.in_order import run_in_order

    with closing(run_in_order(look_at_all, _tasks(pieces), jobs, _died)) as results:
        for found in results:
            yield from found


def _died(pieces: Sequence[Piece], how: str) -> list[list[Entry] | Folder]:
    return [
        piece.begins or [Entry(piece.folder, name, None, problem=f"not looked at: {how}") for name in piece.names]
        for piece in pieces
    ]


def _tasks(pieces: Iterator[Piece]) -> Iterator[list[Piece]]:
    """Pieces of several folders where these are small."""
    task: list[Piece] = []
    names = 0
    for piece in pieces:
        task.append(piece)
        names += 1 + len(piece.names)
        if names >= CHUNK:
            yield task
            task, names = [], 0
    if task:
        yield task


def _pieces(paths: Sequence[str], hidden: bool) -> Iterator[Piece]:
    files = sorted(path for path in paths if not os.path.isdir(path))  # noqa: PTH112
    folders = sorted(path for path in paths if os.path.isdir(path))  # noqa: PTH112
    for names in _chunks(files):
        yield Piece("", names)
    for folder in folders:
        yield from _below(folder, hidden)


def _below(folder: str, hidden: bool) -> Iterator[Piece]:
    """Of a folder and all below it: first that it begins, then its names; links to folders are not followed."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        names, folders = [], []
        try:
            with os.scandir(here) as found:
                for one in found:
                    if hidden or not one.name.startswith("."):
                        names.append(one.name)
                        if one.is_dir(follow_symlinks=False):
                            folders.append(one.path)
        except OSError as problem:
            yield Piece(here, begins=Folder(here, problem.strerror or str(problem)))
            continue
        yield Piece(here, begins=Folder(here))
        names.sort()
        for chunk in _chunks(names):
            yield Piece(here, chunk)
        waiting += sorted(folders, reverse=True)


def _chunks(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    rest = iter(names)
    while chunk := tuple(islice(rest, CHUNK)):
        yield chunk


def look_at_all(pieces: Sequence[Piece]) -> list[list[Entry] | Folder]:
    """What each of the pieces gives."""
    return [look(piece) for piece in pieces]


def look(piece: Piece) -> list[Entry] | Folder:
    """The begin of a folder as it is; the entries of names."""
    return piece.begins or [entry_of(piece.folder, name) for name in piece.names]


def entry_of(folder: str, name: str) -> Entry:
    """One entry; what is wrong with it is in it."""
    path = os.path.join(folder, name) if folder else name  # noqa: PTH118
    try:
        found = os.lstat(path)
    except OSError as problem:
        return Entry(folder, name, None, problem=problem.strerror or str(problem))
    status = Status(found.st_mode, found.st_uid, found.st_gid, found.st_size, found.st_mtime, found.st_atime)
    if stat.S_ISLNK(status.mode):
        target = ""
        try:
            target = os.readlink(path)  # noqa: PTH115
            regular = stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
        except OSError:
            return Entry(folder, name, status, link=f"{target} (broken)".lstrip())
        return Entry(folder, name, status, target, *(_header(path) if regular else (None, "")))
    if not stat.S_ISREG(status.mode) or status.size == 0:
        return Entry(folder, name, status)
    return Entry(folder, name, status, "", *_header(path))


def _header(path: str) -> tuple[Header | None, str]:
    """The header of a DICOM file, None of another; and what is wrong with it."""
    try:
        found = peek(path, _WANTED)
    except NotDicomError:
        return None, ""
    except (DicomeError, OSError) as problem:
        return None, str(problem)
    frames = found.number(FRAMES) or 1
    several = frames > 1 or found.text(SOP_CLASS) in ENHANCED
    rows, columns = found.number(ROWS) or 0, found.number(COLUMNS) or 0
    return Header(
        {name: found.text(tag) for name, tag in FIELDS.items()},
        found.text(SERIES_UID),
        found.text(SOP_INSTANCE_UID),
        found.number(INSTANCE),
        frames,
        rows,
        columns,
        _shape(path, found, frames) if several and rows else "",
        found.text(SOP_CLASS),
    ), ""


def _shape(path: str, found: Peeked, frames: int) -> str:
    """``80 x 80 x 10 x 24``: the dimensions of an enhanced file, or its frames where they make none."""
    from dicome.image import open_image

    if found.text(SOP_CLASS) in ENHANCED:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return " x ".join(map(str, open_image(path).shape))
            except (DicomeError, OSError):
                pass
    return f"{found.number(ROWS)} x {found.number(COLUMNS)} x {frames}"
