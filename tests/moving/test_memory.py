"""How much memory a file takes, in the plan and in the run: a folder of a hospital holds hundreds of thousands."""

from __future__ import annotations

import gc
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from dicome.moving import MoveOptions, Plan, apply_plan, plan_moves
from tests.moving.making import image, write

FEW, MANY = 1024, 3072
PEAK, KEPT, RUN = 500, 200, 50
"""Bytes per file: at the peak of planning, in the plan, at the peak of the run beyond it; 270, 83 and 0 were seen."""


@pytest.fixture
def options(tmp_path: Path) -> Iterator[list[MoveOptions]]:
    """Of three folders, the first to warm up; memory is traced from here on."""
    made = [incoming(tmp_path / str(k), count) for k, count in enumerate((FEW, FEW, MANY))]
    tracemalloc.start()
    yield made
    tracemalloc.stop()


def incoming(folder: Path, count: int) -> MoveOptions:
    for k in range(count):
        uid = f"1.2.840.113619.2.{k:030d}"
        content = image(instance=k + 1, dynamic=k // 10 + 1, position=f"0\\0\\{k % 10}", uid=uid)
        write(folder / "in" / f"IM_{k:05d}", content)
    return MoveOptions(source=folder / "in", destination=folder / "out", quiet_for=0)


def planned(options: MoveOptions) -> tuple[int, int, Plan]:
    """Bytes that are kept, and at the peak."""
    before = tracemalloc.get_traced_memory()[0]

    def tell(done: int) -> None:
        """What is read of the last files, not what of the ones before happens to be there still."""
        if done % 512 == 0:
            gc.collect()
            tracemalloc.reset_peak()

    plan = plan_moves(options, tell)
    gc.collect()
    after, peak = tracemalloc.get_traced_memory()
    return after - before, peak - before, plan


def least(options: MoveOptions) -> tuple[int, int, Plan]:
    """The least of some runs: Python's own table of names grows by megabytes in whichever run it is full."""
    kept, peak, plans = zip(*(planned(options) for _ in range(3)), strict=True)
    return min(kept), min(peak), plans[0]


def moved(plan: Plan) -> int:
    """Bytes at the peak of the run beyond the plan."""
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    assert apply_plan(plan).done == plan.count
    return tracemalloc.get_traced_memory()[1] - before


def test_a_file_takes_few_bytes(options: list[MoveOptions]) -> None:
    moved(planned(options[0])[2])  # what is made once
    (kept_few, peak_few, few), (kept_many, peak_many, many) = (least(one) for one in options[1:])
    assert (few.count, many.count) == (FEW, MANY)
    more = MANY - FEW
    assert (peak_many - peak_few) / more < PEAK
    assert (kept_many - kept_few) / more < KEPT
    run_few, run_many = moved(few), moved(many)
    assert (run_many - run_few) / more < RUN, "the journal is written and read as a stream"


def test_steps_are_a_sequence(tmp_path: Path) -> None:
    options = incoming(tmp_path, 25)
    plan = plan_moves(options)
    ((series,),) = (study.series for study in plan.studies)
    steps = list(plan.steps)
    assert list(series.steps) == steps
    assert (len(series.steps), series.steps[-1]) == (25, steps[-1])
    assert list(series.steps[3:9:2]) == steps[3:9:2]
    assert [os.path.basename(one.source) for one in series.steps[:2]] == ["IM_00000", "IM_00001"]  # noqa: PTH119
    with pytest.raises(IndexError):
        series.steps[25]
