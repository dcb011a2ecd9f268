"""The general information of a PAR file, as a table: one row per line, and how each version prints it.

`dicome.parrec.general_facts` says where a DICOM file has the values; here is only what the lines look like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from dicome.parrec.columns import VERSIONS


@dataclass(frozen=True, slots=True)
class Line:
    """One line ``.    label   :   value``: name of the value, label, formats by version ('' where it has none).

    kind: 'text', 'integer' or 'float'; size: numbers in the line, 0 for one or several. column: the field of the image
    table that says the same in versions that have it there. aliases: other labels seen.
    """

    name: str
    label: str
    kind: str
    formats: tuple[str, str, str, str]
    default: Any
    size: int = 1
    column: str = ""
    aliases: tuple[str, ...] = ()

    def format_in(self, version: str) -> str:
        """printf format of the value in that version."""
        return self.formats[VERSIONS.index(version)]


def _everywhere(format_: str) -> tuple[str, str, str, str]:
    return (format_, format_, format_, format_)


def _only_v3(format_: str) -> tuple[str, str, str, str]:
    return (format_, "", "", "")


_TWO, _THREE, _SIX = "%.2f  %.2f  %.2f", "%.3f  %.3f  %.3f", "%.6f  %.6f  %.6f"
_VECTOR = (_TWO, _TWO, _THREE, _THREE)
_FLAG = _everywhere("%d")

LINES: tuple[Line, ...] = (
    Line("patient_name", "Patient name", "text", _everywhere("%s"), ""),
    Line("examination_name", "Examination name", "text", _everywhere("%s"), ""),
    Line("protocol_name", "Protocol name", "text", _everywhere("%s"), ""),
    Line("examination_date_time", "Examination date/time", "text", _everywhere("%s"), ""),
    Line("series_type", "Series Type", "text", ("", "%s", "%s", "%s"), "Image   MRSERIES",
         aliases=("Series_data_type",)),
    Line("acquisition_nr", "Acquisition nr", "integer", _everywhere("%d"), 1),
    Line("reconstruction_nr", "Reconstruction nr", "integer", _everywhere("%d"), 1),
    Line("scan_duration", "Scan Duration [sec]", "float", _everywhere("%.10g"), 0.0),
    Line("max_cardiac_phases", "Max. number of cardiac phases", "integer", _everywhere("%d"), 1),
    Line("max_echoes", "Max. number of echoes", "integer", _everywhere("%d"), 1),
    Line("max_slices", "Max. number of slices/locations", "integer", _everywhere("%d"), 1),
    Line("max_dynamics", "Max. number of dynamics", "integer", _everywhere("%d"), 1),
    Line("max_mixes", "Max. number of mixes", "integer", _everywhere("%d"), 1),
    Line("patient_position", "Patient position", "text", ("", "%s", "%s", "%s"), ""),
    Line("preparation_direction", "Preparation direction", "text", ("", "%s", "%s", "%s"), ""),
    Line("pixel_bits", "Image pixel size [8 or 16 bits]", "integer", _only_v3("%d"), 16, column="pixel_bits"),
    Line("technique", "Technique", "text", _everywhere("%s"), ""),
    Line("scan_mode", "Scan mode", "text", _only_v3("%s"), ""),
    Line("scan_resolution", "Scan resolution  (x, y)", "integer", _everywhere("%d  %d"), (0, 0), 2),
    Line("scan_mode", "Scan mode", "text", ("", "%s", "%s", "%s"), ""),
    Line("scan_percentage", "Scan percentage", "integer", _only_v3("%.0f"), 100, column="scan_percentage"),
    Line("recon_resolution", "Recon resolution (x, y)", "integer", _only_v3("%d  %d"), (0, 0), 2,
         column="recon_resolution"),
    Line("number_of_averages", "Number of averages", "integer", _only_v3("%.0f"), 1, column="number_of_averages"),
    Line("repetition_time", "Repetition time [ms]", "float", _everywhere("%.3f  "), (0.0,), 0),
    Line("fov", "FOV (ap,fh,rl) [mm]", "float", _VECTOR, (0.0, 0.0, 0.0), 3),
    Line("slice_thickness", "Slice thickness [mm]", "float", _only_v3("%.2f"), 0.0, column="slice_thickness"),
    Line("slice_gap", "Slice gap [mm]", "float", _only_v3("%.2f"), 0.0, column="slice_gap"),
    Line("water_fat_shift", "Water Fat shift [pixels]", "float", ("%.2f", "%.2f", "%.3f", "%.3f"), 0.0),
    Line("angulation", "Angulation midslice(ap,fh,rl)[degr]", "float", _VECTOR, (0.0, 0.0, 0.0), 3),
    Line("off_centre", "Off Centre midslice(ap,fh,rl) [mm]", "float", _VECTOR, (0.0, 0.0, 0.0), 3),
    Line("flow_compensation", "Flow compensation <0=no 1=yes> ?", "integer", _FLAG, 0),
    Line("presaturation", "Presaturation     <0=no 1=yes> ?", "integer", _FLAG, 0),
    Line("cardiac_frequency", "Cardiac frequency", "integer", _only_v3("%d"), 0, column="cardiac_frequency"),
    Line("minimum_rr_interval", "Min. RR interval", "integer", _only_v3("%d"), 0, column="minimum_rr_interval"),
    Line("maximum_rr_interval", "Max. RR interval", "integer", _only_v3("%d"), 0, column="maximum_rr_interval"),
    Line("phase_encoding_velocity", "Phase encoding velocity [cm/sec]", "float",
         ("%.2f %.2f %.2f", "%.2f %.2f %.2f", _SIX, _SIX), (0.0, 0.0, 0.0), 3),
    Line("mtc", "MTC               <0=no 1=yes> ?", "integer", _FLAG, 0),
    Line("spir", "SPIR              <0=no 1=yes> ?", "integer", _FLAG, 0),
    Line("epi_factor", "EPI factor        <0,1=no EPI>", "integer", _everywhere("%d"), 1),
    Line("turbo_factor", "TURBO factor      <0=no turbo>", "integer", _only_v3("%d"), 0, column="turbo_factor"),
    Line("dynamic_scan", "Dynamic scan      <0=no 1=yes> ?", "integer", _FLAG, 0),
    Line("diffusion", "Diffusion         <0=no 1=yes> ?", "integer", _FLAG, 0),
    Line("diffusion_echo_time", "Diffusion echo time [ms]", "float", ("%.2f", "%.4f", "%.4f", "%.4f"), 0.0),
    Line("inversion_delay", "Inversion delay [msec]", "float", _only_v3("%.2f"), 0.0, column="inversion_delay"),
    Line("max_b_values", "Max. number of diffusion values", "integer", ("", "", "%d", "%d"), 1),
    Line("max_gradients", "Max. number of gradient orients", "integer", ("", "", "%d", "%d"), 1),
    Line("label_types", "Number of label types   <0=no ASL>", "integer", ("", "", "", "%d"), 0),
)  # fmt: skip
"""All lines of V3 to V4.2 in the order of the file; the scan mode stands elsewhere in V3, so it has two."""

V3_LABELS = {"repetition_time": "Repetition time [msec]", "diffusion_echo_time": "Diffusion echo time [msec]"}
"""Labels that V3 spells in another way."""


def lines_of(version: str) -> tuple[Line, ...]:
    """The lines of a version, in the order of the file."""
    return tuple(line for line in LINES if line.format_in(version))


def label_key(label: str) -> str:
    """A label without what differs between writers: case, blanks, punctuation, ms or msec."""
    key = re.sub(r"[^a-z0-9]", "", label.lower().replace("msec", "ms"))
    return "seriestype" if key == "seriesdatatype" else key


BY_LABEL = {label_key(line.label): line for line in LINES}
"""Lines by `label_key`."""
