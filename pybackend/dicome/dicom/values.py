"""Value bytes to numpy, whole columns at a time (PS3.5 section 6.2).

A column is given as a buffer with the offset and length of each row's value; rows of one length are gathered together,
so that the cost is a few numpy calls per column, not per frame.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.scan import ByteOrder

NUMERIC: dict[str, str] = {
    "AT": "u2", "FD": "f8", "FL": "f4", "OB": "u1", "OD": "f8", "OF": "f4", "OL": "u4", "OV": "u8", "OW": "u2",
    "SL": "i4", "SS": "i2", "SV": "i8", "UL": "u4", "UN": "u1", "US": "u2", "UV": "u8",
}  # fmt: skip
"""Binary VRs and their dtype."""
NUMBER_TEXT = frozenset({"DS", "IS"})
"""Text VRs that hold numbers."""


def gather(data: NDArray[np.uint8], offsets: NDArray[np.int64], length: int) -> NDArray[np.uint8]:
    """Rows of ``length`` bytes from those offsets, as a contiguous (rows, length) array."""
    if length == 0 or len(offsets) == 0:
        return np.empty((len(offsets), length), np.uint8)
    if int(offsets.min()) < 0 or int(offsets.max()) + length > len(data):
        raise IndexError(f"values of {length} bytes reach beyond a buffer of {len(data)}")
    # All windows of that length, one byte apart: numpy then copies each row as a whole.
    windows = np.ndarray((len(data) - length + 1,), f"V{length}", data, strides=(1,))
    rows: NDArray[np.uint8] = windows[offsets].view(np.uint8).reshape(-1, length)
    return rows


def numbers(rows: NDArray[np.uint8], vr: str, byte_order: ByteOrder) -> NDArray[Any]:
    """Binary values, (rows, multiplicity) in native byte order; AT gives (rows, 2 * tags)."""
    dtype = np.dtype(NUMERIC[vr])
    usable = rows.shape[1] // dtype.itemsize * dtype.itemsize
    stored: NDArray[Any] = np.ascontiguousarray(rows[:, :usable]).view(dtype.newbyteorder(byte_order))
    return stored.astype(dtype, copy=False)


def number_texts(rows: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    r"""DS or IS values of rows that all hold the same count of numbers, (rows, multiplicity); None if they do not.

    All rows are parsed in one go: joined by blanks, backslashes turned into blanks.
    """
    if len(rows) > 1 and (rows == rows[0]).all():
        same = number_text(rows[0].tobytes())
        return np.repeat(same[None], len(rows), axis=0)
    text = np.full((rows.shape[0], rows.shape[1] + 1), ord(" "), np.uint8)
    text[:, :-1] = rows
    separators = text == ord("\\")
    multiplicity = int(separators[0].sum()) + 1
    text[separators | (text == 0)] = ord(" ")
    inked = text != ord(" ")
    starts = inked[:, 0] + (inked[:, 1:] & ~inked[:, :-1]).sum(axis=1)
    if (separators.sum(axis=1) != multiplicity - 1).any() or (starts != multiplicity).any():
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        try:
            values = np.fromstring(text.tobytes(), sep=" ")
        except (DeprecationWarning, ValueError):
            return None
    return values.reshape(-1, multiplicity) if len(values) == rows.shape[0] * multiplicity else None


def number_text(raw: bytes) -> NDArray[np.float64]:
    """DS or IS values of one element; what is no number is NaN, an empty value no entry."""
    text = raw.decode("ascii", "replace").strip(" \0")
    return np.array([_number(part) for part in text.split("\\")]) if text else np.empty(0)


def _number(text: str) -> float:
    try:
        return float(text.strip(" \0").replace(",", "."))
    except ValueError:
        return float("nan")
