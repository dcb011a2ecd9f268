"""Raw data and ExamCards as nested structs for MATLAB and Octave: blob, then parameter, then value.

A struct is a dict whose keys are valid field names; a list of structs has the fields ``Item_1``, ``Item_2``, ..., as
dicominfo has them. Numbers are float64 columns, several texts a tuple, bytes uint8, nothing None.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.columnar import Tree
from dicome.errors import DicomeWarning
from dicome.philips.content import Content, Uninterpreted
from dicome.philips.examcard import ExamCard, Scan
from dicome.philips.extract import write_card
from dicome.philips.groups import Parameter, ParameterGroup
from dicome.philips.hardware import CoilState, HardwareConfig
from dicome.philips.protocol import sheet
from dicome.philips.rawdata import Blob, RawData
from dicome.philips.responses import PrescanResponses
from dicome.philips.saved import ComplexHeaders, Lines
from dicome.philips.sources import Source, one_source
from dicome.philips.study import StudyCard

LONGEST_NAME = 63
"""Letters of a field name in MATLAB."""
_ABOUT = (
    "software", "protocol_name", "series_description", "series_number", "acquisition_number", "reconstruction_number",
    "study_uid", "series_uid", "card_name",
)  # fmt: skip


def source_tree(source: Source, *, words: bool = False) -> dict[str, Tree]:
    """A file as a struct.

    A field for each blob of a series or study; ``File`` (what it belongs to), and of cards ``Card`` and ``Scans``.
    words: enums as their words where these are known, not as numbers.
    """
    found: list[tuple[str, Tree]] = []
    if source.raw is not None:
        found.append(("File", _about(source.raw)))
        found += [(blob.name, blob_tree(blob, words)) for blob in source.raw.blobs]
    if source.card is not None:
        found += [("Card", _card(source.card)), ("Scans", _items(_scan(scan, words) for scan in source.card.scans))]
    return fields(found)


def read_tree(
    path: Path, *, card: Path | None = None, words: bool = False, extract: Path | None = None
) -> dict[str, Tree]:
    """Reads a file as a struct; what is wrong with it is warned of.

    card: a file with the words of enums, None for the study's beside it. extract: the folder into which the ExamCard
    of a study goes; the file written is in ``Extracted``. Raises the errors of `sources.one_source`.
    """
    source = one_source(path, [] if card is None else [card])
    for problem in source.problems:
        warnings.warn(problem, DicomeWarning, stacklevel=2)
    found = source_tree(source, words=words)
    if extract is not None and source.raw is not None:
        written = write_card(source.raw, extract)
        found |= {"Extracted": str(written)} if written is not None else {}
    return found


def fields(pairs: Iterable[tuple[str, Tree]]) -> dict[str, Tree]:
    """A struct from names of any kind; the second of one name gets a number."""
    found: dict[str, Tree] = {}
    for name, value in pairs:
        valid = field_name(name)
        key, number = valid, 1
        while key in found:
            number += 1
            key = f"{valid[: LONGEST_NAME - 8]}_{number}"
        found[key] = value
    return found


def field_name(name: str) -> str:
    """A valid field name: letters of ASCII, digits and ``_``, beginning with a letter, at most 63."""
    valid = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return (valid if re.match("[A-Za-z]", valid) else f"x{valid}")[:LONGEST_NAME]


def _items(structs: Iterable[Tree]) -> dict[str, Tree]:
    return {f"Item_{number}": struct for number, struct in enumerate(structs, 1)}


def _about(raw: RawData) -> dict[str, Tree]:
    return fields((name, plain_tree(getattr(raw, name))) for name in _ABOUT)


def blob_tree(blob: Blob, words: bool) -> Tree:
    """What a blob holds; its bytes where they are not understood."""
    if isinstance(blob.content, ParameterGroup):
        return group_tree(blob.content, words)
    if isinstance(blob.content, Uninterpreted):
        return _bytes(blob.data)
    return _content(blob.content)


def _content(content: Content) -> Tree:
    if isinstance(content, CoilState):
        known: list[tuple[str, Tree]] = [("version", _number(content.version))]
        return fields(
            [*known, ("coils", _items(plain_tree(asdict(one)) for one in content.coils)), *_rest(content.rest)]
        )
    if isinstance(content, HardwareConfig):
        version, numbers = _number(content.version), np.array(content.numbers, np.float64)
        return fields([("version", version), ("release", content.release), ("numbers", numbers), *_rest(content.rest)])
    if isinstance(content, PrescanResponses):
        return _items(plain_tree(pair) for pair in content.pairs)
    if isinstance(content, Lines):
        return content.lines
    if isinstance(content, ComplexHeaders):
        columns = (np.asarray(values, np.float64) for values in content.fields.values())
        return fields(zip(content.fields, columns, strict=True))
    return _study(content) if isinstance(content, StudyCard) else None


def _rest(rest: bytes) -> list[tuple[str, Tree]]:
    return [("rest", _bytes(rest))] if rest else []


def _study(study: StudyCard) -> dict[str, Tree]:
    parts = ("name", "end_time", "scans", "steps", "outputs")
    return fields((name, plain_tree(asdict(study)[name])) for name in parts)


def _card(card: ExamCard) -> dict[str, Tree]:
    about: list[tuple[str, Tree]] = [("Name", card.name), ("Release", card.release)]
    return fields(
        [*about, ("Fields", plain_tree(card.fields)), ("Steps", plain_tree([asdict(one) for one in card.steps]))]
    )


def _scan(scan: Scan, words: bool) -> dict[str, Tree]:
    lines = sheet(scan.parameters) if scan.parameters is not None else []
    return fields(
        [
            ("Name", scan.name),
            ("Method", scan.method),
            ("Parameters", group_tree(scan.parameters, words) if scan.parameters is not None else None),
            ("Sheet", tuple(str(line) for line in lines)),
            ("Fields", plain_tree(scan.fields)),
        ]
    )


def group_tree(group: ParameterGroup, words: bool) -> dict[str, Tree]:
    """A field for each parameter."""
    return fields((one.name, _values(one, words)) for one in group.parameters)


def _values(parameter: Parameter, words: bool) -> Tree:
    values = parameter.values
    if isinstance(values, bytes):
        return _bytes(values)
    named = parameter.words() if words else []
    if named and None not in named:
        values = tuple(str(word) for word in named)
    if isinstance(values, tuple):
        return values[0] if len(values) == 1 else values
    return values.astype(np.float64)


def _bytes(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8)


def _number(value: float) -> NDArray[np.float64]:
    return np.array([value], np.float64)


def plain_tree(value: Any) -> Tree:
    """Values as JSON has them; a list becomes a column of numbers, a tuple of texts, or items."""
    if isinstance(value, dict):
        return fields((str(name), plain_tree(inner)) for name, inner in value.items())
    if isinstance(value, bool):
        return np.array([value], np.uint8)  # a column of logicals could not share a table with bytes
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return _list(list(value))
    return value if isinstance(value, str) else None


def _list(values: list[Any]) -> Tree:
    if not values:
        return None
    if all(isinstance(value, bool) for value in values):
        return np.array(values, np.uint8)
    if all(isinstance(value, (int, float)) for value in values):
        return np.array(values, np.float64)
    if all(isinstance(value, str) for value in values):
        return tuple(values)
    return _items(map(plain_tree, values))
