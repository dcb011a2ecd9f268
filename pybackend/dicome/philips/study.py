"""The blob ExamCardBlob of a study's raw data file: what was scanned, and the ExamCard itself.

XML filled up with NULs; each scan with its state, numbers and series, and the .ExamCard file in base64. Known from
three studies of R5.7.
"""

from __future__ import annotations

from dataclasses import dataclass

from dicome.errors import DamagedFileError
from dicome.philips.safe_xml import Node, parse
from dicome.philips.soap import decode_base64, decode_base64_begin

ROOT = "ExamCard"
SERIES_KINDS = ("reconstruction", "complex", "raw", "mip")
"""What the places of a scan's list of series mean: first and second as the cases at hand show, fourth likewise; the
third is what is left.
"""
NO_NUMBER = -1


@dataclass(frozen=True, slots=True)
class ScannedSeries:
    """A series of a scan. kind: one of `SERIES_KINDS`."""

    kind: str
    uid: str


@dataclass(frozen=True, slots=True)
class ScanRecord:
    """A scan as it ran. end_time: ISO 8601, UTC; numbers are None where there is none; sed: specific energy dose."""

    name: str
    state: str
    end_time: str
    acquisition_number: int | None
    reconstruction_number: int | None
    mip_number: int | None
    raw_number: int | None
    complex_number: int | None
    series: tuple[ScannedSeries, ...]
    scan_progress: str = ""
    reconstruction_progress: str = ""
    sed: str = ""


@dataclass(frozen=True, slots=True)
class ProcessingRecord:
    """A processing step as it ran."""

    name: str
    state: str
    series_uids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutputRecord:
    """An output of a scan or a processing step. name: empty for the scan itself."""

    name: str
    series_uid: str
    acquisition_number: int | None
    reconstruction_number: int | None


@dataclass(frozen=True, slots=True)
class StudyCard:
    """What was scanned. name: of the ExamCard; end_time: of the last scan. card: the .ExamCard file, b'' where the blob
    has none that is whole; begin: what there is of one that is not, b'' otherwise.
    """

    name: str
    end_time: str
    scans: tuple[ScanRecord, ...]
    steps: tuple[ProcessingRecord, ...]
    outputs: tuple[OutputRecord, ...]
    card: bytes
    problems: tuple[str, ...] = ()
    begin: bytes = b""

    @property
    def readable(self) -> bytes:
        """The ExamCard, or what there is of it."""
        return self.card or self.begin


def read_study(data: bytes, where: str) -> StudyCard:
    """Reads an ExamCardBlob. What was complete in one that was cut is kept. Raises DamagedFileError."""
    document = parse(up_to_nul(data), where)
    root = document.root
    if root.name != ROOT:
        raise DamagedFileError(f"{where}: XML begins with <{root.name}>; expected <{ROOT}>")
    problems = [document.problem] if document.problem else []
    card = begin = b""
    try:
        card = _card(root, where)
    except DamagedFileError as damage:
        problems.append(str(damage))
        begin = _begin_of_card(root)
    return StudyCard(
        name=root.value("Name"),
        end_time=root.value("AcquisitionEndTime"),
        scans=tuple(_scan(group, one) for group in root.all("ScanSet") for one in group.all("SingleScan")),
        steps=tuple(map(_step, root.all("ProcessingStep"))),
        outputs=tuple(map(_output, root.all("OutputDescriptor"))),
        card=card,
        problems=tuple(problems),
        begin=begin,
    )


def up_to_nul(data: bytes) -> bytes:
    """The bytes before the first NUL: these documents are filled up with them."""
    return data.partition(b"\0")[0]


def _card(root: Node, where: str) -> bytes:
    node = root.child("ExamCardBlob")
    if node is None or not node.complete:
        raise DamagedFileError(f"{where}: no complete <ExamCardBlob>; the ExamCard cannot be written from this file")
    return up_to_nul(decode_base64(node.text, f"{where}: <ExamCardBlob>"))


def _begin_of_card(root: Node) -> bytes:
    node = root.child("ExamCardBlob")
    return b"" if node is None else up_to_nul(decode_base64_begin(node.text if node.complete else node.begin))


def _scan(group: Node, scan: Node) -> ScanRecord:
    uids = [node.text.strip() for node in scan.all("SeriesUids")]
    return ScanRecord(
        name=scan.value("Name"),
        state=scan.value("State"),
        end_time=group.value("AcquisitionEndTime"),
        acquisition_number=_number(scan, "AcquisitionNumber"),
        reconstruction_number=_number(scan, "ReconstructionNumberRec"),
        mip_number=_number(scan, "ReconstructionNumberMip"),
        raw_number=_number(scan, "ReconstructionNumberRaw"),
        complex_number=_number(scan, "ReconstructionNumberComplex"),
        series=tuple(ScannedSeries(_kind(k), uid) for k, uid in enumerate(uids) if uid),
        scan_progress=scan.value("CurrentScanProgress"),
        reconstruction_progress=scan.value("CurrentReconstructionProgress"),
        sed=group.value("AttainedSED"),
    )


def _kind(place: int) -> str:
    return SERIES_KINDS[place] if place < len(SERIES_KINDS) else f"{place + 1}"


def _step(step: Node) -> ProcessingRecord:
    uids = (node.text.strip() for node in step.all("SeriesUids"))
    return ProcessingRecord(step.value("Name"), step.value("State"), tuple(uid for uid in uids if uid))


def _output(output: Node) -> OutputRecord:
    return OutputRecord(
        name=output.value("Name"),
        series_uid=output.value("SeriesUid"),
        acquisition_number=_number(output, "AcquisitionNumber"),
        reconstruction_number=_number(output, "ReconstructionNumber"),
    )


def _number(node: Node, name: str) -> int | None:
    text = node.value(name)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
        return None
    number = int(text)
    return None if number == NO_NUMBER else number
