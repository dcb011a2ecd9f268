"""Level 5 .mat files: every kind of value as scipy, pymatreader and Octave read it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat

from dicome.writers import mat5
from dicome.writers.matlab import make
from tests.writers.reading_back import ACCENTS, OCTAVE_CHECKS, VALUES, ask_octave

IMAG = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


@pytest.fixture(params=[False, True], ids=["plain", "compressed"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    target = tmp_path / "values.mat"
    mat5.write_file(target, IMAG, {"v": make(mat5.Level5(), VALUES)}, request.param)
    return target


def test_scipy_reads_every_kind_of_value(path: Path) -> None:
    found = loadmat(path, simplify_cells=True)
    assert np.array_equal(found["imag"], IMAG)
    v = found["v"]
    assert list(v) == list(VALUES)
    assert np.array_equal(v["Real"], [1.5, -2, np.nan], equal_nan=True)
    assert v["Matrix"].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert np.array_equal(v["Cube"], np.arange(-12, 12).reshape(2, 3, 4))
    assert v["Cube"].dtype == np.int16
    assert v["Single"].dtype == np.float32
    assert v["Big"] == 2**63 + 1
    assert (v["Plain"], v["Accents"], len(v["Blank"])) == ("ORIGINAL\\PRIMARY", ACCENTS, 0)
    assert v["Nothing"].shape == (0,)
    assert v["Name"] == {"FamilyName": "Müller", "GivenName": "Jürgen"}
    assert v["Tree"]["Item_1"] == {"Deep": "down", "Deeper": {"Number": 7}}
    assert v["Texts"].tolist()[:3] == ["one", ACCENTS, "one"]
    assert v["Nested"][1].tolist() == ["b", "cc"]


def test_shapes_are_those_of_matlab(path: Path) -> None:
    v = loadmat(path)["v"][0, 0]
    shapes = {name: v[name].shape for name in ("Zero", "Real", "Flag", "Nothing", "Texts", "Nested")}
    assert shapes == {
        "Zero": (1, 1),
        "Real": (3, 1),
        "Flag": (1, 2),
        "Nothing": (0, 0),
        "Texts": (4, 1),
        "Nested": (1, 4),
    }


def test_octave_reads_every_kind_of_value(path: Path, tmp_path: Path, octave: str) -> None:
    code = f"s = load('{path}'); v = s.v;\n{OCTAVE_CHECKS}"
    code += "assert(isequal(class(s.imag), 'single') && s.imag(2, 3, 4) == 23 && s.imag(1, 2, 3) == 6);"
    code += "assert(isequal(fieldnames(v)(1:4), {'Zero'; 'Real'; 'Matrix'; 'Cube'}));"
    code += "assert(isequal(size(v.Texts), [4 1]) && strcmp(v.Texts{3}, 'one') && strcmp(v.Texts{2}, v.Accents));"
    ask_octave(octave, tmp_path, code)


def test_pymatreader_reads_structs_and_text(path: Path) -> None:
    reader = pytest.importorskip("pymatreader")
    v = reader.read_mat(str(path))["v"]
    assert v["Accents"] == ACCENTS
    assert v["Tree"]["Item_1"]["Deeper"]["Number"] == 7
    assert v["Texts"][1] == ACCENTS


def test_bytes_of_a_small_array_are_those_of_the_format(tmp_path: Path) -> None:
    path = tmp_path / "one.mat"
    mat5.write_file(path, np.array([[5]], np.uint8), {}, compress=False)
    data = path.read_bytes()
    assert data[124:128] == b"\x00\x01IM"
    # miMATRIX of 64 bytes; flags: uint8 (9); size 1 x 1; name; miUINT8 of 1 byte, padded.
    expected = struct.pack("<II IIII IIii II", 14, 64, 6, 8, 9, 0, 5, 8, 1, 1, 1, 4) + b"imag\0\0\0\0"
    assert data[128:] == expected + struct.pack("<II", 2, 1) + b"\5" + bytes(7)


def test_a_compressed_variable_is_one_stream(tmp_path: Path) -> None:
    path = tmp_path / "one.mat"
    mat5.write_file(path, IMAG, {}, compress=True)
    data = path.read_bytes()
    kind, size = struct.unpack_from("<II", data, 128)
    assert (kind, size) == (15, len(data) - 136)
    assert struct.unpack_from("<I", zlib.decompress(data[136:]))[0] == 14


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_any_memory_order_is_written_column_major(
    order: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mat5, "BLOCK_BYTES", 64)
    array = np.arange(5 * 4 * 3 * 2, dtype=np.int32).reshape(5, 4, 3, 2).transpose(order)
    mat5.write_file(tmp_path / "a.mat", array, {}, compress=False)
    assert np.array_equal(loadmat(tmp_path / "a.mat")["imag"], array)


@pytest.mark.parametrize("dtype", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", ">i2", ">f8", "?"])
def test_every_number_class_comes_back(dtype: str, tmp_path: Path) -> None:
    array = np.array([[0, 1], [1, 1], [0, 0]]).astype(dtype)
    mat5.write_file(tmp_path / "a.mat", array, {}, compress=False)
    found: Any = loadmat(tmp_path / "a.mat")["imag"]
    assert np.array_equal(found, array)
    assert found.dtype == (np.dtype(np.uint8) if dtype == "?" else array.dtype.newbyteorder("="))


def test_a_letter_beyond_16_bits_is_replaced_for_all_readers() -> None:
    # Counted as one letter by some and as two by others, it would make the whole file unreadable.
    assert mat5.utf16("a\U0001f600b") == "a\N{REPLACEMENT CHARACTER}b".encode("utf-16-le")


def test_a_variable_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mat5, "VARIABLE_LIMIT", 1000 - 2**11)
    with pytest.raises(mat5.TooLargeError, match="bytes"):
        make(mat5.Level5(), {"A": np.zeros(200)})
