"""Value bytes to numbers, and to columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dicome.dicom import strings
from dicome.dicom import values as decode
from dicome.dicom.columns import ItemColumns, Source, Spots, as_column, number_rows, texts
from dicome.dicom.file import open_file
from tests.support.files import enhanced

QUICK = settings(max_examples=200, deadline=None, derandomize=True, database=None)


@QUICK
@given(
    st.lists(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2), min_size=1, max_size=9)
)
def test_texts_of_numbers_in_one_go(rows: list[list[float]]) -> None:
    cells = ["\\".join(f"{value!r}" for value in row) for row in rows]
    width = max(map(len, cells))
    raw = np.array([list(cell.ljust(width).encode()) for cell in cells], np.uint8)
    found = decode.number_texts(raw)
    assert found is not None
    assert found.tolist() == rows


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        (b" 1.5 ", [1.5]), (b"1\\-2\\ 3e2", [1, -2, 300]), (b"1,5", [1.5]), (b"+7", [7]), (b"1\0", [1]), (b"  ", []),
        (b"12ab", [np.nan]), (b"1\\\\2", [1, np.nan, 2]), (b"1 2", [np.nan]), (b"1\\", [1, np.nan]),
        (b"\xff", [np.nan]), (b"-", [np.nan]), (b"1.2.3", [np.nan]), (b"1e999", [np.inf]),
    ],
)  # fmt: skip
def test_odd_texts_of_numbers(cell: bytes, values: list[float]) -> None:
    np.testing.assert_array_equal(decode.number_text(cell), values)
    for others in ([], [cell], [b"4".ljust(len(cell))]):
        rows = np.array([list(one) for one in [cell, *others]], np.uint8)
        spots = Spots(np.arange(len(rows)) * len(cell), np.full(len(rows), len(cell)), "DS")
        found = number_rows(Source(rows.reshape(-1), "<", strings.plain_text), spots, "DS")
        np.testing.assert_array_equal(found[0], values)


@pytest.mark.parametrize(
    ("vr", "raw", "values"),
    [
        ("US", "0100ffff", [1, 65535]), ("SS", "0100ffff", [1, -1]), ("UL", "01000080", [2147483649]),
        ("SL", "ffffffff", [-1]), ("FL", "00002041", [10]), ("FD", "0000000000002440", [10]),
        ("SV", "ffffffffffffffff", [-1]), ("UV", "ffffffffffffffff", [2**64 - 1]), ("AT", "08001800", [8, 24]),
        ("OW", "0102", [0x0201]), ("OB", "0102", [1, 2]), ("US", "010002", [1]), ("FD", "00", []),
    ],
)  # fmt: skip
def test_binary_numbers(vr: str, raw: str, values: list[float]) -> None:
    rows = np.frombuffer(bytes.fromhex(raw), np.uint8)[None]
    assert decode.numbers(rows, vr, "<").tolist() == [values]
    size = np.dtype(decode.NUMERIC[vr]).itemsize
    whole = rows[:, : rows.shape[1] // size * size]
    swapped = whole.reshape(1, -1, size)[..., ::-1].reshape(1, -1)
    big = decode.numbers(swapped, vr, ">")
    assert big.tolist() == [values]
    assert big.dtype.isnative


@QUICK
@given(st.binary(min_size=1, max_size=60), st.data())
def test_gather(raw: bytes, data: st.DataObject) -> None:
    length = data.draw(st.integers(0, len(raw)))
    offsets = data.draw(st.lists(st.integers(0, len(raw) - length), max_size=5))
    rows = decode.gather(np.frombuffer(raw, np.uint8), np.array(offsets, np.int64), length)
    assert rows.shape == (len(offsets), length)
    assert [row.tobytes() for row in rows] == [raw[at : at + length] for at in offsets]


@pytest.mark.parametrize("offset", [-1, 3, 10**12])
def test_gather_stays_inside(offset: int) -> None:
    with pytest.raises(IndexError, match="beyond a buffer of 4"):
        decode.gather(np.zeros(4, np.uint8), np.array([0, offset]), 2)


# -- columns from spots --------------------------------------------------------------------------------------------


def column(vr: str | list[str], *cells: bytes | None) -> tuple[list[object], list[bool]]:
    """A column whose rows hold these bytes; None for an absent one."""
    data = np.frombuffer(b"".join(cell or b"" for cell in cells) + b"\0", np.uint8)
    lengths = np.array([-1 if cell is None else len(cell) for cell in cells])
    offsets = np.concatenate([[0], np.cumsum(np.maximum(lengths, 0))[:-1]])
    spots = Spots(offsets, lengths, vr if isinstance(vr, str) else np.array(vr))
    values, present = as_column(Source(data, "<", strings.text_decoder("ISO_IR 192")), spots)
    return values.tolist(), present.tolist()


def test_column_of_texts() -> None:
    assert column("LO", b"A ", b"A", "é ".encode(), b"A\0") == (["A", "A", "é", "A"], [True] * 4)
    assert column("LO", b"A ", None, b"") == (["A", None, None], [True, False, False])
    assert column("LT", b" A ", b" A") == ([" A", " A"], [True, True])
    assert column("CS", b"A\\B", b"A\\B") == (["A\\B", "A\\B"], [True, True])


def test_column_of_numbers() -> None:
    assert column("DS", b"1.5 ", b"2", b"-3e1") == ([1.5, 2.0, -30.0], [True] * 3)
    assert column("DS", b"1\\2 ", b"3\\4") == ([[1, 2], [3, 4]], [True] * 2)
    assert column("IS", b"1 ", None, b"3") == ([1, 0, 3], [True, False, True])
    assert column("IS", b"1 ", b"1e30") == ([1.0, 1e30], [True, True])  # no integer of this machine holds it
    assert column("US", b"\1\0", b"\2\0") == ([1, 2], [True] * 2)
    assert column("AT", b"\x08\0\x18\0", b"\x10\0\x10\0") == ([0x00080018, 0x00100010], [True] * 2)
    for cells, kinds in (((b"1 ", b"2"), int), ((b"1 ", b"2.5"), float), ((b"1 ", b"x"), float)):
        assert {type(value) for value in column("IS", *cells)[0]} == {kinds}


def test_column_of_several_multiplicities_holds_tuples() -> None:
    assert column("US", b"\1\0", b"\2\0\3\0") == ([(1,), (2, 3)], [True] * 2)
    assert column("DS", b"1\\2", b"x\\2")[0][0] == [1, 2]
    assert column("DS", b"1", None, b"2\\3 ") == ([(1,), None, (2, 3)], [True, False, True])
    assert column("AT", b"\x08\0\x18\0", b"\x08\0\x18\0\x10\0\x10\0") == (
        [(0x00080018,), (0x00080018, 0x00100010)],
        [True] * 2,
    )


def test_column_of_several_vrs_reads_each_by_its_own() -> None:
    assert column(["DS", "FD", ""], b"1.5 ", b"\0\0\0\0\0\0\x24\x40", None) == ([1.5, 10.0, None], [True, True, False])
    assert column(["US", "SH"], b"\1\0\2\0", b"AB") == ([(1, 2), "AB"], [True, True])


def test_column_without_any_value() -> None:
    assert column("DS", None, b"") == ([None, None], [False, False])


def test_texts_that_differ_in_padding_are_one() -> None:
    data = np.frombuffer(b"AB AB\0AB", np.uint8)
    spots = Spots(np.array([0, 3, 6]), np.array([3, 3, 2]), "LO")
    distinct, codes = texts(Source(data, "<", strings.plain_text), spots, "LO")
    assert (distinct, codes.tolist()) == (["AB"], [0, 0, 0])


def test_a_whole_integer_text_stays_exact(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(enhanced([[(0x00209057, "UL", 4294967295)], [(0x00209057, "UL", 1)]]))
    file = open_file(path)
    assert file.frames is not None
    values, _ = ItemColumns(file.source, file.frames).column("InStackPositionNumber")
    assert values.tolist() == [4294967295, 1]
    assert values.dtype == np.uint32
