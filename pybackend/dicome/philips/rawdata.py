"""Raw data files of Philips (``XX_0001``, ``RAW.<uid>``): which study or series they belong to, and their blobs.

They hold no k-space data. The file of a series has about a dozen blobs of parameters, that of a study one blob with
the ExamCard as scanned. The blobs are items of a private sequence, whose block is found through its creator: it moves
between releases.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from dicome.dicom.dictionary import private_tag_of
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.scan import Element, HopelessError
from dicome.dicom.strings import clean
from dicome.errors import NotDicomError
from dicome.philips.content import Content, read_content
from dicome.philips.cut import open_cut

RAW_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.66",  # Raw Data Storage
    "1.3.46.670589.11.0.0.12.1",  # MR Spectrum, MR Series Data and MR ExamCard of Philips, before that
    "1.3.46.670589.11.0.0.12.2",
    "1.3.46.670589.11.0.0.12.4",
)
CARD_BLOB = "ExamCardBlob"
SEQUENCE = "MRBlobDataObjectArray"
_FIELDS = {
    "name": "MRBlobName",
    "application": "MRApplicationName",
    "type": "MRTypeName",
    "version": "MRVersionStr",
    "comment": "MRCommentStr",
    "size": "MRActualBlobSize",
    "data": "MRBlobData",
}
"""Field of `Blob` to private keyword. Names are PN, LO or UN, by release."""

_HEAD = {
    "sop_class": 0x00080016,
    "sop_instance_uid": 0x00080018,
    "study_uid": 0x0020000D,
    "series_uid": 0x0020000E,
    "software": 0x00181020,
    "protocol_name": 0x00181030,
    "series_description": 0x0008103E,
}
_SERIES_NUMBER = 0x00200011
BYTE_ORDERS: dict[str, Literal["little", "big"]] = {"<": "little", ">": "big"}


@dataclass(frozen=True, slots=True)
class Blob:
    """One blob. type: what the scanner calls it, which does not tell the layout. size: as the file gives it, -1 where
    it does not; data: that many bytes, fewer in a cut file. offset: of the bytes in the file (in its data set, where
    that is compressed). content: what the bytes mean. problems: what is wrong with them.
    """

    name: str
    type: str
    size: int
    data: bytes
    offset: int
    content: Content
    application: str = ""
    version: str = ""
    comment: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawData:
    """A raw data file. card_name: of the ExamCard it was scanned with; numbers are None where the file has none.
    damage: what is wrong with the file as a whole, ''.

    Nothing here identifies the patient.
    """

    path: Path
    sop_class: str
    sop_instance_uid: str
    study_uid: str
    series_uid: str
    software: str
    protocol_name: str
    series_description: str
    series_number: int | None
    acquisition_number: int | None
    reconstruction_number: int | None
    card_name: str
    blobs: tuple[Blob, ...]
    damage: str = ""

    @property
    def is_study(self) -> bool:
        """Whether it is the file of a whole study, with the ExamCard."""
        return any(blob.name == CARD_BLOB for blob in self.blobs)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with it, or with any of its blobs."""
        whole = (self.damage,) if self.damage else ()
        return (*whole, *(problem for blob in self.blobs for problem in blob.problems))

    def __getitem__(self, name: str) -> Blob:
        """The first blob of that name; KeyError where there is none."""
        found = next((blob for blob in self.blobs if blob.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


def read_raw(path: str | os.PathLike[str]) -> RawData:
    """Reads a raw data file of a series or a study; of one that was cut off, the blobs before the cut.

    Raises NotDicomError where it holds no blobs, and the errors of `dicome.dicom.file.open_file`.
    """
    try:
        raw = raw_data(open_file(path))
    except HopelessError as damage:
        raw = raw_data(open_cut(path), str(damage))
        if raw is None:
            raise
    if raw is None:
        raise NotDicomError(f"{path}: holds no blobs of Philips; expected a raw data file (XX_* or RAW.*)")
    return raw


def raw_data(file: DicomFile, damage: str = "") -> RawData | None:
    """What an opened file holds; None where it has no blobs. damage: what is wrong with the file as a whole."""
    found = _private(file.elements, SEQUENCE)
    if found is None or not found.items:
        return None
    return RawData(
        path=file.path,
        **{name: file.text(tag) for name, tag in _HEAD.items()},
        series_number=file.number(_SERIES_NUMBER),
        acquisition_number=_number(file, "MRSeriesAcquisitionNumber"),
        reconstruction_number=_number(file, "MRSeriesReconstructionNumber"),
        card_name=_text(file, _private(file.elements, "ExamCardName")),
        blobs=tuple(_blob(file, item.elements) for item in found.items if item.elements),
        damage=damage,
    )


def _private(elements: list[Element], keyword: str) -> Element | None:
    """The element of that private keyword, whichever block its creator has."""
    creator, group, byte = private_tag_of(keyword)
    return next(
        (
            element
            for element in elements
            if (element.tag >> 16, element.tag & 0xFF) == (group, byte)
            and (element.creator or "").strip().casefold() == creator.casefold()
            and element.tag & 0xFFFF >= 0x1000
        ),
        None,
    )


def _text(file: DicomFile, element: Element | None) -> str:
    return "" if element is None else clean(file.source.decoder(file.raw(element)), "LO")


def _number(file: DicomFile, keyword: str) -> int | None:
    element = _private(file.elements, keyword)
    return None if element is None else file.number(element.tag)


def _blob(file: DicomFile, elements: list[Element]) -> Blob:
    fields = {field: _private(elements, keyword) for field, keyword in _FIELDS.items()}
    texts = {field: _text(file, fields[field]) for field in ("name", "type", "application", "version", "comment")}
    where = f"{file.path}: {texts['name'] or 'a blob without name'}"
    size = _size(file, fields["size"])
    data, offset = _data(file, fields["data"])
    problems: tuple[str, ...] = ()
    if size > len(data):
        problems = (f"{where}: size is {size:,}; its data, at byte {offset:,} of the file, has {len(data):,} bytes",)
    elif size >= 0:
        data = data[:size]  # DICOM pads to an even length
    elif fields["size"] is not None:
        problems = (f"{where}: size is {size:,}; expected 0 or more",)
    content = read_content(texts["name"], data, where)
    return Blob(**texts, size=size, data=data, offset=offset, content=content, problems=problems + content.problems)


def _size(file: DicomFile, element: Element | None) -> int:
    raw = b"" if element is None else file.raw(element)
    return int.from_bytes(raw[:4], BYTE_ORDERS[file.source.byte_order], signed=True) if len(raw) >= 4 else -1


def _data(file: DicomFile, element: Element | None) -> tuple[bytes, int]:
    if element is None or element.length <= 0:
        return b"", 0 if element is None else element.offset
    data = file.raw(element)
    if file.source.byte_order == ">" and element.vr == "OW":
        data = np.frombuffer(data[: len(data) // 2 * 2], "<u2").byteswap().tobytes()
    return data, element.offset
