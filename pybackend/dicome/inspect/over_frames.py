"""The frames of an image side by side: what all have in common, what varies, and along which dimension."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.columns import ItemColumns, named_leaves
from dicome.dicom.dataset import SHARED_GROUPS
from dicome.dicom.dictionary import field_name, keyword_of
from dicome.errors import DicomeWarning
from dicome.image import Image
from dicome.inspect.coded import ABSENT, Coded, coded_column
from dicome.inspect.places import places
from dicome.inspect.shown import Value
from dicome.inspect.tags import Key, Wanted, key_of


@dataclass(frozen=True, slots=True, eq=False)
class OverFrames:
    """constant: value of every attribute that all frames share; varying: the others. files: of every frame."""

    constant: dict[str, Value]
    varying: dict[str, Coded]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AlongAxis:
    """What varies along one axis alone: per attribute one value per position (None: absent)."""

    name: str
    unit: str
    labels: tuple[str, ...]
    columns: dict[str, list[Value | None]]


def over_frames(image: Image, wanted: Sequence[Wanted] = ()) -> OverFrames:
    """All attributes of the functional groups (or header, for classic files), or only those ``wanted``.

    Warns (DicomeWarning) of those that no frame has.
    """
    table = image.frames
    asked = _asked(image, wanted)
    vrs = _vrs(image)
    missing = dict.fromkeys(asked)
    constant: dict[str, Value] = {}
    varying: dict[str, Coded] = {}
    for name, path in zip(table.columns, table.paths, strict=True):
        meant = [one for one, ways in asked.items() if _means(ways, path)]
        if wanted and not meant:
            continue
        coded = coded_column(table.column(path), vrs.get(path, ""))
        if not coded.is_constant:
            varying[name] = coded
        elif coded.codes.size and coded.codes[0] != ABSENT:
            constant[name] = coded.values[0]
        else:
            continue
        for one in meant:
            missing.pop(one, None)
    if missing:
        text = f"no frame has {', '.join(missing)}; what the whole file has is shown without --frames and --axes"
        warnings.warn(text, DicomeWarning, stacklevel=2)
    files = tuple(str(path) for path in image.frame_files)
    return OverFrames(constant, varying, files)


def along_axes(image: Image, wanted: Sequence[Wanted] = ()) -> tuple[list[AlongAxis], list[str]]:
    """Per axis what varies along it alone, and the names of what varies along several."""
    varying = over_frames(image, wanted).varying
    grid = image.ordering.grid
    left = dict.fromkeys(varying)
    found = []
    for number, axis in enumerate(image.axes):
        position = _positions(grid, number, image.frames.frame_count)
        columns: dict[str, list[Value | None]] = {}
        for name, coded in varying.items():
            first = _first_at(position, coded.codes, len(axis))
            if first is not None:
                columns[name] = [coded.at(frame) if frame >= 0 else None for frame in first.tolist()]
                left.pop(name, None)
        found.append(AlongAxis(axis.name, axis.unit, axis.labels, columns))
    return found, list(left)


def _vrs(image: Image) -> dict[str, str]:
    """VR of every attribute of the frame table by its path, as the first of the files says that has it."""
    found: dict[str, str] = {}
    for file in image.series.files:
        shared = file.element(SHARED_GROUPS)
        if file.frames is None:
            elements = file.elements
        else:
            elements = shared.items[0].elements if shared is not None and shared.items else []
            for path, chain in ItemColumns(file.source, file.frames).chains.items():
                found.setdefault(path, chain[-1][0].vr)
        for path, element in named_leaves(elements):
            found.setdefault(path, element.vr)
    return found


def _positions(grid: NDArray[np.int64], axis: int, count: int) -> NDArray[np.int64]:
    """0-based position of every frame on an axis; -1: not in the grid."""
    where: NDArray[np.int64] = np.broadcast_to(np.indices(grid.shape, sparse=True)[axis], grid.shape)
    found = np.full(count, -1, np.int64)
    found[grid[grid >= 0]] = where[grid >= 0]
    return found


def _first_at(position: NDArray[np.int64], codes: NDArray[np.int64], size: int) -> NDArray[np.int64] | None:
    """The first frame at every position (-1: none) if all frames at one position have one value, else None."""
    inside = np.flatnonzero(position >= 0)
    there, first = np.unique(position[inside], return_index=True)
    frames = np.full(size, -1, np.int64)
    frames[there] = inside[first]
    if (codes[frames[position[inside]]] != codes[inside]).any() or len(np.unique(codes[frames[there]])) < 2:
        return None
    return frames


Asked = list[list[set[str]]]
"""The ways that mean one attribute; of each step the names that the table of frames may have for it."""


def _asked(image: Image, wanted: Sequence[Wanted]) -> dict[str, Asked]:
    """What was asked for by name, in the words of the table of frames."""
    numbers: dict[Key, set[int]] = {}
    if any(_is_nameless(step.key) for one in wanted for way in one.ways for step in way):
        for place in places(image.series.files[0]):
            numbers.setdefault(key_of(place.element), set()).add(place.element.tag)
    return {one.name: [[_names(step.key, numbers) for step in way] for way in one.ways] for one in wanted}


def _is_nameless(key: Key) -> bool:
    """Whether a creator's attribute has no keyword, so that the table has its number, whichever block that is in."""
    return bool(key[1]) and keyword_of(key[0] | 0x1000, key[1]) is None


def _names(key: Key, numbers: dict[Key, set[int]]) -> set[str]:
    tag, creator = key
    if _is_nameless(key):
        return {field_name(number) for number in numbers.get(key, ())}
    return {field_name(tag | 0x1000, creator) if creator else field_name(tag)}


def _means(ways: Asked, path: str) -> bool:
    """Whether a path of the table ends in what was asked for."""
    names = [name.partition("[")[0] for name in path.split(".")]
    for way in ways:
        asked = way[1:] if way[0] & _GROUPS else way
        ends = names[-len(asked) :] if asked else []
        if len(ends) == len(asked) > 0 and all(name in one for name, one in zip(ends, asked, strict=True)):
            return True
    return False


_GROUPS = frozenset(("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"))
