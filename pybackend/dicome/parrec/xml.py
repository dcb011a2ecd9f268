"""XML/REC (PRIDE_V5) to a `Par`: the same facts as in a PAR file under other names, codes as words.

Names are compared without case and blanks, because releases spell them in different ways ('Aquisition Number').
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from dicome.errors import DamagedFileError, UnsupportedError
from dicome.parrec import general
from dicome.parrec.codes import numbers
from dicome.parrec.columns import BY_NAME, empty_table
from dicome.parrec.par import Par

AXES = ("AP", "FH", "RL")
LARGEST = 1e15
"""Greater numbers are damage."""

SERIES: Mapping[str, str] = {
    "Patient Name": "patient_name",
    "Examination Name": "examination_name",
    "Protocol Name": "protocol_name",
    "Series Data Type": "series_type",
    "Aquisition Number": "acquisition_nr",
    "Acquisition Number": "acquisition_nr",
    "Reconstruction Number": "reconstruction_nr",
    "Scan Duration": "scan_duration",
    "Max No Phases": "max_cardiac_phases",
    "Max No Echoes": "max_echoes",
    "Max No Slices": "max_slices",
    "Max No Dynamics": "max_dynamics",
    "Max No Mixes": "max_mixes",
    "Max No B Values": "max_b_values",
    "Max No Gradient Orients": "max_gradients",
    "No Label Types": "label_types",
    "Patient Position": "patient_position",
    "Preparation Direction": "preparation_direction",
    "Technique": "technique",
    "Scan Mode": "scan_mode",
    "Repetition Times": "repetition_time",
    "Water Fat Shift": "water_fat_shift",
    "Flow Compensation": "flow_compensation",
    "Presaturation": "presaturation",
    "Phase Encoding Velocity": "phase_encoding_velocity",
    "MTC": "mtc",
    "SPIR": "spir",
    "EPI factor": "epi_factor",
    "Dynamic Scan": "dynamic_scan",
    "Diffusion": "diffusion",
    "Diffusion Echo Time": "diffusion_echo_time",
}
"""Name in Series_Info to the line of the general information; those of several numbers in one each are below."""

SERIES_PARTS: Mapping[str, tuple[str, ...]] = {
    "scan_resolution": ("Scan Resolution X", "Scan Resolution Y"),
    "fov": tuple(f"FOV {axis}" for axis in AXES),
    "angulation": tuple(f"Angulation {axis}" for axis in AXES),
    "off_centre": tuple(f"Off Center {axis}" for axis in AXES),
}
"""Line of the general information to the names of its numbers."""

IMAGES: Mapping[str, str] = {
    "Slice": "slice_number",
    "Echo": "echo_number",
    "Dynamic": "dynamic_scan_number",
    "Phase": "cardiac_phase_number",
    "BValue": "b_value_number",
    "Grad Orient": "gradient_number",
    "Label Type": "label_type",
    "Type": "image_type_mr",
    "Sequence": "scanning_sequence",
    "Index": "index_in_rec",
    "Pixel Size": "pixel_bits",
    "Scan Percentage": "scan_percentage",
    "Rescale Intercept": "rescale_intercept",
    "Rescale Slope": "rescale_slope",
    "Scale Slope": "scale_slope",
    "Window Center": "window_center",
    "Window Width": "window_width",
    "Slice Thickness": "slice_thickness",
    "Slice Gap": "slice_gap",
    "Display Orientation": "display_orientation",
    "fMRI Status Indication": "fmri_status_indication",
    "Image Type Ed Es": "image_type_ed_es",
    "Pixel Spacing": "pixel_spacing",
    "Echo Time": "echo_time",
    "Dyn Scan Begin Time": "dyn_scan_begin_time",
    "Trigger Time": "trigger_time",
    "Diffusion B Factor": "diffusion_b_factor",
    "No Averages": "number_of_averages",
    "Image Flip Angle": "image_flip_angle",
    "Cardiac Frequency": "cardiac_frequency",
    "Min RR Interval": "minimum_rr_interval",
    "Max RR Interval": "maximum_rr_interval",
    "TURBO Factor": "turbo_factor",
    "Inversion Delay": "inversion_delay",
    "Contrast Type": "contrast_type",
    "Diffusion Anisotropy Type": "diffusion_anisotropy_type",
    "Slice Orientation": "slice_orientation",
    "Contrast Bolus Agent": "contrast_bolus_agent",
    "Contrast Bolus Route": "contrast_bolus_route",
    "Contrast Bolus Volume": "contrast_bolus_volume",
    "Contrast Bolus Start Time": "contrast_bolus_start_time",
    "Contrast Bolus Total Dose": "contrast_bolus_total_dose",
    "Contrast Bolus Ingredient": "contrast_bolus_ingredient",
    "Contrast Bolus Ingredient Concentration": "contrast_bolus_concentration",
}
"""Name in Image_Info to the column of the table."""

IMAGE_PARTS: Mapping[str, tuple[str, ...]] = {
    "recon_resolution": ("Resolution X", "Resolution Y"),
    "image_angulation": tuple(f"Angulation {axis}" for axis in AXES),
    "image_offcentre": tuple(f"Offcenter {axis}" for axis in AXES),
    "diffusion": tuple(f"Diffusion {axis}" for axis in AXES),
}
"""Column of several numbers to the names of these."""

CODED = {
    **{name: column.codes for name, column in BY_NAME.items() if column.codes},
    "label_type": "label",
    "slice_orientation": "slice orientation",
}
"""Columns whose values are words in XML."""


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


_SERIES_BY_KEY = {_key(name): target for name, target in SERIES.items()}
_IMAGES_BY_KEY = {_key(name): target for name, target in IMAGES.items()}


def parse_xml(content: bytes, where: Path) -> Par:
    """The content of an XML/REC file. Raises DamagedFileError, UnsupportedError (another kind of XML)."""
    if b"<!DOCTYPE" in content[:65536] or b"<!ENTITY" in content[:65536]:
        raise UnsupportedError(f"{where}: an XML file with a document type; that of a scanner has none")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as problem:
        raise DamagedFileError(f"{where}: not well-formed XML ({problem}); is the file complete?") from problem
    if not root.tag.upper().startswith("PRIDE_V"):
        raise UnsupportedError(f"{where}: XML of kind {root.tag[:40]!r}; the XML beside a REC file is PRIDE_V5")
    series = {_key(str(one.get("Name"))): (one.text or "").strip() for one in root.iterfind("Series_Info/Attribute")}
    items = [_attributes(item) for item in root.iterfind("Image_Array/Image_Info")]
    if not items:
        raise DamagedFileError(f"{where}: no Image_Info; is the file complete?")
    images, columns = _table(items, where)
    return Par(where, "XML", _general(series, where), images, columns)


def _attributes(item: ElementTree.Element) -> dict[str, str]:
    return {_key(str(one.get("Name"))): (one.text or "").strip() for one in item.iter("Attribute")}


def _general(series: Mapping[str, str], where: Path) -> dict[str, Any]:
    lines = {line.name: line for line in general.LINES}
    values: dict[str, Any] = {line.name: line.default for line in general.LINES}
    for key, text in series.items():
        target = _SERIES_BY_KEY.get(key)
        if target is not None and text:
            values[target] = _value(lines[target], text, where)
    for target, parts in SERIES_PARTS.items():
        texts = [series.get(_key(name), "") for name in parts]
        if all(texts):
            values[target] = _value(lines[target], " ".join(texts), where)
    moment = [series.get(key, "") for key in ("examinationdate", "examinationtime")]
    values["examination_date_time"] = " / ".join(part for part in moment if part)
    # A Series Data Type such as PIXEL is another thing than the Series Type of PAR files.
    values["series_type"] = "Image   MRSERIES"
    return values


_FLAGS = {"Y": "1", "N": "0", "YES": "1", "NO": "0", "TRUE": "1", "FALSE": "0"}


def _value(line: general.Line, text: str, where: Path) -> Any:
    if line.kind == "text":
        return text
    try:
        found = [float(_FLAGS.get(word.upper(), word)) for word in text.split()]
        found = [int(number) for number in found] if line.kind == "integer" else found
    except (ValueError, OverflowError):
        found = []
    if len(found) < max(line.size, 1) or not all(abs(number) < LARGEST for number in found):
        raise DamagedFileError(f"{where}: {line.label} is {text[:40]!r}; expected a number")
    return found[0] if line.size == 1 else tuple(found[: line.size or len(found)])


def _table(items: Sequence[Mapping[str, str]], where: Path) -> tuple[NDArray[Any], tuple[str, ...]]:
    known = {key for item in items for key in item}
    contrast = any(_IMAGES_BY_KEY.get(key, "").startswith("contrast_bolus") for key in known)
    images = empty_table(len(items), contrast=contrast)
    found = set()
    for key, name in _IMAGES_BY_KEY.items():
        if key in known:
            images[name] = _column([item.get(key, "") for item in items], name, where)
            found.add(name)
    for name, parts in IMAGE_PARTS.items():
        keys = [_key(part) for part in parts]
        if known.issuperset(keys):
            images[name] = np.stack([_column([item.get(key, "") for item in items], name, where) for key in keys], 1)
            found.add(name)
    missing = {"slice_number", "index_in_rec", "recon_resolution"} - found
    if missing:
        raise DamagedFileError(f"{where}: Image_Info has no {' and no '.join(sorted(missing))}")
    return images, tuple(name for name in BY_NAME if name in found)


def _column(texts: Sequence[str], name: str, where: Path) -> NDArray[Any]:
    column = BY_NAME[name]
    if name in CODED and not all(text.lstrip("-").isdecimal() for text in texts):
        codes, unknown = numbers(CODED[name], texts)
        if unknown:
            raise UnsupportedError(f"{where}: {column.text} is {unknown[0]!r}, for which no code is known")
        return codes
    kind = np.dtype(column.field[1])
    if kind.kind == "O":
        return np.array([text or "-" for text in texts], object)
    count = 2 if name == "pixel_spacing" else 1
    bad = next((k for k, text in enumerate(texts) if not _is_numbers(text, count)), None)
    if bad is not None:
        raise DamagedFileError(f"{where}: {column.text} of image {bad + 1} is {texts[bad][:40]!r}; expected a number")
    values = np.array([[float(word) for word in text.split()] for text in texts])
    values = values if count > 1 else values[:, 0]
    return np.rint(values).astype(np.int64) if kind.kind == "i" else values


def _is_numbers(text: str, count: int) -> bool:
    try:
        found = [float(word) for word in text.split()]
    except ValueError:
        return False
    return len(found) == count and all(abs(number) < LARGEST for number in found)
