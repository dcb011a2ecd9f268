"""The general information of a PAR file from an image: one row per line, the places where its fact may stand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.stacks import BASES
from dicome.parrec.angles import NAMES
from dicome.parrec.general import LINES
from dicome.parrec.head import POSITIONS, PREPARATIONS
from dicome.parrec.source import LARGEST, Source

Images = NDArray[Any]
Make = Callable[[Source, Images], Any]
"""From the image and its finished table to a value, None where neither says it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """keywords: attributes that hold it, the first that is there counts. make: what else says it. as_: conversion.

    silent: no warning where it is nowhere, because its default is what a scan without such a thing has.
    """

    keywords: tuple[str, ...]
    as_: Callable[[Any], Any]
    make: Make | None = None
    silent: bool = False


def _text(value: Any) -> str:
    return str(value).strip(" \t\0")


def _integer(value: Any) -> int:
    return round(float(np.ravel(value)[0]))


def _number(value: Any) -> float:
    return float(np.ravel(value)[0])


def _flag(value: Any) -> int:
    """Y, YES, and any technique but NONE are 1."""
    return int(str(value).strip().upper() not in ("N", "NO", "NONE", "UNKNOWN", "", "0"))


def _times(value: Any) -> tuple[float, ...]:
    """Repetition times: zeros behind the first fill up."""
    found = [float(one) for one in np.ravel(value)]
    return tuple(found[:1] + [one for one in found[1:] if one != 0])


def _vector(value: Any) -> tuple[float, ...]:
    found = [float(one) for one in np.ravel(value)]
    return tuple((found + [0.0] * 3)[:3])


def _duration(value: Any) -> float:
    """Scanners write three digits; of more than 1000 s no file was at hand, whole seconds then."""
    seconds = _number(value)
    return float(f"{seconds:.3g}") if seconds < 1000 else round(seconds, 0)


def _position(value: Any) -> str:
    return POSITIONS.get(str(value).strip().upper(), str(value).strip())


def _highest(column: str) -> Make:
    return lambda source, images: int(images[column].max())


def _distinct(column: str) -> Make:
    return lambda source, images: len(np.unique(images[column]))


def _moment(source: Source, images: Images) -> str | None:
    """'2014.08.05 / 11:27:34' of the procedure step, else of the study."""
    for date_name, time_name in (
        ("PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime"), ("StudyDate", "StudyTime"),
        ("SeriesDate", "SeriesTime"),
    ):  # fmt: skip
        date, time = (str(source.whole(name) or "").strip() for name in (date_name, time_name))
        if len(date) >= 8 and len(time) >= 6:
            return f"{date[:4]}.{date[4:6]}.{date[6:8]} / {time[:2]}:{time[2:4]}:{time[4:6]}"
    return None


_MAIN_AXES = ("AP", "FH", "RL")


def _preparation(source: Source, images: Images) -> str | None:
    """Direction of phase encoding: the stack's own, else the axis of the patient that it is nearest to."""
    own = source.of_stacks("MRStackPreparationDirection", "MRStackPrepartationDirection")
    if own is not None:
        word = str(own[-1]).strip()
        return PREPARATIONS.get(word, word)
    way = source.whole("InPlanePhaseEncodingDirection")
    if way is None or source.planes is None:
        return None
    cosines = source.planes.directions[0]
    along = cosines[:3] if str(way).startswith("ROW") else cosines[3:]
    return PREPARATIONS[("RL", "AP", "FH")[int(np.argmax(np.abs(along)))]]


def _resolution(source: Source, images: Images) -> tuple[int, int] | None:
    """Measured matrix: frequency, phase."""
    x = source.whole("MRMeasurementScanResolution", "MRAcquisitionFrequencyEncodingSteps")
    y = source.whole(
        "PrivateSharedSq.NumberOfPhaseEncodingSteps",
        "NumberOfPhaseEncodingSteps",
        "MRFOVGeometrySequence.MRAcquisitionPhaseEncodingStepsInPlane",
        "MRAcquisitionPhaseEncodingStepsInPlane",
    )
    matrix = source.whole("AcquisitionMatrix")
    used = [int(one) for one in np.ravel(matrix) if one] if matrix is not None else []
    x = used[0] if x is None and len(used) == 2 else x
    y = used[1] if y is None and len(used) == 2 else y
    return None if x is None or y is None else (_integer(x), _integer(y))


