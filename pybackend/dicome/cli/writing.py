"""The options that all commands share that write an image in another format."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from typing import Any

INCOMPLETE = ("pad", "trim", "error")


def add_writing_options(parser: argparse.ArgumentParser) -> None:
    """Adds --scale, --order and so on."""
    add = parser.add_argument_group("how the image is read and written").add_argument
    add("--scale", metavar="KIND", help="values: fp, dv, rwv, or none for stored integers (default: fp, else dv)")
    add(
        "--order",
        metavar="LIST",
        help="all dimensions in the wanted sequence, by number or name: 2,1,3",
    )
    add("--combine", metavar="LIST", help="a 0 or 1 per dimension; a 1 merges it into the one to its left: 0,0,0,1")
    add("--split", metavar="AXIS", help="one file per position of this dimension, by name")
    add("--incomplete", choices=INCOMPLETE, default="pad", help="for stopped scans: NaN, drop, refuse (default pad)")
    add("--full-info", action="store_true", help="the header of every frame nested, item by item, as well (.mat)")
    add(
        "--v7.3",
        dest="v73",
        action="store_true",
        help="MATLAB 7.3 (HDF5), whatever the size; Octave has info of it in s.__refs_.info",
    )
    add("--compress", action="store_true", help="smaller files, written slower")
    add(
        "--window", choices=("percentiles", "file"), help="grey values of a .png: by robust percentiles, or by the file"
    )
    add = parser.add_argument_group("of PAR/REC files only").add_argument
    add("--par-version", metavar="V", help="V4.2 (default), V4.1, V4 or V3")
    add("--sort", action="store_true", help="slices within volumes (PAR to PAR; DICOM is always sorted)")
    add("--no-contrast-columns", action="store_true", help="without the columns of a contrast agent")
    add("--check", action="store_true", help="read the pair back and compare it, before it gets its name")


def writing_options(args: argparse.Namespace) -> dict[str, Any]:
    """What was asked for, as `dicome.writers.Options` names it; what was not is left out."""
    given = {
        "scale": args.scale,
        "order": None if args.order is None else _names_or_numbers(args.order),
        "combine": None if args.combine is None else _flags(args.combine),
        "split": args.split,
        "full_info": args.full_info,
        "v73": args.v73,
        "compress": args.compress,
        "window": args.window,
        "version": args.par_version,
        "sort": args.sort,
        "no_contrast_columns": args.no_contrast_columns,
        "check": args.check,
    }
    return {name: value for name, value in given.items() if value not in (None, False)}


def _names_or_numbers(text: str) -> list[int | str]:
    """Numbers where all are; a name may hold spaces, so only commas part them."""
    parts = [part.strip() for part in text.split(",")]
    return [int(part) if part.isdecimal() else part for part in parts]


def _flags(text: str) -> list[int]:
    from dicome.errors import ArgumentError

    parts = [part.strip() for part in text.split(",")]
    if not all(part in ("0", "1") for part in parts):
        raise ArgumentError(f"--combine is {text!r}; expected a 0 or 1 for every dimension, as in 0,0,0,1")
    return [int(part) for part in parts]
