"""What the system says to a file that cannot be read, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dicome.errors import DicomeError, FileAccessError, FileMissingError


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what goes wrong with a file into FileMissingError or FileAccessError."""
    try:
        yield
    except DicomeError:  # some are OSErrors, too
        raise
    except (FileNotFoundError, NotADirectoryError):
        raise FileMissingError(f"{path}: no such file") from None
    except PermissionError:
        raise FileAccessError(f"{path}: no permission to read; ask its owner, or `chmod +r` it") from None
    except OSError as problem:
        raise FileAccessError(f"{path}: cannot be read: {problem.strerror or problem}") from problem
