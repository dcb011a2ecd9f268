"""Input formats besides DICOM, a row each: whoever opens a path or lists a folder looks here.

A format needs no more than its row: single files are opened by it, folders list its files beside those of DICOM, and
batches convert them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicome.series import Series

FIRST_BYTES = 512
"""Bytes of a file that `Format.knows` is given, fewer where it is shorter."""


@dataclass(frozen=True, slots=True)
class Head:
    """What of one file decides where it belongs and how it is listed.

    size: bytes, with those of companions. modified: time of the file. kind: 'classic' or 'enhanced' DICOM, or the name
    of another format. uid: Series Instance UID, object_uid: SOP Instance UID, '' where there is none. alike: what the
    files of one image have in common. number, description: of the series. values: text of other attributes that were
    asked for, by keyword; those that the format does not have are left out.
    """

    path: Path
    size: int
    modified: float
    kind: str
    uid: str = ""
    object_uid: str = ""
    alike: tuple[str, ...] = ()
    frames: int = 1
    rows: int = 0
    columns: int = 0
    number: int | None = None
    description: str = ""
    values: Mapping[str, str] | None = None

    def text(self, keyword: str) -> str:
        """An attribute that was asked for, '' where it is absent."""
        return (self.values or {}).get(keyword, "")


@dataclass(frozen=True, slots=True)
class Format:
    """One format. name: as listings show it. knows: by path and first bytes, of a file that is no DICOM.

    head: of a file that it knows, with the attributes of these keywords as `Head.values`; raises the errors of
    `dicome.errors` where the file is damaged. open: the series of one such file. is_companion: whether a file holds
    part of another one (the pixels, say), and is neither listed nor told for itself; asked of every file of a folder,
    so the name should do.
    """

    name: str
    knows: Callable[[Path, bytes], bool]
    head: Callable[[Path, Sequence[str]], Head]
    open: Callable[[Path], Series]
    is_companion: Callable[[Path], bool] = lambda path: False


def _knows_par(path: Path, first: bytes) -> bool:
    return b"DATA DESCRIPTION FILE" in first or b"<PRIDE_V5" in first or _is_rec(path)


def _par_head(path: Path, fields: Sequence[str]) -> Head:
    from dicome.parrec.series import par_head

    return par_head(path, fields)


def _open_par(path: Path) -> Series:
    from dicome.parrec.series import open_parrec

    return open_parrec(path)


def _is_rec(path: Path) -> bool:
    """Whether a file holds the pixels of a PAR or XML file beside it."""
    return path.suffix.lower() == ".rec" and par_of_rec(path) is not None


def par_of_rec(path: Path) -> Path | None:
    """The PAR or XML file beside a REC file, None where there is none. Of several, that whose suffix has the case of
    .REC, .rec or .Rec: where case counts, x.par and x.PAR may be of two scans.
    """
    own = str.upper if path.suffix.isupper() else str.lower if path.suffix.islower() else str.title
    for case in dict.fromkeys((own, str.upper, str.lower, str.title)):
        for suffix in (".par", ".xml"):
            beside = path.with_suffix(case(suffix))
            if beside.is_file():
                return beside
    return None


def _goes_with_par(path: Path) -> bool:
    """Whether it is the REC file of a PAR or XML file, or the XML file of a scan that a PAR file describes as well."""
    if path.suffix.lower() != ".xml":
        return _is_rec(path)
    upper = path.suffix.isupper()
    return all(path.with_suffix(one.upper() if upper else one).is_file() for one in (".par", ".rec"))


FORMATS: tuple[Format, ...] = (Format("PAR/REC", _knows_par, _par_head, _open_par, _goes_with_par),)
"""All of them; their functions import what they need when they are called."""


def format_of(path: Path) -> Format | None:
    """The format of a file, None where no row knows it or it cannot be read."""
    if not FORMATS:
        return None
    try:
        if not path.is_file():
            return None  # opening a pipe would keep us waiting
        with path.open("rb") as stream:
            first = stream.read(FIRST_BYTES)
    except OSError:
        return None  # whoever opens the file next says what is wrong with it
    return next((one for one in FORMATS if one.knows(path, first)), None)


def format_named(name: str) -> Format | None:
    """The row of that name."""
    return next((one for one in FORMATS if one.name == name), None)


def is_companion(path: Path) -> bool:
    """Whether a file is part of another one, in any format."""
    return any(one.is_companion(path) for one in FORMATS)
