"""One run of dcm_move on the command line: what is asked, shown and told."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from dicome.cli.progress import Progress
from dicome.cli.stopping import Stopping
from dicome.moving import (
    PROBLEMS,
    Left,
    MoveOptions,
    Outcome,
    Plan,
    Step,
    StudyMoves,
    apply_plan,
    finish_runs,
    plan_moves,
    undo,
    unfinished,
)
from dicome.safetext import json_text, visible

OK, PROBLEM, INTERRUPTED = 0, 1, 130
_SHOWN = 20
"""Files of one kind that are told one by one."""


class Session:
    """quiet: no progress, no summary. as_json: plan and result as JSON, and nothing else on stdout."""

    def __init__(self, quiet: bool, as_json: bool) -> None:
        self._quiet = quiet
        self._as_json = as_json
        self._unanswered = False

    # -- commands ----------------------------------------------------------------------------------------------------

    def show(self, options: MoveOptions) -> int:
        """What would be done."""
        waiting = [str(path) for path in unfinished(options.target)]
        plan = self._plan(options)
        if self._as_json:
            print(json_text({"unfinished": waiting, "plan": plan.facts()}))
            return self._code(plan, plan.left)
        for path in waiting:
            print(f"the run of {path} was not finished; it is finished before anything else")
        for study in plan.studies:
            print(_about(study))
            self._show_steps(study.steps)
            for info in (one.info for one in study.series if one.info):
                print(f"  info file -> {visible(info.target)}")
        if plan.bad:
            print(f"{_files(len(plan.bad))} with invalid headers")
            self._show_steps(plan.bad)
        for one in plan.left:
            print(visible(str(one)))
        self._notes(plan)
        print(f"{_files(plan.count)} of {plan.looked:,} would be {'copied' if options.copy else 'moved'}; nothing was")
        return self._code(plan, plan.left)

    def move(self, options: MoveOptions) -> int:
        """Finishes what an earlier run has left, then plans, asks and moves."""
        with Stopping() as stop:
            earlier = self._finish(options, stop)
        if stop():
            return INTERRUPTED
        plan = self._plan(options)
        if not self._as_json:
            self._notes(plan)
        chosen = plan if options.everything or not plan.count else self._asked(plan)
        with Stopping() as stop, Progress("moving", "bytes", quiet=self._quiet) as bar:
            outcome = apply_plan(chosen, bar, stop)
        self._tell(outcome.left, chosen)
        if self._as_json:
            print(json_text({"finished": [one.facts() for one in earlier], "plan": plan.facts(),
                             "result": outcome.facts()}))  # fmt: skip
        elif not self._quiet:
            print(_summary(chosen, outcome))
        if outcome.end == "stopped":
            return INTERRUPTED
        return PROBLEM if self._unanswered else self._code(chosen, outcome.left)

    def undo(self, journal: str) -> int:
        """Puts back what a run has moved."""
        with Stopping() as stop, Progress("putting back", "bytes", quiet=self._quiet) as bar:
            outcome = undo(journal, bar, stop)
        self._tell(outcome.left)
        if self._as_json:
            print(json_text(outcome.facts()))
        elif not self._quiet:
            rest = f"; {_files(len(outcome.left))} could not be, see {outcome.journal}" if outcome.left else ""
            print(f"{_files(outcome.done)} put back{rest}")
        if outcome.end == "stopped":
            _say("stopped; the same command again puts back the rest")
            return INTERRUPTED
        return PROBLEM if outcome.left else OK

    # -- parts -------------------------------------------------------------------------------------------------------

    def _finish(self, options: MoveOptions, stop: Stopping) -> list[Outcome]:
        if not unfinished(options.target):
            return []
        with Progress("finishing", "bytes", quiet=self._quiet) as bar:
            outcomes = finish_runs(options.target, bar, stop)
        for one in outcomes:
            what = "undo" if one.mode == "undo" else "run"
            _say(f"the {what} of {one.journal or options.target} had been cut short; finished it, {_files(one.done)}")
            self._tell(one.left)
        return outcomes

    def _plan(self, options: MoveOptions) -> Plan:
        with Progress("looking", "files", quiet=self._quiet) as bar:
            return plan_moves(options, bar)

    def _show_steps(self, steps: Iterable[Step]) -> None:
        for step in steps:
            about = f"  ({step.note})" if step.note else ""
            print(visible(f"  {step.source} -> {step.target}{about}"))

    def _notes(self, plan: Plan) -> None:
        for note in plan.notes:
            _say(note)

    def _tell(self, left: Sequence[Left], plan: Plan | None = None) -> None:
        """Tells what stays and what has got a number, some of each kind one by one."""
        for reason, count in Counter(one.reason for one in left).items():
            if reason not in PROBLEMS and reason != "identical":
                continue
            these = [one for one in left if one.reason == reason]
            for one in these[:_SHOWN]:
                _say(f"left alone: {visible(str(one))}")
            if count > _SHOWN:
                _say(f"left alone: {count - _SHOWN:,} more like this ({reason}); --json lists all")
        noted = [] if plan is None else [step for step in plan.steps if step.note]
        for step in noted[:_SHOWN]:
            _say(visible(f"{step.source} is now {step.target}: {step.note}"))
        if len(noted) > _SHOWN:
            _say(f"{len(noted) - _SHOWN:,} more got a number because their names were taken")

    def _code(self, plan: Plan, left: Iterable[Left]) -> int:
        return PROBLEM if plan.bad or any(one.reason in PROBLEMS for one in left) else OK

    # -- questions ---------------------------------------------------------------------------------------------------

    def _asked(self, plan: Plan) -> Plan:
        """The part of the plan that the user wants, study by study."""
        wanted: list[str] = []
        everything = False
        verb = "Copy" if plan.options.copy else "Rename" if plan.options.rename else "Move"
        for study in plan.studies:
            answer = (
                "y" if everything else self._ask(f"{_about(study)}\n{verb}? [y]es, [n]o, [a]ll that follow, [q]uit: ")
            )
            everything = everything or answer == "a"
            if answer in ("y", "a"):
                wanted.append(study.uid)
            if answer == "q":
                return replace(plan.only(wanted), bad=())
        bad = plan.bad
        if bad and not everything:
            question = f"{_files(len(bad))} with invalid headers -> {visible(plan.target)}/bad\n{verb}? [y]es, [n]o: "
            bad = bad if self._ask(question) in ("y", "a") else ()
        return replace(plan.only(wanted), bad=bad)

    def _ask(self, question: str) -> str:
        """The first letter of an answer: y, n, a or q; the end of the input is q."""
        while True:
            print(question, end="", file=sys.stderr, flush=True)
            line = sys.stdin.readline()
            if not line:
                print(file=sys.stderr)
                self._unanswered = True
                _say("no answer: nothing more is moved (-a moves without asking)")
                return "q"
            answer = line.strip().lower()[:1]
            if answer in ("y", "n", "a", "q"):
                return answer


def _about(study: StudyMoves) -> str:
    """A study in two lines."""
    when = " ".join(filter(None, (_date(study.date), _time(study.time))))
    who = f"{study.patient_name or 'no name'} ({study.patient_id or 'no ID'})"
    head = "  ".join(filter(None, (f"study {study.study_id or '-'}", when, who, study.description)))
    series = len({(one.number, one.folder) for one in study.series})
    size = f"{study.size / 1e6:,.1f} MB"
    return visible(f"{head}\n  {series} series, {_files(study.count)}, {size} -> {study.destination}", keep="\n")


def _date(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if len(text) == 8 and text.isdecimal() else text


def _time(text: str) -> str:
    return f"{text[:2]}:{text[2:4]}" if text[:4].isdecimal() and len(text) >= 4 else text


def _files(count: int) -> str:
    return f"{count:,} file{'' if count == 1 else 's'}"


def _summary(plan: Plan, outcome: Outcome) -> str:
    verb = "copied" if plan.options.copy else "renamed" if plan.options.rename else "moved"
    lines = [f"{_files(outcome.done)} {verb}"]
    if outcome.end == "stopped":
        lines[0] = f"stopped: {lines[0]} of {plan.count:,}; the same command again moves the rest"
    counts = Counter(one.reason for one in outcome.left)
    if counts:
        lines.append("left alone: " + ", ".join(f"{count:,} {reason}" for reason, count in counts.items()))
    if plan.bad:
        lines.append(f"with invalid headers: {len(plan.bad):,}, now in {visible(plan.target)}/bad")
    if any(True for _ in plan.infos) and outcome.done and outcome.end == "done":
        lines.append("info files were written: they may hold the patient's name (-i leaves them out)")
    if outcome.journal and outcome.done:
        lines.append(f"to put everything back: dcm_move --undo {_quoted(outcome.journal)}")
    return "\n".join(lines)


def _quoted(path: str) -> str:
    import shlex

    return shlex.quote(visible(path))


def _say(text: Any) -> None:
    print(f"dcm_move: {visible(str(text), keep=chr(10))}", file=sys.stderr)
