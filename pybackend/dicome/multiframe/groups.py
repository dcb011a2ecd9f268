"""Values of the functional groups of an enhanced file, from the classic files of its frames.

The groups and their attributes are those of the writer's tables (`enhanced.groups`, `enhanced.philips`). An attribute
comes from the classic attribute of the same tag; where it has another name there, another unit, or a condition, `RULES`
has a function for it. Nothing is made up: what the classic files do not say is left out, but for the constants of
`RULES`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from dicome.enhanced.encode import NUMBERS, Raw
from dicome.enhanced.groups import GROUPS
from dicome.enhanced.head import HEAD
from dicome.enhanced.layouts import PHILIPS, Layout
from dicome.enhanced.template import Group, Row
from dicome.multiframe.classic_values import ClassicValues
from dicome.multiframe.rules import RULES, Scan
from dicome.multiframe.values import elements_of


def _bare(group: Group) -> Group:
    """A group without the values that the tables suppose where nobody gives one."""
    return replace(
        group, rows=tuple(_bare(r) if isinstance(r, Group) else replace(r, default=None) for r in group.rows)
    )


SCANNER: Layout = replace(
    PHILIPS,
    head=(),
    groups=tuple(_bare(group) for group in PHILIPS.groups),
    defaults={},
)
"""The layout of Philips scanners with nothing but what is given; the head is handed over as elements."""


NEUTRAL = ("NO", "NONE", "UNKNOWN", "U", "MONOCHROME", "VOLUME", "MAGNITUDE")
"""Defaults of the tables that a file may have for want of a better: words that claim next to nothing."""


def _neutral(entry: Row | Group) -> Row | Group:
    if isinstance(entry, Group):
        return replace(entry, rows=tuple(_neutral(row) for row in entry.rows))
    return entry if entry.default in NEUTRAL else replace(entry, default=None)


POOR: Layout = replace(
    SCANNER,
    head=tuple(_neutral(row) for row in HEAD),
    groups=(
        *(group for group in map(_neutral, GROUPS) if isinstance(group, Group)),
        *(group for group in SCANNER.groups if group.tag not in {one.tag for one in GROUPS}),
    ),
)
"""The layout for classic files without the attributes of the enhanced modules: neutral words stand for these."""


def assumed(head: Collection[int], found: Collection[str]) -> list[str]:
    """Keywords of what `POOR` has to assume, given the tags of the head and the names of the group values."""
    names = [row.keyword for row in POOR.head if isinstance(row, Row) and row.default and row.tag not in head]
    names += [row.keyword for name, row in rows_of(POOR.groups) if row.default and name not in found]
    return list(dict.fromkeys(names))


def rows_of(groups: Sequence[Row | Group], owner: str = "") -> Iterator[tuple[str, Row]]:
    """Every attribute of some groups, with the name by which the writer asks for it."""
    for entry in groups:
        if isinstance(entry, Group):
            yield from rows_of(entry.rows, entry.keyword)
        else:
            yield f"{owner}.{entry.keyword}", entry


def group_values(classic: ClassicValues, scan: Scan) -> dict[str, Any]:
    """Every value of the functional groups that one classic file gives, by ``Group.Keyword``."""
    found: dict[str, Any] = {}
    for name, row in rows_of(SCANNER.groups):
        if not scan.philips and name.startswith("Private"):
            continue
        value = RULES[name](classic, scan) if name in RULES else _same(classic, row)
        if value is not None:
            found[name] = value
    return found


def _same(classic: ClassicValues, row: Row) -> Any:
    """The attribute of the same tag, with the VR that the writer gives it."""
    vr, value, _ = classic.both.get(row.tag, ("", None, ""))
    if isinstance(value, list):
        return _frozen(map(elements_of, value)) if row.vr == "SQ" else None
    if vr != row.vr and row.vr in NUMBERS and isinstance(value, Raw):
        return tuple(classic.numbers(row.tag).tolist())
    return value


def _frozen(items: Iterable[Iterable[tuple[int, str, Any]]]) -> tuple[Any, ...]:
    """Items of a sequence in tuples: where they differ between frames, the writer looks them up."""
    return tuple(tuple((tag, vr, _frozen(v) if vr == "SQ" else v) for tag, vr, v in item) for item in items)
