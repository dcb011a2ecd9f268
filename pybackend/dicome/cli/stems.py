"""A file's name without its suffix, for what is written beside it: not all that stands behind a dot is a suffix."""

from __future__ import annotations


def stem_of(name: str) -> str:
    """``scan`` of ``scan.dcm`` and ``scan.dcm.gz``; ``0001.0301`` and ``MRe.1.2.840`` stay as they are, as the files
    of one study differ in such numbers.
    """
    base = name[:-3] if name.lower().endswith(".gz") else name
    stem, _, suffix = base.rpartition(".")
    return stem if stem and not suffix.isdecimal() else base
