"""Stored values to quantities, by hand."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from dicome.errors import ArgumentError
from dicome.frames.scaling import scaling
from dicome.frames.table import Column, FrameTable


def table_of(frames: int, **columns: Any) -> FrameTable:
    """A frame table of ready arrays; None in a list marks an absent value. `__` in a name stands for a dot."""

    def column(values: list[Any]) -> Column:
        present = np.array([v is not None for v in values])
        return Column(np.array([0.0 if v is None else v for v in values]), present)

    return FrameTable(frames, {k.replace("__", "."): partial(column, v) for k, v in columns.items()})


PHILIPS = {
    "PrivatePerFrameSq__MRScaleSlope": [2.0, 4.0],
    "PrivatePerFrameSq__MRScaleIntercept": [10.0, 0.0],
    "PixelValueTransformationSequence__RescaleSlope": [3.0, 5.0],
    "PixelValueTransformationSequence__RescaleIntercept": [-1.0, 0.0],
    "PrivatePerFrameSq__RescaleSlope": [30.0, 50.0],
    "PrivatePerFrameSq__RescaleIntercept": [7.0, 7.0],
}


def applied(table: FrameTable, kind: str | None, stored: float) -> list[float]:
    found = scaling(table, kind)
    values: list[float] = (stored * found.slope + found.intercept).tolist()
    return values


def test_philips_floating_point_is_the_default() -> None:
    table = table_of(2, **PHILIPS)
    assert scaling(table).kind == "fp"
    # FP = (PV - SI) / SS
    assert applied(table, None, 110.0) == [50.0, 27.5]


def test_display_value_comes_from_the_public_group() -> None:
    assert applied(table_of(2, **PHILIPS), "dv", 10.0) == [29.0, 50.0]


@pytest.mark.parametrize("name", ["pv", "none", "NoScale", "PV"])
def test_stored_values_stay(name: str) -> None:
    found = scaling(table_of(2, **PHILIPS), name)
    assert found.kind == "pv"
    assert found.is_identity


@pytest.mark.parametrize("broken", [[2.0, None], [2.0, 0.0], [2.0, float("nan")]])
def test_a_frame_without_scale_slope_falls_back_to_display_values(broken: list[float | None]) -> None:
    table = table_of(2, **{**PHILIPS, "PrivatePerFrameSq__MRScaleSlope": broken})
    assert scaling(table).kind == "dv"
    with pytest.raises(ArgumentError, match=r"'fp'.*not in every frame.*possible: dv, pv"):
        scaling(table, "fp")


def test_no_scaling_at_all_gives_stored_values() -> None:
    found = scaling(table_of(3))
    assert (found.kind, found.is_identity, len(found.slope)) == ("pv", True, 3)


def test_real_world_values() -> None:
    columns = {
        "RealWorldValueMappingSequence__RealWorldValueSlope": [0.5, 0.25],
        "RealWorldValueMappingSequence__RealWorldValueIntercept": [-1.0, 1.0],
    }
    assert applied(table_of(2, **columns), "rwv", 8.0) == [3.0, 3.0]


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(ArgumentError, match=r"unknown scale 'hu'.*fp, dv, rwv, pv, none"):
        scaling(table_of(1), "hu")
