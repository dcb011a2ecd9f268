"""Tells the images of one series apart: by slice, and where a slice is there several times by dynamic, phase, echo, ...

The numbers are those of the header wherever it has some, so that a series that arrives in two halves is named as one
that came at once. The attributes are a table, `PARTS`: the first that tell images apart count. Where none of them
does, the image number does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.moving.compact import Codes
from dicome.moving.records import FileFacts

Label = int | str
_Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a name. letter: goes before its number where a name has several. values: attributes of `Values`, the
    first that helps counts. counts: attributes that say how many there are; with more than one the part is written
    even if only one is there (yet). by_rank: places are counted within the slice, because the values are no numbers of
    their own (milliseconds).
    """

    name: str
    letter: str
    values: tuple[str, ...]
    counts: tuple[str, ...] = ()
    by_rank: frozenset[str] = frozenset()


PARTS: tuple[Part, ...] = (
    Part("dynamic", "d", ("TemporalPositionIdentifier",), ("NumberOfTemporalPositions", "MRSeriesNrOfDynamicScans")),
    Part(
        "phase",
        "p",
        ("MRImagePhaseNumber", "TriggerTime"),
        ("CardiacNumberOfImages", "MRSeriesNrOfPhases"),
        frozenset(("TriggerTime",)),
    ),
    Part("echo", "e", ("EchoNumbers", "EchoTime"), ("MRSeriesNrOfEchoes",), frozenset(("EchoTime",))),
    Part("b-value", "b", ("MRImageDiffBValueNumber",)),
    Part("gradient", "g", ("MRImageGradientOrientationNumber",)),
    Part("label", "", ("MRImageLabelType",)),
    Part("type", "", ("MRImageTypeMR",)),
    Part("sequence", "", ("MRImageScanningSequencePrivate",)),
    Part("inversion", "t", ("InversionDelayNumber",)),
    Part("shift", "s", ("ChemicalShiftNumberMR",)),
    Part("acquisition", "a", ("AcquisitionNumber",)),
)
"""In the order in which they are tried and written. Philips numbers all but the last; of other makers the standard's
attributes tell dynamics and echoes, and trigger times the phases (GE cardiac multiphase)."""

IMAGE = Part("image", "i", ())
"""The image number, where nothing else tells images of one slice apart."""

_HUNDREDTH = 2
"""Decimals (mm) to which positions of one slice agree."""
_COSINE = 3


@dataclass(frozen=True, slots=True)
class Breakdown:
    """parts: names of the parts, ('slice', 'dynamic'). columns: of each part the labels of all images. letters: of the
    parts.
    """

    parts: tuple[str, ...]
    columns: tuple[Sequence[Label], ...]
    letters: tuple[str, ...]


def break_down(facts: FileFacts, rows: Sequence[int], numbers_only: bool = False) -> Breakdown:
    """Names the images of one series (rows of the facts, all of kind 'image').

    numbers_only: by their image numbers alone, which run through the time points of a slice, then the next slice.
    """
    images = _Images(facts, rows)
    if numbers_only:
        return Breakdown(("image",), (images.numbers(),), ("",))
    places = _places(images)
    keys = _numbered(np.array(places.rows, np.int64))
    counted = [part for part in PARTS if any(images.most(name) > 1 for name in part.counts)]
    if _count(images.objects) <= _count(keys) and not counted:
        return Breakdown(("slice",), (_slices(images, places, False),), ("",))
    chosen: list[Part] = []
    columns: list[Sequence[Label]] = []
    for part in PARTS:
        column = _column(part, images, keys, part in counted)
        if column is not None:
            labels, codes = column
            chosen.append(part)
            columns.append(labels)
            keys = _pairs(keys, codes)
    # The same object twice needs no two names.
    if _count(_pairs(keys, images.uids)) != _count(keys):
        chosen.append(IMAGE)
        columns.append(images.numbers())
    letters = tuple(part.letter for part in chosen) if len(chosen) > 1 or chosen == [IMAGE] else ("",) * len(chosen)
    parts = ("slice", *(part.name for part in chosen))
    return Breakdown(parts, (_slices(images, places, True), *columns), ("", *letters))


class _Images:
    """The images of a series as columns. uids: a number for each SOP Instance UID; objects: also for each file that has
    none.
    """

    def __init__(self, facts: FileFacts, rows: Sequence[int]) -> None:
        self.facts = facts
        self.rows = np.array(rows, np.int64)
        self.uids = _hashed(facts.sop_uids[row] for row in rows)
        self.objects = _hashed(facts.sop_uids[row] or facts.path(row) for row in rows)

    def codes(self, name: str) -> _Numbers:
        """Which of its different values every image has."""
        return np.array(self.facts.values[name].rows, np.int64)[self.rows]

    def used(self, name: str) -> list[Any]:
        """The different values that the images have."""
        values = self.facts.values[name].values
        return [values[code] for code in np.unique(self.codes(name)).tolist()]

    def most(self, name: str) -> int:
        """The largest of a count that the headers state."""
        return max((value for value in self.used(name) if isinstance(value, int)), default=0)

    def __iter__(self) -> Iterator[int]:
        return map(int, self.rows)

    def numbers(self) -> list[Label]:
        """Instance Numbers; of images that have none, or none below 0, their place among them."""
        facts = self.facts
        found = [facts.instances[row] for row in self]
        if all(number is not None and number >= 0 for number in found):
            return [number for number in found if number is not None]
        order = sorted(range(len(found)), key=lambda place: self._name(int(self.rows[place])))
        rank = np.argsort(order) + 1
        return [
            number if number is not None and number >= 0 else int(rank[place]) for place, number in enumerate(found)
        ]

    def _name(self, row: int) -> tuple[str, str]:
        return self.facts.sop_uids[row], self.facts.path(row)


