"""The attributes of a phantom: columns of the frames and values of the series, as the enhanced writer takes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.dimensions import DIMENSIONS, Dimension, index_values
from dicome.enhanced.encode import format_ds
from dicome.enhanced.layouts import Layout
from dicome.enhanced.philips import MOVED_BLOCKS
from dicome.phantom.axes import FIRST_TRIGGER, TRIGGER_SLICE, TRIGGER_STEP, echo_times, number
from dicome.phantom.options import KINDS, VENDORS, Options
from dicome.phantom.picture import STEPS, Scaling
from dicome.phantom.scan import Scan, described_dimensions, indexed_dimensions
from dicome.phantom.series import DATE, DYNAMIC_TIME, START, make_uids, stacks

Columns = dict[str, Any]


def layout_of(options: Options) -> Layout:
    """The vendor's layout as the options change it: private groups stripped, or their blocks moved."""
    layout = VENDORS[options.vendor].layout
    if options.moved_blocks:
        layout = replace(layout, blocks=MOVED_BLOCKS)
    if options.private:
        return layout
    groups = tuple(group for group in layout.groups if not group.creator)
    return replace(layout, head=tuple(row for row in layout.head if not row.creator), groups=groups)


def dimension_rows(scan: Scan) -> list[Dimension]:
    """Rows of the Dimension Index Sequence."""
    wanted = scan.options.dimension_index == "full"
    return [DIMENSIONS[name] for name in described_dimensions(scan.options)] if wanted else []


def frame_columns(scan: Scan, scales: Scaling, pixels: NDArray[np.integer]) -> Columns:
    """One value per frame of the file, in file order, by keyword."""
    columns = {
        **_place_columns(scan),
        **_time_columns(scan),
        **_contrast_columns(scan),
        **_scale_columns(scan, scales, pixels),
    }
    if "b-value" in VENDORS[scan.options.vendor].dimensions or scan.options.b_values:
        columns.update(_diffusion_columns(scan))
    if scan.options.dimension_index != "none":
        columns["DimensionIndexValues"] = index_values(columns, indexed_dimensions(scan.options), len(scan.written))
    return columns


def _place_columns(scan: Scan) -> Columns:
    options, position = scan.options, scan.step("position")
    geometry = stacks(options)
    stacks_of = np.array([one for one, _ in scan.positions])[position]
    slices = np.array([one for _, one in scan.positions])[position]
    centres = [_decimals(one) for stack in geometry for one in stack.positions()]
    corners = [_decimals(one) for stack in geometry for one in stack.corners()]
    orientations = [_decimals((*one.directions[1], *one.directions[0])) for one in geometry]
    in_stack = [number(one, gaps=options.gaps) for one in slices.tolist()]
    return {
        "StackID": [str(number(one, gaps=options.gaps)) for one in stacks_of.tolist()],
        "InStackPositionNumber": in_stack,
        "ImagePlaneNumber": in_stack,
        "ImagePositionPatient": [centres[one] for one in position.tolist()],
        "PrivatePerFrameSq.ImagePositionPatient": [corners[one] for one in position.tolist()],
        "ImageOrientationPatient": [orientations[one] for one in stacks_of.tolist()],
        "SlicePosition": [centres[one][2] for one in position.tolist()],
        "SOPInstanceUID": make_uids(options, (f"frame {item}" for item in range(1, len(position) + 1))),
        "InstanceNumber": np.arange(1, len(position) + 1),
    }


def _time_columns(scan: Scan) -> Columns:
    options, dynamic = scan.options, scan.step("dynamic")
    counted = scan.step("diffusion") if _diffusion_in_time(options) else dynamic
    begin = (dynamic * DYNAMIC_TIME).astype(np.float32)
    clock = [_clock(float(one)) for one in begin]
    slices = np.array([one for _, one in scan.positions])[scan.step("position")]
    trigger = FIRST_TRIGGER + TRIGGER_STEP * scan.step("phase") + TRIGGER_SLICE * slices
    columns: Columns = {
        "TemporalPositionIndex": [number(one, gaps=options.gaps) for one in counted.tolist()],
        "MRImageDynamicScanBeginTime": begin,
        "FrameAcquisitionDateTime": [DATE + one for one in clock],
        "PrivatePerFrameSq.ContentTime": clock,
        "MRImagePhaseNumber": [number(one, gaps=options.gaps) for one in scan.step("phase").tolist()],
    }
    if options.phases > 1:
        columns["NominalCardiacTriggerDelayTime"] = trigger
        columns["RRIntervalTimeNominal"] = np.full(len(trigger), 4000.0)
    return columns


