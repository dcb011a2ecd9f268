"""Repeats of one scan, as enhanced files and as folders of single-frame files."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pydicom

from dicome.image import Image, open_image
from dicome.phantom import write_phantom
from tests.classic.splitting import split

STUDY = "1.2.826.0.1.1"


def repeat(path: Path, number: int, *, add: int = 0, slope: float = 1.0, **other: Any) -> Path:
    """An enhanced repeat: stored values plus ``add``, slopes of Philips times ``slope``."""
    options: dict[str, Any] = {"rows": 6, "columns": 5, "slices": 3, "echoes": 2, **other}
    series = {
        "StudyInstanceUID": STUDY,
        "FrameOfReferenceUID": f"{STUDY}.5",
        "SeriesNumber": 301 + number,
        "SeriesInstanceUID": f"{STUDY}.{number}",
        "SOPInstanceUID": f"{STUDY}.{number}.1",
        "PatientID": "P",
    }
    options["series"] = {**series, **options.get("series", {})}
    write_phantom(path, **options)
    dataset = pydicom.dcmread(path)
    dataset.PixelData = (dataset.pixel_array + np.array(add, dataset.pixel_array.dtype)).tobytes()
    for element in dataset.iterall():
        if slope != 1 and element.tag.group == 0x2005 and element.tag.element & 0xFF == 0x0E and element.VR == "FL":
            element.value = element.value * slope
    dataset.save_as(path)
    return path


def classic(tmp_path: Path, number: int, add: int = 0, **other: Any) -> Path:
    path = repeat(tmp_path / f"e{number}.dcm", number, add=add, **other)

    class Like:
        pass

    like = Like()
    like.path = path  # type: ignore[attr-defined]
    folder = tmp_path / f"nex {number}"
    split(like, folder)  # type: ignore[arg-type]
    path.unlink()
    return folder


def opened(path: Path) -> Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return open_image(path)
