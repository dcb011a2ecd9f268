"""What is kept of every DICOM file: columns with a row per file, and what a study or series has in common once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dicome.moving.compact import Codes, Texts
from dicome.moving.look import Files


class StudyFacts(NamedTuple):
    """What the header says of the study and the patient, as text."""

    StudyInstanceUID: str
    StudyID: str
    StudyDate: str
    StudyTime: str
    StudyDescription: str
    PatientName: str
    PatientID: str
    PatientBirthDate: str
    PatientSex: str
    InstitutionName: str
    AdditionalPatientHistory: str


class SeriesFacts(NamedTuple):
    """What the header says of the series, as text."""

    SeriesInstanceUID: str
    SeriesNumber: str
    SeriesDate: str
    SeriesTime: str
    SeriesDescription: str
    Modality: str
    ProtocolName: str
    Manufacturer: str
    ManufacturerModelName: str

    @property
    def number(self) -> int | None:
        """Series Number."""
        text = self.SeriesNumber.split("\\")[0].strip()
        return int(text) if text.lstrip("+-").isdecimal() and len(text) <= 12 else None


class Values(NamedTuple):
    """What may tell the images of a series apart; None where the header has no such attribute.

    Those of Philips first, then the standard's; the last ones say how many of each the series has.
    """

    ImagePlaneNumber: Any
    MRImagePhaseNumber: Any
    MRImageDiffBValueNumber: Any
    MRImageGradientOrientationNumber: Any
    MRImageLabelType: Any
    MRImageTypeMR: Any
    MRImageScanningSequencePrivate: Any
    InversionDelayNumber: Any
    ChemicalShiftNumberMR: Any
    TemporalPositionIdentifier: Any
    EchoNumbers: Any
    EchoTime: Any
    TriggerTime: Any
    AcquisitionNumber: Any
    ImagePositionPatient: Any
    ImageOrientationPatient: Any
    SliceLocation: Any
    NumberOfTemporalPositions: Any
    MRSeriesNrOfDynamicScans: Any
    CardiacNumberOfImages: Any
    MRSeriesNrOfPhases: Any
    MRSeriesNrOfEchoes: Any


NOTHING = Values(*(None,) * len(Values._fields))
"""Of files that are no images."""


class FileFacts:
    """DICOM files, a row each, in the order in which they were read.

    rows: of the files among those that were looked at. kinds: 'image' (one frame), 'frames' (several), or 'object' (no
    pixels). studies, series: `StudyFacts` and `SeriesFacts`. values: columns by the names of `Values`. incomplete: what
    is missing of the pixels of a row, where something is.
    """

    def __init__(self, files: Files) -> None:
        self.files = files
        self.rows = array("q")
        self.kinds = Codes()
        self.sop_uids = Texts()
        self.sop_classes = Codes()
        self.instances: list[int | None] = []
        self.studies = Codes()
        self.series = Codes()
        self.values = {name: Codes() for name in Values._fields}
        self.incomplete: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def add(
        self,
        row: int,
        kind: str,
        sop_uid: str,
        sop_class: str,
        instance: int | None,
        study: StudyFacts,
        series: SeriesFacts,
        incomplete: str,
        values: Iterable[Any] = NOTHING,
    ) -> bool:
        """One more file, ``row`` among those that were looked at; False where its header holds no UID: it is none."""
        if not (sop_uid or study.StudyInstanceUID or series.SeriesInstanceUID):
            return False
        if incomplete:
            self.incomplete[len(self)] = incomplete
        self.rows.append(row)
        self.kinds.append(kind)
        self.sop_uids.append(sop_uid)
        self.sop_classes.append(sop_class)
        self.instances.append(instance)
        self.studies.append(study)
        self.series.append(series)
        for column, value in zip(self.values.values(), values, strict=True):
            column.append(value)
        return True

    @property
    def by_path(self) -> NDArray[np.int64]:
        """The rows in the order of their paths."""
        return np.argsort(np.array(self.rows, np.int64), kind="stable")

    def path(self, row: int) -> str:
        """Path of a file."""
        return self.files.path(self.rows[row])

    def kind(self, row: int) -> str:
        """'image', 'frames' or 'object'."""
        kind: str = self.kinds[row]
        return kind

    def study(self, row: int) -> StudyFacts:
        """What the header of a file says of the study."""
        study: StudyFacts = self.studies[row]
        return study

    def series_of(self, row: int) -> SeriesFacts:
        """What the header of a file says of the series."""
        series: SeriesFacts = self.series[row]
        return series

    def study_of_all(self, rows: Sequence[int]) -> StudyFacts:
        """What these files say of their study, in whatever order and directories they lie.

        Of files that do not agree it is the last in alphabetical order, so that a value goes before none.
        """
        said: set[StudyFacts] = {self.studies[row] for row in rows}
        return max(said)

    def series_of_all(self, rows: Sequence[int]) -> SeriesFacts:
        """The same of their series."""
        said: set[SeriesFacts] = {self.series[row] for row in rows}
        return max(said)

    def has_images(self, rows: Sequence[int]) -> bool:
        """Whether some of the files have pixels."""
        return any(self.kind(row) != "object" for row in rows)
