"""Unpacks what lies deflated in a file: a data set (PS3.5 annex A.5), or the whole file (gzip, RFC 1952)."""

from __future__ import annotations

import zlib
from pathlib import Path

from dicome.dicom.scan import Buffer, HopelessError
from dicome.dicom.sniff import is_gzip
from dicome.errors import DamagedFileError

MOST_INFLATED, MOST_INFLATION, FREELY_INFLATED = 4 << 30, 200, 256 << 20
"""Bytes that packed ones may grow to: 200 times their number, but 256 MiB in any case and 4 GiB in none."""
_CHUNK = 64 << 10
"""Packed bytes taken at once."""
BEGIN = 2048
"""Bytes by which a packed file is told from those that are no DICOM."""
_MOST_MEMBERS = 100_000
"""Members of one gzip file; programs that write several at all start one every 64 KiB."""


def data_set(buffer: Buffer, at: int, where: Path) -> memoryview:
    """The deflated data set that begins at ``at``; cut short where it is. Raises DamagedFileError."""
    unpacking = _Unpacking(memoryview(buffer)[at:], f"{where}: the deflated data set")
    unpacking.member(0, -zlib.MAX_WBITS)
    return memoryview(unpacking.data).toreadonly()


def gzip_begin(buffer: Buffer) -> bytes:
    """The first `BEGIN` bytes of a gzip file; fewer where it holds no more, is damaged or has short members."""
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(memoryview(buffer)[:_CHUNK], BEGIN)
    except zlib.error:
        return b""


def gzip_file(buffer: Buffer, where: Path) -> memoryview:
    """All members of a gzip file, which must be whole. Raises DamagedFileError."""
    what = f"{where}: the gzip file"
    unpacking = _Unpacking(memoryview(buffer), what)
    at = 0
    for _ in range(_MOST_MEMBERS):
        at = unpacking.member(at, 16 + zlib.MAX_WBITS)
        if at < 0:
            raise HopelessError(f"{what} ends too soon; is the file complete?")
        if not is_gzip(unpacking.packed[at : at + 3]):
            return memoryview(unpacking.data).toreadonly()  # what follows the last member is filling
    raise HopelessError(f"{what} has more than {_MOST_MEMBERS:,} members")


class _Unpacking:
    """The bytes unpacked so far, which are bounded."""

    def __init__(self, packed: memoryview, what: str) -> None:
        self.packed = packed
        self.what = what
        self.most = min(max(MOST_INFLATION * len(packed), FREELY_INFLATED), MOST_INFLATED)
        self.data = bytearray()

    def member(self, at: int, bits: int) -> int:
        """Inflates the stream that begins at ``at``; gives where it ends, -1 where it does not."""
        inflater = zlib.decompressobj(bits)
        while at < len(self.packed):
            chunk = self.packed[at : at + _CHUNK]
            try:
                self.data += inflater.decompress(chunk, self.most + 1 - len(self.data))
            except zlib.error as problem:
                raise DamagedFileError(f"{self.what} cannot be inflated: {problem}") from problem
            if len(self.data) > self.most:
                raise DamagedFileError(f"{self.what} of {len(self.packed):,} bytes grows to more than {self.most:,}")
            at += len(chunk) - len(inflater.unused_data)
            if inflater.eof:
                return at
        return -1
