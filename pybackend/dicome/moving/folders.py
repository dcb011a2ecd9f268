"""Directories that a run makes, and takes away again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path


def missing_folders(folders: Iterable[Path]) -> list[str]:
    """Those directories, and those above them, that do not exist yet; parents first."""
    missing: dict[str, None] = {}
    for folder in folders:
        chain = []
        for path in (folder, *folder.parents):
            if str(path) in missing or os.path.lexists(path):
                break
            chain.append(str(path))
        missing.update(dict.fromkeys(reversed(chain)))
    return list(missing)


def remove_empty(folders: Sequence[str], keep: str = "") -> None:
    """Removes directories that a run has made, as far as they are empty; ``keep`` stays."""
    for folder in sorted(folders, key=len, reverse=True):
        if folder != keep:
            with suppress(OSError):
                os.rmdir(folder)  # noqa: PTH106
