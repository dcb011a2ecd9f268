"""``dicome batch``: every series below a folder in another format."""

from __future__ import annotations

from dicome.cli.writing import add_writing_options, writing_options

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from dicome.cli.parser import Subparsers
    from dicome.cli.progress import Progress
    from dicome.files.batch import Plan, Settings
    from dicome.files.report import Row

DEFAULT_NAME = "{PatientID}/{SeriesNumber:04d}_{SeriesDescription}"

EXAMPLES = """\
examples:
  dicome batch scans results --to mat                     every series below scans, as .mat
  dicome batch scans results --to mat --dry-run           what would be made, and how it would be called
  dicome batch scans results --to mat --jobs 4            four at a time
  dicome batch scans results --to mat --name '{StudyDate}_{SeriesNumber:03d}'
  dicome batch scans results --to mat --scheduler tcp://node1:8786        on the workers of a Dask cluster

The same command again goes on where the last run was stopped, and does what failed once more. Fields of --name are
keywords of DICOM attributes; '/' makes folders. The report is OUT_DIR/dicome-batch.csv and .json.
Below IN_DIR, links to files are read, and links to folders are not followed.
Exit code 1: something could not be converted; the rest was.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``batch`` to the command line."""
    parser = subparsers.add_parser(
        "batch",
        help="write every series below a folder as .mat, .nii.gz, .h5, .par or .png",
        description="Convert every series found below IN_DIR, in several processes. Bad files do not stop it, nothing "
        "is ever overwritten, and a run that was stopped goes on where it was.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("in_dir", metavar="IN_DIR", help="folder to look through, with all folders below it")
    add("out_dir", metavar="OUT_DIR", help="folder for the results; made if need be")
    add("--to", required=True, metavar="SUFFIX", help="format: mat, nii, nii.gz, h5, par, png")
    add("--name", default=DEFAULT_NAME, metavar="TEMPLATE", help=f"names of the results (default {DEFAULT_NAME})")
    add("--jobs", type=int, metavar="N", help="processes (default: one per processor)")
    add("--scheduler", metavar="ADDRESS", help="convert on the workers of this Dask scheduler, which share the folders")
    add_writing_options(parser)
    add("--redo", action="store_true", help="convert what is done once more, in the place of the earlier results")
    add("--dry-run", action="store_true", help="show what would be done")
    add("--quiet", action="store_true", help="no progress, no summary")
    add("--json", action="store_true", help="print the report (of --dry-run: the plan) as JSON")


def run(args: argparse.Namespace) -> int:
    """Carries the batch out; 1 where something failed."""
    from pathlib import Path

    from dicome.errors import ArgumentError
    from dicome.files.batch import Settings

    if args.jobs is not None and args.jobs < 1:
        raise ArgumentError(f"--jobs is {args.jobs}; expected 1 or more")
    if args.jobs is not None and args.scheduler is not None:
        raise ArgumentError("--jobs counts processes here, and --scheduler has others convert; give one of them")
    settings = Settings(args.to, args.name, args.incomplete, writing_options(args), args.redo)
    folders = Path(args.in_dir), Path(args.out_dir)
    return _show_plan(args, *folders, settings) if args.dry_run else _convert(args, *folders, settings)


def _show_plan(args: argparse.Namespace, folder: Path, out: Path, settings: Settings) -> int:
    from dicome.cli.progress import Progress
    from dicome.files.batch import plan_batch
    from dicome.files.journal import read_journal
    from dicome.safetext import visible

    with Progress("looking", "files", quiet=args.quiet) as looking:
        plan = plan_batch(folder, out, settings, read_journal(out), looking)
    if args.json:
        from dicome.files.batch import planned_rows
        from dicome.files.report import as_json

        print(as_json(planned_rows(plan)))
        return 1 if plan.findings.bad else 0
    for entry in plan.entries:
        state = "is there" if entry.done is not None else f"{len(entry.series.files)} file(s)"
        about = "; ".join(filter(None, (state, plan.note(entry))))
        print(visible(f"{entry.series.files[0]} -> {plan.target(entry)}  ({about})"))
    for path, other in plan.findings.copies:
        print(visible(f"{path}: the same bytes as {other}, left out"))
    _tell([reason for _, reason in plan.findings.bad])
    return 1 if plan.findings.bad else 0


def _convert(args: argparse.Namespace, folder: Path, out: Path, settings: Settings) -> int:
    from dicome.cli.progress import Progress
    from dicome.errors import ClusterError
    from dicome.files.batch import batch
    from dicome.files.processors import processors
    from dicome.files.report import REPORT, as_json, counted

    with Progress("looking", "files", quiet=args.quiet) as looking, _Watch(args.quiet) as watch:
        try:
            jobs, scheduler = args.jobs or processors(), args.scheduler
            rows = batch(
                folder,
                out,
                settings,
                jobs=jobs,
                scheduler=scheduler,
                looked=looking,
                planned=watch.plan,
                done=watch.row,
            )
        except ClusterError:
            watch.clear()
            raise
        except KeyboardInterrupt:
            watch.clear()
            _tell(["stopped; nothing half-written is left, and the same command goes on from here"])
            raise
    found = counted(rows)
    if args.json:
        print(as_json(rows))
    elif not args.quiet:
        others = f", {watch.others} other files left out" if watch.others else ""
        print(f"{_summary(found)}{others}; report: {out / REPORT}.csv")
    return 1 if found.get("failed") else 0


def _summary(found: dict[str, int]) -> str:
    words = {"there": "already there", "copy": "copies left out"}
    return ", ".join(f"{count} {words.get(state, state)}" for state, count in found.items()) or "no series found"


def _tell(lines: list[str]) -> None:
    import sys

    from dicome.safetext import visible

    for line in lines:
        print(f"dicome: {visible(line)}", file=sys.stderr)


class _Watch:
    """Shows how far a batch has come, and tells what went wrong as it happens."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Progress | None = None
        self._series = self._bytes = self._done_series = self._done_bytes = 0
        self.others = 0

    def __enter__(self) -> _Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Takes the line away."""
        if self._bar is not None:
            self._bar.clear()

    def plan(self, plan: Plan) -> None:
        """Notes how much there is to do."""
        from dicome.cli.progress import Progress

        self._bar = Progress("converting", "bytes", quiet=self._quiet)
        self.others = plan.findings.others
        self._series = len(plan.waiting)
        self._bytes = sum(entry.series.size for entry in plan.waiting)

    def row(self, row: Row) -> None:
        """Notes one result."""
        if row.error or (row.note and row.state == "converted"):
            self.clear()
            first = row.input[0]
            text = row.error or row.note
            _tell([text if text.startswith(first) else f"{first}: {text}"])
        if row.state in ("converted", "failed") and row.size:
            self._done_series += 1
            self._done_bytes += row.size
        if self._bar is not None:
            self._bar(self._done_bytes, self._bytes, f"{self._done_series}/{self._series} series")
