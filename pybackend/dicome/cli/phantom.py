"""``dicome phantom``: write a small enhanced MR file of chosen dimensions to try things on."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dicome phantom test.dcm                                  6 slices of 64 x 48
  dicome phantom test.dcm --types M P --echoes 3           magnitude and phase at three echo times
  dicome phantom fmri.dcm --slices 30 --dynamics 200       a time series
  dicome phantom dti.dcm --b-values 0 1000 --directions 6  diffusion
  dicome phantom asl.dcm --labels 2 --dynamics 4           control and label
  dicome phantom cut.dcm --dynamics 10 --stop-after 50     a scan that was stopped
"""

NUMBERS = (
    ("--rows", 64, "rows of a frame"),
    ("--columns", 48, "columns of a frame"),
    ("--echoes", 1, "echo times"),
    ("--dynamics", 1, "volumes in time"),
    ("--phases", 1, "cardiac phases"),
    ("--directions", 0, "diffusion directions of every b-value that is not 0"),
    ("--repeats", 1, "frames at the same place"),
    ("--seed", 0, "for noise, shuffled order and UIDs"),
)
"""Options that take one integer: name, default, help."""


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of this command."""
    parser = subparsers.add_parser(
        "phantom",
        help="write a small file to try things on",
        description="Write a small enhanced MR file, laid out as a scanner does, of any dimensions. "
        "The patient is nobody, the object a numerical phantom without symmetry.",
        epilog=EXAMPLES,
    )
    parser.add_argument("path", metavar="OUT", help="file to write")
    for name, default, text in NUMBERS:
        parser.add_argument(name, type=int, default=default, metavar="N", help=f"{text} (default {default})")
    add = parser.add_argument
    add("--slices", type=int, nargs="+", default=[6], metavar="N", help="slices of each stack (default 6)")
    add("--types", nargs="+", default=["M"], metavar="TYPE", help="image types: M R I P B0 (default M)")
    add("--labels", type=int, choices=(0, 2), default=0, help="2: control and label of spin labelling")
    add("--b-values", type=float, nargs="+", default=[], metavar="B", help="b-values in s/mm2")
    add("--trace", action="store_true", help="an isotropic image after the directions")
    add("--vendor", choices=("philips", "siemens", "canon"), default="philips", help="layout (default philips)")
    add("--order", choices=("philips", "volume", "shuffled"), default="philips", help="order of frames in the file")
    add("--stop-after", type=int, metavar="N", help="frames acquired before the scan was stopped")
    add("--syntax", default="explicit", metavar="NAME", help="transfer syntax: explicit, implicit, rle, ... or its UID")
    add("--no-private", action="store_true", help="without private groups, as archives strip them")
    add("--force", action="store_true", help="replace an existing file")


def run(args: argparse.Namespace) -> int:
    """Write the file and say what it holds."""
    from dicome.phantom import write_phantom

    phantom = write_phantom(
        args.path,
        rows=args.rows,
        columns=args.columns,
        slices=args.slices[0] if len(args.slices) == 1 else args.slices,
        echoes=args.echoes,
        types=args.types,
        dynamics=args.dynamics,
        phases=args.phases,
        labels=args.labels,
        b_values=args.b_values,
        directions=args.directions,
        trace=args.trace,
        repeats=args.repeats,
        vendor=args.vendor,
        frame_order=args.order,
        stop_after=args.stop_after,
        seed=args.seed,
        transfer_syntax=args.syntax,
        private=not args.no_private,
        force=args.force,
    )
    axes = "".join(f" x {len(axis)} {axis.name}" for axis in phantom.axes)
    print(f"{phantom.path}: {phantom.frame_count} frames, {args.rows} rows x {args.columns} columns{axes}")
    return 0
