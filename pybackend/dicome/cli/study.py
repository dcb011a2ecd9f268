"""``dcm_study``: number, date and description of the study that files belong to."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dcm_study scan.dcm            scan.dcm: 14407 20190502 Brain
  dcm_study --json *.dcm        for scripts
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcm_study``."""
    parser = subparsers.add_parser(
        "dcm_study",
        help="study number, date and description of files",
        description="Show the study that DICOM files belong to: Study ID, date and description (- where empty).",
        epilog=EXAMPLES,
    )
    parser.add_argument("path", nargs="+", metavar="FILE", help="DICOM files")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Prints a line per file."""
    from dicome.cli.problems import Problems
    from dicome.inspect.study import study_of
    from dicome.safetext import json_text, visible

    problems = Problems("dcm_study")
    collected = []
    for path in args.path:
        with problems.passed(path):
            found = study_of(path)
            if args.json:
                collected.append(
                    {"file": path, "number": found.number, "date": found.date, "description": found.description}
                )
            else:
                print(visible(f"{path}: {found.number or '-'} {found.date or '-'} {found.description or '-'}"))
    if args.json:
        print(json_text(collected))
    return problems.code(len(args.path))
