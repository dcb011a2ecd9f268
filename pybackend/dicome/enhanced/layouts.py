"""How vendors lay an enhanced MR file out: one row of a table each, no code.

A group that a vendor repeats in every frame is named in ``per_frame``; any other group stands in the shared sequence
as long as its values are the same for all frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dicome.enhanced.groups import GROUPS
from dicome.enhanced.head import HEAD, PHILIPS_HEAD
from dicome.enhanced.philips import BLOCKS, METABOLITE_MAP, PRIVATE_PER_FRAME, PRIVATE_SHARED, SERIES
from dicome.enhanced.template import Group, Row, Table

SIEMENS_SHARED, SIEMENS_FRAME, SIEMENS_SERIES = "SIEMENS MR SDS 01", "SIEMENS MR SDI 02", "SIEMENS MR SDR 01"


@dataclass(frozen=True, slots=True)
class Layout:
    """One vendor's habits: ``blocks`` are those of its private creators, ``labels``: whether dimensions have one;
    ``bits_stored`` of 16-bit pixels.
    """

    name: str
    head: Table
    groups: tuple[Group, ...]
    per_frame: frozenset[str]
    blocks: Mapping[str, int]
    labels: bool
    undefined_lengths: bool
    bits_stored: int = 12
    defaults: Mapping[str, object] = field(default_factory=dict)


PHILIPS = Layout(
    name="philips",
    head=HEAD + PHILIPS_HEAD + SERIES,
    groups=(*GROUPS, METABOLITE_MAP, PRIVATE_SHARED, PRIVATE_PER_FRAME),
    per_frame=frozenset(
        [
            "MREchoSequence",
            "MRDiffusionSequence",
            "CardiacSynchronizationSequence",
            "MRMetaboliteMapSequence",
            "MRImageFrameTypeSequence",
            "FrameContentSequence",
            "PlanePositionSequence",
            "PlaneOrientationSequence",
            "PixelMeasuresSequence",
            "FrameVOILUTSequence",
            "PixelValueTransformationSequence",
            "RealWorldValueMappingSequence",
            "PrivatePerFrameSq",
        ]
    ),
    blocks=BLOCKS,
    labels=True,
    undefined_lengths=True,
    defaults={
        "Manufacturer": "Philips",
        "ManufacturerModelName": "Ingenia",
        "SoftwareVersions": ("5.7.1", "5.7.1.1"),
        "KSpaceFiltering": "RIESZ",
        "PrivateSharedSq.SOPClassUID": "1.2.840.10008.5.1.4.1.1.4",
    },
)

_SIEMENS_SHARED = Group(
    "PrivateSharedSiemens",
    0x002110FE,
    (
        Row("SequenceFileName", 0x00211006, "LO", "phantom", creator=SIEMENS_SHARED),
        Row("PatientOrientationShort", 0x0021100C, "SH", "+LPH", creator=SIEMENS_SHARED),
    ),
    creator=SIEMENS_SHARED,
)

_SIEMENS_FRAME = Group(
    "PrivatePerFrameSiemens",
    0x002111FE,
    (
        Row("ImageHistory", 0x00211176, "LO", "CC:SENSE1", creator=SIEMENS_FRAME),
        Row("SlicePosition", 0x00211188, "DS", creator=SIEMENS_FRAME),
        Row("FrameNumberInSeries", 0x0021118A, "IS", names=("InStackPositionNumber",), creator=SIEMENS_FRAME),
    ),
    creator=SIEMENS_FRAME,
)

SIEMENS = Layout(
    name="siemens",
    head=(*HEAD, Row("AcquisitionKind", 0x00211201, "LO", "ACQUISITION", creator=SIEMENS_SERIES)),
    groups=(*GROUPS, _SIEMENS_SHARED, _SIEMENS_FRAME),
    per_frame=frozenset(
        [
            "MREchoSequence",
            "MRDiffusionSequence",
            "MRAveragesSequence",
            "MRImageFrameTypeSequence",
            "FrameContentSequence",
            "PlanePositionSequence",
            "PlaneOrientationSequence",
            "PrivatePerFrameSiemens",
            "PixelMeasuresSequence",
            "FrameVOILUTSequence",
            "PixelValueTransformationSequence",
        ]
    ),
    blocks={SIEMENS_SHARED: 0x10, SIEMENS_FRAME: 0x11, SIEMENS_SERIES: 0x12},
    labels=False,
    undefined_lengths=True,
    defaults={
        "Manufacturer": "Siemens Healthineers",
        "ManufacturerModelName": "MAGNETOM Prisma",
        "SoftwareVersions": "syngo MR XA30",
    },
)

CANON = Layout(
    name="canon",
    head=HEAD,
    groups=GROUPS,
    per_frame=frozenset(
        ["MRDiffusionSequence", "FrameContentSequence", "PlanePositionSequence", "FrameVOILUTSequence"]
    ),
    blocks={},
    labels=False,
    undefined_lengths=False,
    bits_stored=16,
    defaults={
        "Manufacturer": "CANON_MEC",
        "ManufacturerModelName": "Galan 3T",
        "SoftwareVersions": "V6.1SP3002*",
        "PixelMeasuresSequence.SpacingBetweenSlices": None,
    },
)

LAYOUTS: Mapping[str, Layout] = {layout.name: layout for layout in (PHILIPS, SIEMENS, CANON)}
