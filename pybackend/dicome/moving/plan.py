"""The plan of a run: what would go where, and what would stay and why. Data only; nothing here touches a disk."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from dicome.moving.options import MoveOptions

LEFT = {
    "recent": "written a moment ago, maybe still arriving; run again when the transfer has ended",
    "incomplete": "has less pixel data than its header says; fetch it again",
    "identical": "the same bytes as a file that is there already",
    "in place": "lies where it belongs already",
    "not DICOM": "is no DICOM file",
    "link": "is a link, which is not followed",
    "unreadable": "cannot be read",
    "changed": "changed while the files were looked at or moved",
    "gone": "is not there any more",
    "taken": "its place was taken meanwhile",
    "failed": "could not be moved",
}
"""Why a file stays where it is."""

PROBLEMS = frozenset(("recent", "incomplete", "unreadable", "changed", "gone", "taken", "failed"))
"""Reasons that somebody should look into."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file and its new path, both absolute. size, modified (ns): by which it is known again.

    note: '' or what is odd about the name (another file has it already).
    """

    source: str
    target: str
    size: int
    modified: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A file that stays: a reason of `LEFT`, and more words where there are some (the file it equals)."""

    path: str
    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {LEFT[self.reason]}" + (f" ({self.detail})" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Info:
    """An info file to be written: where, and what it says (which may name the patient)."""

    target: str
    text: str


@dataclass(frozen=True, slots=True)
class SeriesMoves:
    """The files of one series. number, description, modality: as its first header has them.

    parts: what the parts of the names are, ('slice', 'dynamic'). folder: where they go.
    """

    uid: str
    number: int | None
    description: str
    modality: str
    parts: tuple[str, ...]
    folder: str
    steps: Sequence[Step]
    info: Info | None = None


@dataclass(frozen=True, slots=True)
class StudyMoves:
    """The series of one study. destination: its directory; location: what the header asks for, and what came of it."""

    uid: str
    study_id: str
    patient_name: str
    patient_id: str
    date: str
    time: str
    description: str
    destination: str
    location: str
    series: tuple[SeriesMoves, ...]

    @property
    def steps(self) -> Iterator[Step]:
        """Of all series."""
        return (step for one in self.series for step in one.steps)

    @property
    def count(self) -> int:
        """Files to move."""
        return sum(len(one.steps) for one in self.series)

    @property
    def size(self) -> int:
        """Bytes to move."""
        return sum(step.size for step in self.steps)


@dataclass(frozen=True, slots=True)
class Plan:
    """All of a run: studies by date; bad: files with invalid headers, which go to ``bad``; left: files that stay.

    looked: number of files looked at. notes: what else should be told.
    """

    options: MoveOptions
    target: str
    studies: tuple[StudyMoves, ...]
    bad: tuple[Step, ...]
    left: tuple[Left, ...]
    looked: int
    notes: tuple[str, ...] = ()

    @property
    def steps(self) -> Iterator[Step]:
        """Every file that moves."""
        yield from (step for study in self.studies for step in study.steps)
        yield from self.bad

    @property
    def infos(self) -> Iterator[Info]:
        """Every info file."""
        return (one.info for study in self.studies for one in study.series if one.info is not None)

    @property
    def count(self) -> int:
        """Files to move."""
        return sum(study.count for study in self.studies) + len(self.bad)

    @property
    def size(self) -> int:
        """Bytes to move."""
        return sum(step.size for step in self.steps)

    def only(self, studies: Collection[str]) -> Plan:
        """The part of the plan for the studies of these UIDs; files with invalid headers stay in it."""
        return replace(self, studies=tuple(one for one in self.studies if one.uid in studies))

    def facts(self) -> dict[str, Any]:
        """The plan ready for JSON."""
        return {
            "options": options_facts(self.options),
            "target": self.target,
            "looked": self.looked,
            "files": self.count,
            "bytes": self.size,
            "studies": [_study_facts(one) for one in self.studies],
            "bad": [_step_facts(step) for step in self.bad],
            "left": [{"path": one.path, "reason": one.reason, "detail": one.detail} for one in self.left],
            "notes": list(self.notes),
        }


def options_facts(options: MoveOptions) -> dict[str, Any]:
    """The switches ready for JSON."""
    found = {one.name: getattr(options, one.name) for one in fields(options)}
    found["roots"] = None if options.roots is None else [str(root) for root in options.roots]
    return {name: str(value) if isinstance(value, Path) else value for name, value in found.items()}


def options_from(facts: dict[str, Any]) -> MoveOptions:
    """The switches from what `options_facts` gave, or a page sent; what is missing has its default."""
    given = dict(facts)
    for name in ("source", "destination"):
        if given.get(name) is not None:
            given[name] = Path(given[name])
    if given.get("roots") is not None:
        given["roots"] = tuple(map(Path, given["roots"]))
    return MoveOptions(**given)


def _study_facts(study: StudyMoves) -> dict[str, Any]:
    return {
        "uid": study.uid,
        "study_id": study.study_id,
        "patient_name": study.patient_name,
        "patient_id": study.patient_id,
        "date": study.date,
        "time": study.time,
        "description": study.description,
        "destination": study.destination,
        "location": study.location,
        "files": study.count,
        "bytes": study.size,
        "series": [
            {
                "uid": one.uid,
                "number": one.number,
                "description": one.description,
                "modality": one.modality,
                "parts": list(one.parts),
                "folder": one.folder,
                "info": one.info.target if one.info else None,
                "files": [_step_facts(step) for step in one.steps],
            }
            for one in study.series
        ],
    }


def _step_facts(step: Step) -> dict[str, Any]:
    return {"from": step.source, "to": step.target, "bytes": step.size, "note": step.note}
