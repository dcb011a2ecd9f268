"""Brings one file to another place without ever losing or replacing one: by another name, or by a verified copy.

On one file system a file gets its new name before it loses the old one. Across file systems, and for -c, it is copied
beside its place under a hidden name, read back and compared, and only then given its name. Whoever called syncs the
copies, many at a time, and removes the originals after that.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable

from dicome.files.place import relocate

AT_ONCE = 4 << 20
"""Bytes copied at once."""

DISK_PROBLEMS = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EROFS))
"""After these no other file has a chance."""

_CANNOT_SYNC = frozenset((errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES))
"""Some network drives know no syncing of directories."""

Copied = Callable[[int], None]
"""Told the bytes that have been copied; may raise to stop."""


class ChangedError(OSError):
    """The file was written to while it was copied, or the copy does not read back as it was written."""


def move_within(source: str, target: str) -> None:
    """Gives a file another name on its file system. Raises OSError: EXDEV across file systems, FileExistsError."""
    try:
        relocate(source, target)
    except FileExistsError:
        raise
    except OSError:
        _take_back(source, target)
        raise


def _take_back(source: str, target: str) -> None:
    """Undoes half a move: the new name was given, but the old one cannot be removed."""
    with contextlib.suppress(OSError):
        if os.path.samefile(source, target):  # noqa: PTH121  # paths are texts here
            os.unlink(target)  # noqa: PTH108


def copy_to(source: str, target: str, part: str, copied: Copied) -> None:
    """Copies a file to a name that is free, with its times and mode; ``part`` is the hidden name meanwhile.

    Raises FileExistsError, ChangedError, and other OSErrors; nothing is left of a copy that failed.
    """
    try:
        before = os.stat(source, follow_symlinks=False)  # noqa: PTH116
        if not stat.S_ISREG(before.st_mode):
            raise ChangedError(errno.EBUSY, "it is no longer a file", source)
        digest = _copy(source, part, copied)
        if _digest(part) != digest:
            raise ChangedError(errno.EIO, "the copy does not read back as it was written", part)
        after = os.stat(source, follow_symlinks=False)  # noqa: PTH116
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise ChangedError(errno.EBUSY, "it was written to while it was copied", source)
        move_within(part, target)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part)  # noqa: PTH108


def _copy(source: str, part: str, copied: Copied) -> bytes:
    """Writes the copy; the digest of what was read."""
    digest = hashlib.sha256()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(part)  # noqa: PTH108  # of a run that was killed
    with open(source, "rb", buffering=0) as reading:  # noqa: PTH123
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb", buffering=0) as writing:  # noqa: PTH123
            while block := reading.read(AT_ONCE):
                digest.update(block)
                rest = memoryview(block)
                while rest:
                    rest = rest[writing.write(rest) or 0 :]
                copied(len(block))
            _like(source, part)
    return digest.digest()


def _like(source: str, part: str) -> None:
    """Gives the copy times, mode and, where that is allowed, owner of the original."""
    status = os.stat(source)  # noqa: PTH116
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(part, status.st_uid, status.st_gid)
    shutil.copystat(source, part)


def _digest(path: str) -> bytes:
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123
        while block := stream.read(AT_ONCE):
            digest.update(block)
    return digest.digest()


def same_bytes(one: str, other: str) -> bool:
    """Whether two files are equal, byte for byte. Raises OSError."""
    if os.stat(one).st_size != os.stat(other).st_size:  # noqa: PTH116
        return False
    return _digest(one) == _digest(other)


def sync(path: str) -> None:
    """Makes a file, or the entries of a directory, survive a power cut, where the system can."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:  # directories of Windows
        return
    try:
        os.fsync(handle)
    except OSError as problem:
        if problem.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(handle)
