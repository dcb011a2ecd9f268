"""Sees before anything moves that it can."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dicome.errors import FileAccessError
from dicome.moving.plan import Plan


def check_room(plan: Plan, target: Path) -> None:
    """A writable destination, and room on every disk for what is copied there. Raises FileAccessError."""
    above = _existing(target)
    if not above.is_dir():
        raise FileAccessError(f"{above}: is no directory, so {target} cannot be the destination")
    if not os.access(above, os.W_OK | os.X_OK):
        raise FileAccessError(f"{above}: is not writable and searchable; nothing was moved")
    for where, size in _copied_to(plan).items():
        free = shutil.disk_usage(where).free
        if size > free:
            raise FileAccessError(f"{where}: {size:,} bytes are to be copied there, and {free:,} are free on that disk")


def _copied_to(plan: Plan) -> dict[Path, int]:
    """Bytes that come to each disk, by a directory on it; a header may send files to another one than that named."""
    above: dict[str, tuple[Path, int]] = {}
    first: dict[int, Path] = {}
    sizes: dict[Path, int] = {}
    for step in plan.steps:
        folder = os.path.dirname(step.target)  # noqa: PTH120  # paths are texts here
        if folder not in above:
            existing = _existing(Path(folder))
            above[folder] = existing, _device(str(existing))
        existing, device = above[folder]
        if plan.options.copy or _device(step.source) != device:
            where = first.setdefault(device, existing)
            sizes[where] = sizes.get(where, 0) + step.size
    return sizes


def _existing(path: Path) -> Path:
    """The path, or what is next above it, that exists."""
    return next(one for one in (path, *path.parents) if os.path.lexists(one))


def _device(path: str) -> int:
    try:
        return os.lstat(path).st_dev
    except OSError:
        return -1
