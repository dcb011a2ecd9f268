"""``dcm_combine``: several NEX of a series into one series, or their mean."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dcm_combine nex1 nex2 nex3 all              folders of single-frame files into the new folder `all`
  dcm_combine --mean nex1 nex2 nex3 mean      their mean
  dcm_combine --mean 301.dcm 302.dcm mean.dcm enhanced files into one
  dcm_combine --dry-run FOLDER out            every series of a folder is one repeat: show the plan

The series must be repeats of one scan: same patient, study, shape, geometry, TR, TE, flip angle. Repeats become
temporal positions of the combined series, which gets UIDs of its own. The mean is that of the scaled values.
Of phases, which wrap, it is the circular mean (the direction of the sum of unit vectors): of Philips and Siemens; those
of others are refused.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcm_combine``."""
    parser = subparsers.add_parser(
        "dcm_combine",
        help="several NEX of a series into one series, or their mean",
        description="Combine series that repeat one scan into one series: all their images, or the mean.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("source", nargs="+", metavar="SOURCE", help="a folder or file for each repeat, or one folder of all series")
    add("out", metavar="OUT", help="new folder (single-frame series) or file (enhanced)")
    add("--mean", action="store_true", help="write the mean of the repeats")
    add("--series-number", type=int, metavar="N", help="of the new series (default: ten times that of the first)")
    add(
        "--description", default="", metavar="TEXT", help="Series Description (default: the first's, and what was done)"
    )
    add("--dry-run", action="store_true", help="check and show the plan, write nothing")
    add("--force", action="store_true", help="replace an existing enhanced file")


def run(args: argparse.Namespace) -> int:
    """Combines."""
    from dicome.cli.progress import Progress
    from dicome.combine.combine import combine, plan_combination
    from dicome.safetext import visible

    plan = plan_combination(
        args.source,
        args.out,
        mean=args.mean,
        number=args.series_number,
        description=args.description,
        force=args.force,
    )
    for line in plan.lines():
        print(visible(line))
    if args.dry_run:
        return 0
    with Progress("dcm_combine", "frames") as progress:
        count = combine(plan, progress, force=args.force)
    print(f"{count:,} frames written")
    return 0
