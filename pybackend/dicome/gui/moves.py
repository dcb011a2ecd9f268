"""dcm_move for the page: switches from fields and as a command line, plans that are kept, results ready for JSON."""

from __future__ import annotations

import secrets
import shlex
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import count
from pathlib import Path
from typing import Any

from dicome.errors import ArgumentError
from dicome.gui.jobs import JobMissingError
from dicome.gui.replies import path
from dicome.moving import LEFT, PROBLEMS, Left, MoveOptions, Outcome, Plan, options_from

LETTERS = {
    "source": "-s", "recursive": "-R", "modality": "-m", "everything": "-a", "copy": "-c", "rename": "-r",
    "flat": "-f", "uid_names": "-u", "suffix": "-d", "no_breakdown": "-n", "no_info": "-i", "ignore_location": "-l",
    "quiet_for": "--quiet-for",
}  # fmt: skip
"""The switch of every option; the destination has none, and roots are a matter of the configuration."""
MOST_PLANS = 4
MOST_LEFT = 500
"""Files that stay which are named."""


class Plans:
    """The plans that the page was shown last: what is run is exactly what was seen.

    Keys differ from those of any other server, for a page may outlive the one that it was shown a plan by.
    """

    def __init__(self) -> None:
        self._mark = secrets.token_hex(8)
        self._plans: OrderedDict[str, Plan] = OrderedDict()
        self._numbers = count(1)
        self._lock = threading.Lock()

    def add(self, plan: Plan) -> str:
        """Keeps a plan, and gives its key."""
        with self._lock:
            key = f"{self._mark}-{next(self._numbers)}"
            self._plans[key] = plan
            while len(self._plans) > MOST_PLANS:
                self._plans.popitem(last=False)
        return key

    def find(self, key: str) -> Plan:
        """A plan by its key. Raises JobMissingError."""
        try:
            return self._plans[key]
        except KeyError:
            raise JobMissingError("this plan is not kept any more; make it again") from None

    def take(self, key: str) -> Plan:
        """The same, once: a plan is not run twice."""
        plan = self.find(key)
        with self._lock:
            self._plans.pop(key, None)
        return plan


def command_line(chosen: MoveOptions) -> str:
    """The switches as dcm_move takes them; what has its default is left out."""
    words = ["dcm_move"]
    for one in fields(MoveOptions):
        value, letter = getattr(chosen, one.name), LETTERS.get(one.name)
        if letter is None or value == one.default:
            continue
        words += [letter] if value is True else [letter, f"{value:g}" if isinstance(value, float) else str(value)]
    if chosen.destination is not None:
        words += [str(chosen.destination)]
    return shlex.join(words)


def options_of(arguments: Mapping[str, Any]) -> MoveOptions:
    """The fields of the page; unknown ones and roots, which are the configuration's, are refused."""
    given = arguments.get("options")
    if not isinstance(given, dict):
        raise ArgumentError("options is missing in the request")
    known = {one.name: one for one in fields(MoveOptions) if one.name != "roots"}
    for name, value in given.items():
        if name not in known:
            raise ArgumentError(f"{name!r} is no option of dcm_move")
        if not _fits(name, value):
            raise ArgumentError(f"{name} is {value!r}, which it cannot be")
    found = {name: value for name, value in given.items() if value not in (None, "")}
    if "source" not in found:
        raise ArgumentError("choose a source folder")
    for name in ("source", "destination"):
        if name in found:
            found[name] = str(path(found, name))
    chosen = options_from(found)
    chosen.check()
    return chosen


def _fits(name: str, value: Any) -> bool:
    if name == "quiet_for":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if name in ("source", "destination", "modality"):
        return value is None or isinstance(value, str)
    return isinstance(value, bool)


def plan_facts(made: Plan) -> dict[str, Any]:
    """A plan without its files, of which there may be thousands; see `plan_files`."""
    studies = []
    for study in made.studies:
        facts = {
            name: getattr(study, name)
            for name in (
                "uid", "study_id", "patient_name", "patient_id", "date", "time", "description", "destination",
                "location",
            )
        }  # fmt: skip
        series = [
            {
                "number": one.number,
                "description": one.description,
                "modality": one.modality,
                "parts": one.parts,
                "folder": one.folder,
                "files": len(one.steps),
                "bytes": sum(step.size for step in one.steps),
                "notes": sum(bool(step.note) for step in one.steps),
                "info": one.info.target if one.info else None,
                "names": [Path(step.target).name for step in one.steps[:3]],
            }
            for one in study.series
        ]
        studies.append({**facts, "files": study.count, "bytes": study.size, "series": series})
    return {
        "target": made.target,
        "studies": studies,
        "bad": len(made.bad),
        "left": left_facts(made.left),
        "looked": made.looked,
        "files": made.count,
        "bytes": made.size,
        "notes": made.notes,
        "copy": made.options.copy,
        "everything": made.options.everything,
    }


def left_facts(left: Sequence[Left]) -> list[dict[str, Any]]:
    """The files that stay, by reason."""
    of: dict[str, list[Left]] = {}
    for one in left:
        of.setdefault(one.reason, []).append(one)
    return [
        {
            "reason": LEFT[reason],
            "problem": reason in PROBLEMS,
            "count": len(ones),
            "files": [{"path": one.path, "detail": one.detail} for one in ones[:MOST_LEFT]],
        }
        for reason, ones in of.items()
    ]


def outcome_facts(found: Outcome) -> dict[str, Any]:
    """What a run has done."""
    return {
        "journal": found.journal,
        "mode": found.mode,
        "files": found.done,
        "bytes": found.size,
        "end": found.end,
        "left": left_facts(found.left),
    }
