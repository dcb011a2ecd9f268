"""Frames in their places."""

from __future__ import annotations

import numpy as np
import pytest

from dicome.frames.grid import place


def test_every_frame_in_its_place() -> None:
    found = place(np.array([[1, 0], [0, 2], [0, 0], [1, 2], [0, 1], [1, 1]]), (2, 3))
    assert found.grid.tolist() == [[2, 4, 1], [0, 5, 3]]
    assert found.duplicates.tolist() == []
    assert found.missing == 0


def test_missing_places_are_counted() -> None:
    found = place(np.array([[0, 0], [1, 1]]), (2, 2))
    assert found.grid.tolist() == [[0, -1], [-1, 1]]
    assert found.missing == 2


def test_a_second_frame_never_overwrites_the_first() -> None:
    found = place(np.array([[1], [0], [1], [1]]), (2,))
    assert found.grid.tolist() == [1, 0]
    assert found.duplicates.tolist() == [2, 3]
    assert found.missing == 0


def test_one_frame_without_axes() -> None:
    found = place(np.empty((1, 0), np.int64), ())
    assert found.grid.shape == ()
    assert found.grid.item() == 0


@pytest.mark.parametrize("rank", [2, -1])
def test_a_rank_outside_the_grid(rank: int) -> None:
    with pytest.raises(IndexError, match="sizes"):
        place(np.array([[rank]]), (2,))
