"""Repeats of enhanced files into one enhanced file: its frames one repeat after the other, or their mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dicome.beside import written_beside
from dicome.combine.changes import Target, add_sources, change_series, derive, has_slopes, rescale, whole_number
from dicome.combine.mean import mean_frames
from dicome.combine.repeats import Repeat
from dicome.enhanced.writer import new_uid
from dicome.errors import UnsupportedError

if TYPE_CHECKING:
    from pydicom import Dataset
    from pydicom.dataset import FileDataset

Tell = Callable[[int, int], None]
TIME_INDEX, FRAME_CONTENT, DIMENSION_UID = 0x00209128, 0x00209111, 0x00209164
LABEL = "Temporal Position Index"
BLOCK = 256
"""Frames whose pixels are copied at a time."""


def write_enhanced_repeats(repeats: Sequence[Repeat], out: Path, target: Target, tell: Tell, force: bool) -> int:
    """Writes one file; the number of its frames. Raises FileExistsAlreadyError, FileAccessError, UnsupportedError."""
    import pydicom

    formats = repeats[0].image.series.format
    if formats.bits_allocated == 1 or formats.dtype.kind not in "iu":
        raise UnsupportedError(f"{repeats[0].name}: pixels of {formats.bits_allocated} bits cannot be combined")
    datasets = [pydicom.dcmread(repeat.image.series.paths[0]) for repeat in repeats]
    _share_what_is_shared(datasets)
    base = datasets[0]
    frames = list(base.PerFrameFunctionalGroupsSequence)
    count = len(frames)
    if target.mean:
        pixels = _mean(repeats, base, tell)
        sources = [(str(one.SOPClassUID), str(one.SOPInstanceUID)) for one in datasets]
        add_sources(base, sources)
        for item in frames:
            _derive_frame(item)
    else:
        _add_time(datasets)
        for dataset in datasets[1:]:
            frames += list(dataset.PerFrameFunctionalGroupsSequence)
        _renumber(frames, count)
        pixels = b"".join(_stored(repeats, tell))
    base.PerFrameFunctionalGroupsSequence = frames
    _finish(base, pixels, len(frames), target)
    with written_beside(out, force=force, size=len(pixels)) as temporary:
        base.save_as(temporary, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return len(frames)


def _finish(base: FileDataset, pixels: bytes, count: int, target: Target) -> None:
    from pydicom.dataelem import DataElement
    from pydicom.uid import UID, ExplicitVRLittleEndian

    if base.original_encoding[1] is False:
        raise UnsupportedError("a big-endian file; convert it first (dcmconv +te)")
    change_series(base, target)
    base.NumberOfFrames = count
    base.SOPInstanceUID = base.file_meta.MediaStorageSOPInstanceUID = UID(new_uid())
    for keyword in ("ConcatenationUID", "InConcatenationNumber", "SOPInstanceUIDOfConcatenationSource",
                    "ConcatenationFrameOffsetNumber", "ExtendedOffsetTable", "ExtendedOffsetTableLengths"):  # fmt: skip
        if keyword in base:
            delattr(base, keyword)
    if base.get("SamplesPerPixel", 1) > 1:
        base.PlanarConfiguration = 0
    base.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    vr = "OW" if base.BitsAllocated > 8 else "OB"
    base[0x7FE00010] = DataElement(0x7FE00010, vr, pixels + b"\0" * (len(pixels) % 2))
    base["PixelData"].is_undefined_length = False


def _share_what_is_shared(datasets: Sequence[FileDataset]) -> None:
    """Groups that all frames of one file share, and that differ between files, go into every frame."""
    shared = [one.SharedFunctionalGroupsSequence[0] for one in datasets if one.get("SharedFunctionalGroupsSequence")]
    tags = {element.tag for item in shared for element in item if element.VR == "SQ"}
    for tag in tags:
        values = [item.get(tag) for item in shared]
        if len(shared) == len(datasets) and all(value == values[0] for value in values):
            continue
        for dataset, item in zip(datasets, shared, strict=True):
            if tag not in item:
                continue
            for frame in dataset.PerFrameFunctionalGroupsSequence:
                if tag not in frame:
                    _copy_group(item, frame, tag)
            del item[tag]


def _copy_group(item: Dataset, frame: Dataset, tag: Any) -> None:
    """A copy of the element, so that it can change in one frame alone, and the private creator that it belongs to."""
    import copy

    if tag.is_private:
        creator = (tag.group << 16) | (tag.element >> 8)
        if creator in item:
            frame[creator] = item[creator]
    frame[tag] = copy.deepcopy(item[tag])


def _add_time(datasets: Sequence[FileDataset]) -> None:
    """Gives every repeat its own temporal positions, and a dimension for them where there is none."""
    base = datasets[0]
    pointers = [int(item.DimensionIndexPointer) for item in base.get("DimensionIndexSequence") or ()]
    column = pointers.index(TIME_INDEX) if TIME_INDEX in pointers else None
    times = max((_time(frame) for frame in base.PerFrameFunctionalGroupsSequence), default=1)
    steps = 1
    if column is not None:
        steps = max(_index_values(_content(frame))[column] for frame in _frames(base))
    elif pointers:
        _add_dimension(base)
    for number, dataset in enumerate(datasets):
        for frame in _frames(dataset):
            content = _content(frame)
            content.TemporalPositionIndex = _time(frame) + number * times
            if pointers and "DimensionIndexValues" in content:
                content.DimensionIndexValues = _with_time(_index_values(content), column, number, steps)
            _change_private(frame, number * times, len(datasets) * times)


def _with_time(values: list[int], column: int | None, number: int, steps: int) -> list[int]:
    if column is None:
        return [*values, number + 1]
    return [*values[:column], values[column] + number * steps, *values[column + 1 :]]


def _frames(dataset: Dataset) -> Iterator[Dataset]:
    yield from dataset.PerFrameFunctionalGroupsSequence


def _content(frame: Dataset) -> Dataset:
    """The Frame Content of a frame; an empty one is put in where there is none."""
    from pydicom import Dataset

    if not frame.get("FrameContentSequence"):
        frame.FrameContentSequence = [Dataset()]
    content: Dataset = frame.FrameContentSequence[0]
    return content


def _index_values(content: Dataset) -> list[int]:
    """Dimension Index Values, also where there is but one, which pydicom gives without a list."""
    values = content.DimensionIndexValues
    return [values] if isinstance(values, int) else list(values)


def _time(frame: Dataset) -> int:
    return int(_content(frame).get("TemporalPositionIndex") or 1)


def _add_dimension(base: Dataset) -> None:
    from pydicom import Dataset

    item = Dataset()
    first = base.DimensionIndexSequence[0]
    if "DimensionOrganizationUID" in first:
        item.DimensionOrganizationUID = first.DimensionOrganizationUID
    item.DimensionIndexPointer, item.FunctionalGroupPointer = TIME_INDEX, FRAME_CONTENT
    item.DimensionDescriptionLabel = LABEL
    base.DimensionIndexSequence = [*base.DimensionIndexSequence, item]


def _change_private(frame: Dataset, shift: int, count: int) -> None:
    """Philips repeats a classic header in every frame (2005,140F)."""
    for element in frame:
        if element.tag.is_private and element.VR == "SQ":
            for inner in element.value:
                if "TemporalPositionIdentifier" in inner:
                    inner.TemporalPositionIdentifier = whole_number(inner, "TemporalPositionIdentifier", 1) + shift
                    inner.NumberOfTemporalPositions = count


def _renumber(frames: Sequence[Dataset], count: int) -> None:
    """Instance numbers of later repeats, and identities of their own for all frames."""
    for number, frame in enumerate(frames):
        for element in frame:
            if element.tag.is_private and element.VR == "SQ":
                for inner in element.value:
                    if old := whole_number(inner, "InstanceNumber", 0):
                        inner.InstanceNumber = old + number // count * count
                    if "SOPInstanceUID" in inner:
                        inner.SOPInstanceUID = new_uid()


def _derive_frame(item: Dataset) -> None:
    for element in item:
        if element.VR == "SQ":
            for inner in element.value:
                derive(inner, "FrameType")
                if element.tag.is_private:
                    derive(inner)
                    if "SOPInstanceUID" in inner:
                        inner.SOPInstanceUID = new_uid()


def _stored(repeats: Sequence[Repeat], tell: Tell) -> Iterator[bytes]:
    total = sum(repeat.image.frames.frame_count for repeat in repeats)
    done = 0
    for repeat in repeats:
        (pixels,) = repeat.image.series.pixels
        for first in range(0, pixels.frame_count, BLOCK):
            block = pixels.block(first, min(BLOCK, pixels.frame_count - first))
            done += len(block)
            tell(done, total)
            yield block.astype(block.dtype.newbyteorder("<")).tobytes()


def _mean(repeats: Sequence[Repeat], base: FileDataset, tell: Tell) -> bytes:
    parts = []
    total = repeats[0].image.frames.frame_count
    frames = base.PerFrameFunctionalGroupsSequence
    means = list(mean_frames(repeats))
    if any(mean.factor != 1 or mean.offset for mean in means):
        _share_nothing(base)
    for mean in means:
        rescale(frames[mean.number], mean.factor, mean.offset)
        parts.append(mean.stored.astype(mean.stored.dtype.newbyteorder("<")).tobytes())
        tell(len(parts), total)
    return b"".join(parts)


def _share_nothing(base: FileDataset) -> None:
    """Slopes that frames share go into each, because they are going to differ."""
    for item in base.get("SharedFunctionalGroupsSequence") or ():
        for tag in [element.tag for element in item if element.VR == "SQ" and any(map(has_slopes, element.value))]:
            for frame in base.PerFrameFunctionalGroupsSequence:
                _copy_group(item, frame, tag)
            del item[tag]
