"""``dcm_move``: renames DICOM files by study, series and slice number, and moves or copies them."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers
    from dicome.moving import MoveOptions

EXAMPLES = """\
names (every number has four digits or more, so that they sort):
  0001/0301/0005              study 1, series 301, slice 5
  0001/0301/0005.0012         slice 5, dynamic 12 (or echo, or cardiac phase)
  0001/0402/0005.d0002.LABEL  several parts: d dynamic, p phase, e echo, b b-value, g gradient, i image number,
                              labels and image types as they are; the info file says what the parts are
  0001/0301/0001.0301         an enhanced file: study and series (of several also the image number)
  0001/0301/raw.0001          no image: raw, examcard, presentation, report, document, keyobject, spectrum, ...
  0001.0301.0005.0012         flat (-f, -r): dots for directories; 0001.0301.info
  0001/0301/0371              -n: image numbers
  0005 (2)                    another file has the name 0005 already
  bad/IM_0004                 invalid header: the name stays
Without a Study ID the study is called by its date and time, 20190502_103000.

examples:
  dcm_move -s incoming sorted              asks for each study
  dcm_move -s incoming -R -a sorted        everything below incoming, without asking
  dcm_move -s incoming -R --dry-run sorted what would go where, and what would stay and why
  dcm_move -s incoming -a -c -f -d flat    copies with flat names that end in .dcm
  dcm_move -s incoming -a -r               new names in place
  dcm_move -s sorted -R -a -u incoming     back to SOP Instance UIDs
  dcm_move --undo sorted                   put back what the last run into sorted has moved

Nothing is ever overwritten, and identical files are not doubled. Files written within the last 30 s (--quiet-for) or
with less pixel data than their header says stay and are told, as do links and files that are no DICOM. Every run
writes a journal in DESTDIR/.dicome-move; one that was killed is finished by the next run into DESTDIR. The directory
that a header asks for (#-#<directory> in Patient History) counts below those of `dicome config allow` only.
PRIVACY: info files may hold the patient's name and other private information; -i leaves them out.
Exit code 1: some files stay that somebody should look at, or went to bad; the others are moved.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcm_move`` to the command line."""
    from dicome.cli.move_options import add_move_options

    parser = subparsers.add_parser(
        "dcm_move",
        help="rename DICOM files by their headers and move or copy them",
        description="Rename DICOM files by study, series and slice number, and dynamic, echo or phase; move or copy "
        "them into directories of their own.",
        epilog=EXAMPLES,
    )
    add_move_options(parser)
    add = parser.add_argument_group("running").add_argument
    add("--dry-run", action="store_true", help="show what would be done")
    add("--undo", metavar="JOURNAL", help="put back what a run has moved: its journal, or the last one of a DESTDIR")
    add("--json", action="store_true", help="print plan and result as JSON")
    add("--quiet", action="store_true", help="no progress, no summary")


def run(args: argparse.Namespace) -> int:
    """Plans, asks, moves; 1 where files stay that somebody should look at."""
    from dicome.cli.move_options import move_options
    from dicome.cli.moving import Session

    session = Session(args.quiet, args.json)
    options: MoveOptions = move_options(args)
    if args.undo is not None:
        _check_undo(args, options)
        return session.undo(args.undo)
    options.check()
    return session.show(options) if args.dry_run else session.move(options)


def _check_undo(args: argparse.Namespace, options: MoveOptions) -> None:
    """Refuses what an undo would not do: somebody who asks for a dry run must not get a real one."""
    from dataclasses import replace

    from dicome.errors import ArgumentError
    from dicome.moving import MoveOptions

    # -a is granted: nothing is asked anyway.
    if args.dry_run or replace(options, everything=False) != MoveOptions():
        raise ArgumentError(
            "--undo puts back all of a run, to where it was; of the other switches it takes --json and --quiet only"
        )
