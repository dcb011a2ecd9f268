"""One pass over the pixels: decode, scale, put in place, on several threads.

Frames are read in file order, whatever the order wanted, in blocks that fit a processor's cache; each block lands where
the grid has it. Nothing of the size of the image is made besides the image.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.pixels import Pixels
from dicome.frames.scaling import Scaling

Progress = Callable[[int, int], None]
"""Told the frames done and the frames in all, now and then, from several threads one after the other."""

BLOCK_BYTES = 2 << 20
"""Stored bytes handled at once by one thread."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Consecutive frames of one file: ``first`` in the file, ``frames`` in the image, ``places`` in the result."""

    pixels: Pixels
    first: int
    frames: NDArray[np.int64]
    places: NDArray[np.int64]


def read_frames(
    parts: Sequence[Pixels],
    wanted: NDArray[np.int64],
    scaling: Scaling,
    dtype: np.dtype[Any],
    transposed: bool = False,
    progress: Progress | None = None,
) -> NDArray[Any]:
    """Frames by number (0-based through all files; -1 = missing), scaled, (len(wanted), *frame shape).

    Missing frames are NaN, 0 in integer types. transposed: frames as columns x rows (samples first), the order in which
    MATLAB keeps them. Each frame may be wanted once.
    """
    shape = parts[0].format.shape
    out = np.empty((len(wanted), *(shape[::-1] if transposed else shape)), dtype)
    target = out.transpose(0, *range(out.ndim - 1, 0, -1)) if transposed else out
    missing = wanted < 0
    if missing.any():
        out[missing] = np.nan if dtype.kind == "f" else 0
    blocks = list(_blocks(parts, wanted))
    tell = _counter(progress, int((~missing).sum()))

    def work(block: _Block) -> None:
        _place(block, scaling, target)
        block.pixels.release(block.first, len(block.frames))
        tell(len(block.frames))

    if len(blocks) == 1:
        work(blocks[0])
    elif blocks:
        from concurrent.futures import ThreadPoolExecutor  # 5 ms that a small file does without

        with ThreadPoolExecutor(min(len(blocks), os.cpu_count() or 1, 8)) as pool:
            list(pool.map(work, blocks))
    return out


def _counter(progress: Progress | None, total: int) -> Callable[[int], None]:
    """Adds up what the threads have done."""
    if progress is None:
        return lambda count: None
    lock, done = Lock(), 0

    def tell(count: int) -> None:
        nonlocal done
        with lock:
            done += count
            progress(done, total)

    return tell


def _blocks(parts: Sequence[Pixels], wanted: NDArray[np.int64]) -> Iterator[_Block]:
    places = np.flatnonzero(wanted >= 0)
    places = places[np.argsort(wanted[places], kind="stable")]
    frames = wanted[places]
    begin = 0
    for pixels in parts:
        lo, hi = np.searchsorted(frames, [begin, begin + pixels.frame_count])
        most = max(BLOCK_BYTES // max(pixels.format.frame_bytes, 1), 1)
        breaks = np.flatnonzero(np.diff(frames[lo:hi]) != 1) + 1
        for start, stop in zip([0, *breaks.tolist()], [*breaks.tolist(), int(hi - lo)], strict=True):
            for at in range(lo + start, lo + stop, most):
                end = min(at + most, lo + stop)
                yield _Block(pixels, int(frames[at]) - begin, frames[at:end], places[at:end])
        begin += pixels.frame_count


def _place(block: _Block, scaling: Scaling, target: NDArray[Any]) -> None:
    stored = block.pixels.block(block.first, len(block.frames))
    places = _as_slice(block.places)
    if scaling.kind == "pv":
        target[places] = stored
        return
    one_per_frame = (-1,) + (1,) * (stored.ndim - 1)
    if scaling.tables is not None and scaling.first is not None:
        target[places] = _looked_up(stored, scaling, block.frames)
        return
    exact = np.float64 if target.dtype == np.float64 or stored.dtype.itemsize > 2 else np.float32
    slope = scaling.slope[block.frames].astype(exact).reshape(one_per_frame)
    # Evenly spaced places are scaled straight into the result, where its type is as exact as the calculation.
    direct = isinstance(places, slice) and target.dtype == exact
    values = np.multiply(stored, slope, out=target[places] if direct else None)
    intercept = scaling.intercept[block.frames]
    if intercept.any():
        values += intercept.astype(exact).reshape(one_per_frame)
    if not direct:
        target[places] = values


def _looked_up(stored: NDArray[Any], scaling: Scaling, frames: NDArray[np.int64]) -> NDArray[np.float64]:
    assert scaling.tables is not None
    assert scaling.first is not None
    result = np.empty(stored.shape)
    for k, frame in enumerate(frames.tolist()):
        table = scaling.tables[frame]
        index = stored[k].astype(np.int64) - scaling.first[frame]
        outside = (index < 0) | (index >= len(table))
        result[k] = np.where(outside, np.nan, table[np.clip(index, 0, len(table) - 1)])
    return result


def _as_slice(places: NDArray[np.int64]) -> NDArray[np.int64] | slice:
    """Evenly spaced places as a slice, which numpy fills without a copy of the index."""
    if len(places) == 1:
        return slice(int(places[0]), int(places[0]) + 1)
    step = int(places[1] - places[0])
    if step > 0 and (np.diff(places) == step).all():
        return slice(int(places[0]), int(places[-1]) + 1, step)
    return places
