"""Which parameters differ between two scans, two cards or two series: what a physicist asks first.

A side is a path, with ``:SCAN`` behind it for one scan of a card. Two cards are compared scan by scan, two series blob
by blob, a scan with a series by the parameters of its examination.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from dicome.errors import ArgumentError
from dicome.philips.examcard import ExamCard, Scan
from dicome.philips.groups import Parameter, ParameterGroup
from dicome.philips.protocol import full_labels, sheet, used
from dicome.philips.sources import Source, one_source
from dicome.philips.values import values_text

EXAM_BLOB = "PDF_EXAM_PARS"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that differs. label: the console's wording, '' where it has none; left, right: the values as text,
    None where that side lacks the parameter.
    """

    name: str
    label: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """What was compared with what: two scans or blobs. left or right is '' where the other side has nothing like it."""

    left: str
    right: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its groups of parameters by name. kind: scan, card or series. problems: what is damaged in its file,
    so that what seems to differ may only be lost.
    """

    title: str
    kind: str
    groups: dict[str, ParameterGroup]
    problems: tuple[str, ...] = ()


def differences(left: str, right: str, cards: Sequence[Path] = ()) -> list[Section]:
    """Compares two sides. cards: with the words of enums, as `sources.read_sources` takes them.

    Raises ArgumentError where they cannot be compared, and the errors of reading.
    """
    return list(compare(side(left, cards), side(right, cards)))


def side(text: str, cards: Sequence[Path] = ()) -> Side:
    """Reads one side: ``PATH`` or ``PATH:SCAN``."""
    path, scan = split(text)
    source = one_source(path, cards)
    if scan:
        name, found = _find_scan(source, scan)
        return Side(f"{path}:{name}", "scan", {name: _parameters(found)}, source.problems)
    if source.card is not None:
        groups = {name: _parameters(one) for name, one in _scans(source.card).items()}
        return Side(str(path), "card", groups, source.problems)
    blobs = source.raw.blobs if source.raw is not None else ()
    contents = ((blob.name, blob.content) for blob in blobs if isinstance(blob.content, ParameterGroup))
    return Side(str(path), "series", _unique(contents), source.problems)


def split(text: str) -> tuple[Path, str]:
    """Path and scan; the path may hold colons itself."""
    at = len(text)
    while at > 0:
        if Path(text[:at]).exists():
            return Path(text[:at]), text[at + 1 :]
        at = text.rfind(":", 0, at)
    return Path(text), ""


def _scans(card: ExamCard) -> dict[str, Scan]:
    """The scans of a card by name."""
    return _unique((scan.name, scan) for scan in card.scans)


def _unique(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """By name; the second of one name gets a number."""
    found: dict[str, T] = {}
    for name, one in pairs:
        key, number = name, 1
        while key in found:
            number += 1
            key = f"{name} ({number})"
        found[key] = one
    return found


def _find_scan(source: Source, name: str) -> tuple[str, Scan]:
    """The scan of that name, or number, and its name."""
    if source.card is None:
        raise ArgumentError(f"{source.path}: the raw data of a series has no scans; leave out ':{name}'")
    scans = _scans(source.card)
    if name in scans:
        return name, scans[name]
    numbered = {str(number): one for number, one in enumerate(scans.items(), 1)}
    if name not in numbered:
        raise ArgumentError(f"{source.path}: no scan {name!r}; it has {', '.join(scans)}")
    return numbered[name]


def _parameters(scan: Scan) -> ParameterGroup:
    return scan.parameters if scan.parameters is not None else ParameterGroup((), 0)


def compare(left: Side, right: Side) -> Iterator[Section]:
    """Compares two sides that were read."""
    kinds = {left.kind, right.kind}
    if left.kind == right.kind == "scan" or kinds == {"scan", "series"}:
        yield _compare_examination(left, right)
    elif left.kind == right.kind:
        names = dict.fromkeys([*left.groups, *right.groups])
        for name in names:
            yield _section(name, left, right)
    else:
        one = left if left.kind == "card" else right
        scans = ", ".join(one.groups)
        raise ArgumentError(f"{one.title} is a whole card; say which scan, as in {one.title}:NAME (it has {scans})")


def _compare_examination(left: Side, right: Side) -> Section:
    ours, theirs = _examination(left), _examination(right)
    labels = _labels(theirs, right.kind) | _labels(ours, left.kind)
    changes = changes_of(ours, theirs, labels)
    if left.kind != right.kind:
        # A series holds a thousand parameters that cards leave out.
        changes = tuple(change for change in changes if change.left is not None and change.right is not None)
    return Section(left.title, right.title, changes)


def _examination(one: Side) -> ParameterGroup:
    """The parameters of a scan, or those in a series that are like them."""
    group = one.groups.get(EXAM_BLOB) if one.kind == "series" else next(iter(one.groups.values()))
    if group is None:
        raise ArgumentError(f"{one.title}: has no {EXAM_BLOB} to compare")
    return group


def _section(name: str, left: Side, right: Side) -> Section:
    ours, theirs = left.groups.get(name), right.groups.get(name)
    if ours is None or theirs is None:
        return Section(name if ours is not None else "", name if theirs is not None else "", ())
    labels = _labels(theirs, right.kind) | _labels(ours, left.kind)
    return Section(name, name, changes_of(ours, theirs, labels))


def _labels(group: ParameterGroup, kind: str) -> dict[str, str]:
    """The wording of each parameter. In a series only what the console shows stands below something else."""
    if kind != "series":
        return full_labels(sheet(group))
    alone = {line.name: line.label for line in sheet(group) if not line.label.startswith(" ")}
    return alone | full_labels(sheet(group, shown_only=True))


def changes_of(left: ParameterGroup, right: ParameterGroup, labels: Mapping[str, str]) -> tuple[Change, ...]:
    """The parameters whose values differ or that only one of two groups has, in the order of the left one.

    Of arrays with a value for each stack or REST slab, those in use are compared. labels: wording by parameter.
    """
    ours, theirs = _in_use(left), _in_use(right)
    found = []
    for name in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(name), theirs.get(name)
        if one is None or other is None or not same(one, other):
            found.append(Change(name, labels.get(name, ""), _text(one, other), _text(other, one)))
    return tuple(found)


def _in_use(group: ParameterGroup) -> dict[str, Parameter]:
    """The first parameter of each name, separators left out, with the values that are in use."""
    known = {parameter.name: parameter for parameter in reversed(group.parameters)}
    names = (parameter.name for parameter in group.parameters if not parameter.is_separator)
    return {name: used(known[name], known) for name in names}


def same(one: Parameter, other: Parameter) -> bool:
    """Whether the values are the same; enums with words on both sides by their words, which releases number anew."""
    if one.labels and other.labels and None not in (words := one.words()):
        return words == other.words()
    if isinstance(one.values, (tuple, bytes)) or isinstance(other.values, (tuple, bytes)):
        return type(one.values) is type(other.values) and one.values == other.values
    return one.kind == other.kind and np.array_equal(one.values, other.values, equal_nan=one.kind == "float")


def _text(parameter: Parameter | None, other: Parameter | None) -> str | None:
    if parameter is None:
        return None
    named = parameter.with_labels(other.labels) if other is not None else parameter
    return values_text(named)


def section_lines(section: Section) -> Iterator[str]:
    """A section as text: name, wording, left and right in columns."""
    if not section.left or not section.right:
        yield f"only on the {'right' if section.right else 'left'}: {section.left or section.right}"
        return
    title = section.left if section.left == section.right else f"{section.left}  |  {section.right}"
    yield f"--- {title}: {len(section.changes)} differ"
    if not section.changes:
        return
    names = max(len(change.name) for change in section.changes)
    labels = max(len(change.label) for change in section.changes)
    lefts = min(40, max(len(change.left or "-") for change in section.changes))
    for change in section.changes:
        left = "-" if change.left is None else change.left
        right = "-" if change.right is None else change.right
        yield f"{change.name:<{names}}  {change.label:<{labels}}  {left:<{lefts}}  |  {right}"
