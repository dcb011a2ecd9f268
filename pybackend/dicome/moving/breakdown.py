"""Tells the images of one series apart: by slice, and where a slice is there several times by dynamic, phase, echo, ...

The numbers are those of the header wherever it has some, so that a series that arrives in two halves is named as one
that came at once. The attributes are a table, `PARTS`: the first that tell images apart count. Where none of them
does, the image number does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dicome.moving.facts import FileFacts

Label = int | str


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
    """parts: names of the parts, ('slice', 'dynamic'). labels: of every image, one per part. letters: of the parts."""

    parts: tuple[str, ...]
    labels: tuple[tuple[Label, ...], ...]
    letters: tuple[str, ...]


def break_down(images: Sequence[FileFacts], numbers_only: bool = False) -> Breakdown:
    """Names the images of one series (all of kind 'image').

    numbers_only: by their image numbers alone, which run through the time points of a slice, then the next slice.
    """
    if numbers_only:
        return Breakdown(("image",), tuple((label,) for label in _image_numbers(images)), ("",))
    places = _places(images)
    counted = [part for part in PARTS if any(_most(images, name) > 1 for name in part.counts)]
    if len({one.sop_uid or str(one.seen.path) for one in images}) <= len(set(places)) and not counted:
        return Breakdown(("slice",), tuple((label,) for label in _slices(images, places, False)), ("",))
    keys: list[tuple[Any, ...]] = [(place,) for place in places]
    chosen: list[Part] = []
    columns: list[list[Label]] = []
    for part in PARTS:
        column = _column(part, images, keys, part in counted)
        if column is not None:
            chosen.append(part)
            columns.append(column)
            keys = [(*key, label) for key, label in zip(keys, column, strict=True)]
    if not _told_apart(images, keys):
        chosen.append(IMAGE)
        columns.append(_image_numbers(images))
    labels = tuple(zip(_slices(images, places, True), *columns, strict=True))
    letters = tuple(part.letter for part in chosen) if len(chosen) > 1 or chosen == [IMAGE] else ("",) * len(chosen)
    return Breakdown(("slice", *(part.name for part in chosen)), labels, ("", *letters))


def _told_apart(images: Sequence[FileFacts], keys: Sequence[tuple[Any, ...]]) -> bool:
    """Whether no two objects have one key; the same object twice needs no two names."""
    objects = {(key, one.sop_uid) for key, one in zip(keys, images, strict=True)}
    return len(objects) == len(set(keys))


def _column(
    part: Part, images: Sequence[FileFacts], keys: Sequence[tuple[Any, ...]], counted: bool
) -> list[Label] | None:
    """The labels of a part where it tells images of one key apart, or there are several by the header's own count."""
    for name in part.values:
        values = [getattr(one.values, name) for one in images]
        apart = len(set(zip(keys, values, strict=True))) > len(set(keys))
        if not apart and not (counted and name not in part.by_rank):
            continue
        if name not in part.by_rank and all(_is_label(value) for value in values):
            return values
        if apart:
            return list(_ranks(keys, values))
    return None


def _is_label(value: Any) -> bool:
    """Whether a value can stand in a name as it is."""
    return (isinstance(value, int) and value >= 0) or (isinstance(value, str) and bool(value.strip()))


def _ranks(keys: Sequence[tuple[Any, ...]], values: Sequence[Any]) -> list[int]:
    """Place of each value among those of its key, ascending from 1; what has no value comes first."""
    order: dict[Any, dict[Any, int]] = {}
    for key, value in sorted(set(zip(keys, values, strict=True)), key=lambda one: (str(one[0]), _sortable(one[1]))):
        known = order.setdefault(key, {})
        known.setdefault(value, len(known) + 1)
    return [order[key][value] for key, value in zip(keys, values, strict=True)]


def _sortable(value: Any) -> tuple[int, float, str]:
    if value is None:
        return 0, 0.0, ""
    if isinstance(value, (int, float)):
        return 1, float(value), ""
    return 2, 0.0, str(value)


def _most(images: Sequence[FileFacts], name: str) -> int:
    """The largest of a count that the headers state."""
    values = (getattr(one.values, name) for one in images)
    return max((value for value in values if isinstance(value, int)), default=0)


# -- slices ----------------------------------------------------------------------------------------------------------


def _places(images: Sequence[FileFacts]) -> list[Any]:
    """What is equal for images of one slice: Philips' slice number with the position, or the position alone."""
    return [_place(one) for one in images]


def _place(image: FileFacts) -> Any:
    values = image.values
    assert values is not None
    number = values.ImagePlaneNumber
    if isinstance(number, int) and number > 0:
        return number
    position, orientation = values.ImagePositionPatient, values.ImageOrientationPatient
    if _are_numbers(position, 3):
        turned = tuple(round(float(x), _COSINE) + 0.0 for x in orientation) if _are_numbers(orientation, 6) else ()
        return tuple(round(float(x), _HUNDREDTH) + 0.0 for x in position), turned
    if isinstance(values.SliceLocation, (int, float)):
        return round(float(values.SliceLocation), _HUNDREDTH)
    return image.instance if image.instance is not None else image.sop_uid


def _are_numbers(value: Any, count: int) -> bool:
    return isinstance(value, tuple) and len(value) == count and all(isinstance(x, (int, float)) for x in value)


def _slices(images: Sequence[FileFacts], places: Sequence[Any], repeated: bool) -> list[Label]:
    """The number of each image's slice: Philips' own; else the image number, or, of slices that are there several
    times, their place in the order in which the image numbers come to them.
    """
    if all(isinstance(place, int) and one.values and one.values.ImagePlaneNumber == place
           for one, place in zip(images, places, strict=True)):  # fmt: skip
        return list(places)
    if not repeated:
        return _image_numbers(images)
    first: dict[Any, tuple[float, str]] = {}
    for one, place in zip(images, places, strict=True):
        key = (_to_sort(one.instance), one.sop_uid)
        first[place] = min(first.get(place, key), key)
    rank = {place: number for number, place in enumerate(sorted(first, key=lambda place: first[place]), 1)}
    return [rank[place] for place in places]


def _to_sort(number: int | None) -> float:
    """A number to sort by; what has none comes last."""
    return float("inf") if number is None else number


def _image_numbers(images: Sequence[FileFacts]) -> list[Label]:
    """Instance Numbers; of images that have none, or none below 0, their place among them."""
    labels: list[Label] = [one.instance if one.instance is not None and one.instance >= 0 else -1 for one in images]
    if all(isinstance(label, int) and label >= 0 for label in labels):
        return labels
    order = sorted(range(len(images)), key=lambda row: (images[row].sop_uid, images[row].seen.path))
    place: Callable[[int], int] = {row: number for number, row in enumerate(order, 1)}.__getitem__
    return [place(row) if label == -1 else label for row, label in enumerate(labels)]
