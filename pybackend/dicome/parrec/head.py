"""The general information of a PAR file as values of a whole enhanced file, by keyword."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dicome.parrec.codes import VIEW_AXES
from dicome.parrec.geometry import Geometry
from dicome.parrec.par import Par

Values = dict[str, Any]

SERIES: Mapping[str, str] = {
    "PatientName": "patient_name",
    "StudyDescription": "examination_name",
    "PerformedProcedureStepDescription": "examination_name",
    "ProtocolName": "protocol_name",
    "SeriesDescription": "protocol_name",
    "AcquisitionNumber": "acquisition_nr",
    "MRSeriesAcquisitionNumber": "acquisition_nr",
    "MRSeriesReconstructionNumber": "reconstruction_nr",
    "MRSeriesScanDuration": "scan_duration",
    "AcquisitionDuration": "scan_duration",
    "MRSeriesNrOfPhases": "max_cardiac_phases",
    "MRSeriesNrOfEchoes": "max_echoes",
    "MRSeriesNrOfSlices": "max_slices",
    "MRSeriesNrOfDynamicScans": "max_dynamics",
    "NumberOfTemporalPositions": "max_dynamics",
    "MRNumberOfMixes": "max_mixes",
    "MRSeriesScanningTechniqueDesc": "technique",
    "PulseSequenceName": "technique",
    "MRSeriesAcquisitionTypePrivate": "scan_mode",
    "MRSeriesRepetitionTime": "repetition_time",
    "MRSeriesWaterFatShift": "water_fat_shift",
    "MRSeriesPCVelocity": "phase_encoding_velocity",
    "MRSeriesEPIFactor": "epi_factor",
    "MRSeriesDiffusionEchoTime": "diffusion_echo_time",
    "MRSeriesNrOfDiffBValues": "max_b_values",
    "MRSeriesNrOfDiffGradOrients": "max_gradients",
    "MRSeriesNrOfLabelTypes": "label_types",
}
"""Keyword of a value of the whole file to the line of the general information that it is."""

FLAGS: Mapping[str, str] = {
    "MRFlowCompensation": "flow_compensation",
    "MRSpatialPresaturation": "presaturation",
    "MRMagnetTransferConst": "mtc",
    "MRFatSaturation": "spir",
    "MRSeriesDynamicSeries": "dynamic_scan",
    "MRSeriesDiffusion": "diffusion",
}
"""The same for Y and N."""

POSITIONS = {
    "HFS": "Head First Supine", "HFP": "Head First Prone", "FFS": "Feet First Supine", "FFP": "Feet First Prone",
    "HFDR": "Head First Decubitus Right", "HFDL": "Head First Decubitus Left",
    "FFDR": "Feet First Decubitus Right", "FFDL": "Feet First Decubitus Left",
}  # fmt: skip
"""Patient Position (0018,5100) in the words of PAR files."""

PREPARATIONS = {"AP": "Anterior-Posterior", "RL": "Right-Left", "FH": "Feet-Head"}
"""Preparation direction (2005,xx7B) in the words of PAR files."""


def series_values(par: Par, where: Geometry | None = None) -> Values:
    """Values of the whole file by keyword. where: its geometry, for the stacks."""
    general = par.general
    values: Values = {keyword: general[name] for keyword, name in SERIES.items() if general[name] != ""}
    values |= {keyword: "Y" if general[name] else "N" for keyword, name in FLAGS.items()}
    values["SeriesNumber"] = general["acquisition_nr"] * 100 + general["reconstruction_nr"]
    position = _code_of(POSITIONS, general["patient_position"])
    if position:
        values["PatientPosition"] = position
    values["RepetitionTime"] = general["repetition_time"][0]
    resolution = tuple(general["scan_resolution"])
    values |= {"MRMeasurementScanResolution": resolution[0], "NumberOfPhaseEncodingSteps": resolution[1]}
    values |= _moment(general["examination_date_time"])
    rows, columns = par.shape
    values |= {"Rows": rows, "Values": columns, "BitsAllocated": par.bits, "BitsStored": par.bits}
    values |= {"HighBit": par.bits - 1, "PixelRepresentation": 0}
    if where is not None:
        values["Stack"] = _stacks(par, where)
        values["MRSeriesNrOfStacks"] = len(values["Stack"])
    return values


def _code_of(known: Mapping[str, str], text: str) -> str:
    """The code whose words these are; the text itself where it is a code."""
    plain = text.strip().lower()
    return next((code for code, word in known.items() if plain in (word.lower(), code.lower())), "")


def _moment(text: str) -> Values:
    """Date and time of '2014.08.05 / 11:27:34'; what is not of that form is left out."""
    date, _, time = (part.strip() for part in text.partition("/"))
    date, time = date.replace(".", "").replace("-", ""), time.replace(":", "")
    values: Values = {}
    if len(date) == 8 and date.isascii() and date.isdecimal():
        values |= {"StudyDate": date, "PerformedProcedureStepStartDate": date}
    if len(time) >= 6 and time[:6].isascii() and time[:6].isdecimal():
        values |= {"StudyTime": time[:6], "PerformedProcedureStepStartTime": time[:6]}
    return values


def _stacks(par: Par, where: Geometry) -> list[Values]:
    """Items of the Stack Sequence."""
    general, images = par.general, par.images
    axis_of = {code: axis for axis, code in VIEW_AXES.items()}
    single = not where.stack.any()
    items = []
    for number in range(int(where.stack.max()) + 1):
        here = np.flatnonzero(where.stack == number)
        centres = where.centre[here]
        middle = ((centres.min(axis=0) + centres.max(axis=0)) / 2)[[1, 2, 0]].tolist()
        parts = {
            "Angulation": where.angulation[here[0]].tolist(),
            "Fov": general["fov"],
            "Offcentre": general["off_centre"] if single else middle,
        }
        item: Values = {
            f"MRStack{what}{axis}": float(value)
            for what, three in parts.items()
            for axis, value in zip(("AP", "FH", "RL"), three, strict=True)
        }
        item["StackNumberOfSlices"] = int(where.in_stack[here].max()) + 1
        item["MRStackSliceDistance"] = float(images["slice_thickness"][here[0]] + images["slice_gap"][here[0]])
        axis = axis_of.get(int(images["slice_orientation"][here[0]]))
        preparation = _code_of(PREPARATIONS, general["preparation_direction"])
        item |= {"MRStackViewAxis": axis} if axis else {}
        item |= {"MRStackPreparationDirection": preparation} if preparation else {}
        items.append(item)
    return items