def _contrast_columns(scan: Scan) -> Columns:
    options, echo = scan.options, scan.step("echo")
    pairs = [options.pairs[step] for step in scan.step("kind").tolist()]
    kinds = [KINDS[kind] for kind, _ in pairs]
    columns: Columns = {
        "EffectiveEchoTime": np.array(echo_times(options))[echo],
        "EchoNumbers": [number(one, gaps=options.gaps) for one in echo.tolist()],
        "MRImageTypeMR": [kind for kind, _ in pairs],
        "MRImageScanningSequencePrivate": [sequence for _, sequence in pairs],
        "FrameType": [("ORIGINAL", "PRIMARY", "T1", kind.frame_type) for kind in kinds],
        "ComplexImageComponent": [kind.component for kind in kinds],
        "PrivatePerFrameSq.ImageType": [
            ("ORIGINAL", "PRIMARY", f"{kind}_{sequence}", kind, sequence) for kind, sequence in pairs
        ],
    }
    if options.labels:
        columns["MRImageLabelType"] = np.array(["CONTROL", "LABEL"], object)[scan.step("label")]
    return columns


def _diffusion_columns(scan: Scan) -> Columns:
    gaps = scan.options.gaps
    weightings = [scan.weightings[step] for step in scan.step("diffusion").tolist()]
    vectors = np.array([one.direction or (0, 0, 0) for one in weightings], np.float32)
    columns: Columns = {
        "MRImageDiffBValueNumber": [number(one.b_number - 1, gaps=gaps) for one in weightings],
        "MRImageGradientOrientationNumber": [number(one.direction_number - 1, gaps=gaps) for one in weightings],
        "MRImageDiffusionBFactor": [one.b_value for one in weightings],
        "DiffusionDirectionX": vectors[:, 0],
        "DiffusionDirectionY": vectors[:, 1],
        "DiffusionDirectionZ": vectors[:, 2],
    }
    if scan.options.b_values:
        columns["DiffusionBValue"] = [one.b_value for one in weightings]
        columns["DiffusionGradientOrientation"] = [one.direction for one in weightings]
        columns["DiffusionDirectionality"] = [
            "DIRECTIONAL" if one.direction else "ISOTROPIC" if one.isotropic else "NONE" for one in weightings
        ]
        columns["DiffusionDirection"] = ["O" if one.direction else "I" for one in weightings]
    return columns


def _scale_columns(scan: Scan, scales: Scaling, pixels: NDArray[np.integer]) -> Columns:
    places = scan.written
    slope, intercept = scales.slope[places], scales.intercept[places]
    largest = pixels.max(axis=(1, 2))[places].astype(float)
    kinds = [KINDS[scan.options.pairs[step][0]] for step in scan.step("kind").tolist()]
    signed = np.array([kind.low < 0 for kind in kinds])
    width = np.where(signed, STEPS * slope, np.rint(0.87 * largest * slope))
    columns: Columns = {
        "RescaleSlope": [format_ds(one) for one in slope],
        "RescaleIntercept": intercept,
        "WindowWidth": np.rint(width),
        "WindowCenter": np.where(signed, 0, np.rint(0.5753 * width)),
        "MRScaleSlope": scales.scale_slope[places],
        "MRScaleIntercept": scales.scale_intercept[places],
        "MRMaxFP": ((largest - scales.scale_intercept[places]) / scales.scale_slope[places]).astype(np.float32),
        "MRMinFP": (-scales.scale_intercept[places] / scales.scale_slope[places]).astype(np.float32),
        "PrivatePerFrameSq.RescaleType": [kind.unit for kind in kinds],
    }
    if signed.any() and scan.options.vendor == "philips":
        columns["RealWorldValueSlope"] = slope
        columns["RealWorldValueIntercept"] = intercept
        columns["UnitCode"] = [kind.ucum[0] for kind in kinds]
        columns["UnitMeaning"] = [kind.ucum[1] for kind in kinds]
    return columns


def _decimals(values: Iterable[float]) -> tuple[str, ...]:
    return tuple(format_ds(one) for one in values)


def _diffusion_in_time(options: Options) -> bool:
    return bool(options.b_values) and "b-value" not in VENDORS[options.vendor].dimensions


def _clock(seconds: float) -> str:
    """Time of day so many seconds after the start, with as many decimals as it needs (at least one)."""
    hours, minutes, start = int(START[:2]), int(START[2:4]), int(START[4:])
    whole = hours * 3600 + minutes * 60 + start + seconds
    left = f"{whole % 60:09.6f}".rstrip("0")
    return f"{int(whole // 3600) % 24:02d}{int(whole // 60) % 60:02d}{left}{'0' if left.endswith('.') else ''}"
