"""What dimensions are called and what they mean: one row per attribute that a dimension may point to.

A dimension is an item of the Dimension Index Sequence (PS3.3 C.7.6.17): an attribute, mostly in a functional group,
whose value orders the frames. Philips also points to private attributes; their keywords are those of the private
dictionary, their titles the scanner's own labels.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Role = Literal["slice", "time", "volume"]
"""slice: where the frame lies. time: grows while the scan runs, so a stopped scan lacks its last positions. volume: any
other way in which two frames of one place differ."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A known dimension attribute: title in words, role, unit, and the order of its code words if it has one."""

    keyword: str
    title: str
    role: Role
    unit: str = ""
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of an image.

    path: full path of the attribute in the frame table (``FrameContentSequence.StackID``), None if it is not there.
    """

    name: str
    keyword: str
    role: Role
    unit: str
    path: str | None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Code words of Philips in the order of the scanner's numbers (the same as in PAR files).
IMAGE_TYPES = _words(
    "M R I P CR T0 T1 T2 RHO SPECTRO DERIVED ADC RCBV RCBF MTT TTP FA EADC B0 DELAY MAXRELENH RELENH MAXENH WASHIN"
    " WASHOUT BREVENH AREACURV ANATOMIC T_TEST STD_DEVIATION PERFUSION T2_STAR R2 R2_STAR W IP OP F"
)
SCANNING_SEQUENCES = _words("IR SE FFE DERIVED PCA UNSPECIFIED SPECTRO SI B0 B1")
COMPLEX_COMPONENTS = ("MAGNITUDE", "PHASE", "REAL", "IMAGINARY", "MIXED")
LABEL_TYPES = ("CONTROL", "LABEL")

KNOWN: tuple[Attribute, ...] = (
    # Where a frame lies.
    Attribute("StackID", "Stack ID", "slice"),
    Attribute("InStackPositionNumber", "In-Stack Position Number", "slice"),
    Attribute("ImagePositionPatient", "Image Position (Patient)", "slice", "mm"),
    Attribute("ImageOrientationPatient", "Image Orientation (Patient)", "slice"),
    Attribute("ImagePositionVolume", "Image Position (Volume)", "slice", "mm"),
    Attribute("SliceLocation", "Slice Location", "slice", "mm"),
    Attribute("ImagePlaneNumber", "Image Plane Number", "slice"),
    # When it was taken.
    Attribute("TemporalPositionIndex", "Temporal Position Index", "time"),
    Attribute("TemporalPositionIdentifier", "Temporal Position Identifier", "time"),
    Attribute("TemporalPositionTimeOffset", "Temporal Position Time Offset", "time", "s"),
    Attribute("MRImageDynamicScanBeginTime", "Dynamic Scan Begin Time", "time", "s"),
    Attribute("NominalCardiacTriggerDelayTime", "Nominal Cardiac Trigger Delay Time", "time", "ms"),
    Attribute("ActualCardiacTriggerDelayTime", "Actual Cardiac Trigger Delay Time", "time", "ms"),
    Attribute("NominalPercentageOfCardiacPhase", "Nominal Percentage of Cardiac Phase", "time", "%"),
    Attribute("NominalRespiratoryTriggerDelayTime", "Nominal Respiratory Trigger Delay Time", "time", "ms"),
    Attribute("NominalPercentageOfRespiratoryPhase", "Nominal Percentage of Respiratory Phase", "time", "%"),
    Attribute("TriggerTime", "Trigger Time", "time", "ms"),
    Attribute("MRImagePhaseNumber", "Phase Number", "time"),
    Attribute("FrameAcquisitionNumber", "Frame Acquisition Number", "time"),
    Attribute("FrameAcquisitionDateTime", "Frame Acquisition DateTime", "time"),
    Attribute("FrameReferenceDateTime", "Frame Reference DateTime", "time"),
    Attribute("AcquisitionNumber", "Acquisition Number", "time"),
    Attribute("AcquisitionDateTime", "Acquisition DateTime", "time"),
    Attribute("AcquisitionTime", "Acquisition Time", "time"),
    Attribute("ContentTime", "Content Time", "time"),
    Attribute("InstanceNumber", "Instance Number", "time"),
    # How it was taken.
    Attribute("EffectiveEchoTime", "Effective Echo Time", "volume", "ms"),
    Attribute("EchoTime", "Echo Time", "volume", "ms"),
    Attribute("EchoNumbers", "Echo Number(s)", "volume"),
    Attribute("DiffusionBValue", "Diffusion b-value", "volume", "s/mm2"),
    Attribute("MRImageDiffusionBFactor", "Diffusion B-Factor", "volume", "s/mm2"),
    Attribute("MRImageDiffBValueNumber", "Diffusion b-value Number", "volume"),
    Attribute("DiffusionGradientOrientation", "Diffusion Gradient Orientation", "volume"),
    Attribute("MRImageGradientOrientationNumber", "Gradient Orientation Number", "volume"),
    Attribute("DiffusionDirectionality", "Diffusion Directionality", "volume"),
    Attribute("ASLContext", "ASL Context", "volume", "", LABEL_TYPES),
    Attribute("MRImageLabelType", "Label Type", "volume", "", LABEL_TYPES),
    Attribute("ComplexImageComponent", "Complex Image Component", "volume", "", COMPLEX_COMPONENTS),
    Attribute("MRImageTypeMR", "ImageTypeMR", "volume", "", IMAGE_TYPES),
    Attribute("MRImageScanningSequencePrivate", "Scanning Sequence", "volume", "", SCANNING_SEQUENCES),
    Attribute("ScanningSequence", "Scanning Sequence", "volume"),
    Attribute("FrameType", "Frame Type", "volume"),
    Attribute("ImageType", "Image Type", "volume"),
    Attribute("AcquisitionContrast", "Acquisition Contrast", "volume"),
    Attribute("InversionTime", "Inversion Time", "volume", "ms"),
    Attribute("InversionTimes", "Inversion Times", "volume", "ms"),
    Attribute("InversionDelayNumber", "InversionDelayNumber", "volume"),
    Attribute("InversionDelayTime", "InversionDelayTime", "volume", "ms"),
    Attribute("MRPrivateInversionTime", "Inversion Time", "volume", "ms"),
    Attribute("MRImagePrepulseDelay", "Prepulse Delay", "volume", "ms"),
    Attribute("FlipAngle", "Flip Angle", "volume", "deg"),
    Attribute("RepetitionTime", "Repetition Time", "volume", "ms"),
    Attribute("VelocityEncodingDirection", "Velocity Encoding Direction", "volume"),
    Attribute("ImageVelocityEncodingDirection", "Velocity Encoding Direction", "volume"),
    Attribute("MetaboliteMapDescription", "Metabolite Map Description", "volume"),
    Attribute("ChemicalShift", "Chemical Shift", "volume", "ppm"),
    Attribute("MREPhaseDelayNumber", "MREPhaseDelayNumber", "volume"),
)
"""Every dimension attribute that dicome knows; any other one becomes a 'volume' dimension without a unit."""

_BY_KEYWORD = {attribute.keyword: attribute for attribute in KNOWN}
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TAG_AS_LABEL = re.compile(r"\(?[0-9A-Fa-f]{4},\s*[0-9A-Fa-f]{4}\)?")
_UNNAMED = re.compile(r"\(?(?:Private_)?([0-9A-Fa-f]{4})[,_]([0-9A-Fa-f]{4})\)?")
_PRIVATE = "Private "


def attribute(keyword: str) -> Attribute:
    """The row of a keyword; an unknown one is a 'volume' attribute titled by its words, a mere tag by (gggg,eeee)."""
    if keyword in _BY_KEYWORD:
        return _BY_KEYWORD[keyword]
    unnamed = _UNNAMED.fullmatch(keyword)
    title = f"({unnamed[1]},{unnamed[2]})" if unnamed else _WORD_START.sub(" ", keyword)
    return Attribute(keyword, title, "volume")


def dimension_name(label: str, keyword: str, tag: int | None = None) -> str:
    """Name of a dimension.

    label: Dimension Description Label (0020,9421), may be empty; a leading ``Private `` goes. Without a label (or with
    nothing but a tag in it, as some old files have) the attribute's name in words; tag: Dimension Index Pointer, shown
    as ``(gggg,eeee)`` where even the keyword is unknown.
    """
    name = label.strip().removeprefix(_PRIVATE).strip()
    if name and not (keyword and _TAG_AS_LABEL.fullmatch(name)):
        return name
    if keyword:
        return attribute(keyword).title or keyword
    return "Dimension" if tag is None else f"({tag >> 16:04x},{tag & 0xFFFF:04x})"


def make_dimension(
    keyword: str, paths: Collection[str], *, label: str = "", group: str = "", tag: int | None = None
) -> Dimension:
    """A dimension from what an item of the Dimension Index Sequence says.

    keyword, tag: of the Dimension Index Pointer (keyword empty if unknown); group: keyword of the Functional Group
    Pointer, empty if there is none; paths: all paths of the frame table.
    """
    row = attribute(keyword)
    name = dimension_name(label, keyword, tag)
    return Dimension(name, keyword, row.role, row.unit, attribute_path(keyword, group, paths))


def attribute_path(keyword: str, group: str, paths: Collection[str]) -> str | None:
    """Path of the attribute within its functional group, at any depth; without a group, by keyword if only one fits.

    Never a path outside the group: Philips keeps second copies of attributes that differ from the first.
    """
    if group:
        direct = f"{group}.{keyword}"
        if direct in paths:
            return direct
        return next((path for path in paths if path.startswith(f"{group}.") and path.endswith(f".{keyword}")), None)
    if keyword in paths:
        return keyword
    found = [path for path in paths if path.endswith(f".{keyword}")]
    return found[0] if len(found) == 1 else None
