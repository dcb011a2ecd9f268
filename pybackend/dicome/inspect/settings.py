"""The attributes that `dcminfo` shows unless asked for others, and the file in which a user says which."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dicome.errors import ArgumentError, FileAccessError
from dicome.inspect.tags import Wanted, parse_tag, parse_tags

VARIABLE, FILE = "DCMINFORC", ".dcminforc"
WIDTH = 200
"""Columns of a table, unless asked for others."""
NARROWEST = 40

DEFAULT_TAGS: tuple[tuple[str, ...], ...] = (
    ("StudyDate",),
    ("StudyDescription",),
    ("SeriesDate",),
    ("SeriesTime",),
    ("SeriesNumber",),
    ("SeriesDescription",),
    ("ProtocolName",),
    ("ImageType",),
    ("ScanningSequence", "PulseSequenceName"),
    ("RepetitionTime",),
    ("EchoTime", "EffectiveEchoTime"),
    ("InversionTime", "InversionTimes"),
    ("FlipAngle",),
    ("EchoTrainLength", "RFEchoTrainLength"),
    ("Rows",),
    ("Columns",),
    ("PixelSpacing",),
    ("SliceThickness",),
    ("SpacingBetweenSlices",),
    ("NumberOfFrames",),
    ("MRSeriesNrOfSlices",),
    ("MRSeriesNrOfEchoes",),
    ("MRSeriesNrOfDynamicScans", "NumberOfTemporalPositions"),
    ("DiffusionBValue", "MRImageDiffusionBFactor"),
    ("MagneticFieldStrength",),
    ("Manufacturer",),
    ("ManufacturerModelName",),
    ("SoftwareVersions",),
    ("StationName",),
)
"""What an MR physicist asks of a scan. Of several names the first that a file has: enhanced and classic MR, and the
private attributes of Philips, call some things differently.
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """wanted: attributes shown by default; width: columns of a table."""

    wanted: tuple[Wanted | None, ...]
    width: int = WIDTH


def default_tags() -> tuple[Wanted, ...]:
    """The predefined attributes, each with the names it goes by."""
    return tuple(
        Wanted(names[0], tuple(way for name in names for way in parse_tag(name).ways)) for names in DEFAULT_TAGS
    )


def read_settings(environment: Mapping[str, str], home: Path) -> Settings:
    """The settings of a user: the file that DCMINFORC names, else ``.dcminforc`` in the home folder, else our own.

    Raises ArgumentError (line and what is wrong), FileAccessError where a named file cannot be read.
    """
    named = environment.get(VARIABLE, "")
    path = Path(os.path.expanduser(named)) if named else home / FILE  # noqa: PTH111  # knows no ~name: it stays
    if not named and not path.exists():
        return Settings(default_tags())
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as problem:
        where = f" (named by {VARIABLE})" if named else ""
        raise FileAccessError(f"{path}{where}: cannot be read: {problem.strerror or problem}") from problem
    return parse_settings(text, str(path))


def parse_settings(text: str, where: str) -> Settings:
    """The settings in the text of such a file: ``Tags <tag1> <tag2> ...`` and ``MaxWidth <number>``, # comments."""
    wanted: list[Wanted | None] = []
    width = WIDTH
    for number, line in enumerate(text.splitlines(), 1):
        key, *values = _words(line) or [""]
        try:
            if key.casefold() == "tags" and values:
                wanted += [one for value in values for one in parse_tags(value)]
            elif key.casefold() == "maxwidth" and len(values) == 1:
                width = checked_width(values[0])
            elif key:
                _refuse(line)
        except ArgumentError as problem:
            raise ArgumentError(f"{where}, line {number}: {problem}") from None
    return Settings(tuple(wanted) or default_tags(), width)


def _words(line: str) -> list[str]:
    """The words of a line up to a comment; names of private creators, in double quotes, may have blanks and #."""
    words = re.findall(r'(?:"[^"]*"|[^"\s#])+|["#]', line)
    return words[: words.index("#")] if "#" in words else words


def _refuse(line: str) -> None:
    raise ArgumentError(f"{line.strip()[:60]!r}; expected 'Tags <tag> <tag> ...' or 'MaxWidth <number>'")


def checked_width(text: str) -> int:
    """Columns of a table; 0: no limit. Raises ArgumentError."""
    if text.isascii() and text.isdecimal() and (int(text) == 0 or int(text) >= NARROWEST):
        return int(text)
    raise ArgumentError(f"width {text!r}: expected 0 (no limit) or a number of columns from {NARROWEST} on")
