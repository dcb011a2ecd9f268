"""PDUs on a socket (PS3.8 9.3): read and written whole, within limits of time and size.

A peer may stall, trickle, or announce 4 GB: a PDU must arrive within ``pdu_timeout`` seconds from its first byte, and
none that is longer than its kind may be is read at all. The fields of associate PDUs are pynetdicom's affair
(`associate`); here they are bytes.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

from dicome.errors import DicomeError

ASSOCIATE_RQ, ASSOCIATE_AC, ASSOCIATE_RJ, P_DATA, RELEASE_RQ, RELEASE_RP, ABORT = range(1, 8)

MOST_ASSOCIATE = 1 << 18
"""Bytes of an associate PDU; 128 presentation contexts with ten transfer syntaxes each take 100,000."""
MOST_OTHER = 64
"""Bytes of the others, of which all but P-DATA have 4."""
SLACK = 1 << 16
"""What a P-DATA PDU may be longer than announced; some senders forget its own header."""
MOST_BUFFERS = 512
"""Buffers given to the system at once (its limit is 1024)."""

HEADER = Struct(">BxI")
PDV = Struct(">IBB")
"""Length, presentation context ID, and message control header (PS3.8 9.3.5.1 and E.2)."""
COMMAND, LAST = 1, 2
"""Bits of the message control header."""


class PeerError(DicomeError):
    """The peer broke the protocol, was silent for too long, or went away; the text says which."""

    kind = "peer"


class ClosedError(PeerError):
    """The connection ended."""


class Pdu(NamedTuple):
    """One PDU: its type, and its body as a view that is good until the next one is read."""

    kind: int
    body: memoryview


class Wire:
    """One connection. max_pdu: bytes of P-DATA that we have announced to take; times in seconds."""

    def __init__(self, connection: socket.socket, *, max_pdu: int, pdu_timeout: float) -> None:
        with contextlib.suppress(OSError):  # no TCP socket (a test's pair)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection = connection
        self.max_pdu = max_pdu
        self.pdu_timeout = pdu_timeout
        self._buffer = bytearray(max(max_pdu + SLACK, MOST_ASSOCIATE) + HEADER.size)
        self._view = memoryview(self._buffer)
        self._start = self._end = 0
        self._timeout: float | None = -1.0
        self._gathers = not hasattr(connection, "cipher")  # TLS has no sendmsg
        self.received = 0

    # -- reading -------------------------------------------------------------------------------------------------

    def read(self, idle: float) -> Pdu:
        """The next PDU; idle: seconds to wait for its first byte. Raises PeerError."""
        if self._start == self._end:
            self._start = self._end = 0
            self._fill(time.monotonic() + idle, "sent nothing for {:g} s", idle)
        deadline = time.monotonic() + self.pdu_timeout
        self._need(HEADER.size, deadline)
        kind, length = HEADER.unpack_from(self._buffer, self._start)
        most = {P_DATA: self.max_pdu + SLACK, ASSOCIATE_RQ: MOST_ASSOCIATE, ASSOCIATE_AC: MOST_ASSOCIATE}
        if not ASSOCIATE_RQ <= kind <= ABORT:
            raise PeerError(f"the peer sent a PDU of the unknown type {kind:#04x}")
        if length > most.get(kind, MOST_OTHER):
            raise PeerError(f"the peer announced a PDU of type {kind} with {length:,} bytes, more than it may have")
        self._need(HEADER.size + length, deadline)
        begin = self._start + HEADER.size
        self._start = begin + length
        return Pdu(kind, self._view[begin : self._start])

    def _need(self, size: int, deadline: float) -> None:
        """Reads until so many bytes are there, in one piece."""
        if self._end - self._start >= size:
            return
        if self._start + size > len(self._buffer):
            self._view[: self._end - self._start] = bytes(self._view[self._start : self._end])
            self._start, self._end = 0, self._end - self._start
        while self._end - self._start < size:
            self._fill(deadline, "took more than {:g} s for one PDU", self.pdu_timeout)

    def _fill(self, deadline: float, complaint: str, limit: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise PeerError(f"the peer {complaint.format(limit)}")
        try:
            self._set_timeout(left)
            count = self.connection.recv_into(self._view[self._end :])
        except TimeoutError:
            raise PeerError(f"the peer {complaint.format(limit)}") from None
        except (OSError, ValueError) as problem:
            raise ClosedError(f"the connection was lost: {_reason(problem)}") from None
        if not count:
            raise ClosedError("the peer closed the connection")
        self._end += count
        self.received += count

    def _set_timeout(self, seconds: float) -> None:
        """Sets the time limit anew only where it differs by much: each setting is a call into the system."""
        if self._timeout is None or abs(self._timeout - seconds) > 0.1 * seconds:
            self.connection.settimeout(seconds)
            self._timeout = seconds

    # -- writing -------------------------------------------------------------------------------------------------

    def write(self, *buffers: bytes | memoryview) -> None:
        """Sends all of the buffers. Raises PeerError."""
        try:
            self._set_timeout(self.pdu_timeout)
            if self._gathers:
                for first in range(0, len(buffers), MOST_BUFFERS):
                    self._gather(buffers[first : first + MOST_BUFFERS])
            else:
                self.connection.sendall(b"".join(buffers))
        except TimeoutError:
            raise PeerError(f"the peer took nothing for {self.pdu_timeout:g} s") from None
        except (OSError, ValueError) as problem:
            raise ClosedError(f"the connection was lost: {_reason(problem)}") from None

    def _gather(self, buffers: Sequence[bytes | memoryview]) -> None:
        sent = self.connection.sendmsg(buffers)
        if sent == sum(len(buffer) for buffer in buffers):
            return
        for buffer in buffers:
            if sent < len(buffer):
                self.connection.sendall(memoryview(buffer)[sent:])
            sent = max(sent - len(buffer), 0)

    def write_pdu(self, kind: int, body: bytes = bytes(4)) -> None:
        """Sends one PDU of those with a short body."""
        self.write(HEADER.pack(kind, len(body)) + body)

    def abort(self, reason: int = 0, source: int = 2) -> None:
        """Sends A-ABORT (source 0: service user, 2: provider; PS3.8 9.3.8) if that goes, and closes."""
        with contextlib.suppress(PeerError):
            self._timeout = None
            self.pdu_timeout = min(self.pdu_timeout, 2.0)
            self.write_pdu(ABORT, bytes((0, 0, source, reason)))
        self.close()

    def close(self) -> None:
        """Closes the connection; also from another thread, whose reader then gets ClosedError."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()


