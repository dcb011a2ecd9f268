"""Moving files: the plan of a run, the run, and its undoing. All of it is done by `dicome.moving`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.requests import Request

from dicome.errors import ArgumentError, DicomeError
from dicome.gui.jobs import Job, Jobs
from dicome.gui.moves import LETTERS, Plans, command_line, options_of, outcome_facts, plan_facts
from dicome.gui.replies import flag, get, number, path, post, text
from dicome.moving import MODALITIES, QUIET_FOR, Plan, Step, apply_plan, finish_runs, plan_moves, undo
from dicome.moving import journal as journals

PAGE = 200
"""Files of a plan that are shown at a time."""
MOST_JOURNALS = 20


def options(request: Request, arguments: Mapping[str, Any]) -> Any:
    """What the fields are."""
    return {"modalities": MODALITIES, "quiet_for": QUIET_FOR, "letters": LETTERS}


def command(request: Request, arguments: Mapping[str, Any]) -> Any:
    """The command line that does the same."""
    return {"command": command_line(options_of(arguments))}


def plan(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Begins to look at the files; the plan is the job's result."""
    chosen = options_of(arguments)
    jobs: Jobs = request.app.state.jobs
    plans: Plans = request.app.state.plans

    def work(job: Job) -> Any:
        made = plan_moves(chosen, lambda done: job.tell(done, note=f"{done:,} files"))
        unfinished = [str(one) for one in journals.unfinished(chosen.target)]
        return {**plan_facts(made), "key": plans.add(made), "unfinished": unfinished, "command": command_line(chosen)}

    return jobs.start(work).facts()


def plan_files(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Where files go: those of one series (``study``, ``series``, counted from 0), or of the bad ones."""
    plans: Plans = request.app.state.plans
    made = plans.find(text(arguments, "key"))
    steps = _steps(made, number(arguments, "study", -1), number(arguments, "series", -1))
    first = max(number(arguments, "first", 0), 0)
    shown = [{"from": one.source, "to": one.target, "note": one.note} for one in steps[first : first + PAGE]]
    return {"files": shown, "first": first, "count": len(steps)}


def _steps(made: Plan, study: int, series: int) -> Sequence[Step]:
    if study < 0:
        return made.bad
    try:
        return made.studies[study].series[series].steps
    except IndexError:
        raise ArgumentError("the plan has no such series") from None


def run(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Begins to carry out a plan: for the chosen ``studies``, and with ``bad`` for files with invalid headers."""
    plans: Plans = request.app.state.plans
    chosen = arguments.get("studies")
    if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
        raise ArgumentError("studies is no list of UIDs")
    made = plans.take(text(arguments, "key")).only(set(chosen))
    if not flag(arguments, "bad"):
        made = replace(made, bad=())
    return _begin(request, lambda job: outcome_facts(apply_plan(made, _telling(job), job.stop.is_set)))


def take_back(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Begins to put back what a run has moved: ``journal``, its file or a destination."""
    where = path(arguments, "journal")
    return _begin(request, lambda job: outcome_facts(undo(where, _telling(job), job.stop.is_set)))


def finish(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Begins to finish the runs into a destination that were killed."""
    where = path(arguments, "target")

    def work(job: Job) -> Any:
        return {"outcomes": [outcome_facts(one) for one in finish_runs(where, _telling(job), job.stop.is_set)]}

    return _begin(request, work)


def _begin(request: Request, work: Any) -> dict[str, Any]:
    jobs: Jobs = request.app.state.jobs
    return jobs.start(work).facts()


def _telling(job: Job) -> Any:
    def tell(done: float, total: float, note: str) -> None:
        # A run is stopped between two files, by `stop`; never in the middle of telling.
        job.done, job.total, job.note = done, total, note

    return tell


def runs(request: Request, arguments: Mapping[str, Any]) -> Any:
    """The journals in a destination, the latest first."""
    folder = path(arguments, "target") / journals.FOLDER
    found = sorted(folder.glob("*.jsonl"), key=lambda one: one.name, reverse=True)
    return {"runs": list(_runs(found[:MOST_JOURNALS]))}


def _runs(found: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for one in found:
        try:
            made = journals.read(one)
        except DicomeError as problem:
            yield {"journal": str(one), "problem": str(problem)}
            continue
        if made.mode != "undo":
            files = sum(task.action in ("move", "copy") for task in made.tasks)
            yield {
                "journal": str(one), "mode": made.mode, "started": made.started, "files": files,
                "end": made.end or "not finished", "source": str(made.options.get("source", "")),
            }  # fmt: skip


ROUTES = (
    get("/api/move/options", options),
    post("/api/move/command", command),
    post("/api/move/plan", plan),
    get("/api/move/files", plan_files),
    post("/api/move/run", run),
    post("/api/move/undo", take_back),
    post("/api/move/finish", finish),
    get("/api/move/runs", runs),
)
