"""Many series to one format: find, plan names, convert in several processes, put into place, report.

with open_journal(out) as journal:
    plan = plan_batch(folder, out, settings, journal)
    rows = run_batch(plan, journal, jobs=2)
    write_report(out, rows)

What an earlier run has finished is left as it is; two series never share a name; no file is ever replaced, but by
``redo`` those that a batch has written itself and nobody has changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any

from dicome.errors import ArgumentError, DicomeError
from dicome.files.convert import Job, Outcome, convert, died
from dicome.files.find import Findings, FoundSeries, Tell, find_series
from dicome.files.journal import FOLDER, Journal
from dicome.files.naming import Template, clash_key, numbered, parse_template, relative_name
from dicome.files.report import REPORT, Row
from dicome.files.workers import run_in_workers
from dicome.writers import writer

DEFAULT_NAME = "{PatientID}/{SeriesNumber:04d}_{SeriesDescription}"


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch converts. to: suffix of the format; name: template, see `dicome.files.naming`; incomplete: as in
    `dicome.open`; options: of the writers (`dicome.writers.Options`); redo: convert what is done once more.
    """

    to: str
    name: str = DEFAULT_NAME
    incomplete: str = "pad"
    options: dict[str, Any] = field(default_factory=dict)
    redo: bool = False

    @property
    def suffix(self) -> str:
        """With its dot, in lower case."""
        return "." + self.to.lower().lstrip(".")


@dataclass(frozen=True, slots=True)
class Entry:
    """One series of a plan. stem: path below OUT_DIR without suffix; done: its row, where an earlier run made it."""

    series: FoundSeries
    key: str
    stem: PurePosixPath
    note: str = ""
    done: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch is going to do."""

    out: Path
    settings: Settings
    findings: Findings
    entries: tuple[Entry, ...]

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """Entries that are not done yet."""
        return tuple(entry for entry in self.entries if entry.done is None)

    def target(self, entry: Entry) -> Path:
        """The file an entry is going to be."""
        return self.out / f"{entry.stem}{self.settings.suffix}"


def check_settings(settings: Settings) -> Template:
    """The template of the names; ArgumentError for a format that nobody writes or a name that cannot be."""
    if settings.suffix == "." or "/" in settings.to or "\\" in settings.to:
        raise ArgumentError(f"to is {settings.to!r}; expected a suffix such as mat or nii.gz")
    writer(Path(f"x{settings.suffix}"))
    return parse_template(settings.name)


def plan_batch(folder: Path, out: Path, settings: Settings, journal: Journal, tell: Tell | None = None) -> Plan:
    """Finds the series and gives each its name; nothing is written.

    tell: told the number of files looked at. Raises ArgumentError, FileMissingError.
    """
    template = check_settings(settings)
    # Results of an earlier run are no input; unless they lie among the inputs, which are looked at as ever.
    skip = () if out.resolve() == folder.resolve() else (out,)
    findings = find_series(folder, template.fields, skip=skip, tell=tell)
    keys = {one.files[0]: _key(one, folder, settings) for one in findings.series}
    # What is done keeps its name, so the names of the others are told apart from these.
    taken = {clash_key(PurePosixPath(REPORT))}
    taken |= {clash_key(done.row["stem"]) for done in journal.done.values() if done.is_whole(out)}
    entries = []
    for one in findings.series:
        key = keys[one.files[0]]
        done = journal.done.get(key)
        if done is not None and done.is_whole(out):
            kept = None if settings.redo else done.row
            entries.append(Entry(one, key, PurePosixPath(done.row["stem"]), done=kept))
        else:
            entries.append(_named(Entry(one, key, relative_name(template, one.values)), out, settings.suffix, taken))
    return Plan(out, settings, findings, tuple(entries))


def _key(series: FoundSeries, folder: Path, settings: Settings) -> str:
    """Equal for the same files, converted in the same way to the same name."""
    files = [(head.path.relative_to(folder).as_posix(), head.size, head.modified) for head in series.heads]
    how = (settings.suffix, settings.name, settings.incomplete, settings.options)
    return hashlib.sha256(json.dumps((files, how), sort_keys=True, default=str).encode()).hexdigest()


def _named(entry: Entry, out: Path, suffix: str, taken: set[str]) -> Entry:
    """The entry with the first name of its own: no other series has it, and no file."""
    for number in count(1):
        stem = numbered(entry.stem, number)
        if clash_key(stem) not in taken and not _there(out / f"{stem}{suffix}"):
            break
    taken.add(clash_key(stem))
    note = "" if number == 1 else f"{entry.stem}{suffix} is another file, so this one is {stem.name}{suffix}"
    return replace(entry, stem=stem, note=note)


def _there(path: Path) -> bool:
    """Whether a file of that name exists, in whatever upper and lower case."""
    if path.exists() or path.is_symlink():
        return True
    try:
        return any(clash_key(one.name) == clash_key(path.name) for one in path.parent.iterdir())
    except OSError:
        return False


def run_batch(
    plan: Plan, journal: Journal, jobs: int = 1, tell: Callable[[Row, int], None] | None = None
) -> Iterator[Row]:
    """Converts what is waiting and gives the row of every series, bad file and copy, as they come.

    Stopped early (Ctrl-C, or the iterator closed) it leaves no half files; the next run goes on.
    """
    del tell
    for entry in plan.entries:
        if entry.done is not None:
            yield Row(**{**entry.done, "state": "there"})
    yield from _bad_rows(plan.findings)
    waiting = plan.waiting
    tasks = (_job(plan, number, journal) for number in range(len(waiting)))
    results = run_in_workers(convert, tasks, max(jobs, 1), died)
    try:
        for outcome in results:
            yield _settled(plan, waiting[outcome.number], outcome, journal)
    finally:
        results.close()


def _bad_rows(findings: Findings) -> Iterator[Row]:
    for path, reason in findings.bad:
        yield Row("failed", (str(path),), error=reason)
    for path, other in findings.copies:
        yield Row("copy", (str(path),), note=f"the same as {other}, byte for byte")


def _job(plan: Plan, number: int, journal: Journal) -> Job:
    entry = plan.waiting[number]
    target = journal.work / str(number) / plan.target(entry).name
    return Job(number, entry.series.files, target, plan.settings.incomplete, plan.settings.options)


def _settled(plan: Plan, entry: Entry, outcome: Outcome, journal: Journal) -> Row:
    """Puts the files of an outcome into place; its row."""
    notes = "; ".join(note for note in (entry.note, *outcome.warnings) if note)
    row = Row("failed", tuple(map(str, entry.series.files)), shape=outcome.shape, seconds=outcome.seconds, note=notes)
    if outcome.error:
        return replace(row, error=outcome.error)
    if plan.settings.redo and entry.key in journal.done:
        for path in journal.done[entry.key].untouched(plan.out):
            path.unlink()
    ...
    return row
