"""Pixel Data byte by byte."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray

from dicome.enhanced.encode import EXPLICIT, Encoding
from dicome.enhanced.pixels import first_frame, write_encapsulated, write_native
from dicome.errors import ArgumentError

FRAMES = np.array([[[1, 2], [3, 4]], [[5, 6], [7, 0x0FFF]]], "u2")


def native(frames: NDArray[np.generic], count: int = 2, bits: int = 12, encoding: Encoding = EXPLICIT) -> bytes:
    sink = io.BytesIO()
    write_native(sink, frames, count, frames[0], bits, encoding)
    return sink.getvalue()


def test_native_words() -> None:
    assert native(FRAMES) == bytes.fromhex(
        "E0 7F 10 00 4F 57 00 00 10 00 00 00  01 00 02 00 03 00 04 00 05 00 06 00 07 00 FF 0F"
    )


def test_native_words_in_big_endian() -> None:
    assert native(FRAMES, encoding=Encoding(big_endian=True)) == bytes.fromhex(
        "7F E0 00 10 4F 57 00 00 00 00 00 10  00 01 00 02 00 03 00 04 00 05 00 06 00 07 0F FF"
    )


def test_native_bytes_are_padded_to_even_length() -> None:
    frames = np.array([[[1, 2, 3]]], "u1")
    assert native(frames, 1, 8) == bytes.fromhex("E0 7F 10 00 4F 42 00 00 04 00 00 00  01 02 03 00")
    assert native(frames, 1, 8, Encoding(implicit=True)) == bytes.fromhex("E0 7F 10 00 04 00 00 00  01 02 03 00")


def test_arrays_of_the_other_byte_order_and_transposed_ones_are_written_alike() -> None:
    assert native(FRAMES.astype(">u2")) == native(FRAMES)
    assert native(np.asfortranarray(FRAMES)) == native(FRAMES)


@pytest.mark.parametrize(
    ("frames", "count", "bits", "found"),
    [
        (FRAMES, 3, 12, "2 frames of pixels; the columns describe 3"),
        (FRAMES, 1, 12, "more than 1 frames of pixels"),
        (FRAMES, 2, 11, r"frame 2 has values from 5 to 4095; 11 bits hold 0 to 2047: say BitsStored"),
        (np.array([[[-5]]], "i2"), 1, 3, "frame 1 has values from -5 to -5; 3 bits hold -4 to 3"),
    ],
)
def test_pixels_that_contradict_the_header_are_refused(
    frames: NDArray[np.generic],
    count: int,
    bits: int,
    found: str,
) -> None:
    with pytest.raises(ArgumentError, match=found):
        native(frames, count, bits)


def test_frames_of_different_shape_are_refused() -> None:
    first = np.zeros((2, 3), "u2")
    with pytest.raises(ArgumentError, match=r"frame 2 is \(3, 2\) uint16, frame 1 \(2, 3\) uint16"):
        write_native(io.BytesIO(), [first, first.T], 2, first, 16, EXPLICIT)


def test_more_than_4_gib_is_refused_before_anything_is_written() -> None:
    frame = np.broadcast_to(np.uint16(0), (1024, 1024))
    sink = io.BytesIO()
    with pytest.raises(ArgumentError, match="more than native pixel data can hold"):
        write_native(sink, [], 2048, frame, 16, EXPLICIT)
    assert sink.getvalue() == b""


def encapsulated(frames: list[bytes], *, offsets: bool, fragments: int = 1) -> bytes:
    sink = io.BytesIO()
    write_encapsulated(sink, frames, len(frames), EXPLICIT, offsets=offsets, fragments=fragments)
    return sink.getvalue()


def test_encapsulated_with_offset_table() -> None:
    assert encapsulated([b"\x01\x02\x03", b"\x04\x05"], offsets=True) == bytes.fromhex(
        """E0 7F 10 00 4F 42 00 00 FF FF FF FF
        FE FF 00 E0 08 00 00 00  00 00 00 00 0C 00 00 00
        FE FF 00 E0 04 00 00 00  01 02 03 00
        FE FF 00 E0 02 00 00 00  04 05
        FE FF DD E0 00 00 00 00"""
    )


def test_encapsulated_without_offset_table_and_in_fragments() -> None:
    assert encapsulated([b"\x01\x02\x03\x04\x05\x06"], offsets=False, fragments=2) == bytes.fromhex(
        """E0 7F 10 00 4F 42 00 00 FF FF FF FF
        FE FF 00 E0 00 00 00 00
        FE FF 00 E0 04 00 00 00  01 02 03 04
        FE FF 00 E0 02 00 00 00  05 06
        FE FF DD E0 00 00 00 00"""
    )


def test_looking_at_the_first_frame_loses_none() -> None:
    first, frames = first_frame(iter([b"a", b"b"]))
    assert first == b"a"
    assert list(frames) == [b"a", b"b"]
    with pytest.raises(ArgumentError, match="no pixels"):
        first_frame([])
