"""Files as locks, which the system takes back when the process ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_BEYOND = 1 << 30
"""Where the byte lies that Windows locks: behind what the file holds, which others may read and write."""


@contextmanager
def locked(path: Path, taken: Exception) -> Iterator[None]:
    """Holds the lock for this process. Raises ``taken`` where another has it, OSError where the file does not open."""
    with path.open("ab") as stream:
        if not _take(stream.fileno()):
            raise taken
        yield


def _take(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        os.lseek(handle, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a network drive without locks
        pass
    return True
