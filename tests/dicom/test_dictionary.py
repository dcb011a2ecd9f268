"""The dictionary against PS3.6 as pydicom knows it, and against names that users of Philips files know."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary

from dicome.dicom import dictionary
from dicome.errors import ColumnError
from tests.dicom.standard_rows import standard_rows

IMAGING_1 = "Philips Imaging DD 001"
MR_1 = "Philips MR Imaging DD 001"
MR_5 = "Philips MR Imaging DD 005"
FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}\Z")

same_edition = pytest.mark.skipif(
    not pydicom.__version__.startswith("3.0."), reason="the table is of the edition of PS3.6 in pydicom 3.0"
)


def _table(name: str) -> list[list[str]]:
    text = Path(dictionary.__file__).with_name(name).read_text(encoding="ascii")
    return [row.split("\t") for row in text.splitlines()[1:]]


@same_edition
def test_the_table_is_what_its_maker_writes() -> None:
    assert [row.split("\t") for row in standard_rows()] == _table("standard.tsv")


@same_edition
def test_every_standard_attribute_is_as_pydicom_has_it() -> None:
    known = {tag: entry for tag, entry in DicomDictionary.items() if entry[4]}
    assert len(known) > 5000
    for tag, (vr, _, name, retired, keyword) in known.items():
        expected_vr = "UL" if tag & 0xFFFF == 0 else vr
        assert (dictionary.vr_of(tag), dictionary.keyword_of(tag)) == (expected_vr, keyword)
        assert dictionary.tag_of(keyword) == tag
        assert dictionary.field_name(tag) == keyword
        if not retired:
            assert dictionary.words_of(keyword) == name


@same_edition
def test_every_attribute_of_repeating_groups_is_as_pydicom_has_it() -> None:
    for mask, (vr, _, name, retired, keyword) in RepeatersDictionary.items():
        first, other = (int(mask.replace("x", digit), 16) for digit in "02")
        assert dictionary.tag_of(keyword) == first
        assert dictionary.keyword_of(other) == keyword
        assert dictionary.vr_of(other) == vr
        if not retired:
            assert dictionary.words_of(keyword) == name


@pytest.mark.parametrize(
    ("tag", "creator", "vr", "field"),
    [
        (0x00209157, None, "UL", "DimensionIndexValues"),
        (0x52009230, None, "SQ", "PerFrameFunctionalGroupsSequence"),
        (0x00280106, None, "US or SS", "SmallestImagePixelValue"),
        (0x7FE00010, None, "OB or OW", "PixelData"),
        (0x60FE3000, None, "OB or OW", "OverlayData"),
        # Elements that no table has
        (0x00189999, None, "UN", "Private_0018_9999"),
        (0x00291010, "SIEMENS CSA HEADER", "UN", "Private_0029_1010"),
        (0x20051099, None, "UN", "Private_2005_1099"),
        # Group lengths
        (0x00020000, None, "UL", "FileMetaInformationGroupLength"),
        (0x00080000, None, "UL", "IdentifyingGroupLength"),
        (0x00400000, None, "UL", "Private_0040_GroupLength"),
        (0x20050000, None, "UL", "Private_2005_GroupLength"),
        # Private creators reserve blocks
        (0x20050010, None, "LO", "Private_2005_10xx_Creator"),
        (0x200500FF, None, "LO", "Private_2005_ffxx_Creator"),
        (0x20050001, None, "UN", "Private_2005_0001"),
        (0x20050100, MR_1, "UN", "Private_2005_0100"),
        # Elements of Philips, in the usual block and in another (R11 moves them)
        (0x20011014, IMAGING_1, "SL", "MRSeriesNrOfEchoes"),
        (0x2001100A, IMAGING_1, "IS", "ImagePlaneNumber"),
        (0x2005100E, MR_1, "FL", "MRScaleSlope"),
        (0x2005140E, MR_5, "SQ", "PrivateSharedSq"),
        (0x2005140F, MR_5, "SQ", "PrivatePerFrameSq"),
        (0x2005100F, MR_5, "SQ", "PrivatePerFrameSq"),
        (0x2005100F, "philips mr imaging dd 005 ", "SQ", "PrivatePerFrameSq"),
        # The table knows the VR, nobody the name
        (0x20011005, IMAGING_1, "SS", "Private_2001_1005"),
    ],
)
def test_known_elements(tag: int, creator: str | None, vr: str, field: str) -> None:
    assert (dictionary.vr_of(tag, creator), dictionary.field_name(tag, creator)) == (vr, field)


def test_a_creator_decides_what_an_element_means() -> None:
    assert dictionary.keyword_of(0x2005100F, MR_1) != "PrivatePerFrameSq"
    assert dictionary.keyword_of(0x2005100F, "Philips MR Imaging DD 099") is None
    assert dictionary.keyword_of(0x2001100F, MR_5) is None


@pytest.mark.parametrize(
    ("keyword", "words"),
    [
        ("StackID", "Stack ID"),
        ("InStackPositionNumber", "In-Stack Position Number"),
        ("TemporalPositionIndex", "Temporal Position Index"),
        ("EffectiveEchoTime", "Effective Echo Time"),
        ("DiffusionBValue", "Diffusion b-value"),
        ("MRScaleSlope", "MR Scale Slope"),
        ("MRSeriesNrOfEchoes", "MR Series Nr of Echoes"),
    ],
)
def test_words(keyword: str, words: str) -> None:
    assert dictionary.words_of(keyword) == words


@pytest.mark.parametrize(
    ("keyword", "element"),
    [
        ("MRScaleSlope", (MR_1, 0x2005, 0x0E)),
        ("PrivatePerFrameSq", (MR_5, 0x2005, 0x0F)),
        ("ImagePlaneNumber", (IMAGING_1, 0x2001, 0x0A)),
        ("SliceNumberMR", (IMAGING_1, 0x2001, 0x0A)),
        ("MRFatSaturation", (IMAGING_1, 0x2001, 0x21)),
        ("MRFatSaturationTechnique", (MR_5, 0x2005, 0x1A)),
    ],
)
def test_private_keywords_and_their_other_names(keyword: str, element: tuple[str, int, int]) -> None:
    assert dictionary.private_tag_of(keyword) == element


def test_unknown_keywords_are_told_with_the_nearest() -> None:
    with pytest.raises(ColumnError, match=r"'DimensionIndexValue' in DICOM PS3\.6; did you mean DimensionIndexValues"):
        dictionary.tag_of("DimensionIndexValue")
    with pytest.raises(ColumnError, match=r"'MRScaleSlop' in the private .* did you mean MRScaleSlope"):
        dictionary.private_tag_of("MRScaleSlop")
    with pytest.raises(ColumnError, match=r"no attribute '' in DICOM PS3\.6$"):
        dictionary.tag_of("")
    with pytest.raises(ColumnError, match="no attribute '' in the private"):
        dictionary.private_tag_of("")


@pytest.mark.parametrize(
    ("tag", "creator", "name"),
    [
        (0x00209157, None, "(0020,9157) DimensionIndexValues"),
        (0x2005140F, MR_5, "(2005,140F) PrivatePerFrameSq"),
        (0x2005F099, " Somebody 1 ", "(2005,F099) of 'Somebody 1'"),
        (0x2005F099, "", "(2005,F099)"),
        (0x00189999, None, "(0018,9999)"),
    ],
)
def test_names_for_messages(tag: int, creator: str | None, name: str) -> None:
    assert dictionary.name_of(tag, creator) == name


def test_ambiguous_vrs() -> None:
    assert {row[1] for row in _table("standard.tsv") if dictionary.ambiguous(row[1])} == {
        "US or SS",
        "OB or OW",
        "US or OW",
        "US or SS or OW",
    }


def test_every_name_is_a_field_name_in_matlab() -> None:
    keywords = [row[3] for row in _table("standard.tsv")]
    keywords += [row[5] for row in _table("philips.tsv") if len(row) > 5 and row[5]]
    assert [keyword for keyword in keywords if not FIELD_NAME.match(keyword)] == []


def test_private_table_is_whole_and_unambiguous() -> None:
    rows = _table("philips.tsv")
    assert len(rows) == 541
    assert len({(row[0].casefold(), row[1], row[2].lower()) for row in rows}) == 541
    standard_vrs = {row[1] for row in _table("standard.tsv")}
    assert {row[3] for row in rows} <= standard_vrs


def test_importing_the_dictionary_imports_no_heavy_package() -> None:
    code = (
        "import sys, dicome.dicom.dictionary as d; d.vr_of(0x00080005); print({'numpy', 'pydicom'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
