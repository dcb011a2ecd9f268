"""How help is laid out."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dicome.cli.parser import Parser

LINE = "  -h, --help  show this help message and exit"


@pytest.mark.parametrize(("columns", "fits"), [("47", True), ("46", False), ("1", False), ("0", True), ("wide", True)])
def test_help_keeps_to_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: str, fits: bool) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    lines = Parser(prog="dicome").format_help().splitlines()
    assert (LINE in lines) is fits


def test_examples_keep_their_lines() -> None:
    parser = Parser(prog="dicome", epilog="examples:\n  one   two\n  three")
    commands = parser.add_subparsers(parser_class=Parser)
    command = commands.add_parser("info", epilog="examples:\n  dicome  info")
    assert parser.format_help().endswith("examples:\n  one   two\n  three\n")
    assert command.format_help().endswith("examples:\n  dicome  info\n")


def test_a_description_of_one_line_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "42")
    text = Parser(prog="dicome", description="one two three four five six seven eight nine ten").format_help()
    assert "\none two three four five six seven eight\nnine ten\n" in text


def test_no_program_of_archives_is_loaded_for_help() -> None:
    code = "import sys; from dicome.cli.parser import Parser; Parser().format_help(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "shutil" not in done.stdout.split()
