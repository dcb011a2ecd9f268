"""Names from header values that mean harm, and from all others."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicome.errors import ArgumentError
from dicome.files.naming import LONGEST, clash_key, numbered, parse_template, relative_name, safe_part

USUAL = parse_template("{PatientID}/{SeriesNumber:04d}_{SeriesDescription}")
HOSTILE = [
    "..",
    ".",
    "/",
    "\\",
    "a/../..",
    "CON",
    "nul.txt",
    "COM1",
    "\0",
    "\n",
    "\u202e",
    "é",
    "e\u0301",
    "😀",
    "-rf",
    "~",
]


def name(**values: str) -> str:
    return str(relative_name(USUAL, values))


def test_the_usual_case() -> None:
    assert name(PatientID="P01", SeriesNumber="3", SeriesDescription="T1 3D TFE") == "P01/0003_T1_3D_TFE"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("plain", "plain"),
        ("Straße à Genève", "Straße_à_Genève"),
        ("e\u0301te\u0301", "\u00e9t\u00e9"),
        ("脳 MRI", "脳_MRI"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("Doe^John^^", "Doe_John"),
        ("..", "unknown"),
        (".", "unknown"),
        ("", "unknown"),
        ("   ", "unknown"),
        ("///", "unknown"),
        ("../../etc/passwd", "__.._etc_passwd"),
        (".hidden", "_hidden"),
        ("-rf", "_rf"),
        ("~root", "_root"),
        ("dots...", "dots"),
        ("space ", "space"),
        ("a\0b\nc\x1b[31md", "a_b_c_[31md"),
        ("right\u202eleft", "right_left"),
        ("half\ud800pair", "half_pair"),
        ("CON", "_CON"),
        ("con", "_con"),
        ("Aux.nii", "_Aux.nii"),
        ("NUL .x", "NUL_.x"),
        ("COM1", "_COM1"),
        ("LPT³", "_LPT³"),
        ("CONIN$", "_CONIN$"),
        ("COM10", "COM10"),
        ("CONTRAST", "CONTRAST"),
        ("nullify", "nullify"),
    ],
)
def test_safe_parts(text: str, safe: str) -> None:
    assert safe_part(text) == safe


def test_long_names_are_cut_and_stay_different() -> None:
    one, two = safe_part("a" * 300), safe_part("a" * 299 + "b")
    assert len(one) == len(two) == LONGEST
    assert one != two
    # The first bytes of the SHA-256 of 300 times "a", by sha256sum.
    assert one == "a" * (LONGEST - 9) + "~9835fa6b"
    accented = safe_part("é" * 200)
    assert len(accented.encode()) <= LONGEST
    assert accented.startswith("éééé")
    assert safe_part("a" * LONGEST) == "a" * LONGEST


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "unknown/unknown_unknown"),
        ({"PatientID": "", "SeriesNumber": " ", "SeriesDescription": "\0"}, "unknown/unknown_unknown"),
        ({"PatientID": "../..", "SeriesNumber": "7", "SeriesDescription": "a/b"}, "unknown/0007_a_b"),
        ({"PatientID": "P", "SeriesNumber": "12345", "SeriesDescription": "x"}, "P/12345_x"),
        ({"PatientID": "P", "SeriesNumber": "-3", "SeriesDescription": "x"}, "P/-003_x"),
        ({"PatientID": "P", "SeriesNumber": "1\\2", "SeriesDescription": "x"}, "P/1_2_x"),
        ({"PatientID": "P", "SeriesNumber": "9" * 400, "SeriesDescription": "x"}, None),
    ],
)
def test_values_that_are_missing_or_odd(values: dict[str, str], expected: str | None) -> None:
    found = name(**values)
    if expected is None:
        assert len(found) <= 2 + LONGEST
    else:
        assert found == expected.replace("P/-003", "P/_003")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{Patient}", "no field 'Patient'"),
        ("{SeriesDescripton}", "did you mean SeriesDescription"),
        ("{PatientID.__class__}", "no field"),
        ("{0}", "no field"),
        ("{}", "no field"),
        ("{PixelData}", "holds no text"),
        ("{ReferencedImageSequence}", "holds no text"),
        ("{SeriesNumber:999999999d}", "has the format"),
        ("{SeriesNumber!r}", "has the format"),
        ("{SeriesNumber:{PatientID}}", "has the format"),
        ("{PatientID", "braces come in pairs"),
        ("PatientID}", "braces come in pairs"),
        ("", "must lie below"),
        ("/tmp/{PatientID}", "must lie below"),
        ("../{PatientID}", "must lie below"),
        ("{PatientID}/../x", "must lie below"),
        ("{PatientID}//x", "must lie below"),
        ("{PatientID}/", "must lie below"),
    ],
)
def test_templates_that_cannot_be(text: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=re.escape(message)):
        parse_template(text)


def test_fields_and_braces() -> None:
    template = parse_template("a{{b}}/{StudyDate}_{StudyDate}_{SeriesNumber}")
    assert template.fields == ("StudyDate", "SeriesNumber")
    assert str(relative_name(template, {"StudyDate": "20240101", "SeriesNumber": "5"})) == "a{b}/20240101_20240101_5"


def test_numbers_behind_names_and_names_that_are_one() -> None:
    assert numbered(PurePosixPath("a/b.c"), 1) == PurePosixPath("a/b.c")
    assert numbered(PurePosixPath("a/b.c"), 2) == PurePosixPath("a/b.c (2)")
    assert clash_key("Straße/É") == clash_key("STRASSE/e\u0301")
    assert clash_key("a") != clash_key("b")


DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{k}" for port in ("COM", "LPT") for k in "0123456789¹²³")}
TEXT = st.one_of(st.text(max_size=400), st.sampled_from(HOSTILE), st.lists(st.sampled_from(HOSTILE)).map("".join))


@given(patient=TEXT, number=TEXT, description=TEXT)
def test_no_value_leads_out_of_the_folder(patient: str, number: str, description: str) -> None:
    found = relative_name(USUAL, {"PatientID": patient, "SeriesNumber": number, "SeriesDescription": description})
    assert len(found.parts) == 2
    root = Path("/destination")
    assert (root / found).resolve().parent.parent == root
    windows = PureWindowsPath("C:/destination") / str(found)
    assert windows.parent.parent == PureWindowsPath("C:/destination")
    for part in found.parts:
        assert part not in ("", ".", "..")
        assert part.split(".")[0].rstrip().upper() not in DEVICES
        assert not part.startswith((".", "-", "~"))
        assert not part.endswith((".", " "))
        assert len(part.encode("utf-8")) <= LONGEST
        assert not set('<>:"/\\|?*') & set(part)
        assert all(unicodedata.category(letter)[0] != "C" for letter in part)
