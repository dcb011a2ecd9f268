"""Moves and renames DICOM files by their headers: plan, apply, undo.

    plan = plan_moves(MoveOptions(source=Path("incoming"), recursive=True, destination=Path("sorted")))
    outcome = apply_plan(plan)                 # or plan.only([uid, ...])
    undo(outcome.journal)

`finish_runs` comes before a plan is made: it finishes what an earlier run was killed over.
"""

from dicome.moving.journal import unfinished
from dicome.moving.options import MODALITIES, QUIET_FOR, MoveOptions
from dicome.moving.plan import (
    LEFT,
    PROBLEMS,
    Info,
    Left,
    Plan,
    SeriesMoves,
    Step,
    StudyMoves,
    options_facts,
    options_from,
)
from dicome.moving.planning import plan_moves
from dicome.moving.run import Outcome, apply_plan, finish_runs
from dicome.moving.undo import undo

__all__ = [
    "LEFT",
    "MODALITIES",
    "PROBLEMS",
    "QUIET_FOR",
    "Info",
    "Left",
    "MoveOptions",
    "Outcome",
    "Plan",
    "SeriesMoves",
    "Step",
    "StudyMoves",
    "apply_plan",
    "finish_runs",
    "options_facts",
    "options_from",
    "plan_moves",
    "undo",
    "unfinished",
]
