"""What lies in a folder of this machine, for choosing files in the page."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from dicome.errors import FileAccessError, FileMissingError

MOST_SHOWN = 5000
"""Entries of a folder that are listed; the page says when there are more."""


def listing(folder: Path) -> dict[str, Any]:
    """The folders and files in a folder that are not hidden, folders first.

    Raises FileMissingError, FileAccessError.
    """
    if not folder.is_dir():
        if folder.is_file():
            return listing(folder.parent)
        raise FileMissingError(f"{folder}: no such folder")
    try:
        found = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    except PermissionError:
        raise FileAccessError(f"{folder}: no permission to list this folder") from None
    rows = [_row(entry) for entry in sorted(found, key=lambda entry: _natural(entry.name))[:MOST_SHOWN]]
    rows.sort(key=lambda row: row["kind"] != "folder")
    parent = folder.parent
    return {
        "path": str(folder),
        "parent": None if parent == folder else str(parent),
        "entries": rows,
        "more": max(len(found) - MOST_SHOWN, 0),
        "writable": os.access(folder, os.W_OK | os.X_OK),
    }


def _row(entry: os.DirEntry[str]) -> dict[str, Any]:
    try:
        state = entry.stat()
    except OSError:  # a link to nowhere
        return {"name": entry.name, "kind": "broken", "size": 0, "modified": 0}
    kind = "folder" if stat.S_ISDIR(state.st_mode) else "file" if stat.S_ISREG(state.st_mode) else "other"
    return {"name": entry.name, "kind": kind, "size": state.st_size, "modified": state.st_mtime}


def _natural(name: str) -> list[tuple[int, int, str]]:
    """So that IM_10 comes after IM_9."""
    parts: list[tuple[int, int, str]] = []
    digits = ""
    for letter in f"{name.lower()}\0":
        if letter.isascii() and letter.isdigit():
            digits += letter
            continue
        if digits:
            parts.append((0, int(digits), ""))
            digits = ""
        parts.append((1, 0, letter))
    return parts
