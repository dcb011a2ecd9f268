"""PAR text to a `Par`: versions V3, V4, V4.1 and V4.2, as scanners and other programs write them.

The columns of the image lines are those that the definition lines of the file name, where these fit the lines; else
those of its version. Labels are compared without case, blanks and punctuation, because writers differ in these.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.errors import DamagedFileError, NotDicomError, UnsupportedError
from dicome.parrec import general
from dicome.parrec.columns import BY_NAME, VERSIONS, Column, columns_of, empty_table
from dicome.parrec.opening import reading
from dicome.parrec.par import Par

MAGIC = b"DATA DESCRIPTION FILE"
"""In the first comment of every PAR file."""
_LARGEST = 1e15
"""Greater numbers are damage."""
MOST_BYTES = 1 << 30
"""A longer file is no PAR file: 300 bytes an image make three million images."""

_VERSION = re.compile(r"image export tool\s+(\S+)", re.IGNORECASE)
_DATASET = re.compile(r"^#\s*Dataset name:\s*(.*)$", re.IGNORECASE)
_DEFINITION = re.compile(r"^#\s+(.+?)\s*\((?:(\d+)\*)?(integer|float|string)\)\s*$")
_SPELLINGS = {"V4.0": "V4", "V3.0": "V3"}


def read_par(path: str | os.PathLike[str]) -> Par:
    """Reads a PAR file, or an XML file that stands for one.

    Raises FileMissingError, FileAccessError, NotDicomError (no PAR file), DamagedFileError (says the line),
    UnsupportedError (a version that dicome does not know).
    """
    where = Path(path)
    content = _content(where)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        from dicome.parrec.xml import parse_xml

        return parse_xml(content, where)
    if MAGIC not in content[:4096]:
        raise NotDicomError(f"{where}: not a PAR file (no '# === DATA DESCRIPTION FILE' at its begin)")
    return parse_par(_decoded(content), where)


def _content(path: Path) -> bytes:
    with reading(path):
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise NotDicomError(f"{path}: not a PAR file: {size:,} bytes are too many for a text")
        return path.read_bytes()


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


@dataclass(slots=True)
class _Text:
    """The lines of a file by what they are; numbers count from 1."""

    comments: list[str] = field(default_factory=list)
    labelled: list[tuple[int, str]] = field(default_factory=list)
    images: list[tuple[int, str]] = field(default_factory=list)
    definitions: list[tuple[str, int, str]] = field(default_factory=list)


def parse_par(text: str, where: Path) -> Par:
    """The same from the text of a file; where: for messages. Raises the errors of `read_par`."""
    found = _sorted_out(text)
    version, note = _version(found, where)
    values, extra = _general(found, version, where)
    if not found.images:
        raise DamagedFileError(f"{where}: no image lines; is the file complete?")
    rows = [line.split() for _, line in found.images]
    columns, more = _columns(found, version, len(rows[0]), where)
    _check_widths(rows, found, where)
    images = _table(rows, columns, found, where)
    _from_general(images, values, version)
    finer = _finer_spacing(images, values) if version == "V3" else ""
    notes = tuple(one for one in (note, more, extra, finer) if one)
    names = tuple(column.name for column in columns)
    return Par(where, version, values, images, names, _dataset(found.comments), notes)


def _sorted_out(text: str) -> _Text:
    found = _Text()
    # Not splitlines, which also parts at characters that stand in names, such as the dots of Windows (0x85).
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        first = line.lstrip()[:1]
        if first == "#":
            found.comments.append(line)
            definition = _DEFINITION.match(line)
            if definition is not None:
                found.definitions.append((definition[1], int(definition[2] or 1), definition[3]))
        elif first == ".":
            found.labelled.append((number, line))
        elif first:
            found.images.append((number, line))
    return found


def _dataset(comments: Sequence[str]) -> str:
    return next((match[1].strip() for line in comments if (match := _DATASET.match(line))), "")


def _version(found: _Text, where: Path) -> tuple[str, str]:
    """The version, and a note where it had to be guessed."""
    match = next((match for line in found.comments if (match := _VERSION.search(line))), None)
    if match is not None:
        version = _SPELLINGS.get(match[1].upper(), match[1].upper())
        if version not in VERSIONS:
            raise UnsupportedError(
                f"{where}: a PAR file of version {match[1]}; dicome reads {', '.join(VERSIONS)} and XML/REC"
            )
        return version, ""
    labels = {general.label_key(line.partition(":")[0]) for _, line in found.labelled}
    if "imagepixelsize8or16bits" in labels:
        return "V3", "no version in the file; its labels are those of V3"
    width = len(found.images[0][1].split()) if found.images else 0
    for version in VERSIONS:
        if sum(column.size for column in columns_of(version)) == width:
            return version, f"no version in the file; it has as many columns as {version}"
    raise DamagedFileError(
        f"{where}: no version in the comments ('Research image export tool     V4.2'), and {width} columns are those "
        "of no version; is the file complete?"
    )


def _general(found: _Text, version: str, where: Path) -> tuple[dict[str, Any], str]:
    values: dict[str, Any] = {line.name: line.default for line in general.LINES}
    unknown = []
    for number, text in found.labelled:
        label, colon, value = text.lstrip(" .").partition(":")
        line = general.BY_LABEL.get(general.label_key(label))
        if line is None or not colon:
            unknown.append(label.strip())
            continue
        values[line.name] = _value(line, value, f"{where}, line {number}")
    return values, f"general information that dicome does not know: {', '.join(unknown)}" if unknown else ""


def _value(line: general.Line, text: str, where: str) -> Any:
    if line.kind == "text":
        return text.strip(" \t")
    try:
        numbers = [float(word) for word in text.split()]
        if line.kind == "integer":
            numbers = [int(number) for number in numbers]
    except (ValueError, OverflowError):
        numbers = []
    wanted = line.size or len(numbers)
    if not numbers or len(numbers) < wanted or not all(abs(number) < _LARGEST for number in numbers):
        expected = "numbers" if wanted != 1 else "a number"
        raise DamagedFileError(f"{where}: {line.label} is {text.strip()[:40]!r}; expected {expected}")
    return numbers[0] if line.size == 1 else tuple(numbers[:wanted])


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


_BY_TEXT = {_key(text): column for column in BY_NAME.values() for text in (column.text, *column.aliases)}


def _columns(found: _Text, version: str, width: int, where: Path) -> tuple[tuple[Column, ...], str]:
    """The columns of the image lines: as the file defines them where that fits, else those of its version."""
    defined = _defined(found)
    if defined and sum(column.size for column in defined) == width:
        return defined, ""
    for contrast in (False, True):
        usual = columns_of(version, contrast=contrast)
        if sum(column.size for column in usual) == width:
            note = "the definition lines do not fit the image lines, which are those of " + version
            return usual, note if defined else ""
    expected = sum(column.size for column in columns_of(version))
    raise DamagedFileError(
        f"{where}, line {found.images[0][0]}: {width} values, but {version} has {expected}"
        + (f" and the definition lines of the file name {sum(c.size for c in defined)}" if defined else "")
        + "; is the line complete?"
    )


def _defined(found: _Text) -> tuple[Column, ...]:
    """The columns that the file explains; those of no version keep their text as name."""
    columns: dict[str, Column] = {}
    for text, size, kind in found.definitions:
        known = _BY_TEXT.get(_key(text))
        if known is None or known.size != size:
            known = Column("other_" + _key(text), text, kind, ("", "", "", " %s"), size=size)
        if known.name in columns:
            return ()
        columns[known.name] = known
    return tuple(columns.values())


def _check_widths(rows: Sequence[list[str]], found: _Text, where: Path) -> None:
    width = len(rows[0])
    for row, (number, _) in zip(rows, found.images, strict=True):
        if len(row) != width:
            raise DamagedFileError(
                f"{where}, line {number}: {len(row)} values where the first image line has {width}; is the file "
                "complete?"
            )


def _table(rows: Sequence[list[str]], columns: Sequence[Column], found: _Text, where: Path) -> NDArray[Any]:
    known = empty_table(len(rows), contrast=any(c.name.startswith("contrast_bolus") for c in columns))
    others = [column.field for column in columns if column.name.startswith("other_")]
    table = np.empty(len(rows), np.dtype(known.dtype.descr + others)) if others else known
    for name in known.dtype.names or () if others else ():
        table[name] = known[name]
    cells = np.array(rows, object)
    at = 0
    for column in columns:
        part = cells[:, at : at + column.size]
        table[column.name] = _parsed(part if column.size > 1 else part[:, 0], column, at, found, where)
        at += column.size
    return table


def _parsed(cells: NDArray[Any], column: Column, at: int, found: _Text, where: Path) -> NDArray[Any]:
    """The cells of one column as numbers (or text). Raises DamagedFileError that says the line."""
    kind = np.dtype(column.field[1])
    if kind.kind == "O":
        return cells
    try:
        numbers = cells.astype(np.float64)
    except ValueError:
        numbers = None
    if numbers is None or not np.isfinite(numbers).all() or np.abs(numbers).max() >= _LARGEST:
        raise _bad_cell(cells, column, at, found, where)
    # Some programs write whole numbers as 1.0, and averages that are none.
    return np.rint(numbers).astype(kind) if kind == np.int64 else numbers


def _bad_cell(cells: NDArray[Any], column: Column, at: int, found: _Text, where: Path) -> DamagedFileError:
    for row, line in enumerate(cells.reshape(len(cells), -1).tolist()):
        for k, cell in enumerate(line):
            try:
                fine = abs(float(cell)) < _LARGEST
            except ValueError:
                fine = False
            if not fine:
                return DamagedFileError(
                    f"{where}, line {found.images[row][0]}: value {at + k + 1} ({column.text}) is {cell[:40]!r}; "
                    "expected a number"
                )
    raise AssertionError("every cell is a number")


def _from_general(images: NDArray[Any], values: dict[str, Any], version: str) -> None:
    """Columns that a version has for all images at once, in its general information."""
    for line in general.lines_of(version):
        if line.column:
            images[line.column] = values[line.name]


IN_PLANE = {1: (2, 0), 2: (0, 1), 3: (2, 1)}
"""Place in FOV (ap, fh, rl) of what lies along rows and along columns, by slice orientation (TRA, SAG, COR)."""


def _finer_spacing(images: NDArray[Any], values: dict[str, Any]) -> str:
    """V3 prints 0.9 for 0.9375 mm, which makes an image 10 mm smaller; FOV by matrix is finer, where it rounds to that.

    Pixels of a square matrix are square, and it covers the larger FOV. Gives a note.
    """
    note, fov = "", np.array(values["fov"], float)
    for orientation, places in IN_PLANE.items():
        here = images["slice_orientation"] == orientation
        printed, size = images["pixel_spacing"][here], np.maximum(images["recon_resolution"][here], 1)
        made = fov[list(places)] / size
        made = np.where(size[:, :1] == size[:, 1:], made.max(axis=1, keepdims=True, initial=0), made)
        # One decimal is off by 0.05 at most.
        fits = (np.abs(made - printed) < 0.0501).all(axis=1, keepdims=True) & (made > 0)
        images["pixel_spacing"][here] = np.where(fits, made, printed)
        if fits.any():
            note = "pixel spacing is FOV / recon resolution, which rounds to the one decimal that V3 has"
    return note
