"""The parser all commands share: keeps the lines of examples, and starts quickly."""

from __future__ import annotations

import argparse
import os

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from typing import Any

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]

NARROWEST = 40
"""Columns below which help is not squeezed further."""


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Fills descriptions of one line, keeps the lines of others (examples).

    Finds the width without importing shutil, which is a tenth of the start.
    """

    def __init__(self, prog: str) -> None:
        try:
            width = int(os.environ.get("COLUMNS", 0)) or os.get_terminal_size().columns
        except (ValueError, OSError):  # no number; no terminal
            width = 80
        super().__init__(prog, width=max(width, NARROWEST) - 2)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if "\n" in text:
            return super()._fill_text(text, width, indent)
        return argparse.HelpFormatter._fill_text(self, text, width, indent)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose help is laid out by `HelpFormatter`; so are the parsers of its commands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": HelpFormatter, **options})


class CommandName(Parser):
    """A command in the list of all: it forgets its options, whose making takes half the time of that list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "add_help": False})

    def _forget(self, *_: Any, **__: Any) -> Any:
        return self

    add_argument = add_argument_group = add_mutually_exclusive_group = _forget
    add_subparsers = add_parser = set_defaults = _forget
