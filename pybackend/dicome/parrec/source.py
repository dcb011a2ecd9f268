"""What an image says, looked up by keyword wherever it may stand: frames, shared groups, stacks, the whole file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.columnar import PersonName
from dicome.dicom.dictionary import tag_of
from dicome.frames.geometry import Planes, planes
from dicome.image import Image

Numbers = NDArray[np.float64]

LARGEST = 1e12
"""Greater numbers mean nothing: Philips writes 1.7e38 for what it does not know."""


@dataclass
class Source:
    """An image as the writer of PAR files asks it. missing: names of what had to be made up, filled while asking."""

    image: Image
    missing: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of frames."""
        return self.image.frames.frame_count

    @cached_property
    def planes(self) -> Planes | None:
        """Geometry of all frames."""
        return planes(self.image.frames)

    def whole(self, *keywords: str) -> Any:
        """The first of these values that the file (or its first frame) has, None where it has none."""
        header = self.image.header
        for keyword in keywords:
            if keyword in header and header[keyword] is not None:
                value = header[keyword]
                return self._name(keyword) if isinstance(value, PersonName) else value
            column = self.image.frames.find(keyword)
            if column is not None and column.present.any():
                return column.values[int(np.argmax(column.present))]
        return None

    def _name(self, keyword: str) -> str:
        tag = tag_of(keyword)
        return self.image.series.files[0].text(tag)

    def texts(self, *paths: str) -> list[str] | None:
        """A text of every frame ('' where one has none), None where no frame has any of these."""
        for path in paths:
            column = self.image.frames.find(path)
            if column is not None and column.present.any() and column.values.dtype == object:
                return [str(value) if there else "" for value, there in _cells(column.values, column.present)]
        return None

    def numbers(self, *paths: str) -> Numbers | None:
        """A number (or vector) of every frame, 0 where one has none; None where no frame has any of these."""
        for path in paths:
            column = self.image.frames.find(path)
            if column is not None and column.present.any() and column.values.dtype != object:
                values = np.asarray(column.values, np.float64)
                mask = column.present.reshape(-1, *(1,) * (values.ndim - 1))
                return np.where(mask & (np.abs(values) < LARGEST), values, 0)
        return None

    @cached_property
    def stacks(self) -> Sequence[Mapping[str, Any]]:
        """Items of the Stack Sequence (2001,xx5F); none in files without private groups."""
        found = self.image.header.get("Stack")
        return tuple(found.values()) if isinstance(found, Mapping) else ()

    @cached_property
    def stack_of(self) -> NDArray[np.int64]:
        """0-based stack of every frame: by Stack ID, else by orientation."""
        names = self.texts("FrameContentSequence.StackID", "StackID")
        if names is None:
            number = self.numbers("FrameContentSequence.StackID", "StackID")
            names = None if number is None else [f"{value:g}" for value in number]
        if names is not None:
            order = sorted(set(names), key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0))
            rank = {name: k for k, name in enumerate(order)}
            return np.array([rank[name] for name in names], np.int64)
        if self.planes is None:
            return np.zeros(self.count, np.int64)
        rows = self.planes.directions.round(3) + 0.0
        first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)[1:]
        rank_of = np.argsort(np.argsort(first))
        return np.asarray(rank_of[inverse.reshape(-1)], np.int64)

    def of_stacks(self, *keywords: str) -> NDArray[Any] | None:
        """A number of the stack of every frame, None unless every stack has it."""
        count = int(self.stack_of.max()) + 1
        if len(self.stacks) < count:
            return None
        values = [next((s[k] for k in keywords if k in s and s[k] is not None), None) for s in self.stacks[:count]]
        return None if any(value is None for value in values) else np.array(values)[self.stack_of]

    def made_up(self, name: str) -> None:
        """Notes that a value is a default."""
        if name not in self.missing:
            self.missing.append(name)


def _cells(values: NDArray[Any], present: NDArray[np.bool_]) -> list[tuple[Any, bool]]:
    return list(zip(values.tolist(), present.tolist(), strict=True))
