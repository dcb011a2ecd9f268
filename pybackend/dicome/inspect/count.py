"""How many images each series has, which are missing by their numbers, and which are there twice."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from dicome.errors import DicomeError
from dicome.inspect.ls import Entry, Folder, Header
from dicome.inspect.render import csv_lines, cut, padded
from dicome.moving.kinds import OTHER, word_of
from dicome.safetext import visible

_NAMED = 10
"""Numbers and files that a line of text names; JSON has all."""
_ABOUT = 32
"""Columns of a description."""


@dataclass(slots=True)
class Counted:
    """One series. numbers: files by Instance Number (0020,0013); unnumbered: files without one. copies: files by SOP
    Instance UID, where there are several.
    """

    uid: str
    first: Header
    paths: list[str] = field(default_factory=list)
    frames: int = 0
    numbers: dict[int, list[str]] = field(default_factory=dict)
    unnumbered: int = 0
    objects: dict[str, list[str]] = field(default_factory=dict)
    dimensions: str = ""

    @property
    def missing(self) -> list[tuple[int, int]]:
        """First and last of every run of Instance Numbers that no file has, from 1 on."""
        there = [0, *sorted(number for number in self.numbers if number > 0)]
        return [(a + 1, b - 1) for a, b in pairwise(there) if b - a > 1]

    @property
    def duplicates(self) -> dict[int, list[str]]:
        """Files by an Instance Number that several have."""
        return {number: paths for number, paths in sorted(self.numbers.items()) if len(paths) > 1}

    @property
    def copies(self) -> dict[str, list[str]]:
        """Files by the SOP Instance UID that they share: the same object several times."""
        return {uid: paths for uid, paths in self.objects.items() if uid and len(paths) > 1}

    def add(self, entry: Entry, header: Header) -> None:
        """One more file."""
        self.paths.append(entry.path)
        self.frames += header.frames
        self.objects.setdefault(header.object_uid, []).append(entry.path)
        if header.instance is None:
            self.unnumbered += 1
        else:
            self.numbers.setdefault(header.instance, []).append(entry.path)


def count(pieces: Iterable[list[Entry] | Folder], tell: Callable[[int], None] = lambda _: None) -> list[Counted]:
    """The series among the files, by number; ``tell`` hears how many files were looked at."""
    found: dict[str, Counted] = {}
    looked = 0
    for piece in pieces:
        for entry in [] if isinstance(piece, Folder) else piece:
            looked += 1
            if entry.header is not None and _is_image(entry.header):
                uid = entry.header.series_uid
                found.setdefault(uid, Counted(uid, entry.header)).add(entry, entry.header)
        tell(looked)
    return sorted(found.values(), key=lambda one: (_number(one), one.uid))


def _is_image(header: Header) -> bool:
    """Raw data of Philips has rows and columns as well, and the number of an image."""
    return header.rows > 0 and word_of(header.sop_class) == OTHER


def _number(one: Counted) -> int:
    return -1 if one.first.number is None else one.first.number


def find_dimensions(series: Counted) -> str:
    """``128 x 128 x 60 x 33``, from the headers of all files of a series, each object once; where its files make no
    image, rows x columns x frames.
    """
    from dicome.image import open_image

    once = [paths[0] for uid, paths in series.objects.items() if uid]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return " x ".join(map(str, open_image(once).shape))
        except (DicomeError, OSError):
            return f"{series.first.rows} x {series.first.columns} x {series.frames}"


def runs(missing: Sequence[tuple[int, int]], most: int = 0) -> str:
    """``1..87, 93``; with ``most``, so many runs and how many more there are."""
    shown = missing[:most] if most else missing
    text = ", ".join(str(a) if a == b else f"{a}..{b}" for a, b in shown)
    left = len(missing) - len(shown)
    return text + (f" and {left:,} more runs" if left else "")


def as_text(found: Sequence[Counted]) -> Iterator[str]:
    """A line per series, what is missing or doubled below it, and a total."""
    yield f"{'Series':>8}  {'Description':<{_ABOUT}}  {'Files':>7}  {'Frames':>7}  Dimensions"
    for one in found:
        fields = one.first.fields
        number = visible(fields["SeriesNumber"]) or "-"
        about = padded(cut(visible(fields["SeriesDescription"]) or "-", _ABOUT), _ABOUT)
        yield f"{number:>8}  {about}  {len(one.paths):>7,}  {one.frames:>7,}  {one.dimensions}".rstrip()
        yield from (f"{'':>8}  {note}" for note in notes(one))
    frames, files = sum(one.frames for one in found), sum(len(one.paths) for one in found)
    yield f"{len(found):,} series, {files:,} files, {frames:,} frames"


def notes(one: Counted) -> Iterator[str]:
    """What is missing or doubled, in words."""
    if one.missing:
        amount = sum(b - a + 1 for a, b in one.missing)
        yield f"missing: {amount:,} by Instance Number: {runs(one.missing, _NAMED)}"
    if one.unnumbered:
        yield f"{one.unnumbered:,} without Instance Number"
    copied = {path for paths in one.copies.values() for path in paths[1:]}
    for paths in list(one.copies.values())[:_NAMED]:
        yield f"the same object: {_files(paths)}"
    doubled = [(number, rest) for number, paths in one.duplicates.items() if len(rest := _without(paths, copied)) > 1]
    for number, paths in doubled[:_NAMED]:
        yield (
            f"Instance Number {number} twice: {_files(paths)}"
            if len(paths) == 2
            else (f"Instance Number {number} {len(paths):,} times: {_files(paths)}")
        )
    left = max(len(one.copies) - _NAMED, 0) + max(len(doubled) - _NAMED, 0)
    if left:
        yield f"and {left:,} more (--json names all)"


def _without(paths: Sequence[str], copied: set[str]) -> list[str]:
    return [path for path in paths if path not in copied]


def _files(paths: Sequence[str]) -> str:
    shown = ", ".join(visible(path) for path in paths[:_NAMED])
    return shown + (f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else "")


def as_csv(found: Sequence[Counted]) -> Iterator[str]:
    """A line per series, with a header line."""
    header = [
        "SeriesNumber",
        "SeriesDescription",
        "SeriesInstanceUID",
        "Files",
        "Frames",
        "Dimensions",
        "Missing",
        "Duplicates",
    ]
    rows = (
        [one.first.fields["SeriesNumber"], one.first.fields["SeriesDescription"], one.uid, str(len(one.paths)),
         str(one.frames), one.dimensions, runs(one.missing), ", ".join(map(str, one.duplicates))]
        for one in found
    )  # fmt: skip
    return csv_lines([header, *rows])


def as_data(one: Counted) -> dict[str, Any]:
    """For JSON."""
    return {
        "number": one.first.fields["SeriesNumber"],
        "description": one.first.fields["SeriesDescription"],
        "uid": one.uid,
        "files": len(one.paths),
        "frames": one.frames,
        "dimensions": [int(size) for size in one.dimensions.split(" x ") if size],
        "missing": [list(run) for run in one.missing],
        "without_number": one.unnumbered,
        "duplicates": {str(number): paths for number, paths in one.duplicates.items()},
        "copies": one.copies,
    }
