"""Finds the series below a folder, whatever the files are called and however they lie in folders.

Files belong together that have one Series Instance UID and could make one image: the same SOP class, size and type of
pixels. An object that is there twice counts once where the bytes are the same; where they differ, each copy goes with
the files of its folder. Folders that are links are not followed; hidden ones and DICOMDIR are left out.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dicome.dicom.dictionary import tag_of
from dicome.dicom.file import open_file
from dicome.errors import DicomeError, FileMissingError, NotDicomError

SERIES_UID, SOP_CLASS, SOP_INSTANCE_UID, ROWS = 0x0020000E, 0x00080016, 0x00080018, 0x00280010
_SAME_NUMBERS = (ROWS, 0x00280011, 0x00280002, 0x00280100, 0x00280103)
"""Rows, Columns, Samples per Pixel, Bits Allocated, Pixel Representation: equal in the files of one image."""
_STORAGE = "1.2.840.10008.5.1.4.1.1"
_NO_IMAGES = (f"{_STORAGE}.66", f"{_STORAGE}.11.", f"{_STORAGE}.88.", "1.3.46.670589.")
"""SOP classes (or how they begin) that may have Rows and no pixels: raw data, presentation states, reports, private
objects of Philips. An image without pixels is a damaged one.
"""
_SUFFIXES = (".dcm", ".ima", ".dicom", ".dic")
"""A file called so should be DICOM; that it is not is a problem to tell."""
_HASHED_AT_ONCE = 1 << 20

Tell = Callable[[int], None]
"""Told the number of files looked at, now and then."""


@dataclass(frozen=True, slots=True)
class Head:
    """What of one file decides where it belongs. values: text of the attributes asked for, by keyword."""

    path: Path
    size: int
    modified: float
    uid: str
    object_uid: str
    kind: tuple[str, ...]
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class FoundSeries:
    """Files of one series that could make one image, by path. values: those of the first file."""

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
        return self.heads[0].values


@dataclass(frozen=True, slots=True)
class Findings:
    """What lies below a folder: series by their first path; bad files and folders with the reason; copies with the
    file that they equal; others: number of files that are no DICOM, or DICOM without an image.
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
    tags = {keyword: tag_of(keyword) for keyword in fields}
    bad: list[tuple[Path, str]] = []
    heads: list[Head] = []
    others = count = 0
    for count, path in enumerate(_walk(root, {one.resolve() for one in skip}, bad), start=1):
        try:
            head = read_head(path, tags)
        except NotDicomError as problem:
            if path.suffix.lower() in _SUFFIXES:
                bad.append((path, str(problem)))
            head = None
        except (DicomeError, OSError) as problem:
            bad.append((path, str(problem)))
            continue
        if head is None:
            others += 1
        else:
            heads.append(head)
        if tell is not None:
            tell(count)
    return _grouped(heads, bad, others)


def _walk(root: Path, skip: set[Path], bad: list[tuple[Path, str]]) -> Iterator[Path]:
    def refused(problem: OSError) -> None:
        bad.append((Path(problem.filename), f"{problem.filename}: {problem.strerror or problem}"))

    for name, folders, files in os.walk(root, onerror=refused):
        here = Path(name)
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        folders[:] = [one for one in folders if not skip or (here / one).resolve() not in skip]
        for file in sorted(files):
            if not file.startswith(".") and file.upper() != "DICOMDIR":
                yield here / file


def read_head(path: Path, tags: dict[str, int]) -> Head | None:
    """What decides where a file belongs; None for a DICOM object without an image. Raises the errors of `open_file`."""
    file = open_file(path)
    sop_class = file.text(SOP_CLASS)
    if file.element(ROWS) is None or (file.pixels is None and sop_class.startswith(_NO_IMAGES)):
        return None
    numbers = [str(file.number(tag)) for tag in _SAME_NUMBERS]
    kind = (sop_class, *numbers, "classic" if file.frames is None else "enhanced")
    values = {keyword: file.text(tag) for keyword, tag in tags.items()}
    uids = file.text(SERIES_UID), file.text(SOP_INSTANCE_UID)
    return Head(path, file.size, file.modified, *uids, kind, values)


def _grouped(heads: Sequence[Head], bad: list[tuple[Path, str]], others: int) -> Findings:
    together: dict[tuple[str, ...], list[Head]] = defaultdict(list)
    for head in heads:
        # A file without UID is a series of its own.
        together[(head.uid, *head.kind) if head.uid else (str(head.path),)].append(head)
    copies: list[tuple[Path, Path]] = []
    series: list[FoundSeries] = []
    for group in together.values():
        series += [FoundSeries(tuple(one)) for one in _without_doubles(_without_copies(group, copies))]
    series.sort(key=lambda one: one.files[0])
    return Findings(tuple(series), tuple(bad), tuple(copies), others)


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
