"""An enlarged file against its source, both read by pydicom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pydicom

from tests.benchmarks.enlarge import enlarge

if TYPE_CHECKING:
    from pathlib import Path


def test_every_dynamic_repeats_the_first(corpus: Path, tmp_path: Path) -> None:
    source = corpus / "enhanced/nitest-balls1/DICOM/T2_.dcm"
    target = tmp_path / "three.dcm"
    assert enlarge(source, target, 3) == (30, 80, 80)
    before, after = pydicom.dcmread(source), pydicom.dcmread(target)
    assert after.NumberOfFrames == 30
    assert len(after.PerFrameFunctionalGroupsSequence) == 30
    contents = [item.FrameContentSequence[0] for item in after.PerFrameFunctionalGroupsSequence]
    # Stack, slice, dynamic
    indexes = [tuple(content.DimensionIndexValues) for content in contents]
    assert sorted(indexes) == sorted((1, slice_, dynamic) for slice_ in range(1, 11) for dynamic in (1, 2, 3))
    assert [content.TemporalPositionIndex for content in contents] == [index[2] for index in indexes]
    first = [
        number
        for number, item in enumerate(before.PerFrameFunctionalGroupsSequence)
        if item.FrameContentSequence[0].DimensionIndexValues[2] == 1
    ]
    frames = before.pixel_array[first].astype(int)
    added = after.pixel_array.astype(int).reshape(3, 10, 80, 80) - frames
    assert np.unique(added).tolist() == [0, 1, 2]
