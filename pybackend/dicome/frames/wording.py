"""How frames and positions are named in notes, warnings and errors: 1-based, short, with the dimension's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from dicome.frames.ranks import Ints

LONGEST_LIST = 12
"""Runs of numbers spelled out before the rest is only counted."""


def numbers(values: Iterable[int]) -> str:
    """Integers in order, runs shortened: ``1-3, 7 and 8``; long lists end with ``and 40 more``."""
    distinct = np.unique(np.fromiter(values, np.int64))
    if not len(distinct):
        return "none"
    starts = np.flatnonzero(np.diff(distinct, prepend=distinct[0] - 2) != 1)
    ends = np.append(starts[1:], len(distinct)) - 1
    runs = [(int(distinct[a]), int(distinct[b])) for a, b in zip(starts, ends, strict=True)]
    words = [str(a) if a == b else f"{a}-{b}" for a, b in runs[:LONGEST_LIST]]
    rest = len(distinct) - sum(b - a + 1 for a, b in runs[:LONGEST_LIST])
    return enumeration([*words, f"{rest} more"] if rest else words)


def frame_list(frames: Ints) -> str:
    """0-based frame numbers as the caller counts them: ``frame 4``, ``frames 1-3 and 7``."""
    return f"frame{'' if len(np.unique(frames)) == 1 else 's'} {numbers(int(frame) + 1 for frame in frames)}"


def enumeration(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def plural(amount: int, noun: str) -> str:
    """``1 frame``, ``2 frames``."""
    return f"{amount} {noun}{'' if amount == 1 else 's'}"
