"""What differs between two data sets, element by element, and how a difference is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.columns import Source, Spots, as_column, unused_name
from dicome.dicom.dictionary import is_private_creator
from dicome.dicom.scan import Element
from dicome.multiframe.known import Known, known_of
from dicome.multiframe.values import usual_tag

Where = Literal["meta", "file", "frames"]
Kind = Literal["only in A", "only in B", "differs"]

SHOWN = 60
"""Signs of a value in a difference."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute that is not the same. ``path``: keywords joined with dots; ``a``, ``b``: its values, of frame
    number ``frame`` (1-based, in A) where it differs between frames; ``frames``: how many differ; ``largest``: largest
    difference of numbers; ``reason``: why a converted file is expected to differ, '' where it is not.
    """

    where: Where
    kind: Kind
    path: str
    tag: str
    a: str
    b: str
    frames: int = 0
    frame: int = 0
    largest: float | None = None
    reason: str = ""


def tree_differences(
    where: Where, a: Sequence[Element], source_a: Source, b: Sequence[Element], source_b: Source, prefix: str = ""
) -> Iterator[Difference]:
    """Differences of two data sets, item by item."""
    ones, twos = _named(a), _named(b)
    for name in dict.fromkeys((*ones, *twos)):
        one, two, path = ones.get(name), twos.get(name), prefix + name
        if one is None or two is None:
            there, source = (one, source_a) if one is not None else (two, source_b)
            assert there is not None
            yield _only(where, path, there, source, in_a=one is not None)
        elif one.items is None or two.items is None or len(one.items) != len(two.items):
            yield from _values(where, path, one, source_a, two, source_b)
        else:
            for number, (item, other) in enumerate(zip(one.items, two.items, strict=True), 1):
                step = path if number == 1 else f"{path}[{number}]"
                yield from tree_differences(where, item.elements, source_a, other.elements, source_b, f"{step}.")


def path_name(name: str, element: Element) -> str:
    """A step of a path: the keyword; of a private element without one its tag in the block that scanners use."""
    if not name.startswith("Private_") or element.creator is None:
        return name
    tag = usual_tag(element.tag, element.creator.strip())
    return f"Private_{tag >> 16:04x}_{tag & 0xFFFF:04x}"


def _named(elements: Sequence[Element]) -> dict[str, Element]:
    used: set[str] = set()
    return {
        path_name(unused_name(element, used), element): element
        for element in elements
        if not is_private_creator(element.tag) and element.tag & 0xFFFF
    }


def _only(where: Where, path: str, element: Element, source: Source, *, in_a: bool) -> Difference:
    value = shown(element, source)
    kind: Kind = "only in A" if in_a else "only in B"
    return Difference(
        where, kind, path, tag_text(element), value if in_a else "", "" if in_a else value, reason=reason_for(path)
    )


def _values(
    where: Where, path: str, one: Element, source_a: Source, two: Element, source_b: Source
) -> Iterator[Difference]:
    if one.items is not None or two.items is not None:
        yield Difference(
            where, "differs", path, tag_text(one), shown(one, source_a), shown(two, source_b), reason=reason_for(path)
        )
        return
    first, second = column_of(one, source_a)[0][0], column_of(two, source_b)[0][0]
    if not equal(first, second):
        values = shown(one, source_a), shown(two, source_b)
        yield Difference(
            where,
            "differs",
            path,
            tag_text(one),
            *values,
            largest=largest_difference(first, second),
            reason=reason_for(path, first, second),
        )


def column_of(element: Element, source: Source) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Value of one element as an array of one row, and whether it is there."""
    return as_column(source, Spots(np.array([element.offset]), np.array([element.length]), element.vr))


def shown(element: Element, source: Source) -> str:
    """The value of an element, or the length of a sequence, as text."""
    if element.items is not None:
        return f"a sequence of {len(element.items)}"
    return value_text(column_of(element, source)[0][0])


def tag_text(element: Element) -> str:
    """The tag as DICOM prints it."""
    return f"({element.tag >> 16:04X},{element.tag & 0xFFFF:04X})"


def value_text(value: Any) -> str:
    """A value as text, cut to `SHOWN` signs."""
    if value is None:
        return ""
    if isinstance(value, np.ndarray | tuple | list):
        text = "\\".join(map(value_text, np.asarray(value).tolist()))
    else:
        text = f"{value:.9g}" if isinstance(value, float | np.floating) else str(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def equal(one: Any, two: Any) -> bool:
    """Whether two values are the same: text, a number, or as many numbers."""
    if isinstance(one, np.ndarray | tuple) or isinstance(two, np.ndarray | tuple):
        one, two = np.asarray(one), np.asarray(two)
        return bool(one.shape == two.shape and (one == two).all())
    return bool(one == two)


def _distance(one: Any, two: Any) -> float | None:
    """Largest difference of numbers, None where they are none or not as many."""
    try:
        first, second = np.asarray(one, float), np.asarray(two, float)
    except (TypeError, ValueError):
        return None
    if first.shape != second.shape or not first.size:
        return None
    found = float(np.abs(first - second).max())
    return found if np.isfinite(found) else None


def largest_difference(one: Any, two: Any) -> float | None:
    """Largest difference of numbers; None for text, even of digits."""
    kinds = {np.asarray(value).dtype.kind for value in (one, two)}
    return None if kinds & set("USO") else _distance(one, two)


def reason_for(path: str, one: Any = None, two: Any = None) -> str:
    """Why an attribute is expected to differ; '' where it is not, or by too much."""
    entry: Known | None = known_of(path)
    if entry is None:
        return ""
    distance = None if one is None else _distance(one, two)
    if distance is not None and not entry.explains(float(np.abs(np.asarray(one, float)).max()), distance):
        return ""
    return entry.reason
