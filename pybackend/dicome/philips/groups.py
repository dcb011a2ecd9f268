"""Parameter groups: the binary layout of every PDF blob of a raw data file and of each scan of an ExamCard.

Little endian: a header of 32 bytes, records of 50 bytes, then pools of integers, floats and strings. Positions are
relative to the field that holds them (known from real files of R3.2 to R11; every pool meets the next to the byte).
A damaged group gives the parameters that can be read, and says of the others where they go wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dicome.errors import DamagedFileError

Kind = Literal["float", "int", "string", "obsolete", "enum", "unknown"]

HEADER = np.dtype(
    [("integers_at", "<i4"), ("integers", "<u2"), ("structure", "<u2"), ("floats_at", "<i4"), ("floats", "<u4"),
     ("strings_at", "<i4"), ("strings", "<u4"), ("parameters_at", "<i4"), ("parameters", "<u4")]
)  # fmt: skip
"""32 bytes. ``*_at`` count from their own field; ``strings`` is a number of bytes; ``structure`` is 0."""

RECORD = np.dtype(
    [("name", "V33"), ("shown", "u1"), ("kind", "<i4"), ("dimension", "<u4"), ("labels", "<u4"), ("value", "<i4")]
)
"""50 bytes, packed. ``labels`` (0: none) and ``value`` count from their own field; what follows the NUL of a name is
left over from something else.
"""
LABELS_FIELD, VALUE_FIELD = 42, 46

KINDS: dict[int, Kind] = {0: "float", 1: "int", 2: "string", 3: "obsolete", 4: "enum"}
WIDTHS: dict[Kind, int] = {"float": 4, "int": 4, "string": 81, "obsolete": 4, "enum": 4, "unknown": 4}
"""Bytes of one value; a string has 80 and a NUL."""
DTYPES: dict[Kind, str] = {"float": "<f4", "int": "<i4", "enum": "<i4"}

SEPARATOR_SUFFIX = "_seperator"
"""Names that end so (spelt so) head a section; their value means nothing."""
MOST_PROBLEMS = 10
"""Problems of one group that are told one by one."""
LONGEST_LABELS = 1 << 16
"""Bytes of one list of enum words; the longest of real files has 9,000."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a group.

    name: as the scanner has it (``EX_ACQ_echoes``). kind: float (32 bits), int, string, enum; obsolete and unknown ones
    keep their bytes. shown: whether the console shows it. values: an array of float32 or int32 (shape (n,)), a tuple of
    n texts, or bytes that are not interpreted. labels: words of an enum, by value; empty where the group has none, as
    in raw data files. offset: of the values, in bytes from the begin of the group.
    """

    name: str
    kind: Kind
    shown: bool
    values: NDArray[Any] | tuple[str, ...] | bytes
    labels: tuple[str, ...] = ()
    offset: int = 0

    @property
    def is_separator(self) -> bool:
        """Whether it heads a section."""
        return self.name.endswith(SEPARATOR_SUFFIX)

    def with_labels(self, labels: tuple[str, ...]) -> Parameter:
        """The same with these words for its values, if it is an enum that has none."""
        return replace(self, labels=labels) if labels and self.kind == "enum" and not self.labels else self

    def words(self) -> list[str | None]:
        """The word of each value of an enum, None where there is none."""
        count = len(self.labels)
        if self.kind != "enum":
            return []
        return [self.labels[k] if 0 <= k < count else None for k in np.asarray(self.values).tolist()]


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """All parameters in their own order. size: bytes of the group; problems: what could not be read, and where."""

    parameters: tuple[Parameter, ...]
    size: int
    problems: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Parameter:
        """The first parameter of that name; KeyError where there is none."""
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def get(self, name: str) -> Parameter | None:
        """The first parameter of that name, None where there is none."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    def __len__(self) -> int:
        return len(self.parameters)


def looks_like_group(data: bytes) -> bool:
    """Whether the bytes begin as a parameter group does, however much of it is left."""
    if len(data) < HEADER.itemsize:
        return False
    head = np.frombuffer(data, HEADER, 1)[0]
    records_end = HEADER.itemsize + RECORD.itemsize * int(head["parameters"])
    return int(head["parameters_at"]) == 8 and int(head["structure"]) == 0 and int(head["integers_at"]) == records_end


