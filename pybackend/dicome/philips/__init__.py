"""Philips' raw data files and ExamCards: what was set on the scanner, and what it made of it.

raw = dicome.philips.read_blobs("XX_0003")          # RawData: the blobs of a series or a study
raw["PDF_EXAM_PARS"].content["EX_ACQ_echoes"].values
card = dicome.philips.read_examcard("XX_0004")      # ExamCard: a .ExamCard file, or the study's raw data file
card.scans[0].parameters["EX_ACQ_flip_angle"].values
"""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from pathlib import Path

from dicome.errors import DamagedFileError, DicomeWarning, NotDicomError
from dicome.philips.content import Content, Nothing, Uninterpreted
from dicome.philips.examcard import ExamCard, Scan, looks_like_card, parse_card, read_card
from dicome.philips.groups import Parameter, ParameterGroup
from dicome.philips.hardware import Coil, CoilState, HardwareConfig
from dicome.philips.rawdata import CARD_BLOB, Blob, RawData, read_raw
from dicome.philips.responses import PrescanResponses
from dicome.philips.saved import ComplexHeaders, Lines
from dicome.philips.study import OutputRecord, ProcessingRecord, ScannedSeries, ScanRecord, StudyCard

__all__ = [
    "Blob",
    "Coil",
    "CoilState",
    "ComplexHeaders",
    "Content",
    "ExamCard",
    "HardwareConfig",
    "Lines",
    "Nothing",
    "OutputRecord",
    "Parameter",
    "ParameterGroup",
    "PrescanResponses",
    "ProcessingRecord",
    "RawData",
    "Scan",
    "ScanRecord",
    "ScannedSeries",
    "StudyCard",
    "Uninterpreted",
    "read_blobs",
    "read_examcard",
]


def read_blobs(path: str | os.PathLike[str]) -> RawData:
    """All blobs of a raw data file, of a series or of a study, with what they mean.

    ``raw.blobs`` are in the order of the file, ``raw["COILSTATE"]`` is one of them; its ``content`` is a
    `ParameterGroup`, `CoilState`, `HardwareConfig`, `PrescanResponses`, `StudyCard`, `Lines`, `ComplexHeaders`,
    `Nothing` (empty) or `Uninterpreted`, its ``data`` the bytes. What is damaged in a blob is warned of (DicomeWarning)
    and stands in its ``problems``. Raises NotDicomError (no DICOM, or no blobs), DamagedFileError, FileMissingError,
    FileAccessError.
    """
    raw = read_raw(path)
    _warn(raw.problems)
    return raw


def read_examcard(path: str | os.PathLike[str]) -> ExamCard:
    """The ExamCard in a ``.ExamCard`` file or in the raw data file of a study.

    Its scans come in their order, each with its parameters and the words of their enums. What is damaged is warned of
    (DicomeWarning) and stands in ``problems``. Raises NotDicomError (holds no ExamCard), DamagedFileError,
    FileMissingError, FileAccessError.
    """
    where = Path(path)
    card = read_card(where) if _is_xml(where) else _card_of_study(read_raw(where))
    _warn(card.problems)
    return card


def _is_xml(path: Path) -> bool:
    try:
        if path.is_file():  # opening a pipe would keep us waiting
            with path.open("rb") as stream:
                return looks_like_card(stream.read(64))
    except OSError:
        pass
    return False  # reading it all will say why


def _card_of_study(raw: RawData) -> ExamCard:
    if not raw.is_study:
        raise NotDicomError(f"{raw.path}: the raw data of a series; the ExamCard is in that of the study (series 0)")
    content = raw[CARD_BLOB].content
    if not isinstance(content, StudyCard) or not content.readable:
        raise DamagedFileError("; ".join(raw.problems) or f"{raw.path}: holds no ExamCard")
    card = parse_card(content.readable, raw.path)
    return replace(card, problems=raw.problems + card.problems)


def _warn(problems: tuple[str, ...]) -> None:
    for problem in problems:
        warnings.warn(problem, DicomeWarning, stacklevel=3)
