"""``dicome COMMAND ...``: finds the command, and turns what goes wrong into one line and an exit code.

A command is a module with ``add_parser(subparsers)`` and ``run(args) -> int``, named in `COMMANDS`. It imports numpy
and the library inside ``run``, so that help and usage errors cost little more than starting Python.
Tools that people know under a name of their own (``dcm2par``) are commands too, and programs beside ``dicome``: see
`PROGRAMS`. Nothing here knows about DICOM.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from functools import partial
from importlib import import_module

from dicome import __version__
from dicome.cli.parser import CommandName, Parser
from dicome.errors import DicomeError

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence
    from typing import Protocol, TextIO

    from dicome.cli.parser import Subparsers

    class Command(Protocol):
        """What a module named in `COMMANDS` offers."""

        def add_parser(self, subparsers: Subparsers) -> None:
            """Add the parser of this command, named as in `COMMANDS`; its epilog holds examples."""

        def run(self, args: argparse.Namespace) -> int:
            """Carry the command out and return its exit code."""


COMMANDS: dict[str, str] = {
    "info": "dicome.cli.info",
    "dcminfo": "dicome.cli.dcminfo",
    "ls": "dicome.cli.ls",
    "dcmls": "dicome.cli.ls",
    "dump": "dicome.cli.dump",
    "dcm_dump_file": "dicome.cli.dump",
    "dcm_dump_element": "dicome.cli.dump_element",
    "dcm_count": "dicome.cli.count",
    "dcm_study": "dicome.cli.study",
    "dcm_combine": "dicome.cli.combine",
    "dcm_x_disp": "dicome.cli.display",
    "dcm_w_disp": "dicome.cli.display",
    "tools": "dicome.cli.tools",
    "private-dictionary": "dicome.cli.private_dictionary",
    "export": "dicome.cli.export",
    "batch": "dicome.cli.batch",
    "dcm2par": "dicome.cli.dcm2par",
    "dcms2e": "dicome.cli.dcms2e",
    "split": "dicome.cli.split",
    "merge": "dicome.cli.merge",
    "phantom": "dicome.cli.phantom",
    "dcmexamcard": "dicome.cli.dcmexamcard",
    "gui": "dicome.cli.gui",
    "matlab": "dicome.cli.matlab",
    "send_dicom": "dicome.cli.send_dicom",
    "serve": "dicome.cli.serve",
    "clean": "dicome.cli.clean",
    "send_image": "dicome.cli.send_image",
    "simple_storage": "dicome.cli.simple_storage",
    "runDicom": "dicome.cli.run_dicom",
    "dcm_move": "dicome.cli.dcm_move",
    "dcm_movegui": "dicome.cli.dcm_movegui",
    "config": "dicome.cli.config",
    "completion": "dicome.cli.completion",
}
"""Command to module, in the order of the help."""

PROGRAMS: tuple[str, ...] = (
    "dcm2par",
    "dcm_combine",
    "dcm_count",
    "dcm_dump_element",
    "dcm_dump_file",
    "dcm_study",
    "dcm_w_disp",
    "dcm_x_disp",
    "dcm_move",
    "dcm_movegui",
    "dcmexamcard",
    "dcminfo",
    "dcmls",
    "dcms2e",
    "runDicom",
    "send_dicom",
    "send_image",
    "simple_storage",
)
"""The commands that are also installed under their own names: ``dcm2par x`` is ``dicome dcm2par x``."""

NEWLINE = "\n"
"""Messages of several lines keep them; what else steers a terminal is shown."""

OK, PROBLEM, USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: done; a problem was told on stderr; wrong arguments; stopped with Ctrl-C."""

EXAMPLES = """\
examples:
  dicome info scan.dcm              dimensions, labels and scaling of a file
  dicome export scan.dcm scan.mat   write a scan as .mat, .png, ...
  dicome batch scans out --to mat   every series below a folder
  dicome dcm_move -s in -R sorted   rename DICOM files by their headers and sort them into directories
  dicome gui scan.dcm               look at it in the browser
  dicome send_dicom -s HOST study   send files to a DICOM server
  dicome serve --config FILE        be one: receive, route on, keep for a while
  dicome phantom test.dcm           write a small file to try things on
  dicome dcmexamcard XX_0003        what is in Philips raw data files and ExamCards
  dicome matlab                     how to use dicome from MATLAB and Octave
  dicome completion bash            completion of commands and options for the shell
  dicome COMMAND --help             all options of one command

exit codes: 0 done, 1 a problem (told on stderr), 2 wrong arguments, 130 stopped with Ctrl-C
"""


