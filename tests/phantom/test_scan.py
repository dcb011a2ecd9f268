"""The plan of a scan: axes worked out by hand, order of frames and index values as scanners have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dicome.errors import ArgumentError
from dicome.phantom import Options, write_phantom
from dicome.phantom.axes import echo_times
from dicome.phantom.diffusion import spread
from dicome.phantom.scan import plan

SLICE, TIME, ECHO = "In-Stack Position Number", "Temporal Position Index", "Effective Echo Time"
TYPE, SEQUENCE, LABEL = "ImageTypeMR", "Scanning Sequence", "Label Type"
B_VALUE, DIRECTION = "Diffusion b-Value", "Diffusion Gradient Orientation"


@pytest.mark.parametrize(
    ("options", "names", "shape"),
    [
        ({}, (SLICE,), (6,)),
        ({"slices": 1}, (), ()),
        ({"slices": 1, "dynamics": 2}, (TIME,), (2,)),
        ({"echoes": 2, "types": ("M", "P"), "dynamics": 3}, (SLICE, TIME, TYPE, ECHO), (6, 3, 2, 2)),
        ({"labels": 2, "dynamics": 3, "phases": 2}, (SLICE, TIME, "Trigger Delay Time", LABEL), (6, 3, 2, 2)),
        ({"types": ("M", "B0"), "echoes": 2}, (SLICE, ECHO, f"{SEQUENCE}/{TYPE}"), (6, 2, 2)),
        ({"types": ("M", "P", "B0")}, (SLICE, f"{SEQUENCE}/{TYPE}"), (6, 3)),
        ({"types": ("M", "M"), "sequences": ("SE", "FFE")}, (SLICE, SEQUENCE), (6, 2)),
        ({"b_values": (0, 500)}, (SLICE, B_VALUE), (6, 2)),
        ({"b_values": (500, 1000), "directions": 3}, (SLICE, B_VALUE, DIRECTION), (6, 2, 3)),
        ({"b_values": (800,), "directions": 3}, (SLICE, DIRECTION), (6, 3)),
        ({"b_values": (0, 800), "directions": 3, "dynamics": 2}, (SLICE, TIME, f"{B_VALUE}/{DIRECTION}"), (6, 2, 4)),
        ({"slices": (2, 2)}, ("Stack ID", SLICE), (2, 2)),
        ({"slices": (1, 3), "echoes": 2}, (f"Stack ID/{SLICE}", ECHO), (4, 2)),
        ({"repeats": 2, "echoes": 2}, (SLICE, ECHO, "Repeat"), (6, 2, 2)),
        ({"vendor": "canon", "echoes": 2, "dynamics": 3}, (TIME, ECHO, SLICE), (3, 2, 6)),
        ({"vendor": "siemens", "b_values": (0, 800), "directions": 3}, (SLICE, TIME), (6, 4)),
        ({"echoes": 2, "dynamics": 3, "swap_dimensions": True}, (SLICE, ECHO, TIME), (6, 2, 3)),
    ],
)
def test_axes(options: dict[str, Any], names: tuple[str, ...], shape: tuple[int, ...]) -> None:
    scan = plan(Options(**options))
    assert tuple(axis.name for axis in scan.axes) == names
    assert scan.items.shape == shape
    assert sorted(scan.items.reshape(-1)) == list(range(1, int(np.prod(shape)) + 1))


def labels(**options: Any) -> tuple[str, ...]:
    return plan(Options(**options)).axes[-1].labels


def test_labels() -> None:
    assert labels(slices=3) == ("1", "2", "3")
    assert labels(slices=3, gaps=True) == ("5", "8", "11")
    assert labels(echoes=3) == ("2.3", "4.6", "7.025")
    assert labels(phases=2) == ("300", "550")
    assert labels(labels=2) == ("CONTROL", "LABEL")
    assert labels(types=("P", "M")) == ("M", "P")
    assert labels(types=("M", "P"), private=False) == ("0", "3")
    assert labels(types=("M", "B0")) == ("FFE M", "UNSPECIFIED B0")
    assert labels(slices=(1, 2)) == ("1 1", "2 1", "2 2")


def test_merged_diffusion_runs_over_b_values_first() -> None:
    """b 0 has number 1, and both it and the trace the direction number after the last."""
    merged = plan(Options(b_values=(0, 700, 1000), directions=1, trace=True)).axes[-1]
    assert merged.labels == (
        f"700 {spread(1)[0][0]:g}/{spread(1)[0][1]:g}/0.5",
        f"1000 {spread(1)[0][0]:g}/{spread(1)[0][1]:g}/0.5",
        "0",
        "700 iso",
        "1000 iso",
    )
    assert merged.values[2:] == ((0.0, None), (700.0, None), (1000.0, None))


def test_directions_are_unit_vectors_apart_from_each_other() -> None:
    vectors = np.array(spread(12))
    assert np.allclose((vectors**2).sum(axis=1), 1)
    assert (np.abs(vectors @ vectors.T) - np.eye(12)).max() < 0.95
    assert (vectors == vectors.astype(np.float32)).all()


def test_echo_times_rise_unevenly() -> None:
    assert echo_times(Options(echoes=4)) == (2.3, 4.6, 7.025, 9.325)


@pytest.mark.parametrize(
    ("stop_after", "shape", "missing"),
    [
        (24, (6, 4), []),
        (16, (6, 3), [(4, 2), (5, 2)]),
        (18, (6, 3), []),
        (5, (5,), []),
        (1, (), []),
        (100, (6, 4), []),
    ],
)
def test_a_stopped_scan_lacks_the_last_slices_of_the_last_volume(
    stop_after: int, shape: tuple[int, ...], missing: list[tuple[int, int]]
) -> None:
    scan = plan(Options(dynamics=4, stop_after=stop_after))
    assert scan.items.shape == shape
    assert [tuple(one) for one in np.argwhere(scan.items == 0).tolist()] == missing
    assert scan.items.max() == min(stop_after, 24)


def test_a_stopped_multi_echo_scan_lacks_the_last_volumes_of_the_last_dynamic() -> None:
    items = plan(Options(slices=2, dynamics=3, echoes=2, stop_after=10)).items
    assert np.argwhere(items == 0).tolist() == [[0, 2, 1], [1, 2, 1]]


def test_volume_order_and_shuffled_order() -> None:
    assert plan(Options(slices=2, dynamics=2, frame_order="volume")).items.tolist() == [[1, 3], [2, 4]]
    assert plan(Options(slices=2, dynamics=2)).items.tolist() == [[1, 2], [3, 4]]
    shuffled = [plan(Options(dynamics=2, frame_order="shuffled", seed=seed)).items.tolist() for seed in (1, 1, 2)]
    assert shuffled[0] == shuffled[1] != shuffled[2]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"echoes": 0}, "echoes is 0; give 1 or more"),
        ({"rows": 1}, "rows x columns is 1 x 48"),
        ({"slices": ()}, r"slices is \(\)"),
        ({"slices": (2, 0)}, "slices is"),
        ({"labels": 1}, "labels is 1; give 0, or 2"),
        ({"types": ("X",)}, "types has 'X'; use one of: M, R, I, P, B0"),
        ({"types": ()}, "types is empty"),
        ({"types": ("M", "M")}, "repeat"),
        ({"types": ("M", "P"), "sequences": ("FFE",)}, "differ in length"),
        ({"sequences": ("XX",)}, "sequences has 'XX'"),
        ({"directions": 3}, "directions without b_values"),
        ({"b_values": (0, 1000), "trace": True}, "trace without directions"),
        ({"b_values": (0,), "directions": 3, "types": ("M", "B0")}, "several scanning sequences"),
        ({"vendor": "ge"}, "vendor has 'ge'; use one of: philips, siemens, canon"),
        ({"vendor": "siemens", "echoes": 2}, "siemens files have no dimension 'echo'"),
        ({"vendor": "canon", "types": ("P",)}, "canon files have no dimension 'type'"),
        ({"vendor": "canon", "b_values": (0, 1), "dynamics": 2}, "canon counts b-values as dynamics"),
        ({"vendor": "canon", "moved_blocks": True}, "moved_blocks"),
        ({"frame_order": "sorted"}, "frame_order has 'sorted'"),
        ({"dimension_index": "some"}, "dimension_index has 'some'"),
        ({"orientation": "AXIAL"}, "orientation has 'AXIAL'; use one of: TRA, SAG, COR"),
        ({"stop_after": 0}, "stop_after is 0"),
    ],
)
def test_options_that_cannot_be_carried_out(tmp_path: Path, options: dict[str, Any], found: str) -> None:
    with pytest.raises(ArgumentError, match=found):
        write_phantom(tmp_path / "a.dcm", **options)
    assert list(tmp_path.iterdir()) == []
