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

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dicome.files.naming import UNKNOWN, clean, safe_part
from dicome.moving.breakdown import Breakdown, break_down
from dicome.moving.kinds import word_of
from dicome.moving.records import FileFacts, SeriesFacts, StudyFacts

DIGITS = 4
"""Of every number, at least."""
SUFFIX = ".dcm"
INFO = "info"
BAD = "bad"


@dataclass(frozen=True, slots=True)
class SeriesNames:
    """parts: what the parts of the names of its images are. stems: one per file, made when it is asked for, without
    directory and suffix, and whether it stands for itself in flat mode, because it holds study and series already.
    """

    parts: tuple[str, ...]
    stems: Iterator[tuple[str, bool]]


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


def names_of(facts: FileFacts, rows: Sequence[int], study: str, series: str, numbers_only: bool) -> SeriesNames:
    """Names of the files of one series. study, series: how these are called."""
    of_kind: dict[str, array[int]] = defaultdict(lambda: array("q"))
    for row in rows:
        of_kind[facts.kind(row)].append(row)
    parts: tuple[str, ...] = ()
    images: Iterator[str] = iter(())
    if of_kind["image"]:
        found = break_down(facts, of_kind["image"], numbers_only)
        parts, images = found.parts, _joined(found)
    numbers = {kind: _numbers(facts, of_kind[kind]) for kind in ("frames", "object")}
    several = len(of_kind["frames"]) > 1

    def stems() -> Iterator[tuple[str, bool]]:
        for row in rows:
            kind = facts.kind(row)
            if kind == "image":
                yield next(images), False
            elif kind == "frames":
                number = next(numbers[kind])
                yield f"{study}.{series}" + (number if several else ""), True
            else:
                word = word_of(facts.sop_classes[row], facts.series_of(row).ProtocolName)
                yield word + next(numbers[kind]), False

    return SeriesNames(parts, stems())


def uid_name(facts: FileFacts, row: int) -> str:
    """SOP Instance UID; a file without one keeps its name."""
    return safe_part(facts.sop_uids[row] or Path(facts.path(row)).stem)


def bad_name(path: str) -> tuple[str, str]:
    """Stem and suffix of a file with an invalid header: its own name, made safe."""
    name = Path(path)
    suffix = safe_part(name.suffix[1:]) if len(name.suffix) > 1 else ""
    return safe_part(name.stem), f".{suffix}" if suffix else ""


def _joined(found: Breakdown) -> Iterator[str]:
    """Labels as one text each; numbers of one part have equally many digits."""
    widths = [max((len(str(one)) for one in column if isinstance(one, int)), default=0) for column in found.columns]
    for labels in zip(*found.columns, strict=True):
        yield ".".join(
            f"{letter}{label:0{max(width, DIGITS)}d}" if isinstance(label, int) else _word(label)
            for label, letter, width in zip(labels, found.letters, widths, strict=True)
        )


def _numbers(facts: FileFacts, rows: Sequence[int]) -> Iterator[str]:
    """The image number of each file, behind a dot; '' where it has none."""
    width = max([DIGITS, *(len(str(facts.instances[row] or 0)) for row in rows)])
    for row in rows:
        instance = facts.instances[row]
        yield "" if instance is None or instance < 0 else f".{instance:0{width}d}"


def _word(text: str) -> str:
    """A text as one part: dots are what parts the parts."""
    return safe_part(text.replace(".", "_"))
