"""Blocks of frames to their places, with literals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dicome import assemble
from dicome.dicom.pixels import PixelFormat, Pixels
from dicome.frames.scaling import Scaling

Counted = list[tuple[int, int]]


def part(frames: NDArray[Any], seen: Counted | None = None) -> Pixels:
    """A file of these frames; the blocks asked for are noted in ``seen``."""
    shape = frames.shape[1:]
    samples = shape[2] if len(shape) == 3 else 1
    bits = frames.dtype.itemsize * 8
    stored = PixelFormat(shape[0], shape[1], samples, bits, bits, False, False, "MONOCHROME2", frames.dtype)

    def block(first: int, count: int) -> NDArray[Any]:
        if seen is not None:
            seen.append((first, count))
        return frames[first : first + count]

    nothing: Callable[[int, int], None] = lambda first, count: None  # noqa: E731
    return Pixels(stored, len(frames), block, nothing)


def scaled(count: int, slope: float = 1, intercept: float = 0, kind: str = "dv") -> Scaling:
    steps = np.arange(count, dtype=np.float64)
    grown = np.full(count, intercept, np.float64) + (10 * steps if intercept else 0)
    return Scaling(kind, np.full(count, slope, np.float64), grown)


def frames_of(count: int, dtype: str = "u2") -> NDArray[Any]:
    return (np.arange(count * 6).reshape(count, 2, 3)).astype(dtype)


def test_frames_land_where_they_are_wanted() -> None:
    frames = frames_of(4)
    found = assemble.read_frames([part(frames)], np.array([2, 0, 3]), scaled(4, 2, 1), np.dtype("f4"))
    assert found.tolist() == [(frames[k] * 2.0 + 1 + 10 * k).tolist() for k in (2, 0, 3)]


def test_missing_frames_are_nan_or_zero() -> None:
    frames = frames_of(2)
    found = assemble.read_frames([part(frames)], np.array([-1, 1]), scaled(2), np.dtype("f4"))
    assert np.isnan(found[0]).all()
    assert found[1].tolist() == frames[1].tolist()
    stored = assemble.read_frames([part(frames)], np.array([1, -1]), scaled(2, kind="pv"), np.dtype("u2"))
    assert not stored[1].any()


def test_transposed_frames_have_columns_first() -> None:
    frames = np.arange(2 * 2 * 3 * 3, dtype="u1").reshape(2, 2, 3, 3)
    found = assemble.read_frames([part(frames)], np.array([1, 0]), scaled(2, kind="pv"), np.dtype("u1"), True)
    assert found.tolist() == frames[[1, 0]].transpose(0, 3, 2, 1).tolist()


def test_frames_are_numbered_through_several_files() -> None:
    one, two = frames_of(2), frames_of(3) + 100
    wanted = np.array([4, 1, 2, 0, 3])
    found = assemble.read_frames([part(one), part(two)], wanted, scaled(5, kind="pv"), np.dtype("u2"))
    assert found.tolist() == np.concatenate([one, two])[wanted].tolist()


def test_neighbours_are_read_together_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counted = []
    monkeypatch.setattr(assemble, "BLOCK_BYTES", 3 * 12)
    assemble.read_frames([part(frames_of(20), seen)], np.array([3, 4, 5, 6, 10, 19]), scaled(20), np.dtype("f4"))
    assert sorted(seen) == [(3, 3), (6, 1), (10, 1), (19, 1)]


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [0, 2, 4, 1, 3, 5], [3, 1, 5, 0, 4, 2]])
def test_any_order_of_places(order: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble, "BLOCK_BYTES", 4 * 12)
    frames = frames_of(6)
    found = assemble.read_frames([part(frames)], np.array(order), scaled(6, 3, -2), np.dtype("f4"))
    assert found.tolist() == [(frames[k] * 3.0 - 2 + 10 * k).tolist() for k in order]


def test_large_integers_are_scaled_in_double_precision() -> None:
    frames = np.full((1, 1, 1), 2**31 - 1, "u4")
    how = Scaling("dv", np.array([1.0]), np.array([-(2.0**31)]))
    assert assemble.read_frames([part(frames)], np.array([0]), how, np.dtype("f4")).item() == -1


def test_values_looked_up_in_a_table() -> None:
    frames = np.array([[[9, 10], [12, 13]]], "u2")
    how = Scaling("rwv", np.ones(1), np.zeros(1), np.array([[0.5, 1.5, 2.5]]), np.array([10]))
    found = assemble.read_frames([part(frames)], np.array([0]), how, np.dtype("f4"))
    assert np.array_equal(found, [[[np.nan, 0.5], [2.5, np.nan]]], equal_nan=True)


def test_an_error_in_one_block_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble, "BLOCK_BYTES", 12)
    pixels = part(frames_of(4))

    def failing(first: int, count: int) -> NDArray[Any]:
        raise OSError(f"no frame {first}")

    broken = Pixels(pixels.format, 4, failing, pixels.release)
    with pytest.raises(OSError, match="no frame"):
        assemble.read_frames([broken], np.arange(4), scaled(4), np.dtype("f4"))
