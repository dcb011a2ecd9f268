"""The image lines of a PAR file from the frames of an image: one function per column that is not a plain look-up.

What most columns are is said by `sources` of `dicome.parrec.columns`. Here is what has to be calculated, or taken from
one of several places. Whatever is found nowhere has its default, and is named in `Source.missing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.errors import UnsupportedError
from dicome.parrec.angles import offcentres, orientation_and_angles
from dicome.parrec.codes import numbers
from dicome.parrec.columns import COLUMNS, Column, empty_table
from dicome.parrec.diffusion_facts import b_numbers, gradient_directions, gradients, rank
from dicome.parrec.source import Source

Ints = NDArray[np.int64]

_CONTENT, _PRIVATE = "FrameContentSequence.", "PrivatePerFrameSq."
SILENT = frozenset({
    "trigger_time", "fmri_status_indication", "cardiac_frequency", "minimum_rr_interval", "maximum_rr_interval",
    "inversion_delay", "diffusion_anisotropy_type", "image_type_ed_es", "display_orientation", "diffusion_b_factor",
    "b_value_number", "gradient_number", "label_type", "cardiac_phase_number", "dyn_scan_begin_time", "diffusion",
    "echo_number", "dynamic_scan_number",
})  # fmt: skip
"""Columns whose default is what a scan that has no such thing has: no warning says so."""


def image_table(source: Source) -> NDArray[Any]:
    """One row per frame, in the order of the file. Raises UnsupportedError where no PAR file could say it."""
    images = empty_table(source.count)
    for column in COLUMNS:
        made = MAKERS.get(column.name)
        values = made(source) if made is not None else _looked_up(source, column)
        if values is not None:
            images[column.name] = np.rint(values) if images.dtype[column.name].base.kind == "i" else values
        elif column.name not in SILENT:
            source.made_up(column.text)
    _place(source, images)
    images["index_in_rec"] = np.arange(source.count)
    return images


def _looked_up(source: Source, column: Column) -> Any:
    if column.codes:
        texts = source.texts(*column.sources)
        return None if texts is None else _codes(column, texts)
    values = source.numbers(*column.sources)
    if values is None:
        return None
    return values if column.size > 1 or values.ndim == 1 else values[:, 0]


def _codes(column: Column, texts: list[str]) -> Ints:
    codes, _ = numbers(column.codes, texts)
    return np.where(codes < 0, column.default, codes)


def _place(source: Source, images: NDArray[Any]) -> None:
    """Everything about where the frames lie."""
    found = source.planes
    if found is None:
        raise UnsupportedError(
            f"{source.image.series.paths[0]}: some frame lacks Image Position, Image Orientation or Pixel Spacing, "
            "without which a PAR file would say wrong where the slices lie"
        )
    rows, columns = source.image.series.format.rows, source.image.series.format.columns
    images["slice_orientation"], angles = orientation_and_angles(source, found)
    # Scanners print angles of zero about fh and rl as -0.00, that about ap as 0.00.
    images["image_angulation"] = np.where(angles == 0, (0.0, -0.0, -0.0), angles)
    images["image_offcentre"] = offcentres(found, rows, columns)
    images["pixel_spacing"] = found.spacing[:, ::-1]
    images["recon_resolution"] = (columns, rows)
    images["pixel_bits"] = source.image.series.format.bits_allocated
    images["slice_gap"] = _distance(source, images) - images["slice_thickness"]


def _distance(source: Source, images: NDArray[Any]) -> NDArray[Any]:
    """Distance of neighbouring slices of every frame, mm."""
    names = ("SpacingBetweenSlices",)
    stated = source.numbers(_PRIVATE + names[0], "PixelMeasuresSequence." + names[0], *names)
    if stated is not None:
        return stated
    stacked = source.of_stacks("MRStackSliceDistance")
    if stacked is not None:
        return stacked.astype(np.float64)
    found = source.planes
    assert found is not None
    normal = np.cross(found.directions[:, :3], found.directions[:, 3:])
    along = (found.position * normal).sum(axis=1)
    result = images["slice_thickness"].copy()
    for stack in range(int(source.stack_of.max()) + 1):
        here = source.stack_of == stack
        steps = np.diff(np.unique(along[here].round(3)))
        if len(steps):
            result[here] = np.median(steps)
    return np.asarray(result, np.float64)


def _percentage(source: Source) -> NDArray[Any] | None:
    """Percent Sampling without its decimals: scanners cut 81.58 to 81."""
    values = source.numbers("MRFOVGeometrySequence.PercentSampling", "PercentSampling")
    return None if values is None else np.floor(values + 1e-3)


def _triggers(source: Source) -> NDArray[Any] | None:
    """Trigger time, ms. Classic files have the begin of the dynamic there too, which PAR files do not repeat."""
    values = source.numbers(
        _PRIVATE + "TriggerTime", "CardiacSynchronizationSequence.NominalCardiacTriggerDelayTime", "TriggerTime"
    )
    begin = source.numbers(_PRIVATE + "MRImageDynamicScanBeginTime", "MRImageDynamicScanBeginTime")
    repeats = values is not None and begin is not None and np.allclose(values, 1000 * begin, atol=1.5)
    return None if repeats else values


def _averages(source: Source) -> NDArray[Any] | None:
    """Number of averages; Philips writes 0 in PAR files where DICOM files have none."""
    values = source.numbers(_PRIVATE + "NumberOfAverages", "MRAveragesSequence.NumberOfAverages", "NumberOfAverages")
    if values is None and source.texts(_PRIVATE + "MRImageTypeMR", "MRImageTypeMR") is not None:
        return np.zeros(source.count)
    return values


def _slices(source: Source) -> Ints:
    """The scanner's slice number, else the number in the stack, counted on from stack to stack."""
    number = source.numbers(_PRIVATE + "ImagePlaneNumber", "ImagePlaneNumber")
    in_stack = source.numbers(_CONTENT + "InStackPositionNumber", "InStackPositionNumber")
    stack = source.stack_of
    if number is not None and (in_stack is None or _alike(number, stack, in_stack)):
        return number.astype(np.int64)
    if in_stack is None:
        in_stack = _along_normal(source)
    result = np.empty(source.count, np.int64)
    before = 0
    for one in range(int(stack.max()) + 1):
        here = stack == one
        rank = np.unique(in_stack[here], return_inverse=True)[1].reshape(-1)
        result[here] = rank + before + 1
        before += int(rank.max()) + 1
    return result


