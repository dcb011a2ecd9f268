"""Where simple_storage of the CTN puts objects, and the file that names them (-n).

    MR/1.2.3.4                     one directory per kind of object, and the SOP Instance UID
    MRSCANNER/DOE_JANE/0301        with a naming file:  A / D 0010 0010 nobody / F 0020 0011 0

A naming file has one rule a line: ``A`` and ``C`` make a directory of the calling and the called AE title, ``D gggg
eeee default`` one of an attribute's value, and ``F gggg eeee default`` appends a value to the file's name. Blanks and
``^`` become ``_``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dicome.errors import ArgumentError, FileAccessError, FileMissingError
from dicome.files.naming import safe_part
from dicome.network.names import safe_uid
from dicome.network.store import Arrival

_STORAGE = "1.2.840.10008.5.1.4.1.1"
DIRECTORIES = {
    f"{_STORAGE}.{end}": name
    for end, name in (
        ("1", "CR"),
        ("2", "CT"),
        ("3", "USMF1993"),
        ("3.1", "USMF"),
        ("4", "MR"),
        ("5", "NM"),
        ("6", "US1993"),
        ("6.1", "US"),
        ("7", "SC"),
        ("12.1", "XRA"),
        ("12.2", "XRF"),
        ("20", "NM"),
        ("128", "PET"),
        ("129", "PETCURVE"),
        ("481.1", "RTIMAGE"),
        ("481.2", "RTDOSE"),
        ("481.3", "RTSSET"),
        ("481.5", "RTPLAN"),
    )
}
"""SOP class to directory; what is not here lies in the base directory itself."""

_RULES = {"A": 1, "C": 1, "D": 4, "F": 4}
"""Kind of rule to the number of its words."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a naming file. tag: of the attribute (D, F); default: where an object has no such value."""

    kind: str
    tag: int = 0
    default: str = ""


def by_kind(arrival: Arrival) -> PurePosixPath:
    """``MR/1.2.3``: directory of the SOP class, SOP Instance UID."""
    head = arrival.head
    name = safe_uid(head.sop_instance)
    return PurePosixPath(DIRECTORIES[head.sop_class], name) if head.sop_class in DIRECTORIES else PurePosixPath(name)


def by_rules(rules: tuple[Rule, ...]) -> Callable[[Arrival], PurePosixPath]:
    """Names by the rules; without an ``F`` the file is called by its SOP Instance UID."""

    def layout(arrival: Arrival) -> PurePosixPath:
        folders, name = [], ""
        for rule in rules:
            value = _value(rule, arrival)
            if rule.kind == "F":
                name += value
            else:
                folders.append(safe_part(value))
        return PurePosixPath(*folders, safe_part(name) if name.strip() else safe_uid(arrival.head.sop_instance))

    return layout


def _value(rule: Rule, arrival: Arrival) -> str:
    texts = {"A": arrival.calling, "C": arrival.called}
    found = texts.get(rule.kind, arrival.head.texts.get(rule.tag, ""))
    return found.strip() or rule.default


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a naming file. Raises FileMissingError, FileAccessError, ArgumentError."""
    try:
        lines = path.read_text(encoding="latin-1").splitlines()
    except FileNotFoundError:
        raise FileMissingError(f"{path}: no such naming file") from None
    except OSError as problem:
        raise FileAccessError(f"{path}: cannot be read: {problem.strerror}") from None
    return tuple(_rule(path, number, line) for number, line in enumerate(lines, 1) if line.strip())


def _rule(path: Path, number: int, line: str) -> Rule:
    words = line.split(maxsplit=3)
    where = f"{path}: line {number}: {line.strip()!r}"
    if words[0] not in _RULES or len(words) < _RULES[words[0]]:
        raise ArgumentError(f"{where}; expected A, C, 'D gggg eeee default' or 'F gggg eeee default'")
    if words[0] in "AC":
        return Rule(words[0])
    try:
        tag = int(words[1], 16) << 16 | int(words[2], 16)
    except ValueError:
        tag = -1
    if not 0 <= tag <= 0xFFFFFFFF:
        raise ArgumentError(f"{where}; expected group and element as hexadecimal numbers, as in D 0010 0020 unknown")
    return Rule(words[0], tag, words[3].strip())
