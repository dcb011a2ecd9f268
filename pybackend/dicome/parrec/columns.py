"""The image lines of a PAR file, as a table: one row per column, and how each version prints it.

A row says what a definition line is called, what it holds, and where an enhanced DICOM file has the fact. A version is
a column of this table: it has the rows for which it has a format, in this order. Sources are full paths of the frame
table, the first that is there counts; what has to be calculated has none (see `dicome.parrec.image_facts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

VERSIONS = ("V3", "V4", "V4.1", "V4.2")
"""Every version that scanners wrote, the oldest first."""


@dataclass(frozen=True, slots=True)
class Column:
    """One definition line: name of the field in the table, its text and type in the file, default where it is absent.

    formats: by version, '' where the version has no such column. size: numbers that the line describes. sources: where
    an enhanced DICOM file has it. aliases: other texts seen. codes: the words whose place is the number.
    """

    name: str
    text: str
    kind: str
    formats: tuple[str, str, str, str]
    sources: tuple[str, ...] = ()
    default: Any = 0
    size: int = 1
    aliases: tuple[str, ...] = ()
    codes: str = ""

    def format_in(self, version: str) -> str:
        """printf format of the column in that version, '' where it has none."""
        return self.formats[VERSIONS.index(version)]

    @property
    def definition(self) -> str:
        """The line that the file explains the column with."""
        size = f"{self.size}*" if self.size > 1 else ""
        return f"#  {self.text:<40} ({size}{self.kind})"

    @property
    def field(self) -> tuple[Any, ...]:
        """Its field in a structured array."""
        kind = {"integer": np.int64, "float": np.float64, "string": object}[self.kind]
        coded = np.int64 if self.kind == "string" and self.formats[3].endswith("d") else kind
        return (self.name, coded, (self.size,)) if self.size > 1 else (self.name, coded)


_PRIVATE = "PrivatePerFrameSq."


def _private(*keywords: str) -> tuple[str, ...]:
    """Paths of Philips' fields of a frame: in the private group, else at the top level of a classic header."""
    return (*(_PRIVATE + keyword for keyword in keywords), *keywords)


