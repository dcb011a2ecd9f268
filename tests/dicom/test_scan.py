"""Elements found by the scanner: against bytes worked by hand, and against pydicom for random data sets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dicome.dicom.dataset import DataSet, scan_data_set
from dicome.dicom.file import open_file
from dicome.dicom.scan import Element
from dicome.dicom.transfer import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, TransferSyntax
from dicome.enhanced import encode
from tests.support.files import DEFLATED_UID, part10, uid_of
from tests.support.plain import ours, read, theirs
from tests.support.strategies import ENCODINGS, elements, mixed_lengths

SLOW = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def scan(data: bytes, syntax: TransferSyntax = EXPLICIT_LITTLE) -> DataSet:
    return scan_data_set(data, 0, syntax, Path("x.dcm"))


def hexed(text: str) -> bytes:
    """Bytes of hexadecimal digits; a part in quotes stands for its letters."""
    parts = text.split("'")
    return b"".join(bytes.fromhex(part) if k % 2 == 0 else part.encode() for k, part in enumerate(parts))


def where(element: Element) -> tuple[int, str, int, int, int]:
    return element.tag, element.vr, element.start, element.offset, element.length


def test_explicit_little_endian_by_hand() -> None:
    data = hexed("1000 1000 'PN' 0400 'A^B ' 2800 1000 'US' 0200 0300 e07f 1000 'OW' 0000 04000000 01020304")
    found = scan(data)
    assert [where(e) for e in found.elements] == [(0x00100010, "PN", 0, 8, 4), (0x00280010, "US", 12, 20, 2)]
    assert found.pixels is not None
    assert where(found.pixels) == (0x7FE00010, "OW", 22, 34, 4)


def test_implicit_little_endian_by_hand() -> None:
    data = hexed("1000 1000 04000000 'A^B ' 2800 1000 02000000 0300")
    assert [where(e) for e in scan(data, IMPLICIT_LITTLE).elements] == [
        (0x00100010, "PN", 0, 8, 4),
        (0x00280010, "US", 12, 20, 2),
    ]


def test_explicit_big_endian_by_hand() -> None:
    data = hexed("0010 0010 'PN' 0004 'A^B ' 0028 0010 'US' 0002 0003 0040 a730 'SQ' 0000 00000000")
    assert [where(e) for e in scan(data, EXPLICIT_BIG).elements] == [
        (0x00100010, "PN", 0, 8, 4),
        (0x00280010, "US", 12, 20, 2),
        (0x0040A730, "SQ", 22, 34, 0),
    ]


ITEM, ITEM_END, SEQUENCE_END = "feff00e0", "feff0de0 00000000", "feffdde0 00000000"
UNDEFINED = "ffffffff"
MODALITY = "0800 6000 'CS' 0200 'MR'"


@pytest.mark.parametrize(
    ("text", "length", "item"),
    [
        (f"4000 30a7 'SQ' 0000 12000000 {ITEM} 0a000000 {MODALITY}", 18, (12, 30)),
        (f"4000 30a7 'SQ' 0000 {UNDEFINED} {ITEM} 0a000000 {MODALITY} {SEQUENCE_END}", 26, (12, 30)),
        (f"4000 30a7 'SQ' 0000 1a000000 {ITEM} {UNDEFINED} {MODALITY} {ITEM_END}", 26, (12, 38)),
        (f"4000 30a7 'SQ' 0000 {UNDEFINED} {ITEM} {UNDEFINED} {MODALITY} {ITEM_END} {SEQUENCE_END}", 34, (12, 38)),
    ],
)
def test_sequence_by_hand(text: str, length: int, item: tuple[int, int]) -> None:
    (found,) = scan(hexed(text)).elements
    assert where(found) == (0x0040A730, "SQ", 0, 12, length)
    assert found.items is not None
    assert [(i.start, i.end) for i in found.items] == [item]
    assert [where(e) for e in found.items[0].elements] == [(0x00080060, "CS", 20, 28, 2)]


@SLOW
@given(st.data(), st.sampled_from(ENCODINGS))
def test_random_data_sets_as_pydicom_reads_them(data: st.DataObject, encoding: encode.Encoding) -> None:
    drawn = data.draw(elements(encoding.implicit))
    body = encode.data_set(drawn, encoding)
    check(part10(body, uid_of(encoding)), body, encoding)


@SLOW
@given(st.data(), st.sampled_from(ENCODINGS[::2]))
def test_lengths_defined_and_undefined_in_one_data_set(data: st.DataObject, encoding: encode.Encoding) -> None:
    body = data.draw(mixed_lengths(data.draw(elements(encoding.implicit)), encoding))
    check(part10(body, uid_of(encoding)), body, encoding)


def check(data: bytes, body: bytes, encoding: encode.Encoding) -> None:
    syntax = EXPLICIT_BIG if encoding.big_endian else IMPLICIT_LITTLE if encoding.implicit else EXPLICIT_LITTLE
    found = scan(body, syntax)
    assert ours(found.elements, found.source) == theirs(read(data))


@SLOW
@given(elements())
def test_deflated_data_sets(tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[int, str, object]]) -> None:
    data = part10(encode.data_set(drawn), DEFLATED_UID)
    path = tmp_path_factory.mktemp("deflated") / "x.dcm"
    path.write_bytes(data)
    file = open_file(path)
    assert ours(file.elements, file.source) == theirs(read(data))
