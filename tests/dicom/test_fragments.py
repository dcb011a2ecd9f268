"""Which fragments of encapsulated pixels make which frame."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from dicome.dicom.file import open_file
from dicome.dicom.fragments import find_frames
from dicome.dicom.pixels import open_pixels
from dicome.enhanced.encode import EXPLICIT, ITEM, SEQUENCE_END, UNDEFINED, Encoding, delimiter, header
from dicome.errors import DamagedFileError
from tests.support.files import BIG_UID, EXPLICIT_UID, IMPLICIT_UID, PIXEL_DATA, Elements
from tests.support.pictures import picture

ENCAPSULATED_UID, RLE_UID, JPEG_UID = "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.70"
END = b"\xff\xd9"
A, B, C, D = b"aaaaaaaa", b"bbbb", b"cccccc", b"dd"


def encapsulated(fragments: list[bytes], table: list[int] | None = None, end: bool = True) -> bytes:
    """Pixel Data of undefined length: offset table, fragments and delimiter."""
    offsets = struct.pack(f"<{len(table or [])}I", *(table or []))
    items = [delimiter(ITEM, EXPLICIT, len(one)) + one for one in (offsets, *fragments)]
    return header(PIXEL_DATA, "OB", UNDEFINED) + b"".join(items) + (delimiter(SEQUENCE_END) if end else b"")


def found(tmp_path: Path, pixels: bytes, count: int, uid: str = JPEG_UID, top: Elements | None = None) -> list[bytes]:
    """The bytes of each frame."""
    path = tmp_path / "x.dcm"
    path.write_bytes(picture(pixels, count, uid=uid, top=top, raw=True))
    file = open_file(path)
    frames = find_frames(file, count)
    return [b"".join(file.pixel_data[at : at + size].tobytes() for at, size in frame) for frame in frames]


def offsets(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}Q", *values)


def test_one_fragment_a_frame(tmp_path: Path) -> None:
    for table in (None, [0, 16, 28]):
        assert found(tmp_path, encapsulated([A, B, C], table), 3) == [A, B, C]


def test_all_fragments_make_the_only_frame(tmp_path: Path) -> None:
    for table in (None, [0]):
        assert found(tmp_path, encapsulated([A, B, C], table), 1) == [A + B + C]


def test_several_fragments_a_frame_by_basic_offset_table(tmp_path: Path) -> None:
    """Offsets count from the first fragment's item tag (PS3.5 A.4): 8 for each tag and length."""
    assert found(tmp_path, encapsulated([A, B, C, D], [0, 28]), 2) == [A + B, C + D]
    assert found(tmp_path, encapsulated([A, B, C, D], [0, 16]), 2) == [A, B + C + D]


def test_several_fragments_a_frame_by_end_markers(tmp_path: Path) -> None:
    """Without a table, a frame ends with the fragment that holds an end-of-image marker, perhaps padded."""
    fragments = [A, B + END, C + END + b"\0\0", A, B, D + END]
    assert found(tmp_path, encapsulated(fragments), 3) == [A + B + END, C + END + b"\0\0", A + B + D + END]


@pytest.mark.parametrize("table", [[4, 28], [16, 30], [28, 0], [0, 0], [0, 20], [0, 4000], [0]])
def test_wrong_offset_table_gives_way_to_end_markers(table: list[int], tmp_path: Path) -> None:
    fragments = [A, B + END, C, D + END]
    assert found(tmp_path, encapsulated(fragments, table), 2) == [A + B + END, C + D + END]


def test_no_telling_which_fragment_belongs_where(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match=r"x\.dcm: 4 fragments of pixels \(7FE0,0010\) for 2 frames"):
        found(tmp_path, encapsulated([A, B, C, D]), 2)


def test_extended_offset_table(tmp_path: Path) -> None:
    """Where it is there, it counts: frame 2 is D here, and lengths leave out padding."""
    pixels = encapsulated([A, B, C, D])
    top: Elements = [(0x7FE00001, "OV", offsets(0, 42)), (0x7FE00002, "OV", offsets(7, 2))]
    assert found(tmp_path, pixels, 2, top=top) == [A[:7], D]


