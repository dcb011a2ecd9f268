"""Which series lie among some files: one line each, and the way to open one of them.

Files that are no DICOM are passed over, as are DICOM objects without pixels (raw data, presentation states), which are
told. Sub-folders are searched only where asked for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from dicome.classic.headers import Headers, read_headers
from dicome.dicom.file import DicomFile
from dicome.dicom.pixels import announced_frames
from dicome.errors import DicomeError, FileAccessError, FileMissingError, NotDicomError, SeriesError

SERIES_UID, SERIES_NUMBER, DESCRIPTION = 0x0020000E, 0x00200011, 0x0008103E
ROWS, COLUMNS = 0x00280010, 0x00280011
SKIPPED_NAMES = frozenset({"DICOMDIR"})
_SHOWN = 20
_HELD = 64
"""Files with several frames that stay open while a folder is looked at; the others are opened again."""

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One series: single-frame files of it ('classic') or multi-frame ones ('enhanced').

    frames: in all files; size: bytes of all files. headers: of classic files; opened: of enhanced ones, those that are
    still open. rows, columns: of the first file.
    """

    uid: str
    number: int | None
    description: str
    kind: Literal["classic", "enhanced"]
    paths: tuple[Path, ...]
    frames: int
    rows: int
    columns: int
    size: int
    headers: Headers | None = None
    opened: tuple[DicomFile, ...] = ()

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
    not_dicom: tuple[Path, ...] = ()

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


@dataclass(slots=True)
class _Multi:
    """Multi-frame files of one series as they are met."""

    files: list[DicomFile] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    frames: int = 0
    size: int = 0
    number: int | None = None
    description: str = ""
    shape: tuple[int, int] = (0, 0)

    def add(self, file: DicomFile, held: bool) -> None:
        if not self.paths:
            self.number, self.description = file.number(SERIES_NUMBER), file.text(DESCRIPTION)
            self.shape = (file.number(ROWS) or 0, file.number(COLUMNS) or 0)
        if held:
            self.files.append(file)
        self.paths.append(file.path)
        self.frames += announced_frames(file)
        self.size += file.size


def list_series(paths: Paths, recursive: bool = False) -> Listing:
    """The series in a folder, or among some files. Raises FileMissingError, FileAccessError."""
    multi: dict[str, _Multi] = {}
    count = 0

    def seen(file: DicomFile) -> None:
        nonlocal count
        count += 1
        multi.setdefault(file.text(SERIES_UID), _Multi()).add(file, count <= _HELD)

    given = not isinstance(paths, (str, os.PathLike)) or not Path(paths).is_dir()
    found = read_headers(files_of(paths, recursive), seen, any_name=given)
    entries = [_enhanced(uid, one) for uid, one in multi.items()]
    entries += _classic(found.headers) if found.headers is not None else []
    entries.sort(key=lambda one: (one.number is None, one.number or 0, one.uid))
    return Listing(tuple(entries), tuple(found.without_pixels), tuple(found.unreadable), tuple(found.not_dicom))


def _enhanced(uid: str, one: _Multi) -> Entry:
    files = tuple(one.files) if len(one.files) == len(one.paths) else ()
    return Entry(
        uid, one.number, one.description, "enhanced", tuple(one.paths), one.frames, *one.shape, one.size, None, files
    )


def _classic(headers: Headers) -> list[Entry]:
    columns = headers.columns
    uids = ["" for _ in headers.paths]
    if "SeriesInstanceUID" in columns.paths:
        uids = [uid or "" for uid in columns.column("SeriesInstanceUID")[0].tolist()]
    rows_of: dict[str, list[int]] = {}
    for row, uid in enumerate(uids):
        rows_of.setdefault(uid, []).append(row)
    return [_one_classic(uid, headers.part(np.array(rows, np.int64))) for uid, rows in rows_of.items()]


def _one_classic(uid: str, headers: Headers) -> Entry:
    first = headers.part(np.zeros(1, np.int64)).columns

    def value(path: str) -> Any:
        return first.column(path)[0][0] if path in first.paths else None

    number, rows, columns = (value(name) for name in ("SeriesNumber", "Rows", "Columns"))
    return Entry(
        uid,
        int(number) if isinstance(number, (int, np.integer)) else None,
        value("SeriesDescription") or "",
        "classic",
        headers.paths,
        len(headers),
        int(rows or 0),
        int(columns or 0),
        int(headers.sizes.sum()),
        headers,
    )


def files_of(paths: Paths, recursive: bool = False) -> list[Path]:
    """The files to look at: those in a folder that are not hidden, or all of a list."""
    if not isinstance(paths, (str, os.PathLike)):
        found = [Path(path) for path in paths]
        if not found:
            raise FileMissingError("no files given")
        return found
    path = Path(paths)
    if not path.is_dir():
        return [path]
    try:
        return sorted(_below(path)) if recursive else sorted(p for p in path.iterdir() if _is_candidate(p))
    except PermissionError:
        raise FileAccessError(f"{path}: no permission to list this folder") from None


def _below(folder: Path) -> Iterable[Path]:
    for where, _, names in os.walk(folder):
        yield from (path for name in names if _is_candidate(path := Path(where, name)))


def _is_candidate(path: Path) -> bool:
    return not path.name.startswith(".") and path.name.upper() not in SKIPPED_NAMES and path.is_file()


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
    raise SeriesError(f"{said}, e.g. {_how_to(shown[0])}:\n{_lines(shown)}")


def _how_to(one: Entry) -> str:
    name = one.uid if one.number is None else one.number
    return f"dicome.open(..., series={name!r}) or `dicome info ... --series {name}`"


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
