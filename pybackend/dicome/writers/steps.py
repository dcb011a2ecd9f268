"""Progress of a file whose frames are read first and written then: packing takes far longer than reading, and the line
on the terminal should not stand at its end meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicome.assemble import Progress

Wrote = Callable[[int], None]
"""Told the number of bytes that have just been written."""

READING, READING_PACKED = 0.5, 0.1
"""Part of the work that reading is, by files written as they are and packed ones."""


def unheard(size: int) -> None:
    """For writers that nobody watches."""


class Steps:
    """Tells the frames done and the frames in all, where a frame is done when it is both read and written.

    told: who wants to know. packed: whether what is written is packed. size: bytes to write, where they are known.
    """

    def __init__(self, told: Progress | None, packed: bool, size: int = 0) -> None:
        self.size = size
        self._told, self._part = told, READING_PACKED if packed else READING
        self._read = self._frames = self._written = 0

    def read(self, done: int, total: int) -> None:
        """So many frames of so many are read."""
        self._read, self._frames = done, total
        self._tell()

    def wrote(self, size: int) -> None:
        """So many more bytes are written."""
        self._written += size
        self._tell()

    def _tell(self) -> None:
        if self._told is None or not self._frames:
            return
        written = min(self._written / self.size, 1.0) if self.size else 0.0
        part = self._part * self._read / self._frames + (1 - self._part) * written
        whole = self._read == self._frames and written == 1.0
        self._told(self._frames if whole else int(part * self._frames), self._frames)
