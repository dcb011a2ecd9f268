"""The dumps of CTN: lines, raw bytes, checks."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from dicome.dicom.file import open_file
from dicome.enhanced.encode import Encoding, data_set
from dicome.errors import ColumnError, NotDicomError
from dicome.inspect.ctn import BIG_ENDIAN, Options, dump, verify
from dicome.inspect.opening import open_header, require_part10
from dicome.inspect.places import find_first
from dicome.inspect.raw import raw_value
from dicome.inspect.tags import parse_tag
from dicome.inspect.whole import whole
from tests.inspect.making import CLASSIC, classic, enhanced_file


def test_lines(tmp_path: Path) -> None:
    path = classic(tmp_path / "a.dcm", more=[(0x00081140, "SQ", [[(0x00081155, "UI", "1.2")]])])
    lines = list(dump(open_file(path)))
    assert lines[0] == f"DICOM File: {path}"
    assert "0008 103e        6 //             Series Description//T1 TFE" in lines
    assert "7fe0 0010        8 //                     Pixel Data//Data on disk" in lines
    at = next(k for k, line in enumerate(lines) if line.endswith("//SEQUENCE"))
    assert lines[at + 1 : at + 6] == [
        "DCM Dump Sequence",
        " DCM Dump Elements",
        " Object type: UNKNOWN",
        " Object size: 12",
        " Group: 0008, Length:       12",
    ]
    assert lines[at + 6] == " 0008 1155        4 //    Referenced SOP Instance UID//1.2"


def test_every_frame(tmp_path: Path) -> None:
    lines = list(dump(open_file(enhanced_file(tmp_path / "a.dcm", 3))))
    assert [line.rpartition("//")[2] for line in lines if "Effective Echo Time" in line] == ["10", "20", "30"]


def test_group_lengths_and_length_to_end(tmp_path: Path) -> None:
    path = classic(tmp_path / "a.dcm", more=[(0x00080000, "UL", 8), (0x00080001, "UL", 50)])
    assert any(line.startswith("0008 0000") for line in dump(open_file(path)))
    assert not any(" 0000 " in line.split("//")[0] for line in dump(open_file(path), Options(group_lengths=False)))
    cut = [
        line.split("//")[1].strip() for line in dump(open_file(path), Options(to_end=True)) if line.startswith("0008")
    ]
    assert cut[-1] == "SOP Instance UID"


def test_bare_data_sets(tmp_path: Path) -> None:
    for number, encoding in enumerate([Encoding(), Encoding(True), Encoding(False, True), Encoding(True, True)]):
        path = tmp_path / f"{number}"
        path.write_bytes(data_set(CLASSIC, encoding))
        file, _ = open_header(path, BIG_ENDIAN if encoding.big_endian else None)
        assert file.text(0x0008103E) == "T1 TFE"
        assert file.number(0x00280010) == 2
        with pytest.raises(NotDicomError, match="no Part 10 file"):
            require_part10(file)


def test_raw_bytes(tmp_path: Path) -> None:
    private = [(0x20050010, "LO", "Philips MR Imaging DD 001"), (0x2005100E, "FL", 0.5)]
    file = open_file(classic(tmp_path / "a.dcm", {0x7FE00010: b"\1\2\3\4\5\6\7\x08"}, private))
    assert raw_value(file, parse_tag("7fe0,0010")) == bytes(range(1, 9))
    assert raw_value(file, parse_tag("PatientName")) == b"Doe^Jane"
    assert raw_value(file, parse_tag("2005,100e")) == struct.pack("<f", 0.5)
    with pytest.raises(ColumnError, match="no element StudyDate"):
        raw_value(file, parse_tag("StudyDate"))
    frames = open_file(enhanced_file(tmp_path / "b.dcm", 3))
    path = "PerFrameFunctionalGroupsSequence[2].MREchoSequence.EffectiveEchoTime"
    assert raw_value(frames, parse_tag(path)) == struct.pack("<d", 20)
    assert raw_value(frames, parse_tag("EffectiveEchoTime")) == struct.pack("<d", 10)
    assert raw_value(frames, parse_tag("5200,9230")).startswith(b"\xfe\xff\x00\xe0")


def test_raw_bytes_inside_of_frames(tmp_path: Path) -> None:
    frames = open_file(enhanced_file(tmp_path / "a.dcm", 3))
    item = raw_value(frames, parse_tag("PerFrameFunctionalGroupsSequence[2]"))
    echo = raw_value(frames, parse_tag("PerFrameFunctionalGroupsSequence[2].MREchoSequence"))
    assert echo in item
    assert echo.startswith(b"\xfe\xff\x00\xe0")
    assert struct.pack("<d", 20) in echo
    assert struct.pack("<d", 10) in raw_value(frames, parse_tag("0018,9114"))
    assert len(item) < len(raw_value(frames, parse_tag("5200,9230"))) / 2
    with pytest.raises(ColumnError, match="no element"):
        raw_value(frames, parse_tag("PerFrameFunctionalGroupsSequence[4]"))


def test_raw_bytes_of_nested_creators_and_items(tmp_path: Path) -> None:
    stack = [(0x20010010, "LO", "Philips Imaging DD 001"), (0x2001102D, "SS", 7)]
    path = classic(tmp_path / "a.dcm", more=[(0x2001105F, "SQ", [stack])])
    file = open_file(path)
    assert raw_value(file, parse_tag("2001,105f.2001,0010")) == b"Philips Imaging DD 001"
    assert struct.pack("<h", 7) in raw_value(file, parse_tag("2001,105f[1]"))


def test_a_path_from_the_top_level_comes_before_deeper_ones(tmp_path: Path) -> None:
    inner = [[(0x0040A160, "UT", text)] for text in ("deeper", "too deep")]
    content = [[(0x0040A160, "UT", "one"), (0x0040A730, "SQ", inner)], [(0x0040A160, "UT", "two ")]]
    file = open_file(classic(tmp_path / "a.dcm", more=[(0x0040A730, "SQ", content)]))
    wanted = parse_tag("ContentSequence[2].TextValue")
    assert raw_value(file, wanted) == b"two "
    (place,) = find_first(file, [wanted])
    assert place is not None
    assert place.value().text == "two"
    assert raw_value(file, parse_tag("ContentSequence.ContentSequence[2].TextValue")) == b"too deep"


@pytest.mark.parametrize("encoding", [Encoding(), Encoding(True), Encoding(False, True)])
@pytest.mark.parametrize("filling", [b"", bytes(300), b"\xff\x7f filling"])
def test_elements_behind_the_pixels(tmp_path: Path, encoding: Encoding, filling: bytes) -> None:
    behind = [(0x7FE10010, "LO", "SIEMENS CSA NON-IMAGE"), (0x7FE11010, "OB", b"csa!"), (0xFFFCFFFC, "OB", bytes(4))]
    path = classic(tmp_path / "a.dcm", more=behind, encoding=encoding)
    path.write_bytes(path.read_bytes() + filling)
    file = open_file(path)
    tags = [line[:9] for line in dump(file) if "//" in line]
    assert tags[-4:] == ["7fe0 0010", "7fe1 0010", "7fe1 1010", "fffc fffc"]
    assert raw_value(file, parse_tag("7fe1,1010")) == b"csa!"
    assert [line.number for line in whole(file)][-2:] == ["7fe1,1010", "fffc,fffc"]
    (place,) = find_first(file, [parse_tag("7fe1,1010")])
    assert place is not None


def test_values_that_are_none(tmp_path: Path) -> None:
    wrong = {0x00200011: "3x", 0x0020000E: "1.02", 0x00180081: "4.6\\ten", 0x0008103E: "a\nb"}
    found = list(verify(open_file(classic(tmp_path / "a.dcm", wrong))))
    assert [text.split(":")[0] for text in found] == [
        "(0008,103E) SeriesDescription", "(0018,0081) EchoTime", "(0020,000E) SeriesInstanceUID",
        "(0020,0011) SeriesNumber",
    ]  # fmt: skip
    assert all("\n" not in text for text in found)
    assert list(verify(open_file(classic(tmp_path / "b.dcm")))) == []
