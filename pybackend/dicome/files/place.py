"""Puts finished files where they belong without ever replacing one: a move that a kill may cut short anywhere."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dicome.errors import FileAccessError, FileExistsAlreadyError


def move(source: Path, target: Path) -> None:
    """Moves a file within one file system; never replaces one, not even one that comes into being meanwhile.

    Called again after a kill it finishes what was begun. Raises FileExistsAlreadyError and FileAccessError.
    """
    try:
        relocate(source, target)
    except FileExistsError:
        if not target.is_file() or not source.samefile(target):
            raise FileExistsAlreadyError(f"{target}: exists already; nothing was overwritten") from None
        source.unlink()  # both names of one file: killed between the two steps
    except OSError as problem:
        raise FileAccessError(f"{target}: cannot be written: {problem.strerror or problem}") from problem


def relocate(source: Path | str, target: Path | str) -> None:
    """Gives a file another name on the same file system; a kill leaves it with one of the two, or with both.

    Raises OSError: FileExistsError where the name is taken, EXDEV where it lies on another file system.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):  # file systems without links (FAT, some network drives)
        if os.path.lexists(target):
            raise FileExistsError(str(target)) from None
        os.rename(source, target)  # noqa: PTH104  # paths may be texts
    else:
        os.unlink(source)  # noqa: PTH108


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until the block is done; processes that are started in it never hear it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread is ever interrupted
        return
    came: list[int] = []
    # The mask is what a new process inherits; it does not stop the other threads from taking the signal for us.
    masks = hasattr(signal, "pthread_sigmask")  # not on Windows
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


def make_folder(path: Path) -> None:
    """Makes a folder and those above it; FileAccessError where that is refused, or a file is in the way."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise FileAccessError(f"{path}: this folder cannot be made: {problem.strerror or problem}") from problem
