"""One server per store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dicome.errors import FileAccessError
from dicome.files.lock import locked
from dicome.network.state import FOLDER


@contextmanager
def only_server(root: Path) -> Iterator[None]:
    """Holds the store for one server. Raises FileAccessError where another has it."""
    path = root / FOLDER / "lock"
    taken = FileAccessError(f"{root}: another server is at work there; stop it first, or choose another folder")
    with ExitStack() as held:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(path, taken))
        except FileAccessError:  # an OSError, too
            raise
        except OSError as problem:
            raise FileAccessError(f"{root}: no server can work there: {problem.strerror}") from None
        yield
