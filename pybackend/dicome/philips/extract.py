"""Writes what a raw data file holds: ExamCards under their own names, the bytes of a blob. Nothing is overwritten."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from dicome.beside import written_beside
from dicome.errors import ArgumentError, FileExistsAlreadyError
from dicome.files.naming import safe_part
from dicome.philips.rawdata import CARD_BLOB, Blob, RawData
from dicome.philips.study import StudyCard

CARD_SUFFIX = ".ExamCard"


def write_card(raw: RawData, folder: str | os.PathLike[str] = ".") -> Path | None:
    """Writes the ExamCard of a study as ``<its name>.ExamCard``; the path, None where the file has none.

    Of a name that is taken the next is ``<its name> (2).ExamCard``. Raises FileMissingError (no such folder),
    FileAccessError.
    """
    content = next((blob.content for blob in raw.blobs if blob.name == CARD_BLOB), None)
    if not isinstance(content, StudyCard) or not content.card:
        return None
    return write_numbered(Path(folder), content.name or raw.card_name, CARD_SUFFIX, content.card)


def write_numbered(folder: Path, name: str, suffix: str, data: bytes) -> Path:
    """Writes a file under the first free name: ``name``, ``name (2)``, ...; the path."""
    for path in _names(folder, name, suffix):
        if os.path.lexists(path):
            continue
        try:
            with written_beside(path) as temporary:
                temporary.write_bytes(data)
        except FileExistsAlreadyError:
            continue  # somebody was faster
        return path
    raise AssertionError("numbers do not end")


def _names(folder: Path, name: str, suffix: str) -> Iterator[Path]:
    safe = safe_part(name)
    for number in itertools.count(1):
        yield folder / (f"{safe}{suffix}" if number == 1 else f"{safe} ({number}){suffix}")


def find_blob(raw: RawData, name: str) -> Blob:
    """The blob of that name, in upper or lower case. Raises ArgumentError, which lists them."""
    found = next((blob for blob in raw.blobs if blob.name.lower() == name.lower()), None)
    if found is None:
        raise ArgumentError(f"{raw.path}: no blob {name!r}; it has {', '.join(blob.name for blob in raw.blobs)}")
    return found
