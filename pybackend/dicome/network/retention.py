"""How long studies are kept: deleted by age and for space, but only what is settled and not pinned.

A study that is still arriving, or waits for one of its actions, stays whatever its age. Deleting is a move into the
trash under the lock of the state, so nothing can arrive in between; the trash is emptied afterwards, or at the next
start.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dicome.network.config import Retention
from dicome.network.recovery import TRASH
from dicome.network.state import FOLDER, State, Study

DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Expired:
    """A study to delete, and why. problem: why it could not be deleted, or ''."""

    study: Study
    reason: str
    problem: str = ""


def expired(studies: Sequence[Study], retention: Retention, now: float, free: int) -> list[Expired]:
    """What is to be deleted, the oldest first. studies: all, by last arrival; now: seconds since 1970; free: bytes."""
    found = []
    lacking = retention.keep_free - free
    for study in sorted(studies, key=lambda one: one.last):
        if study.state != "settled" or study.pinned:
            continue
        age = now - study.last
        if retention.retain is not None and age > retention.retain:
            found.append(Expired(study, f"arrived {age / DAY:.1f} days ago"))
        elif lacking > 0:
            found.append(Expired(study, f"{lacking:,} bytes are needed"))
        else:
            continue
        lacking -= study.size
    return found


def clean(root: Path, state: State, retention: Retention, now: float) -> list[Expired]:
    """Deletes what is to be deleted; what that was. One that cannot be deleted has a problem, and the others go."""
    due = expired(state.studies(), retention, now, shutil.disk_usage(root).free)
    return [gone for one in due if (gone := _tried(root, state, one)) is not None]


def _tried(root: Path, state: State, one: Expired) -> Expired | None:
    """What was deleted, or could not be; None where the study has become another since."""
    try:
        return one if delete(root, state, one.study) else None
    except OSError as problem:
        return replace(one, problem=problem.strerror or str(problem))


def delete(root: Path, state: State, study: Study) -> bool:
    """Deletes a study, unless it has become another since: whether it was. Raises OSError."""
    folder = root / study.uid
    trash = root / FOLDER / TRASH
    trash.mkdir(exist_ok=True)
    place = trash / uuid.uuid4().hex
    with state.transaction() as base:
        same = base.execute(
            "SELECT 1 FROM studies WHERE uid = ? AND state = 'settled' AND pinned = 0 AND last = ?",
            (study.uid, study.last),
        ).fetchone()
        if not same or folder.is_symlink() or folder.parent != root:
            return False
        if folder.exists():
            folder.rename(place)
        state.forget(study.uid)
    shutil.rmtree(place, ignore_errors=True)
    return True