@pytest.mark.parametrize(
    ("starts", "lengths"),
    [((0, 16), (8,)), ((0, 2**40), (8, 4)), ((0, 16), (8, 2**40)), ((0, 2**63 + 5), (8, 4)), ((), ()), ((0,), (8,))],
)
def test_wrong_extended_offset_table_is_left_alone(
    starts: tuple[int, ...], lengths: tuple[int, ...], tmp_path: Path
) -> None:
    top: Elements = [(0x7FE00001, "OV", offsets(*starts)), (0x7FE00002, "OV", offsets(*lengths))]
    assert found(tmp_path, encapsulated([A, B]), 2, top=top) == [A, B]


def test_extended_offset_table_of_odd_size(tmp_path: Path) -> None:
    top: Elements = [(0x7FE00001, "OB", b"\0" * 12), (0x7FE00002, "OB", b"\1\2")]
    assert found(tmp_path, encapsulated([A, B]), 2, top=top) == [A, B]


def test_rle_has_one_fragment_a_frame(tmp_path: Path) -> None:
    assert found(tmp_path, encapsulated([A, B, C]), 4, RLE_UID) == [A, B, C]


def test_missing_end_and_cut_fragments(tmp_path: Path) -> None:
    pixels = encapsulated([A, B, C], end=False)
    assert found(tmp_path, pixels, 3) == [A, B, C]
    assert found(tmp_path, pixels[:-2], 3, RLE_UID) == [A, B]
    assert found(tmp_path, encapsulated([]), 3) == []


def test_something_else_amid_the_fragments(tmp_path: Path) -> None:
    pixels = encapsulated([A], end=False) + b"\x28\0\x10\0\2\0\0\0"
    with pytest.raises(DamagedFileError, match=r"\(0028,0010\) where a fragment of pixels should start, at byte"):
        found(tmp_path, pixels, 2)


# -- uncompressed, in fragments ---------------------------------------------------------------------------------------


def test_encapsulated_uncompressed(tmp_path: Path) -> None:
    """Three frames of 2 x 2, two of them in two fragments (PS3.5 A.4.11)."""
    frames = np.arange(12, dtype="<u2").reshape(3, 4)
    pieces = [frames[0, :3], frames[0, 3:], frames[1], frames[2, :1], frames[2, 1:]]
    pixels = encapsulated([piece.tobytes() for piece in pieces], [0, 24, 40])
    path = tmp_path / "x.dcm"
    path.write_bytes(picture(pixels, 3, uid=ENCAPSULATED_UID, raw=True))
    opened = open_pixels(open_file(path))
    assert opened.block(0, 3).ravel().tolist() == list(range(12))
    assert opened.block(1, 1).ravel().tolist() == [4, 5, 6, 7]


def test_encapsulated_uncompressed_cut_short(tmp_path: Path) -> None:
    pixels = encapsulated([np.arange(4, dtype="<u2").tobytes(), b"\1\0\2\0"])
    path = tmp_path / "x.dcm"
    path.write_bytes(picture(pixels, 2, uid=ENCAPSULATED_UID, raw=True))
    opened = open_pixels(open_file(path))
    assert opened.block(0, 1).ravel().tolist() == [0, 1, 2, 3]
    with pytest.raises(DamagedFileError, match=r"x\.dcm: frame 2 \(Encapsulated Uncompressed .* has 4 bytes of 8"):
        opened.block(1, 1)


@pytest.mark.parametrize(
    ("uid", "encoding"), [(EXPLICIT_UID, EXPLICIT), (IMPLICIT_UID, Encoding(True)), (BIG_UID, Encoding(False, True))]
)
def test_plain_transfer_syntax_with_fragments_all_the_same(uid: str, encoding: Encoding, tmp_path: Path) -> None:
    words = np.arange(8, dtype=f"{encoding.order}u2").reshape(2, 4)
    body = header(PIXEL_DATA, "OW", UNDEFINED, encoding) + delimiter(ITEM, encoding)
    for frame in words:
        body += delimiter(ITEM, encoding, 8) + frame.tobytes()
    path = tmp_path / "x.dcm"
    path.write_bytes(picture(body + delimiter(SEQUENCE_END, encoding), 2, encoding=encoding, uid=uid, raw=True))
    assert open_pixels(open_file(path)).block(0, 2).ravel().tolist() == list(range(8))
