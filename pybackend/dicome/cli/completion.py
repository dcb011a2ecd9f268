"""``dicome completion SHELL [PROGRAM]``: prints a completion script for the shell, made from the commands' parsers."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicome.cli.parser import Subparsers

SHELLS = ("bash", "zsh", "fish")

EXAMPLES = """\
to switch completion on, for good:
  bash   dicome completion bash > ~/.local/share/bash-completion/completions/dicome
  zsh    dicome completion zsh > "${fpath[1]}/_dicome"
  fish   dicome completion fish > ~/.config/fish/completions/dicome.fish
and the same for each of the other programs, as in
  bash   dicome completion bash dcm2par > ~/.local/share/bash-completion/completions/dcm2par
"""

FILE_METAVARS = ("FILE", "PATH", "SOURCE", "TARGET", "OUT", "IMAGE", "JOURNAL", "PEM")
FILE_NAMES = ("retry_from", "save_failed")
"""Options whose LIST is a file; that of --order and --combine is none."""

FOLDER_METAVARS = ("FOLDER", "DIRECTORY", "IN_DIR", "OUT_DIR", "DIR", "SOURCE-DIR", "DESTDIR")
SUFFIX_METAVAR = "SUFFIX"
SCALES = ("fp", "dv", "rwv", "none")


def add_parser(subparsers: Subparsers) -> None:
    """Add ``completion``."""
    parser = subparsers.add_parser(
        "completion",
        help="completion of commands and options for bash, zsh or fish",
        description="Print a script that lets the shell complete commands, options and file names.",
        epilog=EXAMPLES,
    )
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=" | ".join(SHELLS))
    parser.add_argument(
        "program", nargs="?", default="dicome", metavar="PROGRAM", help="whose: dicome (default), dcm2par, ..."
    )


def run(args: argparse.Namespace) -> int:
    """Print the script; no file is written."""
    import shtab

    from dicome.cli.main import PROGRAMS, program_parser
    from dicome.errors import ArgumentError
    from dicome.writers import WRITERS

    if args.program not in ("dicome", *PROGRAMS):
        raise ArgumentError(f"no program {args.program!r}; the programs are {', '.join(('dicome', *PROGRAMS))}")
    parser = program_parser(args.program)
    for action in _actions(parser):
        if action.metavar in FILE_METAVARS or action.dest in FILE_NAMES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # how shtab wants to be told
        elif action.metavar in FOLDER_METAVARS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.metavar == SUFFIX_METAVAR:
            action.choices = [suffix.lstrip(".") for suffix in WRITERS]
        elif action.dest == "scale":
            action.choices = SCALES
        elif action.dest == "program":
            action.choices = ["dicome", *PROGRAMS]
    print(shtab.complete(parser, shell=args.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The arguments of a parser and of all parsers below it."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions(below)
