"""One classic file as the source of values for an enhanced one: its own level, and its modern item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import DicomFile
from dicome.multiframe import values as v
from dicome.multiframe.placement import MODERN
from dicome.multiframe.values import Values

UNDEFINED = 1e30
"""Numbers beyond this mean 'not set': 1.7e38 in FL, 7.23e75 in FD."""


@dataclass(frozen=True)
class ClassicValues:
    """Values of a classic file. ``name``: of the file, for messages; ``both``: the top level, then the modern item."""

    name: str
    top: Values
    modern: Values

    @classmethod
    def of(cls, file: DicomFile) -> ClassicValues:
        """The values of an opened file."""
        top = v.file_values(file)
        return cls(file.path.name, top, _modern(top))

    @cached_property
    def both(self) -> Values:
        """Every attribute; the top level goes first."""
        return {**self.modern, **self.top}

    def text(self, tag: int) -> str:
        """Text of an attribute, '' where absent."""
        return v.text(self.both, tag)

    def text_or_number(self, tag: int) -> str | float:
        """Value of an attribute to compare: the number where it is one, else the text."""
        found = self.number(tag)
        return self.text(tag) if found is None else found

    def words(self, tag: int) -> list[str]:
        """The values of a text attribute, [] where absent or empty."""
        found = self.text(tag)
        return [word.strip() for word in found.split("\\")] if found else []

    def number(self, tag: int) -> float | None:
        """First number of an attribute, None where absent."""
        return v.number(self.both, tag)

    def numbers(self, tag: int) -> NDArray[Any]:
        """Numbers of an attribute, empty where absent."""
        return v.numbers(self.both, tag)

    def defined(self, tag: int) -> bool:
        """Whether an attribute has a value that means something."""
        found = self.both.get(tag)
        if found is None or not found[1]:
            return False
        values = self.numbers(tag) if found[0] in ("FL", "FD") else np.empty(0)
        return not values.size or bool((np.abs(values) < UNDEFINED).all())


def _modern(top: Values) -> Values:
    found = top.get(MODERN)
    if found is None or not isinstance(found[1], list) or not found[1]:
        return {}
    return found[1][0]


def release_of(classic: ClassicValues) -> tuple[int, int]:
    """Release of the scanner's software from (0018,1020), (0, 0) where it says none: ``5.7.1`` is (5, 7)."""
    parts: Sequence[str] = (classic.words(0x00181020) or [""])[0].split(".")
    numbers = [int(part) for part in parts[:2] if part.isdigit()]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (0, 0)


def is_philips(classic: ClassicValues) -> bool:
    """Whether the private attributes of Philips MR are there, which the private groups are made of."""
    return 0x20051011 in classic.top
