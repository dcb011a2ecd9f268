"""A PAR file as the Enhanced MR header that the scanner would have sent: columns, values and dimensions by keyword.

They are what `dicome.enhanced` writes, so a PAR file can be opened through the same scanner, frame table and header
view as a DICOM file. Only what the PAR file says is in it: nothing is invented for attributes that it does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.dimensions import DIMENSIONS, Dimension
from dicome.enhanced.layouts import PHILIPS, Layout
from dicome.enhanced.template import Group, Row, Table
from dicome.parrec.codes import words
from dicome.parrec.geometry import Geometry, geometry
from dicome.parrec.head import series_values
from dicome.parrec.par import Par

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Enhanced:
    """frames: columns by keyword, one value per image in the order of the file, DimensionIndexValues among them.
    series: values of the whole file. dimensions: of the index values. notes: what the file left open.
    """

    frames: Columns
    series: Columns
    dimensions: tuple[Dimension, ...]
    notes: tuple[str, ...]


DIRECT: Mapping[str, str] = {
    "EchoNumbers": "echo_number",
    "TemporalPositionIndex": "dynamic_scan_number",
    "MRImagePhaseNumber": "cardiac_phase_number",
    "PercentSampling": "scan_percentage",
    "RescaleIntercept": "rescale_intercept",
    "RescaleSlope": "rescale_slope",
    "MRScaleSlope": "scale_slope",
    "WindowCenter": "window_center",
    "WindowWidth": "window_width",
    "SliceThickness": "slice_thickness",
    "MRfMRIStatusIndication": "fmri_status_indication",
    "EffectiveEchoTime": "echo_time",
    "MRImageDynamicScanBeginTime": "dyn_scan_begin_time",
    "MRImageDiffusionBFactor": "diffusion_b_factor",
    "NumberOfAverages": "number_of_averages",
    "FlipAngle": "image_flip_angle",
    "HeartRate": "cardiac_frequency",
    "LowRRValue": "minimum_rr_interval",
    "HighRRValue": "maximum_rr_interval",
    "EchoTrainLength": "turbo_factor",
    "PrivatePerFrameSq.InversionTime": "inversion_delay",
    "MRImageDiffBValueNumber": "b_value_number",
    "MRImageGradientOrientationNumber": "gradient_number",
    "ImagePlaneNumber": "slice_number",
}
"""Keyword of a column to the field of the PAR table that it is."""

CODED: Mapping[str, tuple[str, str]] = {
    "MRImageTypeMR": ("image_type_mr", "image type"),
    "MRImageScanningSequencePrivate": ("scanning_sequence", "scanning sequence"),
    "MRImageDisplayOrientation": ("display_orientation", "display orientation"),
    "MRImageTypeEDES": ("image_type_ed_es", "ed/es"),
    "AcquisitionContrast": ("contrast_type", "contrast"),
}
"""Keyword of a column to the field that holds the code of its word."""

KEYS: tuple[tuple[str, Callable[[NDArray[Any]], NDArray[Any]]], ...] = (
    ("dynamic", lambda images: images["dynamic_scan_number"]),
    ("phase", lambda images: images["cardiac_phase_number"]),
    ("b-value", lambda images: images["b_value_number"]),
    ("direction", lambda images: images["gradient_number"]),
    ("label", lambda images: images["label_type"] - 1),
    ("sequence", lambda images: images["scanning_sequence"]),
    ("type", lambda images: images["image_type_mr"]),
    ("echo", lambda images: images["echo_number"]),
)  # fmt: skip
"""Dimension to what numbers it, in the order in which the scanner lists dimensions."""

_COMPONENTS = {"M": "MAGNITUDE", "R": "REAL", "I": "IMAGINARY", "P": "PHASE"}
_KEPT = ("SpecificCharacterSet", "SOPClassUID", "Modality", "SamplesPerPixel", "PhotometricInterpretation",
         "PixelRepresentation", "Manufacturer")  # fmt: skip
"""Rows whose default says what every PAR file is."""


def enhanced_of(par: Par) -> Enhanced:
    """The columns, values and dimensions of a PAR file."""
    par, note = numbered(par)
    where = geometry(par)
    frames, series = _frames(par, where), series_values(par, where)
    dimensions, index = _dimensions(par, where)
    frames["DimensionIndexValues"] = index
    notes = (*par.notes, *((note,) if note else ()), *where.notes)
    return Enhanced(frames, series, dimensions, notes)


def par_layout() -> Layout:
    """The scanner's layout without what only the phantom makes up."""
    return replace(
        PHILIPS,
        head=_without_defaults(PHILIPS.head),
        groups=tuple(group for group in _without_defaults(PHILIPS.groups) if isinstance(group, Group)),
        defaults={"Manufacturer": "Philips"},
    )


def _without_defaults(table: Table | tuple[Group, ...]) -> Table:
    made: list[Row | Group] = []
    for entry in table:
        if isinstance(entry, Group):
            made.append(replace(entry, rows=_without_defaults(entry.rows)))
        else:
            made.append(entry if entry.keyword in _KEPT else replace(entry, default=None))
    return tuple(made)


