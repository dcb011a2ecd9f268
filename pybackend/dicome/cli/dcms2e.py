"""``dcms2e``: classic files and PAR/REC of an fMRI scan to Enhanced MR, and how the result differs."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dcms2e 02_Resting                 02_Resting/ and 02_Resting.par, .rec to 02_Resting.dcm
  dcms2e 02_Resting -o rest.dcm     another name for the result
  dcms2e --diffs                    what a converted file says otherwise than a transferred one
  dcms2e --diffs sent.dcm 02_Resting.dcm           compare two files, element by element and frame by frame
  dcms2e --diffs sent.dcm 02_Resting.dcm --json    the same for scripts

The folder holds the classic files of the first dynamic, one per slice; the PAR and REC files of the same scan (sorted
or not) have its name and lie beside it. The scan has several dynamics of one echo and one type.
exit code of --diffs A B: 0 the same but for what a conversion explains, 1 other differences, 2 not to be compared
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcms2e`` to the command line."""
    parser = subparsers.add_parser(
        "dcms2e",
        help="classic files and PAR/REC of an fMRI scan to one enhanced file",
        description="Write an fMRI scan as one Enhanced MR file, as the scanner would have sent it, from the classic "
        "files of the first dynamic and PAR/REC: for scans of more than 16,384 images, which scanners do not send.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("paths", nargs="*", metavar="DIRECTORY", help="folder of classic files; with --diffs nothing, or two files")
    add("--diffs", action="store_true", help="how converted files differ from transferred ones; or compare two files")
    add("-o", "--output", metavar="FILE", help="file to write (default: DIRECTORY.dcm)")
    add("--par", metavar="FILE", help="the PAR file (default: DIRECTORY.par)")
    add("--force", action="store_true", help="replace an existing file")
    add("--quiet", action="store_true", help="no progress, no name of the file")
    add("--json", action="store_true", help="print the result as JSON")


def run(args: argparse.Namespace) -> int:
    """Converts, or tells differences."""
    if not args.diffs:
        if len(args.paths) != 1:
            return _refuse("takes one folder, as in: dcms2e 02_Resting; see dcms2e --help")
        return _convert(args)
    if len(args.paths) not in (0, 2):
        return _refuse("--diffs takes no file or two, as in: dcms2e --diffs sent.dcm converted.dcm")
    return _compare(args) if args.paths else _tell(args)


def _refuse(said: object) -> int:
    """Exit code 2: neither "done" nor "the files differ"."""
    import sys

    from dicome.cli.main import USAGE
    from dicome.safetext import visible

    print(f"dcms2e: {visible(str(said))}", file=sys.stderr)
    return USAGE


def _convert(args: argparse.Namespace) -> int:
    from pathlib import Path

    from dicome.cli.progress import Progress
    from dicome.multiframe.dcms2e import dcms2e

    with Progress(Path(args.paths[0]).name or "dcms2e", "frames", quiet=args.quiet) as progress:
        target = dcms2e(args.paths[0], args.output, par=args.par, force=args.force, progress=progress)
    _told(target, args)
    return 0


def _told(target: object, args: argparse.Namespace) -> None:
    if args.json:
        import json

        from dicome.image import open_image

        image = open_image(str(target))
        facts = {"file": str(target), "frames": image.series.table.frame_count}
        print(json.dumps({**facts, "names": image.names, "shape": image.shape}, indent=2, ensure_ascii=False))
    elif not args.quiet:
        print(target)


def _tell(args: argparse.Namespace) -> int:
    from dicome.multiframe.known import KNOWN, description

    if args.json:
        import json

        facts = [{"attributes": one.titles, "keywords": sorted(one.keywords), "reason": one.reason} for one in KNOWN]
        print(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        print(description())
    return 0


def _compare(args: argparse.Namespace) -> int:
    from dicome.cli.progress import Progress
    from dicome.errors import DicomeError
    from dicome.multiframe.compare import compare

    try:
        with Progress("comparing", "frames", quiet=args.quiet) as progress:
            found = compare(*args.paths, progress=progress)
    except DicomeError as problem:
        return _refuse(problem)
    if args.json:
        import json

        print(json.dumps(found.facts(), indent=2, ensure_ascii=False))
    elif not args.quiet:
        from dicome.multiframe.report import comparison_text

        print(comparison_text(found))
    return 0 if found.same else 1