def read_group(data: bytes, where: str) -> ParameterGroup:
    """Reads a parameter group.

    where: path and blob, for messages. Raises DamagedFileError where the bytes are no group, with the offset.
    """
    if len(data) < HEADER.itemsize:
        raise DamagedFileError(
            f"{where}: {len(data)} bytes at byte 0; expected the {HEADER.itemsize} of a parameter group's header"
        )
    head = {name: int(np.frombuffer(data, HEADER, 1)[0][name]) for name in HEADER.names or ()}
    if head["parameters_at"] != 8 or head["structure"]:
        raise DamagedFileError(
            f"{where}: no parameter group: at byte 24 its records begin {head['parameters_at']} bytes on (expected 8), "
            f"at byte 6 its structure is {head['structure']} (expected 0)"
        )
    problems = _pool_problems(head, len(data))
    room = (len(data) - HEADER.itemsize) // RECORD.itemsize
    if head["parameters"] > room:
        problems.append(
            f"at byte 28: {head['parameters']:,} parameters announced; the {len(data):,} bytes have room for {room:,}"
        )
    count = min(head["parameters"], room)
    records = np.frombuffer(data, RECORD, count, HEADER.itemsize)
    parameters = _Reader(data, problems).parameters(records)
    return ParameterGroup(tuple(parameters), len(data), tuple(f"{where}: {problem}" for problem in _some(problems)))


def _some(problems: list[str]) -> list[str]:
    """The first problems; of a file that was cut off a thousand parameters may have the same."""
    more = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], f"and {more:,} more like these"] if more > 0 else problems


def _pool_problems(head: dict[str, int], size: int) -> list[str]:
    """What in the header contradicts the rest: each part begins where the one before it ends."""
    records = HEADER.itemsize + RECORD.itemsize * head["parameters"]
    integers = 0 + head["integers_at"]
    floats = 8 + head["floats_at"]
    strings = 16 + head["strings_at"]
    checks = (
        (0, "integers begin", integers, records),
        (8, "floats begin", floats, integers + 4 * head["integers"]),
        (16, "strings begin", strings, floats + 4 * head["floats"]),
        (20, "group ends", strings + head["strings"], size),
    )
    return [
        f"at byte {at}: the {what} at byte {found:,}; expected {expected:,}"
        for at, what, found, expected in checks
        if found != expected
    ]


class _Reader:
    """Reads the records of one group; what goes wrong goes into ``problems``."""

    def __init__(self, data: bytes, problems: list[str]) -> None:
        self.data = data
        self.problems = problems
        self.left = len(data)
        self._labels: dict[bytes, tuple[str, ...]] = {}
        self._label_bytes = 2 * len(data)

    def parameters(self, records: NDArray[Any]) -> list[Parameter]:
        rows = zip(*(records[name].tolist() for name in RECORD.names or ()), strict=True)
        found = (self._parameter(HEADER.itemsize + RECORD.itemsize * k, *row) for k, row in enumerate(rows))
        return [parameter for parameter in found if parameter is not None]

    def _parameter(
        self, at: int, raw: bytes, shown: int, code: int, dimension: int, labels: int, value: int
    ) -> Parameter | None:
        name = _text(raw)
        kind = KINDS.get(code, "unknown")
        start = at + VALUE_FIELD + value
        size = dimension * WIDTHS[kind]
        if start < 0 or start + size > len(self.data):
            self.problems.append(
                f"{name or 'a parameter without name'}, at byte {at + VALUE_FIELD:,}: {dimension:,} values of kind "
                f"{kind} at byte {start:,}; expected to end by byte {len(self.data):,}"
            )
            return None
        # Values do not overlap in real files; without a limit a small file could hold any number of them.
        self.left -= size
        if self.left < 0:
            if self.left + size >= 0:
                self.problems.append(
                    f"{name}, at byte {at + 38:,}: more values than the group has bytes; reading stops"
                )
            return None
        words = self._words(name, at + LABELS_FIELD, labels) if labels and kind == "enum" else ()
        return Parameter(name, kind, shown == 1, self._values(kind, start, dimension), words, start)

    def _values(self, kind: Kind, start: int, dimension: int) -> NDArray[Any] | tuple[str, ...] | bytes:
        dtype = DTYPES.get(kind)
        if dtype is not None:
            return np.frombuffer(self.data, dtype, dimension, start)
        width = WIDTHS[kind]
        raw = self.data[start : start + width * dimension]
        if kind != "string":
            return raw
        return tuple(_text(raw[k : k + width]) for k in range(0, len(raw), width))

    def _words(self, name: str, at: int, labels: int) -> tuple[str, ...]:
        """Words of an enum: a list with commas, up to a NUL."""
        start = at + labels
        end = self.data.find(b"\0", start, start + LONGEST_LABELS)
        if end < 0:
            self.problems.append(f"{name}, at byte {at:,}: its words at byte {start:,} do not end; expected a NUL")
            return ()
        raw = self.data[start:end]
        if raw not in self._labels:
            # Lists do not overlap either.
            self._label_bytes -= len(raw)
            if self._label_bytes < 0:
                self.problems.append(f"{name}, at byte {at:,}: more words than the group has bytes; they are left out")
                return ()
            self._labels[raw] = tuple(_text(raw).split(","))
        return self._labels[raw]


def _text(raw: bytes) -> str:
    """Text up to the first NUL. Latin-1, the character set these files declare; every byte is kept."""
    return raw.partition(b"\0")[0].decode("latin-1")
