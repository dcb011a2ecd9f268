"""Tells a DICOM file with an invalid header, which goes to ``bad``, from a file that was never meant to be DICOM.

The source may be a directory in which people work: their notes, programs and results stay where they are.
"""

from __future__ import annotations

import re
from pathlib import Path

from dicome.dicom.sniff import looks_like

_SUFFIXES = (".dcm", ".ima", ".dicom", ".dic")
_SERVER_NAMES = re.compile(r"(?:[A-Za-z]{1,8}\.)?[0-9]+(?:\.[0-9]+){3,}|(?:IM|XX|PS)_[0-9]+")
"""As servers (``MR.1.2.840...``) and Philips scanners (``IM_0001``) name their files."""
_OTHER_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}")
_FIRST_BYTES = 4096
_ZEROS = b"\0" * 512
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")  # the escape stands in Japanese texts (ISO 2022)


def meant_as_dicom(path: str) -> bool:
    """Whether a file that cannot be read as DICOM should be: by its name, its mark, or because it is nothing else."""
    name = Path(path).name
    try:
        with Path(path).open("rb") as stream:
            first = stream.read(_FIRST_BYTES)
    except OSError:
        return False
    if first[128:132] == b"DICM" or name.lower().endswith(_SUFFIXES) or _SERVER_NAMES.fullmatch(name):
        return True
    if not first or _OTHER_SUFFIX.fullmatch(Path(path).suffix) or _is_text(first):
        return False
    return first[:512] == _ZEROS or not looks_like(first)


def _is_text(first: bytes) -> bool:
    """Whether it may be text in any encoding: those hold no control characters but those that make lines."""
    return first.startswith(_UTF_16) or not _CONTROLS.search(first)
