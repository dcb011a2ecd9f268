"""Value bytes to text and numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dicome.dicom import values as decode
from dicome.dicom.columns import ItemColumns, Source, Spots, as_column, number_rows, texts
from dicome.dicom.file import open_file
from dicome.enhanced.encode import data_set
from tests.support.files import enhanced, enhanced_body, part10
from tests.support.plain import read

QUICK = settings(max_examples=200, deadline=None, derandomize=True, database=None)

# -- character sets ----------------------------------------------------------------------------------------------

SETS = [
    ("", b"plain", "plain"),
    ("ISO_IR 100", b"Stra\xdfe", "Straße"),
    ("ISO_IR 101", b"W\xb3adys\xb3aw", "Władysław"),
    ("ISO_IR 109", b"\xa6ojo", "Ĥojo"),
    ("ISO_IR 110", b"\xa9ar\xf9nas", "Šarųnas"),
    ("ISO_IR 144", b"\xbb\xee\xda\xe1", "Люкс"),
    ("ISO_IR 127", b"\xe2\xc8\xc7\xe6\xea", "قباني"),
    ("ISO_IR 126", b"\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"),
    ("ISO_IR 138", b"\xf9\xf8\xe5\xef", "שרון"),
    ("ISO_IR 148", b"\xc7avu\xfeo\xf0lu", "Çavuşoğlu"),
    ("ISO_IR 203", b"\xa4uro", "€uro"),
    ("ISO_IR 166", b"\xb9\xd2\xc1", "นาม"),
    ("ISO_IR 13", b"\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ"),
    ("ISO_IR 192", "Wang^XiaoDong=王^小東".encode(), "Wang^XiaoDong=王^小東"),
    ("GB18030", "王^小东".encode("gb18030"), "王^小东"),
    ("GBK", "王^小东".encode("gbk"), "王^小东"),
    ("\\ISO 2022 IR 87", b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "Yamada^Tarou=山田^太郎"),
    ("ISO 2022 IR 13\\ISO 2022 IR 87", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
     "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎"),
    ("\\ISO 2022 IR 149", b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", "Hong^Gildong=洪^吉洞"),
    ("\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab", "Zhang^XiaoDong=张^小东"),
]  # fmt: skip
"""Specific Character Set, bytes and text: names of PS3.5 annexes H to K, and words of the other languages."""


@pytest.mark.parametrize(("character_set", "raw", "text"), SETS)
def test_character_sets(character_set: str, raw: bytes, text: str, tmp_path: Path) -> None:
    assert decode.text_decoder(character_set)(raw) == text
    elements = [(0x00080005, "CS", character_set or None), (0x00100010, "PN", "NAME"), (0x00104000, "LT", "TEXT")]
    body = data_set(elements)
    for vr, word in ((b"PN", b"NAME"), (b"LT", b"TEXT")):
        padded = raw + b" " * (len(raw) % 2)
        body = body.replace(vr + b"\4\0" + word, vr + len(padded).to_bytes(2, "little") + padded)
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(body))
    file = open_file(path)
    assert file.text(0x00104000) == text
    assert file.text(0x00100010) == text
    # pydicom 3.0 leaves escape sequences of the one in, and does not know the other.
    if character_set not in ("\\ISO 2022 IR 58", "ISO_IR 203"):
        pydicoms = read(part10(body))
        assert file.text(0x00100010) == str(pydicoms.PatientName)
        assert file.text(0x00104000) == pydicoms.PatientComments


def test_two_byte_characters_may_hold_bytes_of_delimiters() -> None:
    """In JIS X 0208, 移 (30 5C) ends with a backslash, 図 (3F 5E) with a circumflex, 申 (3F 3D) with an equals sign."""
    text = "移\\図^申=一"
    raw = b"\x1b$B\x30\x5c\x1b(B\\\x1b$B\x3f\x5e\x1b(B^\x1b$B\x3f\x3d\x1b(B=\x1b$B\x30\x6c\x1b(B"
    assert decode.text_decoder("\\ISO 2022 IR 87")(raw) == text


@pytest.mark.parametrize("character_set", sorted(decode._CODECS))
def test_every_set_decodes_any_bytes(character_set: str) -> None:
    text = decode.text_decoder(character_set)(bytes(range(256)))
    assert text.isprintable() or len(text) > 100


@pytest.mark.parametrize(
    "character_set", ["nonsense", "ISO 2022 IR 999\\also nonsense", "\\", "ISO_IR 100\\ISO 2022 IR 87"]
)
def test_unknown_sets_and_wrong_bytes_never_raise(character_set: str) -> None:
    decoder = decode.text_decoder(character_set)
    for raw in (b"", b"A", bytes(range(256)), b"\x1b$B\xff", b"\x1b", b"\x1b(B\x1b$)C\xff\x1b"):
        assert isinstance(decoder(raw), str)


def test_only_some_vrs_know_the_character_set(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(data_set([(0x00080005, "CS", "ISO_IR 192"), (0x00080060, "CS", "M\xe9")])))
    assert open_file(path).text(0x00080060) == "Mé"


def test_texts_of_frames_use_the_set_of_the_file(tmp_path: Path) -> None:
    for k, (character_set, text) in enumerate((("ISO_IR 192", "Größe"), ("ISO_IR 100", "Größe"), ("", "Größe"))):
        frame = [(0x00209056, "SH", "NAME")]
        top = [(0x00080005, "CS", character_set)] if character_set else []
        raw = text.encode("utf-8" if character_set == "ISO_IR 192" else "latin-1")
        body = enhanced_body([frame, frame], top=top).replace(
            b"SH\4\0NAME", b"SH" + len(raw).to_bytes(2, "little") + raw
        )
        path = tmp_path / f"{k}.dcm"
        path.write_bytes(part10(body))
        file = open_file(path)
        assert file.frames is not None
        assert ItemColumns(file.source, file.frames).column("StackID")[0].tolist() == [text] * 2


# -- numbers -----------------------------------------------------------------------------------------------------


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
        found = number_rows(Source(rows.reshape(-1), "<", decode.plain_text), spots, "DS")
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
    values, present = as_column(Source(data, "<", decode.text_decoder("ISO_IR 192")), spots)
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
    distinct, codes = texts(Source(data, "<", decode.plain_text), spots, "LO")
    assert (distinct, codes.tolist()) == (["AB"], [0, 0, 0])


def test_a_whole_integer_text_stays_exact(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(enhanced([[(0x00209057, "UL", 4294967295)], [(0x00209057, "UL", 1)]]))
    file = open_file(path)
    assert file.frames is not None
    values, _ = ItemColumns(file.source, file.frames).column("InStackPositionNumber")
    assert values.tolist() == [4294967295, 1]
    assert values.dtype == np.uint32
