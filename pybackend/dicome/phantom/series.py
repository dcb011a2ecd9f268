"""What all frames of a phantom share: UIDs, patient, study, series, stacks; and when and where it lies."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from dicome.enhanced.encode import format_ds
from dicome.enhanced.stacks import BASES
from dicome.phantom.axes import echo_times
from dicome.phantom.geometry import Stack
from dicome.phantom.options import KINDS, Options
from dicome.phantom.scan import Scan

NAMESPACE = uuid.UUID("7a0c2c1e-6a57-5f0e-9a55-6d1c0f3f2b11")
"""Of the name-based UUIDs (RFC 9562, version 5) that the UIDs are made of."""

DATE, START = "20240229", "134501"
"""A day and time on which nobody was scanned."""

DYNAMIC_TIME = 2.125
"""Seconds between dynamics."""

REPETITION_TIME, FLIP_ANGLE, FREQUENCY = 1166.614, 23, 127.748512


def make_uids(options: Options, whats: Iterable[str]) -> list[str]:
    """UIDs that depend only on the options and what each is for (PS3.5 B.2)."""
    root = uuid.uuid5(NAMESPACE, repr(options))
    return [f"2.25.{uuid.uuid5(root, what).int}" for what in whats]


def stacks(options: Options) -> tuple[Stack, ...]:
    """Geometry of every stack: the second and third are turned to the other two orientations and shifted."""
    turns = list(BASES)
    first = turns.index(options.orientation)
    return tuple(
        Stack(
            turns[(first + place) % 3],
            options.angulation,
            (options.centre[0] + 11.0 * place, options.centre[1], options.centre[2] - 7.5 * place),
            (options.rows, options.columns, count),
            options.spacing,
            options.reverse_slices,
        )
        for place, count in enumerate(options.stacks)
    )


def series_values(scan: Scan) -> Mapping[str, Any]:
    """Values of the whole file by keyword. The patient is plainly nobody."""
    options = scan.options
    duration = options.dynamics * DYNAMIC_TIME
    values = {**_identity(options), **_times(duration), **_study(), **_acquisition(options)}
    if options.private and options.vendor == "philips":
        values.update(_philips_series(scan, duration))
    if options.phases > 1:
        values.update(_cardiac_series())
    return {**values, **options.series}


def _identity(options: Options) -> dict[str, Any]:
    names = {
        "SOPInstanceUID": "instance",
        "StudyInstanceUID": "study",
        "SeriesInstanceUID": "series",
        "FrameOfReferenceUID": "frame of reference",
        "DimensionOrganizationUID": "dimensions",
        "PerformedProcedureStepUID": "procedure step",
        "CreatorUID": "creator",
    }
    return dict(zip(names, make_uids(options, names.values()), strict=True))


def _times(duration: float) -> dict[str, Any]:
    return {
        **dict.fromkeys(("InstanceCreationDate", "StudyDate", "SeriesDate", "ContentDate"), DATE),
        **dict.fromkeys(("InstanceCreationTime", "StudyTime", "SeriesTime", "ContentTime"), START),
        "AcquisitionDateTime": DATE + START,
        "FrameReferenceDateTime": DATE + START,
        "FrameAcquisitionDuration": 1000 * duration,
        "AcquisitionDuration": duration,
    }


def _study() -> dict[str, Any]:
    return {
        "PatientName": "PHANTOM^Nobody",
        "PatientID": "PHANTOM-0000",
        "PatientBirthDate": "19000101",
        "PatientSex": "O",
        "StudyID": "1",
        "StudyDescription": "Numerical phantom",
        "SeriesDescription": "Phantom",
        "ProtocolName": "Phantom",
        "SeriesNumber": 201,
        "AcquisitionNumber": 2,
        "BodyPartExamined": "PHANTOM",
    }


def _acquisition(options: Options) -> dict[str, Any]:
    several = len(options.pairs) > 1
    texts = [format_ds(one) for one in echo_times(options)]
    return {
        "ImageType": ("ORIGINAL", "PRIMARY", "T1", "MIXED" if several else "M"),
        "ComplexImageComponent": "MIXED" if several else KINDS[options.types[0]].component,
        "AcquisitionContrast": "DIFFUSION" if options.b_values else "T1",
        "PulseSequenceName": "FFE",
        "SequenceVariant": "SS",
        "RepetitionTime": REPETITION_TIME,
        "FlipAngle": FLIP_ANGLE,
        "ImagingFrequency": FREQUENCY,
        "SliceThickness": options.thickness,
        "SpacingBetweenSlices": options.spacing[2],
        "PixelSpacing": options.spacing[:2],
        "NumberOfTemporalPositions": options.dynamics,
        "NumberOfPhaseEncodingSteps": options.rows,
        "AcquisitionMatrix": (options.columns, 0, 0, options.rows),
        "MRAcquisitionFrequencyEncodingSteps": options.columns,
        "MRAcquisitionPhaseEncodingStepsInPlane": options.rows,
        "EchoTimeDisplay": "/".join(dict.fromkeys((texts[0], texts[-1]))),
    }


def _philips_series(scan: Scan, duration: float) -> dict[str, Any]:
    options = scan.options
    return {
        "MRSeriesNrOfEchoes": options.echoes,
        "MRSeriesNrOfPhases": options.phases,
        "MRSeriesNrOfSlices": sum(options.stacks),
        "NumberOfLocations": 1,
        "MRSeriesDynamicSeries": "Y" if options.dynamics > 1 else "N",
        "MRSeriesNrOfDynamicScans": options.dynamics,
        "MRSeriesNrOfStacks": len(options.stacks),
        "MRSeriesNrOfDiffBValues": max(1, len(options.b_values)),
        "MRSeriesNrOfDiffGradOrients": max(one.direction_number for one in scan.weightings),
        "MRSeriesNrOfLabelTypes": options.labels,
        "MRSeriesDiffusion": "Y" if options.b_values else "N",
        "MRSeriesIsCardiac": "Y" if options.phases > 1 else "N",
        "MRSeriesRepetitionTime": REPETITION_TIME,
        "MRSeriesScanDuration": duration,
        "MRSeriesFlipAngle": FLIP_ANGLE,
        "MRSeriesImagingFrequency": FREQUENCY,
        "MRSeriesAcquisitionNumber": 2,
        "MRSeriesScanningTechniqueDesc": "FFE",
        "MRMeasurementScanResolution": options.columns,
        "ExamCardName": "Phantom",
        "IsB0Series": "Y" if "B0" in options.types else "N",
        "Stack": [_stack_values(one, options) for one in stacks(options)],
    }


def _stack_values(stack: Stack, options: Options) -> dict[str, Any]:
    """One item of the Stack Sequence."""
    extent = stack.field_of_view()
    parts = (("Angulation", stack.angulation), ("Fov", extent), ("Offcentre", stack.centre))
    named = {
        f"MRStack{what}{axis}": float(one)
        for what, three in parts
        for axis, one in zip(("AP", "FH", "RL"), three, strict=True)
    }
    return {
        **named,
        "StackNumberOfSlices": stack.shape[2],
        "MRStackSliceDistance": options.spacing[2],
        "MRStackViewAxis": BASES[stack.orientation][0],
    }


def _cardiac_series() -> dict[str, Any]:
    return {
        "CardiacSynchronizationTechnique": "PROSPECTIVE",
        "CardiacSignalSource": "VCG",
        "CardiacRRIntervalSpecified": 4000,
        "CardiacBeatRejectionTechnique": "NONE",
        **dict.fromkeys(("LowRRValue", "HighRRValue", "IntervalsAcquired", "IntervalsRejected"), 0),
    }