def data_pdus(context: int, control: int, data: memoryview, most: int) -> list[bytes | memoryview]:
    """Buffers of the P-DATA PDUs that carry ``data``, none with more than ``most`` bytes (PS3.8 D.1).

    control: COMMAND or 0, and LAST where these are the last bytes of their part of the message.
    """
    room = most - PDV.size
    buffers: list[bytes | memoryview] = []
    for first in range(0, max(len(data), 1), room):
        part = data[first : first + room]
        last = control & LAST if first + room >= len(data) else 0
        head = HEADER.pack(P_DATA, len(part) + PDV.size) + PDV.pack(len(part) + 2, context, control & COMMAND | last)
        buffers += (head, part)
    return buffers


def pdvs(body: memoryview) -> list[tuple[int, int, memoryview]]:
    """(context, control, data) of each presentation data value of a P-DATA PDU. Raises PeerError."""
    found, at = [], 0
    while at < len(body):
        if at + PDV.size > len(body):
            raise PeerError("the peer sent a P-DATA PDU that ends within a header")
        length, context, control = PDV.unpack_from(body, at)
        end = at + 4 + length
        if length < 2 or end > len(body):
            raise PeerError(f"the peer sent presentation data of {length:,} bytes in a PDU of {len(body):,}")
        found.append((context, control, body[at + PDV.size : end]))
        at = end
    return found


def _reason(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
