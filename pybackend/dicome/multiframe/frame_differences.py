"""The frames of two files: which go together, and what differs between them, attribute by attribute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.columns import ItemColumns, named_leaves
from dicome.dicom.file import DicomFile
from dicome.dicom.pixels import open_pixels
from dicome.multiframe.differences import (
    Difference,
    Kind,
    equal,
    largest_difference,
    reason_for,
    tag_text,
    value_text,
)

INDEX_VALUES = "FrameContentSequence.DimensionIndexValues"


def frame_count(file: DicomFile) -> int:
    """Number of frames of a file, with pixels or not."""
    return open_pixels(file).frame_count if file.pixels is not None else len(file.frames or ())


def matched_frames(a: DicomFile, b: DicomFile) -> tuple[NDArray[np.int64], str, tuple[str, ...]]:
    """For frames of A, the frame of B that each is compared with (0-based), and how they were found."""
    count = min(frame_count(a), frame_count(b))
    plain = np.arange(count)
    indices = [_index_values(file) for file in (a, b)]
    one, two = indices
    if one is None or two is None or len(one) != len(two) or one.shape[1:] != two.shape[1:]:
        return plain, "their order in the file", ()
    first, second = (np.lexsort(index.T[::-1]) for index in (one, two))
    unique = all((np.diff(index[o], axis=0) != 0).any(axis=1).all() for index, o in ((one, first), (two, second)))
    if not unique or (one[first] != two[second]).any():
        return plain, "their order in the file", ("Dimension Index Values do not match the frames of both files",)
    order = np.empty(len(one), np.int64)
    order[first] = second
    notes = () if (order == plain).all() else ("the frames stand in another order",)
    return order, "Dimension Index Values", notes


def _index_values(file: DicomFile) -> NDArray[np.int64] | None:
    if file.frames is None:
        return None
    columns = ItemColumns(file.source, file.frames)
    if INDEX_VALUES not in columns.paths:
        return None
    values, present = columns.column(INDEX_VALUES)
    if values.dtype == object or not present.all():
        return None
    return values.reshape(len(values), -1).astype(np.int64)


def frame_differences(a: DicomFile, b: DicomFile, order: NDArray[np.int64]) -> Iterator[Difference]:
    """What the per-frame groups of two files have alone or otherwise; ``order`` as `matched_frames` gives it."""
    if a.frames is None or b.frames is None:
        return
    one, two = ItemColumns(a.source, a.frames), ItemColumns(b.source, b.frames)
    tags = {**_frame_tags(b), **_frame_tags(a)}
    mine, theirs = set(one.paths), set(two.paths)
    told: set[str] = set()
    for path in dict.fromkeys((*one.paths, *two.paths)):
        if path in mine and path in theirs:
            yield from _compare_columns(path, tags[path], one.column(path), two.column(path), order)
            continue
        in_a = path in mine
        whole = _missing_part(path, theirs if in_a else mine)
        if whole in told:
            continue
        told.add(whole)
        values, present = (one if in_a else two).column(path)
        frames = int(present.sum()) if whole == path else len(present)
        shown = value_text(values[int(present.argmax())]) if whole == path else "a sequence"
        kind: Kind = "only in A" if in_a else "only in B"
        yield Difference(
            "frames",
            kind,
            whole,
            tags[path] if whole == path else "",
            shown if in_a else "",
            "" if in_a else shown,
            frames,
            int(present.argmax()) + 1,
            reason=reason_for(whole),
        )


def _missing_part(path: str, others: set[str]) -> str:
    """The outermost sequence of the path that the other file does not have at all."""
    steps = path.split(".")
    for length in range(1, len(steps)):
        prefix = ".".join(steps[:length])
        if not any(other.startswith(f"{prefix}.") for other in others):
            return prefix
    return path


def _frame_tags(file: DicomFile) -> dict[str, str]:
    assert file.frames is not None
    found: dict[str, str] = {}
    for layout in file.frames.layouts:
        found.update({path: tag_text(element) for path, element in named_leaves(layout.shape.elements)})
    return found


def _compare_columns(
    path: str,
    tag: str,
    one: tuple[NDArray[Any], NDArray[np.bool_]],
    two: tuple[NDArray[Any], NDArray[np.bool_]],
    order: NDArray[np.int64],
) -> Iterator[Difference]:
    count = len(order)
    (values_a, there_a), (values_b, there_b) = (one[0][:count], one[1][:count]), (two[0][order], two[1][order])
    differ = _unequal(values_a, values_b) & there_a & there_b | (there_a != there_b)
    numbers = np.flatnonzero(differ)
    if not len(numbers):
        return
    first = int(numbers[0])
    one_sided = not (there_a[numbers].all() and there_b[numbers].all())
    both = (None, None) if one_sided else (values_a[numbers], values_b[numbers])
    yield Difference(
        "frames",
        "differs",
        path,
        tag,
        value_text(values_a[first]) if there_a[first] else "absent or empty",
        value_text(values_b[first]) if there_b[first] else "absent or empty",
        len(numbers),
        first + 1,
        None if one_sided else largest_difference(*both),
        reason_for(path, *both),
    )


def _unequal(one: NDArray[Any], two: NDArray[Any]) -> NDArray[np.bool_]:
    if one.dtype != object and two.dtype != object and one.shape == two.shape:
        return np.asarray((one != two).reshape(len(one), -1).any(axis=1), bool)
    return np.array([not equal(a, b) for a, b in zip(one.tolist(), two.tolist(), strict=True)], bool)


def missing_frames(frames: tuple[int, int]) -> Iterator[Difference]:
    """The difference that files of other numbers of frames make."""
    if frames[0] != frames[1]:
        kind: Kind = "only in A" if frames[0] > frames[1] else "only in B"
        many = abs(frames[0] - frames[1])
        yield Difference("frames", kind, "frames", "", str(frames[0]), str(frames[1]), many, min(frames) + 1)
