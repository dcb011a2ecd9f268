"""What of each file decides its new name, read from the heads of the files, some hundred at a time.

A few numbers per file are kept, and what the files of a study or series have in common once, so that memory does not
grow with the headers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from dicome.classic.headers import Headers, read_headers
from dicome.dicom.columns import ItemColumns
from dicome.dicom.dictionary import tag_of
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.scan import Element
from dicome.errors import DamagedFileError, DicomeError, FileMissingError, NotDicomError
from dicome.heads import CHUNK, alike_written, numbers_of, texts_of
from dicome.moving.kinds import DIRECTORY, has_pixels
from dicome.moving.look import Seen
from dicome.moving.recognise import meant_as_dicom
from dicome.moving.whole import Announced, missing_in, missing_in_opened

Tell = Callable[[int], None]
"""Told the number of files looked at."""


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


@dataclass(frozen=True, slots=True, eq=False)
class FileFacts:
    """One DICOM file. kind: 'image' (one frame), 'frames' (several), or 'object' (no pixels).

    incomplete: what is missing of its pixels, or ''. values: only of images.
    """

    seen: Seen
    kind: str
    sop_uid: str
    sop_class: str
    instance: int | None
    study: StudyFacts
    series: SeriesFacts
    incomplete: str
    values: Values | None = None


@dataclass(slots=True)
class Facts:
    """files: in the order of their paths within each kind; bad: invalid headers and why; other: no DICOM files;
    unreadable: what the system does not let us read, or dicome does not know; changed: written to meanwhile.
    """

    files: list[FileFacts] = field(default_factory=list)
    bad: list[tuple[Seen, str]] = field(default_factory=list)
    other: list[Seen] = field(default_factory=list)
    unreadable: list[tuple[Seen, str]] = field(default_factory=list)
    changed: list[Seen] = field(default_factory=list)


def read_facts(files: Sequence[Seen], tell: Tell | None = None) -> Facts:
    """Reads the heads of files, which are given by path."""
    found, reader = Facts(), _Reader()
    for begin in range(0, len(files), CHUNK):
        chunk = files[begin : begin + CHUNK]
        reader.read(chunk, found, None if tell is None else _from(begin, tell))
    found.files.sort(key=lambda one: one.seen.path)
    return found


def _from(begin: int, tell: Tell) -> Tell:
    return lambda count: tell(begin + count)


class _Reader:
    """Makes facts that share what they have in common."""

    def __init__(self) -> None:
        self._shared: dict[Any, Any] = {}

    def read(self, chunk: Sequence[Seen], found: Facts, tell: Tell | None) -> None:
        by_path = {Path(one.path): one for one in chunk}

        def several(file: DicomFile) -> None:
            self._add(by_path[file.path], file, found)

        these = read_headers(list(by_path), several, tell)
        if these.headers is not None:
            self._add_images(these.headers, by_path, found)
        for path, problem in these.not_dicom:
            _sort_out(by_path[path], problem, found)
        for path, _ in (*these.without_pixels, *these.unreadable):
            self._look_closer(by_path[path], found)

    def _look_closer(self, seen: Seen, found: Facts) -> None:
        """At a file that is no image that could be read: an object, a bad header, or pixels we do not know."""
        try:
            file = open_file(seen.path)
        except FileMissingError:
            found.changed.append(seen)
        except NotDicomError as problem:
            _sort_out(seen, problem, found)
        except DamagedFileError as problem:
            found.bad.append((seen, _after_path(problem, seen)))
        except DicomeError as problem:
            found.unreadable.append((seen, _after_path(problem, seen)))
        else:
            self._add(seen, file, found)

    def _add(self, seen: Seen, file: DicomFile, found: Facts) -> None:
        """An opened file of any kind."""
        if file.size != seen.size:
            found.changed.append(seen)
            return
        meta = {element.tag: element for element in file.meta}
        sop_class = file.text(0x00080016) or _meta_text(file, meta.get(0x00020002))
        if sop_class == DIRECTORY:
            found.other.append(seen)
            return
        study = StudyFacts(*(file.text(tag_of(name)) for name in StudyFacts._fields))
        series = SeriesFacts(*(file.text(tag_of(name)) for name in SeriesFacts._fields))
        sop_uid = file.text(0x00080018)
        if not (sop_uid or study.StudyInstanceUID or series.SeriesInstanceUID):
            found.bad.append((seen, "its header holds no UID"))
            return
        if file.pixels is not None:
            kind, incomplete = "frames", missing_in_opened(file)
        else:
            kind = "frames" if has_pixels(sop_class) else "object"
            incomplete = "no pixels at all" if kind == "frames" else ""
        found.files.append(
            FileFacts(
                seen,
                kind,
                sop_uid,
                self._one(sop_class),
                file.number(0x00200013),
                self._one(study),
                self._one(series),
                incomplete,
            )
        )

    def _add_images(self, headers: Headers, by_path: dict[Path, Seen], found: Facts) -> None:
        for _, part in alike_written(headers):
            for one in self._images(part, by_path):
                if isinstance(one, Seen):
                    found.changed.append(one)
                elif not (one.sop_uid or one.study.StudyInstanceUID or one.series.SeriesInstanceUID):
                    found.bad.append((one.seen, "its header holds no UID"))
                else:
                    found.files.append(one)

    def _images(self, headers: Headers, by_path: dict[Path, Seen]) -> Iterator[FileFacts | Seen]:
        columns = headers.columns
        study = zip(*(texts_of(columns, name) for name in StudyFacts._fields), strict=True)
        series = zip(*(texts_of(columns, name) for name in SeriesFacts._fields), strict=True)
        values = zip(*(_values(columns, name) for name in Values._fields), strict=True)
        rows = zip(
            texts_of(columns, "SOPInstanceUID"),
            texts_of(columns, "SOPClassUID"),
            numbers_of(columns, "InstanceNumber"),
            study,
            series,
            values,
            _missing(headers, columns),
            headers.sizes.tolist(),
            strict=True,
        )
        for path, (uid, sop_class, instance, of_study, of_series, told, missing, size) in zip(
            headers.paths, rows, strict=True
        ):
            seen = by_path[path]
            if size != seen.size:
                yield seen
                continue
            yield FileFacts(
                seen,
                "image",
                uid,
                self._one(sop_class),
                instance,
                self._one(StudyFacts(*of_study)),
                self._one(SeriesFacts(*of_series)),
                missing,
                Values(*map(self._one, told)),
            )

    def _one(self, value: Any) -> Any:
        """The first of equal values."""
        return self._shared.setdefault(value, value)


def _values(columns: ItemColumns, keyword: str) -> list[Any]:
    """An attribute of every file: numbers, vectors as tuples, text; None where it is absent or no finite number."""
    if keyword not in columns.paths:
        return [None] * len(columns.index)
    values, present = columns.column(keyword)
    return [_plain(value) if there else None for value, there in zip(values.tolist(), present.tolist(), strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _missing(headers: Headers, columns: ItemColumns) -> Iterator[str]:
    """What is missing of the pixels of every file."""
    numbers = (numbers_of(columns, name) for name in ("Rows", "Columns", "SamplesPerPixel", "BitsAllocated"))
    photometric = texts_of(columns, "PhotometricInterpretation")
    announced = (Announced(*row) for row in zip(*numbers, photometric, strict=True))
    places = zip(
        headers.paths,
        headers.offsets.tolist(),
        headers.lengths.tolist(),
        headers.sizes.tolist(),
        headers.kind_of.tolist(),
        announced,
        strict=True,
    )
    for path, at, length, size, kind, told in places:
        encapsulated = headers.kinds[kind].syntax.encapsulated
        if at >= 0:
            try:
                yield missing_in(str(path), at, length, size, told, encapsulated)
            except OSError as problem:
                yield problem.strerror or str(problem)
        else:  # unpacked or mended when it was read: only the lengths are known
            yield "" if encapsulated or length >= told.size else f"{length:,} of {told.size:,} bytes of pixels"


def _meta_text(file: DicomFile, element: Element | None) -> str:
    if element is None:
        return ""
    return file.meta_source.data[element.offset : element.end].tobytes().decode("latin-1").strip(" \0")


def _sort_out(seen: Seen, problem: DicomeError, found: Facts) -> None:
    """A file that is not DICOM: one that should be goes to the bad ones."""
    if meant_as_dicom(seen.path):
        found.bad.append((seen, _after_path(problem, seen)))
    else:
        found.other.append(seen)


def _after_path(problem: DicomeError, seen: Seen) -> str:
    return str(problem).removeprefix(f"{seen.path}: ")
