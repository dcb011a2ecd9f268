"""Columns that hold a value per file in few bytes: a run may move a hundred thousand files."""

from __future__ import annotations

from array import array
from typing import Any

_ERRORS = "surrogatepass"  # file names need be no text


class Texts:
    """Texts that mostly differ, one behind the other in one buffer: a text costs its own letters and 8 bytes."""

    def __init__(self) -> None:
        self._letters = bytearray()
        self._bounds = array("q", (0,))

    def append(self, text: str) -> None:
        """Adds one."""
        self._letters += text.encode("utf-8", _ERRORS)
        self._bounds.append(len(self._letters))

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __getitem__(self, row: int) -> str:
        return self._letters[self._bounds[row] : self._bounds[row + 1]].decode("utf-8", _ERRORS)


class Codes:
    """A column of values of which many are equal: each different one is kept once, and a number per row.

    values: the different ones. rows: which of them each row has.
    """

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.rows = array("i")
        self._known: dict[Any, int] = {}

    def append(self, value: Any) -> None:
        """Adds a row."""
        code = self._known.get(value)
        if code is None:
            code = self._known[value] = len(self.values)
            self.values.append(value)
        self.rows.append(code)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> Any:
        return self.values[self.rows[row]]
