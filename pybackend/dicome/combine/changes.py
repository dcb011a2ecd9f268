"""What changes in a header when its image becomes part of a combined series."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dicome.enhanced.writer import new_uid
from dicome.errors import ArgumentError

if TYPE_CHECKING:
    from pydicom import DataElement, Dataset

LONGEST_DESCRIPTION = 64
NUMBERS = range(-(1 << 31), 1 << 31)
"""What a Series Number can be (PS3.5 table 6.2-1, IS)."""

OF_SERIES = (
    "SeriesNumber", "SeriesDescription", "SeriesDescriptionCodeSequence", "SeriesDate", "SeriesTime", "ProtocolName",
    "PerformingPhysicianName", "OperatorsName", "RequestAttributesSequence", "PerformedProtocolCodeSequence",
    "PerformedProcedureStepID", "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime",
    "PerformedProcedureStepEndDate", "PerformedProcedureStepEndTime", "PerformedProcedureStepDescription",
    "CommentsOnThePerformedProcedureStep",
)  # fmt: skip
"""Attributes that all files of a series have in common (PS3.3 C.7.3.1) and that scanners write anew in every repeat."""
SLOPES = {"RescaleSlope": "RescaleIntercept", "RealWorldValueSlope": "RealWorldValueIntercept"}
"""Slopes, and the intercepts that go with them."""
SCALE_CREATOR, _SCALE_INTERCEPT, _SCALE_SLOPE = "Philips MR Imaging DD 001", 0x0D, 0x0E


@dataclass(frozen=True, slots=True)
class Target:
    """The new series. number: that of the series, None: ten times the old one; description: '' for the old one with
    what was done; phases: whether there are some in the mean.
    """

    repeats: int
    mean: bool
    number: int | None = None
    description: str = ""
    phases: bool = False
    uid: str = field(default_factory=new_uid)

    @property
    def words(self) -> str:
        """What was done."""
        return f"mean of {self.repeats} NEX" if self.mean else f"{self.repeats} NEX"

    @property
    def derivation(self) -> str:
        """What was done, exactly."""
        return f"{self.words}, circular mean of phases" if self.phases else self.words


def change_series(dataset: Dataset, target: Target) -> None:
    """Series UID, number and description; of a mean also that it is derived, and how."""
    dataset.SeriesInstanceUID = target.uid
    old = whole_number(dataset, "SeriesNumber", 0)
    tenfold = old * 10 if old * 10 in NUMBERS else old
    dataset.SeriesNumber = tenfold if target.number is None else target.number
    said = target.description or f"{dataset.get('SeriesDescription', '')} ({target.words})".strip()
    if len(said) > LONGEST_DESCRIPTION and not target.description:
        words = f" ({target.words})"
        said = said[: LONGEST_DESCRIPTION - len(words) - len(words)] + words
    dataset.SeriesDescription = said[:LONGEST_DESCRIPTION]
    if target.mean:
        derive(dataset)
        dataset.DerivationDescription = target.derivation
        for keyword in ("SmallestImagePixelValue", "LargestImagePixelValue"):
            if keyword in dataset:
                delattr(dataset, keyword)


def whole_number(dataset: Dataset, keyword: str, otherwise: int) -> int:
    """The value of an attribute, ``otherwise`` where it is missing, empty or, in a damaged header, no number."""
    try:
        return int(dataset.get(keyword) or otherwise)
    except (ValueError, TypeError, OverflowError):  # pydicom converts, and raises, when it is asked
        return otherwise


def as_in(dataset: Dataset, first: Dataset) -> None:
    """Makes a header one of the series of another: what a series says once is as there."""
    import copy

    for keyword in OF_SERIES:
        if keyword in first:
            dataset[keyword] = copy.deepcopy(first[keyword])
        elif keyword in dataset:
            delattr(dataset, keyword)


def check_text(text: str, character_set: str) -> None:
    """Raises ArgumentError for a description that a header of that Specific Character Set (0008,0005) cannot hold."""
    from pydicom.charset import convert_encodings, encode_string

    if not text:
        return
    if len(text) > LONGEST_DESCRIPTION or "\\" in text or not text.isprintable():
        raise ArgumentError(
            f"description {text!r}: expected up to {LONGEST_DESCRIPTION} letters, no backslash, no control characters"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            encode_string(text, convert_encodings(character_set.split("\\") if character_set else ""))
        except (UserWarning, UnicodeError) as problem:
            held = character_set or "none, which means ASCII"
            raise ArgumentError(
                f"description {text!r} cannot be written in the character set of the series ({held})"
            ) from problem


def derive(dataset: Dataset, keyword: str = "ImageType") -> None:
    """Value 1 of Image Type (or Frame Type) says that pixels are derived."""
    kind = dataset.get(keyword)
    if kind:
        parts = [kind] if isinstance(kind, str) else list(kind)
        setattr(dataset, keyword, ["DERIVED", *parts[1:]])


def change_time(dataset: Dataset, shift: int, count: int) -> None:
    """Temporal Position Identifier of a later repeat, and the number of positions in all."""
    dataset.TemporalPositionIdentifier = whole_number(dataset, "TemporalPositionIdentifier", 1) + shift
    dataset.NumberOfTemporalPositions = count


def rescale(dataset: Dataset, factor: float, offset: float = 0.0) -> None:
    """Every slope and intercept at any level of a header, so that stored values of ``(old - offset) / factor`` mean the
    same as the old ones.
    """
    if factor == 1 and offset == 0:
        return
    for slope, intercept in SLOPES.items():
        if slope in dataset:
            old = float(dataset[slope].value)
            setattr(dataset, slope, _number(slope, old * factor))
            if offset:
                setattr(dataset, intercept, _number(intercept, float(dataset.get(intercept) or 0) + old * offset))
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                rescale(item, factor, offset)
        elif _is_philips_scale(element):
            shift = offset if element.tag.element & 0xFF == _SCALE_INTERCEPT else 0.0
            element.value = (float(element.value) - shift) / factor


def has_slopes(dataset: Dataset) -> bool:
    """Whether `rescale` would change something."""
    return any(element.keyword in SLOPES or _is_philips_scale(element) for element in dataset.iterall())


def _is_philips_scale(element: DataElement) -> bool:
    """MR Scale Slope or Intercept."""
    tag = element.tag
    known = tag.group == 0x2005 and tag.element & 0xFF in (_SCALE_INTERCEPT, _SCALE_SLOPE)
    return known and element.private_creator == SCALE_CREATOR


def _number(keyword: str, number: float) -> float | str:
    """A decimal string for the attributes that are one."""
    return _decimal(number) if keyword.startswith("Rescale") else number


def _decimal(number: float) -> str:
    from dicome.enhanced.encode import format_ds

    return format_ds(number)


def add_sources(dataset: Dataset, references: Sequence[tuple[str, str]]) -> None:
    """Source Image Sequence (PS3.3 C.7.6.1.1.4): class and instance UIDs of what a mean was made of."""
    from pydicom import Dataset

    items = []
    for sop_class, instance in references:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, instance
        items.append(item)
    dataset.SourceImageSequence = items
