"""Values of parameters as text: runs counted, enums with their word, texts in quotes; bytes in hex."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np

from dicome.philips.groups import Parameter

SHORT = 64
"""Columns of values that are shortened."""
HEX_COLUMNS = 16


def values_text(parameter: Parameter, *, short: bool = False) -> str:
    """Values with runs counted (``0 x 24``), enums with their word (``2 MODULUS``), texts in quotes."""
    text = run_length(value_texts(parameter))
    return f"{text[:SHORT]} ... (+L)" if short and len(text) > SHORT else text


def value_texts(parameter: Parameter) -> list[str]:
    """Each value as text."""
    values = parameter.values
    if isinstance(values, bytes):
        return [f"not interpreted: {values.hex(' ')}"]
    if isinstance(values, tuple):
        return [quoted(value) for value in values]
    if parameter.kind == "float":
        return [float_text(value) for value in values]
    numbers = [str(value) for value in values.tolist()]
    if not parameter.labels:
        return numbers
    pairs = zip(numbers, parameter.words(), strict=True)
    return [value if word is None else f"{value} {word}" for value, word in pairs]


def float_text(value: np.float32) -> str:
    """The fewest digits that tell a 32-bit float from all others."""
    return str(value).removesuffix(".0")


def quoted(text: str) -> str:
    """Text in double quotes; what cannot be shown as an escape."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def run_length(texts: Iterable[str]) -> str:
    """Equal neighbours counted: ``1 x 16, 0 x 16``."""
    counted = ((text, sum(1 for _ in same)) for text, same in groupby(texts))
    return ", ".join(f"{text} x {count}" if count > 1 else text for text, count in counted)


def hex_lines(data: bytes) -> Iterator[str]:
    """A hex dump: offset, bytes, letters."""
    for at in range(0, len(data), HEX_COLUMNS):
        row = data[at : at + HEX_COLUMNS]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield f"{at:08x}  {row.hex(' '):<{3 * HEX_COLUMNS - 1}}  {letters}"
