"""Which files below a folder make one image each: the series of `dicome.listing`, ready to be converted.

Files belong together that are of one series and could make one image: the same SOP class, size and type of pixels. An
object that is there twice counts once where the bytes are the same; where they differ, each copy goes with the files of
its folder.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dicome.errors import FileMissingError
from dicome.formats import Head
from dicome.listing import Listing, list_series

_SUFFIXES = (".dcm", ".ima", ".dicom", ".dic")
"""A file called so should be DICOM; that it is not is a problem to tell."""
_HASHED_AT_ONCE = 1 << 20

Tell = Callable[[int], None]
"""Told the number of files looked at, now and then."""


@dataclass(frozen=True, slots=True)
class FoundSeries:
    """Files of one series that could make one image, by path."""

    heads: tuple[Head, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """Paths of its files."""
        return tuple(head.path for head in self.heads)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(head.size for head in self.heads)

    @property
    def values(self) -> dict[str, str]:
        """Text of the attributes asked for, by keyword, from the first file."""
        return dict(self.heads[0].values or {})


@dataclass(frozen=True, slots=True)
class Findings:
    """What lies below a folder: series by their first path; bad files and folders with the reason; copies with the
    file that they equal; others: number of files that are no images.
    """

    series: tuple[FoundSeries, ...]
    bad: tuple[tuple[Path, str], ...]
    copies: tuple[tuple[Path, Path], ...]
    others: int


def find_series(
    folder: str | os.PathLike[str], fields: Iterable[str] = (), *, skip: Iterable[Path] = (), tell: Tell | None = None
) -> Findings:
    """Looks at every file below a folder.

    fields: keywords of the attributes to note, for names. skip: folders to leave out. Raises FileMissingError where
    the folder is none; files that cannot be read are in the result.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileMissingError(f"{root}: no such folder")
    listed = list_series(root, recursive=True, fields=tuple(fields), skip=skip, tell=tell)
    copies: list[tuple[Path, Path]] = []
    series: list[FoundSeries] = []
    for group in _images(listed):
        series += [FoundSeries(tuple(one)) for one in _without_doubles(_without_copies(group, copies))]
    series.sort(key=lambda one: one.files[0])
    misnamed = [one for one in listed.not_dicom if one[0].suffix.lower() in _SUFFIXES]
    bad = sorted((path, str(problem)) for path, problem in (*listed.unreadable, *misnamed))
    others = len(listed.passed_over) + len(listed.not_dicom) - len(misnamed)
    return Findings(tuple(series), tuple(bad), tuple(copies), others)


def _images(listed: Listing) -> Iterable[list[Head]]:
    """Files of one series that have in common what those of one image have; a file without UID is on its own."""
    together: dict[tuple[str, ...], list[Head]] = defaultdict(list)
    for head in (head for entry in listed.entries for head in entry.heads):
        together[(head.kind, head.uid, *head.alike) if head.uid else (str(head.path),)].append(head)
    return (sorted(group, key=lambda head: head.path) for group in together.values())


def _without_copies(group: Sequence[Head], copies: list[tuple[Path, Path]]) -> list[Head]:
    """Files whose bytes are not those of an earlier one; only the same object is compared."""
    kept: list[Head] = []
    same: dict[str, list[Head]] = defaultdict(list)
    for head in group:
        earlier = same[head.object_uid] if head.object_uid else []
        equal = next((one for one in earlier if one.size == head.size and _digest(one) == _digest(head)), None)
        if equal is None:
            earlier.append(head)
            kept.append(head)
        else:
            copies.append((head.path, equal.path))
    return kept


def _digest(head: Head) -> bytes:
    digest = hashlib.sha256()
    with head.path.open("rb") as stream:
        while part := stream.read(_HASHED_AT_ONCE):
            digest.update(part)
    return digest.digest()


def _without_doubles(group: Sequence[Head]) -> list[list[Head]]:
    """The group in parts, so that no object is twice in one: by folder first, then one copy after the other."""
    if _distinct(group):
        return [list(group)]
    by_folder: dict[Path, list[Head]] = defaultdict(list)
    for head in group:
        by_folder[head.path.parent].append(head)
    return [layer for inside in by_folder.values() for layer in _layers(inside)]


def _distinct(group: Sequence[Head]) -> bool:
    uids = [head.object_uid for head in group if head.object_uid]
    return len(set(uids)) == len(uids)


def _layers(group: Sequence[Head]) -> list[list[Head]]:
    """First the first copy of every object, then the second ones, ..."""
    layers: list[list[Head]] = []
    seen: dict[str, int] = defaultdict(int)
    for head in group:
        level = seen[head.object_uid] if head.object_uid else 0
        seen[head.object_uid] += 1
        if level == len(layers):
            layers.append([])
        layers[level].append(head)
    return layers
