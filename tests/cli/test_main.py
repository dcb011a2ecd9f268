"""The frame around all commands: exit codes, what goes to stderr, and how little a start imports."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from dicome import __version__
from dicome.cli import main as cli
from dicome.errors import ColumnError, DamagedFileError, FileMissingError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from dicome.cli.parser import Subparsers

    Dicome = Callable[..., subprocess.CompletedProcess[str]]

HEAVY = {"numpy", "pydicom", "scipy", "h5py", "nibabel", "PIL", "xarray", "pynetdicom"}


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], int]], None]:
    """Put one command, ``do``, in place of all others; it does what the test says."""

    def install(action: Callable[[], int]) -> None:
        module = ModuleType("do_for_test")

        def add_parser(subparsers: Subparsers) -> None:
            subparsers.add_parser("do", help="what the test says").add_argument("--number", type=int)

        def run(args: argparse.Namespace) -> int:
            return action()

        monkeypatch.setattr(module, "add_parser", add_parser, raising=False)
        monkeypatch.setattr(module, "run", run, raising=False)
        monkeypatch.setitem(sys.modules, "do_for_test", module)
        monkeypatch.setattr(cli, "COMMANDS", {"do": "do_for_test"})

    return install


def _raiser(error: BaseException) -> Callable[[], int]:
    def action() -> int:
        raise error

    return action


@pytest.mark.parametrize("code", [0, 1, 3])
def test_the_exit_code_is_the_commands(command: Callable[..., None], code: int) -> None:
    command(lambda: code)
    assert cli.main(["do"]) == code


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (DamagedFileError("a.dcm: (5200,9230) ends early"), "a.dcm: (5200,9230) ends early"),
        (FileMissingError("no file a.dcm; check the spelling"), "no file a.dcm; check the spelling"),
        # A KeyError prints its argument in quotes; the message must not.
        (ColumnError("no attribute 'A'"), "no attribute 'A'"),
        (OSError(errno.ENOSPC, "No space left on device", "out.mat"), "out.mat: No space left on device"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("cannot map"), "cannot map"),
        (MemoryError(), "not enough memory"),
        (MemoryError("12 GiB for the array"), "not enough memory (12 GiB for the array)"),
        # A broken pipe that is not our stdout is a problem like any other.
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "Broken pipe"),
    ],
)
def test_a_problem_is_one_line_on_stderr(
    command: Callable[..., None], capsys: pytest.CaptureFixture[str], error: Exception, told: str
) -> None:
    command(_raiser(error))
    assert cli.main(["do"]) == 1
    assert capsys.readouterr() == ("", f"dicome: {told}\n")


def test_a_fault_of_our_own_keeps_its_traceback(command: Callable[..., None]) -> None:
    command(_raiser(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        cli.main(["do"])


def test_control_c(command: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    command(_raiser(KeyboardInterrupt()))
    assert cli.main(["do"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_warnings_are_told_without_their_line_of_code(
    command: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    def action() -> int:
        warnings.simplefilter("default")
        warnings.warn("2 frames are missing", UserWarning, stacklevel=2)
        return 0

    command(action)
    before = warnings.showwarning
    assert cli.main(["do"]) == 0
    assert capsys.readouterr().err == "dicome: warning: 2 frames are missing\n"
    assert warnings.showwarning is before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["do", "--number", "x"], "invalid int value: 'x'"),
        (["do", "--unknown"], "unrecognized arguments: --unknown"),
        ([], "usage: dicome"),
    ],
)
def test_wrong_arguments(
    command: Callable[..., None], capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    command(lambda: 0)
    assert cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"dicome {__version__}\n"


def test_help_names_every_command_and_gives_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    listed = {line.split()[0] for line in text.splitlines() if line.startswith("    ")}
    assert listed >= set(cli.COMMANDS)
    assert "examples:" in text


@pytest.fixture
def known_as(command: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Start the command ``do`` under its own name, from a file of that name."""

    def install(action: Callable[[], int], started: str, *arguments: str) -> None:
        command(action)
        monkeypatch.setattr(cli, "PROGRAMS", ("do",))
        monkeypatch.setattr(sys, "argv", [started, *arguments])

    return install


