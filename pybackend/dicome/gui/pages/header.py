"""dcminfo's tables: the fields of a file, the whole of it, what varies over frames and along axes, files compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from starlette.requests import Request

from dicome.errors import ArgumentError
from dicome.gui.replies import flag, number, path, paths, post, text
from dicome.listing import files_of

MOST_LINES = 20_000
"""Lines of a whole file that are sent."""
MOST_FILES = 500
"""Files that are compared."""
PAGE = 200
"""Frames of the table of frames that are sent at a time."""


def files(request: Request, arguments: Mapping[str, Any]) -> Any:
    """The files among some paths: those of folders in their place."""
    found = list(_files(paths(arguments)))
    return {"files": [str(one) for one in found[:MOST_FILES]], "more": max(len(found) - MOST_FILES, 0)}


def _files(given: Sequence[Path]) -> Iterable[Path]:
    for one in given:
        yield from files_of(one) if one.is_dir() else [one]


def fields(request: Request, arguments: Mapping[str, Any]) -> Any:
    """All fields of a file, each once."""
    from dicome.inspect.fields import fields as all_fields
    from dicome.inspect.opening import open_header

    file, damage = open_header(path(arguments, "path"))
    rows = [(one.number, one.vr, one.name, one.answer.text) for one in all_fields(file)]
    return {"rows": rows, "problem": None if damage is None else str(damage)}


def whole(request: Request, arguments: Mapping[str, Any]) -> Any:
    """A file from begin to end."""
    from dicome.inspect.opening import open_header
    from dicome.inspect.whole import whole as all_lines

    file, damage = open_header(path(arguments, "path"))
    lines = list(islice(all_lines(file), MOST_LINES + 1))
    rows = [(one.number, one.vr, one.name, one.value, one.level) for one in lines[:MOST_LINES]]
    cut = f"only the first {MOST_LINES:,} lines are shown" if len(lines) > MOST_LINES else None
    return {"rows": rows, "problem": cut if damage is None else str(damage)}


def frames(request: Request, arguments: Mapping[str, Any]) -> Any:
    """What all frames have in common, and a page of the table of what varies."""
    from dicome.image import open_image
    from dicome.inspect.over_frames import over_frames

    given, first = paths(arguments), max(number(arguments, "first", 1), 1) - 1
    series = text(arguments, "series", "") if arguments.get("series") else None
    found = over_frames(open_image(given[0] if len(given) == 1 else given, series=series))
    several = len(set(found.files)) > 1
    last = min(first + PAGE, len(found.files))
    rows = []
    for frame in range(first, last):
        values = [one.at(frame) for one in found.varying.values()]
        file = [Path(found.files[frame]).name] if several else []
        rows.append([str(frame + 1), *file, *("" if one is None else one.text for one in values)])
    return {
        "constant": [(name, value.text) for name, value in found.constant.items()],
        "names": ["Frame", *(["File"] if several else []), *found.varying],
        "rows": rows,
        "first": first + 1,
        "frames": len(found.files),
        "page": PAGE,
    }


def axes(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Per axis what varies along it alone."""
    from dicome.image import open_image
    from dicome.inspect.over_frames import along_axes

    given = paths(arguments)
    found, several = along_axes(open_image(given[0] if len(given) == 1 else given))
    tables = []
    for one in found:
        rows = [
            [str(k + 1), label, *("" if cells[k] is None else str(cells[k].text) for cells in one.columns.values())]  # type: ignore[union-attr]
            for k, label in enumerate(one.labels[:MOST_LINES])
        ]
        tables.append({"name": one.name, "unit": one.unit, "names": ["Position", "Label", *one.columns], "rows": rows})
    return {"axes": tables, "several": several}


def compare(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Files side by side: what all have in common, and what differs.

    ``everywhere``: all levels and frames. ``tags``: as dcminfo's -t takes them; without, all fields.
    """
    from dicome.inspect.compare import compare as compared
    from dicome.inspect.compare import read_row
    from dicome.inspect.compared import short_names
    from dicome.inspect.opening import open_header
    from dicome.inspect.tags import parse_tags

    chosen = list(_files(paths(arguments)))
    if len(chosen) > MOST_FILES:
        raise ArgumentError(f"{len(chosen):,} files; {MOST_FILES} are compared at a time")
    wanted = parse_tags(text(arguments, "tags", "") or "*")
    rows, numbers, problems = [], {}, []
    for one in chosen:
        file, damage = open_header(one)
        row, tags = read_row(file, wanted, flag(arguments, "everywhere"))
        rows.append(row)
        numbers.update(tags)
        problems += [] if damage is None else [str(damage)]
    found = compared(rows, numbers)
    different = [
        [numbers[name], name, *(row.answers[name].text if name in row.answers else None for row in found.rows)]
        for name in found.different
    ]
    same = [[numbers[name], name, None if answer is None else answer.text] for name, answer in found.same.items()]
    names = short_names([row.file for row in found.rows])
    return {"files": names, "different": different, "same": same, "problems": problems}


ROUTES = (
    post("/api/header/files", files),
    post("/api/header/fields", fields),
    post("/api/header/whole", whole),
    post("/api/header/frames", frames),
    post("/api/header/axes", axes),
    post("/api/header/compare", compare),
)
