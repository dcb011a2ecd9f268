"""Attributes of single-frame headers to the dimensions of an enhanced file, on literals."""

from __future__ import annotations

import numpy as np
import pytest

from dicome.classic.dimensions import enhanced_index
from tests.frames.making import Cell, frame_table

SLICE = "InStackPositionNumber"

CASES: dict[str, tuple[dict[str, list[Cell]], list[tuple[str, str]]]] = {
    # As in enhanced field maps of Philips (R5.3): the echo has no index of its own.
    "an echo that only follows the type": (
        {"EchoTime": [2.3, 4.6], "MRImageTypeMR": ["M", "P"]},
        [("ImageTypeMR", "MRImageTypeMR")],
    ),
    "each type of each echo": (
        {"EchoTime": [2.3, 2.3, 4.6, 4.6], "MRImageTypeMR": ["M", "P", "M", "P"]},
        [("ImageTypeMR", "MRImageTypeMR"), ("Effective Echo Time", "EffectiveEchoTime")],
    ),
    "directions that b-values follow, with types": (
        {
            "DiffusionBValue": [0.0, 1000.0, 1000.0] * 2,
            "DiffusionGradientOrientation": [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)] * 2,
            "MRImageTypeMR": ["M", "M", "M", "P", "P", "P"],
        },
        [
            ("ImageTypeMR", "MRImageTypeMR"),
            ("Diffusion b-Value", "DiffusionBValue"),
            ("Diffusion Gradient Orientation", "DiffusionGradientOrientation"),
        ],
    ),
    "trigger times that only follow the volumes": (
        {"TemporalPositionIdentifier": [1, 2], "TriggerTime": [0.0, 2000.0]},
        [("Temporal Position Index", "TemporalPositionIndex")],
    ),
    "heart phases": (
        {"TemporalPositionIdentifier": [1, 1], "TriggerTime": [300.0, 550.0], "MRImagePhaseNumber": [1, 2]},
        [("Trigger Delay Time", "NominalCardiacTriggerDelayTime")],
    ),
    "labels behind time": (
        {
            "MRImageLabelType": ["CONTROL", "LABEL", "CONTROL", "LABEL"],
            "TemporalPositionIdentifier": [1, 1, 2, 2],
        },
        [("Temporal Position Index", "TemporalPositionIndex"), ("Label Type", "MRImageLabelType")],
    ),
    "what has no twin comes last": (
        {"FlipAngle": [5.0, 15.0, 5.0, 15.0], SLICE: [1, 1, 2, 2]},
        [("In-Stack Position Number", SLICE), ("Flip Angle", "FlipAngle")],
    ),
    "one frame": ({"EchoTime": [2.3]}, []),
}


@pytest.mark.parametrize(("columns", "wanted"), CASES.values(), ids=CASES.keys())
def test_dimensions_have_the_names_and_order_of_enhanced_files(
    columns: dict[str, list[Cell]], wanted: list[tuple[str, str]]
) -> None:
    frames = len(next(iter(columns.values())))
    found = enhanced_index(frame_table(frames, dict(columns)))
    assert [(dimension.name, dimension.keyword) for dimension in found.dimensions] == wanted
    assert found.index.shape == (frames, len(wanted))
    assert len(np.unique(found.index, axis=0)) == frames
