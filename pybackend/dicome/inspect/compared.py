"""A comparison of files as text, CSV or JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from dicome.inspect.compare import Answer, Comparison
from dicome.inspect.render import csv_lines, pairs, table
from dicome.inspect.shown import ABSENT
from dicome.safetext import visible


def as_text(found: Comparison, width: int, full: bool = False, asked: Collection[str] | None = None) -> Iterator[str]:
    """First what is the same in all files, then a table of what differs.

    full: files by their whole path. asked: names that are told also where no file has them (default: all).
    """
    files = [row.file for row in found.rows]
    shown = files if full else short_names(files)
    same = {name: answer for name, answer in found.same.items() if answer is not None or asked is None or name in asked}
    if len(files) == 1:
        yield visible(files[0])
    elif same:
        yield f"the same in all {len(files):,} files"
    rows = [(f"  {name}", found.numbers[name], _text(answer)) for name, answer in same.items()]
    yield from pairs(rows, width)
    if not found.different:
        return
    if same:
        yield ""
    body = [
        [name, *(_text(row.answers.get(key)) for key in found.different)]
        for name, row in zip(shown, found.rows, strict=True)
    ]
    yield from table(["File", *found.different], body, width)


def _text(answer: Answer | None) -> str:
    return ABSENT if answer is None else answer.text


def short_names(files: Sequence[str]) -> list[str]:
    """The paths without the folder that all have in common."""
    if len(files) < 2:
        return list(files)
    parts = [file.split("/") for file in files]
    same = 0
    for names in zip(*(one[:-1] for one in parts), strict=False):
        if len(set(names)) > 1:
            break
        same += 1
    return ["/".join(one[same:]) for one in parts] if same > 1 or parts[0][0] else list(files)


def as_csv(found: Comparison) -> Iterator[str]:
    """One line per file, one column per attribute; absent ones are empty."""
    names = list(found.numbers)
    body = (
        [row.file, *(row.answers[name].text if name in row.answers else "" for name in names)] for row in found.rows
    )
    return csv_lines([["File", *names], *body])


def as_data(found: Comparison) -> dict[str, Any]:
    """For JSON: ``same``, ``different`` and ``files``, each with all its values; null where absent or empty."""
    return {
        "tags": found.numbers,
        "same": {name: None if answer is None else answer.data for name, answer in found.same.items()},
        "different": list(found.different),
        "files": [
            {"file": row.file, "values": {name: answer.data for name, answer in row.answers.items()}}
            for row in found.rows
        ],
    }
