"""The switches of dcm_move, each one field of `dicome.moving.MoveOptions`."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.moving import MoveOptions


def add_move_options(parser: argparse.ArgumentParser) -> None:
    """Adds -s, -R, -m, ... with the letters that dcm_move has always had."""
    add = parser.add_argument_group("input").add_argument
    add("-s", "--source", default=".", metavar="SOURCE-DIR", help="directory with the files (default: here)")
    add("-R", "--recursive", action="store_true", help="all directories below it too")
    add("-a", "--all", dest="everything", action="store_true", help="all studies (default: ask for each)")
    add(
        "-m",
        "--modality",
        type=str.upper,
        metavar="MODALITY",
        help="only this sub-directory: MR, CT, US, USMF, CR, NM or SC (default: SOURCE-DIR and all of these)",
    )
    add("--quiet-for", type=float, default=30.0, metavar="SECONDS", help="leave files that are younger (default 30)")
    add = parser.add_argument_group("output").add_argument
    add("destination", nargs="?", metavar="DESTDIR", help="where files go (default: here); made if need be")
    add("-c", "--copy", action="store_true", help="copy, leaving the originals")
    add("-r", "--rename", action="store_true", help="rename in place, with flat names")
    add("-f", "--flat", action="store_true", help="flat names (default: directories for study and series)")
    add("-i", "--no-info", action="store_true", help="no info files")
    add("-l", "--ignore-location", action="store_true", help="do not go where the header says (#-#<directory>)")
    add("-u", "--unmove", dest="uid_names", action="store_true", help="unmove: SOP Instance UIDs as names")
    add("-d", "--dcm", dest="suffix", action="store_true", help="add .dcm to the names")
    add("-n", "--no-breakdown", action="store_true", help="image numbers; no echo, phase or dynamic")


def move_options(args: argparse.Namespace) -> MoveOptions:
    """What was asked for. An empty name is no "here": it comes of a variable of a script that is not set."""
    from pathlib import Path

    from dicome.errors import ArgumentError
    from dicome.moving import MoveOptions

    for name, given in (("-s SOURCE-DIR", args.source), ("DESTDIR", args.destination)):
        if given == "":
            raise ArgumentError(f"{name} is empty; give a directory, . for this one, or leave it out")
    return MoveOptions(
        source=Path(args.source),
        recursive=args.recursive,
        modality=args.modality,
        everything=args.everything,
        destination=None if args.destination is None else Path(args.destination),
        copy=args.copy,
        rename=args.rename,
        flat=args.flat,
        no_info=args.no_info,
        ignore_location=args.ignore_location,
        uid_names=args.uid_names,
        suffix=args.suffix,
        no_breakdown=args.no_breakdown,
        quiet_for=args.quiet_for,
    )
