"""``dicome merge``: a classic series to one enhanced file."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dicome merge FOLDER scan.dcm                the classic files of a folder as one enhanced file
  dicome merge FOLDER scan.dcm --series 301   one series of several in it
  dicome merge a.dcm b.dcm scan.dcm           single files of one series
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``merge`` to the command line."""
    parser = subparsers.add_parser(
        "merge",
        help="classic files of a series to one enhanced file",
        description="Write the classic MR images of one series as one Enhanced MR file, frames and groups laid out as "
        "Philips scanners do.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("path", nargs="+", metavar="PATH", help="a folder, or files of one series")
    add("out", metavar="OUT", help="file to write")
    add("--series", metavar="NUMBER", help="which series of a folder, by number or begin of its UID")
    add("--force", action="store_true", help="replace an existing file")
    add("--quiet", action="store_true", help="no progress, no name of the file")
    add("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    """Writes the file and prints its name."""
    from pathlib import Path

    from dicome.cli.progress import Progress
    from dicome.multiframe.merge import merge

    paths = args.path[0] if len(args.path) == 1 else args.path
    with Progress(Path(args.out).name, "frames", quiet=args.quiet) as progress:
        target = merge(paths, args.out, series=args.series, force=args.force, progress=progress)
    if args.json:
        import json

        from dicome.image import open_image

        image = open_image(target)
        facts = {"file": str(target), "frames": image.series.table.frame_count}
        print(json.dumps({**facts, "names": image.names, "shape": image.shape}, indent=2, ensure_ascii=False))
    elif not args.quiet:
        print(target)
    return 0