def _mode(source: Source, images: Images) -> str | None:
    own = source.whole("MRSeriesAcquisitionTypePrivate")
    kind = source.whole("MRAcquisitionType")
    if own is not None:
        return str(own).strip()
    return {"3D": "3D", "2D": "MS"}.get(str(kind))


def _stack(*parts: str) -> Make:
    """Three numbers of the stack: of the last one where there are several."""

    def make(source: Source, images: Images) -> tuple[float, ...] | None:
        found = [source.of_stacks(name) for name in parts]
        if any(one is None for one in found):
            return None
        last = int(np.argmax(source.stack_of == source.stack_of.max()))
        return tuple(float(one[last]) for one in found if one is not None)

    return make


_own_fov = _stack(*(f"MRStackFov{axis}" for axis in _MAIN_AXES))
_own_angles = _stack(*(f"MRStackAngulation{axis}" for axis in _MAIN_AXES))
_own_offcentre = _stack(*(f"MRStackOffcentre{axis}" for axis in _MAIN_AXES))


def _fov(source: Source, images: Images) -> tuple[float, ...]:
    """Field of view along ap, fh, rl before angulation; from the reconstructed matrix where no stack says it."""
    own = _own_fov(source, images)
    if own is not None:
        return tuple(own)
    image = images[-1]
    here = images[images["slice_orientation"] == image["slice_orientation"]]
    slices = len(np.unique(here["slice_number"]))
    step = image["slice_thickness"] + image["slice_gap"]
    x, y = image["recon_resolution"] * image["pixel_spacing"]
    base = np.abs(np.array(BASES[NAMES[int(image["slice_orientation"]) - 1]][1], float))
    sizes = base[0] * x + base[1] * y + base[2] * (slices * step - image["slice_gap"])
    return tuple(sizes.tolist())


def _angles(source: Source, images: Images) -> tuple[float, ...]:
    own = _own_angles(source, images)
    used = images["image_angulation"][-1]
    agrees = own is not None and np.abs(used - np.array(own)).max() < 0.01
    return tuple(own) if agrees and own is not None else tuple(used.tolist())


def _middle(source: Source, images: Images) -> tuple[float, ...]:
    """Middle of the stack: its own, where that is the middle of its slices."""
    last = source.stack_of == source.stack_of.max()
    centres = images["image_offcentre"][last]
    made = (centres.min(axis=0) + centres.max(axis=0)) / 2
    own = _own_offcentre(source, images)
    return tuple(own) if own is not None and np.abs(made - np.array(own)).max() < 0.5 else tuple(made.tolist())


def _repetition(source: Source, images: Images) -> tuple[float, ...] | None:
    values = source.numbers("MRTimingAndRelatedParametersSequence.RepetitionTime", "RepetitionTime")
    return None if values is None else tuple(np.unique(values).tolist())


def _epi(source: Source, images: Images) -> int | None:
    word = source.whole("EchoPlanarPulseSequence")
    if word is None:
        return None
    length = source.whole("MRTimingAndRelatedParametersSequence.GradientEchoTrainLength", "EchoTrainLength")
    return _integer(length) if str(word) == "YES" and length is not None else 1


def _is_dynamic(source: Source, images: Images) -> int:
    return int(np.ptp(images["dynamic_scan_number"]) > 0)


def _is_diffusion(source: Source, images: Images) -> int:
    return int((images["diffusion_b_factor"] != 0).any())


def _label_types(source: Source, images: Images) -> int:
    return 2 if (images["label_type"] == 2).any() else 0


