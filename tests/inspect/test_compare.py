"""Fields of files: found at their place, compared between files, shown."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from dicome.dicom.file import open_file
from dicome.enhanced.encode import data_set
from dicome.image import open_image
from dicome.inspect import whole
from dicome.inspect.compare import Comparison, compare, read_row
from dicome.inspect.compared import as_csv, as_text, short_names
from dicome.inspect.fields import fields
from dicome.inspect.over_frames import over_frames
from dicome.inspect.settings import default_tags
from dicome.inspect.tags import parse_tags
from tests.inspect.making import CLASSIC, classic, enhanced_file
from tests.support.files import enhanced, part10, plain_frames

RLE = "1.2.840.10008.1.2.5"


def answers(path: Path, tags: str, everywhere: bool = False) -> dict[str, str]:
    row, _ = read_row(open_file(path), parse_tags(tags), everywhere)
    return {name: answer.text for name, answer in row.answers.items()}


def compared(*paths: Path, tags: str, everywhere: bool = False) -> Comparison:
    rows, numbers = [], {}
    for path in paths:
        row, found = read_row(open_file(path), parse_tags(tags), everywhere)
        rows.append(row)
        numbers.update(found)
    return compare(rows, numbers)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return enhanced_file(tmp_path / "scan.dcm", 3)


def test_the_first_found_and_all_of_them(scan: Path) -> None:
    assert answers(scan, "EffectiveEchoTime:NumberOfFrames") == {"EffectiveEchoTime": "10", "NumberOfFrames": "3"}
    found = answers(scan, "EffectiveEchoTime:NumberOfFrames", everywhere=True)
    assert found == {"EffectiveEchoTime": "10 .. 30 (3 values)", "NumberOfFrames": "3"}


def test_a_path_with_a_frame(scan: Path) -> None:
    path = "PerFrameFunctionalGroupsSequence[2].MREchoSequence.EffectiveEchoTime"
    assert answers(scan, path) == {path: "20"}
    assert answers(scan, "MREchoSequence.EffectiveEchoTime", everywhere=True).popitem()[1] == "10 .. 30 (3 values)"
    assert answers(scan, "PerFrameFunctionalGroupsSequence[9].MREchoSequence.EffectiveEchoTime") == {}
    assert answers(scan, "FrameContentSequence.EffectiveEchoTime") == {}


def test_a_sequence_of_the_frames_is_there_like_one_of_the_top_level(tmp_path: Path) -> None:
    frames = plain_frames(3)
    frames[1] = [(0x00089092, "SQ", []), *frames[1]]
    frames[2] = [(0x00089092, "SQ", [[(0x00081155, "UI", "1.2")], []]), *frames[2]]
    path = tmp_path / "a.dcm"
    path.write_bytes(enhanced(frames))
    names = "MREchoSequence:5200,9230[3].0018,9114:5200,9230[1].0008,9092:0008,9092"
    assert answers(path, names) == {
        "MREchoSequence": "(1 item)", "5200,9230[3].0018,9114": "(1 item)", "0008,9092": "(0 items)"
    }  # fmt: skip
    assert answers(path, "0008,9092", everywhere=True) == {"0008,9092": "(0 items) .. (2 items) (2 values)"}
    assert answers(path, "5200,9230[3].0008,9092") == {"5200,9230[3].0008,9092": "(2 items)"}
    listed = [(one.number, one.vr) for one in fields(open_file(path))]
    assert ("0018,9114", "SQ") in listed
    assert ("0008,9092", "SQ") in listed


def test_long_values_that_are_not_shown_are_compared_all_the_same(tmp_path: Path) -> None:
    private = (0x00290010, "LO", "ME"), (0x00291001, "OB", bytes(100))
    one = classic(tmp_path / "a.dcm", {0x7FE00010: bytes(72)}, private)
    two = classic(tmp_path / "b.dcm", {0x7FE00010: bytes(71) + b"1"}, private)
    found = compared(one, two, tags="PixelData:0029,1001")
    assert {name: answer and answer.text for name, answer in found.same.items()} == {"0029,1001": "(100 bytes)"}
    assert found.different == ("PixelData",)
    cells = [row.answers["PixelData"].text for row in found.rows]
    assert cells[0] != cells[1]
    assert all(cell.startswith("(72 bytes, ") for cell in cells)
    assert list(as_csv(found))[1].endswith(f'"{cells[0]}",(100 bytes)')
    row, _ = read_row(open_file(one), parse_tags("PixelData"), exact=False)
    assert row.answers["PixelData"].text == "(72 bytes)"


def test_compressed_pixels_are_compared_up_to_their_end(tmp_path: Path) -> None:
    def written(name: str, fragment: bytes, behind: str) -> Path:
        pixels = struct.pack("<HHI", 0xFFFE, 0xE000, 0) + struct.pack("<HHI", 0xFFFE, 0xE000, len(fragment)) + fragment
        pixels += struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
        body = data_set([*CLASSIC[:-1]])
        body += struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF) + pixels
        (tmp_path / name).write_bytes(part10(body + data_set([(0xFFFCFFFC, "OB", behind.encode())]), RLE))
        return tmp_path / name

    one, two = written("a.dcm", b"abcd", "12"), written("b.dcm", b"abcd", "34")
    assert compared(one, two, tags="PixelData").different == ()
    other = written("c.dcm", b"abce", "12")
    found = compared(one, other, tags="PixelData")
    assert found.different == ("PixelData",)
    assert found.rows[0].answers["PixelData"].text.startswith("(compressed, ")


def test_long_values_of_the_frames_are_told_apart(tmp_path: Path) -> None:
    creator = (0x00210010, "LO", "ME")
    frames = [[*frame, creator, (0x00211001, "OB", bytes(99) + bytes([k]))] for k, frame in enumerate(plain_frames(3))]
    path = tmp_path / "a.dcm"
    path.write_bytes(enhanced(frames))
    found = answers(path, "0021,1001", everywhere=True)["0021,1001"]
    assert found.startswith("(100 bytes, ")
    assert found.endswith(" (3 values)")
    folded = [" ".join(line.split()) for line in whole.as_text(whole.whole(open_file(path)), 0)]
    assert any(line.startswith("0021,1001 OB .ME 01 (100 bytes, ") for line in folded)
    assert "Private_0021_1001" in over_frames(open_image(path)).varying
    same = tmp_path / "b.dcm"
    same.write_bytes(enhanced([[*frame, creator, (0x00211001, "OB", bytes(100))] for frame in plain_frames(3)]))
    assert answers(same, "0021,1001", everywhere=True) == {"0021,1001": "(100 bytes)"}
    assert over_frames(open_image(same)).constant["Private_0021_1001"].text == "(100 bytes)"


def test_attributes_of_one_name_are_told_apart(tmp_path: Path) -> None:
    # The private dictionary of Philips has Sequence Variant as well, and MRFatSaturation twice.
    private = [
        (0x20010010, "LO", "Philips Imaging DD 001"), (0x20011021, "CS", "N"),
        (0x20050010, "LO", "Philips MR Imaging DD 001"), (0x20051015, "CS", "Y"), (0x200510C0, "CS", "GR"),
    ]  # fmt: skip
    path = classic(tmp_path / "a.dcm", more=[(0x00180021, "CS", "SP"), *private, (0x60020010, "US", 7)])
    found = answers(path, "*")
    own = '2005,"Philips MR Imaging DD 001",c0', '2005,"Philips MR Imaging DD 001",15'
    assert (found["SequenceVariant"], found["MRFatSaturation"]) == ("SP", "N")
    assert (found[own[0]], found[own[1]], found["6002,0010"]) == ("GR", "Y", "7")
    listed = {one.name: one.answer.text for one in fields(open_file(path))}
    assert listed == found
    assert answers(path, ":".join(listed)) == found


def test_the_top_level_goes_before_deeper_ones_that_stand_earlier(tmp_path: Path) -> None:
    deeper = (0x00081140, "SQ", [[(0x0020000E, "UI", "9.9.9")]])
    path = classic(tmp_path / "a.dcm", more=[deeper])
    assert answers(path, "SeriesInstanceUID") == {"SeriesInstanceUID": "1.2.3"}
    assert answers(path, "SeriesInstanceUID", everywhere=True) == {"SeriesInstanceUID": "9.9.9 .. 1.2.3 (2 values)"}


def test_a_private_attribute_in_a_moved_block(tmp_path: Path) -> None:
    creator = "Philips MR Imaging DD 001"
    path = classic(tmp_path / "a.dcm", more=[(0x20050015, "LO", creator), (0x2005150E, "FL", 0.5)])
    assert answers(path, "2005,100e:MRScaleSlope:2005,150e") == {
        "2005,100e": "0.5", "MRScaleSlope": "0.5", "2005,150e": "0.5"
    }  # fmt: skip


def test_a_private_number_of_another_vendor(tmp_path: Path) -> None:
    path = classic(tmp_path / "a.dcm", more=[(0x00190010, "LO", "SIEMENS MR HEADER"), (0x0019100C, "IS", "1000")])
    assert answers(path, '0019,100c:0019,"SIEMENS MR HEADER",0c') == {
        "0019,100c": "1000", '0019,"SIEMENS MR HEADER",0c': "1000"
    }  # fmt: skip


def test_the_tag_is_that_under_which_it_was_found(tmp_path: Path) -> None:
    scan, other = enhanced_file(tmp_path / "scan.dcm"), classic(tmp_path / "a.dcm")
    moved = [(0x20050015, "LO", "Philips MR Imaging DD 001"), (0x2005150E, "FL", 0.5), (0x2005159A, "SS", 1)]
    third = classic(tmp_path / "b.dcm", {0x00180081: None}, moved)

    def numbers(*paths: Path, everywhere: bool = False) -> dict[str, str]:
        wanted = [*default_tags(), *parse_tags("2005,100e:MRScaleSlope:*")]
        rows = [read_row(open_file(path), wanted, everywhere)[0] for path in paths]
        return compare(
            rows, {one.name: one.number for one in wanted if one} | dict.fromkeys(rows[-1].answers, "")
        ).numbers

    assert numbers(scan)["EchoTime"] == numbers(scan, everywhere=True)["EchoTime"] == "0018,9082"
    assert numbers(third, scan, other)["EchoTime"] == "0018,9082"
    assert numbers(other)["EchoTime"] == numbers(third)["EchoTime"] == "0018,0081"
    assert [numbers(third)[name] for name in ("2005,100e", "MRScaleSlope")] == ["2005,150e"] * 2
    assert numbers(third)['2005,"Philips MR Imaging DD 001",9a'] == "2005,159a"


def test_all_tags(tmp_path: Path) -> None:
    found = answers(classic(tmp_path / "a.dcm"), "*")
    assert found["EchoTime"] == "4.6"
    assert found["PixelData"] == "00 00 00 00" or found["PixelData"].startswith(("0\\", "("))
    assert found["TransferSyntaxUID"] == "1.2.840.10008.1.2.1"
    inner = answers(enhanced_file(tmp_path / "b.dcm"), "*", everywhere=True)
    assert inner["DimensionIndexValues"] == "1\\1 .. 1\\3 (3 values)"


def test_what_is_the_same_and_what_differs(tmp_path: Path) -> None:
    one = classic(tmp_path / "a.dcm")
    two = classic(tmp_path / "b.dcm", {0x00180081: "9.2", 0x00100020: None})
    found = compared(one, two, tags="SeriesNumber:EchoTime:PatientID:StudyDate")
    assert {name: answer and answer.text for name, answer in found.same.items()} == {
        "SeriesNumber": "301", "StudyDate": None
    }  # fmt: skip
    assert found.different == ("EchoTime", "PatientID")
    lines = [" ".join(line.split()) for line in as_text(found, 200)]
    assert lines == [
        "the same in all 2 files",
        "SeriesNumber 0020,0011 301",
        "StudyDate 0008,0020 -",
        "",
        "File EchoTime PatientID",
        "a.dcm 4.6 P1",
        "b.dcm 9.2 -",
    ]
    assert not any("StudyDate" in line for line in as_text(found, 200, asked=()))
    assert list(as_csv(found))[1:] == [f"{one},301,4.6,P1,", f"{two},301,9.2,,"]


def test_a_wide_table_goes_on_below(tmp_path: Path) -> None:
    one = classic(tmp_path / "a.dcm", {0x0008103E: "x" * 30, 0x00100020: "1"})
    two = classic(tmp_path / "b.dcm", {0x0008103E: "y" * 30, 0x00100020: "2"})
    lines = list(as_text(compared(one, two, tags="SeriesDescription:PatientID:SOPInstanceUID"), 40))
    assert max(map(len, lines)) <= 40
    heads = [line.split() for line in lines if line.startswith("File")]
    assert heads == [["File", "SeriesDescription"], ["File", "PatientID"]]


@pytest.mark.parametrize(
    ("files", "short"),
    [
        (["/a/b/1", "/a/b/2"], ["1", "2"]),
        (["/a/b1/x", "/a/b2/x"], ["b1/x", "b2/x"]),
        (["x", "y"], ["x", "y"]),
        (["/a/b"], ["/a/b"]),
        (["/a", "/b"], ["/a", "/b"]),
    ],
)
def test_short_names(files: list[str], short: list[str]) -> None:
    assert short_names(files) == short


HOSTILE = "\x1b]0;owned\x07\r\nrm"


def test_hostile_text_is_shown_not_sent(tmp_path: Path) -> None:
    one = classic(tmp_path / "a.dcm", {0x0008103E: HOSTILE})
    two = classic(tmp_path / "b.dcm", {0x0008103E: HOSTILE + "2"})
    for files in ((one,), (one, two)):
        found = compared(*files, tags="SeriesDescription")
        for text in (*as_text(found, 200), *as_csv(found)):
            assert "\\x1b]0;owned\\x07\\r\\nrm" in text or "\\" not in text
            assert text.isprintable()


def test_frames_that_differ_between_their_first_and_last_value_are_told_apart(tmp_path: Path) -> None:
    """Echo times of 10, 20, 40 and of 10, 30, 40 ms have one summary."""
    paths: list[Path] = []
    for times in ((10.0, 20.0, 40.0), (10.0, 30.0, 40.0), (10.0, 20.0, 40.0)):
        frames = [[(0x00189114, "SQ", [[(0x00189082, "FD", time)]]), *frame[1:]]
                  for time, frame in zip(times, plain_frames(3), strict=True)]  # fmt: skip
        paths.append(tmp_path / f"{len(paths)}.dcm")
        paths[-1].write_bytes(enhanced(frames))
    found = compared(*paths, tags="EffectiveEchoTime", everywhere=True)
    assert found.different == ("EffectiveEchoTime",)
    texts = [row.answers["EffectiveEchoTime"].text for row in found.rows]
    assert all(text.startswith("10 .. 40 (3 values, ") for text in texts)
    assert texts[0] == texts[2] != texts[1]
    assert found.rows[1].answers["EffectiveEchoTime"].data["values"] == [10, 30, 40]
    alone = compared(*paths[::2], tags="EffectiveEchoTime", everywhere=True).same["EffectiveEchoTime"]
    assert alone is not None
    assert alone.text == "10 .. 40 (3 values)"
