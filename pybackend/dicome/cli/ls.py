"""``dcmls`` and ``dicome ls``: like ``ls -lR``, with what the headers of DICOM files say."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from dicome.cli.parser import Subparsers
    from dicome.cli.problems import Problems
    from dicome.inspect.ls import Entry, Folder

SOON = 0.1
"""Seconds that a printed line may wait in a buffer."""
NAMES = ("ls", "dcmls")
EXAMPLES = """\
examples:
  {name}                      all below this folder
  {name} -h /data/scans       sizes as 1.2M
  {name} --series /data       one line per series
  {name} --no-phi --csv /data > list.csv

Of a DICOM file follow SeriesDate, SeriesTime, StudyDescription, SeriesDescription, PatientName, PatientID,
ProtocolName, SeriesNumber and PerformedProcedureStepDescription (- where empty), and of one with several frames their
number and the dimensions. Links to folders are not followed.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``ls`` and ``dcmls``."""
    for name in NAMES:
        parser = subparsers.add_parser(
            name,
            add_help=False,
            help="list files recursively, with header fields of DICOM files",
            description="List files like `ls -lR`, with what the headers of DICOM files say.",
            epilog=EXAMPLES.format(name=name if name != "ls" else "dicome ls"),
        )
        add = parser.add_argument
        add("path", nargs="*", default=["."], metavar="PATH", help="files and folders (default: this folder)")
        add("--help", action="help", help="show this help and exit")
        add("-h", dest="human", action="store_true", help="sizes in powers of 1024, as 1.2M")
        add("-a", dest="hidden", action="store_true", help="also names that begin with a dot")
        add("-u", dest="access", action="store_true", help="the date of the last access, not of the last change")
        add("--series", action="store_true", help="one line per series")
        add("--no-phi", dest="phi", action="store_false", help="leave out PatientName and PatientID")
        add("--csv", action="store_true", help="print comma separated values")
        add("--json", action="store_true", help="print JSON")
        add("--jobs", type=int, metavar="N", help="processes for long trees (default: one per processor)")


def run(args: argparse.Namespace) -> int:
    """Prints the list as it comes."""
    from dicome.cli.problems import Problems
    from dicome.errors import ArgumentError
    from dicome.files.processors import processors
    from dicome.inspect.ls import listed

    if args.csv and args.json:
        raise ArgumentError("--csv and --json exclude each other; give one of them")
    if args.jobs is not None and args.jobs < 1:
        raise ArgumentError(f"--jobs is {args.jobs}; expected 1 or more")
    problems = Problems("dcmls")
    pieces = told(listed(args.path, hidden=args.hidden, jobs=args.jobs or processors()), problems)
    if args.series:
        _print_series(pieces, args, problems)
    else:
        _print_soon(_lines(pieces, args))
    return problems.code()


def _print_soon(lines: Iterator[str]) -> None:
    """Prints lines so that a reader at the other end of a pipe sees them soon as well."""
    import sys
    import time

    flushed = 0.0
    for line in lines:
        print(line)
        if (now := time.monotonic()) - flushed > SOON:
            sys.stdout.flush()
            flushed = now


def told(pieces: Iterable[list[Entry] | Folder], problems: Problems) -> Iterator[list[Entry] | Folder]:
    """The same; what is wrong with files and folders goes to stderr, and is counted."""
    from dicome.inspect.ls import Folder

    for piece in pieces:
        if isinstance(piece, Folder):
            if piece.problem:
                problems.seen += 1
                problems.tell(piece.path, piece.problem)
                continue
            yield piece
            continue
        problems.seen += len(piece)
        for entry in piece:
            if entry.problem:
                problems.tell(entry.path, entry.problem)
        yield [entry for entry in piece if entry.status is not None]


def _lines(pieces: Iterator[list[Entry] | Folder], args: argparse.Namespace) -> Iterator[str]:
    from dicome.inspect import ls_shown
    from dicome.inspect.ls import Folder
    from dicome.safetext import visible

    if args.csv or args.json:
        yield from (ls_shown.as_csv if args.csv else ls_shown.as_json)(pieces, args.phi)
        return
    lines = ls_shown.Lines(human=args.human, access=args.access, phi=args.phi)
    first = True
    for piece in pieces:
        if isinstance(piece, Folder):
            yield f"{visible(piece.path)}:" if first else f"\n{visible(piece.path)}:"
            lines.begin()
        else:
            yield from lines.of(piece)
        first = False


def _print_series(pieces: Iterator[list[Entry] | Folder], args: argparse.Namespace, problems: Problems) -> None:
    from dicome.cli.progress import Progress
    from dicome.inspect import ls_series
    from dicome.inspect.ls import Folder
    from dicome.inspect.settings import WIDTH
    from dicome.safetext import json_text

    with Progress("dcmls", "files") as progress:
        problems.progress = progress

        def counted() -> Iterator[list[Entry] | Folder]:
            count = 0
            for piece in pieces:
                count += 0 if isinstance(piece, Folder) else len(piece)
                progress(count)
                yield piece

        found = ls_series.series_of(counted())
    if args.json:
        print(json_text([ls_series.facts_of(one, args.phi) for one in found]))
        return
    shown = (
        ls_series.as_csv(found, args.phi)
        if args.csv
        else ls_series.as_text(found, WIDTH, human=args.human, phi=args.phi)
    )
    for line in shown:
        print(line)
