"""``dcm_count``: images per series, what is missing and what is there twice."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from dicome.cli.parser import Subparsers
    from dicome.cli.problems import Problems
    from dicome.inspect.ls import Entry, Folder

EXAMPLES = """\
examples:
  dcm_count /data/scans/subj1       files, frames and dimensions of every series below
  dcm_count --json . > counts.json  for scripts: numbers that are missing as runs of first and last

Missing are Instance Numbers (0020,0013) from 1 to the greatest that no file of the series has. Files are the same
object where their SOP Instance UIDs are equal.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcm_count``."""
    parser = subparsers.add_parser(
        "dcm_count",
        help="images per series of a directory: missing ones, doubles",
        description="Count the images of a directory and all below it by series; name missing numbers and doubles.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("path", nargs="*", default=["."], metavar="DIRECTORY", help="directories (default: this one)")
    add("--csv", action="store_true", help="print comma separated values")
    add("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Prints the counts."""
    from dicome.cli.ls import told
    from dicome.cli.problems import Problems
    from dicome.cli.progress import Progress
    from dicome.errors import ArgumentError
    from dicome.files.processors import processors
    from dicome.inspect import count
    from dicome.inspect.ls import listed
    from dicome.safetext import json_text

    if args.csv and args.json:
        raise ArgumentError("--csv and --json exclude each other; give one of them")
    with Progress("dcm_count", "files") as progress:
        problems = Problems("dcm_count", progress)
        pieces = _strict(told(listed(args.path, jobs=processors()), problems), problems)
        found = count.count(pieces, progress)
    with Progress("dcm_count", "series") as progress:
        for number, one in enumerate(found):
            progress(number, len(found))
            one.dimensions = count.find_dimensions(one)
    if args.json:
        print(json_text([count.as_data(one) for one in found]))
    else:
        for line in count.as_csv(found) if args.csv else count.as_text(found):
            print(line)
    return problems.code()


def _strict(pieces: Iterable[list[Entry] | Folder], problems: Problems) -> Iterator[list[Entry] | Folder]:
    """The same; a file that was named outright and is no DICOM file is told. In folders there are others as well."""
    from dicome.dicom.peek import peek
    from dicome.inspect.ls import SERIES_UID, Folder

    for piece in pieces:
        for entry in [] if isinstance(piece, Folder) else piece:
            if not entry.folder and entry.header is None and not entry.problem:
                with problems.passed(entry.path):
                    peek(entry.path, frozenset((SERIES_UID,)))  # says what it is
        yield piece