def _alike(number: NDArray[Any], stack: Ints, in_stack: NDArray[Any]) -> bool:
    """Whether the slice number tells apart what stack and number in it do: some releases count within stacks."""
    joint = np.column_stack([stack, in_stack])
    pairs = len(np.unique(np.column_stack([number, joint]), axis=0))
    return len(np.unique(number)) == len(np.unique(joint, axis=0)) == pairs


def _along_normal(source: Source) -> NDArray[Any]:
    found = source.planes
    if found is None:
        return np.zeros(source.count)
    normal = np.cross(found.directions[:, :3], found.directions[:, 3:])
    along: NDArray[Any] = (found.position * normal).sum(axis=1).round(2)
    return along


def _numbered(*paths: str, axis: str = "") -> Callable[[Source], Ints | None]:
    """A number of the file, else the rank on the axis of the image whose name begins so."""

    def make(source: Source) -> Ints | None:
        number = source.numbers(*paths)
        if number is not None and number.ndim == 1 and number.min() > 0:
            return number.astype(np.int64)
        return ranks_on(source, axis) if axis else None

    return make


def ranks_on(source: Source, name: str) -> Ints | None:
    """1-based position of every frame on the axis whose name (or part of it) begins so; None without one."""
    image = source.image
    for k, axis in enumerate(image.axes):
        if any(part.startswith(name) for part in axis.name.split("/")):
            result = np.ones(source.count, np.int64)
            grid = image.ordering.grid
            along: Ints = np.indices(grid.shape, sparse=True)[k]
            place = np.broadcast_to(along, grid.shape)
            result[grid[grid >= 0]] = place[grid >= 0] + 1
            return result
    return None


def _echoes(source: Source) -> Ints | None:
    number = source.numbers(_PRIVATE + "EchoNumbers", "EchoNumbers")
    if number is not None and number.ndim == 1 and number.min() > 0:
        return number.astype(np.int64)
    times = source.numbers("MREchoSequence.EffectiveEchoTime", "EchoTime")
    return None if times is None else rank(times)


def _phases(source: Source) -> Ints | None:
    number = source.numbers(_PRIVATE + "MRImagePhaseNumber", "MRImagePhaseNumber")
    if number is not None and number.min() > 0:
        return number.astype(np.int64)
    found = (ranks_on(source, name) for name in ("Trigger Delay", "Nominal Cardiac Trigger", "Phase Number"))
    return next((one for one in found if one is not None), None)


