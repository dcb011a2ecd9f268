"""Pixel Data (PS3.5 annex A and 8.2) written frame by frame: native words or compressed fragments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.encode import ITEM, SEQUENCE_END, UNDEFINED, Encoding, delimiter, header
from dicome.errors import ArgumentError

PIXEL_DATA = 0x7FE00010

LONGEST = 0xFFFFFFFE
"""Most bytes of native pixel data: its length has 32 bits and is even."""


class Sink(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> object:
        """Append bytes."""


def first_frame(frames: Iterable[Any]) -> tuple[NDArray[np.generic] | bytes, Iterator[Any]]:
    """The first frame, and an iterator over all of them including it.

    Raises
    ------
    ArgumentError
        There is none.
    """
    iterator = iter(frames)
    for frame in iterator:
        return frame, chain([frame], iterator)
    raise ArgumentError("no pixels; give an array of shape (frames, rows, columns) or an iterable of frames")


def write_native(
    sink: Sink,
    frames: Iterable[NDArray[np.generic]],
    count: int,
    like: NDArray[np.generic],
    bits_stored: int,
    encoding: Encoding,
) -> None:
    """Write ``count`` frames of the shape and type of ``like``, little endian or as the encoding says.

    Raises
    ------
    ArgumentError
        Another number of frames, a frame of another shape or type, or a value beyond the bits stored.
    """
    length = count * like.nbytes
    if length > LONGEST:
        raise ArgumentError(f"{count} frames of {like.nbytes} bytes are more than native pixel data can hold (4 GiB)")
    vr = "OW" if like.dtype.itemsize > 1 or encoding.implicit else "OB"
    sink.write(header(PIXEL_DATA, vr, length + length % 2, encoding))
    stored = like.dtype.newbyteorder(encoding.order)
    for number, frame in enumerate(_counted(frames, count), 1):
        _check(frame, like, bits_stored, number)
        sink.write(np.ascontiguousarray(frame).astype(stored, copy=False).tobytes())
    if length % 2:
        sink.write(b"\0")


def write_encapsulated(
    sink: Sink, frames: Iterable[bytes], count: int, encoding: Encoding, *, offsets: bool = True, fragments: int = 1
) -> None:
    """Write compressed frames, each in ``fragments`` fragments, with a Basic Offset Table unless ``offsets`` is False.

    Raises
    ------
    ArgumentError
        Another number of frames.
    """
    pieces = [_split(data, fragments) for data in _counted(frames, count)]
    sizes = [sum(8 + len(piece) for piece in frame) for frame in pieces]
    table = np.cumsum([0, *sizes[:-1]]).astype("<u4").tobytes() if offsets else b""
    sink.write(header(PIXEL_DATA, "OB", UNDEFINED, encoding) + delimiter(ITEM, encoding, len(table)) + table)
    for piece in chain.from_iterable(pieces):
        sink.write(delimiter(ITEM, encoding, len(piece)) + piece)
    sink.write(delimiter(SEQUENCE_END, encoding))


def _counted(frames: Iterable[Any], count: int) -> Iterator[Any]:
    """The frames, refusing more or fewer than ``count``."""
    number = 0
    for frame in frames:
        number += 1
        if number > count:
            raise ArgumentError(f"more than {count} frames of pixels; the columns describe {count}")
        yield frame
    if number < count:
        raise ArgumentError(f"{number} frames of pixels; the columns describe {count}")


def _check(frame: NDArray[np.generic], first: NDArray[np.generic], bits_stored: int, number: int) -> None:
    if frame.shape != first.shape or frame.dtype != first.dtype:
        raise ArgumentError(
            f"frame {number} is {frame.shape} {frame.dtype}, frame 1 {first.shape} {first.dtype}; all must be alike"
        )
    signed = first.dtype.kind == "i"
    low, high = (-(2 ** (bits_stored - 1)), 2 ** (bits_stored - 1) - 1) if signed else (0, 2**bits_stored - 1)
    if frame.size and (int(frame.max()) > high or int(frame.min()) < low):
        raise ArgumentError(
            f"frame {number} has values from {frame.min()} to {frame.max()}; {bits_stored} bits hold {low} to {high}: "
            "say BitsStored"
        )


def _split(data: bytes, fragments: int) -> list[bytes]:
    """Pieces of even length (PS3.5 A.4)."""
    data += b"\0" * (len(data) % 2)
    size = max(2, 2 * -(-len(data) // (2 * fragments)))
    return [data[start : start + size] for start in range(0, len(data), size)]