def _hashed(names: Iterable[str]) -> _Numbers:
    """Equal texts as numbers from 0. Hashes are 8 bytes each: that two in a million are equal is most unlikely."""
    return _numbered(np.fromiter(map(hash, names), np.int64))


def _numbered(values: _Numbers) -> _Numbers:
    """Equal values as numbers from 0."""
    return np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _pairs(one: _Numbers, other: _Numbers) -> _Numbers:
    """A number for each different pair of two numbers from 0."""
    both: _Numbers = one * (int(other.max()) + 1) + other
    return _numbered(both)


def _count(numbered: _Numbers) -> int:
    """How many different ones there are."""
    return int(numbered.max()) + 1


def _column(part: Part, images: _Images, keys: _Numbers, counted: bool) -> tuple[list[Label], _Numbers] | None:
    """The labels of a part, and a number for each different one, where it tells images of one key apart, or there are
    several by the header's own count.
    """
    for name in part.values:
        codes = images.codes(name)
        apart = _count(_pairs(keys, codes)) > _count(keys)
        if not apart and not (counted and name not in part.by_rank):
            continue
        values = images.facts.values[name].values
        if name not in part.by_rank and all(map(_is_label, images.used(name))):
            return [values[code] for code in codes.tolist()], codes
        if apart:
            ranks = _ranks(keys, codes, values)
            return list(ranks.tolist()), ranks
    return None


def _is_label(value: Any) -> bool:
    """Whether a value can stand in a name as it is."""
    return (isinstance(value, int) and value >= 0) or (isinstance(value, str) and bool(value.strip()))


def _ranks(keys: _Numbers, codes: _Numbers, values: Sequence[Any]) -> _Numbers:
    """Place of each value among those of its key, ascending from 1; what has no value comes first."""
    order = np.argsort(sorted(range(len(values)), key=lambda code: _sortable(values[code])))
    found, which = np.unique(keys * len(values) + order[codes], return_inverse=True)
    key = found // len(values)
    ranks: _Numbers = np.arange(len(found)) - np.searchsorted(key, key) + 1
    ranked: _Numbers = ranks[which.reshape(-1)]
    return ranked


def _sortable(value: Any) -> tuple[int, float, str]:
    if value is None:
        return 0, 0.0, ""
    if isinstance(value, (int, float)):
        return 1, float(value), ""
    return 2, 0.0, str(value)


# -- slices ----------------------------------------------------------------------------------------------------------

_PLACE = ("ImagePlaneNumber", "ImagePositionPatient", "ImageOrientationPatient", "SliceLocation")


def _places(images: _Images) -> Codes:
    """What is equal for images of one slice: Philips' slice number with the position, or the position alone."""
    facts, found, known = images.facts, Codes(), dict[tuple[int, ...], Any]()
    columns = [facts.values[name] for name in _PLACE]
    for row in images:
        codes = tuple(column.rows[row] for column in columns)
        if codes not in known:
            known[codes] = _place(*(column[row] for column in columns))
        place = known[codes]
        if place is None:
            number = facts.instances[row]
            place = number if number is not None else facts.sop_uids[row]
        found.append(place)
    return found


def _place(number: Any, position: Any, orientation: Any, location: Any) -> Any:
    """The place by these values; None where they say none."""
    if isinstance(number, int) and number > 0:
        return number
    if _are_numbers(position, 3):
        turned = tuple(round(float(x), _COSINE) + 0.0 for x in orientation) if _are_numbers(orientation, 6) else ()
        return tuple(round(float(x), _HUNDREDTH) + 0.0 for x in position), turned
    return round(float(location), _HUNDREDTH) if isinstance(location, (int, float)) else None


def _are_numbers(value: Any, count: int) -> bool:
    return isinstance(value, tuple) and len(value) == count and all(isinstance(x, (int, float)) for x in value)


def _slices(images: _Images, places: Codes, repeated: bool) -> Sequence[Label]:
    """The number of each image's slice: Philips' own; else the image number, or, of slices that are there several
    times, their place in the order in which the image numbers come to them.
    """
    facts = images.facts
    planes = facts.values["ImagePlaneNumber"]
    if all(isinstance(place, int) for place in places.values) and all(
        planes[row] == places[place] for place, row in enumerate(images)
    ):
        return [places[place] for place in range(len(places))]
    if not repeated:
        return images.numbers()
    first: dict[int, tuple[float, str]] = {}
    for code, row in zip(places.rows, images, strict=True):
        key = (_to_sort(facts.instances[row]), facts.sop_uids[row])
        first[code] = min(first.get(code, key), key)
    rank = {code: number for number, code in enumerate(sorted(first, key=lambda code: first[code]), 1)}
    return [rank[code] for code in places.rows]


def _to_sort(number: int | None) -> float:
    """A number to sort by; what has none comes last."""
    return float("inf") if number is None else number
