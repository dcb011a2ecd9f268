"""What is looked at: positions, windows, sizes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dicome.dicom.file import open_file
from dicome.display.stack import as_grey, automatic, fitted, open_stack, resized
from dicome.enhanced.encode import Encoding, data_set
from dicome.errors import ArgumentError
from dicome.image import open_image
from dicome.inspect.ctn import BIG_ENDIAN
from dicome.phantom import write_phantom
from tests.inspect.making import CLASSIC, classic


def test_an_enhanced_file(tmp_path: Path) -> None:
    write_phantom(tmp_path / "a.dcm", rows=8, columns=6, slices=5, echoes=2)
    stack, image = open_stack(tmp_path / "a.dcm"), open_image(tmp_path / "a.dcm")
    assert stack.start == (2, 0)
    assert [axis.name for axis in stack.axes] == [axis.name for axis in image.axes]
    found = stack.frame((3, 1))
    assert found is not None
    assert np.allclose(found, image.array("dv")[:, :, 3, 1])
    assert stack.number((3, 1)) == image.item_numbers[3, 1]
    assert stack.position_of(stack.number((3, 1))) == (3, 1)
    with pytest.raises(ArgumentError, match="no frame 11"):
        stack.position_of(11)


@pytest.mark.parametrize("window", [("10", "-5"), ("10", "0"), ("nan", "5"), ("10", "inf"), ("x", "5"), ("", "")])
def test_a_window_that_shows_nothing_is_passed_over(tmp_path: Path, window: tuple[str, str]) -> None:
    more = [(0x00281050, "DS", window[0]), (0x00281051, "DS", window[1])]
    pixels = np.array([0, 10, 20, 30], "<u2").tobytes()
    part10 = classic(tmp_path / "a.dcm", {0x7FE00010: pixels}, more)
    file, bare = open_file(part10), tmp_path / "bare"
    bare.write_bytes(part10.read_bytes()[file.elements[0].start :])
    for stack in (open_stack(part10), open_stack(bare, file.syntax)):
        assert stack.window(()) is None
        assert len(np.unique(as_grey(stack.frame(()), stack.window(())))) == 4


def test_frames_that_are_missing_have_no_number(tmp_path: Path) -> None:
    path = write_phantom(tmp_path / "a.dcm", rows=8, columns=6, slices=3, dynamics=3, stop_after=7).path
    stack = open_stack(path)
    for number in (0, 8):
        with pytest.raises(ArgumentError, match=rf"no frame {number} .* from 1 to 7"):
            stack.position_of(number)


def test_the_window_of_the_file_in_display_values(tmp_path: Path) -> None:
    window = [
        (0x00281050, "DS", "50\\60"),
        (0x00281051, "DS", "20\\30"),
        (0x00281052, "DS", "1"),
        (0x00281053, "DS", "2"),
    ]
    pixels = np.array([0, 20, 24, 30], "<u2").tobytes()
    stack = open_stack(classic(tmp_path / "a.dcm", {0x7FE00010: pixels}, window))
    assert stack.window(()) == (50, 20)
    assert as_grey(stack.frame(()), stack.window(())).ravel().tolist() == [0, 13, 115, 255]


def test_a_bare_big_endian_file(tmp_path: Path) -> None:
    body = data_set(
        [(t, v, np.array([1, 2, 3, 256], "<u2").tobytes() if t == 0x7FE00010 else x) for t, v, x in CLASSIC],
        Encoding(True, True),
    )
    (tmp_path / "a").write_bytes(body)
    found = open_stack(tmp_path / "a", BIG_ENDIAN).frame(())
    assert found is not None
    assert found.ravel().tolist() == [1, 2, 3, 256]


def test_what_is_said_of_bare_files_changes_nothing_for_others(tmp_path: Path) -> None:
    path = write_phantom(tmp_path / "a.dcm", rows=8, columns=6, slices=3, echoes=2).path
    plain, told = open_stack(path), open_stack(path, BIG_ENDIAN)
    labels = [axis.labels for axis in plain.axes]
    assert [axis.labels for axis in told.axes] == labels
    assert (told.start, told.aspect, told.window((0, 1))) == (plain.start, plain.aspect, plain.window((0, 1)))
    assert np.array_equal(np.asarray(told.frame((0, 1))), np.asarray(plain.frame((0, 1))))
    assert [axis.labels for axis in open_stack(tmp_path, BIG_ENDIAN).axes] == labels


def test_a_bare_file_with_pixels_that_are_not_square(tmp_path: Path) -> None:
    spacing = (0x00280030, "DS", "1\\0.5")
    elements = sorted([*CLASSIC, spacing])
    (tmp_path / "a").write_bytes(data_set(elements, Encoding(True, True)))
    assert open_stack(tmp_path / "a", BIG_ENDIAN).aspect == 2


def test_greys() -> None:
    values = np.array([[0.0, 50.0], [100.0, np.nan]])
    assert as_grey(values, (50, 100)).tolist() == [[0, 128], [255, 0]]
    assert as_grey(values, (50, 100), inverted=True).tolist() == [[255, 127], [0, 255]]
    assert as_grey(None, None).shape == (1, 1)
    assert automatic(np.full((2, 2), 7.0))[0] == 7
    colour = np.zeros((2, 2, 3), np.uint8)
    assert as_grey(colour, (1, 2)) is colour


def test_sizes() -> None:
    assert fitted((80, 40), 1, 100, 100) == (50, 100)
    assert fitted((80, 40), 0.5, None, 40) == (40, 40)
    assert fitted((80, 40), 0.5, None, None) == (80, 80)
    assert fitted((80, 40), 1, None, None) == (40, 80)
    assert resized(np.array([[1, 2], [3, 4]], np.uint8), 4, 2).tolist() == [[1, 1, 2, 2], [3, 3, 4, 4]]
