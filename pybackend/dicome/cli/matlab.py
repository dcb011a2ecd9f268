"""``dicome matlab``: the two lines to type in MATLAB or Octave, which then find the .m files and this Python."""

from __future__ import annotations

import sys

from dicome.errors import FileMissingError

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
example:
  dicome matlab
    addpath('/home/me/venv/lib/python3.12/site-packages/dicome/matlab');
    dicome.setup('/home/me/venv/bin/python3');

dicome.setup is remembered by MATLAB and Octave; for addpath to be, type savepath
or put the line into startup.m (MATLAB) or ~/.octaverc (Octave).
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of this command."""
    parser = subparsers.add_parser(
        "matlab",
        help="how to use dicome from MATLAB and Octave",
        description="Print the two lines to type in MATLAB or Octave: where dicomeread.m is, and which Python to use.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--folder", action="store_true", help="print the folder of the .m files alone")


def run(args: argparse.Namespace) -> int:
    """Print the lines; FileMissingError where the .m files are not there."""
    from pathlib import Path

    folder = matlab_folder(Path(__file__).resolve().parents[1])
    print(folder if args.folder else "\n".join(lines(str(folder), sys.executable)))
    return 0


def matlab_folder(package: Path) -> Path:
    """Folder of the .m files, from that of the package: within it when installed, beside it in a checkout."""
    inside = package / "matlab"
    for folder in (inside, package.parents[1] / "matlab"):
        if (folder / "dicomeread.m").is_file():
            return folder
    raise FileMissingError(f"{inside}: dicomeread.m is missing there; install again: python -m pip install dicome")


def lines(folder: str, python: str) -> list[str]:
    """The lines to type."""
    return [f"addpath({_quoted(folder)});", f"dicome.setup({_quoted(python)});"]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
