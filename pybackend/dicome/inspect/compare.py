"""Several files side by side: what all have in common, then what differs, file by file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dicome.dicom.file import DicomFile
from dicome.inspect.places import Place, find_all, find_first, places
from dicome.inspect.shown import Value, mark_of
from dicome.inspect.tags import Key, Step, Wanted, key_of, number_of, typed_name

MOST_LISTED = 10_000
"""Distinct values that JSON lists of one attribute."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one file says of one attribute. text: as it is shown; data: for JSON; mark: see `Value`."""

    text: str
    data: Any
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One file with its answers by name, and the tags under which they were found; what it lacks is left out."""

    file: str
    answers: dict[str, Answer]
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """numbers: the tag of every name as found first, in the order asked for. same: name to the common answer, None
    where all lack it. different: names of the others.
    """

    numbers: dict[str, str]
    rows: tuple[Row, ...]
    same: dict[str, Answer | None]
    different: tuple[str, ...]


def read_row(
    file: DicomFile, wanted: Sequence[Wanted | None], everywhere: bool = False, exact: bool = True
) -> tuple[Row, dict[str, str]]:
    """One file's answers, and the tag of every name.

    wanted: attributes, None: all of them (of the top level, unless ``everywhere``). everywhere: all places count, not
    the first one only. exact: for comparing with other files, bytes that are not shown are read as well.
    """
    asked = list(_expanded(file, wanted, everywhere))
    answers: dict[str, Answer] = {}
    tags: dict[str, str] = {}
    if everywhere:
        for one, found in zip(asked, find_all(file, asked), strict=True):
            if found:
                answers[one.name], tags[one.name] = summary(found, exact), number_of(found[0].element)
    else:
        for one, place in zip(asked, find_first(file, asked), strict=True):
            if place is not None:
                answers[one.name], tags[one.name] = _answer(place.value(exact)), number_of(place.element)
    return Row(str(file.path), answers, tags), {one.name: one.number for one in asked}


def _expanded(file: DicomFile, wanted: Sequence[Wanted | None], everywhere: bool) -> Iterable[Wanted]:
    """The attributes with ``*`` written out, each once."""
    seen: dict[str, Wanted] = {}
    for one in wanted:
        for entry in [one] if one is not None else _all(file, everywhere):
            seen.setdefault(entry.name, entry)
    return seen.values()


def _all(file: DicomFile, everywhere: bool) -> Iterable[Wanted]:
    keys: dict[Key, Wanted] = {}
    for place in places(file):
        element = place.element
        if (everywhere or len(place.chain) == 1) and key_of(element) not in keys:
            step = Step(key_of(element))
            keys[step.key] = Wanted(typed_name(element), ((step,),))
    return keys.values()


def summary(found: Sequence[Place], exact: bool = False) -> Answer:
    """All values of some places in words: the value if there is one, else the first, the last and their number.

    exact: for comparing with other files: also a single one is read, for its mark.
    """
    distinct: dict[tuple[str, str], Value] = {}
    for place in found:
        for value in place.values(exact or len(found) > 1)[0]:
            distinct.setdefault((value.text, value.mark), value)
    return of_values(list(distinct.values()), exact)


def of_values(values: Sequence[Value], exact: bool = False) -> Answer:
    """Distinct values in words. exact: with a mark, because those between the first and the last are not shown."""
    if len(values) == 1:
        return _answer(values[0])
    if not values:
        return Answer("", None)
    values = [value.marked() for value in values]
    text = f"{values[0].text} .. {values[-1].text} ({len(values):,} values)"
    listed = [value.data for value in values[:MOST_LISTED]]
    data = {"first": values[0].data, "last": values[-1].data, "count": len(values), "values": listed}
    return Answer(text, data, mark_of("\n".join(value.text for value in values).encode()) if exact else "")


def _answer(value: Value) -> Answer:
    return Answer(value.text, value.data, value.mark)


def compare(rows: Sequence[Row], numbers: dict[str, str]) -> Comparison:
    """Tells what all files have in common from what differs; what differs has its marks in the text."""
    same: dict[str, Answer | None] = {}
    different = []
    for name in numbers:
        first = rows[0].answers.get(name) if rows else None
        others = (row.answers.get(name) for row in rows[1:])
        if all(_key(one) == _key(first) for one in others):
            same[name] = first
        else:
            different.append(name)
    marked = tuple(
        replace(
            row, answers=row.answers | {name: _marked(row.answers[name]) for name in different if name in row.answers}
        )
        for row in rows
    )
    found = {tag: number for row in reversed(rows) for tag, number in row.tags.items()}
    return Comparison(
        {name: found.get(name, number) for name, number in numbers.items()}, marked, same, tuple(different)
    )


def _key(answer: Answer | None) -> tuple[str, str] | None:
    return None if answer is None else (answer.text, answer.mark)


def _marked(answer: Answer) -> Answer:
    marked = Value(answer.text, answer.data, answer.mark).marked()
    listed = isinstance(answer.data, dict)  # it tells them apart without a mark
    return Answer(marked.text, answer.data if listed else marked.data, answer.mark)
