"""TOML tables read with care: what is wrong is told with its place, what was found and what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dicome.configuration import read_table
from dicome.errors import ArgumentError, FileMissingError

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?) *(ms|s|m|min|h|d|)")
_SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) *([kMGT]?i?)B?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_MISSING: Any = object()


def read_toml(path: Path) -> Table:
    """The file as a table. Raises FileMissingError, FileAccessError, ArgumentError."""
    if not path.is_file():
        raise FileMissingError(f"{path}: no such configuration")
    document: Any = read_table(path)
    return Table(document.unwrap(), str(path))


class Table:
    """One table; ``where`` says which in messages. Every key must have been asked for when `finish` is called."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = values
        self.where = where
        self._asked: set[str] = set()

    def wrong(self, key: str, expected: str) -> ArgumentError:
        """The error for a key whose value is not what was expected."""
        if key not in self._values:
            return ArgumentError(f"{self.where}: {key} is missing; expected {expected}")
        return ArgumentError(f"{self.where}: {key} is {self._values[key]!r}; expected {expected}")

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def _get(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        return self._values.get(key, default)

    def text(self, key: str, default: Any = _MISSING, expected: str = "text") -> str:
        """A text that is not empty, or the default."""
        value = self._get(key, default)
        if value is _MISSING or (value is not default and not (isinstance(value, str) and value)):
            raise self.wrong(key, expected)
        return str(value)

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        """One of some words."""
        value = self._get(key, default)
        if value not in choices:
            raise self.wrong(key, "one of " + ", ".join(choices))
        return str(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def integer(self, key: str, default: Any = _MISSING, least: int = 0, most: int = 2**63) -> int:
        """A whole number within bounds."""
        value = self._get(key, default)
        if value is _MISSING or not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"a whole number from {least:,} to {most:,}")
        return value

    def seconds(self, key: str, default: float | None, least: float = 0.0) -> float | None:
        """A duration, as a number of seconds or as ``"30d"``, ``"5m"``; the default, or None, where nothing stands."""
        value = self._get(key, default)
        if value is None:
            return None
        if isinstance(value, str) and (found := _DURATION.fullmatch(value)):
            value = float(found[1]) * _SECONDS[found[2]]
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value < 1e10:
            raise self.wrong(key, f'a time such as 30, "90s", "5m", "12h" or "30d", {least:g} s at least')
        return float(value)

    def size(self, key: str, default: int) -> int:
        """A number of bytes, as such or as ``"10GB"`` (decimal) or ``"10GiB"``."""
        value = self._get(key, default)
        if isinstance(value, str) and (found := _SIZE.fullmatch(value)):
            base = 1024 if found[2].endswith("i") else 1000
            value = int(float(found[1]) * base ** " kMGT".index(found[2][:1] or " "))
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(key, 'a size such as 500000, "20MB" or "10GiB"')
        return value

    def clock(self, key: str, default: str) -> tuple[int, int]:
        """Hour and minute of a time of day, ``"02:30"``."""
        found = _CLOCK.fullmatch(str(self._get(key, default)))
        if found is None:
            raise self.wrong(key, 'a time of day such as "02:30"')
        return int(found[1]), int(found[2])

    def texts(self, key: str, default: tuple[str, ...] = (), expected: str = "a list of texts") -> tuple[str, ...]:
        """A list of texts, none of them empty."""
        value = self._get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.wrong(key, expected)
        return tuple(value)

    def path(self, key: str, default: Any = _MISSING) -> Path:
        """An absolute path, ``~`` understood."""
        value = Path(self.text(key, default, "an absolute path")).expanduser()
        if not value.is_absolute():
            raise self.wrong(key, "an absolute path")
        return value

    def ae_title(self, key: str, default: str) -> str:
        """An AE title: 1 to 16 printable ASCII characters without backslash (PS3.5 6.2)."""
        value = self.text(key, default)
        if not is_ae_title(value):
            raise self.wrong(key, "an AE title: 1 to 16 printable ASCII characters, no backslash")
        return value

    def table(self, key: str) -> Table:
        """A table within this one, empty where there is none."""
        value = self._get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "a table")
        return Table(value, f"{self.where}: [{key}]")

    def named(self, key: str) -> dict[str, Table]:
        """The tables ``[key.NAME]`` by their names."""
        inner = self.table(key)
        found = {}
        for name in inner._values:
            found[name] = inner.table(name)
            found[name].where = f"{self.where}: [{key}.{name}]"
        return found

    def several(self, key: str) -> list[Table]:
        """The tables ``[[key]]``, or the list of inline tables of that key."""
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong(key, f"tables, each under [[{key}]]")
        return [Table(one, f"{self.where}: [[{key}]] number {number}") for number, one in enumerate(value, 1)]

    def finish(self) -> None:
        """Refuses what nobody has asked for."""
        for key in self._values:
            if key not in self._asked:
                near = get_close_matches(key, self._asked, 1)
                meant = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(self._asked))}"
                raise ArgumentError(f"{self.where}: unknown key {key}{meant}")


def is_ae_title(text: str) -> bool:
    """Whether a text can be an AE title (PS3.5 6.2)."""
    return 0 < len(text.strip()) <= len(text) <= 16 and text.isascii() and text.isprintable() and "\\" not in text
