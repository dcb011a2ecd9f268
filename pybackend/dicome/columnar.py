"""Many headers of one shape as columns: what the header view, the bridge and the exporters hand to each other.

A `Group` stands for ``count`` data sets (or sequence items) that have the same fields in the same order. A scalar
header is a Group of count 1; the 16,000 frame items of a file are a handful of Groups. Nothing here reads files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tree = str | tuple[str, ...] | NDArray[Any] | None | Mapping[str, "Tree"]
"""Nested structs of one data set for MATLAB and Octave: text, a cell of texts, a column of numbers, nothing, or fields
by valid names.
"""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numeric leaf: ``values[i]`` is the column vector of data set i; shape ``(count, multiplicity)``.

    The dtype is the class MATLAB's dicominfo gives (DS and IS float64, US uint16, FL float32, ...). ``pairs`` marks
    attribute tags (AT): each data set then holds rows ``[group element]``, shape ``(count, tags, 2)``.
    """

    values: NDArray[Any]
    pairs: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Leaf with few different values: data set i holds ``distinct[codes[i]]``.

    An entry of ``distinct`` is text (several values keep their backslashes, as in dicominfo), a vector of numbers
    (attributes whose multiplicity differs between data sets), a person name (`PersonName`) or None for an empty value.
    """

    distinct: tuple[str | PersonName | NDArray[Any] | None, ...]
    codes: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class PersonName:
    """A PN value in the five parts that dicominfo gives; empty parts are left out there."""

    FamilyName: str = ""
    GivenName: str = ""
    MiddleName: str = ""
    NamePrefix: str = ""
    NameSuffix: str = ""

    @classmethod
    def parse(cls, text: str) -> PersonName:
        """First name of a PN value, its alphabetic part, split at carets (PS3.5 6.2.1)."""
        parts = (text.split("\\")[0].split("=")[0].split("^") + [""] * 5)[:5]
        return cls(*(part.strip() for part in parts))

    def parts(self) -> dict[str, str]:
        """The parts that are not empty, by name; a wholly empty name keeps an empty FamilyName."""
        found = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        return found or {"FamilyName": ""}


@dataclass(frozen=True, slots=True)
class Items:
    """A sequence: item k (1-based ``Item_k`` in MATLAB) of every data set is ``groups[k - 1]``."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """A sequence whose items come in several shapes: item ``numbers[j]`` (1-based) is row j of its group.

    Used for the per-frame sequence, and only in a Group of count 1.
    """

    groups: tuple[tuple[NDArray[np.int64], Group], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """``count`` data sets of one shape; ``fields`` in file order, named as dicominfo names them."""

    count: int
    fields: dict[str, Numbers | Choices | Items | Parts] = field(default_factory=dict)
