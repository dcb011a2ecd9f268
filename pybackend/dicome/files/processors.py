"""How many processors there are. By itself, because what runs on several of them is slow to import."""

from __future__ import annotations

import os


def processors() -> int:
    """How many this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
