"""The protocol sheet of a scan, worded and laid out as the console exports it: ``name =`` tabs ``value;``.

The parameters come in their own order, which is the console's. What each is called there, how its value is written and
when it is left out stands in ``protocol.tsv``; the console's words for enums in ``words.tsv``. A parameter that no row
names is worded from its own name, so that a new release loses nothing. The tables were made from the parameters' names
and from sheets that an R3.2 console exported of the very scans of an ExamCard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from dicome.philips.groups import Parameter, ParameterGroup

HIDDEN = "-"
VALUE_COLUMN = 32
"""Column of the values; labels are followed by tabs of 8 columns."""
TAB = 8
ALIGNED = 6
"""Blanks from which on a label is not a part of the one above, but stands in line with its last words."""

AXES = {"TRANSVERSAL": ("AP", "RL", "FH"), "SAGITTAL": ("FH", "AP", "RL"), "CORONAL": ("FH", "RL", "AP")}
"""By orientation of the first stack: its axes in the plane, then the one across."""
DIRECTIONS = {"AP": "AP", "LR": "RL", "FH": "FH"}
"""Fold-over directions as parameters name them, and as the console does."""

COUNTED_BY = {"stack": "EX_GEO_stacks", "rest": "EX_REST_slabs"}
"""Form of a value to the parameter that says how many of an array's values are in use."""
UPPER_COIL_PARTS = frozenset({"SENSE", "NV", "XL"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row of ``protocol.tsv``. form: '' (one value, or runs of equal ones), stack, rest, names; condition: as in
    the table.
    """

    label: str
    form: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the sheet. label: with its indentation; value: as the console writes it; name: of the parameter.
    section: the heading of the parameters it stands among, as the file has it (geometry, contrast, ...).
    """

    label: str
    value: str
    name: str
    section: str

    def __str__(self) -> str:
        """The line as the console exports it; a label that reaches into the values has them on a line below."""
        head = f"{self.label} ="
        if len(head) >= VALUE_COLUMN:
            return f"{head}\t\n{chr(9) * (VALUE_COLUMN // TAB)}{self.value};"
        return f"{head}{chr(9) * -((len(head) - VALUE_COLUMN) // TAB)}{self.value};"


def sheet(group: ParameterGroup, *, shown_only: bool = False) -> list[Line]:
    """The protocol sheet of a scan's parameters.

    shown_only: leave out what the console would not show by the parameter's own flag; that is how the parameters of a
    series file are to be read, which hold many more than an ExamCard.
    """
    known = {parameter.name: parameter for parameter in reversed(group.parameters)}
    shown = frozenset(name for name, parameter in known.items() if parameter.shown or not shown_only)
    names = _axis_names(known)
    lines: list[Line] = []
    section = ""
    for parameter in group.parameters:
        if parameter.is_separator:
            section = parameter.name.split("_")[1]
        if shown_only and not parameter.shown:
            continue
        row = _row(parameter, known, shown)
        if row.label != HIDDEN:
            label = row.label.format(**names)
            lines.append(Line(label, written(parameter, row.form, known), parameter.name, section))
    return lines


def _row(parameter: Parameter, known: dict[str, Parameter], shown: frozenset[str]) -> Row:
    """The first row of the table whose condition holds; one made from the name where there is none."""
    rows = table().get(parameter.name)
    if rows is None:
        return Row(HIDDEN if parameter.is_separator else worded(parameter.name))
    return next((row for row in rows if _holds(row.condition, known, shown)), Row(HIDDEN))


def _holds(condition: str, known: dict[str, Parameter], shown: frozenset[str]) -> bool:
    """Whether a condition holds: ``NAME`` (is shown), ``NAME=WORD,WORD``, ``NAME!=WORD``; several, with blanks."""
    return all(_holds_one(part, known, shown) for part in condition.split())


def _holds_one(condition: str, known: dict[str, Parameter], shown: frozenset[str]) -> bool:
    name, equals, words = condition.partition("=")
    if not equals:
        return name in shown
    word = _first_word(known.get(name.removesuffix("!")))
    return (word in words.split(",")) != name.endswith("!")


def _first_word(parameter: Parameter | None) -> str | None:
    """The first value: the word of an enum, a whole number as text."""
    if parameter is None or isinstance(parameter.values, bytes) or not len(parameter.values):
        return None
    words = parameter.words()
    return words[0] if words else str(parameter.values[0])


def _axis_names(known: dict[str, Parameter]) -> dict[str, str]:
    """Names of the directions of measurement, fold-over and slices; the letters themselves where they are unknown."""
    axes = AXES.get(_first_word(known.get("EX_GEO_stacks_orientations")) or "")
    fold = DIRECTIONS.get(_first_word(known.get("EX_GEO_stacks_prep_dirs")) or "")
    if axes is None or fold not in axes[:2]:
        return {"M": "M", "P": "P", "S": "S"}
    return {"M": next(axis for axis in axes[:2] if axis != fold), "P": fold, "S": axes[2]}


def written(parameter: Parameter, form: str = "", known: dict[str, Parameter] | None = None) -> str:
    """The values as the console writes them: text in quotes, equal ones counted: ``" M", (3) " no"``."""
    texts = _texts(parameter)[: _count(parameter, form, known or {})]
    if form == "names":
        texts = [text for text in texts if text != '""'] or texts[:1]
    return runs(texts)


def used(parameter: Parameter, known: dict[str, Parameter]) -> Parameter:
    """The parameter with the values that are in use: of arrays by stack or REST slab as many as there are."""
    rows = table().get(parameter.name, ())
    form = next((row.form for row in rows if row.form in COUNTED_BY), "")
    return replace(parameter, values=parameter.values[: _count(parameter, form, known)]) if form else parameter


def _count(parameter: Parameter, form: str, known: dict[str, Parameter]) -> int:
    """How many of an array's values are in use."""
    if form not in COUNTED_BY:
        return len(parameter.values)
    counter = known.get(COUNTED_BY[form])
    known_count = counter is not None and counter.kind == "int" and len(counter.values) > 0
    return max(1, int(np.asarray(counter.values)[0])) if counter is not None and known_count else 1


def full_labels(lines: Iterable[Line]) -> dict[str, str]:
    """The label of each parameter with those above it: ``TFE prepulse, delay, (ms)``, ``FOV RL (mm)``."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in lines:
        text = line.label.lstrip()
        indent = len(line.label) - len(text)
        while above and above[-1][0] >= indent:
            above.pop()
        above.append((indent, text))
        found.setdefault(line.name, " ".join(_joined(above).split()))
    return found


def _joined(labels: list[tuple[int, str]]) -> str:
    """Labels one below the other; of those with the next in line with their last words the words before them."""
    parts = []
    for (indent, text), (next_indent, _) in pairwise(labels):
        deeper = next_indent - indent
        parts.append(f"{text[:deeper]} " if deeper >= ALIGNED else f"{text}, ")
    return "".join([*parts, labels[-1][1]])


def runs(texts: Iterable[str]) -> str:
    """Texts with commas, equal neighbours counted in front."""
    counted = ((text, sum(1 for _ in same)) for text, same in groupby(texts))
    return ", ".join(f"({count}) {text}" if count > 1 else text for text, count in counted)


def _texts(parameter: Parameter) -> list[str]:
    values = parameter.values
    if isinstance(values, bytes):
        return [values.hex()]
    if isinstance(values, tuple):
        return [f'"{value}"' for value in values]
    if parameter.kind == "float":
        return [number(value) for value in values.tolist()]
    numbers = [str(value) for value in values.tolist()]
    if parameter.kind != "enum" or not parameter.labels:
        return numbers
    words = (None if word is None else console_word(parameter.name, word) for word in parameter.words())
    return [value if word is None else f'"{word}"' for value, word in zip(numbers, words, strict=True)]


def number(value: float) -> str:
    """A 32-bit float with the nine digits that tell it from its neighbours; no sign on zero."""
    return f"{value + 0.0:.9g}"


def console_word(name: str, word: str) -> str:
    """What the console calls a word of an enum."""
    rows = words()
    found = next((rows[key] for key in ((name, word), (name, "*"), ("*", word)) if key in rows), "")
    if found.startswith("@"):
        return _RULES[found](word)
    return found or word.lower().replace("_", " ")


def _coil(word: str) -> str:
    parts = word.split("_")
    keep = (part in UPPER_COIL_PARTS or any(letter.isdigit() for letter in part) for part in parts)
    return "-".join(part if kept else part.capitalize() for part, kept in zip(parts, keep, strict=True))


_RULES: dict[str, Callable[[str], str]] = {
    "@same": lambda word: word,
    "@coil": _coil,
    "@sentence": lambda word: word.replace("_", " ").capitalize(),
}
"""Rules of ``words.tsv``."""


def worded(name: str) -> str:
    """A label made from a parameter's name: ``EX_FLL_pcasl_dur`` is ``FLL pcasl dur``."""
    return " ".join(name.split("_")[1:]) or name


@cache
def table() -> dict[str, tuple[Row, ...]]:
    """The rows of ``protocol.tsv`` by parameter, in order."""
    found: dict[str, list[Row]] = {}
    for name, *columns in _rows("protocol.tsv"):
        found.setdefault(name, []).append(Row(*columns))
    return {name: tuple(rows) for name, rows in found.items()}


@cache
def words() -> dict[tuple[str, str], str]:
    """``words.tsv``: parameter and word in the file to word on the sheet."""
    return {(name, word): shown for name, word, shown in _rows("words.tsv")}


def _rows(name: str) -> Iterator[list[str]]:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    yield from (line.split("\t") for line in lines[1:])
