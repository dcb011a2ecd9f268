"""Bytes worked out by hand from PS3.5 chapters 6 and 7."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicome.enhanced.encode import Encoding, Raw, data_set, element, format_ds, format_is, item, sequence, value_field
from dicome.errors import ArgumentError

IMPLICIT = Encoding(implicit=True)
BIG = Encoding(big_endian=True)
DEFINED = Encoding(undefined_lengths=False)


@pytest.mark.parametrize(
    ("tag", "vr", "value", "expected"),
    [
        (0x00280010, "US", 64, "28 00 10 00 55 53 02 00 40 00"),
        (0x00100010, "PN", "A^B", "10 00 10 00 50 4E 04 00 41 5E 42 20"),
        (0x00080018, "UI", "1.2", "08 00 18 00 55 49 04 00 31 2E 32 00"),
        (0x00200032, "DS", (-1.5, 0, 22.25), "20 00 32 00 44 53 0C 00 2D 31 2E 35 5C 30 5C 32 32 2E 32 35"),
        (0x00200013, "IS", 7, "20 00 13 00 49 53 02 00 37 20"),
        (0x00189082, "FD", 1.0, "18 00 82 90 46 44 08 00 00 00 00 00 00 00 F0 3F"),
        (0x2005100E, "FL", 0.5, "05 20 0E 10 46 4C 04 00 00 00 00 3F"),
        (0x00209157, "UL", (1, 2, 258), "20 00 57 91 55 4C 0C 00 01 00 00 00 02 00 00 00 02 01 00 00"),
        (0x00209165, "AT", 0x2005140F, "20 00 65 91 41 54 04 00 05 20 0F 14"),
        (0x20051407, "SS", -2, "05 20 07 14 53 53 02 00 FE FF"),
        (0x00020001, "OB", b"\x00\x01", "02 00 01 00 4F 42 00 00 02 00 00 00 00 01"),
        (0x00080008, "CS", ("A", "BC"), "08 00 08 00 43 53 04 00 41 5C 42 43"),
        (0x00080050, "SH", "", "08 00 50 00 53 48 00 00"),
        (0x00080050, "SH", None, "08 00 50 00 53 48 00 00"),
        (0x00400555, "SQ", [], "40 00 55 05 53 51 00 00 00 00 00 00"),
    ],
)
def test_explicit_little_endian(tag: int, vr: str, value: object, expected: str) -> None:
    assert element(tag, vr, value) == bytes.fromhex(expected)


@pytest.mark.parametrize(
    ("tag", "vr", "value", "expected"),
    [
        (0x00280010, "US", 64, "28 00 10 00 02 00 00 00 40 00"),
        (0x00020001, "OB", b"\x01", "02 00 01 00 02 00 00 00 01 00"),
        (0x00080050, "SH", "", "08 00 50 00 00 00 00 00"),
    ],
)
def test_implicit_has_no_vr_and_a_long_length(tag: int, vr: str, value: object, expected: str) -> None:
    assert element(tag, vr, value, IMPLICIT) == bytes.fromhex(expected)


@pytest.mark.parametrize(
    ("tag", "vr", "value", "expected"),
    [
        (0x00280010, "US", 64, "00 28 00 10 55 53 00 02 00 40"),
        (0x00209165, "AT", 0x2005140F, "00 20 91 65 41 54 00 04 20 05 14 0F"),
        (0x7FE00010, "OW", b"\x01\x02\x03\x04", "7F E0 00 10 4F 57 00 00 00 00 00 04 02 01 04 03"),
        (0x7FE00010, "OW", np.array([0x0201, 0x0403], "u2"), "7F E0 00 10 4F 57 00 00 00 00 00 04 02 01 04 03"),
        (0x00420011, "OB", b"\x01\x02", "00 42 00 11 4F 42 00 00 00 00 00 02 01 02"),
        (0x00189082, "FD", 1.0, "00 18 90 82 46 44 00 08 3F F0 00 00 00 00 00 00"),
    ],
)
def test_big_endian_turns_words_not_bytes(tag: int, vr: str, value: object, expected: str) -> None:
    assert element(tag, vr, value, BIG) == bytes.fromhex(expected)


INNER = [(0x00189087, "FD", 0.0)]
OUTER = [(0x00200013, "IS", 1), (0x00189117, "SQ", [INNER])]


def test_nested_sequences_of_undefined_length() -> None:
    expected = """
    00 52 30 92 53 51 00 00 FF FF FF FF
      FE FF 00 E0 FF FF FF FF
        18 00 17 91 53 51 00 00 FF FF FF FF
          FE FF 00 E0 FF FF FF FF
            18 00 87 90 46 44 08 00 00 00 00 00 00 00 00 00
          FE FF 0D E0 00 00 00 00
        FE FF DD E0 00 00 00 00
        20 00 13 00 49 53 02 00 31 20
      FE FF 0D E0 00 00 00 00
    FE FF DD E0 00 00 00 00
    """
    assert element(0x52009230, "SQ", [OUTER]) == bytes.fromhex(expected)


def test_nested_sequences_of_defined_length() -> None:
    expected = """
    00 52 30 92 53 51 00 00 36 00 00 00
      FE FF 00 E0 2E 00 00 00
        18 00 17 91 53 51 00 00 18 00 00 00
          FE FF 00 E0 10 00 00 00
            18 00 87 90 46 44 08 00 00 00 00 00 00 00 00 00
        20 00 13 00 49 53 02 00 31 20
    """
    assert element(0x52009230, "SQ", [OUTER], DEFINED) == bytes.fromhex(expected)


def test_nested_sequences_in_implicit_vr() -> None:
    expected = """
    00 52 30 92 FF FF FF FF
      FE FF 00 E0 FF FF FF FF
        18 00 17 91 FF FF FF FF
          FE FF 00 E0 FF FF FF FF
            18 00 87 90 08 00 00 00 00 00 00 00 00 00 00 00
          FE FF 0D E0 00 00 00 00
        FE FF DD E0 00 00 00 00
        20 00 13 00 02 00 00 00 31 20
      FE FF 0D E0 00 00 00 00
    FE FF DD E0 00 00 00 00
    """
    assert element(0x52009230, "SQ", [OUTER], IMPLICIT) == bytes.fromhex(expected)


def test_sequence_takes_encoded_items_and_empty_ones() -> None:
    expected = "08 00 40 11 53 51 00 00 10 00 00 00  FE FF 00 E0 00 00 00 00  FE FF 00 E0 00 00 00 00"
    assert sequence(0x00081140, [b"", b""], DEFINED) == bytes.fromhex(expected)
    assert item(b"") == bytes.fromhex("FE FF 00 E0 FF FF FF FF FE FF 0D E0 00 00 00 00")


def test_data_set_sorts_by_tag() -> None:
    first, second = (0x00080050, "SH", ""), (0x00100020, "LO", "")
    assert data_set([second, first]) == element(*first) + element(*second)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (-0.0, "0"),
        (2.3, "2.3"),
        (1e22, "1e+22"),
        (1 / 3, "0.33333333333333"),
        (-1 / 3, "-0.3333333333333"),
        (1.2345678901234567e-7, "1.2345678901e-07"),
        (-1.2345678901234567e-120, "-1.23456789e-120"),
        (-123456789012345678.0, "-1.23456789e+17"),
        (np.float32(0.1), "0.10000000149012"),
    ],
)
def test_decimal_strings(number: float, text: str) -> None:
    assert format_ds(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_decimal_string_fits_and_is_near(number: float) -> None:
    text = format_ds(number)
    assert len(text) <= 16
    assert float(text) == pytest.approx(number, rel=1e-7, abs=1e-320)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_no_text_for_infinity(number: float) -> None:
    with pytest.raises(ArgumentError, match=r"\(0018,0081\) cannot hold .* as DS: .*no infinity"):
        element(0x00180081, "DS", number)


@pytest.mark.parametrize(("number", "text"), [(5, "5"), (-7.0, "-7"), (np.int64(12), "12"), (2**31 - 1, "2147483647")])
def test_integer_strings(number: float, text: str) -> None:
    assert format_is(number) == text


@pytest.mark.parametrize(
    ("vr", "value", "found"),
    [
        ("IS", 1.5, "not an integer"),
        ("IS", 2**31, "not an integer of 32 bits"),
        ("US", 70000, "format requires 0 <= number <= 65535|ushort"),
        ("US", "a", "integer|required"),
        ("LO", 5, "text expected"),
        ("OB", 5, "bytes or an array expected"),
        ("LO", "\u4e2d", "latin-1"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_tag(vr: str, value: object, found: str) -> None:
    with pytest.raises(ArgumentError, match=rf"\(0009,1001\) cannot hold .* as {vr}: .*({found})"):
        element(0x00091001, vr, value)


def test_a_short_form_value_beyond_16_bits_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"\(0010,4000\) LT holds at most 65534 bytes, not 70000"):
        element(0x00104000, "LT", "x" * 70000)
    assert len(element(0x00104000, "LT", "x" * 70000, IMPLICIT)) == 70008


def test_text_in_another_character_set() -> None:
    assert element(0x00100010, "PN", "Ä", Encoding(charset="utf_8"))[8:] == b"\xc3\x84"
    assert element(0x00100010, "PN", "Ä")[8:] == b"\xc4 "


@pytest.mark.parametrize(
    ("vr", "value", "little", "big"),
    [
        ("US", b"\x40\x00\x01\x02", "40 00 01 02", "00 40 02 01"),
        ("FL", b"\x00\x00\x80\x3f", "00 00 80 3F", "3F 80 00 00"),
        ("AT", b"\x20\x00\x57\x90", "20 00 57 90", "00 20 90 57"),
        ("OW", b"\x01\x02", "01 02", "02 01"),
        ("DS", b"1.50", "31 2E 35 30", "31 2E 35 30"),
        ("OB", b"\x07", "07 00", "07 00"),
    ],
)
def test_raw_values_stay_as_they_are(vr: str, value: bytes, little: str, big: str) -> None:
    assert value_field(vr, Raw(value)) == bytes.fromhex(little)
    assert value_field(vr, Raw(value), BIG) == bytes.fromhex(big)
