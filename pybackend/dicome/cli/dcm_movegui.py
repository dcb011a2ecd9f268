"""``dcm_movegui``: the page of ``dicome gui`` that does what dcm_move does, with its switches filled in."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

_EXAMPLES = """\
examples:
  dcm_movegui                          choose everything in the browser
  dcm_movegui -s incoming -R sorted    with these fields filled in; nothing moves before you say so there
  dcm_movegui --no-browser             print the address only, for ssh -L

Every switch of dcm_move is a field of the page. The page is served to this machine only, and only with the token in the
address. Needs pip install 'dicome[gui]'.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcm_movegui`` to the command line."""
    from dicome.cli.gui import add_server_options
    from dicome.cli.move_options import add_move_options

    parser = subparsers.add_parser(
        "dcm_movegui",
        help="dcm_move as a web page on this machine",
        description="Rename and move DICOM files as dcm_move does, in the browser: the studies found, where every file "
        "would go, the run, and its undoing.",
        epilog=_EXAMPLES,
    )
    add_move_options(parser)
    add_server_options(parser)


def run(args: argparse.Namespace) -> int:
    """Serves the page until Ctrl-C."""
    from dataclasses import fields, replace

    from dicome.cli.move_options import move_options
    from dicome.gui.server import serve

    given = move_options(args)
    given.check()
    given = replace(given, source=given.source.expanduser().absolute())
    if given.destination is not None:
        given = replace(given, destination=given.destination.expanduser().absolute())
    filled = {one.name: getattr(given, one.name) for one in fields(given) if one.name != "roots"}
    return serve({"page": "move", "paths": [], "fields": filled}, args.port, not args.no_browser)
