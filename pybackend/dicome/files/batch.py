"""Many series to one format: find, plan names, convert in several processes, put into place, report.

What an earlier run has finished is left as it is; two series never share a name; no file is ever replaced, but by
``redo`` those that a batch has written itself and nobody has changed since.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from dicome.errors import ArgumentError, DicomeError, FileExistsAlreadyError, FileMissingError
from dicome.files.cluster import check_scheduler
from dicome.files.convert import Job, Outcome, convert, died
from dicome.files.find import Findings, FoundSeries, Tell, find_series
from dicome.files.journal import Done, Journal, open_journal
from dicome.files.naming import Template, clash_key, numbered, parse_template, relative_name
from dicome.files.report import REPORT, Row, write_report
from dicome.files.taken import Taken
from dicome.files.workers import run_tasks
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
    """One series of a plan. base and number: its path below OUT_DIR without suffix, the latter where several would be
    called the same; done: its row, where an earlier run made it.
    """

    series: FoundSeries
    key: str
    base: PurePosixPath
    number: int = 1
    done: Row | None = None

    @property
    def stem(self) -> PurePosixPath:
        """Path below OUT_DIR without suffix."""
        return numbered(self.base, self.number)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch is going to do."""

    out: Path
    settings: Settings
    findings: Findings
    entries: tuple[Entry, ...]
    taken: Taken

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """Entries that are not done yet."""
        return tuple(entry for entry in self.entries if entry.done is None)

    def target(self, entry: Entry) -> Path:
        """The file an entry is going to be."""
        return self.out / f"{entry.stem}{self.settings.suffix}"

    def note(self, entry: Entry) -> str:
        """What to tell of the name of an entry."""
        if entry.number == 1:
            return ""
        suffix = self.settings.suffix
        return f"{entry.base}{suffix} is another series or file, so this one is {entry.stem.name}{suffix}"


def check_settings(settings: Settings) -> Template:
    """The template of the names; ArgumentError for a format that nobody writes or a name that cannot be."""
    if settings.suffix == "." or "/" in settings.to or "\\" in settings.to:
        raise ArgumentError(f"to is {settings.to!r}; expected a suffix such as mat or nii.gz")
    writer(Path(f"x{settings.suffix}"))
    return parse_template(settings.name)


def batch(
    folder: Path,
    out: Path,
    settings: Settings,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    looked: Tell | None = None,
    planned: Callable[[Plan], None] | None = None,
    done: Callable[[Row], None] | None = None,
) -> list[Row]:
    """Converts every series below a folder and writes the report, also when it is stopped; gives the report's rows.

    jobs: processes. scheduler: address of a Dask scheduler, whose workers convert instead; they must see the same files
    under the same absolute paths. looked: told the number of files looked at; planned: given the plan; done: given each
    row as it comes. A series that cannot be converted is a row. Raises ArgumentError, FileMissingError,
    FileAccessError, FileExistsAlreadyError before anything is written, and ClusterError where no scheduler answers; one
    that goes away ends the run as Ctrl-C does. As everything that starts processes, it must not run while a script is
    imported: call it below ``if __name__ == "__main__":``.
    """
    check_settings(settings)
    if not folder.is_dir():
        raise FileMissingError(f"{folder}: no such folder")
    if scheduler is not None:
        check_scheduler(scheduler)
        folder, out = folder.absolute(), out.absolute()  # workers are started elsewhere
    _check_report(out)
    with open_journal(out) as journal:
        plan = plan_batch(folder, out, settings, journal, looked)
        if planned is not None:
            planned(plan)
        left = dict(enumerate(plan.waiting))
        earlier = dict(journal.done)
        rows = []
        try:
            with closing(run_batch(plan, journal, max(jobs, 1) if scheduler is None else scheduler)) as results:
                for number, row in results:
                    left.pop(number, None)
                    rows.append(row)
                    if done is not None:
                        done(row)
        finally:
            rows.extend(_unreported(entry, earlier, journal) for entry in left.values())
            write_report(out, rows)
    return rows


def _unreported(entry: Entry, earlier: Mapping[str, Done], journal: Journal) -> Row:
    """The row of an entry that a stopped run has not come to, or has done without getting to say so."""
    done = journal.done.get(entry.key)
    if done is None or done is earlier.get(entry.key):
        return Row("waiting", _input(entry), size=entry.series.size)
    return Row(**done.row)


def _check_report(out: Path) -> None:
    """A report is replaced by the next one; a file of that name from elsewhere is not."""
    for suffix in (".csv", ".json"):
        path = out / f"{REPORT}{suffix}"
        if path.exists() and not Journal(out).path.parent.exists():
            raise FileExistsAlreadyError(f"{path}: exists, and no batch has written it; choose another OUT_DIR")


def plan_batch(folder: Path, out: Path, settings: Settings, journal: Journal, tell: Tell | None = None) -> Plan:
    """Finds the series and gives each its name; nothing is written.

    tell: told the number of files looked at. Raises ArgumentError, FileMissingError.
    """
    template = check_settings(settings)
    skip = () if out.resolve() == folder.resolve() else (out,)
    findings = _without_own(find_series(folder, template.fields, skip=skip, tell=tell), folder, out, journal)
    # What is done keeps its name, so the others are told apart from it.
    whole = {key: done for key, done in journal.done.items() if done.is_whole(out)}
    taken = Taken(out, {clash_key(REPORT), *(clash_key(done.row["stem"]) for done in whole.values())})
    keys: set[str] = set()
    entries = []
    for series in findings.series:
        key = _key(series, settings)
        if key in keys:  # copies that differ, and in nothing that is looked at
            key = _key(series, settings, str(series.files[0].relative_to(folder)))
        keys.add(key)
        earlier = whole.get(key)
        if earlier is not None:
            row = None if settings.redo else replace(Row(**earlier.row), state="there", seconds=0.0)
            entries.append(Entry(series, key, PurePosixPath(earlier.row["stem"]), done=row))
        else:
            base = relative_name(template, series.values)
            entries.append(Entry(series, key, base, taken.number(base, settings.suffix)))
    return Plan(out, settings, findings, tuple(entries), taken)


