"""Entries of folders as lines: aligned like those of ``ls -l``, CSV, or JSON."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from dicome.inspect.ls import FIELDS, PHI, Entry, Folder, Status
from dicome.inspect.render import GAP, columns_of, csv_lines, padded
from dicome.safetext import json_text, visible

ABSENT = "-"
_HALF_A_YEAR = 182 * 86400
_UNITS = "KMGTPE"
_SIZE = 3
"""Which cell of a line is the size."""
_WIDEST = 200
"""Columns that lines are filled up to for a longer cell among them; names of patients have 194 letters at the most."""


def shown_fields(phi: bool) -> tuple[str, ...]:
    """Names of the header fields, without those of the patient unless ``phi``."""
    return tuple(name for name in FIELDS if phi or name not in PHI)


class Lines:
    """Aligns entries with those before them: widths only grow, so that lines can be printed as they come.

    human: sizes as 1.2M. access: the time of the last access, not of the last change. phi: names of patients too.
    """

    def __init__(self, *, human: bool = False, access: bool = False, phi: bool = True) -> None:
        self.human, self.access, self.names = human, access, shown_fields(phi)
        self.now = time.time()
        self._widths: list[int] = []

    def begin(self) -> None:
        """Of a folder: the widths start anew."""
        self._widths = []

    def of(self, entries: Sequence[Entry]) -> Iterator[str]:
        """Lines of some entries of one folder."""
        rows = [self._cells(entry) for entry in entries]
        for row in rows:
            self._widths += [0] * (len(row) - len(self._widths))
            for k, cell in enumerate(row):
                self._widths[k] = max(self._widths[k], min(columns_of(cell), _WIDEST))
        for row in rows:
            cells = [
                cell.rjust(width) if k == _SIZE else padded(cell, width)
                for k, (cell, width) in enumerate(zip(row, self._widths, strict=False))
            ]
            yield (" ".join(cells[:6]) + "".join(GAP + cell for cell in cells[6:])).rstrip()

    def _cells(self, entry: Entry) -> list[str]:
        status = entry.status
        name = visible(entry.name) + (f" -> {visible(entry.link)}" if entry.link else "")
        if status is None:
            return ["?" * 10, "?", "?", "?", "?", name]
        moment = status.accessed if self.access else status.modified
        cells = [
            stat.filemode(status.mode),
            owner_of(status.uid),
            group_of(status.gid),
            human_size(status.size) if self.human else str(status.size),
            self._date(moment),
            name,
        ]
        if entry.header is not None:
            fields = entry.header.fields
            cells += [visible(fields[one]) or ABSENT for one in self.names]
            if entry.header.shape:
                cells.append(f"{entry.header.frames:,} frame{'s' * (entry.header.frames != 1)}: {entry.header.shape}")
        return cells

    def _date(self, moment: float) -> str:
        """As ls has it: the time of day of the last half year, else the year."""
        recent = -60 < self.now - moment < _HALF_A_YEAR
        return _formatted(int(moment) // 60 * 60, "%b %e %H:%M" if recent else "%b %e  %Y") or f"{moment:.0f}"


@lru_cache(4096)
def _formatted(moment: int, form: str) -> str:
    """In words; '' where no calendar has it: some file systems keep any number."""
    try:
        return time.strftime(form, time.localtime(moment))
    except (OSError, OverflowError, ValueError):
        return ""


@lru_cache
def owner_of(uid: int) -> str:
    """Name of a user; the number where the system has none."""
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return str(uid)


@lru_cache
def group_of(gid: int) -> str:
    """Name of a group; the number where the system has none."""
    try:
        import grp

        return grp.getgrgid(gid).gr_name
    except (ImportError, KeyError):
        return str(gid)


def human_size(size: int) -> str:
    """As ``ls -h`` has it: powers of 1024, rounded up, one decimal below 10."""
    if size < 1024:
        return str(size)
    power = min((size.bit_length() - 1) // 10, len(_UNITS))
    unit = 1 << 10 * power
    tenths = -(-size * 10 // unit)
    if tenths >= 100:
        whole = -(-size // unit)
        return (
            human_size(1 << 10 * (power + 1))
            if whole == 1024 and power < len(_UNITS)
            else f"{whole}{_UNITS[power - 1]}"
        )
    return f"{tenths // 10}.{tenths % 10}{_UNITS[power - 1]}"


_COLUMNS = ("Path", "Mode", "Owner", "Group", "Size", "Modified", "Accessed")
_MORE = ("Frames", "Dimensions")


def as_csv(pieces: Iterable[list[Entry] | Folder], phi: bool) -> Iterator[str]:
    """One line per entry, with a header line."""
    names = shown_fields(phi)

    def rows() -> Iterator[list[str]]:
        yield [*_COLUMNS, *names, *_MORE]
        for entry in _entries(pieces):
            facts = facts_of(entry, phi)
            yield ["" if facts.get(name) is None else str(facts[name]) for name in (*_COLUMNS, *names, *_MORE)]

    return csv_lines(rows())


def as_json(pieces: Iterable[list[Entry] | Folder], phi: bool) -> Iterator[str]:
    """One array, an object per line."""
    before = "["
    for entry in _entries(pieces):
        yield before + json_text(facts_of(entry, phi), indent=None)
        before = ","
    yield "[]" if before == "[" else "]"


def _entries(pieces: Iterable[list[Entry] | Folder]) -> Iterator[Entry]:
    for piece in pieces:
        if not isinstance(piece, Folder):
            yield from piece


def facts_of(entry: Entry, phi: bool) -> dict[str, Any]:
    """An entry by name of column; header fields only of DICOM files."""
    facts: dict[str, Any] = {"Path": entry.path}
    status = entry.status
    if status is not None:
        facts |= {
            "Mode": stat.filemode(status.mode),
            "Owner": owner_of(status.uid),
            "Group": group_of(status.gid),
            "Size": status.size,
            "Modified": _iso(status, access=False),
            "Accessed": _iso(status, access=True),
        }
    if entry.header is not None:
        facts |= {name: entry.header.fields[name] for name in shown_fields(phi)}
        facts |= {"Frames": entry.header.frames}
        if entry.header.shape:
            facts["Dimensions"] = entry.header.shape
    return facts


def _iso(status: Status, *, access: bool) -> str:
    moment = status.accessed if access else status.modified
    return _formatted(int(moment // 1), "%Y-%m-%dT%H:%M:%S") or f"{moment:.0f}"