def numbered(par: Par) -> tuple[Par, str]:
    """With numbers of b-values and gradients where the version has none and the other keys do not tell images apart."""
    if "b_value_number" in par.columns:
        return par, ""
    names = ("slice_number", "echo_number", "dynamic_scan_number", "cardiac_phase_number", "image_type_mr",
             "scanning_sequence")  # fmt: skip
    keys = np.column_stack([par.images[name] for name in names])
    if len(np.unique(keys, axis=0)) == len(keys):
        return par, ""
    images = par.images.copy()
    images["b_value_number"] = np.unique(images["diffusion_b_factor"], return_inverse=True)[1].reshape(-1) + 1
    images["gradient_number"] = _occurrence(np.column_stack([keys, images["b_value_number"]])) + 1
    note = f"{par.version} has no numbers of b-values and directions: taken from b-factors and from repetition"
    return replace(par, images=images), note


def _occurrence(rows: NDArray[Any]) -> NDArray[np.int64]:
    """How many equal rows went before each row."""
    code = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
    order = np.argsort(code, kind="stable")
    counts = np.bincount(code)
    result = np.empty(len(code), np.int64)
    result[order] = np.arange(len(code)) - np.repeat(np.cumsum(counts) - counts, counts)
    return result


def _frames(par: Par, where: Geometry) -> Columns:
    images = par.images
    columns: Columns = {keyword: images[name] for keyword, name in DIRECT.items()}
    columns |= {keyword: words(kind, images[name]) for keyword, (name, kind) in CODED.items()}
    slope = np.where(images["rescale_slope"] == 0, np.nan, images["rescale_slope"])
    columns["MRScaleIntercept"] = -images["rescale_intercept"] / slope + 0.0
    columns["MRScaleSlope"] = np.where(images["scale_slope"] == 0, np.nan, images["scale_slope"])
    columns["SpacingBetweenSlices"] = images["slice_thickness"] + images["slice_gap"]
    columns["PixelSpacing"] = images["pixel_spacing"][:, ::-1]
    columns["PrivatePerFrameSq.InstanceNumber"] = images["index_in_rec"] + 1
    columns["StackID"] = [str(number + 1) for number in where.stack.tolist()]
    columns["InStackPositionNumber"] = where.in_stack + 1
    first = where.first_pixels(par)
    columns["ImagePositionPatient"] = first.round(6) + 0.0
    # The private copy is the outer corner of that pixel, in every file of Philips.
    halves = images["pixel_spacing"][:, ::-1, None] / 2 * where.directions[:, :2]
    columns["PrivatePerFrameSq.ImagePositionPatient"] = (first - halves.sum(axis=1)).round(6) + 0.0
    columns["ImageOrientationPatient"] = np.concatenate([where.directions[:, 1], where.directions[:, 0]], axis=1)
    columns["ComplexImageComponent"] = [_COMPONENTS.get(word, "MIXED") for word in columns["MRImageTypeMR"]]
    if (images["trigger_time"] != 0).any() or par.general["max_cardiac_phases"] > 1:
        columns["NominalCardiacTriggerDelayTime"] = images["trigger_time"]
    if (images["label_type"] > 1).any() or par.general["label_types"]:
        columns["MRImageLabelType"] = words("label", np.maximum(images["label_type"], 1))
    return {**columns, **_diffusion(par)}


def is_diffusion(par: Par) -> bool:
    """Whether the images are diffusion weighted, or some of them."""
    varied = len(np.unique(par.images["diffusion_b_factor"])) > 1
    return bool(par.general["diffusion"]) or varied or bool((par.images["diffusion"] != 0).any())


def _diffusion(par: Par) -> Columns:
    """b-value, direction (LPS) and directionality; V4 has no directions."""
    if not is_diffusion(par):
        return {}
    images = par.images
    b_value, direction = images["diffusion_b_factor"], images["diffusion"][:, [2, 0, 1]]
    directed = (direction != 0).any(axis=1) & (b_value != 0)
    known = "diffusion" in par.columns
    kinds = np.where(directed, "DIRECTIONAL", np.where(b_value != 0, "ISOTROPIC", "NONE")).astype(object)
    if not known:
        kinds[b_value != 0] = None
    return {
        "DiffusionBValue": b_value,
        "DiffusionDirectionality": kinds.tolist(),
        "DiffusionGradientOrientation": [
            tuple(vector) if there else None
            for vector, there in zip(direction.tolist(), directed.tolist(), strict=True)
        ],
        **({f"DiffusionDirection{axis}": direction[:, k] for k, axis in enumerate("XYZ")} if known else {}),
    }


def _dimensions(par: Par, where: Geometry) -> tuple[tuple[Dimension, ...], NDArray[np.uint32]]:
    """Stack and slice, which scanners always list, and the keys that vary."""
    found = [("stack", where.stack + 1), ("slice", where.in_stack + 1)]
    found += [(name, values) for name, key in KEYS if np.ptp(values := key(par.images))]
    low = [np.minimum(values.min(), 0) for _, values in found]
    index = np.stack([values - least for (_, values), least in zip(found, low, strict=True)], axis=1)
    return tuple(DIMENSIONS[name] for name, _ in found), index.astype(np.uint32)