COLUMNS: tuple[Column, ...] = (
    Column("slice_number", "slice number", "integer", ("%2d", "%2d", "%3d", "%3d"), default=1),
    Column("echo_number", "echo number", "integer", (" %2d", " %2d", " %3d", " %3d"), default=1),
    Column("dynamic_scan_number", "dynamic scan number", "integer", (" %3d", " %3d", " %4d", " %4d"), default=1),
    Column("cardiac_phase_number", "cardiac phase number", "integer", (" %2d",) * 4, default=1),
    Column("image_type_mr", "image_type_mr", "integer", (" %d",) * 4, codes="image type"),
    Column("scanning_sequence", "scanning sequence", "integer", (" %d",) * 4, codes="scanning sequence"),
    Column("index_in_rec", "index in REC file (in images)", "integer", (" %3d", " %3d", " %5d", " %5d")),
    Column("pixel_bits", "image pixel size (in bits)", "integer", ("", " %2d", " %3d", " %3d"), default=16),
    Column("scan_percentage", "scan percentage", "integer", ("", " %.0f", " %5.0f", " %5.0f"),
           default=100),
    Column("recon_resolution", "recon resolution (x y)", "integer", ("", "  %d %d", " %4d %4d", " %4d %4d"), size=2,
           aliases=("recon resolution (x,y)",)),
    Column("rescale_intercept", "rescale intercept", "float", (" %4.1f", " %6.1f", " %9.5f", " %11.5f"),
           ("PixelValueTransformationSequence.RescaleIntercept", "RescaleIntercept")),
    Column("rescale_slope", "rescale slope", "float", (" %5.3f", " %6.3f", " %9.5f", " %9.5f"),
           ("PixelValueTransformationSequence.RescaleSlope", "RescaleSlope"), default=1),
    Column("scale_slope", "scale slope", "float", (" %10.3e", " %10.3e", " %12.5e", " %12.5e"),
           _private("MRScaleSlope"), default=1),
    Column("window_center", "window center", "integer", (" %4.0f", " %5.0f", " %5.0f", " %5.0f"),
           ("FrameVOILUTSequence.WindowCenter", "WindowCenter")),
    Column("window_width", "window width", "integer", (" %5.0f",) * 4,
           ("FrameVOILUTSequence.WindowWidth", "WindowWidth")),
    Column("image_angulation", "image angulation (ap,fh,rl in degrees )", "float",
           (" %5.1f" * 3, " %5.1f" * 3, " %6.2f" * 3, " %6.2f" * 3), size=3),
    Column("image_offcentre", "image offcentre (ap,fh,rl in mm )", "float",
           (" %6.1f" * 3, " %6.1f" * 3, " %7.2f" * 3, " %7.2f" * 3), size=3),
    Column("slice_thickness", "slice thickness (in mm )", "float", ("", " %4.1f", " %6.3f", " %6.3f"),
           ("PixelMeasuresSequence.SliceThickness", "SliceThickness"), aliases=("slice thickness",)),
    Column("slice_gap", "slice gap (in mm )", "float", ("", " %.1f ", " %6.3f", " %6.3f"), aliases=("slice gap",)),
    Column("display_orientation", "image_display_orientation", "integer", (" %d",) * 4,
           _private("MRImageDisplayOrientation"), codes="display orientation"),
    Column("slice_orientation", "slice orientation ( TRA/SAG/COR )", "integer", (" %d",) * 4, default=1),
    Column("fmri_status_indication", "fmri_status_indication", "integer", (" %d",) * 4,
           _private("MRfMRIStatusIndication")),
    Column("image_type_ed_es", "image_type_ed_es  (end diast/end syst)", "integer", (" %d",) * 4,
           _private("MRImageTypeEDES"), default=2, codes="ed/es"),
    Column("pixel_spacing", "pixel spacing (x,y) (in mm)", "float",
           (" %4.1f" * 2, "  %5.3f %5.3f", " %6.3f" * 2, " %6.3f" * 2), size=2),
    Column("echo_time", "echo_time", "float", (" %5.1f", " %5.1f", " %5.2f", " %6.2f"),
           ("PrivatePerFrameSq.EchoTime", "MREchoSequence.EffectiveEchoTime", "EchoTime")),
    Column("dyn_scan_begin_time", "dyn_scan_begin_time", "float", (" %5.1f", " %5.1f", " %7.2f", " %7.2f")),
    Column("trigger_time", "trigger_time", "float", (" %5.0f", " %5.1f", " %7.2f", " %8.2f")),
    Column("diffusion_b_factor", "diffusion_b_factor", "float", (" %5.0f", " %6.3f ", " %7.2f", " %7.2f"),
           ("PrivatePerFrameSq.MRImageDiffusionBFactor", "MRDiffusionSequence.DiffusionBValue",
            "MRImageDiffusionBFactor", "DiffusionBValue")),
    Column("number_of_averages", "number of averages", "integer", ("", " %d", " %3d", " %3d"), default=1),
    Column("image_flip_angle", "image_flip_angle (in degrees)", "float", (" %5.1f", " %5.1f", " %7.2f", " %7.2f"),
           ("PrivatePerFrameSq.FlipAngle", "MRTimingAndRelatedParametersSequence.FlipAngle", "FlipAngle")),
    Column("cardiac_frequency", "cardiac frequency   (bpm)", "integer", ("", " %3d", " %5d", " %5d"),
           _private("HeartRate"), aliases=("cardiac frequency",)),
    Column("minimum_rr_interval", "minimum RR-interval (in ms)", "integer", ("", " %4d", " %4d", " %4d"),
           _private("LowRRValue"), aliases=("min. RR. interval",)),
    Column("maximum_rr_interval", "maximum RR-interval (in ms)", "integer", ("", " %d", " %4d", " %4d"),
           _private("HighRRValue"), aliases=("max. RR. interval",)),
    Column("turbo_factor", "TURBO factor  <0=no turbo>", "integer", ("", " %2d", " %5d", " %5d"),
           ("PrivatePerFrameSq.EchoTrainLength", "MRTimingAndRelatedParametersSequence.EchoTrainLength",
            "EchoTrainLength"), aliases=("turbo factor",)),
    Column("inversion_delay", "Inversion delay (in ms)", "float", ("", " %5.1f", " %5.1f", " %5.1f"),
           ("PrivatePerFrameSq.InversionTime", "MRModifierSequence.InversionTimes", "InversionTime"),
           aliases=("inversion delay",)),
    Column("b_value_number", "diffusion b value number    (imagekey!)", "integer", ("", "", " %d", " %2d"), default=1),
    Column("gradient_number", "gradient orientation number (imagekey!)", "integer", ("", "", " %4d", " %3d"),
           default=1),
    Column("contrast_type", "contrast type", "string", ("", "", " %4d", " %4d"),
           ("MRImageFrameTypeSequence.AcquisitionContrast", "AcquisitionContrast"), default=11, codes="contrast"),
    Column("diffusion_anisotropy_type", "diffusion anisotropy type", "string", ("", "", " %4d", " %4d"),
           _private("DiffusionAnisotropyType"), codes="anisotropy"),
    Column("diffusion", "diffusion (ap, fh, rl)", "float",
           ("", "", " %8.3f  %8.3f  %8.3f ", " %7.3f  %7.3f  %7.3f"), size=3),
    Column("label_type", "label type (ASL)            (imagekey!)", "integer", ("", "", "", " %2d"), default=1),
)  # fmt: skip
"""All columns of V3 to V4.2 in the order of the file."""

CONTRAST_COLUMNS: tuple[Column, ...] = (
    Column("contrast_bolus_agent", "contrast bolus agent", "string", ("", "", "", " %s"), default="-"),
    Column("contrast_bolus_route", "contrast bolus route", "string", ("", "", "", " %s"), default="-"),
    Column("contrast_bolus_volume", "contrast bolus volume", "string", ("", "", "", " %s"), default="-"),
    Column("contrast_bolus_start_time", "contrast bolus start time", "string", ("", "", "", " %s"), default="-"),
    Column("contrast_bolus_total_dose", "contrast bolus total dose", "float", ("", "", "", " %.2f")),
    Column("contrast_bolus_ingredient", "contrast bolus ingredient", "string", ("", "", "", " %s"), default="-"),
    Column("contrast_bolus_concentration", "contrast bolus ingredient concentration", "float", ("", "", "", " %.2f")),
)
"""What later V4.2 exports have behind the label type."""

BY_NAME = {column.name: column for column in (*COLUMNS, *CONTRAST_COLUMNS)}
"""Every column by the name of its field."""


def columns_of(version: str, *, contrast: bool = False) -> tuple[Column, ...]:
    """The columns of a version, in the order of the file."""
    found = tuple(column for column in COLUMNS if column.format_in(version))
    return (*found, *CONTRAST_COLUMNS) if contrast else found


def empty_table(count: int, *, contrast: bool = False) -> np.ndarray[Any, Any]:
    """A table of that many images in which every column has its default."""
    rows = (*COLUMNS, *CONTRAST_COLUMNS) if contrast else COLUMNS
    table = np.empty(count, np.dtype([row.field for row in rows]))
    for row in rows:
        table[row.name] = row.default
    return table
