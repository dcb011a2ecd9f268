"""Headers that end too soon: what lies before the end is there, and nothing else."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from dicome.dicom.file import PER_FRAME_GROUPS, DicomFile, open_file
from dicome.dicom.scan import leaves
from dicome.enhanced.encode import Encoding
from dicome.errors import DamagedFileError
from dicome.inspect.opening import open_header
from dicome.inspect.whole import Line, whole
from tests.support.files import enhanced, plain_frames

STYLES = ((False, False), (True, False), (False, True))
ENCODINGS = [Encoding(*style, undefined) for style, undefined in product(STYLES, (False, True))]
MORE = [(0x00081140, "SQ", [[(0x00081150, "UI", "1.2"), (0x00081155, "UI", "1.2.3.4")]])]


def plain(file: DicomFile) -> list[Line]:
    """All lines with a value; those of sequences and items would change with the number of items."""
    return [line for line in whole(file, unfold=True) if line.number and line.vr != "SQ"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_lies_before_the_cut_is_there(tmp_path: Path, encoding: Encoding) -> None:
    path = tmp_path / "x.dcm"
    data = enhanced(plain_frames(2), encoding, top=MORE)
    path.write_bytes(data)
    complete = open_file(path)
    assert complete.pixels is not None
    expected = plain(complete)
    ends = sorted(_ends(complete))
    first = complete.elements[0].end
    for cut in range(first, complete.pixels.start):
        path.write_bytes(data[:cut])
        file, damage = open_header(path)
        assert damage is not None
        found = plain(file)
        there = sum(end <= cut for end in ends)
        assert found == expected[: len(complete.meta) + there], f"cut at {cut}"


def _ends(file: DicomFile) -> list[int]:
    """Where the values of a header end in the file."""
    assert file.frames is not None
    ends = [one.end for one in leaves(file.elements) if one.tag != PER_FRAME_GROUPS]
    for start, number in zip(file.frames.starts.tolist(), file.frames.layout_of.tolist(), strict=True):
        ends += [start + one.end for one in leaves(file.frames.layouts[number].elements)]
    return ends


def test_an_image_is_not_read_of_what_remains(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(enhanced(plain_frames(3))[:-80])
    with pytest.raises(DamagedFileError, match="frame 3"):
        open_file(path)
    file, damage = open_header(path)
    assert "frame 3" in str(damage)
    assert file.frames is not None
    assert len(file.frames) == 3
    assert file.pixels is None


def test_frames_beyond_the_announced_ones(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(enhanced(plain_frames(4), announced=3))
    file, damage = open_header(path)
    assert "more items than the 3" in str(damage)
    assert file.frames is not None
    assert len(file.frames) == 3


def test_a_file_without_anything_whole_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    data = enhanced(plain_frames(1))
    path.write_bytes(data)
    path.write_bytes(data[: open_file(path).elements[0].end - 1])
    with pytest.raises(DamagedFileError, match="is the file complete"):
        open_header(path)
