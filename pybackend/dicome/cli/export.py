"""``dicome export``: one scan in another format."""

from __future__ import annotations

from dicome.cli.writing import add_writing_options, writing_options

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dicome export scan.dcm scan.mat                  for MATLAB and Octave: variables imag, info, frames
  dicome export scan.dcm scan.nii.gz               NIfTI, with a BIDS sidecar
  dicome export scan.dcm scan.png                  a picture to look at: a montage of every dimension
  dicome export scan.dcm echo.png --split Echo     one for each echo; with all dimensions, one for each frame
  dicome export FOLDER scan.mat                    the files of a folder as one image
  dicome export FOLDER scan.mat --series 301       one series of several in it
  dicome export a.dcm b.dcm both.mat               files of one series
  dicome export scan.dcm scan.mat --scale none     stored integers
  dicome export scan.dcm scan.mat --order 2,1,3    rows before columns
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``export`` to the command line."""
    parser = subparsers.add_parser(
        "export",
        help="write a scan as .mat, .nii.gz, .h5, .par or .png",
        description="Write a scan in the format that the suffix of OUT names, and print the files written. "
        "Nothing is overwritten unless asked, and nothing half-written is left.",
        epilog=EXAMPLES,
    )
    parser.add_argument("path", nargs="+", metavar="FILE", help="a file, several files of one series, or a folder")
    parser.add_argument("out", metavar="OUT", help="file to write")
    parser.add_argument("--series", metavar="NUMBER", help="which series of a folder, by number or begin of its UID")
    add_writing_options(parser)
    parser.add_argument("--force", action="store_true", help="replace existing files")
    parser.add_argument("--quiet", action="store_true", help="no progress, no names of files")
    parser.add_argument("--json", action="store_true", help="print the files written and the shape as JSON")


def run(args: argparse.Namespace) -> int:
    """Writes the files and prints their names."""
    from pathlib import Path

    from dicome.cli.progress import Progress
    from dicome.cli.stopping import ended_cleanly
    from dicome.image import open_image
    from dicome.writers import export, writer

    options = writing_options(args)
    target = Path(args.out)
    writer(target)  # an unknown suffix is told before anything is read
    paths = args.path[0] if len(args.path) == 1 else args.path
    image = open_image(paths, incomplete=args.incomplete, series=args.series)
    with ended_cleanly(), Progress(target.name, "frames", quiet=args.quiet) as progress:
        files = export(image, target, force=args.force, progress=progress, **options)
    if args.json:
        import json

        facts = {"files": [str(path) for path in files], "names": image.names, "shape": image.shape}
        print(json.dumps(facts, indent=2, ensure_ascii=False))
    elif not args.quiet:
        print(*files, sep="\n")
    return 0
