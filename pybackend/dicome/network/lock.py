"""One server per store: a lock that the system takes back when the process ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dicome.errors import FileAccessError
from dicome.network.state import FOLDER


@contextmanager
def only_server(root: Path) -> Iterator[None]:
    """Holds the store for one server. Raises FileAccessError where another has it."""
    path = root / FOLDER / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a+b")
    except OSError as problem:
        raise FileAccessError(f"{root}: no server can work there: {problem.strerror}") from None
    with stream:
        if not _locked(stream.fileno()):
            raise FileAccessError(f"{root}: another server is at work there; stop it first, or choose another folder")
        yield


def _locked(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

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
        return os.name == "posix"
    return True
