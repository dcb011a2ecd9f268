"""Status codes of C-STORE and C-ECHO in words (PS3.4 B.2.3, PS3.7 annex C)."""

from __future__ import annotations

SUCCESS = 0x0000
PROCESSING_FAILURE = 0x0110
INVALID_INSTANCE = 0x0117
CLASS_NOT_SUPPORTED = 0x0122
UNRECOGNIZED_OPERATION = 0x0211
OUT_OF_RESOURCES = 0xA700
DOES_NOT_MATCH_CLASS = 0xA900
CANNOT_UNDERSTAND = 0xC000

_WORDS = {
    SUCCESS: "success",
    PROCESSING_FAILURE: "processing failure",
    0x0111: "duplicate SOP instance",
    0x0112: "no such SOP instance",
    INVALID_INSTANCE: "invalid SOP instance",
    CLASS_NOT_SUPPORTED: "SOP class not supported",
    0x0124: "not authorized",
    0x0210: "duplicate invocation",
    UNRECOGNIZED_OPERATION: "unrecognized operation",
    0x0212: "mistyped argument",
}
_FAMILIES = (
    (0xFF00, 0xA700, "out of resources"),
    (0xFF00, 0xA900, "the data set does not match its SOP class"),
    (0xF000, 0xC000, "cannot understand"),
    (0xF000, 0xB000, "stored, with a warning"),
)


def words(status: int) -> str:
    """A status for people: ``out of resources (A700)``."""
    text = _WORDS.get(status) or next((name for mask, code, name in _FAMILIES if status & mask == code), "status")
    return f"{text} ({status:04X})"


def is_good(status: int) -> bool:
    """Whether the object was stored: success, or one of the warnings."""
    return status in (SUCCESS, 0x0001, 0x0107, 0x0116) or status & 0xF000 == 0xB000
