"""Runs dcm_move in a child of this process, which ends itself with SIGKILL at the n-th change of the disk.

A child by fork, not by a new interpreter: a test can then afford every moment of a run.
"""

from __future__ import annotations

import errno
import os
import signal
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dicome.cli.dcm_move
import dicome.cli.moving
import dicome.moving  # noqa: F401  # so that the children need not
from dicome.cli.main import main

CHANGES = ("link", "unlink", "rename", "replace", "mkdir", "rmdir", "fsync", "utime", "open")
"""Functions of `os` that change a disk, or wait for it."""
NEVER = 1 << 30


def run(at: int, *arguments: str | Path, across: bool = False) -> int:
    """Exit code of ``dcm_move ARGUMENT ...``, -9 where it was killed at change number ``at`` (0-based).

    across: the folder incoming lies on a file system of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.12: this process may have threads
        child = os.fork()
    if not child:
        try:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            _install(at, across)
            code = main([*map(str, arguments)], "dcm_move")
        except BaseException:
            code = 99
        os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _install(at: int, across: bool) -> None:
    """Puts counters in the place of functions of `os`."""
    count = [0]

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def stand_in(*args: Any, **options: Any) -> Any:
            if count[0] == at:
                os.kill(os.getpid(), signal.SIGKILL)
            count[0] += 1
            if across and name in ("link", "rename") and _apart(*map(str, args[:2])):
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(args[0]))
            return function(*args, **options)

        return stand_in

    for name in CHANGES:
        setattr(os, name, counted(name, getattr(os, name)))


def _apart(one: str, other: str) -> bool:
    return ("incoming" in Path(one).parts) != ("incoming" in Path(other).parts)
