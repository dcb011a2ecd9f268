"""Writing files without accidents: beside the target first, renamed when whole, nothing overwritten unasked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dicome.errors import FileAccessError, FileExistsAlreadyError, FileMissingError


@contextmanager
def written_beside(path: str | os.PathLike[str], *, force: bool = False, size: int = 0) -> Iterator[Path]:
    """Gives a temporary path in the same folder; it becomes ``path`` when the block ends well, and goes otherwise.

    force: replace an existing file. size: bytes to come, checked against the free space first (0: not known).
    Raises FileExistsAlreadyError, FileMissingError (no such folder), FileAccessError (no permission, disk full).
    """
    target = Path(path)
    _check(target, force, size)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
    except PermissionError:
        raise FileAccessError(f"{target}: no permission to write in the folder {target.parent.resolve()}") from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _give_usual_mode(temporary)
        if not force and target.exists():
            raise FileExistsAlreadyError(f"{target}: came into being while it was written; nothing was overwritten")
        temporary.replace(target)
    except OSError as problem:
        if isinstance(problem, (FileExistsAlreadyError, FileAccessError)):
            raise
        raise FileAccessError(f"{target}: cannot be written: {problem.strerror or problem}") from problem
    finally:
        temporary.unlink(missing_ok=True)


def _check(target: Path, force: bool, size: int) -> None:
    if not target.parent.is_dir():
        raise FileMissingError(f"{target}: there is no folder {target.parent}; make it first")
    if target.is_dir():
        raise FileExistsAlreadyError(f"{target}: is a folder; give a file name")
    if target.exists() and not force:
        raise FileExistsAlreadyError(f"{target}: exists already; choose another name or say force (--force)")
    free = shutil.disk_usage(target.parent).free
    if size > free:
        raise FileAccessError(f"{target}: needs {size:,} bytes, and {free:,} are free on that disk")


def _give_usual_mode(path: Path) -> None:
    """Temporary files are private; the result gets the mode that the user's umask gives."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
