"""What the scanner makes of encodings that the standard allows beside the plain ones, and of some that it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from dicome.dicom.dataset import DataSet, scan_data_set
from dicome.dicom.file import open_file
from dicome.dicom.scan import MAX_DEPTH, Element, leaves
from dicome.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax
from dicome.enhanced.encode import (
    EXPLICIT,
    ITEM,
    ITEM_END,
    SEQUENCE_END,
    UNDEFINED,
    Encoding,
    data_set,
    delimiter,
    element,
    header,
    item,
    sequence,
)
from dicome.errors import DamagedFileError
from tests.support.files import IMPLICIT_UID, Elements, part10
from tests.support.plain import ours, read, theirs

IMPLICIT, BIG = Encoding(implicit=True), Encoding(big_endian=True)
PHILIPS_1, PHILIPS_5 = "Philips MR Imaging DD 001", "Philips MR Imaging DD 005"
ANATOMY, ICON = 0x00082218, 0x00880200
INSIDE: Elements = [(0x00080100, "SH", "T-D1100"), (0x00080104, "LO", "Head")]


def scan(data: bytes, syntax: TransferSyntax = EXPLICIT_LITTLE) -> DataSet:
    return scan_data_set(data, 0, syntax, Path("x.dcm"))


def tree(found: DataSet) -> object:
    return ours(found.elements, found.source)


def as_pydicom(data: bytes, uid: str = "1.2.840.10008.1.2.1") -> object:
    return theirs(read(part10(data, uid)))


def only(found: DataSet, tag: int) -> Element:
    return next(e for e in leaves(found.elements) if e.tag == tag)


@pytest.mark.parametrize("undefined", [False, True])
def test_implicit_items_in_an_explicit_data_set(undefined: bool) -> None:
    encoding = Encoding(implicit=True, undefined_lengths=undefined)
    body = item(data_set(INSIDE, encoding), encoding)
    end = delimiter(SEQUENCE_END) if undefined else b""
    data = header(ANATOMY, "SQ", UNDEFINED if undefined else len(body)) + body + end + element(0x00280010, "US", 3)
    assert tree(scan(data)) == [(ANATOMY, "SQ", [[(0x00080100, "SH", "T-D1100"), (0x00080104, "LO", "Head")]]),
                                (0x00280010, "US", [3])]  # fmt: skip
    assert tree(scan(data)) == as_pydicom(data)


@pytest.mark.parametrize("outer", [False, True])
@pytest.mark.parametrize("inner", [False, True])
def test_sequence_wrapped_in_un(outer: bool, inner: bool) -> None:
    encoding = Encoding(implicit=True, undefined_lengths=inner)
    body = item(data_set([*INSIDE, (0x00081140, "SQ", [[(0x00081155, "UI", "1.2")]])], encoding), encoding)
    end = delimiter(SEQUENCE_END) if outer else b""
    data = header(ANATOMY, "UN", UNDEFINED if outer else len(body)) + body + end + element(0x00280010, "US", 3)
    found = scan(data)
    assert found.elements[0].vr == "SQ"
    assert tree(found) == as_pydicom(data)


def test_private_sequence_in_un_of_defined_length_is_known_by_its_creator() -> None:
    inner = Encoding(implicit=True, undefined_lengths=False)
    body = item(data_set([(0x00189082, "FD", 12.5)], inner), inner)
    data = element(0x20050010, "LO", PHILIPS_5) + header(0x2005100F, "UN", len(body)) + body
    found = scan(data)
    assert tree(found) == [(0x20050010, "LO", PHILIPS_5), (0x2005100F, "SQ", [[(0x00189082, "FD", [12.5])]])]


def test_un_that_should_be_a_sequence_but_is_none_stays_bytes() -> None:
    for value in (b"no sequence!", delimiter(ITEM, EXPLICIT, 4) + b"\x08\0\0\1"):
        found = scan(element(ANATOMY, "UN", value))
        assert tree(found) == [(ANATOMY, "UN", value)]
        assert found.elements[0].fixed


def test_private_value_in_un_has_the_vr_of_the_dictionary() -> None:
    elements: Elements = [(0x20050010, "LO", PHILIPS_1), (0x20051000, "UN", b"\0\0\x20\x41"),
                          (0x20051001, "UN", b"\1\2\3\4"), (0x200510FE, "UN", b"\5\6")]  # fmt: skip
    data = data_set(elements)
    assert tree(scan(data)) == as_pydicom(data)
    assert only(scan(data), 0x20051000).vr == "FL"


@pytest.mark.parametrize("block", [0x10, 0x11, 0x42, 0xFF])
def test_private_creator_at_any_block(block: int) -> None:
    place = 0x20050000 | block << 8
    data = data_set([(0x20050000 | block, "LO", PHILIPS_1), (place | 0x00, "FL", 1.5)], IMPLICIT)
    found = scan(data, IMPLICIT_LITTLE)
    assert tree(found)[1:] == [(place, "FL", [1.5])]  # type: ignore[index]
    assert only(found, place).creator == PHILIPS_1


def test_creators_of_one_data_set_do_not_reach_into_its_sequences() -> None:
    data = data_set(
        [(0x20050010, "LO", PHILIPS_1), (0x20051000, "FL", 1.5), (0x52009229, "SQ", [[(0x20051000, "UN", b"abcd")]])],
        IMPLICIT,
    )
    found = scan(data, IMPLICIT_LITTLE)
    inside = found.elements[-1].items
    assert inside is not None
    assert (inside[0].elements[0].creator, inside[0].elements[0].vr) == (None, "UN")


def test_us_or_ss_follows_the_sign_of_the_pixels() -> None:
    for sign, vr, value in ((0, "US", 65535), (1, "SS", -1)):
        data = data_set([(0x00280103, "US", sign), (0x00280106, "US", 65535)], IMPLICIT)
        assert tree(scan(data, IMPLICIT_LITTLE))[1] == (0x00280106, vr, [value])  # type: ignore[index]


def test_the_sign_of_an_icon_does_not_reach_out_of_it() -> None:
    icon = (0x00283010, "SQ", [[(0x00280103, "US", 1)]])
    data = data_set([(0x00280103, "US", 0), icon, (0x00409216, "US", 65535)], IMPLICIT)
    assert tree(scan(data, IMPLICIT_LITTLE))[-1] == (0x00409216, "US", [65535])  # type: ignore[index]


def test_compressed_icon_is_kept_whole() -> None:
    fragments = delimiter(ITEM) + delimiter(ITEM, EXPLICIT, 6) + b"\xff\xd8abc\xd9" + delimiter(SEQUENCE_END)
    icon = header(0x7FE00010, "OB", UNDEFINED) + fragments
    data = sequence(ICON, [icon]) + element(0x00880906, "ST", "topic")
    found = scan(data)
    pixels = only(found, 0x7FE00010)
    assert found.source.data[pixels.offset : pixels.end].tobytes() == fragments
    assert [e.tag for e in found.elements] == [ICON, 0x00880906]


def test_un_sequence_in_a_big_endian_file_stays_closed() -> None:
    little = Encoding(implicit=True)
    body = item(data_set(INSIDE, little), little) + delimiter(SEQUENCE_END)
    data = header(ANATOMY, "UN", UNDEFINED, BIG) + body + element(0x00280010, "US", 3, BIG)
    assert tree(scan(data, EXPLICIT_BIG)) == [(ANATOMY, "UN", body), (0x00280010, "US", [3])]


# -- not as the standard has it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("raw_vr", [b"\0\0", b"??", b"ZZ"])
def test_impossible_vr_is_read_by_the_dictionary_and_told(raw_vr: bytes) -> None:
    data = bytearray(data_set([(0x00080060, "CS", "MR"), (0x00189082, "FD", 12.5), (0x00280010, "US", 3)]))
    at = data.index(b"FD")
    data[at : at + 2] = raw_vr
    found = scan(bytes(data))
    assert tree(found) == [(0x00080060, "CS", "MR"), (0x00189082, "FD", [12.5]), (0x00280010, "US", [3])]
    assert "(0018,9082) EffectiveEchoTime" in found.note
    assert "read as FD" in found.note


def test_impossible_vr_at_the_very_begin() -> None:
    """As an implicit length, the bytes behind the tag would be 131,072, which the file has."""
    blob = b"\0" * 200_000
    data = bytearray(data_set([(0x00080060, "CS", "MR"), (0x00280010, "US", 3), (0x7FE00000 - 0x10000, "OB", blob)]))
    data[4:6] = b"\0\0"
    assert tree(scan(bytes(data)))[:2] == [(0x00080060, "CS", "MR"), (0x00280010, "US", [3])]  # type: ignore[index]


def test_vr_to_come_has_the_long_form() -> None:
    new = b"\x19\0\x10\x10XY\0\0\4\0\0\0abcd"
    found = scan(new + element(0x00280010, "US", 3))
    assert tree(found) == [(0x00191010, "UN", b"abcd"), (0x00280010, "US", [3])]


def test_element_without_vr_amid_others_with_one() -> None:
    data = element(0x00080060, "CS", "MR") + element(0x00189082, "FD", 12.5, IMPLICIT) + element(0x00280010, "US", 3)
    assert tree(scan(data)) == [(0x00080060, "CS", "MR"), (0x00189082, "FD", [12.5]), (0x00280010, "US", [3])]
    assert tree(scan(data)) == as_pydicom(data)


@pytest.mark.parametrize(("written", "announced"), [(IMPLICIT, EXPLICIT_LITTLE), (EXPLICIT, IMPLICIT_LITTLE)])
def test_data_set_that_contradicts_its_transfer_syntax(written: Encoding, announced: TransferSyntax) -> None:
    data = data_set([(0x00080060, "CS", "MR"), (ANATOMY, "SQ", [INSIDE]), (0x00280010, "US", 3)], written)
    found = scan(data, announced)
    assert tree(found) == as_pydicom(data, announced.uid)
    assert len(found.elements) == 3
    assert f"although the transfer syntax is {announced.name}" in found.note


def test_filling_behind_the_last_element_is_left_out() -> None:
    data = data_set([(0x00080060, "CS", "MR"), (0x00280010, "US", 3)]) + bytes(64)
    assert [e.tag for e in scan(data).elements] == [0x00080060, 0x00280010]


def test_file_without_meta_group(tmp_path: Path) -> None:
    for number, encoding in enumerate((EXPLICIT, IMPLICIT, BIG)):
        path = tmp_path / f"{number}.dcm"
        path.write_bytes(
            data_set([(0x00080060, "CS", "MR"), (ANATOMY, "SQ", [INSIDE]), (0x00280010, "US", 3)], encoding)
        )
        file = open_file(path)
        assert (file.text(0x00080060), file.number(0x00280010)) == ("MR", 3)


def test_implicit_meta_group(tmp_path: Path) -> None:
    meta = data_set([(0x00020010, "UI", IMPLICIT_UID)], IMPLICIT)
    path = tmp_path / "x.dcm"
    path.write_bytes(bytes(128) + b"DICM" + meta + data_set([(0x00280010, "US", 3)], IMPLICIT))
    file = open_file(path)
    assert (file.syntax, file.number(0x00280010)) == (IMPLICIT_LITTLE, 3)


def overlapping(inner: bytes, length: int, outer: int) -> bytes:
    """An item of a sequence, both of defined length, that announce these lengths; more elements behind."""
    body = delimiter(ITEM, EXPLICIT, length) + inner
    return header(ANATOMY, "SQ", outer) + body + element(0x00280010, "US", 3) + element(0x00280011, "US", 3)


def test_what_reaches_beyond_its_item_or_sequence() -> None:
    leaf = element(0x00080060, "CS", "MR")  # 10 bytes
    open_sequence = sequence(0x00082112, [leaf])  # 46 bytes
    open_item = delimiter(ITEM, EXPLICIT, UNDEFINED) + leaf + delimiter(ITEM_END)
    name = r"\(0008,2218\) AnatomicRegionSequence"
    for data, problem in (
        (overlapping(leaf, 8, 18), r"\(0008,0060\) Modality announces 2 bytes, 0 are left"),
        (overlapping(open_sequence, 40, 60), "an element reaches beyond its item, which ends at byte 60"),
        (overlapping(leaf, 10, 14), f"an item of {name} announces 10 bytes, more than are left"),
        (header(ANATOMY, "SQ", 20) + open_item + leaf, f"an item of {name} reaches beyond its sequence"),
    ):
        with pytest.raises(DamagedFileError, match=rf"x\.dcm: {problem}.*, at byte \d+ of \d+$"):
            scan(data)


# -- bounds ------------------------------------------------------------------------------------------------------


def nested(depth: int, undefined: bool) -> bytes:
    encoding = Encoding(undefined_lengths=undefined)
    body = element(0x00080060, "CS", "MR")
    for _ in range(depth):
        body = sequence(ANATOMY, [body], encoding)
    return body


@pytest.mark.parametrize("undefined", [False, True])
def test_nesting_is_bounded(undefined: bool) -> None:
    assert only(scan(nested(MAX_DEPTH, undefined)), 0x00080060).length == 2
    for depth in (MAX_DEPTH + 1, 1000):
        with pytest.raises(DamagedFileError, match=r"x\.dcm: sequences nested deeper than 64, at byte"):
            scan(nested(depth, undefined))


def test_empty_items_are_bounded() -> None:
    data = header(ANATOMY, "SQ", UNDEFINED) + delimiter(ITEM) * 20_000 + delimiter(SEQUENCE_END)
    with pytest.raises(DamagedFileError, match=r"more than 10,000 empty items in \(0008,2218\) AnatomicRegionSequence"):
        scan(data)


def test_elements_are_bounded() -> None:
    with pytest.raises(DamagedFileError, match=r"more than 300,000 elements and items"):
        scan(element(0x00080060, "CS", None) * 300_001)
