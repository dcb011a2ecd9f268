"""Reads numbers and counted strings from bytes one behind the other; what does not fit is told with its offset."""

from __future__ import annotations

from struct import Struct

from dicome.errors import DamagedFileError

_U32 = Struct("<I")


class Cursor:
    """A place in bytes. where: path and blob, for messages; ``at`` is the offset of what comes next."""

    def __init__(self, data: bytes, where: str) -> None:
        self.data = data
        self.where = where
        self.at = 0

    @property
    def left(self) -> int:
        """Bytes that are still to come."""
        return len(self.data) - self.at

    def take(self, count: int, what: str) -> bytes:
        """The next bytes; DamagedFileError where there are fewer."""
        if count > self.left:
            raise DamagedFileError(
                f"{self.where}: {what} at byte {self.at:,} has {count:,} bytes; expected at most {self.left:,}, "
                f"the end is at byte {len(self.data):,}"
            )
        self.at += count
        return self.data[self.at - count : self.at]

    def u8(self, what: str) -> int:
        """The next byte."""
        return self.take(1, what)[0]

    def u32(self, what: str) -> int:
        """The next 32 bits, little endian."""
        return int(_U32.unpack(self.take(4, what))[0])

    def text(self, what: str) -> str:
        """A string behind its length (32 bits), without NUL."""
        return self.take(self.u32(f"the length of {what}"), what).decode("latin-1")
