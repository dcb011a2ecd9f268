"""Images whose pixels are numbers in a palette are shown in its colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dicome.dicom.file import open_file
from dicome.display.stack import open_stack
from dicome.enhanced.encode import EXPLICIT, Encoding
from tests.inspect.making import classic

RED, GREEN, BLUE = (0, 255, 16, 32), (1, 2, 3, 4), (9, 8, 7, 6)
PIXELS = np.array([[10, 11], [13, 200]], "u1")
COLOURS = [[[0, 1, 9], [255, 2, 8]], [[32, 4, 6], [32, 4, 6]]]


def _file(path: Path, bits: int, encoding: Encoding, *, packed: bool = False) -> Path:
    more = []
    for number, colour in enumerate((RED, GREEN, BLUE)):
        words = np.array(colour, "<u2") * (257 if bits == 16 else 1)
        data = bytes(colour) if packed else words.tobytes()
        more += [
            (0x00281101 + number, "US", [4, 10, bits]),
            (0x00281201 + number, "OW", data),
        ]
    changes = {0x00280004: "PALETTE COLOR", 0x00280100: 8, 0x00280101: 8, 0x00280102: 7, 0x7FE00010: PIXELS.tobytes()}
    return classic(path, changes, sorted(more), encoding)


@pytest.mark.parametrize("encoding", [EXPLICIT, Encoding(big_endian=True)])
@pytest.mark.parametrize(("bits", "packed"), [(16, False), (8, False), (8, True)])
def test_colours(tmp_path: Path, encoding: Encoding, bits: int, packed: bool) -> None:
    path = _file(tmp_path / "a.dcm", bits, encoding, packed=packed)
    file, bare = open_file(path), tmp_path / "bare"
    bare.write_bytes(path.read_bytes()[file.elements[0].start :])
    for stack in (open_stack(path), open_stack(bare, file.syntax)):
        picture = stack.frame(stack.start)
        assert picture is not None
        assert picture.tolist() == COLOURS


def test_a_palette_that_is_not_there_leaves_greys(tmp_path: Path) -> None:
    stack = open_stack(classic(tmp_path / "a.dcm", {0x00280004: "PALETTE COLOR"}))
    picture = stack.frame(stack.start)
    assert picture is not None
    assert picture.ndim == 2
