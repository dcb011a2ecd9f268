"""The .mat writer, read back by scipy; bytes of a small file worked out by hand from the format's description."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.io import loadmat

from dicome.bridge import numeric
from dicome.bridge.numeric import matlab_class, write_mat, write_raw
from dicome.writers import mat5

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CLASSES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"]


@pytest.mark.parametrize("dtype", CLASSES)
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (3, 2, 5), (2, 1, 3, 1, 4), (0, 4)])
def test_scipy_reads_what_was_written(dtype: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    write_mat(tmp_path / "a.mat", {"a": array, "second": array})
    found = loadmat(tmp_path / "a.mat")
    for name in ("a", "second"):
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_a_file_byte_by_byte(tmp_path: Path) -> None:
    write_mat(tmp_path / "a.mat", {"ab": np.array([[1, 2, 3]], np.uint16)})
    content = (tmp_path / "a.mat").read_bytes()
    assert len(content) == 128 + 8 + 48 + 16
    assert content[:6] == b"MATLAB"
    assert content[124:128] == b"\x00\x01IM"
    # miMATRIX of 64 bytes: flags (uint16 class is 11), dimensions 1 x 3, name, 3 numbers padded to 8 bytes
    assert struct.unpack("<16I", content[128:192]) == (
        *(14, 64), *(6, 8, 11, 0), *(5, 8, 1, 3), *(1, 2, 0x6261, 0), *(4, 6),
    )  # fmt: skip
    assert content[192:] == b"\x01\0\x02\0\x03\0\0\0"


def test_a_vector_becomes_a_column_and_bool_becomes_logical(tmp_path: Path) -> None:
    write_mat(tmp_path / "a.mat", {"v": np.array([1.5, 2.5]), "b": np.array([[True, False]]), "s": np.array(7.0)})
    found = loadmat(tmp_path / "a.mat")
    assert found["v"].tolist() == [[1.5], [2.5]]
    assert found["s"].tolist() == [[7.0]]
    content = (tmp_path / "a.mat").read_bytes()
    flags = struct.pack("<IIII", 6, 8, 0x200 | 9, 0)  # the logical flag and uint8
    assert content.count(flags) == 1


@pytest.mark.parametrize("dtype", [">u2", ">f4", ">f8"])
def test_big_endian_numbers_are_turned(dtype: str, tmp_path: Path) -> None:
    write_mat(tmp_path / "a.mat", {"a": np.array([[1, 258]], dtype)})
    assert loadmat(tmp_path / "a.mat")["a"].tolist() == [[1, 258]]


def arrangements() -> dict[str, NDArray[Any]]:
    """The same 4 x 5 x 6 x 7 array, lying in memory in several ways."""
    array = np.arange(4 * 5 * 6 * 7, dtype=np.float32).reshape(4, 5, 6, 7)
    wide = np.zeros((8, 5, 6, 14), np.float32)
    wide[::2, :, :, ::2] = array
    return {
        "rows last": array,
        "rows first": np.asfortranarray(array),
        "frame by frame": np.ascontiguousarray(array.transpose(3, 2, 0, 1)).transpose(2, 3, 1, 0),
        "part of another": wide[::2, :, :, ::2],
    }


@pytest.mark.parametrize("name", arrangements())
@pytest.mark.parametrize("block", [1, 100, 1000, 2**24])
def test_the_order_in_memory_and_the_size_of_blocks_do_not_matter(
    name: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mat5, "BLOCK_BYTES", block)
    array = arrangements()[name]
    write_mat(tmp_path / "a.mat", {"a": array})
    np.testing.assert_array_equal(loadmat(tmp_path / "a.mat")["a"], array)
    write_raw(tmp_path / "a.raw", array)
    np.testing.assert_array_equal(np.fromfile(tmp_path / "a.raw", "<f4"), array.ravel(order="F"))


@pytest.mark.parametrize("name", ["rows last", "frame by frame", "part of another"])
def test_no_more_than_a_block_is_turned_at_a_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mat5, "BLOCK_BYTES", 200)  # 840 numbers of 4 bytes; 120 where the last axis is at one place
    sizes = [block.nbytes for block in mat5.column_major(arrangements()[name])]
    assert sum(sizes) == 3360
    assert max(sizes) <= 200


@pytest.mark.parametrize("dtype", ["float16", "complex64", "object", "U3"])
def test_what_is_no_number_class_is_refused(dtype: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="no MATLAB number class holds dtype"):
        write_mat(tmp_path / "a.mat", {"a": np.zeros((1, 1), dtype)})


def test_too_large_a_variable_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numeric, "VARIABLE_LIMIT", 16)
    write_mat(tmp_path / "a.mat", {"a": np.zeros(2)})
    with pytest.raises(ValueError, match="a has 24 bytes; a variable of a level 5 file holds 16"):
        write_mat(tmp_path / "a.mat", {"a": np.zeros(3)})


def test_names_of_classes() -> None:
    named = {name: matlab_class(np.dtype(name)) for name in ("float64", "float32", "bool", "int16", ">u4")}
    assert named == {"float64": "double", "float32": "single", "bool": "uint8", "int16": "int16", ">u4": "uint32"}
