"""What changes in a header when its image becomes part of a combined series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dicome.enhanced.writer import new_uid

if TYPE_CHECKING:
    from pydicom import DataElement, Dataset

LONGEST_DESCRIPTION = 64
SCALE_CREATOR = "Philips MR Imaging DD 001"


@dataclass(frozen=True, slots=True)
class Target:
    """The new series. number: 0-based or None: keep; description: '' for the old one with what was done."""

    repeats: int
    mean: bool
    number: int | None = None
    description: str = ""
    uid: str = field(default_factory=new_uid)

    @property
    def words(self) -> str:
        """What was done."""
        return f"mean of {self.repeats} NEX" if self.mean else f"{self.repeats} NEX"


def change_series(dataset: Dataset, target: Target) -> None:
    """Series UID, number and description; of a mean also that it is derived, and how."""
    dataset.SeriesInstanceUID = target.uid
    old = dataset.get("SeriesNumber")
    dataset.SeriesNumber = target.number if target.number is not None else (int(old) if old else 0) * 10
    said = target.description or f"{dataset.get('SeriesDescription', '')} ({target.words})".strip()
    if len(said) > LONGEST_DESCRIPTION and not target.description:
        words = f" ({target.words})"
        said = said[: LONGEST_DESCRIPTION - len(words) - len(words)] + words
    dataset.SeriesDescription = said[:LONGEST_DESCRIPTION]
    if target.mean:
        derive(dataset)
        dataset.DerivationDescription = target.words
        for keyword in ("SmallestImagePixelValue", "LargestImagePixelValue"):
            if keyword in dataset:
                delattr(dataset, keyword)


def derive(dataset: Dataset, keyword: str = "ImageType") -> None:
    """Value 1 of Image Type (or Frame Type) says that pixels are derived."""
    kind = dataset.get(keyword)
    if kind:
        parts = [kind] if isinstance(kind, str) else list(kind)
        setattr(dataset, keyword, ["DERIVED", *parts[1:]])


def change_time(dataset: Dataset, shift: int, count: int) -> None:
    """Temporal Position Identifier of a later repeat, and the number of positions in all."""
    dataset.TemporalPositionIdentifier = int(dataset.get("TemporalPositionIdentifier") or 1) + shift
    dataset.NumberOfTemporalPositions = count


def multiply_slopes(dataset: Dataset, factor: float) -> None:
    """Every slope at any level of a header, so that smaller stored values mean the same."""
    if factor == 1:
        return
    for element in dataset.iterall():
        if element.keyword == "RescaleSlope":
            element.value = _decimal(float(element.value) * factor)
        elif _is_philips_scale(element):
            element.value = float(element.value) / factor


def _is_philips_scale(element: DataElement) -> bool:
    """MR Scale Slope or Intercept."""
    tag = element.tag
    return tag.group == 0x2005 and tag.element & 0xFF in (0x0D, 0x0E) and element.private_creator == SCALE_CREATOR


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
