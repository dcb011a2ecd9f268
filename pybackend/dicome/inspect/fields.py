"""All fields of one file, each once: tag, VR, name, and what it says at all its places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dicome.dicom.file import DicomFile
from dicome.inspect.compare import Answer, summary
from dicome.inspect.places import Place, places
from dicome.inspect.render import csv_lines, pairs
from dicome.inspect.tags import Key, key_of, number_of, typed_name


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a file. name: as ``-t`` takes it; number: ``gggg,eeee`` where it stands first."""

    number: str
    vr: str
    name: str
    answer: Answer


def fields(file: DicomFile, by_name: bool = False) -> list[Field]:
    """The attributes at all levels, sorted by tag, or by name."""
    found: dict[Key, list[Place]] = {}
    for place in places(file):
        found.setdefault(key_of(place.element), []).append(place)
    listed = [_field(places_of) for places_of in found.values()]
    return sorted(listed, key=(lambda one: (one.name.casefold(), one.number)) if by_name else (lambda one: one.number))


def _field(found: list[Place]) -> Field:
    element = found[0].element
    return Field(number_of(element), element.vr, typed_name(element), summary(found))


def as_text(found: list[Field], width: int) -> Iterator[str]:
    """Aligned lines."""
    return pairs([(one.number, one.vr, one.name, one.answer.text) for one in found], width)


def as_csv(found: list[Field], file: str = "", header: bool = True) -> Iterator[str]:
    """One line per field. file: of several, the first column; header: whether the names of the columns go before."""
    rows = [["Tag", "VR", "Name", "Value"]] if header else []
    rows += [[one.number, one.vr, one.name, one.answer.text] for one in found]
    if not file:
        return csv_lines(rows)
    names = ["File"] if header else []
    return csv_lines([first, *row] for first, row in zip([*names, *[file] * len(found)], rows, strict=True))


def as_data(found: list[Field]) -> list[dict[str, Any]]:
    """For JSON."""
    return [{"tag": one.number, "vr": one.vr, "name": one.name, "value": one.answer.data} for one in found]