FACTS: dict[str, Fact] = {
    "patient_name": Fact(("PatientName",), _text, silent=True),
    "examination_name": Fact(("PerformedProcedureStepDescription", "StudyDescription"), _text, silent=True),
    "protocol_name": Fact(("ProtocolName", "SeriesDescription"), _text),
    "examination_date_time": Fact((), _text, _moment),
    "series_type": Fact(("MRSeriesType",), _text, silent=True),
    "acquisition_nr": Fact(("MRSeriesAcquisitionNumber", "AcquisitionNumber"), _integer),
    "reconstruction_nr": Fact(("MRSeriesReconstructionNumber",), _integer),
    "scan_duration": Fact(("MRSeriesScanDuration", "AcquisitionDuration"), _duration),
    "max_cardiac_phases": Fact(("MRSeriesNrOfPhases",), _integer, _highest("cardiac_phase_number")),
    "max_echoes": Fact(("MRSeriesNrOfEchoes",), _integer, _highest("echo_number")),
    "max_slices": Fact(("MRSeriesNrOfSlices",), _integer, _distinct("slice_number")),
    "max_dynamics": Fact(("MRSeriesNrOfDynamicScans",), _integer, _highest("dynamic_scan_number")),
    "max_mixes": Fact(("MRNumberOfMixes",), _integer, silent=True),
    "patient_position": Fact(("PatientPosition",), _position),
    "preparation_direction": Fact((), _text, _preparation),
    "technique": Fact(("MRSeriesScanningTechniqueDesc", "PulseSequenceName"), _text),
    "scan_resolution": Fact((), tuple, _resolution),
    "scan_mode": Fact((), _text, _mode),
    "repetition_time": Fact(("MRSeriesRepetitionTime",), _times, _repetition),
    "fov": Fact((), tuple, _fov),
    "water_fat_shift": Fact(("MRSeriesWaterFatShift",), _number),
    "angulation": Fact((), tuple, _angles),
    "off_centre": Fact((), tuple, _middle),
    "flow_compensation": Fact(("MRFlowCompensation", "MRModifierSequence.FlowCompensation", "FlowCompensation"), _flag),
    "presaturation": Fact(
        ("MRSpatialPresaturation", "MRModifierSequence.SpatialPresaturation", "SpatialPresaturation"), _flag
    ),
    "phase_encoding_velocity": Fact(("MRSeriesPCVelocity",), _vector, silent=True),
    "mtc": Fact(
        ("MRMagnetTransferConst", "MRImagingModifierSequence.MagnetizationTransfer", "MagnetizationTransfer"), _flag
    ),
    "spir": Fact(("MRFatSaturation", "SpectrallySelectedSuppression"), _flag),
    "epi_factor": Fact(("MRSeriesEPIFactor",), _integer, _epi),
    "dynamic_scan": Fact(("MRSeriesDynamicSeries",), _flag, _is_dynamic),
    "diffusion": Fact(("MRSeriesDiffusion",), _flag, _is_diffusion),
    "diffusion_echo_time": Fact(("MRSeriesDiffusionEchoTime",), _number, silent=True),
    "max_b_values": Fact(("MRSeriesNrOfDiffBValues",), _integer, _highest("b_value_number")),
    "max_gradients": Fact(("MRSeriesNrOfDiffGradOrients",), _integer, _highest("gradient_number")),
    "label_types": Fact(("MRSeriesNrOfLabelTypes",), _integer, _label_types),
}
"""Name of a line to where its value comes from."""


COUNTS = frozenset(name for name in FACTS if name.startswith("max_"))
"""Numbers of slices, echoes, ...: those of the image lines where the file says fewer."""


def general_values(source: Source, images: Images) -> dict[str, Any]:
    """Values of all lines; images: the finished table. What is found nowhere has its default, and is in
    `Source.missing`.
    """
    values: dict[str, Any] = {}
    for line in LINES:
        if line.column:
            value = images[line.column][0]
            values[line.name] = tuple(value.tolist()) if line.size > 1 else value.item()
            continue
        fact = FACTS[line.name]
        found = _found(fact, source, images)
        if found is not None and line.name in COUNTS and fact.make is not None:
            # A reader takes image lines that go beyond the stated numbers for damage.
            found = max(found, fact.make(source, images))
        if found is None and not fact.silent:
            source.made_up(line.label)
        values[line.name] = line.default if found is None else found
    return values


def _found(fact: Fact, source: Source, images: Images) -> Any:
    value = source.whole(*fact.keywords) if fact.keywords else None
    if value is None and fact.make is not None:
        value = fact.make(source, images)
    try:
        made = None if value is None else fact.as_(value)
    except (ValueError, TypeError, OverflowError):
        return None  # no number where one should be
    return made if _is_sound(made) else None


def _is_sound(value: Any) -> bool:
    """Whether a value can stand in a PAR file: Philips writes 1.7e38 for what it does not know."""
    if value is None or isinstance(value, str):
        return value is not None
    return all(math.isfinite(number) and abs(number) < LARGEST for number in np.ravel(value).tolist())
