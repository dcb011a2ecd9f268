"""Names of stored files and study folders. They come from strangers' UIDs, and never lead anywhere else."""

from __future__ import annotations

import hashlib
import re

from dicome.network.classes import OTHER, storage_names

_UID = re.compile(r"[0-9]+(\.[0-9]+)*")
LONGEST_UID = 64
"""Characters of a UID (PS3.5 9.1)."""


def safe_uid(uid: str) -> str:
    """The UID where it is one (digits and dots), else ``odd-`` and 32 digits of its SHA-256: safe, and its own."""
    if len(uid) <= LONGEST_UID and _UID.fullmatch(uid):
        return uid
    return f"odd-{hashlib.sha256(uid.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"


def object_name(sop_class: str, sop_instance: str) -> str:
    """Name of a stored object: ``MRe.1.2.3`` (enhanced MR), ``RAW.1.2.4`` (raw data), ..."""
    return f"{storage_names().get(sop_class, OTHER)}.{safe_uid(sop_instance)}"


def numbered_name(name: str, number: int) -> str:
    """Name for the second, third, ... object that differs under one UID. No UID holds ``~``, so it is no other's."""
    return name if number == 1 else f"{name}~{number}"
