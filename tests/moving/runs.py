"""Plans of the folder that the fixture `root` makes, and what lies there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dicome.moving import MoveOptions, Plan, plan_moves
from tests.moving.making import tree


def planned(root: Path, **options: Any) -> Plan:
    given = {"source": root / "in", "recursive": True, "quiet_for": 0, **options}
    return plan_moves(MoveOptions(destination=given.pop("destination", root / "out"), **given))


def names(folder: Path) -> set[str]:
    return {name for name in tree(folder) if not name.endswith("info")}


ALL = {f"0001/0301/{k:04d}" for k in range(1, 6)}
