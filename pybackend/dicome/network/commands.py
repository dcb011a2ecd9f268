"""Command sets of C-ECHO and C-STORE (PS3.7 9.3): a few implicit VR little endian elements of group 0000."""

from __future__ import annotations

from struct import Struct

from dicome.network.wire import PeerError

SOP_CLASS, FIELD, MESSAGE_ID, RESPONDED_TO = 0x0002, 0x0100, 0x0110, 0x0120
PRIORITY, DATA_SET_TYPE, STATUS, COMMENT, SOP_INSTANCE = 0x0700, 0x0800, 0x0900, 0x0902, 0x1000
"""Element numbers of group 0000."""

C_STORE_RQ, C_STORE_RSP, C_ECHO_RQ, C_ECHO_RSP, C_CANCEL_RQ = 0x0001, 0x8001, 0x0030, 0x8030, 0x0FFF
NO_DATA_SET = 0x0101
MOST_COMMAND = 1 << 14
"""Bytes of a command set; those of C-STORE have some 300."""

_NUMBERS = frozenset((FIELD, MESSAGE_ID, RESPONDED_TO, PRIORITY, DATA_SET_TYPE, STATUS))
_ELEMENT = Struct("<HHI")

Command = dict[int, str | int]
"""Element number to value: integers for US, text for UI and LO; what we do not need is left out."""


def decode(data: bytes) -> Command:
    """The command set of those bytes. Raises PeerError."""
    command: Command = {}
    at = 0
    while at < len(data):
        if at + 8 > len(data):
            raise PeerError("the peer sent a command that ends within an element")
        group, number, length = _ELEMENT.unpack_from(data, at)
        value = data[at + 8 : at + 8 + length]
        if group != 0 or len(value) != length:
            raise PeerError(f"the peer sent a command with the element ({group:04X},{number:04X}) of {length:,} bytes")
        if number in _NUMBERS:
            command[number] = int.from_bytes(value[:2], "little")
        elif number in (SOP_CLASS, SOP_INSTANCE, COMMENT):
            command[number] = value.decode("latin-1").rstrip("\0 ").lstrip(" ")
        at += 8 + length
    if FIELD not in command:
        raise PeerError("the peer sent a command that says not what it is (no Command Field)")
    return command


def encode(command: Command) -> bytes:
    """The bytes of a command set, its group length first."""
    elements = b"".join(_element(number, command[number]) for number in sorted(command))
    return _ELEMENT.pack(0, 0, 4) + len(elements).to_bytes(4, "little") + elements


def _element(number: int, value: str | int) -> bytes:
    if isinstance(value, int):
        return _ELEMENT.pack(0, number, 2) + value.to_bytes(2, "little")
    raw = value.encode("latin-1", "replace")
    if len(raw) % 2:
        raw += b" " if number == COMMENT else b"\0"
    return _ELEMENT.pack(0, number, len(raw)) + raw


def store_request(message: int, sop_class: str, sop_instance: str) -> bytes:
    """C-STORE-RQ, of medium priority (PS3.7 9.3.1.1)."""
    return encode(
        {
            SOP_CLASS: sop_class,
            FIELD: C_STORE_RQ,
            MESSAGE_ID: message,
            PRIORITY: 0,
            DATA_SET_TYPE: 1,
            SOP_INSTANCE: sop_instance,
        }
    )


def echo_request(message: int, sop_class: str) -> bytes:
    """C-ECHO-RQ (PS3.7 9.3.5.1)."""
    return encode({SOP_CLASS: sop_class, FIELD: C_ECHO_RQ, MESSAGE_ID: message, DATA_SET_TYPE: NO_DATA_SET})


def response(request: Command, status: int, comment: str = "") -> bytes:
    """The answer to a request, with its status; comment: at most 64 characters, seen in the sender's log."""
    answer: Command = {
        FIELD: int(request[FIELD]) | 0x8000,
        RESPONDED_TO: request.get(MESSAGE_ID, 0),
        DATA_SET_TYPE: NO_DATA_SET,
        STATUS: status,
    }
    answer |= {number: request[number] for number in (SOP_CLASS, SOP_INSTANCE) if number in request}
    if comment:
        answer[COMMENT] = comment[:64]
    return encode(answer)
