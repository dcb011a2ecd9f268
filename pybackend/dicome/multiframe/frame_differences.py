"""The frames of two files: which go together, and what differs between them, attribute by attribute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
    path_name,
    reason_for,
    tag_text,
    value_text,
)

Column = tuple[NDArray[Any], NDArray[np.bool_]]
"""Values and presence of one attribute, one row per frame."""

DIMENSION_INDEX_SEQUENCE, DIMENSION_POINTER = 0x00209222, 0x00209165
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
    if one is None or two is None or one.shape != two.shape or len(one) != count:
        return plain, "their order in the file", ()
    if _pointers(a) != _pointers(b):
        return plain, "their order in the file", ("the dimensions are not the same",)
    first, second = (np.lexsort(index.T[::-1]) for index in (one, two))
    unique = all((np.diff(index[o], axis=0) != 0).any(axis=1).all() for index, o in ((one, first), (two, second)))
    if not unique or (one[first] != two[second]).any():
        return plain, "their order in the file", ("Dimension Index Values do not match the frames of both files",)
    order = np.empty(len(one), np.int64)
    order[first] = second
    notes = () if (order == plain).all() else ("the frames stand in another order",)
    return order, "Dimension Index Values", notes


def _pointers(file: DicomFile) -> list[bytes]:
    """Dimension Index Pointers, private ones in the block that scanners use."""
    sequence = file.element(DIMENSION_INDEX_SEQUENCE)
    items = (sequence.items if sequence is not None else None) or []
    found = []
    for item in items:
        raw = {element.tag: file.raw(element) for element in item.elements}
        pointer = raw.get(DIMENSION_POINTER, b"")
        is_private = len(pointer) == 4 and pointer[0] & 1
        found.append(pointer[:3] if is_private else pointer)
    return found


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


@dataclass(frozen=True, slots=True)
class _Columns:
    """The frame items of one file: columns, and for each path (private tags in their usual blocks) the file's own path
    and the tag.
    """

    columns: ItemColumns
    own: dict[str, str]
    tags: dict[str, str]

    @classmethod
    def of(cls, file: DicomFile) -> _Columns:
        assert file.frames is not None
        own: dict[str, str] = {}
        tags: dict[str, str] = {}
        for layout in file.frames.layouts:
            for path, element in named_leaves(layout.shape.elements):
                before, _, last = path.rpartition(".")
                usual = f"{before}.{path_name(last, element)}" if before else path_name(last, element)
                own[usual], tags[usual] = path, tag_text(element)
        return cls(ItemColumns(file.source, file.frames), own, tags)

    def column(self, path: str) -> Column:
        return self.columns.column(self.own[path])


def frame_differences(a: DicomFile, b: DicomFile, order: NDArray[np.int64]) -> Iterator[Difference]:
    """What the per-frame groups of two files have alone or otherwise; ``order`` as `matched_frames` gives it."""
    if a.frames is None or b.frames is None:
        return
    # A damaged file may announce more frames than it has items for.
    order = order[: len(a.frames)][: len(b.frames)]
    one, two = _Columns.of(a), _Columns.of(b)
    told: set[str] = set()
    for path in dict.fromkeys((*one.own, *two.own)):
        if path in one.own and path in two.own:
            yield from _compare_columns(path, one.tags[path], one.column(path), two.column(path), order)
            continue
        in_a = path in one.own
        whole = _missing_part(path, set(two.own if in_a else one.own))
        if whole not in told:
            told.add(whole)
            yield _only(path, whole, one if in_a else two, in_a=in_a)


def _only(path: str, whole: str, columns: _Columns, *, in_a: bool) -> Difference:
    """The difference that an attribute, or the whole sequence around it, makes that one file has alone."""
    values, present = columns.column(path)
    is_sequence = whole != path
    value = "a sequence" if is_sequence else value_text(values[int(present.argmax())])
    return Difference(
        "frames",
        "only in A" if in_a else "only in B",
        whole,
        "" if is_sequence else columns.tags[path],
        value if in_a else "",
        "" if in_a else value,
        len(present) if is_sequence else int(present.sum()),
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


def _compare_columns(
    path: str,
    tag: str,
    one: Column,
    two: Column,
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
