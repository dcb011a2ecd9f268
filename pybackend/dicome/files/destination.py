"""Directories that a header asks for: ``#-#<directory>``, said at the scanner, as the Kirby Center does it.

A header is written by strangers, so its directory counts only where the configuration allows it: absolute, existing,
writable and searchable, and, all links resolved, at or below one of the allowed roots (none by default). dcm_move
looks in Patient History; a server may look in other fields, and make the last part of the path.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = "#-#"
"""What goes before the directory, wherever it stands in the field."""

FIELDS = {
    "AdditionalPatientHistory": 0x001021B0,
    "StudyDescription": 0x00081030,
    "PatientComments": 0x00104000,
}
"""Fields of a header that may hold it; dcm_move reads the first."""

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Location:
    """asked: the directory as the header has it. path: where that is, all links resolved, or None and the problem."""

    asked: str
    path: Path | None
    problem: str = ""


def find_location(text: str, roots: Iterable[str | os.PathLike[str]], *, make_last: bool = False) -> Location | None:
    """The directory that the text of a field asks for; None where it holds no mark. Nothing is raised.

    The directory ends with the line; where there is none of that name, with the first blank. roots: absolute paths.
    make_last: the last part of the path may be missing, and is then made.
    """
    if MARK not in text:
        return None
    behind = text.split(MARK, 1)[1]
    asked = behind.splitlines()[0].strip(" \t\0\"'") if behind else ""
    words = asked.split()  # none where it is all blanks, of which there are more kinds than one
    if not words:
        return Location("", None, f"no directory behind {MARK}")
    allowed = [Path(root) for root in roots]
    word = words[0]
    tries = [_checked(name, allowed, False) for name in dict.fromkeys((asked, word))]
    if make_last:  # a sentence behind the directory does not become part of its name
        tries.append(_checked(word, allowed, True))
    return next((one for one in tries if one.path is not None), tries[-1] if make_last else tries[0])


def _checked(name: str, roots: list[Path], make_last: bool) -> Location:
    problem = next(_objections(name, roots), "")
    if problem:
        return Location(name, None, problem)
    try:
        path, made = _resolved(Path(name), roots, make_last)
    except OSError as error:
        return Location(name, None, error.strerror or str(error))
    if path is None:
        return Location(name, None, made)
    if not os.access(path, os.W_OK | os.X_OK):
        return Location(name, None, "it is not writable and searchable")
    return Location(name, path)


def _objections(name: str, roots: list[Path]) -> Iterator[str]:
    """What is wrong with a name before the disk is looked at."""
    if any(unicodedata.category(letter) in _UNSEEN for letter in name) or len(name) > _LONGEST:
        yield "no name of a directory"
    if not Path(name).is_absolute():
        yield "it is no absolute path"
    if ".." in Path(name).parts:
        yield "it holds '..'"
    if not roots:
        yield "no directories are allowed (see `dicome config allow`)"


def _resolved(asked: Path, roots: list[Path], make_last: bool) -> tuple[Path | None, str]:
    """The real path, or None and why not. Raises OSError."""
    real = asked.resolve()
    if not any(real.is_relative_to(root.resolve()) for root in roots):
        # The same words whether it exists or not: a header is no way to ask what lies on this disk.
        return None, "it is not below an allowed directory (see `dicome config allow`)"
    if real.is_dir():
        return real, ""
    if not make_last:
        return None, "there is no such directory"
    if not real.parent.is_dir() or os.path.lexists(real):
        return None, "neither it nor the directory above it exists"
    if not any(real.parent.is_relative_to(root.resolve()) for root in roots):
        return None, "it is not below an allowed directory (see `dicome config allow`)"
    real.mkdir()
    return real, ""
