"""Attributes of functional groups that do not come from the classic attribute of the same tag as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dicome.multiframe.classic_values import ClassicValues, is_philips, release_of
from dicome.multiframe.placement import DISPLAY_ORIENTATION
from dicome.multiframe.values import Values, text


@dataclass(frozen=True, slots=True)
class Scan:
    """What the classic files of one scan say together. release: of Philips, (0, 0) of all others. mapped: with a Real
    World Value Mapping (PS3.3 C.7.6.16.2.11), which Philips writes where some frames are not plain magnitudes.
    """

    release: tuple[int, int]
    cardiac: bool
    diffusion: bool
    mapped: bool
    philips: bool

    @classmethod
    def of(cls, files: Sequence[ClassicValues]) -> Scan:
        """The facts of some files; release and triggering are those of the first."""
        first = files[0]
        philips = is_philips(first)
        release = release_of(first) if philips else (0, 0)
        return cls(
            release=release,
            cardiac=first.text(0x20011010) not in ("", "NO"),
            diffusion=first.text(0x20051014) == "Y"
            or any((one.number(0x00189087) or 0) > 0 or (not philips and one.text(0x00189075)) for one in files),
            mapped=release >= (11, 0) or any(_is_mapped(one, philips) for one in files),
            philips=philips,
        )

    @property
    def old(self) -> bool:
        """Whether Philips sent it before release 5."""
        return self.philips and self.release < (5, 0)


def _is_mapped(classic: ClassicValues, philips: bool) -> bool:
    return classic.text(0x00281054) not in ("", "normalized") if philips else 0x00409096 in classic.top


Rule = Callable[[ClassicValues, Scan], Any]
"""Value of an attribute, None where it is absent."""


def _tag(tag: int) -> Rule:
    return lambda classic, scan: classic.both.get(tag, ("", None))[1]


def _number(tag: int, factor: float = 1.0) -> Rule:
    def rule(classic: ClassicValues, scan: Scan) -> float | None:
        found = classic.number(tag)
        return None if found is None else found * factor

    return rule


def _either(tag: int, other: int) -> Rule:
    """An attribute, or where it is missing the one that Philips has of the whole series."""
    return lambda classic, scan: _tag(tag if tag in classic.both else other)(classic, scan)


def _constant(value: Any) -> Rule:
    return lambda classic, scan: value


def _when(condition: Rule, rule: Rule) -> Rule:
    return lambda classic, scan: rule(classic, scan) if condition(classic, scan) else None


def _or(rule: Rule, other: Any) -> Rule:
    """The value of a rule, or another one where it has none: a constant, or the value of a rule too."""

    def both(classic: ClassicValues, scan: Scan) -> Any:
        found = rule(classic, scan)
        if found is not None:
            return found
        return other(classic, scan) if callable(other) else other

    return both


def _is(tag: int, text: str) -> Rule:
    return lambda classic, scan: classic.text(tag) == text


def _frequency(classic: ClassicValues, scan: Scan) -> float | None:
    found = classic.number(0x00180084)
    return classic.number(0x20011083) if found is None else found


def _flow(classic: ClassicValues, scan: Scan) -> str:
    return "VELOCITY" if classic.text(0x20051016) == "Y" else "NONE"


def _anatomy(place: int) -> Rule:
    """Part of (2005,xx97), which names the region as ``SRT.T-A0100.Brain``; else the classic code, often blank."""
    tags = (0x00080102, 0x00080100, 0x00080104)

    def rule(classic: ClassicValues, scan: Scan) -> str | None:
        parts = classic.text(0x20051397).split(".", 2)
        if len(parts) == 3:
            return parts[place]
        region = classic.top.get(0x00082218, ("", None, ""))[1]
        found = text(region[0] if isinstance(region, list) and region else classic.top, tags[place])
        return found if found or scan.philips else None

    return rule


def _anatomy_context(classic: ClassicValues, scan: Scan) -> str | None:
    return "1.2.840.10008.6.1.307" if scan.release >= (5, 0) else None


COMPONENTS = {"M": "MAGNITUDE", "P": "PHASE", "R": "REAL", "I": "IMAGINARY"}
KINDS = {"B0": "FIELD_MAP"}
"""Fourth value of Frame Type by image type, where it is not the image type itself."""


def component(classic: ClassicValues, scan: Scan) -> str | None:
    """Complex Image Component (0008,9208), None where neither Philips nor the Image Type says it."""
    stated = classic.text(0x00089208)
    kind = classic.text(0x20051011)
    if stated or kind:
        return stated or COMPONENTS.get(kind, "MAGNITUDE" if kind.startswith(("T1", "T2")) else "REAL")
    words = [COMPONENTS.get(word, word) for word in classic.words(0x00080008)[2:]]
    return next((word for word in words if word in COMPONENTS.values()), None)


def contrast(classic: ClassicValues, scan: Scan) -> str:
    """Acquisition Contrast (0008,9209)."""
    return classic.text(0x00089209) or "UNKNOWN"


def _kind_of_contrast(classic: ClassicValues, scan: Scan) -> str:
    """Third value of Frame Type: the contrast, but that old releases name velocity maps."""
    is_velocity = classic.text(0x20051011) == "P" and classic.text(0x2005106E) == "PCA"
    return "VELOCITY" if scan.release < (5, 0) and is_velocity else contrast(classic, scan)


def frame_type(classic: ClassicValues, scan: Scan) -> tuple[str, ...]:
    """Frame Type (0008,9007)."""
    stated = classic.words(0x00089007)
    if stated and all(stated):
        return tuple(stated)
    told = classic.words(0x00080008)
    words = [*told, "ORIGINAL", "PRIMARY"][:2]
    if not scan.philips:
        third, fourth = (*told[2:4], "", "")[:2]
        return (*words, third or contrast(classic, scan), fourth or "NONE")
    kind = classic.text(0x20051011)
    shown = scan.mapped and scan.release >= (5, 0) and kind != "PERFUSION"
    return (*words, _kind_of_contrast(classic, scan), KINDS.get(kind, kind) if shown and kind else "NONE")


def _date_time(date: int, time: int) -> Rule:
    return lambda classic, scan: (classic.text(date) + classic.text(time)) or None


def _reference_time(classic: ClassicValues, scan: Scan) -> str | None:
    """Philips has the begin of the series there."""
    tags = (0x00080021, 0x00080031) if scan.philips else (0x00080022, 0x00080032)
    found: str | None = _date_time(*tags)(classic, scan)
    return found


def _rescale_type(classic: ClassicValues, scan: Scan) -> str | None:
    return None if 0x00281053 not in classic.both else "US"


def format_position(number: float) -> str:
    """A coordinate as the scanner writes it: 16 signs, the rest cut off."""
    return str(int(number)) if number == int(number) else f"{number:.16f}"[:16]


def _corner(classic: ClassicValues, scan: Scan) -> tuple[str, ...] | None:
    """The private position: the corner of the first pixel, half a pixel before its centre."""
    position, direction, spacing = (classic.numbers(tag) for tag in (0x00200032, 0x00200037, 0x00280030))
    if len(position) != 3 or len(direction) != 6 or len(spacing) != 2:
        return None
    corner = position - direction[:3] * spacing[1] / 2 - direction[3:] * spacing[0] / 2
    return tuple(format_position(number) for number in corner.tolist())


UNITS_SEQUENCE = 0x004008EA


def _mapping_item(classic: ClassicValues, tag: int, within: int = 0) -> Any:
    """An attribute of the Real World Value Mapping of the file itself, or of a sequence ``within``."""
    place: Values = classic.top
    for sequence in (0x00409096, within) if within else (0x00409096,):
        items = place.get(sequence, ("", None, ""))[1]
        if not isinstance(items, list) or not items:
            return None
        place = items[0]
    return place.get(tag, ("", None))[1]


def _mapped(rule: Rule, tag: int, within: int = 0) -> Rule:
    """What Philips says of its mapping; of others the attribute that they have."""

    def mapped(classic: ClassicValues, scan: Scan) -> Any:
        if not scan.mapped:
            return None
        return rule(classic, scan) if scan.philips else _mapping_item(classic, tag, within)

    return mapped


UNITS = {"mrad": ("mrad", "milliradian"), "cm/sec": ("cm/s", "cm/s"), "Hz": ("Hz", "Hz"), "ms": ("ms", "ms")}
"""UCUM code and meaning by Rescale Type; others have no unit."""


def _unit(place: int) -> Rule:
    return lambda classic, scan: UNITS.get(classic.text(0x00281054), ("1", "no units"))[place]


def _mapping_text(classic: ClassicValues, scan: Scan) -> str | None:
    if scan.release < (5, 0):
        return "Philips Real World Value Mapping"
    return f"Real World Value Mapping for {classic.text(0x00281054)}" if scan.release >= (5, 6) else None


def _units_context(classic: ClassicValues, scan: Scan) -> str | None:
    if scan.release < (5, 0):
        return None
    return "1.2.840.10008.6.1.918" if scan.release >= (5, 6) else "1.2.840.10008.6.1.23"


def _only_cardiac(rule: Rule) -> Rule:
    return lambda classic, scan: rule(classic, scan) if scan.cardiac else None


def _only_diffusion(rule: Rule) -> Rule:
    return lambda classic, scan: rule(classic, scan) if scan.diffusion else None


def _interval(classic: ClassicValues, scan: Scan) -> float | None:
    rate = classic.number(0x00181088)
    return 60000.0 / rate if rate else None


def _directionality(classic: ClassicValues, scan: Scan) -> str | None:
    stated = classic.text(0x00189075)
    if stated and stated != "NONE":
        return stated
    weight = classic.number(0x00189087)
    if weight is None:
        return None
    direction = classic.numbers(0x00189089)
    return "NONE" if weight == 0 else "DIRECTIONAL" if direction.any() else "ISOTROPIC"


def _direction(classic: ClassicValues, scan: Scan) -> Any:
    return _tag(0x00189089)(classic, scan) if _directionality(classic, scan) in ("DIRECTIONAL", "BMATRIX") else None


def _matrix(tag: int) -> Rule:
    """A part of the b-matrix, where that is what the file has."""
    return _only_diffusion(_when(lambda c, s: _directionality(c, s) == "BMATRIX", _tag(tag)))


def _since(release: tuple[int, int], rule: Rule) -> Rule:
    return lambda classic, scan: rule(classic, scan) if scan.release >= release else None


def _encoding_direction(classic: ClassicValues, scan: Scan) -> str | None:
    found = classic.text(0x00181312)
    return {"COL": "COLUMN"}.get(found, found) or None


def _has(tag: int) -> Rule:
    return lambda classic, scan: classic.defined(tag)


_PARALLEL, _PARTIAL = _is(0x00189077, "YES"), _is(0x00189081, "YES")

RULES: Mapping[str, Rule] = {
    "MRImagingModifierSequence.TransmitterFrequency": _frequency,
    "MRReceiveCoilSequence.ReceiveCoilManufacturerName": _or(_tag(0x00189041), ""),
    "MultiCoilDefinitionSequence.MultiCoilElementUsed": _or(
        _tag(0x00189048), lambda c, s: "YES" if 0x00189047 in c.both else None
    ),
    "MRTransmitCoilSequence.TransmitCoilName": _or(_tag(0x2001108B), _or(_tag(0x00181251), "")),
    "MRTransmitCoilSequence.TransmitCoilManufacturerName": _or(_tag(0x00189050), ""),
    "MREchoSequence.EffectiveEchoTime": _number(0x00180081),
    "MRModifierSequence.FlowCompensation": _flow,
    "MRModifierSequence.Spoiling": _when(lambda c, s: c.text(0x00189008) != "SPIN", _tag(0x00189016)),
    "MRModifierSequence.InversionTimes": _when(_is(0x00189009, "YES"), _tag(0x00189079)),
    "MRModifierSequence.PartialFourierDirection": _when(_PARTIAL, _tag(0x00189036)),
    "MRModifierSequence.ParallelReductionFactorInPlane": _when(_PARALLEL, _tag(0x00189069)),
    "MRModifierSequence.ParallelAcquisitionTechnique": _when(_PARALLEL, _tag(0x00189078)),
    "MRModifierSequence.ParallelReductionFactorOutOfPlane": _when(_PARALLEL, _tag(0x00189155)),
    "MRModifierSequence.ParallelReductionFactorSecondInPlane": _when(_PARALLEL, _tag(0x00189168)),
    "MRModifierSequence.FlowCompensationDirection": _when(_is(0x20051016, "Y"), _tag(0x00189183)),
    "MRAveragesSequence.NumberOfAverages": _either(0x00180083, 0x20011088),
    "MRFOVGeometrySequence.InPlanePhaseEncodingDirection": _encoding_direction,
    "MRImageFrameTypeSequence.FrameType": frame_type,
    "MRImageFrameTypeSequence.ComplexImageComponent": component,
    "MRImageFrameTypeSequence.AcquisitionContrast": contrast,
    "MRDiffusionSequence.DiffusionDirectionality": _only_diffusion(_directionality),
    "DiffusionGradientDirectionSequence.DiffusionGradientOrientation": _only_diffusion(_direction),
    "MRDiffusionSequence.DiffusionBValue": _only_diffusion(_tag(0x00189087)),
    **{
        f"DiffusionBMatrixSequence.DiffusionBValue{axes}": _matrix(0x00189602 + k)
        for k, axes in enumerate(("XX", "XY", "XZ", "YY", "YZ", "ZZ"))
    },
    "CardiacSynchronizationSequence.NominalCardiacTriggerDelayTime": _only_cardiac(_number(0x00181060)),
    "CardiacSynchronizationSequence.RRIntervalTimeNominal": _only_cardiac(_interval),
    "AnatomicRegionSequence.CodingSchemeDesignator": _anatomy(0),
    "AnatomicRegionSequence.CodeValue": _anatomy(1),
    "AnatomicRegionSequence.CodeMeaning": _anatomy(2),
    "AnatomicRegionSequence.ContextUID": _anatomy_context,
    "FrameContentSequence.FrameAcquisitionDateTime": _date_time(0x00080022, 0x00080032),
    "FrameContentSequence.FrameReferenceDateTime": _reference_time,
    "FrameContentSequence.FrameAcquisitionDuration": _number(0x00189073, 1000.0),
    "FrameContentSequence.FrameAcquisitionNumber": _constant(None),
    "PixelMeasuresSequence.SpacingBetweenSlices": _when(lambda c, s: not s.old, _tag(0x00180088)),
    "PixelValueTransformationSequence.RescaleType": _rescale_type,
    "RealWorldValueMappingSequence.LUTExplanation": _mapped(_mapping_text, 0x00283003),
    "MeasurementUnitsCodeSequence.CodeValue": _mapped(_unit(0), 0x00080100, UNITS_SEQUENCE),
    "MeasurementUnitsCodeSequence.CodingSchemeDesignator": _mapped(_constant("UCUM"), 0x00080102, UNITS_SEQUENCE),
    "MeasurementUnitsCodeSequence.CodeMeaning": _mapped(_unit(1), 0x00080104, UNITS_SEQUENCE),
    "MeasurementUnitsCodeSequence.ContextUID": _mapped(_units_context, 0x00080117, UNITS_SEQUENCE),
    "RealWorldValueMappingSequence.LUTLabel": _mapped(_constant("Philips"), 0x00409210),
    "RealWorldValueMappingSequence.RealWorldValueLastValueMapped": _mapped(
        lambda c, s: 2 ** int(c.number(0x00280101) or 12) - 1, 0x00409211
    ),
    "RealWorldValueMappingSequence.RealWorldValueFirstValueMapped": _mapped(_constant(0), 0x00409216),
    "RealWorldValueMappingSequence.RealWorldValueIntercept": _mapped(
        lambda c, s: _mapping_item(c, 0x00409224) or c.number(0x00281052), 0x00409224
    ),
    "RealWorldValueMappingSequence.RealWorldValueSlope": _mapped(
        lambda c, s: _mapping_item(c, 0x00409225) or c.number(0x00281053), 0x00409225
    ),
    "MRMetaboliteMapSequence.MetaboliteMapDescription": _or(
        _tag(0x00189080), lambda c, s: "WATER" if s.philips else None
    ),
    "PrivateSharedSq.TransmitterFrequency": _frequency,
    "PrivateSharedSq.TagAngleFirstAxis": _when(_has(0x00189019), _tag(0x00189019)),
    "PrivateSharedSq.TagSpacingFirstDimension": _when(_has(0x00189030), _tag(0x00189030)),
    "PrivateSharedSq.TagSpacingSecondDimension": _when(lambda c, s: 0x00189030 in c.both, _constant(0.0)),
    "PrivatePerFrameSq.NumberOfAverages": _either(0x00180083, 0x20011088),
    "PrivatePerFrameSq.ImagingFrequency": _either(0x00180084, 0x20011083),
    "PrivatePerFrameSq.ImagedNucleus": _either(0x00180085, 0x20011087),
    "PrivatePerFrameSq.InversionTime": _or(_tag(0x00180082), "0"),
    "PrivatePerFrameSq.TriggerTime": _only_cardiac(_tag(0x00181060)),
    "PrivatePerFrameSq.ImagePositionPatient": _corner,
    "PrivatePerFrameSq.WindowCenter": _since((5, 6), _tag(0x00281050)),
    "PrivatePerFrameSq.WindowWidth": _since((5, 6), _tag(0x00281051)),
    "PrivatePerFrameSq.SliceOrientation": _when(lambda c, s: DISPLAY_ORIENTATION in c.top, _constant("")),
    "PrivatePerFrameSq.Private_2001_1052": _since((5, 0), _or(_tag(0x20011052), "")),
    "PrivatePerFrameSq.MRNrOfSpecificCharacterSet": _or(_tag(0x20051407), 1),
    "PrivatePerFrameSq.KSpaceFiltering": _tag(0x00189064),
    "PrivatePerFrameSq.DiffusionAnisotropyType": _tag(0x00189147),
}
"""Attributes (``Group.Keyword``) that do not come from the classic attribute of the same tag as they are."""
