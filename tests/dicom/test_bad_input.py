"""Files that are cut, contradict themselves or were made to do harm: a result or a clear error, soon."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dicome.dicom.columns import ItemColumns
from dicome.dicom.file import open_file
from dicome.dicom.pixels import open_pixels
from dicome.enhanced.encode import (
    EXPLICIT,
    ITEM,
    ITEM_END,
    UNDEFINED,
    Encoding,
    data_set,
    delimiter,
    element,
    header,
    item,
    sequence,
)
from dicome.errors import DamagedFileError, DicomeError, NotDicomError
from dicome.series import open_series
from tests.support.files import (
    DEFLATED_UID,
    PER_FRAME,
    PIXEL_DATA,
    Elements,
    enhanced,
    enhanced_body,
    frame_content,
    head,
    part10,
)

FRAMES: list[Elements] = [
    [
        (0x20050010, "LO", "Philips MR Imaging DD 001"),
        (0x2005100E, "FL", 2.0 * k),
        (0x00189114, "SQ", [[(0x00189082, "FD", 10.0 * k)]]),
        frame_content(1, k),
        (0x00209113, "SQ", [[(0x00200032, "DS", [0.0, 0.0, 1.0 * k])]]),
    ]
    for k in range(1, 5)
]
TOP: Elements = [
    (0x00080005, "CS", "ISO_IR 192"),
    (0x00209222, "SQ", [[(0x00209165, "AT", 0x00209056)], [(0x00209165, "AT", 0x00209057)]]),
    (0x52009229, "SQ", [[(0x00189006, "SQ", [[(0x00180095, "DS", 100)]])]]),
]
FILES = {
    "explicit": enhanced(FRAMES, top=TOP),
    "defined lengths": enhanced(FRAMES, Encoding(undefined_lengths=False), top=TOP),
    "implicit": enhanced(FRAMES, Encoding(implicit=True), top=TOP),
    "implicit, defined": enhanced(FRAMES, Encoding(implicit=True, undefined_lengths=False), top=TOP),
    "big endian": enhanced(FRAMES, Encoding(big_endian=True), top=TOP),
    "UN": enhanced(FRAMES, top=TOP, vr="UN"),
    "deflated": part10(enhanced_body(FRAMES, top=TOP), DEFLATED_UID),
}


def write(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "x.dcm"
    path.write_bytes(data)
    return path


def read_everything(path: Path) -> None:
    """All that the package can be asked about a file."""
    file = open_file(path)
    if file.frames is not None:
        columns = ItemColumns(file.source, file.frames)
        for name in columns.paths:
            columns.column(name)
    for found in file.elements:
        file.text(found.tag)
        file.number(found.tag)
    series = open_series(path)
    for name in series.table.paths:
        series.table.column(name)
    pixels = open_pixels(file)
    for k in range(min(pixels.frame_count, 8)):
        pixels.block(k, 1)


def message(path: Path) -> str:
    """What reading the file is answered with."""
    with pytest.raises(DicomeError) as caught:
        read_everything(path)
    assert "x.dcm" in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value).split("x.dcm: ", 1)[1]


# -- cut ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_cut_at_every_byte(name: str, tmp_path: Path) -> None:
    data = FILES[name]
    # The last bytes of a deflated data set only say that it ends there.
    for size in range(len(data) - 8 * (name == "deflated")):
        path = write(tmp_path, data[:size])
        with pytest.raises((DamagedFileError, NotDicomError)) as caught:
            read_everything(path)
        assert str(path) in str(caught.value), size


def test_cut_in_a_frame_item_names_frame_element_and_byte(tmp_path: Path) -> None:
    data = FILES["explicit"]
    value = data.index(b"FD\x08\0", data.index(b"FD\x08\0", data.index(b"FD\x08\0") + 1) + 1)
    assert message(write(tmp_path, data[: value + 6])) == (
        "frame 3: (0018,9082) EffectiveEchoTime announces 8 bytes, 2 are left, "
        f"at byte {value - 4:,} of {value + 6:,}; is the file complete?"
    )


def test_cut_between_frame_items(tmp_path: Path) -> None:
    data = FILES["explicit"]
    file = open_file(write(tmp_path, data))
    assert file.frames is not None
    found = message(write(tmp_path, data[: file.frames.starts[2]]))
    assert found.startswith("frame 3: the file ends inside a sequence, at byte ")


def test_cut_in_the_pixels(tmp_path: Path) -> None:
    """Opens, because the header is whole; frames that are there can be read, the others are an error."""
    path = write(tmp_path, FILES["explicit"][:-10])
    pixels = open_pixels(open_file(path))
    assert pixels.block(0, 2).ravel().tolist() == list(range(8))
    with pytest.raises(DamagedFileError, match=r"Frames \(0028,0008\) is 4, but the pixels of only 2 are there"):
        pixels.block(2, 1)


def test_cut_before_the_pixels(tmp_path: Path) -> None:
    data = FILES["explicit"][: -(32 + 12)]
    assert message(write(tmp_path, data)) == (
        "an image by its SOP Class UID (0008,0016), but the file ends before Pixel Data (7FE0,0010), "
        f"at byte {len(data):,}; is the file complete?"
    )


# -- contradictions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("announced", "found"),
    [
        (5, r"Number of Frames (0028,0008) is 5, but the Per-frame Functional Groups Sequence (5200,9230) has 4 items"),
        (3, r"frame 4: (5200,9230) PerFrameFunctionalGroupsSequence has more items than the 3 that Number of Frames"),
        (0, r"Number of Frames (0028,0008) is '0', not a number within 1 to 400,000"),
        (-4, r"Number of Frames (0028,0008) is '-4', not a number within"),
        ("four", r"Number of Frames (0028,0008) is 'four', not a number within"),
        (2_000_000_000, r"Number of Frames (0028,0008) is 2,000,000,000; dicome reads at most 400,000"),
        (
            None,
            r"Number of Frames (0028,0008) is missing, but the Per-frame Functional Groups Sequence (5200,9230) has 4",
        ),
        (
            "",
            r"Number of Frames (0028,0008) is missing, but the Per-frame Functional Groups Sequence (5200,9230) has 4",
        ),
    ],
)
def test_wrong_number_of_frames(announced: int | str | None, found: str, tmp_path: Path) -> None:
    for encoding in (EXPLICIT, Encoding(implicit=True, undefined_lengths=False)):
        assert message(write(tmp_path, enhanced(FRAMES, encoding, announced=announced))).startswith(found)


def test_many_frames_announced_and_none_described(tmp_path: Path) -> None:
    body = data_set(head(2_000_000_000)) + element(PIXEL_DATA, "OW", bytes(8))
    assert message(write(tmp_path, part10(body))).startswith(
        "Number of Frames (0028,0008) is '2000000000', not a number"
    )


@pytest.mark.parametrize(
    ("tag", "vr", "value", "found"),
    [
        (0x00280010, "US", 0, "Rows (0028,0010) is 0, not within 1 to 65,535"),
        (0x00280010, "US", None, "Rows (0028,0010) is missing"),
        (0x00280011, "SS", -2, "Columns (0028,0011) is -2, not within"),
        (0x00280011, "IS", 99999999, "Columns (0028,0011) is 99,999,999, not within"),
        (0x00280100, "US", 12, "Bits Allocated (0028,0100) is 12; dicome reads 1, 8, 16, 32 and 64"),
        (0x00280100, "US", None, "Bits Allocated (0028,0100) is missing"),
        (0x00280101, "SS", -3, "Bits Stored (0028,0101) is -3, not within 1 to 16"),
        (0x00280101, "US", 17, "Bits Stored (0028,0101) is 17, not within 1 to 16"),
        (0x00280002, "SS", -1, "Samples per Pixel (0028,0002) is -1, not within"),
        (0x00280010, "US", 65535, "Number of Frames (0028,0008) is 4, but the pixels of only 0 are there"),
    ],
)
def test_wrong_pixel_module(tag: int, vr: str, value: Any, found: str, tmp_path: Path) -> None:
    right = enhanced(FRAMES)
    old = element(tag, "US", {t: v for t, _, v in head(4)}[tag])
    assert right.count(old) == 1
    assert message(write(tmp_path, right.replace(old, element(tag, vr, value)))).startswith(found)


def test_bits_stored_of_zero_means_all(tmp_path: Path) -> None:
    data = enhanced(FRAMES).replace(element(0x00280101, "US", 16), element(0x00280101, "US", 0))
    assert open_pixels(open_file(write(tmp_path, data))).format.bits_stored == 16


@pytest.mark.parametrize("length", [5, 200, 0x7FFF])
def test_absurd_length_in_a_frame(length: int, tmp_path: Path) -> None:
    data = bytearray(FILES["explicit"])
    at = data.index(b"FD\x08\0", data.index(b"FD\x08\0") + 1)
    data[at + 2 : at + 4] = length.to_bytes(2, "little")
    assert message(write(tmp_path, bytes(data))).startswith("frame ")


@pytest.mark.parametrize("length", [0xFFFFFFFE, 0x7FFFFFFF, 10_000])
def test_absurd_length_of_the_frame_sequence_and_its_items(length: int, tmp_path: Path) -> None:
    first = item(data_set(FRAMES[0]))[8:]
    before = data_set(head(1))
    whole = part10(before + header(PER_FRAME, "SQ", length) + first)
    assert message(write(tmp_path, whole)).startswith(
        f"(5200,9230) PerFrameFunctionalGroupsSequence announces {length:,} bytes, {len(first):,} are left, at byte "
    )
    within = part10(before + header(PER_FRAME, "SQ", UNDEFINED) + delimiter(ITEM, EXPLICIT, length) + first)
    assert message(write(tmp_path, within)).startswith(
        f"frame 1: an item of (5200,9230) PerFrameFunctionalGroupsSequence announces {length:,} bytes, more than"
    )


def test_something_else_where_an_item_should_be(tmp_path: Path) -> None:
    groups = header(PER_FRAME, "SQ", UNDEFINED) + item(data_set(FRAMES[0])) + delimiter(ITEM_END) + bytes(40)
    found = message(write(tmp_path, part10(data_set(head(2)) + groups)))
    assert found.startswith(
        "frame 2: (FFFE,E00D) where an item of (5200,9230) PerFrameFunctionalGroupsSequence should start, at byte "
    )


# -- harm ----------------------------------------------------------------------------------------------------------


def deep(depth: int) -> bytes:
    body = element(0x00080060, "CS", "MR")
    for _ in range(depth):
        body = sequence(0x00082218, [body])
    return body


def test_nesting_a_thousand_deep(tmp_path: Path) -> None:
    assert message(write(tmp_path, part10(data_set(head(1)) + deep(1000)))).startswith(
        "sequences nested deeper than 64"
    )
    inside = header(PER_FRAME, "SQ", UNDEFINED) + delimiter(ITEM, EXPLICIT, UNDEFINED) + deep(1000)
    assert message(write(tmp_path, part10(data_set(head(1)) + inside))).startswith(
        "frame 1: sequences nested deeper than 64, at byte"
    )


EMPTY = delimiter(ITEM)
TOO_MANY = "more than 300,000 elements and items, too many for a header"
LOOPS = {
    "top level": (
        data_set(head(3)) + header(0x00082218, "SQ", UNDEFINED),
        EMPTY,
        "more than 10,000 empty items in (0008,2218) AnatomicRegionSequence",
    ),
    "frames": (
        data_set(head(399_999)) + header(PER_FRAME, "SQ", UNDEFINED),
        EMPTY,
        "frame 10,001: more than 10,000 frame items without any value",
    ),
    "unannounced frames": (
        data_set(head(None)) + header(PER_FRAME, "SQ", UNDEFINED),
        EMPTY,
        "frame 10,001: more than 10,000 frame items without any value",
    ),
    "frames without values": (
        data_set(head(399_999)) + header(PER_FRAME, "SQ", UNDEFINED),
        item(element(0x00080060, "CS", None), Encoding(undefined_lengths=False)),
        "frame 10,001: more than 10,000 frame items without any value",
    ),
    "frames with values": (
        data_set(head(399_999)) + header(PER_FRAME, "SQ", UNDEFINED),
        item(element(0x00080060, "CS", "MR"), Encoding(undefined_lengths=False)),
        "frame 400,000: (5200,9230) PerFrameFunctionalGroupsSequence has more items than the 399,999 that",
    ),
    "within a frame": (
        data_set(head(3)) + header(PER_FRAME, "SQ", UNDEFINED) + delimiter(ITEM, EXPLICIT, UNDEFINED),
        header(0x00082218, "SQ", 8000) + EMPTY * 1000,
        f"frame 1: {TOO_MANY}",
    ),
    "elements": (data_set(head(3)), element(0x00080060, "CS", None), TOO_MANY),
    "sequences of frames": (data_set(head(3)), header(PER_FRAME, "SQ", 0), TOO_MANY),
    "fragments": (
        data_set(head(3)) + header(PIXEL_DATA, "OB", UNDEFINED),
        EMPTY,
        "more than 1,000,004 fragments of pixels for 3 frames",
    ),
    "fragments of an icon": (data_set(head(3)) + header(0x00282000, "OB", UNDEFINED), EMPTY, TOO_MANY),
    "UN": (data_set(head(3)), header(0x00082218, "UN", 80) + EMPTY * 10, TOO_MANY),
    "behind local damage": (
        data_set(head(3))
        + header(0x00082218, "SQ", 30)
        + delimiter(ITEM, EXPLICIT, 8)
        + element(0x00080060, "CS", "MR")
        + header(0x00082219, "SQ", UNDEFINED),
        EMPTY,
        "(0008,0060) Modality announces 2 bytes, 0 are left",
    ),
}
"""What 100 MB of one thing after another may be: beginning, what is repeated, and the answer."""


@pytest.mark.parametrize("name", LOOPS)
def test_loops_end_soon_and_fill_no_memory(name: str, tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="no limits on Windows")
    begin, repeated, answer = LOOPS[name]
    path = tmp_path / "x.dcm"
    with path.open("wb") as stream:
        stream.write(part10(begin, "1.2.840.10008.1.2.5" if name == "fragments" else "1.2.840.10008.1.2.1"))
        for _ in range(100):
            stream.write(repeated * (1_000_000 // len(repeated)))
    code = (
        "import resource, sys\n"
        "from dicome.series import open_series\n"
        "from dicome.errors import DamagedFileError\n"
        "def used(): return resource.getrusage(resource.RUSAGE_SELF)\n"
        "before = used()\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (20, 20))\n"
        "try:\n"
        "    open_series(sys.argv[1])\n"
        "except DamagedFileError as error:\n"
        "    print(used().ru_maxrss - before.ru_maxrss, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    path.unlink()
    assert done.returncode == 0, done.stderr[-500:]
    grown, _, error = done.stdout.partition(" ")
    assert error.startswith(f"{path}: {answer}")
    assert int(grown) * (1024 if sys.platform == "linux" else 1) < 250 << 20


# -- chance --------------------------------------------------------------------------------------------------------


def mutated(data: bytes, chance: random.Random) -> bytes:
    """A file with a few bytes changed, removed, put in, or copied from elsewhere."""
    result = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        at, size = chance.randrange(128, len(result)), chance.choice([1, 2, 4, 8, 16])
        kind = chance.randrange(6)
        if kind == 0:
            result[at] = chance.randrange(256)
        elif kind == 1:
            result[at] ^= 1 << chance.randrange(8)
        elif kind == 2:
            result[at] = chance.choice([0, 0xFF, 0x7F, 0x80])
        elif kind == 3:
            del result[at : at + size]
        elif kind == 4:
            result[at:at] = chance.randbytes(size)
        else:
            source = chance.randrange(128, len(result))
            result[at : at + size] = result[source : source + size]
    return bytes(result)


def outcome(path: Path) -> str:
    """Whether a file was read or refused with an error that names it; any other error is the test's failure."""
    try:
        read_everything(path)
    except DicomeError as error:
        return "refused" if str(path) in str(error) else f"refused without a name: {error}"
    return "read"


@pytest.mark.parametrize("name", FILES)
def test_random_damage_gives_a_result_or_an_error_of_ours(name: str, tmp_path: Path) -> None:
    chance = random.Random(name)
    outcomes = {"read": 0, "refused": 0}
    for _ in range(400):
        path = write(tmp_path, mutated(FILES[name], chance))
        outcomes[outcome(path)] += 1
    assert min(outcomes.values()) > 10