def _without_own(findings: Findings, folder: Path, out: Path, journal: Journal) -> Findings:
    """What was found, without what earlier runs have written: each run would convert it once more (PAR/REC)."""
    written = {out.resolve() / name for done in journal.done.values() for name, _, _ in done.files}
    here = folder.resolve()
    foreign = tuple(
        one for one in findings.series if not written.issuperset(here / path.relative_to(folder) for path in one.files)
    )
    return replace(findings, series=foreign, others=findings.others + len(findings.series) - len(foreign))


def _key(series: FoundSeries, settings: Settings, where: str = "") -> str:
    """Equal for the same files, wherever they lie, converted in the same way to the same name."""
    files = [(head.path.name, head.object_uid, head.size, head.modified) for head in series.heads]
    how = (settings.suffix, settings.name, settings.incomplete, settings.options)
    text = json.dumps((series.heads[0].uid, sorted(files), how, where), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def run_batch(plan: Plan, journal: Journal, where: int | str = 1) -> Generator[tuple[int, Row], None, None]:
    """Carries a plan out: the row of every series, bad file and copy as they come, with the number among the waiting
    entries (-1 for others). Stopped early it leaves no half files, and the next run goes on.

    where: number of processes, or address of a scheduler.
    """
    for row in _known_rows(plan):
        yield -1, row
    waiting = plan.waiting
    tasks = (_job(plan, entry, number, journal) for number, entry in enumerate(waiting))
    with closing(run_tasks(convert, tasks, where, died)) as results:
        for outcome in results:
            row = _settled(plan, waiting[outcome.number], outcome, journal)
            if outcome.folder is not None:
                shutil.rmtree(outcome.folder, ignore_errors=True)
            yield outcome.number, row


def planned_rows(plan: Plan) -> list[Row]:
    """The report that there would be if the run were stopped before the first conversion, with the files to come."""
    waiting = [
        Row(
            "waiting",
            _input(entry),
            (f"{entry.stem}{plan.settings.suffix}",),
            size=entry.series.size,
            note=plan.note(entry),
        )
        for entry in plan.waiting
    ]
    return [*_known_rows(plan), *waiting]


def _known_rows(plan: Plan) -> Iterator[Row]:
    yield from (entry.done for entry in plan.entries if entry.done is not None)
    for path, reason in plan.findings.bad:
        yield Row("failed", (str(path),), error=reason)
    for path, other in plan.findings.copies:
        yield Row("copy", (str(path),), note=f"the same bytes as {other}")


def _job(plan: Plan, entry: Entry, number: int, journal: Journal) -> Job:
    name, settings = plan.target(entry).name, plan.settings
    return Job(number, entry.series.files, journal.work, name, settings.incomplete, settings.options)


def _settled(plan: Plan, entry: Entry, outcome: Outcome, journal: Journal) -> Row:
    """Puts the files of an outcome into place; its row."""
    # Where it was written meanwhile is nobody's business.
    here, there = str(outcome.folder), str(plan.target(entry).parent)
    error, *said = (text.replace(here, there) for text in (outcome.error, *outcome.warnings))
    row = Row("failed", _input(entry), (), outcome.shape, entry.series.size, outcome.seconds, error)
    if error:
        return replace(row, note="; ".join(said))
    earlier = journal.done.get(entry.key)
    mine = set(earlier.untouched(plan.out)) if earlier is not None and plan.settings.redo else set()
    made = _made(outcome)
    try:
        entry, moves = _places(plan, entry, made, mine)
        names = tuple(target.relative_to(plan.out).as_posix() for target in moves.values())
        notes = "; ".join(note for note in (plan.note(entry), *said) if note)
        row = replace(row, state="converted", output=names, note=notes, stem=str(entry.stem))
        journal.place(entry.key, asdict(row), moves, mine)
        plan.taken.add(moves.values())
    except (DicomeError, OSError) as problem:
        return replace(row, state="failed", output=(), error=str(problem))
    return row


def _made(outcome: Outcome) -> list[Path]:
    """The files of a job, the main one first; also those that the writer did not speak of."""
    folder = outcome.folder
    assert folder is not None
    return list(dict.fromkeys([*outcome.files, *sorted(path for path in folder.iterdir() if path.is_file())]))


def _places(plan: Plan, entry: Entry, made: list[Path], mine: set[Path]) -> tuple[Entry, dict[Path, Path]]:
    """Where the files of an entry go. A writer may make several, and only now is it known how they are called: where
    one is in the way the entry gets another number.
    """
    folder, old = plan.target(entry).parent, entry.stem.name
    strange = [path.name for path in made if not path.name.startswith(old)]
    if strange:
        raise FileExistsAlreadyError(f"{strange[0]}: a file of {old} that is not called after it")
    plan.taken.remove(mine)
    while True:
        moves = {path: folder / (entry.stem.name + path.name.removeprefix(old)) for path in made}
        if not any(plan.taken.is_in_the_way(target, mine) for target in moves.values()):
            return entry, moves
        entry = replace(entry, number=plan.taken.number(entry.base, plan.settings.suffix))


def _input(entry: Entry) -> tuple[str, ...]:
    return tuple(map(str, entry.series.files))