@pytest.mark.parametrize("started", ["do", "/usr/bin/do", "do.exe", "./do.pyz"])
def test_a_program_is_known_by_the_name_it_was_started_with(
    known_as: Callable[..., None], capsys: pytest.CaptureFixture[str], started: str
) -> None:
    known_as(_raiser(FileMissingError("no file a.dcm")), started)
    assert cli.program() == 1
    assert capsys.readouterr().err == "do: no file a.dcm\n"


def test_a_program_tells_usage_and_warnings_under_its_own_name(
    known_as: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    known_as(lambda: 0, "do", "--unknown")
    assert cli.program() == 2
    assert capsys.readouterr().err.startswith("usage: do [-h]")

    def warn() -> int:
        warnings.simplefilter("default")
        warnings.warn("2 frames are missing", UserWarning, stacklevel=2)
        return 0

    known_as(warn, "do", "--number", "3")
    assert cli.program() == 0
    assert capsys.readouterr().err == "do: warning: 2 frames are missing\n"


def test_under_any_other_name_a_program_is_dicome(
    known_as: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    known_as(lambda: 3, "something", "do")
    assert cli.program() == 3
    assert capsys.readouterr() == ("", "")


def test_the_programs_installed_are_those_that_are_named() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    section = text.split("[project.scripts]\n")[1].split("\n[")[0]
    scripts = dict(line.replace('"', "").split(" = ") for line in section.splitlines() if line)
    assert scripts.pop("dicome") == "dicome.cli.main:main"
    assert scripts == dict.fromkeys(cli.PROGRAMS, "dicome.cli.main:program")
    assert set(cli.PROGRAMS) <= set(cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help_and_the_examples_name_real_commands(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([name, "--help"]) == 0
    assert f"usage: dicome {name}" in capsys.readouterr().out
    named = [line.split()[1] for line in cli.EXAMPLES.splitlines() if line.startswith("  dicome ")]
    assert set(named) <= {*cli.COMMANDS, "COMMAND"}


def test_the_list_of_commands_is_that_of_the_whole_parser(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    assert capsys.readouterr().out == cli.build_parser().format_help()


def test_an_unknown_option_before_a_command_is_all_that_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["-x", "info", "scan.dcm"]) == 2
    assert capsys.readouterr().err.endswith("unrecognized arguments: -x\n")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["nonsense"], *([name, "--help"] for name in cli.COMMANDS)]
)
def test_help_and_usage_import_nothing_heavy(arguments: list[str]) -> None:
    code = f"import sys; from dicome.cli.main import main; main({arguments!r}); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.splitlines()[-1].split())
    assert "argparse" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of no broken pipe")
@pytest.mark.parametrize("arguments", [["completion", "bash"], ["--version"], ["completion", "--help"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_is_no_problem(arguments: list[str], unbuffered: str) -> None:
    # The reader closes its end before anything is written: more than fits the buffer of stdout, and less.
    code = "import sys; sys.stdin.read(); from dicome.cli.main import main; sys.exit(main())"
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environment, stdin=pipe, stdout=pipe, stderr=pipe
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.skipif(os.name == "nt", reason="closes streams by the shell's >&-")
def test_streams_that_are_closed_are_no_problem(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    for path, code in ((tmp_path, 0), (tmp_path / "none", 1)):
        command = [sys.executable, "-m", "dicome", "ls", str(path)]
        closed = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], capture_output=True, check=False)
        assert (closed.returncode, b"Traceback" in closed.stderr) == (code, False)
        silent = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *command], capture_output=True, check=False)
        assert (silent.returncode, b"notes.txt" in silent.stdout) == (code, code == 0)


def test_a_name_that_the_terminal_cannot_show_is_no_problem() -> None:
    code = (
        "import sys; from dicome.cli import main as cli; cli._dispatch = lambda *_: print('Schädel') or 0; cli.main([])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert done.stdout.strip() == rb"Sch\xe4del"


def test_python_m_dicome(dicome: Dicome) -> None:
    done = dicome("--version")
    assert (done.returncode, done.stdout.strip()) == (0, f"dicome {__version__}")
    assert dicome("nonsense").returncode == 2
