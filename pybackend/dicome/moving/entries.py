"""The lines of a journal, one by one: a run of any length is never in memory as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from dicome.errors import DamagedFileError


@dataclass(frozen=True, slots=True)
class Task:
    """One file of a run.

    action: 'move'; 'copy'; 'make' (moves a file that the run has written itself, an info file); 'remove' (of source,
    which the run that is undone has made; only if it is unchanged and, unless target is '', equal to the file there).
    size, modified (ns), inode: by which the file is known again. via: hidden name on the way, where another file has
    to leave the target first.
    """

    action: str
    source: str
    target: str
    size: int
    modified: int
    inode: int = 0
    via: str = ""


_FIELDS = tuple(one.name for one in fields(Task))


def line_of(task: Task) -> bytes:
    """The line of a task."""
    return line({name: value for name in _FIELDS if (value := getattr(task, name))})


def line(content: dict[str, Any]) -> bytes:
    """One line of a journal."""
    return json.dumps(content).encode() + b"\n"


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """What the lines of a journal hold; one that was cut off is none. Raises OSError, DamagedFileError."""
    with path.open("rb") as stream:
        for one in stream:
            if not one.endswith(b"\n"):
                return
            try:
                content = json.loads(one)
            except ValueError:
                raise damaged(path) from None
            if not isinstance(content, dict):
                raise damaged(path)
            yield content


def damaged(path: Path) -> DamagedFileError:
    """That it is no journal, as an error."""
    return DamagedFileError(f"{path}: is no journal of dcm_move, or a damaged one")


def task_of(content: dict[str, Any]) -> Task:
    """The task of a line. Raises TypeError."""
    return Task(**{"target": "", "size": 0, "modified": 0, **content})
