"""``dicome split``: an enhanced file to the classic files of its frames."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dicome split scan.dcm              classic files of the first dynamic, in the folder scan
  dicome split scan.dcm FOLDER       the same in another folder
  dicome split scan.dcm --all        of all dynamics
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``split`` to the command line."""
    parser = subparsers.add_parser(
        "split",
        help="an enhanced file to classic, single-frame files",
        description="Write the frames of an enhanced MR file as classic MR images, as the scanner would have sent "
        "them, named by Instance Number.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("path", metavar="FILE", help="an enhanced MR file")
    add("folder", metavar="FOLDER", nargs="?", help="folder to make (default: FILE without suffix, or FILE_classic)")
    add("--all", action="store_true", help="all frames, not those of the first dynamic alone")
    add(
        "--force", action="store_true", help="write into a folder that holds files, and replace those of the same names"
    )
    add("--quiet", action="store_true", help="no progress, no names")
    add("--json", action="store_true", help="print the files written as JSON")


def run(args: argparse.Namespace) -> int:
    """Writes the files and says where they are."""
    from pathlib import Path

    from dicome.cli.progress import Progress
    from dicome.cli.stems import stem_of
    from dicome.multiframe.split import split

    path = Path(args.path)
    stem = stem_of(path.name)
    folder = Path(args.folder) if args.folder else path.with_name(stem if stem != path.name else f"{stem}_classic")
    with Progress(folder.name, "files", quiet=args.quiet) as progress:
        files = split(path, folder, every=args.all, force=args.force, progress=progress)
    if args.json:
        import json

        print(json.dumps({"folder": str(folder), "files": list(map(str, files))}, indent=2, ensure_ascii=False))
    elif not args.quiet:
        print(f"{folder}: {len(files):,} classic file{'s' * (len(files) != 1)}")
    return 0
