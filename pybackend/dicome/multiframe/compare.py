"""Two DICOM files element by element and frame by frame: what only one of them has, and what differs.

Values are compared, not bytes: padding, the order of bytes and the blocks of private creators do not count, and a
number is the number it is however it is written. Frames are matched by their Dimension Index Values, where both files
have them, so that another order of frames is one difference and not one per frame.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import PER_FRAME_GROUPS, DicomFile, open_file
from dicome.dicom.pixels import Pixels, open_pixels
from dicome.dicom.scan import Element
from dicome.multiframe.differences import Difference, tree_differences
from dicome.multiframe.frame_differences import frame_count, frame_differences, matched_frames, missing_frames

Progress = Callable[[float, float], None]

BLOCK = 256
"""Frames whose pixels are compared at a time."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between files ``a`` and ``b``. ``matched``: frames compared; ``by``: how they were
    matched; ``pixels_differ``: frames with other pixels, by ``largest`` at most.
    """

    a: Path
    b: Path
    frames: tuple[int, int]
    matched: int
    by: str
    differences: tuple[Difference, ...]
    pixels_differ: int = 0
    largest: float = 0.0
    notes: tuple[str, ...] = field(default=())

    @property
    def unexpected(self) -> tuple[Difference, ...]:
        """Differences that no conversion explains."""
        return tuple(one for one in self.differences if not one.reason)

    @property
    def same(self) -> bool:
        """Whether the files say the same but for what a conversion changes."""
        return not self.unexpected and not self.pixels_differ

    def facts(self) -> dict[str, Any]:
        """Everything as JSON has it."""
        return {
            "a": str(self.a),
            "b": str(self.b),
            "same": self.same,
            "frames": list(self.frames),
            "matched_frames": self.matched,
            "matched_by": self.by,
            "frames_with_other_pixels": self.pixels_differ,
            "largest_pixel_difference": self.largest,
            "notes": list(self.notes),
            "differences": [asdict(one) for one in self.differences],
        }


def _quiet(done: float, total: float) -> None:
    """Progress that nobody looks at."""


def compare(a: str | os.PathLike[str], b: str | os.PathLike[str], *, progress: Progress = _quiet) -> Comparison:
    """Compare two DICOM files, classic or enhanced.

    progress: called with the frames whose pixels are done, and all of them. Raises the errors of `dicome.open`.
    """
    one, two = open_file(a), open_file(b)
    found = [*tree_differences("meta", one.meta, one.meta_source, two.meta, two.meta_source)]
    found += tree_differences("file", _top(one), one.source, _top(two), two.source)
    order, by, notes = matched_frames(one, two)
    found += frame_differences(one, two, order)
    frames = (frame_count(one), frame_count(two))
    found += missing_frames(frames)
    differ, largest, more = _compare_pixels(one, two, order, progress)
    return Comparison(one.path, two.path, frames, len(order), by, tuple(found), differ, largest, (*notes, *more))


def _top(file: DicomFile) -> list[Element]:
    return [element for element in file.elements if element.tag != PER_FRAME_GROUPS]


def _compare_pixels(
    a: DicomFile, b: DicomFile, order: NDArray[np.int64], progress: Progress
) -> tuple[int, float, tuple[str, ...]]:
    """Frames whose stored values differ, the largest difference, and why they could not be compared."""
    if a.pixels is None or b.pixels is None:
        return 0, 0.0, () if a.pixels is b.pixels is None else ("only one of the files has pixels",)
    one, two = open_pixels(a), open_pixels(b)
    if one.format.shape != two.format.shape:
        return len(order), 0.0, (f"frames of {one.format.shape} and of {two.format.shape}: no pixels compared",)
    differ, largest = 0, 0.0
    for start in range(0, len(order), BLOCK):
        part = order[start : start + BLOCK]
        left = one.block(start, len(part))
        right = _frames(two, part)
        unequal = (left != right).reshape(len(part), -1).any(axis=1)
        if unequal.any():
            differ += int(unequal.sum())
            distance = np.abs(left[unequal].astype(float) - right[unequal].astype(float)).max()
            largest = max(largest, float(distance))
        one.release(start, len(part))
        progress(start + len(part), len(order))
    return differ, largest, ()


def _frames(pixels: Pixels, numbers: NDArray[np.int64]) -> NDArray[Any]:
    if (np.diff(numbers) == 1).all():
        return pixels.block(int(numbers[0]), len(numbers))
    return np.concatenate([pixels.block(number, 1) for number in numbers.tolist()])
