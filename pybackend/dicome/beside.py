"""Writing files without accidents: beside the target first, renamed when whole, nothing overwritten unasked."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dicome.errors import DicomeError, FileAccessError, FileExistsAlreadyError, FileMissingError


@contextmanager
def written_beside(path: str | os.PathLike[str], *, force: bool = False, size: int = 0) -> Iterator[Path]:
    """Gives a temporary path in the same folder; it becomes ``path`` when the block ends well, and goes otherwise.

    force: replace an existing file. size: bytes to come, checked against the free space first (0: not known).
    Raises FileExistsAlreadyError, FileMissingError (no such folder), FileAccessError (no permission, disk full).
    """
    target = Path(path)
    check_target(target, force=force, size=size)
    with _refusals(target):
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            _give_usual_mode(temporary, 0o666)
            if not force and target.exists():
                raise FileExistsAlreadyError(f"{target}: came into being while it was written; nothing was overwritten")
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def folder_beside(path: str | os.PathLike[str], *, force: bool = False, size: int = 0) -> Iterator[Path]:
    """The same for a folder of files: a temporary one, whose files are in ``path`` when the block ends well.

    The folder is made; if it is there already it has to be empty, unless ``force`` is set: then files of the same
    names are replaced, and others stay. Raises the errors of `written_beside`.
    """
    target = Path(path).absolute()
    _check_parent(target)
    if target.exists() and not target.is_dir():
        raise FileExistsAlreadyError(f"{target}: is a file; give the name of a folder")
    if target.exists() and not force and any(target.iterdir()):
        raise FileExistsAlreadyError(f"{target}: holds files already; choose another folder or say force (--force)")
    _check_room(target, size)
    with _refusals(target):
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent))
        try:
            yield temporary
            _give_usual_mode(temporary, 0o777)
            if target.exists():
                for one in temporary.iterdir():
                    one.replace(target / one.name)
            else:
                temporary.replace(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _refusals(target: Path) -> Iterator[None]:
    """What the system refuses, as an error that names the target and not the temporary file."""
    try:
        yield
    except DicomeError:
        raise
    except PermissionError as problem:
        where = target.parent.resolve()
        if problem.filename is not None and Path(problem.filename).parent.resolve() != where:
            raise FileAccessError(f"{target}: cannot be written: {problem.strerror}") from problem
        raise FileAccessError(f"{target}: no permission to write in the folder {where}") from None
    except OSError as problem:
        raise FileAccessError(f"{target}: cannot be written: {problem.strerror or problem}") from problem


def _check_parent(target: Path) -> None:
    if not target.parent.is_dir():
        raise FileMissingError(f"{target}: there is no folder {target.parent}; make it first")


def _check_room(target: Path, size: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if size > free:
        raise FileAccessError(f"{target}: needs {size:,} bytes, and {free:,} are free on that disk")


def check_target(target: Path, *, force: bool = False, size: int = 0) -> None:
    """Raises what `written_beside` would raise before it begins: for who has long work to do first."""
    _check_parent(target)
    if target.is_dir():
        raise FileExistsAlreadyError(f"{target}: is a folder; give a file name")
    if target.exists() and not force:
        raise FileExistsAlreadyError(f"{target}: exists already; choose another name or say force (--force)")
    _check_room(target, size)


def _give_usual_mode(path: Path, mode: int) -> None:
    """Temporary files and folders are private; the result gets the mode that the user's umask gives."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(mode & ~mask)
