"""Axes from attributes alone, or where an index tells not all frames apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dicome.frames.dimensions import Dimension
from dicome.frames.infer import Indexed, inferred_index, separated_index
from dicome.frames.table import FrameTable
from tests.frames.making import (
    B_VALUE,
    ECHO,
    GRADIENT,
    GRADIENT_NUMBER,
    KIND,
    LABEL,
    ORIENTATION,
    POSITION,
    SEQUENCE,
    SLICE,
    STACK,
    TIME,
    TRIGGER,
    TYPE,
    Cell,
    dimensions,
    frame_table,
    pointers,
)

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def inferred(frames: int, columns: dict[str, Sequence[Cell]]) -> Indexed:
    return inferred_index(frame_table(frames, columns))


def found(indexed: Indexed) -> dict[str, list[int]]:
    """Index values of each dimension by its name."""
    names = [dimension.name for dimension in indexed.dimensions]
    assert len(set(names)) == len(names)
    return {name: column.tolist() for name, column in zip(names, indexed.index.T, strict=True)}


def test_slices_echoes_and_types() -> None:
    result = inferred(
        8,
        {
            STACK: ["1"] * 8,
            SLICE: [1, 2] * 4,
            TIME: [1] * 8,
            ECHO: [2.3, 2.3, 4.6, 4.6] * 2,
            TYPE: ["B0"] * 4 + ["M"] * 4,
            SEQUENCE: ["FFE"] * 8,
        },
    )
    assert found(result) == {
        "In-Stack Position Number": [1, 2, 1, 2, 1, 2, 1, 2],
        "Effective Echo Time": [1, 1, 2, 2, 1, 1, 2, 2],
        # In the order of the scanner's codes, not of the alphabet: M before B0.
        "ImageTypeMR": [2, 2, 2, 2, 1, 1, 1, 1],
    }
    assert result.notes == (
        f"axes inferred from In-Stack Position Number ({SLICE}), Effective Echo Time ({ECHO}) and ImageTypeMR ({TYPE})",
    )
    assert [dimension.unit for dimension in result.dimensions] == ["", "ms", ""]


def test_an_attribute_that_tells_nothing_new_is_left_out() -> None:
    # The scanning sequence says what the type says already.
    result = inferred(2, {TYPE: ["M", "B0"], SEQUENCE: ["FFE", "UNSPECIFIED"]})
    assert list(found(result)) == ["ImageTypeMR"]


def test_stacks_and_slices_are_numbers_even_as_text() -> None:
    result = inferred(3, {STACK: ["10", "9", "1"], SLICE: [1, 1, 1]})
    assert found(result) == {"Stack ID": [3, 2, 1]}


def test_time_and_label() -> None:
    result = inferred(4, {SLICE: [1] * 4, TIME: [1, 1, 2, 2], LABEL: ["LABEL", "CONTROL"] * 2})
    assert found(result) == {"Temporal Position Index": [1, 1, 2, 2], "Label Type": [2, 1, 2, 1]}


def test_trigger_delays_that_differ_between_slices_are_ranked_within_each() -> None:
    result = inferred(6, {SLICE: [1, 1, 1, 2, 2, 2], TRIGGER: [300.0, 550.0, 800.0, 381.0, 631.0, 881.0]})
    assert found(result) == {
        "In-Stack Position Number": [1, 1, 1, 2, 2, 2],
        "Nominal Cardiac Trigger Delay Time": [1, 2, 3, 1, 2, 3],
    }


def test_trigger_delays_that_slices_share_are_ranked_over_all() -> None:
    # Slice 2 lacks the first delay: its others keep their places.
    result = inferred(5, {SLICE: [1, 1, 1, 2, 2], TRIGGER: [0.0, 10.0, 20.0, 10.0, 20.0]})
    assert found(result)["Nominal Cardiac Trigger Delay Time"] == [1, 2, 3, 2, 3]


def test_diffusion() -> None:
    x, y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    result = inferred(
        4,
        {
            B_VALUE: [0.0, 1000.0, 1000.0, 1000.0],
            GRADIENT: [None, y, x, None],
            KIND: ["NONE", "DIRECTIONAL", "DIRECTIONAL", "ISOTROPIC"],
        },
    )
    # Directions have no order of their own: as they first occur, frames without one before.
    assert found(result) == {"Diffusion b-value": [1, 2, 2, 2], "Diffusion Gradient Orientation": [1, 2, 3, 1]}


def test_directions_are_ordered_by_their_number() -> None:
    x, y, z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    result = inferred(4, {GRADIENT: [z, x, None, y], GRADIENT_NUMBER: [3, 1, 65, 2]})
    assert found(result) == {"Diffusion Gradient Orientation": [3, 1, 4, 2]}


def test_two_measurements_without_weighting() -> None:
    # b-values 0 and 0.001 are two.
    assert found(inferred(3, {B_VALUE: [0.0, 0.001, 3000.0]})) == {"Diffusion b-value": [1, 2, 3]}


def test_numbers_that_differ_by_rounding_are_one() -> None:
    assert found(inferred(3, {ECHO: [2.3, 2.299999952316284, 4.6]}))["Effective Echo Time"] == [1, 1, 2]


def test_positions_along_the_normal() -> None:
    # No slice numbers: axial slices, listed from the top; one rounded differently.
    heights = [7.0, 4.0, 1.0, 7.0004, 4.0, 1.0]
    result = inferred(
        6,
        {
            POSITION: [(-1.0, 2.0, height) for height in heights],
            ORIENTATION: [AXIAL] * 6,
            ECHO: [1.0] * 3 + [2.0] * 3,
        },
    )
    assert found(result) == {
        "Image Position (Patient)": [3, 2, 1, 3, 2, 1],
        "Effective Echo Time": [1, 1, 1, 2, 2, 2],
    }


def test_positions_run_along_the_normal_of_their_own_orientation() -> None:
    # The normal of this coronal plane points to posterior: y grows with the rank.
    places = [(0.0, 0.0, 1.0), (0.0, 0.0, 2.0), (0.0, 9.0, 0.0), (0.0, 3.0, 0.0)]
    result = inferred(4, {POSITION: places, ORIENTATION: [AXIAL, AXIAL, CORONAL, CORONAL]})
    assert found(result) == {"Image Orientation (Patient)": [1, 1, 2, 2], "Image Position (Patient)": [1, 2, 2, 1]}


def test_positions_without_orientation() -> None:
    result = inferred(3, {POSITION: [(5.0, 0.0, 3.0), (5.0, 0.0, -3.0), (5.0, 0.0, 0.0)]})
    assert found(result) == {"Image Position (Patient)": [3, 1, 2]}


def test_a_classic_series_has_bare_keywords() -> None:
    result = inferred(
        4,
        {
            "ImagePositionPatient": [(0.0, 0.0, z) for z in (1.0, 2.0, 1.0, 2.0)],
            "ImageOrientationPatient": [AXIAL] * 4,
            "TemporalPositionIdentifier": [2, 2, 1, 1],
            "MRImageTypeMR": ["M"] * 4,
        },
    )
    assert found(result) == {
        "Image Position (Patient)": [1, 2, 1, 2],
        "Temporal Position Identifier": [2, 2, 1, 1],
    }


def test_slice_numbers_that_say_nothing() -> None:
    # A converter wrote position 1 into every frame; the slices come from the top.
    result = inferred(
        4,
        {
            SLICE: [1] * 4,
            POSITION: [(0.0, 0.0, z) for z in (9.0, 6.0, 9.0, 6.0)],
            ORIENTATION: [AXIAL] * 4,
            ECHO: [1.0, 1.0, 2.0, 2.0],
        },
    )
    assert found(result) == {"Effective Echo Time": [1, 1, 2, 2], "Image Position (Patient)": [2, 1, 2, 1]}
    assert [dimension.path for dimension in result.dimensions] == [ECHO, POSITION]


def test_private_geometry_is_never_used() -> None:
    private = "PrivatePerFrameSq.ImagePositionPatient"
    result = inferred(3, {private: [(0.0, 0.0, 1.0), (0.0, 0.0, 2.0), (0.0, 0.0, 3.0)]})
    assert list(found(result)) == ["Frame"]


def test_parallel_slices_beside_each_other() -> None:
    # Two breasts: the same positions along the normal, apart in the plane.
    places = [(x, 0.0, z) for x in (-80.0, 80.0) for z in (0.0, 3.0)]
    result = inferred(4, {POSITION: places, ORIENTATION: [AXIAL] * 4})
    assert len(np.unique(result.index, axis=0)) == 4


def test_nothing_known_keeps_the_file_order() -> None:
    result = inferred(3, {ECHO: [5.0] * 3})
    assert found(result) == {"Frame": [1, 2, 3]}
    assert result.notes == ("no attribute tells the frames apart: they keep their order in the file",)


def test_one_frame() -> None:
    result = inferred(1, {})
    assert result.index.shape == (1, 0)
    assert result.dimensions == ()


def test_times_are_the_last_resort() -> None:
    stamps = ["20240101100000", "20240101100002", "20240101100001", "20240101100003"]
    result = inferred(4, {SLICE: [1, 1, 2, 2], "FrameContentSequence.FrameAcquisitionDateTime": stamps})
    assert found(result) == {"In-Stack Position Number": [1, 1, 2, 2], "Frame Acquisition DateTime": [1, 2, 1, 2]}
    assert result.dimensions[1].role == "time"


def test_index_values_of_unknown_meaning_give_order_and_difference() -> None:
    # b-value and an order of directions that no attribute has; a third column that no attribute explains.
    x, y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    values = np.array([(2, 9, 1), (1, 9, 1), (2, 9, 2), (1, 9, 2)])
    result = inferred_index(frame_table(4, {GRADIENT: [x, y, x, y]}), values)
    assert found(result) == {"Diffusion Gradient Orientation": [2, 1, 2, 1], "Dimension 3": [1, 1, 2, 2]}
    assert result.dimensions[1].path is None


# --- an index that frames share --------------------------------------------------------------------------------------


def separated(table: FrameTable, rows: Sequence[tuple[int, ...]], made: tuple[Dimension, ...]) -> Indexed:
    return separated_index(np.array(rows), made, table)


def test_two_files_of_a_field_map() -> None:
    # Two echoes in two files, each frame with the same index values in both.
    rows = [(1, 1), (1, 2), (1, 1), (1, 2)]
    table = frame_table(4, {STACK: ["1"] * 4, SLICE: [1, 2, 1, 2], ECHO: [10.0, 10.0, 12.46, 12.46]})
    result = separated(table, rows, pointers(table, STACK, SLICE))
    assert found(result) == {
        "Stack ID": [1, 1, 1, 1],
        "In-Stack Position Number": [1, 2, 1, 2],
        "Effective Echo Time": [1, 1, 2, 2],
    }
    assert result.notes == (
        "4 frames have only 2 different index values: told apart by "
        "Effective Echo Time (MREchoSequence.EffectiveEchoTime)",
    )


def test_an_index_that_tells_all_apart_is_left_alone() -> None:
    rows = [(1, 0), (2, 5)]
    result = separated(frame_table(2, {ECHO: [1.0, 2.0]}), rows, dimensions("slice", "volume"))
    assert result.index.tolist() == [[1, 0], [2, 5]]
    assert result.notes == ()


def test_what_nothing_tells_apart_stays_together() -> None:
    result = separated(frame_table(2, {ECHO: [1.0, 1.0]}), [(1,), (1,)], dimensions("slice"))
    assert result.index.tolist() == [[1], [1]]
    assert result.notes == ()


@pytest.mark.parametrize(
    ("times", "ranks"), [(["3", "1", "2", "4"], [2, 1, 1, 2]), (["1", "1", "2", "2"], [1, 1, 2, 2])]
)
def test_times_separate_frames_of_one_position(times: list[str], ranks: list[int]) -> None:
    table = frame_table(4, {"FrameContentSequence.FrameAcquisitionDateTime": times})
    result = separated(table, [(1,), (2,), (1,), (2,)], dimensions("slice"))
    assert result.index[:, 1].tolist() == ranks
