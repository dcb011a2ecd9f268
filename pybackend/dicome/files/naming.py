"""Names of files and folders from header values, by a template: safe on every system, and never out of the folder.

    template = parse_template("{PatientID}/{SeriesNumber:04d}_{SeriesDescription}")
    relative_name(template, {"PatientID": "P1", "SeriesNumber": "3", "SeriesDescription": "T1/TFE"})   P1/0003_T1_TFE

Header values come from strangers: they may hold slashes, ``..``, control characters, names that Windows keeps for
devices, or three hundred letters. Only the template makes folders. Nothing here touches a disk.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from string import Formatter

from dicome.dicom.dictionary import tag_of, vr_of
from dicome.errors import ArgumentError, ColumnError

UNKNOWN = "unknown"
"""Stands for a value that the header lacks."""

LONGEST = 120
"""Bytes (UTF-8) of one name, so that suffixes and numbers still fit the 255 that file systems take."""

_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?:[ .].*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, with any suffix."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*^\s]+')
"""What Windows or shells take for something else, and white space."""
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Unicode categories that no name should hold: control, direction marks, halves of surrogate pairs, unassigned."""
_FORMAT = re.compile(r"|0?[0-9]{0,2}d")
_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*")
_NO_TEXT = frozenset(("SQ", "OB", "OD", "OF", "OL", "OV", "OW", "OB or OW", "UN", "AT"))


@dataclass(frozen=True, slots=True)
class Piece:
    """Text as it stands, or a field (the keyword of an attribute) with the format of its number, ``04d`` or ''."""

    text: str = ""
    field: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template taken apart: one row of pieces per folder, the file's own last."""

    text: str
    parts: tuple[tuple[Piece, ...], ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Keywords of the attributes it needs, each once."""
        return tuple(dict.fromkeys(piece.field for part in self.parts for piece in part if piece.field))


def parse_template(text: str) -> Template:
    """Checks a template: fields are keywords of DICOM attributes (PS3.6), ``/`` makes folders, ``{{`` is a brace.

    A number may be padded: ``{SeriesNumber:04d}``. Raises ArgumentError for unknown fields, other formats, empty names,
    ``..`` and absolute paths.
    """
    parts: list[list[Piece]] = [[]]
    for piece in _pieces(text):
        if piece.field:
            parts[-1].append(piece)
            continue
        first, *others = piece.text.split("/")
        parts[-1].append(Piece(first))
        parts.extend([Piece(other)] for other in others)
    for part in parts:
        literal = "".join(piece.text for piece in part)
        if not any(piece.field for piece in part) and literal.strip(". ") == "":
            raise ArgumentError(f"name {text!r} has a folder or file called {literal!r}; it must lie below OUT_DIR")
    return Template(text, tuple(tuple(part) for part in parts))


def _pieces(text: str) -> list[Piece]:
    try:
        found = list(Formatter().parse(text))
    except ValueError as problem:
        raise ArgumentError(f"name {text!r}: {problem}; braces come in pairs, as in {{PatientID}}") from None
    pieces = []
    for literal, field, spec, conversion in found:
        pieces.append(Piece(literal))
        if field is not None:
            pieces.append(_field(text, field, spec or "", conversion))
    return pieces


def _field(text: str, field: str, spec: str, conversion: str | None) -> Piece:
    try:
        vr = vr_of(tag_of(field))
    except ColumnError as problem:
        raise ArgumentError(f"name {text!r}: no field {field!r}; fields are keywords of DICOM ({problem})") from None
    if vr in _NO_TEXT:
        raise ArgumentError(f"name {text!r}: {field} holds no text or number (it is {vr})")
    if conversion or not _FORMAT.fullmatch(spec):
        asked = f"{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
        raise ArgumentError(f"name {text!r}: {field} has the format {asked!r}; use none, or a padded number as in :04d")
    return Piece(field=field, format=spec)


def relative_name(template: Template, values: Mapping[str, str], longest: int = LONGEST) -> PurePosixPath:
    """The path below the destination, without suffix; missing or empty values become 'unknown'.

    values: text of the attributes by keyword. It has as many parts as the template, each safe by `safe_part`.
    """
    parts = ["".join(_filled(piece, values) for piece in part) for part in template.parts]
    return PurePosixPath(*(safe_part(part, longest) for part in parts))


def _filled(piece: Piece, values: Mapping[str, str]) -> str:
    if not piece.field:
        return piece.text
    value = clean(values.get(piece.field, ""))
    if piece.format and _NUMBER.fullmatch(value):
        return format(int(value), piece.format)
    return value or UNKNOWN


def clean(text: str) -> str:
    """A value without what names must not hold: separators, white space and ``^`` become ``_``."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if unicodedata.category(letter) in _UNSEEN else letter for letter in text).strip()
    return _FORBIDDEN.sub("_", text).strip("_")


def safe_part(text: str, longest: int = LONGEST) -> str:
    """One name of a file or folder that every system takes; distinct long texts stay distinct.

    Letters of all languages stay, composed (NFC). Never empty, ``.``, ``..``, hidden, or like an option of a program;
    longer than ``longest`` bytes it is cut and ends in ``~`` and 8 digits of its SHA-256.
    """
    name = clean(text)
    name = re.sub(r"^[.~-]+", "_", name).rstrip(". ")
    name = name if name.strip("_. ") else UNKNOWN
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    raw = name.encode()
    if len(raw) <= longest:
        return name
    mark = f"~{hashlib.sha256(raw).hexdigest()[:8]}"
    return raw[: longest - len(mark)].decode(errors="ignore").rstrip(". ") + mark


def numbered(path: PurePosixPath, number: int) -> PurePosixPath:
    """The name (without suffix) for the second, third, ... file that would be called the same."""
    return path if number == 1 else path.with_name(f"{path.name} ({number})")


def clash_key(path: PurePosixPath | str) -> str:
    """Equal for names that some system holds for one: upper and lower case, composed and decomposed letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", str(path)).casefold())