def main(argv: Sequence[str] | None = None, name: str = "dicome") -> int:
    """Run the command line (without the program's name; default: that of the process) and return the exit code.

    name: "dicome", or one of `PROGRAMS`, which takes the arguments of that command. Raises nothing on bad input:
    `DicomeError` and `OSError` become one line on stderr.
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    for output in ("stdout", "stderr"):
        if getattr(sys, output) is None:  # closed by whoever started us
            setattr(sys, output, open(os.devnull, "w"))  # noqa: PTH123, SIM115  # for as long as we run
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A name from a file that the terminal cannot show must not end the command.
            stream.reconfigure(errors="backslashreplace")
    with warnings.catch_warnings():
        warnings.showwarning = partial(_show_warning, name)
        return _guarded(lambda: _dispatch(argv, name), name)


def program() -> int:
    """The entry point of all `PROGRAMS`: which one it is says the name it was started with, or that a link leads to."""
    for path in (sys.argv[0], os.path.realpath(sys.argv[0])):
        started = os.path.basename(path).split(".")[0]  # noqa: PTH119  # pathlib would cost every start 3 ms
        if started in PROGRAMS:
            return main(name=started)
    return main()


def build_parser(commands: Iterable[str] | None = None, *, options: bool = True) -> Parser:
    """The parser with the given commands (default: all); it imports their modules.

    options: False for their names alone.
    """
    parser = Parser(
        prog="dicome",
        description="Enhanced-MR DICOM in the right order and with the right dimensions.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--version", action="version", version=f"dicome {__version__}")
    subparsers: Subparsers = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", parser_class=Parser if options else CommandName
    )
    # A module may have several names, and adds them all.
    for module in {COMMANDS[name]: name for name in (COMMANDS if commands is None else commands)}.values():
        _command(module).add_parser(subparsers)
    return parser


def program_parser(name: str) -> argparse.ArgumentParser:
    """The parser of one of `PROGRAMS`, as the program shows it; of "dicome" the whole one."""
    if name == "dicome":
        return build_parser()
    (subparsers,) = build_parser([name])._subparsers._group_actions  # type: ignore[union-attr]
    parser: argparse.ArgumentParser = subparsers.choices[name]  # type: ignore[index]
    parser.prog = name
    return parser


def _parser_for(argv: Sequence[str]) -> Parser:
    """One command needs its own module only; the list of them, for help and misspellings, no options of any."""
    first = argv[0] if argv else "--help"
    if first in COMMANDS:
        return build_parser([first])
    return build_parser(options=first.startswith("-") and first not in ("-h", "--help", "--version"))


def _command(name: str) -> Command:
    command: Command = import_module(COMMANDS[name])
    return command


def _dispatch(argv: list[str], name: str) -> int:
    try:
        if name in PROGRAMS:
            return _run(name, program_parser(name).parse_args(argv))
        parser = _parser_for(argv)
        args = parser.parse_args(argv)
    except SystemExit as stop:  # has printed help, the version or what is wrong
        return stop.code if isinstance(stop.code, int) else OK
    if args.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    return _run(args.command, args)


def _run(name: str, args: argparse.Namespace) -> int:
    from dicome.cli.interrupted import interruptible

    return interruptible(lambda: _command(name).run(args))


def _guarded(action: Callable[[], int], name: str) -> int:
    """Exit code of an action; what it raises on purpose is told on stderr."""
    try:
        code = action()
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError as error:
        return OK if _reader_is_gone() else _tell(error, name)
    except (DicomeError, OSError, MemoryError) as error:
        return _tell(error, name)
    return code


def _tell(error: Exception, name: str) -> int:
    from dicome.safetext import visible

    print(f"{name}: {visible(_message(error), keep=NEWLINE)}", file=sys.stderr)
    return PROBLEM


def _message(error: Exception) -> str:
    if isinstance(error, DicomeError):
        return str(error)
    if isinstance(error, OSError):
        # Not Python's "[Errno 2] ...", which no user needs.
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    return f"not enough memory ({error})" if str(error) else "not enough memory"


def _reader_is_gone() -> bool:
    """Whether stdout is a pipe that nobody reads any more (``dicome ... | head``); if so, writes to it go nowhere."""
    import select

    try:
        stdout = sys.stdout.fileno()
        poll = select.poll()
    except (OSError, AttributeError):  # stdout is no file; Windows has no poll, and no such error either
        return False
    poll.register(stdout, 0)
    if not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0)):
        return False
    # Python flushes stdout once more at its end, and would complain there.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stdout)
    return True


def _show_warning(
    name: str,
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Stands in for warnings.showwarning: what was found, without the line of code that said so."""
    from dicome.safetext import visible

    print(f"{name}: warning: {visible(str(message), keep=NEWLINE)}", file=sys.stderr)
