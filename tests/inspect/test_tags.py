"""How attributes are named on the command line."""

from __future__ import annotations

import pytest

from dicome.dicom.scan import Element
from dicome.errors import ArgumentError
from dicome.inspect.tags import Step, key_of, parse_tag, parse_tags, usual_creator

DD1 = "philips mr imaging dd 001"


@pytest.mark.parametrize("text", ["0008,103e", "(0008,103E)", "0008103e", "SeriesDescription", " SeriesDescription "])
def test_a_standard_attribute(text: str) -> None:
    (way, *_) = parse_tag(text).ways
    assert [step.key for step in way] == [(0x0008103E, "")]
    assert parse_tag(text).number == "0008,103e"


@pytest.mark.parametrize("text", ["2005,100e", "MRScaleSlope", '2005,"Philips MR Imaging DD 001",0e'])
def test_a_private_attribute_is_known_by_its_creator(text: str) -> None:
    wanted = parse_tag(text)
    assert wanted.ways[0] == (Step((0x2005000E, DD1)),)
    assert wanted.number == "2005,100e"


def test_a_private_number_is_tried_as_it_stands_where_the_creator_has_no_such_element() -> None:
    by_creator, as_it_stands = parse_tag("2005,100e").ways
    moved = Element(0x2005110E, "DS", 0, 0, 0, "Philips MR Imaging DD 001")
    other = Element(0x2005100E, "DS", 0, 0, 0, "ELSCINT1")
    assert [by_creator[0].fits(moved, 0), as_it_stands[0].fits(moved, 0)] == [True, False]
    assert [by_creator[0].fits(other, 0), as_it_stands[0].fits(other, 0)] == [False, True]
    assert parse_tag("0019,100c").ways == ((Step((0x0019100C, ""), literal=True),),)


def test_the_block_does_not_matter() -> None:
    first, second = (Element(tag, "DS", 0, 0, 0, " Philips MR Imaging DD 001") for tag in (0x2005100E, 0x2005150E))
    assert key_of(first) == key_of(second) == (0x2005000E, DD1)


def test_a_path() -> None:
    wanted = parse_tag("PerFrameFunctionalGroupsSequence[3].0018,9114/EffectiveEchoTime")
    assert wanted.ways == ((Step((0x52009230, ""), 3), Step((0x00189114, "")), Step((0x00189082, ""))),)


def test_several_and_all() -> None:
    wanted = parse_tags("PatientName:0008,103e: * :")
    assert [None if one is None else one.name for one in wanted] == ["PatientName", "0008,103e", None]


@pytest.mark.parametrize("text", ["", ":", "NoSuchThing", "PatientNam", "0008,10", "..", '2005,"Philips'])
def test_what_is_no_tag(text: str) -> None:
    with pytest.raises(ArgumentError):
        parse_tags(text)


def test_a_misspelling_is_told_with_what_is_near() -> None:
    with pytest.raises(ArgumentError, match="did you mean EffectiveEchoTime"):
        parse_tag("EffectivEchoTime")


def test_usual_creators() -> None:
    assert usual_creator(0x20051411) == "Philips MR Imaging DD 005"
    assert usual_creator(0x20011018) == "Philips Imaging DD 001"
    assert usual_creator(0x00191018) is None
    assert usual_creator(0x20050010) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("echotime", "EchoTime"),
        ("ECHOTIME", "EchoTime"),
        ("mrscaleslope", "MRScaleSlope"),
        ("MRScaleSlop", "MRScaleSlope"),
    ],
)
def test_the_nearest_names_whatever_their_case_and_dictionary(typed: str, meant: str) -> None:
    with pytest.raises(ArgumentError, match=f"did you mean {meant}"):
        parse_tag(typed)


def test_items_count_from_one() -> None:
    """In paths of DCMTK they count from 0."""
    with pytest.raises(ArgumentError, match=r"items count from 1, as in \(0008,1140\)\[1\]"):
        parse_tag("(0008,1140)[0].(0008,1155)")
    with pytest.raises(ArgumentError, match="no attribute"):
        parse_tag(f"0008,1140[{'9' * 5000}]")
