"""Copies a study's files into a folder that was asked for: nothing overwritten, nothing half, no link followed.

The folder is opened part by part without following links, and files are made within what was opened: whoever swaps a
folder for a link meanwhile gets an error, not our files.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dicome.errors import FileAccessError, FileExistsAlreadyError

_DIRECTORY = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_BY_HANDLE = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd
_COMPARED = 1 << 20


def copy_files(files: Sequence[Path], folder: Path) -> int:
    """Copies files into an existing folder, whose path holds no links; how many were not there yet.

    Raises FileExistsAlreadyError, before anything is copied, where another file has one of the names; FileAccessError.
    """
    try:
        with _opened(folder) as handle:
            missing = [file for file in files if not _is_there(file, folder, handle)]
            for file in files:  # what a kill has left
                _remove(_temporary(file, folder, handle), handle)
            for file in missing:
                _copy(file, folder, handle)
            if handle is not None:
                os.fsync(handle)
    except FileExistsAlreadyError:
        raise
    except OSError as problem:
        raise FileAccessError(f"files cannot be copied there: {problem.strerror or problem}") from problem
    return len(missing)


@contextmanager
def _opened(folder: Path) -> Iterator[int | None]:
    """The folder as an open handle; None where the system works with paths only (Windows)."""
    if not _BY_HANDLE:
        yield None
        return
    handle = os.open(folder.anchor, os.O_RDONLY | _DIRECTORY)
    try:
        for part in folder.parts[1:]:
            inner = os.open(part, os.O_RDONLY | _DIRECTORY, dir_fd=handle)
            os.close(handle)
            handle = inner
        yield handle
    finally:
        os.close(handle)


def _at(folder: Path, name: str, handle: int | None) -> str:
    return name if handle is not None else str(folder / name)


def _temporary(file: Path, folder: Path, handle: int | None) -> str:
    """Name of a file that is not whole yet; the same each time, so that the next copy finds what a kill has left."""
    return _at(folder, f".{file.name}.part", handle)


def _remove(name: str, handle: int | None) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=handle)


def _is_there(file: Path, folder: Path, handle: int | None) -> bool:
    """Whether the same bytes lie there under that name."""
    name = _at(folder, file.name, handle)
    try:
        status = os.stat(name, dir_fd=handle, follow_symlinks=False)
    except FileNotFoundError:
        return False
    if stat.S_ISREG(status.st_mode) and status.st_size == file.stat().st_size:
        other = os.open(name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), dir_fd=handle)
        with os.fdopen(other, "rb") as there, file.open("rb") as here:
            if all(part == there.read(_COMPARED) for part in iter(lambda: here.read(_COMPARED), b"")):
                return True
    raise FileExistsAlreadyError(f"another file called {file.name} lies there; nothing was copied")


def _copy(file: Path, folder: Path, handle: int | None) -> None:
    temporary = _temporary(file, folder, handle)
    target = _at(folder, file.name, handle)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(temporary, flags, 0o666, dir_fd=handle), "wb") as out, file.open("rb") as source:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
        _rename(temporary, target, handle)
    finally:
        _remove(temporary, handle)


def _rename(temporary: str, target: str, handle: int | None) -> None:
    """Gives the whole file its name, unless that is taken by now."""
    if handle is None:  # Windows: rename replaces nothing
        Path(temporary).rename(target)
        return
    try:
        os.link(temporary, target, src_dir_fd=handle, dst_dir_fd=handle, follow_symlinks=False)
    except FileExistsError:
        raise FileExistsAlreadyError(f"another file called {target} came there meanwhile") from None
    except OSError:  # a file system without links
        if _exists(target, handle):
            raise FileExistsAlreadyError(f"another file called {target} came there meanwhile") from None
        os.rename(temporary, target, src_dir_fd=handle, dst_dir_fd=handle)


def _exists(name: str, handle: int) -> bool:
    try:
        os.stat(name, dir_fd=handle, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
