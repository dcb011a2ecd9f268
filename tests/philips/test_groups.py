"""Parameter groups: bytes worked out by hand, and what is damaged told with its place."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from dicome.errors import DamagedFileError
from dicome.philips.groups import HEADER, RECORD, looks_like_group, read_group
from tests.support.raw_files import SCAN, Setting, group

BY_HAND = (
    # header: integers at 0 + 132, two of them; floats at 8 + 132, one; strings at 16 + 128, 81 bytes; two records at 32
    struct.pack("<iHHiIiIiI", 132, 2, 0, 132, 1, 128, 81 + 7, 8, 2)
    + b"EX_one\0rubbish".ljust(33, b"?") + b"\1" + struct.pack("<iIIi", 4, 2, 225 - (32 + 42), 132 - (32 + 46))
    + b"EX_two".ljust(33, b"\0") + b"\0" + struct.pack("<iIIi", 0, 1, 0, 140 - (82 + 46))
    + struct.pack("<iif", 1, 0, 2.5)
    + b"text".ljust(81, b"\0") + b"NO,YES\0"
)  # fmt: skip


def test_the_layout_has_the_sizes_of_the_format() -> None:
    assert (HEADER.itemsize, RECORD.itemsize) == (32, 50)
    assert [RECORD.fields[name][1] for name in RECORD.names or () if RECORD.fields] == [0, 33, 34, 38, 42, 46]


def test_a_group_by_hand() -> None:
    assert len(BY_HAND) == 132 + 8 + 4 + 88
    found = read_group(BY_HAND, "x")
    assert found.problems == ()
    one, two = found.parameters
    assert (one.name, one.kind, one.shown, one.labels, one.offset) == ("EX_one", "enum", True, ("NO", "YES"), 132)
    assert isinstance(one.values, np.ndarray)
    assert one.values.tolist() == [1, 0]
    assert one.words() == ["YES", "NO"]
    assert (two.name, two.kind, two.shown) == ("EX_two", "float", False)
    assert isinstance(two.values, np.ndarray)
    assert two.values.dtype == np.float32
    assert two.values.tolist() == [2.5]


def test_all_kinds() -> None:
    settings = [
        Setting("A_int", "int", [-5, 2**31 - 1]),
        Setting("A_text", "string", ["", "Jürgen"]),
        Setting("A_old", "obsolete", [7]),
        Setting("A_seperator", "int", [1634755923]),
        Setting("A_name_of_thirty_two_letters_long", "float", [1.5, float("nan")]),
    ]
    found = read_group(group(*settings), "x")
    assert [one.kind for one in found.parameters] == ["int", "string", "obsolete", "int", "float"]
    assert found["A_text"].values == ("", "Jürgen")
    assert found["A_old"].values == struct.pack("<i", 7)
    assert [one.is_separator for one in found.parameters] == [False, False, False, True, False]
    assert found.parameters[-1].name == settings[-1].name[:33]
    assert found.get("nothing") is None
    with pytest.raises(KeyError):
        found["nothing"]


def test_an_enum_whose_word_is_missing() -> None:
    found = read_group(group(Setting("E", "enum", [0, 5, -1], "NO,YES")), "x")
    assert found["E"].words() == ["NO", None, None]
    assert found["E"].with_labels(("A", "B")).labels == ("NO", "YES")
    bare = read_group(group(Setting("E", "enum", [1])), "x")["E"]
    assert bare.words() == [None]
    assert bare.with_labels(("A", "B")).words() == ["B"]


@pytest.mark.parametrize(
    ("at", "value", "told"),
    [
        (24, 9, "at byte 24 its records begin 9 bytes on (expected 8)"),
        (4, 0x00070002, "at byte 6 its structure is 7 (expected 0)"),
    ],
)
def test_what_is_no_group(at: int, value: int, told: str) -> None:
    data = bytearray(BY_HAND)
    data[at : at + 4] = struct.pack("<I", value)
    assert not looks_like_group(bytes(data))
    with pytest.raises(DamagedFileError, match="no parameter group") as caught:
        read_group(bytes(data), "XX_0001: PDF_EXAM_PARS")
    assert told in str(caught.value)
    assert str(caught.value).startswith("XX_0001: PDF_EXAM_PARS: ")


def test_too_short_for_a_header() -> None:
    with pytest.raises(DamagedFileError, match="31 bytes at byte 0; expected the 32 of a parameter group's header"):
        read_group(bytes(31), "x")


def test_a_cut_group_gives_what_is_left() -> None:
    found = read_group(BY_HAND[:140], "x")
    assert [one.name for one in found.parameters] == ["EX_one"]
    assert found.problems == (
        "x: at byte 20: the group ends at byte 232; expected 140",
        "x: EX_one, at byte 74: its words at byte 225 do not end; expected a NUL",
        "x: EX_two, at byte 128: 1 values of kind float at byte 140; expected to end by byte 140",
    )


def test_records_that_are_not_there() -> None:
    data = bytearray(BY_HAND)
    data[28:32] = struct.pack("<I", 2**32 - 1)
    found = read_group(bytes(data), "x")
    assert any("4,294,967,295 parameters announced; the 232 bytes have room for 4" in one for one in found.problems)
    assert found.parameters[0].name == "EX_one"


def test_values_that_overlap_do_not_multiply() -> None:
    """A hundred parameters that all claim the whole pool: a small file must not become a large one."""
    settings = [Setting(f"P{k}", "int", [0]) for k in range(100)]
    data = bytearray(group(*settings))
    for k in range(100):
        at = 32 + 50 * k
        data[at + 38 : at + 42] = struct.pack("<I", 100)
        data[at + 46 : at + 50] = struct.pack("<i", 32 + 5000 - (at + 46))
    found = read_group(bytes(data), "x")
    assert sum(len(one.values) for one in found.parameters) * 4 <= len(data)
    assert any("more values than the group has bytes; reading stops" in one for one in found.problems)


def test_values_before_the_group() -> None:
    data = bytearray(BY_HAND)
    data[32 + 46 : 32 + 50] = struct.pack("<i", -1000)
    found = read_group(bytes(data), "x")
    assert [one.name for one in found.parameters] == ["EX_two"]
    assert "EX_one, at byte 78: 2 values of kind enum at byte -922" in found.problems[0]


def test_words_that_overlap_do_not_multiply() -> None:
    """A hundred enums whose lists begin at different letters of one: 10,000 words, not a million."""
    settings = [Setting(f"P{k}", "enum", [0], "a," * 10_000) for k in range(100)]
    data = bytearray(group(*settings))
    for k in range(100):
        at = 32 + 50 * k + 42
        (words,) = struct.unpack_from("<I", data, at)
        struct.pack_into("<I", data, at, words + 2 * k)
    found = read_group(bytes(data), "x")
    assert len(found) == 100
    assert sum(len(one.labels) for one in found.parameters) <= 2 * len(data) / 2
    assert any("more words than the group has bytes; they are left out" in one for one in found.problems)


def test_words_of_what_is_no_enum_are_left_alone() -> None:
    data = bytearray(BY_HAND)
    data[32 + 34 : 32 + 38] = struct.pack("<i", 1)
    assert read_group(bytes(data), "x").parameters[0].labels == ()


def test_the_builder_and_the_reader_agree() -> None:
    found = read_group(group(*SCAN), "x")
    assert found.problems == ()
    for setting, one in zip(SCAN, found.parameters, strict=True):
        assert (one.name, one.kind, one.shown) == (setting.name, setting.kind, setting.shown)
        np.testing.assert_array_equal(one.values, np.array(setting.values, getattr(one.values, "dtype", None)))


def test_a_thousand_problems_are_not_told_one_by_one() -> None:
    found = read_group(group(*(Setting(f"P{k}", "float", [1.0]) for k in range(1000)))[:-4000], "x")
    assert len(found.problems) == 11
    assert found.problems[-1] == "x: and 991 more like these"


@pytest.mark.parametrize(
    ("at", "value", "told"),
    [
        (0, 136, "at byte 0: the integers begin at byte 136; expected 132"),
        (8, 136, "at byte 8: the floats begin at byte 144; expected 140"),
        (16, 132, "at byte 16: the strings begin at byte 148; expected 144"),
        (20, 80, "at byte 20: the group ends at byte 224; expected 232"),
    ],
)
def test_each_part_begins_where_the_one_before_it_ends(at: int, value: int, told: str) -> None:
    data = bytearray(BY_HAND)
    data[at : at + 4] = struct.pack("<I", value)
    assert f"x: {told}" in read_group(bytes(data), "x").problems
