"""Which study a file belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from dicome.dicom.peek import peek
from dicome.errors import FileMissingError

STUDY_ID, STUDY_DATE, STUDY_DESCRIPTION = 0x00200010, 0x00080020, 0x00081030
_WANTED = frozenset((STUDY_ID, STUDY_DATE, STUDY_DESCRIPTION))


@dataclass(frozen=True, slots=True)
class Study:
    """Study ID (0020,0010), which scanners number studies with; date YYYYMMDD; description. '' where absent."""

    number: str
    date: str
    description: str


def study_of(path: str) -> Study:
    """The study of a file. Raises the errors of `open_file`."""
    if not path:
        raise FileMissingError("'': no such file")  # to the library an empty name is this folder
    found = peek(path, _WANTED)
    return Study(found.text(STUDY_ID), found.text(STUDY_DATE), found.text(STUDY_DESCRIPTION))
