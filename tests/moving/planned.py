"""Plans of small trees, and what is in them, by names relative to source and destination."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dicome.moving import MoveOptions, Plan, plan_moves
from tests.moving.making import image, write

Make = Callable[..., Plan]


def planner(source: Path) -> Make:
    """Writes files into the source and plans; switches as `MoveOptions` has them."""

    def make(files: dict[str, bytes] | None = None, **options: Any) -> Plan:
        for name, content in (files or {}).items():
            write(source / name, content)
        given = {"source": source, "recursive": True, "roots": (), **options}
        if not given.get("rename"):
            given.setdefault("destination", source.parent / "target")
        return plan_moves(MoveOptions(**given))

    return make


def names(plan: Plan) -> dict[str, str]:
    """New paths below the destination by old paths below the source."""
    source = plan.options.source
    return {
        Path(step.source).relative_to(source).as_posix(): Path(os.path.relpath(step.target, plan.target)).as_posix()
        for step in plan.steps
    }


def left(plan: Plan) -> dict[str, str]:
    return {Path(one.path).name: one.reason for one in plan.left}


def slices(count: int, **fields: Any) -> dict[str, bytes]:
    """Images of an anatomic series, IM_1 at 0 mm first."""
    return {f"IM_{k}": image(study="7", instance=k, position=f"0\\0\\{k}", **fields) for k in range(1, count + 1)}
