"""What stands beside a NIfTI file: the BIDS sidecar, and which volumes of an ASL scan are control and label.

Nothing that names the patient, and only what the frames of that file say. Keys of BIDS are spelt as there; what BIDS
has no key for begins with ``dicome_``.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from dicome import __version__
from dicome.dicom.dictionary import tag_of
from dicome.frames.scaling import KINDS
from dicome.writers.volumes import first_frames

if TYPE_CHECKING:
    from dicome.frames.labels import Axis
    from dicome.frames.table import Column
    from dicome.header import Header
    from dicome.image import Image
    from dicome.writers.timing import Timing

FIRST_FREE_DIMENSION = 4
"""NIfTI dimension (from 1) of the first axis behind the slices."""

_HEADER_KEYS = (
    ("Modality", "Modality"),
    ("Manufacturer", "Manufacturer"),
    ("ManufacturersModelName", "ManufacturerModelName"),
    ("MagneticFieldStrength", "MagneticFieldStrength"),
    ("SoftwareVersions", "SoftwareVersions"),
    ("SeriesDescription", "SeriesDescription"),
    ("ProtocolName", "ProtocolName"),
    ("SeriesNumber", "SeriesNumber"),
    ("MRAcquisitionType", "MRAcquisitionType"),
    ("PulseSequenceName", "PulseSequenceName"),
)
"""Key in the sidecar, field of the file's header."""

_TIMING, _MEASURES = "MRTimingAndRelatedParametersSequence.", "PixelMeasuresSequence."
_PRIVATE = "PrivatePerFrameSq."
_FRAME_KEYS = (
    ("SliceThickness", (_MEASURES + "SliceThickness", "SliceThickness"), 1.0),
    ("SpacingBetweenSlices", tuple(group + "SpacingBetweenSlices" for group in (_MEASURES, "", _PRIVATE)), 1.0),
    ("EchoTime", ("MREchoSequence.EffectiveEchoTime", _TIMING + "EchoTime", "EchoTime"), 1e-3),
    ("RepetitionTime", (_TIMING + "RepetitionTime", "RepetitionTime"), 1e-3),
    ("InversionTime", ("MRModifierSequence.InversionTimes", "InversionTime"), 1e-3),
    ("FlipAngle", (_TIMING + "FlipAngle", "FlipAngle"), 1.0),
)
"""Key in the sidecar, where the frames have it, factor to BIDS' unit (mm, s, degrees)."""

_COMPONENT = ("MRImageFrameTypeSequence.ComplexImageComponent", "ComplexImageComponent")
_PHASE_AXIS = ("MRFOVGeometrySequence.InPlanePhaseEncodingDirection", "InPlanePhaseEncodingDirection")
_VOXEL_AXIS = {"COLUMN": "j", "COL": "j", "ROW": "i"}
_SIEMENS_POSITIVE = "Private_0021_11fe.Private_0021_111c"
"""Siemens, Phase Encoding Direction Positive: 1 along the DICOM axis, 0 against it."""

_ASL_CONTEXT = (
    "MRArterialSpinLabelingSequence.ASLContext",
    "ASLContext",
    "PrivatePerFrameSq.MRImageLabelType",
    "MRImageLabelType",
)
_VOLUME_TYPES = {"CONTROL": "control", "LABEL": "label", "M_ZERO_SCAN": "m0scan"}
"""Code words of DICOM (PS3.3 C.8.13.5.14) and Philips in those of BIDS."""


@cache
def header_tags() -> frozenset[int]:
    """The attributes of the file's header that `sidecar` looks at."""
    fields = ("ImageType", "Manufacturer", *(field for _, field in _HEADER_KEYS))
    return frozenset(tag_of(field) for field in fields)


def sidecar(image: Image, header: Header, kind: str, time: Timing | None) -> str:
    """Text of the JSON file of an image, slices first.

    header: of the whole scan, of which `header_tags` count; kind: of the scaling; time: the axis in time.
    """
    found: dict[str, Any] = {}
    for key, field in _HEADER_KEYS:
        if header.get(field) is not None:
            found[key] = _plain(header[field])
    found["ImageType"] = _image_type(image, header)
    for key, names, factor in _FRAME_KEYS:
        values = _distinct(image, image.frames.find(*names), factor)
        if values:
            found[key] = values[0] if len(values) == 1 else values
    if time is not None:
        found |= _volume_timing(found.pop("RepetitionTime", None), time)
    found |= _phase_encoding(image, str(header.get("Manufacturer")))
    found |= {"ConversionSoftware": "dicome", "ConversionSoftwareVersion": __version__}
    found["dicome_scale"] = {"kind": kind, "meaning": KINDS[kind]}
    found["dicome_dimensions"] = _dimensions(image, time)
    found["dicome_evidence"] = list(image.evidence)
    return json.dumps({key: value for key, value in found.items() if value != []}, indent=2, ensure_ascii=False) + "\n"


