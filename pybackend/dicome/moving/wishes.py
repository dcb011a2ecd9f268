"""The names that files should have, were nothing in the way: a column of names, a few bytes per file."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from dicome.moving.compact import Codes, Texts
from dicome.moving.look import Files, Seen
from dicome.moving.plan import Step


@dataclass(frozen=True, slots=True)
class Wish:
    """A file and the name it should have."""

    seen: Seen
    folder: str
    stem: str
    suffix: str = ""

    @property
    def name(self) -> str:
        """Stem and suffix."""
        return self.stem + self.suffix


class Wishes:
    """Many of them. rows: of their files."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.rows = array("q")
        self._folders, self._stems, self._suffixes = Codes(), Texts(), Codes()

    def add(self, row: int, folder: str, stem: str, suffix: str) -> None:
        """One more, for a row of the files."""
        self.rows.append(row)
        self._folders.append(folder)
        self._stems.append(stem)
        self._suffixes.append(suffix)

    def __len__(self) -> int:
        return len(self.rows)

    def target(self, number: int) -> str:
        """The path that a file should have."""
        folder: str = self._folders[number]
        name = self._stems[number] + self._suffixes[number]
        return os.path.join(folder, name)  # noqa: PTH118  # paths are texts here

    def step(self, number: int) -> Step:
        """The way there, were nothing in the way."""
        row, files = self.rows[number], self.files
        return Step(files.path(row), self.target(number), files.sizes[row], files.modified[row])

    def __getitem__(self, number: int) -> Wish:
        return Wish(self.files[self.rows[number]], self._folders[number], self._stems[number], self._suffixes[number])


class Steps(Sequence[Step]):
    """What comes of some wishes; each step is made when it is asked for.

    numbers: of the wishes. other: steps that are not simply what is wished, by number.
    """

    def __init__(self, wishes: Wishes, numbers: Iterable[int], other: Mapping[int, Step]) -> None:
        self._wishes = wishes
        self._numbers = array("q", numbers)
        self._other = other

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, row: int) -> Step: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Step]: ...
    def __getitem__(self, row: int | slice) -> Step | Sequence[Step]:
        if isinstance(row, slice):
            return Steps(self._wishes, self._numbers[row], self._other)
        return self._step(self._numbers[row])

    def __iter__(self) -> Iterator[Step]:
        return map(self._step, self._numbers)

    def _step(self, number: int) -> Step:
        return self._other.get(number) or self._wishes.step(number)
