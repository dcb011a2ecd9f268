"""``dcm2par``: scans as Philips PAR/REC, beside the input or in a folder."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dcm2par scan.dcm                       scan.PAR and scan.REC (V4.2) beside it
  dcm2par *.dcm -o parrec                of every file, into the folder parrec
  dcm2par --version V4.1 scan.dcm        for older programs; V4 and V3 as well
  dcm2par --check scan.dcm               read the pair back, compare it frame by frame
  dcm2par FOLDER                         classic files of one series: FOLDER.PAR, FOLDER.REC
  dcm2par --json scan.dcm                what was written, for scripts

Images are in the order of sorted exports of the scanner: slices within volumes. What the file does not say is written
as its default, and told. Where a PAR file would say something wrong (colour, CT, frames that its keys cannot tell
apart), nothing is written.
"""
VERSIONS = ("V4.2", "V4.1", "V4", "V3")


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcm2par`` to the command line."""
    parser = subparsers.add_parser(
        "dcm2par",
        help="write scans as Philips PAR/REC",
        description="Write enhanced MR files (or classic series, or PAR/REC of another version) as Philips PAR/REC, "
        "character for character what the scanner writes wherever the file holds the fact.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("path", nargs="*", metavar="FILE", help="enhanced MR file, or the folder of a classic series")
    add("-o", "--output-directory", metavar="DIR", help="folder for the pairs (default: beside each input)")
    add(
        "--version",
        nargs="?",
        const="",
        default="V4.2",
        metavar="V",
        help="of the format: V4.2 (default), V4.1, V4, V3; without a value: the version of dicome",
    )
    add("--series", metavar="NUMBER", help="which series of a folder, by number or begin of its UID")
    add("--unsorted", action="store_true", help="images in the order of the input")
    add("--no-contrast-columns", action="store_true", help="of PAR files: without the columns of a contrast agent")
    add("--check", action="store_true", help="read each pair back and compare it, before it gets its name")
    add("--force", action="store_true", help="replace existing files")
    add("--quiet", action="store_true", help="no progress, no names of files")
    add("--json", action="store_true", help="print what was written as JSON")


def run(args: argparse.Namespace) -> int:
    """Converts every file; 1 where one could not be."""
    if args.version == "":
        from dicome import __version__

        print(f"dcm2par (dicome) {__version__}")
        return 0
    version = _version(args.version)

    from dicome.cli.main import USAGE

    if version is None or not args.path:
        import sys

        what = f"--version is {args.version!r}; use one of: {', '.join(VERSIONS)}" if version is None else "no FILE"
        print(f"dcm2par: {what}; see dcm2par --help", file=sys.stderr)
        return USAGE
    targets = _targets(args.path, args.output_directory)
    return _convert(args, version, targets)


def _version(text: str) -> str | None:
    """V4.2 of v4.2 and 4.2."""
    word = text.upper() if text.upper().startswith("V") else f"V{text}"
    return word if word in VERSIONS else None


def _targets(paths: Sequence[str], folder: str | None) -> list[tuple[Path, Path]]:
    """Each input and its PAR file. Raises FileMissingError, ArgumentError where two have one name."""
    from pathlib import Path

    from dicome.cli.stems import stem_of
    from dicome.errors import ArgumentError, FileMissingError

    if folder is not None and not Path(folder).is_dir():
        raise FileMissingError(f"{folder}: no such folder; make it first")
    pairs: list[tuple[Path, Path]] = []
    for name in paths:
        path = Path(name)
        stem = path.resolve().name if path.is_dir() else stem_of(path.name)
        where = (path.resolve().parent if path.is_dir() else path.parent) if folder is None else Path(folder)
        pairs.append((path, where / f"{stem}.PAR"))
    targets = [target for _, target in pairs]
    twice = next((target for target in targets if targets.count(target) > 1), None)
    if twice is not None:
        raise ArgumentError(f"two inputs would both be written as {twice}; convert them into different folders")
    return pairs


def _convert(args: argparse.Namespace, version: str, pairs: Sequence[tuple[Path, Path]]) -> int:
    import json

    alone = len(pairs) == 1 and not args.json
    facts = [_one(args, version, *pairs[0])] if alone else [_tried(args, version, *pair) for pair in pairs]
    if args.json:
        print(json.dumps(facts, indent=2, ensure_ascii=False))
    return int(any("error" in fact for fact in facts))


def _tried(args: argparse.Namespace, version: str, path: Path, target: Path) -> dict[str, Any]:
    """As `_one`, but a problem is told, and the others go on."""
    import sys

    from dicome.errors import DicomeError

    try:
        return _one(args, version, path, target)
    except DicomeError as problem:
        print(f"dcm2par: {problem}", file=sys.stderr)
        return {"input": str(path), "error": str(problem)}


def _one(args: argparse.Namespace, version: str, path: Path, target: Path) -> dict[str, Any]:
    import warnings

    from dicome.cli.progress import Progress
    from dicome.image import open_image
    from dicome.parrec.write import write_par

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        image = open_image(path, series=args.series)
        with Progress(target.name, "frames", quiet=args.quiet or args.json) as progress:
            files = write_par(
                image,
                target,
                version=version,
                sort=False if args.unsorted else None,
                contrast=not args.no_contrast_columns,
                check=args.check,
                force=args.force,
                progress=progress,
            )
    if not args.json and not args.quiet:
        print(*files, sep="\n")
    said = list(dict.fromkeys(str(one.message) for one in caught if issubclass(one.category, UserWarning)))
    for text in said:
        warnings.warn(text, stacklevel=1)
    return {
        "input": str(path),
        "files": [str(one) for one in files],
        "version": version,
        "frames": int((image.ordering.grid >= 0).sum()),
        "checked": bool(args.check),
        "warnings": said,
    }