_COMPONENTS = {"MAGNITUDE": 0, "REAL": 1, "IMAGINARY": 2, "PHASE": 3}


def _types(source: Source) -> Ints | None:
    texts = source.texts(_PRIVATE + "MRImageTypeMR", "MRImageTypeMR")
    if texts is not None:
        return _known("image type", texts, source)
    parts = source.texts("MRImageFrameTypeSequence.ComplexImageComponent", "ComplexImageComponent")
    return None if parts is None else np.array([_COMPONENTS.get(part, 0) for part in parts], np.int64)


_PULSES = {"SPIN": 1, "GRADIENT": 2}


def _sequences(source: Source) -> Ints | None:
    texts = source.texts(_PRIVATE + "MRImageScanningSequencePrivate", "MRImageScanningSequencePrivate")
    if texts is not None:
        return _known("scanning sequence", texts, source)
    pulse = source.whole("EchoPulseSequence")
    return None if pulse is None else np.full(source.count, _PULSES.get(str(pulse), 5), np.int64)


def _known(kind: str, texts: list[str], source: Source) -> Ints:
    codes, unknown = numbers(kind, texts)
    if unknown:
        raise UnsupportedError(
            f"{source.image.series.paths[0]}: {kind} {unknown[0]!r}, for which PAR files have no code that dicome knows"
        )
    return codes


def _labels(source: Source) -> Ints | None:
    texts = source.texts(_PRIVATE + "MRImageLabelType", "MRImageLabelType", "MRArterialSpinLabelingSequence.ASLContext")
    return None if texts is None else np.maximum(numbers("label", texts)[0], 1)


def _begin_times(source: Source) -> NDArray[Any] | None:
    """Seconds from the begin of the scan: the scanner's own, else from the dates and times of the frames."""
    own = source.numbers(_PRIVATE + "MRImageDynamicScanBeginTime", "MRImageDynamicScanBeginTime")
    if own is not None:
        return own
    texts = source.texts(_CONTENT + "FrameReferenceDateTime", _CONTENT + "FrameAcquisitionDateTime")
    if texts is None:
        return None
    seconds = np.array([_seconds(text) for text in texts])
    per_dynamic = seconds - seconds.min()
    dynamic = _dynamics(source)
    if not np.isfinite(seconds).all() or dynamic is None or not np.ptp(dynamic):
        return None
    first = np.full(int(dynamic.max()) + 1, np.inf)
    np.minimum.at(first, dynamic, per_dynamic)
    return np.asarray(first[dynamic])


def _seconds(text: str) -> float:
    """Seconds of a date and time such as 20140805122146.82, from midnight of some day on; NaN where it is none."""
    digits = text.strip().split("+")[0].split("-")[0]
    if len(digits) < 14 or not digits[:14].isdecimal():
        return float("nan")
    try:
        clock = int(digits[8:10]) * 3600 + int(digits[10:12]) * 60 + float(digits[12:])
    except ValueError:
        return float("nan")
    return int(digits[6:8]) * 86400 + clock


_dynamics = _numbered(
    _PRIVATE + "TemporalPositionIdentifier",
    _CONTENT + "TemporalPositionIndex",
    "TemporalPositionIdentifier",
    "TemporalPositionIndex",
    axis="Temporal",
)

MAKERS: Mapping[str, Callable[[Source], Any]] = {
    "slice_number": _slices,
    "scan_percentage": _percentage,
    "trigger_time": _triggers,
    "number_of_averages": _averages,
    "echo_number": _echoes,
    "dynamic_scan_number": _dynamics,
    "cardiac_phase_number": _phases,
    "image_type_mr": _types,
    "scanning_sequence": _sequences,
    "label_type": _labels,
    "b_value_number": b_numbers,
    "gradient_number": gradients,
    "diffusion": gradient_directions,
    "dyn_scan_begin_time": _begin_times,
    **dict.fromkeys(
        ("index_in_rec", "pixel_bits", "recon_resolution", "image_angulation", "image_offcentre", "slice_gap",
         "slice_orientation", "pixel_spacing"),
        lambda source: 0,
    ),
}  # fmt: skip
"""Column to the function that makes it; those of `_place` are filled later."""
