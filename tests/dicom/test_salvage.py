"""Damaged headers that pydicom reads: into the same table, or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dicome.dicom import salvage
from dicome.dicom.columns import ItemColumns
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.pixels import open_pixels
from dicome.enhanced.encode import (
    EXPLICIT,
    ITEM_END,
    SEQUENCE_END,
    UNDEFINED,
    Encoding,
    data_set,
    delimiter,
    element,
    header,
    item,
)
from dicome.errors import DamagedFileError
from tests.support.files import (
    BIG_UID,
    DEFLATED_UID,
    PER_FRAME,
    PIXEL_DATA,
    enhanced,
    enhanced_body,
    head,
    part10,
    plain_frames,
)
from tests.support.plain import flat, read

DEFINED = Encoding(undefined_lengths=False)
PIXELS = np.arange(12, dtype="<u2")


def opened(tmp_path: Path, data: bytes) -> DicomFile:
    path = tmp_path / "x.dcm"
    path.write_bytes(data)
    return open_file(path)


def check(tmp_path: Path, data: bytes, *, pixels: bool = True) -> DicomFile:
    """Opens the file, which only pydicom can read, and compares all columns with what pydicom reads itself."""
    file = opened(tmp_path, data)
    assert file.note.startswith("read by pydicom, because the header is damaged")
    assert file.frames is not None
    columns = ItemColumns(file.source, file.frames)
    wanted = [
        {path: value for path, _, value in flat(one)} for one in read(data)["PerFrameFunctionalGroupsSequence"].value
    ]
    assert len(file.frames) == len(wanted) == file.number(0x00280008)
    assert set(columns.paths) == set(wanted[0])
    for path in columns.paths:
        values = columns.column(path)[0]
        assert np.array_equal(values.reshape(len(wanted), -1), [frame[path] for frame in wanted]), path
    if pixels:
        assert open_pixels(file).block(0, 3).ravel().tolist() == PIXELS.tolist()
    return file


def with_item(body: bytes, length: int) -> bytes:
    """An item that announces a length of its own."""
    return b"\xfe\xff\x00\xe0" + length.to_bytes(4, "little") + body


def frames_as(items: list[bytes], encoding: Encoding = EXPLICIT) -> bytes:
    """A file whose per-frame sequence, of undefined length, holds these items as they are."""
    groups = header(PER_FRAME, "SQ", UNDEFINED, encoding) + b"".join(items) + delimiter(SEQUENCE_END, encoding)
    pixels = PIXELS.astype(">u2" if encoding.big_endian else "<u2").tobytes()
    pixel_data = header(PIXEL_DATA, "OW", len(pixels), encoding) + pixels
    return data_set(head(3), encoding) + groups + pixel_data


BODIES = [data_set(frame, DEFINED) for frame in plain_frames(3)]


@pytest.mark.parametrize("missing", [1, 2, 4, 8])
def test_item_that_announces_too_few_bytes(tmp_path: Path, missing: int) -> None:
    items = [with_item(body, len(body) - missing * (k == 1)) for k, body in enumerate(BODIES)]
    file = check(tmp_path, part10(frames_as(items)))
    assert "frame 2: " in file.note


def test_delimiter_in_an_item_of_defined_length(tmp_path: Path) -> None:
    items = [with_item(body + delimiter(ITEM_END), len(body) + 8) for body in BODIES]
    check(tmp_path, part10(frames_as(items)))


def test_delimiter_in_a_sequence_of_defined_length(tmp_path: Path) -> None:
    inside = item(data_set([(0x00209157, "UL", [1, 2])], DEFINED), DEFINED) + delimiter(SEQUENCE_END)
    frame = element(0x00209057, "UL", 5) + header(0x00209111, "SQ", len(inside)) + inside
    check(tmp_path, part10(frames_as([item(frame)] * 3)))


def test_damage_outside_of_the_frames(tmp_path: Path) -> None:
    inside = element(0x00080100, "SH", "T-D1100")
    damaged = header(0x00082218, "SQ", UNDEFINED) + with_item(inside, len(inside) - 2) + delimiter(SEQUENCE_END)
    body = enhanced_body(plain_frames(3))
    at = body.index(element(0x00280002, "US", 1))
    file = check(tmp_path, part10(body[:at] + damaged + body[at:]))
    assert "(0008,0100) CodeValue announces" in file.note


def test_damage_in_a_deflated_file(tmp_path: Path) -> None:
    items = [with_item(body, len(body) - 2) for body in BODIES]
    check(tmp_path, part10(frames_as(items), DEFLATED_UID))


def test_damage_in_a_big_endian_file(tmp_path: Path) -> None:
    big = Encoding(big_endian=True, undefined_lengths=False)
    bodies = [data_set(frame, big) for frame in plain_frames(3)]
    items = [b"\xff\xfe\xe0\x00" + (len(body) - 2).to_bytes(4, "big") + body for body in bodies]
    check(tmp_path, part10(frames_as(items, big), BIG_UID))


def test_large_values_survive(tmp_path: Path) -> None:
    blob = np.random.default_rng(1).integers(0, 256, 3 << 20, np.uint8).tobytes()
    items = [with_item(body, len(body) - 2) for body in BODIES]
    body = frames_as(items)
    at = body.index(element(0x00280002, "US", 1))
    private = element(0x00190010, "LO", "ACME") + element(0x00191001, "OB", blob)
    file = check(tmp_path, part10(body[:at] + private + body[at:]))
    found = file.element(0x00191001)
    assert found is not None
    assert file.raw(found) == blob


# -- not taken -----------------------------------------------------------------------------------------------------


def test_nothing_is_taken_when_frames_get_lost(tmp_path: Path) -> None:
    """Without the end of frame 2, pydicom reads frame 3 as an element of it, and two frames in all."""
    data = enhanced(plain_frames(3), pixels=PIXELS.tobytes())
    end = delimiter(ITEM_END)
    at = data.rindex(end, 0, data.rindex(end))
    with pytest.raises(DamagedFileError, match=r"x\.dcm: frame \d: .*, at byte"):
        opened(tmp_path, data[:at] + data[at + 8 :])


def test_nothing_is_taken_when_the_pixels_get_lost(tmp_path: Path) -> None:
    items = [with_item(body, len(body) - 2) for body in BODIES]
    data = part10(frames_as(items))
    with pytest.raises(DamagedFileError, match=r"frame 1: \(0020,9111\) FrameContentSequence announces 24 bytes"):
        opened(tmp_path, data[: data.index(element(PIXEL_DATA, "OW", PIXELS.tobytes()))])


def test_nothing_is_taken_when_there_are_fewer_frames_than_announced(tmp_path: Path) -> None:
    items = [with_item(body, len(body) - 2) for body in BODIES[:2]]
    with pytest.raises(DamagedFileError, match=r"frame 1: \(0020,9111\) FrameContentSequence announces 24 bytes"):
        opened(tmp_path, part10(frames_as(items)))


def test_nothing_is_taken_when_pydicom_stops_before_the_pixels(tmp_path: Path) -> None:
    body = frames_as([with_item(body, len(body) - 2) for body in BODIES])
    at = body.index(element(PIXEL_DATA, "OW", PIXELS.tobytes()))
    stray = delimiter(ITEM_END) + element(0x54000100, "US", 1)
    with pytest.raises(DamagedFileError, match=r"frame 1: \(0020,9111\) FrameContentSequence announces 24 bytes"):
        opened(tmp_path, part10(body[:at] + stray + body[at:]))


def test_reading_is_bounded() -> None:
    """By the number of reads, more of them for more frames, and by the bytes read."""
    stream = salvage._Stream(b"3 " + bytes(1000), 0)
    assert not stream.stop_when(0x00280008, "IS", 2)
    for _ in range(salvage._READS + 3 * salvage._READS_PER_FRAME):
        stream.read(0)
    with pytest.raises(TimeoutError):
        stream.read(0)
    stream = salvage._Stream(bytes(1 << 20), 0)
    for _ in range(2):
        assert len(stream.read()) == 1 << 20
        stream.seek(0)
    with pytest.raises(TimeoutError):
        stream.read()


def test_the_size_of_the_header_is_bounded() -> None:
    few, many = delimiter(0xFFFEE000) * 20_000, delimiter(0xFFFEE000) * 20_001
    salvage._check_size(memoryview(few), 0)
    salvage._check_size(memoryview(many), 1)
    for frames in (0, -5):
        with pytest.raises(TimeoutError):
            salvage._check_size(memoryview(many), frames)


def test_pydicom_is_not_asked_about_files_that_end_too_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        pytest.fail("handed to pydicom")

    monkeypatch.setattr(salvage, "salvage", never)
    data = enhanced(plain_frames(3))
    with pytest.raises(DamagedFileError, match="is the file complete"):
        opened(tmp_path, data[: data.index(b"FD\x08\0")])


@pytest.mark.parametrize("inner", [header(0x00082219, "SQ", UNDEFINED), header(0x00082219, "SQ", 8 << 20), b""])
def test_pydicom_gives_up_on_loops(tmp_path: Path, inner: bytes) -> None:
    """Local damage first, a million empty items behind it."""
    damaged = header(0x00082218, "SQ", 30) + with_item(element(0x00080060, "CS", "MR"), 8)
    loop = inner + delimiter(0xFFFEE000) * (1 << 20)
    with pytest.raises(DamagedFileError, match=r"\(0008,0060\) Modality announces 2 bytes, 0 are left"):
        opened(tmp_path, part10(data_set(head(3)) + damaged + loop + element(PIXEL_DATA, "OW", PIXELS.tobytes())))
