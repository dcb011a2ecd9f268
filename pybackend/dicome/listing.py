"""Which series lie among some files: one line each, and the way to open one of them.

Files that are no DICOM are passed over, as are DICOM objects without pixels (raw data, presentation states), which are
told. Sub-folders are searched only where asked for; those that are links are not followed.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dicome.classic.headers import Headers, Tell
from dicome.dicom.file import DicomFile
from dicome.errors import DicomeError, FileAccessError, FileMissingError, NotDicomError, SeriesError
from dicome.formats import Head
from dicome.heads import Heads, read_heads

SKIPPED_NAMES = frozenset({"DICOMDIR"})
_SHOWN = 20

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One series: single-frame files of it ('classic'), multi-frame ones ('enhanced'), or files of another format.

    headers: of classic files; opened: of enhanced ones; both only where they were held. number, description, rows,
    columns: of the first file.
    """

    heads: tuple[Head, ...]
    headers: Headers | None = None
    opened: tuple[DicomFile, ...] = ()

    @property
    def uid(self) -> str:
        """Series Instance UID."""
        return self.heads[0].uid

    @property
    def number(self) -> int | None:
        """Series Number."""
        return self.heads[0].number

    @property
    def description(self) -> str:
        """Series Description."""
        return self.heads[0].description

    @property
    def kind(self) -> str:
        """As `Head.kind`."""
        return self.heads[0].kind

    @property
    def paths(self) -> tuple[Path, ...]:
        """Of all files."""
        return tuple(head.path for head in self.heads)

    @property
    def frames(self) -> int:
        """In all files."""
        return sum(head.frames for head in self.heads)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(head.size for head in self.heads)

    @property
    def rows(self) -> int:
        """Of a frame."""
        return self.heads[0].rows

    @property
    def columns(self) -> int:
        """Of a frame."""
        return self.heads[0].columns

    def line(self) -> str:
        """The series in words."""
        files, frames = len(self.paths), self.frames
        number = "-" if self.number is None else str(self.number)
        told = f"{files:>6,} {'file ' if files == 1 else 'files'}  {frames:>7,} {'frame ' if frames == 1 else 'frames'}"
        size = f"of {self.rows} x {self.columns}  {self.size / 1e6:,.1f} MB"
        return f"{number:>6}  {self.description[:32] or '-':<32}  {self.kind:<8}  {told} {size}"

    def facts(self) -> dict[str, Any]:
        """The series ready for JSON."""
        return {
            "number": self.number,
            "description": self.description,
            "uid": self.uid,
            "kind": self.kind,
            "files": [str(path) for path in self.paths],
            "frames": self.frames,
            "rows": self.rows,
            "columns": self.columns,
            "bytes": self.size,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """The series among some files, by number; passed_over: objects without pixels; unreadable: files with damage."""

    entries: tuple[Entry, ...]
    passed_over: tuple[tuple[Path, DicomeError], ...]
    unreadable: tuple[tuple[Path, DicomeError], ...]
    not_dicom: tuple[tuple[Path, DicomeError], ...] = ()

    def notes(self) -> tuple[str, ...]:
        """What was passed over, in a sentence."""
        if not self.passed_over:
            return ()
        names = [path.name for path, _ in self.passed_over]
        shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        return (f"{len(names):,} DICOM file{'s' * (len(names) > 1)} without pixels passed over: {shown}",)

    def warnings(self) -> tuple[str, ...]:
        """Files that could not be read, with the reason."""
        return tuple(f"left out: {problem}" for _, problem in self.unreadable)


def list_series(
    paths: Paths,
    recursive: bool = False,
    *,
    fields: Sequence[str] = (),
    skip: Iterable[Path] = (),
    hold: bool = False,
    tell: Tell | None = None,
) -> Listing:
    """The series in a folder, or among some files.

    fields: keywords of attributes to note in the heads. skip: folders to leave out. hold: keep what was read for who
    opens one of them next. tell: told the number of files looked at. Raises FileMissingError, FileAccessError.
    """
    refused: list[tuple[Path, DicomeError]] = []
    found = read_heads(files_of(paths, recursive, skip, refused), fields, hold=hold, tell=tell)
    return Listing(
        tuple(sorted(_entries(found), key=lambda one: (one.number is None, one.number or 0, one.uid, one.paths[0]))),
        tuple(found.without_pixels),
        (*refused, *found.unreadable),
        tuple(found.not_dicom),
    )


def _entries(found: Heads) -> Iterator[Entry]:
    """Files of one Series Instance UID together; a file of another format that has none is a series of its own."""
    rows_of: dict[tuple[str, ...], list[int]] = {}
    for row, head in enumerate(found.heads):
        alone = () if head.uid or head.kind in ("classic", "enhanced") else (str(head.path),)
        rows_of.setdefault((head.kind, head.uid, *alone), []).append(row)
    classic = np.cumsum([head.kind == "classic" for head in found.heads]) - 1
    for rows in rows_of.values():
        heads = tuple(found.heads[row] for row in rows)
        held = found.headers is not None and heads[0].kind == "classic"
        headers = found.headers.part(classic[rows]) if held and found.headers is not None else None
        opened = tuple(found.opened[head.path] for head in heads if head.path in found.opened)
        yield Entry(heads, headers, opened if len(opened) == len(heads) else ())


def files_of(
    paths: Paths,
    recursive: bool = False,
    skip: Iterable[Path] = (),
    refused: list[tuple[Path, DicomeError]] | None = None,
) -> list[Path]:
    """The files to look at: those in a folder that are not hidden, or all of a list.

    skip: folders to leave out; refused: is given the folders below that may not be listed. Raises FileMissingError,
    and FileAccessError for the folder itself.
    """
    if not isinstance(paths, (str, os.PathLike)):
        found = [Path(path) for path in paths]
        if not found:
            raise FileMissingError("no files given")
        return found
    path = Path(paths)
    if not path.is_dir():
        return [path]
    try:
        os.scandir(path).close()
    except PermissionError:
        raise FileAccessError(f"{path}: no permission to list this folder") from None
    return list(_below(path, recursive, {one.resolve() for one in skip}, [] if refused is None else refused))


def _below(folder: Path, recursive: bool, skip: set[Path], refused: list[tuple[Path, DicomeError]]) -> Iterator[Path]:
    def refuse(problem: OSError) -> None:
        said = f"{problem.filename}: this folder cannot be listed: {problem.strerror or problem}"
        refused.append((Path(problem.filename), FileAccessError(said)))

    for name, folders, files in os.walk(folder, onerror=refuse):
        here = Path(name)
        below = sorted(one for one in folders if recursive and not one.startswith("."))
        folders[:] = [one for one in below if not skip or (here / one).resolve() not in skip]
        yield from (here / file for file in sorted(files) if _is_candidate(file))


def _is_candidate(name: str) -> bool:
    return not name.startswith(".") and name.upper() not in SKIPPED_NAMES


def choose(listing: Listing, which: int | str | None, where: str) -> Entry:
    """The series of that number or of a UID that begins so; without one, the only series there is.

    where: the folder, for messages. Raises SeriesError, NotDicomError.
    """
    if not listing.entries:
        raise _nothing(listing, where)
    fitting = [one for one in listing.entries if _fits(one, which)]
    if len(fitting) == 1:
        return fitting[0]
    if which is None:
        said = f"{where}: {len(fitting)} series; open one at a time"
    elif fitting:
        said = f"{where}: {len(fitting)} series fit {which!r}; open one by its Series Instance UID, or list its files"
    else:
        said = f"{where}: no series {which}; these are there"
    shown = fitting or listing.entries
    raise SeriesError(f"{said}, e.g. {_how_to(shown[0], shown)}:\n{_lines(shown)}")


def _how_to(one: Entry, others: Sequence[Entry]) -> str:
    alone = one.number is not None and [other.number for other in others].count(one.number) == 1
    name = one.number if alone else one.uid
    if not name:  # PAR/REC has no UID
        return f"dicome.open({str(one.paths[0])!r}) or `dicome info {shlex.quote(str(one.paths[0]))}`"
    return f"dicome.open(..., series={name!r}), in MATLAB 'Series', {name!r}, or `dicome info ... --series {name}`"


def _fits(one: Entry, which: int | str | None) -> bool:
    if which is None:
        return True
    text = str(which)
    return str(one.number) == text if text.isdecimal() else one.uid.startswith(text)


def _lines(entries: Sequence[Entry]) -> str:
    lines = [one.line() for one in entries[:_SHOWN]]
    if len(entries) > _SHOWN:
        lines.append(f"... and {len(entries) - _SHOWN} more")
    return "\n".join(lines)


def _nothing(listing: Listing, where: str) -> DicomeError:
    if listing.unreadable:
        return listing.unreadable[0][1]
    if listing.passed_over:
        return NotDicomError(f"{where}: {listing.notes()[0]}; nothing to read as an image")
    return NotDicomError(f"{where}: no DICOM files in this folder (sub-folders are not searched)")
