"""New names from numbers in the header: at least four digits each, so that they sort, and dots between the parts.

    hierarchical   0001/0301/0005             study 1, series 301, slice 5
                   0001/0301/0005.0012        slice 5, dynamic 12 (or echo, or phase)
                   0001/0402/0005.d0002.LABEL several parts: d dynamic, p phase, e echo, b b-value, g gradient, ...
                   0001/0301/0001.0301        an enhanced file: study and series; of several also the image number
                   0001/0301/raw.0001         no image: raw, examcard, presentation, report, ...
    flat           0001.0301.0005.0012        the same, dots for directories
    by UID         1.2.840.113619.2.1         SOP Instance UID

Nothing here touches a disk; every part goes through `dicome.files.naming`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dicome.files.naming import UNKNOWN, clean, safe_part
from dicome.moving.breakdown import Label, break_down
from dicome.moving.facts import FileFacts, SeriesFacts, StudyFacts
from dicome.moving.kinds import word_of

DIGITS = 4
"""Of every number, at least."""
SUFFIX = ".dcm"
INFO = "info"
BAD = "bad"


@dataclass(frozen=True, slots=True)
class SeriesNames:
    """parts: what the parts of the names of its images are. stems: one per file, without directory and suffix.

    whole: whether a stem stands for itself in flat mode, because it holds study and series already.
    """

    parts: tuple[str, ...]
    stems: tuple[str, ...]
    whole: tuple[bool, ...]


def study_name(study: StudyFacts) -> str:
    """Study ID; where there is none the study's date and time."""
    text = clean(study.StudyID)
    if text.isascii() and text.isdecimal():
        return safe_part(text.zfill(DIGITS))
    when = "_".join(filter(None, (clean(study.StudyDate), clean(study.StudyTime).split(".")[0])))
    return _word(text or when or UNKNOWN)


def series_name(series: SeriesFacts) -> str:
    """Series Number."""
    number = series.number
    return UNKNOWN if number is None or number < 0 else f"{number:0{DIGITS}d}"


def names_of(files: Sequence[FileFacts], study: str, series: str, numbers_only: bool) -> SeriesNames:
    """Names of the files of one series. study, series: how these are called."""
    stems: dict[int, str] = {}
    whole = [False] * len(files)
    images = [row for row, one in enumerate(files) if one.kind == "image"]
    parts: tuple[str, ...] = ()
    if images:
        found = break_down([files[row] for row in images], numbers_only)
        parts = found.parts
        stems.update(zip(images, _joined(found.labels, found.letters), strict=True))
    several = [row for row, one in enumerate(files) if one.kind == "frames"]
    for row in several:
        whole[row] = True
        stems[row] = f"{study}.{series}" + (_number(files[row].instance, files, several) if len(several) > 1 else "")
    objects = [row for row, one in enumerate(files) if one.kind == "object"]
    for row in objects:
        word = word_of(files[row].sop_class, files[row].series.ProtocolName)
        stems[row] = word + _number(files[row].instance, files, objects)
    return SeriesNames(parts, tuple(stems[row] for row in range(len(files))), tuple(whole))


def uid_name(one: FileFacts) -> str:
    """SOP Instance UID; a file without one keeps its name."""
    return safe_part(one.sop_uid or Path(one.seen.path).stem)


def bad_name(path: str) -> tuple[str, str]:
    """Stem and suffix of a file with an invalid header: its own name, made safe."""
    name = Path(path)
    suffix = safe_part(name.suffix[1:]) if len(name.suffix) > 1 else ""
    return safe_part(name.stem), f".{suffix}" if suffix else ""


def _joined(labels: Sequence[tuple[Label, ...]], letters: Sequence[str]) -> list[str]:
    """Labels as one text each; numbers of one part have equally many digits."""
    columns = zip(*labels, strict=True)
    widths = [max(len(str(label)) if isinstance(label, int) else 0 for label in column) for column in columns]
    return [
        ".".join(
            f"{letter}{label:0{max(width, DIGITS)}d}" if isinstance(label, int) else _word(label)
            for label, letter, width in zip(row, letters, widths, strict=True)
        )
        for row in labels
    ]


def _number(instance: int | None, files: Sequence[FileFacts], rows: Sequence[int]) -> str:
    if instance is None or instance < 0:
        return ""
    width = max(DIGITS, *(len(str(files[row].instance or 0)) for row in rows))
    return f".{instance:0{width}d}"


def _word(text: str) -> str:
    """A text as one part: dots are what parts the parts."""
    return safe_part(text.replace(".", "_"))
