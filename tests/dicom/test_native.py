"""Uncompressed pixels, against bytes worked by hand and against pydicom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dicome.dicom.file import open_file
from dicome.dicom.native import within_bits
from dicome.dicom.pixels import PixelFormat, open_pixels
from dicome.enhanced.encode import EXPLICIT, Encoding, data_set, element
from dicome.errors import DamagedFileError
from tests.support.files import head, part10
from tests.support.pictures import agrees, opened, picture

CHANCE = np.random.default_rng(7)
BIG = Encoding(big_endian=True)
SHAPE: dict[str, Any] = {"rows": 3, "columns": 5}


def noise(*shape: int, dtype: str = "<u2") -> bytes:
    return CHANCE.integers(0, 256, int(np.prod(shape)) * np.dtype(dtype).itemsize, np.uint8).tobytes()


@pytest.mark.parametrize("encoding", [EXPLICIT, Encoding(implicit=True), BIG])
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bits", [16, 32, 64])
def test_integers(bits: int, signed: bool, encoding: Encoding, tmp_path: Path) -> None:
    pixels = noise(4, 3, 5, dtype=f"u{bits // 8}")
    array = np.frombuffer(pixels, f"<{'i' if signed else 'u'}{bits // 8}")
    vr = {16: "OW", 32: "OL", 64: "OV"}[bits] if encoding.big_endian else "OW"
    data = picture(pixels, 4, encoding=encoding, allocated=bits, signed=signed, vr=vr, **SHAPE)
    found = opened(tmp_path, data).block(0, 4)
    assert found.tolist() == array.reshape(4, 3, 5).tolist()
    if vr == "OW":  # pydicom 3.0 does not know OL and OV here
        agrees(tmp_path, data, 4)


@pytest.mark.parametrize("vr", ["OB", "OW"])
@pytest.mark.parametrize("encoding", [EXPLICIT, BIG])
@pytest.mark.parametrize("columns", [4, 5])
def test_bytes(encoding: Encoding, vr: str, columns: int, tmp_path: Path) -> None:
    """Bytes in big-endian words come in pairs, over the border of frames of odd size."""
    pixels = noise(4, 3, columns, dtype="u1")
    data = picture(pixels, 4, encoding=encoding, allocated=8, vr=vr, rows=3, columns=columns)
    found = agrees(tmp_path, data, 4)
    assert found.tobytes() == pixels


def test_floats(tmp_path: Path) -> None:
    for tag, vr, dtype in ((0x7FE00008, "OF", "<f4"), (0x7FE00009, "OD", "<f8")):
        array = CHANCE.normal(size=(4, 3, 5)).astype(dtype)
        data = picture(array.tobytes(), 4, tag=tag, vr=vr, allocated=array.itemsize * 8, **SHAPE)
        assert agrees(tmp_path, data, 4).tolist() == array.tolist()


def test_floats_without_the_attributes_of_integers(tmp_path: Path) -> None:
    """Bits Stored and Pixel Representation do not go with Float Pixel Data (PS3.3 C.7.6.24)."""
    elements = [e for e in head(1, 1, 2) if e[0] not in (0x00280101, 0x00280102, 0x00280103, 0x00280100)]
    data = part10(data_set(elements) + element(0x7FE00008, "OF", np.array([1.5, -2], "<f4").tobytes()))
    assert opened(tmp_path, data).block(0, 1).tolist() == [[[1.5, -2.0]]]


@pytest.mark.parametrize("columns", [8, 5])
def test_single_bits_by_hand_and_by_pydicom(columns: int, tmp_path: Path) -> None:
    """The first pixel is the lowest bit of the first byte; frames follow each other within a byte (PS3.5 8.2)."""
    bits = CHANCE.integers(0, 2, (3, 3, columns))
    pixels = np.packbits(bits.ravel(), bitorder="little").tobytes()
    data = picture(pixels + b"\0" * (len(pixels) % 2), 3, allocated=1, vr="OB", rows=3, columns=columns)
    assert agrees(tmp_path, data, 3).tolist() == bits.tolist()


@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize("bits", [8, 16])
def test_colour(planar: int, bits: int, tmp_path: Path) -> None:
    array = CHANCE.integers(0, 255, (2, 3, 4, 3)).astype(f"<u{bits // 8}")
    stored = np.moveaxis(array, -1, 1) if planar else array
    data = picture(stored.tobytes(), 2, samples=3, photometric="RGB", planar=planar, allocated=bits, rows=3, columns=4)
    assert agrees(tmp_path, data, 2).tolist() == array.tolist()


@pytest.mark.parametrize("planar", [0, 1])
def test_luminance_and_chrominance_become_red_green_and_blue(planar: int, tmp_path: Path) -> None:
    data = picture(noise(2, 3, 4, 3, dtype="u1"), 2, samples=3, photometric="YBR_FULL", planar=planar, allocated=8,
                   vr="OB", rows=3, columns=4)  # fmt: skip
    agrees(tmp_path, data, 2)
    grey = picture(b"\x50\x80\x80" * 2, 1, samples=3, photometric="YBR_FULL", planar=0, allocated=8, vr="OB", rows=1,
                   columns=2)  # fmt: skip
    assert opened(tmp_path, grey).block(0, 1).tolist() == [[[[80, 80, 80]] * 2]]


def test_halved_chrominance(tmp_path: Path) -> None:
    data = picture(noise(2, 3, 4, 2, dtype="u1"), 2, samples=3, photometric="YBR_FULL_422", planar=0, allocated=8,
                   vr="OB", rows=3, columns=4)  # fmt: skip
    agrees(tmp_path, data, 2)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(("bits", "stored"), [(16, 12), (16, 1 + 8), (8, 7), (32, 20)])
def test_bits_above_those_stored_are_left_out(bits: int, stored: int, signed: bool, tmp_path: Path) -> None:
    pixels = noise(2, 4, 4, dtype=f"u{bits // 8}")
    data = picture(pixels, 2, allocated=bits, stored=stored, signed=signed, rows=4, columns=4)
    found = agrees(tmp_path, data, 2)
    assert found.max() < 1 << (stored - signed)
    assert found.min() >= (-(1 << (stored - 1)) if signed else 0)


def test_values_within_their_bits_are_not_copied(tmp_path: Path) -> None:
    pixels = opened(tmp_path, picture(np.arange(32, dtype="<u2").tobytes(), 2, stored=12, rows=4, columns=4))
    assert not pixels.block(0, 2).flags.owndata
    assert not pixels.block(0, 2).flags.writeable


def form(bits: int, stored: int, signed: bool) -> PixelFormat:
    dtype = np.dtype(f"{'i' if signed else 'u'}{bits // 8}")
    return PixelFormat(1, 1, 1, bits, stored, signed, False, "MONOCHROME2", dtype)


@settings(deadline=None, derandomize=True, database=None)
@given(st.integers(0, 65535), st.integers(1, 16), st.booleans())
def test_within_bits_by_arithmetic(value: int, stored: int, signed: bool) -> None:
    low = value % (1 << stored)
    wanted = low - (1 << stored) if signed and low >= 1 << (stored - 1) else low
    values = np.array([value], "u2").view("i2" if signed else "u2")
    assert within_bits(values, form(16, stored, signed)).tolist() == [wanted]


# -- only what is asked for ------------------------------------------------------------------------------------------


def test_a_block_touches_its_own_frames_only(tmp_path: Path) -> None:
    """Of a file cut in its last frame, all others can be read."""
    data = picture(np.arange(60, dtype="<u2").tobytes(), 4, **SHAPE)
    pixels = opened(tmp_path, data[:-2])
    assert pixels.block(1, 2).ravel().tolist() == list(range(15, 45))
    assert pixels.block(3, 0).shape == (0, 3, 5)
    with pytest.raises(DamagedFileError, match="the pixels of only 3 are there"):
        pixels.block(2, 2)


@pytest.mark.parametrize(("first", "number"), [(4, 1), (0, 5), (-1, 1), (2, -1)])
def test_frames_that_are_not_there(first: int, number: int, tmp_path: Path) -> None:
    pixels = opened(tmp_path, picture(np.arange(60, dtype="<u2").tobytes(), 4, **SHAPE))
    with pytest.raises(IndexError, match="of 4"):
        pixels.block(first, number)


def test_more_bytes_than_frames(tmp_path: Path) -> None:
    pixels = opened(tmp_path, picture(np.arange(75, dtype="<u2").tobytes(), 4, **SHAPE))
    assert pixels.block(0, 4).ravel().tolist() == list(range(60))


def test_frames_given_back_can_be_read_again(tmp_path: Path) -> None:
    pixels = opened(tmp_path, picture(np.arange(4 * 128 * 128, dtype="<u2").tobytes(), 4, rows=128, columns=128))
    before = pixels.block(0, 4).copy()
    for first, number in ((0, 1), (1, 2), (3, 1), (0, 4)):
        pixels.release(first, number)
    assert pixels.block(0, 4).tolist() == before.tolist()


def test_single_bits_and_bytes_can_be_given_back(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(picture(b"\x0f\0", 3, allocated=1, vr="OB", rows=1, columns=4))
    pixels = open_pixels(open_file(path))
    pixels.release(0, 3)
    assert pixels.block(0, 3).tolist() == [[[1, 1, 1, 1]], [[0, 0, 0, 0]], [[0, 0, 0, 0]]]
