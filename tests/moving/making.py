"""Small DICOM files for the tests of moving, put together from a few values, and trees as what is in them."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from dicome.enhanced.encode import data_set, element
from dicome.moving.journal import FOLDER
from tests.support.files import part10

MR, ENHANCED, RAW = "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.66"
LONG_AGO = 1_600_000_000

Fields = dict[int, tuple[str, Any]]


def fields_of(study: Any = "1", series: int | None = 301, instance: int | None = 1, **other: Any) -> Fields:
    """Elements of a header by tag. other: values by keyword of `NAMED`; uid: of the object."""
    uid = other.pop("uid", f"1.2.3.{series}.{instance}")
    found: Fields = {
        0x00080016: ("UI", other.pop("sop_class", MR)),
        0x00080018: ("UI", uid),
        0x0020000D: ("UI", other.pop("study_uid", f"1.2.{study or 0}")),
        0x0020000E: ("UI", other.pop("series_uid", f"1.2.{study or 0}.{series or 0}")),
        0x00200010: ("SH", str(study)),
    }
    if series is not None:
        found[0x00200011] = ("IS", str(series))
    if instance is not None:
        found[0x00200013] = ("IS", str(instance))
    for name, value in other.items():
        tag, vr = NAMED[name]
        found[tag] = (vr, value)
    return found


NAMED = {
    "date": (0x00080020, "DA"),
    "time": (0x00080030, "TM"),
    "modality": (0x00080060, "CS"),
    "description": (0x00081030, "LO"),
    "patient": (0x00100010, "PN"),
    "history": (0x001021B0, "LT"),
    "protocol": (0x00181030, "LO"),
    "trigger": (0x00181060, "DS"),
    "phases": (0x00181090, "IS"),
    "echo": (0x00180086, "IS"),
    "echo_time": (0x00180081, "DS"),
    "acquisition": (0x00200012, "IS"),
    "position": (0x00200032, "DS"),
    "orientation": (0x00200037, "DS"),
    "dynamic": (0x00200100, "IS"),
    "dynamics": (0x00200105, "IS"),
    "frames": (0x00280008, "IS"),
}


def image(payload: int = 0, missing: int = 0, private: Fields | None = None, **fields: Any) -> bytes:
    """A classic image of 2 x 2 pixels that are ``payload``; missing: bytes that its end lacks."""
    header = fields_of(**fields) | (private or {})
    header |= {
        0x00280002: ("US", 1),
        0x00280004: ("CS", "MONOCHROME2"),
        0x00280010: ("US", 2),
        0x00280011: ("US", 2),
        0x00280100: ("US", 16),
        0x00280101: ("US", 16),
        0x00280102: ("US", 15),
        0x00280103: ("US", 0),
    }
    frames = int(fields.get("frames", 1))
    pixels = np.full(4 * frames, payload, "<u2").tobytes()
    body = data_set([(tag, *header[tag]) for tag in sorted(header)]) + element(0x7FE00010, "OW", pixels)
    content = part10(body)
    return content[: len(content) - missing]


def without_pixels(**fields: Any) -> bytes:
    """An object that is no image."""
    header = fields_of(**{"sop_class": RAW, **fields})
    return part10(data_set([(tag, *header[tag]) for tag in sorted(header)]))


def write(path: Path, content: bytes, when: float = LONG_AGO) -> Path:
    """A file that was written long ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (when, when))
    return path


def tree(folder: Path) -> dict[str, bytes]:
    """Bytes of all files below a folder by their path in it; journals left out."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in paths
        if FOLDER not in path.relative_to(folder).parts
    }


def contents(folder: Path) -> Counter[str]:
    """How often each content lies below a folder, journals and info files left out."""
    found = (
        hashlib.sha256(content).hexdigest()
        for name, content in tree(folder).items()
        if not content.startswith(b"PRIVACY: ")
    )
    return Counter(found)
