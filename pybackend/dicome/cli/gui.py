"""``dicome gui``: the local web page that shows images and headers, and moves files."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

_EXAMPLES = """\
examples:
  dicome gui                      open the page in the browser
  dicome gui scan.dcm             with this file in the viewer
  dicome gui FOLDER               with the series of this folder to choose from
  dicome gui --no-browser         print the address only, for ssh -L

The page is served to this machine only, and only with the token in the address. To keep an address through a restart,
set DICOME_GUI_TOKEN to 16 or more letters and digits that nobody can guess.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``gui`` to the command line."""
    parser = subparsers.add_parser(
        "gui",
        help="a web page on this machine: viewer, headers, moving files",
        description="Serve a web page to this machine's browser: a viewer with a slider for every dimension, headers, "
        "export, and moving files as dcm_move does. Needs pip install 'dicome[gui]'.",
        epilog=_EXAMPLES,
    )
    parser.add_argument("path", nargs="*", metavar="FILE", help="a file, several files of one series, or a folder")
    parser.add_argument("--series", metavar="N", help="of a folder: show the series of this number or UID")
    add_server_options(parser)


def add_server_options(parser: argparse.ArgumentParser) -> None:
    """Adds --port and --no-browser."""
    parser.add_argument("--port", type=int, metavar="N", help="port of 127.0.0.1 (default: a free one from 8337 on)")
    parser.add_argument("--no-browser", action="store_true", help="print the address, open no browser")


def run(args: argparse.Namespace) -> int:
    """Serves the page until Ctrl-C."""
    from pathlib import Path

    from dicome.errors import FileMissingError
    from dicome.gui.server import absolute, serve

    for path in args.path:
        if not Path(path).exists():  # told here: with --no-browser nobody may look at the page yet
            raise FileMissingError(f"{path}: no such file")
    start = {"page": "view", "paths": absolute(args.path), "series": args.series}
    return serve(start, args.port, not args.no_browser)
