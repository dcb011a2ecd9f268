"""The report of a batch: one row per series, bad file and copy, as CSV for people and JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dicome.beside import written_beside

REPORT = "dicome-batch"
"""Name of the two files, without suffix."""

STATES = ("converted", "there", "copy", "waiting", "failed")
"""Done now, done by an earlier run, the same bytes as another file, not reached when the run was stopped, not done."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report. input: paths; output: paths below OUT_DIR; size: bytes of the input; shape: of the image
    (rows, columns, axes); seconds: reading and writing; error and note: '' where there is none.
    """

    state: str
    input: Sequence[str]
    output: Sequence[str] = ()
    shape: Sequence[int] = ()
    size: int = 0
    seconds: float = 0.0
    error: str = ""
    note: str = ""
    stem: str = ""


def counted(rows: Iterable[Row]) -> dict[str, int]:
    """Rows of each state that occurs, in the order of `STATES`."""
    found = Counter(row.state for row in rows)
    return {state: found[state] for state in STATES if found[state]}


def as_json(rows: Iterable[Row]) -> str:
    """The rows as JSON, by input."""
    listed = [{name: value for name, value in asdict(row).items() if name != "stem"} for row in _sorted(rows)]
    return json.dumps({"summary": counted(rows), "series": listed}, indent=1)


def as_csv(rows: Iterable[Row]) -> str:
    """The rows as CSV, by input; of several input files the first and their number."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(["state", "input", "files", "output", "shape", "seconds", "error", "note"])
    for row in _sorted(rows):
        shape = " x ".join(map(str, row.shape))
        output = "; ".join(row.output)
        table.writerow([row.state, row.input[0], len(row.input), output, shape, row.seconds, row.error, row.note])
    return stream.getvalue()


def write_report(out: Path, rows: Sequence[Row]) -> list[Path]:
    """Writes both files into a folder, in the place of those of an earlier run."""
    paths = []
    for suffix, text in ((".csv", as_csv(rows)), (".json", as_json(rows))):
        path = out / f"{REPORT}{suffix}"
        with written_beside(path, force=True) as temporary:
            # Names of files that are no UTF-8 must not end a run at its end.
            temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
        paths.append(path)
    return paths


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: tuple(row.input))
