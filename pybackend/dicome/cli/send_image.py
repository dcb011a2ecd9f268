"""``send_image``: sends files as the CTN's program of that name does; `send_dicom` is the fuller one."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  send_image localhost 3010 image1.dcm image2.dcm
  send_image -a WORKSTATION -c DICOM_STORAGE 10.1.2.3 3010 image.dcm

Objects of all kinds are sent, enhanced ones included (-l: classic ones only). See also: send_dicom --help
exit codes: 0 all was sent, 1 something was not
"""

MEANINGLESS = (
    ("-d", "FAC", "facility", "there are no facilities to be verbose"),
    ("-i", None, "ignore", "incorrect parameters are ignored where that is safe"),
    ("-p", None, "dump", "parameters of the association are not dumped"),
    ("-s", "CLASS", "sop_class", "all kinds of objects are offered that there are files of"),
    ("-t", None, "time", "the summary is always the same"),
    ("-v", None, "verbose", "errors are always told"),
)
"""Switches that are accepted and change nothing; what there is instead."""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``send_image`` to the command line."""
    parser = subparsers.add_parser(
        "send_image",
        help="send files with the arguments of the CTN's send_image",
        description="Send DICOM files to a server: node, port, images.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("-a", dest="local_ae_title", default="DICOM_TEST", metavar="TITLE", help="our AE title (default DICOM_TEST)")
    add("-c", dest="ae_title", default="DICOM_STORAGE", metavar="TITLE", help="its AE title (default DICOM_STORAGE)")
    add("-l", dest="classic", action="store_true", help="send classic objects only")
    add("-m", dest="max_pdu", metavar="BYTES", help="accepted; the server says how large PDUs may be")
    add("-q", dest="quiet", action="store_true", help="no progress, no summary")
    add("-r", dest="recursive", action="store_true", help="of folders, those within them as well")
    others = parser.add_argument_group("switches that change nothing any more").add_argument
    for flag, metavar, name, text in MEANINGLESS:
        if metavar is None:
            others(flag, dest=name, action="store_true", help=text)
        else:
            others(flag, dest=name, metavar=metavar, help=text)
    add("node", help="host, or name of a configured destination")
    add("port", type=int, help="its port")
    add("images", nargs="+", metavar="IMAGE", help="file or folder")


def run(args: argparse.Namespace) -> int:
    """Sends as send_dicom does."""
    import sys

    from dicome.cli.main import main

    for flag, _, name, text in MEANINGLESS:
        if getattr(args, name):
            print(f"send_image: {flag} changes nothing: {text}", file=sys.stderr)
    switches = [
        flag for flag, given in (("-l", args.classic), ("--quiet", args.quiet), ("-R", args.recursive)) if given
    ]
    place = ["-a", args.local_ae_title, "-r", args.ae_title, "-s", args.node, "-p", str(args.port)]
    return main([*place, *switches, "--", *args.images], "send_dicom")
