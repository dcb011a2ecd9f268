"""Small files for looking into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dicome.enhanced.encode import EXPLICIT, Encoding, data_set
from tests.support.files import enhanced, part10, plain_frames, uid_of

CLASSIC = [
    (0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4"),
    (0x00080018, "UI", "1.2.3.1"),
    (0x00080060, "CS", "MR"),
    (0x0008103E, "LO", "T1 TFE"),
    (0x00100010, "PN", "Doe^Jane"),
    (0x00100020, "LO", "P1"),
    (0x00180081, "DS", "4.6"),
    (0x0020000E, "UI", "1.2.3"),
    (0x00200011, "IS", "301"),
    (0x00200013, "IS", "1"),
    (0x00280002, "US", 1),
    (0x00280004, "CS", "MONOCHROME2"),
    (0x00280010, "US", 2),
    (0x00280011, "US", 2),
    (0x00280100, "US", 16),
    (0x00280101, "US", 16),
    (0x00280102, "US", 15),
    (0x00280103, "US", 0),
    (0x7FE00010, "OW", bytes(8)),
]


def classic_bytes(changes: dict[int, Any] | None = None, more: Any = (), encoding: Encoding = EXPLICIT) -> bytes:
    """A single-frame file. changes: values by tag, None leaves the element out; more: further elements."""
    changed = changes or {}
    kept = [(tag, vr, changed.get(tag, value)) for tag, vr, value in CLASSIC if changed.get(tag, "") is not None]
    return part10(data_set([*kept, *more], encoding), uid_of(encoding))


def classic(path: Path, changes: dict[int, Any] | None = None, more: Any = (), encoding: Encoding = EXPLICIT) -> Path:
    """Writes a single-frame file."""
    path.write_bytes(classic_bytes(changes, more, encoding))
    return path


def enhanced_file(path: Path, frames: int = 3, **other: Any) -> Path:
    """Writes an enhanced file, whose frames have echo times of 10, 20, ... ms."""
    path.write_bytes(enhanced(plain_frames(frames), **other))
    return path