def asl_context(image: Image) -> str:
    """Text of the _aslcontext.tsv file, one line per volume in storage order; empty where no frame has a label."""
    column = image.frames.find(*_ASL_CONTEXT)
    first = first_frames(image)
    if column is None or column.values.dtype != object or not column.present[first[first >= 0]].any():
        return ""
    words = [str(column.values[k]).strip() if k >= 0 and column.present[k] else "" for k in first.tolist()]
    return "\n".join(["volume_type", *(_VOLUME_TYPES.get(word, "n/a") for word in words)]) + "\n"


def _plain(value: Any) -> Any:
    """A header value as JSON has it."""
    if isinstance(value, str):
        return value
    if np.ndim(value):
        return [_number(one) for one in np.asarray(value, np.float64).ravel().tolist()]
    return _number(float(value))


def _number(value: float) -> float | int | None:
    """Seven digits, as many as files keep; whole numbers without a point."""
    if not np.isfinite(value):
        return None
    short = float(f"{value:.7g}")
    return int(short) if short.is_integer() else short


def _distinct(image: Image, column: Column | None, factor: float) -> list[float | int | None]:
    """Different values that the image's frames have, in the order of its axes; 0 stands for none."""
    if column is None or column.values.dtype == object or column.values.ndim != 1:
        return []
    frames = image.ordering.grid.ravel(order="F")
    frames = frames[frames >= 0]
    values = column.values[frames[column.present[frames]]].astype(np.float64)
    return list(dict.fromkeys(_number(value * factor) for value in values[values != 0].tolist()))


def _words(image: Image, names: tuple[str, ...]) -> list[str]:
    """Different texts that the image's frames have."""
    column = image.frames.find(*names)
    if column is None or column.values.dtype != object:
        return []
    frames = image.ordering.grid[image.ordering.grid >= 0]
    return list(dict.fromkeys(str(one).strip() for one in column.values[frames[column.present[frames]]].tolist()))


def _image_type(image: Image, header: Header) -> list[str]:
    """Image Type of the file (of files, what they have in common), and what all frames show: MAGNITUDE, PHASE, ..."""
    # At the top level, as in classic files: Philips has another one in a private group.
    texts = _words(image, ("ImageType",)) if "ImageType" in image.frames.paths else [str(header.get("ImageType") or "")]
    same = takewhile(lambda words: len(set(words)) == 1, zip(*(text.split("\\") for text in texts), strict=False))
    components = _words(image, _COMPONENT)
    return [words[0] for words in same if words[0]] + (components if len(components) == 1 else [])


def _volume_timing(excitation: Any, time: Timing) -> dict[str, Any]:
    """In BIDS, Repetition Time is from volume to volume; that of an excitation has a key of its own."""
    key = "VolumeTiming" if time.times else "RepetitionTime"
    result = {key: [_number(one) for one in time.times] or _number(time.step)}
    same = isinstance(excitation, (int, float)) and abs(time.step - excitation) <= 1e-3 * time.step
    return result if same or excitation is None else result | {"RepetitionTimeExcitation": excitation}


def phase_encoding_axis(image: Image) -> str:
    """Voxel axis of the phase encoding, 'i' or 'j'; '' where the frames do not tell one."""
    words = _words(image, _PHASE_AXIS)
    return _VOXEL_AXIS.get(words[0], "") if len(words) == 1 else ""


def _phase_encoding(image: Image, manufacturer: str) -> dict[str, str]:
    """Along a voxel axis of the file, whose rows run upwards; the sign where the file tells it."""
    axis = phase_encoding_axis(image)
    if not axis:
        return {}
    positive = image.frames.find(_SIEMENS_POSITIVE) if "siemens" in manufacturer.lower() else None
    signs = set() if positive is None or not positive.present.all() else set(positive.values.tolist())
    if len(signs) != 1 or not signs <= {0, 1}:
        return {"PhaseEncodingAxis": axis}
    forward = signs == {1} if axis == "i" else signs == {0}
    return {"PhaseEncodingDirection": axis if forward else f"{axis}-"}


def _dimensions(image: Image, time: Timing | None) -> list[dict[str, Any]]:
    """What the dimensions behind the slices are."""
    result = []
    slices = sum(axis.role == "slice" for axis in image.axes)
    for number, axis in enumerate(image.axes[slices:], FIRST_FREE_DIMENSION):
        described = {"dimension": number, "name": axis.name, "unit": axis.unit, **_positions(axis)}
        if time is not None and time.axis == number - FIRST_FREE_DIMENSION + slices:
            described |= {"step": _number(time.step), "step_unit": "s", "step_from": time.source}
        result.append(described)
    return result


def _positions(axis: Axis) -> dict[str, Any]:
    if axis.values is None:
        return {"labels": list(axis.labels)}
    rows = [[_number(one) for one in row] for row in axis.values.reshape(len(axis), -1).tolist()]
    values = [row[0] for row in rows] if axis.values.ndim == 1 else rows
    return {"labels": list(axis.labels), "values": values}
