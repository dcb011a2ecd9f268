"""Which word stands in the name of an object that is no image, by its SOP Class UID (PS3.4 B.5; Philips' own)."""

from __future__ import annotations

_STORAGE = "1.2.840.10008.5.1.4.1.1."
_PHILIPS = "1.3.46.670589.11.0.0.12."

WORDS: tuple[tuple[str, str], ...] = (
    (_STORAGE + "66", "raw"),
    (_STORAGE + "11.", "presentation"),
    (_STORAGE + "88.59", "keyobject"),
    (_STORAGE + "88.", "report"),
    (_STORAGE + "104.", "document"),
    (_STORAGE + "4.2", "spectrum"),
    (_STORAGE + "9.", "waveform"),
    (_PHILIPS + "1", "spectrum"),
    (_PHILIPS + "2", "raw"),
    (_PHILIPS + "4", "examcard"),
)
"""First match counts; an entry with a dot at its end stands for all classes below it."""

OTHER = "object"

DIRECTORY = "1.2.840.10008.1.3.10"
"""DICOMDIR: names files by their paths, which moving breaks; it stays."""

_IMAGES = tuple(_STORAGE + part for part in ("1", "2", "3", "4", "6", "7", "20", "12", "128", "130", "13", "77.1"))
"""CR and DX, CT, US multi-frame, MR, US, SC, NM, XA, PET, breast tomography, visible light: they have pixels."""
_WITHOUT = (_STORAGE + "4.2",)


def word_of(sop_class: str, protocol: str = "") -> str:
    """The word for an object without pixels; Philips writes ExamCards as raw data, with that protocol name."""
    word = next((word for uid, word in WORDS if _is(sop_class, uid)), OTHER)
    return "examcard" if word == "raw" and protocol.strip().casefold() == "examcard" else word


def _is(sop_class: str, uid: str) -> bool:
    return sop_class.startswith(uid) if uid.endswith(".") else sop_class == uid


def has_pixels(sop_class: str) -> bool:
    """Whether an object of that class must have pixels."""
    return sop_class not in _WITHOUT and any(sop_class == uid or sop_class.startswith(uid + ".") for uid in _IMAGES)
