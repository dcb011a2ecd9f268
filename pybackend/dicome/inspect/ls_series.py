"""The series below some paths, one line each, from their entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dicome.inspect.ls import Entry, Folder, Header
from dicome.inspect.ls_shown import ABSENT, human_size, shown_fields
from dicome.inspect.render import csv_lines, table


@dataclass(slots=True)
class SeriesLine:
    """Files of one Series Instance UID. first: header of the first of them; shape: where there is one file."""

    uid: str
    first: Header
    files: int = 0
    frames: int = 0
    size: int = 0
    folders: dict[str, None] = field(default_factory=dict)

    @property
    def dimensions(self) -> str:
        """Of an enhanced file; of others the plane and the number of frames."""
        if self.files == 1 and self.first.shape:
            return self.first.shape
        return f"{self.first.rows} x {self.first.columns} x {self.frames}" if self.first.rows else ""


def series_of(pieces: Iterable[list[Entry] | Folder]) -> list[SeriesLine]:
    """The series, by date, time and number; files without UID are left out."""
    found: dict[str, SeriesLine] = {}
    for piece in pieces:
        for entry in [] if isinstance(piece, Folder) else piece:
            if entry.header is None or not entry.header.series_uid or entry.status is None:
                continue
            one = found.setdefault(entry.header.series_uid, SeriesLine(entry.header.series_uid, entry.header))
            one.files += 1
            one.frames += entry.header.frames
            one.size += entry.status.size
            one.folders[entry.folder] = None
    return sorted(found.values(), key=_key)


def _key(one: SeriesLine) -> tuple[str, int, str]:
    fields = one.first.fields
    return fields["SeriesDate"], one.first.number or 0, fields["SeriesTime"]


def as_text(found: list[SeriesLine], width: int, *, human: bool, phi: bool) -> Iterator[str]:
    """A table with a line per series."""
    names = shown_fields(phi)
    header = [
        "SeriesNumber",
        *(name for name in names if name != "SeriesNumber"),
        "Files",
        "Frames",
        "Size",
        "Dimensions",
    ]
    rows = []
    for one in found:
        texts = [one.first.fields[name] or ABSENT for name in header[: len(names)]]
        size = human_size(one.size) if human else str(one.size)
        rows.append([*texts, str(one.files), str(one.frames), size, one.dimensions or ABSENT])
    return table(header, rows, width) if rows else iter(())


def as_csv(found: list[SeriesLine], phi: bool) -> Iterator[str]:
    """A line per series, with a header line."""
    keys = ["SeriesInstanceUID", *shown_fields(phi), "Files", "Frames", "Size", "Dimensions", "Folders"]
    body = (
        [str(value) if key != "Folders" else ":".join(value) for key, value in facts_of(one, phi).items()]
        for one in found
    )
    return csv_lines([keys, *body])


def facts_of(one: SeriesLine, phi: bool) -> dict[str, Any]:
    """A series for JSON."""
    return {
        "SeriesInstanceUID": one.uid,
        **{name: one.first.fields[name] for name in shown_fields(phi)},
        "Files": one.files,
        "Frames": one.frames,
        "Size": one.size,
        "Dimensions": one.dimensions,
        "Folders": list(one.folders),
    }
