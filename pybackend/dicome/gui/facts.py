"""What the page must know of an image before it shows a frame: axes with labels, scaling, geometry, what to warn of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.frames.labels import Axis
from dicome.gui.opened import Opened

_HEAD = (
    ("Patient", 0x00100010), ("Patient ID", 0x00100020), ("Study date", 0x00080020), ("Study", 0x00081030),
    ("Protocol", 0x00181030), ("Series", 0x00200011), ("Description", 0x0008103E), ("Series time", 0x00080031),
    ("Manufacturer", 0x00080070), ("Model", 0x00081090), ("Software", 0x00181020),
)  # fmt: skip
"""Attributes that tell a user which scan this is."""


def image_facts(opened: Opened) -> dict[str, Any]:
    """An image, ready for JSON."""
    image = opened.image
    stored = image.series.format
    files = image.series.files
    head = {name: text for name, tag in _HEAD if files and (text := files[0].text(tag))}
    return {
        "id": opened.key,
        "paths": [str(path) for path in opened.paths],
        "series": opened.series,
        "name": image.series.paths[0].name,
        "folder": str(image.series.paths[0].parent),
        "files": len(image.series.paths),
        "head": head,
        "rows": stored.rows,
        "columns": stored.columns,
        "samples": stored.samples,
        "stored": str(stored.dtype),
        "inverted": stored.photometric == "MONOCHROME1",
        "frames": image.frames.frame_count,
        "missing": int((image.ordering.grid < 0).sum()),
        "axes": [axis_facts(axis) for axis in image.axes],
        "sliceAxis": opened.slice_axis,
        "scale": image.scale,
        "scales": ["pv", *opened.scales],
        "evidence": [note for note in (*image.evidence, image.evidence_of_affine) if note],
        "warnings": list(image.warnings),
    }


def axis_facts(axis: Axis) -> dict[str, Any]:
    """An axis. values: numbers for curves, null where labels are no numbers."""
    plain = axis.values is not None and axis.values.ndim == 1 and bool(np.isfinite(axis.values).all())
    return {
        "name": axis.name,
        "size": len(axis),
        "labels": list(axis.labels),
        "values": axis.values if plain else None,
        "unit": axis.unit,
        "role": axis.role,
    }


def stack_facts(opened: Opened, numbers: NDArray[np.int64]) -> dict[str, Any]:
    """Of some frames (0-based, -1 = missing): their 1-based numbers, and slope and intercept of every scale."""
    there = np.clip(numbers, 0, None)
    scales = {
        kind: {"slope": scale.slope[there], "intercept": scale.intercept[there]}
        for kind, scale in opened.scales.items()
    }
    return {"frames": numbers + 1, "scales": scales}


def frame_geometry(opened: Opened, number: int) -> dict[str, Any] | None:
    """Where one frame lies (LPS, mm): position of its first pixel, directions of rows and columns, pixel spacing."""
    found = opened.geometry
    if found is None or number < 0:
        return None
    return {
        "position": found.position[number],
        "directions": found.directions[number],
        "spacing": found.spacing[number],
    }
