"""How frames and numbers are listed in messages."""

from __future__ import annotations

import numpy as np
import pytest

from dicome.frames.wording import enumeration, frame_list, numbers, plural


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], "none"),
        ([4], "4"),
        ([3, 1, 2, 7], "1-3 and 7"),
        ([1, 2, 4, 9, 10], "1-2, 4 and 9-10"),
        (list(range(0, 60, 2)), "0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22 and 18 more"),
    ],
)
def test_numbers(values: list[int], text: str) -> None:
    assert numbers(values) == text


def test_frames_are_counted_from_1() -> None:
    assert frame_list(np.array([0])) == "frame 1"
    assert frame_list(np.array([6, 0, 1])) == "frames 1-2 and 7"


def test_enumeration_and_plural() -> None:
    assert enumeration(["a"]) == "a"
    assert enumeration(["a", "b", "c"]) == "a, b and c"
    assert (plural(1, "frame"), plural(0, "frame")) == ("1 frame", "0 frames")
