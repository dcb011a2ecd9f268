"""The info file of a series: who and what it is, for people who look into the directory."""

from __future__ import annotations

from collections.abc import Sequence

from dicome.dicom.dictionary import words_of
from dicome.moving.records import SeriesFacts, StudyFacts
from dicome.safetext import visible

WARNING = "PRIVACY: this file may hold the name of the patient and other private information (HIPAA: PHI)."

_LEFT_OUT = ("StudyInstanceUID", "SeriesInstanceUID", "AdditionalPatientHistory")
_WIDTH = 26


def info_text(study: StudyFacts, series: SeriesFacts, parts: Sequence[str]) -> str:
    """The text; equal for the same series whatever files of it have been moved.

    parts: what the parts of the file names are.
    """
    lines = [WARNING, ""]
    for facts in (study, series):
        lines += [_line(words_of(name), value) for name, value in facts._asdict().items() if name not in _LEFT_OUT]
    lines += [
        _line("Study Instance UID", study.StudyInstanceUID),
        _line("Series Instance UID", series.SeriesInstanceUID),
    ]
    if parts:
        lines.append(_line("File names", ".".join(parts)))
    return "\n".join(lines) + "\n"


def _line(name: str, value: str) -> str:
    return f"{name + ':':<{_WIDTH}} {one_line(value)}".rstrip()


def one_line(text: str) -> str:
    """A value of a header as it may be printed: one line, control characters spelled out."""
    return visible(" ".join(text.splitlines())).strip()
