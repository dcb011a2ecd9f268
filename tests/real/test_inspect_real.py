"""Every value of every real file, as dcmdump and pydicom have it."""

from __future__ import annotations

import re
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.multival import MultiValue

from dicome.dicom.dictionary import is_private_creator
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.pixels import announced_frames
from dicome.errors import DicomeError
from dicome.inspect import whole
from dicome.inspect.compare import read_row
from dicome.inspect.ls import FIELDS, entry_of
from dicome.inspect.settings import default_tags
from dicome.inspect.tags import parse_tags

TEXT = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UI", "UT", "UC", "UR"))
WHOLE = frozenset(("LT", "ST", "UT", "UR"))
"""VRs of one value, in which a backslash is a letter."""
NUMBERS = frozenset(("FD", "FL", "SL", "SS", "UL", "US", "SV", "UV"))
Row = tuple[str, str, Any]


def real_files(corpus: Path) -> list[Path]:
    """All files that say they are DICOM, or are read as such."""
    found = []
    for path in sorted(path for folder in ("enhanced", "classic", "raw") for path in (corpus / folder).rglob("*")):
        if path.is_file():
            try:
                open_file(path)
            except DicomeError:
                continue
            found.append(path)
    assert len(found) > 600
    return found


@pytest.fixture(scope="module")
def files(corpus: Path) -> list[Path]:
    return real_files(corpus)


def ours(file: DicomFile) -> Iterator[Row]:
    """Tag, VR and value of everything but items and sequences, from the lines of the whole file."""
    for line in whole.whole(file, unfold=True):
        if line.number and line.vr != "SQ" and not line.number.endswith(",0000"):
            yield line.number, line.vr, line.value


def test_pydicom_has_the_same_values(files: list[Path]) -> None:
    values = read = 0
    for path in files:
        file = open_file(path)
        if file.note or path.suffix == ".gz":
            continue  # read through pydicom, or packed
        mine, theirs = list(ours(file)), list(_of_pydicom(path))
        if theirs[-1][0].startswith("0002"):
            continue  # pydicom gives nothing of a file that ends within compressed pixels
        read += 1
        assert [row[0] for row in mine] == [row[0] for row in theirs], path
        for own, (tag, vr, value) in zip(mine, theirs, strict=True):
            if own[1] == vr and vr in TEXT | NUMBERS:
                values += 1
                assert _same(own[2], value, vr), f"{path} {tag} {vr}: {own[2]!r} and {value!r}"
    assert read > 580
    assert values > 200_000


def _of_pydicom(path: Path) -> Iterator[Row]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(path, force=True)
        for part in (dataset.file_meta, dataset):
            yield from _below(part)


def _below(dataset: pydicom.Dataset) -> Iterator[Row]:
    for tag in sorted(dataset.keys()):
        element = dataset[tag]
        if element.VR == "SQ":
            for item in element.value:
                yield from _below(item)
        elif tag.element != 0:
            yield f"{tag.group:04x},{tag.element:04x}", element.VR, element.value


def _same(text: str, value: Any, vr: str) -> bool:
    if value is None or value == "" or (isinstance(value, (MultiValue, list)) and not value):
        return text == ""
    listed = list(value) if isinstance(value, (MultiValue, list)) else [value]
    if vr in NUMBERS:
        return [float(part) for part in text.split("\\")] == [float(one) for one in listed] or _close(text, listed)
    if vr in ("DS", "IS"):
        a, b = ([_number(str(one)) for one in parts] for parts in (text.split("\\"), listed))
        return len(a) == len(b) and np.allclose(a, b, rtol=1e-14, atol=0, equal_nan=True)
    if vr in WHOLE:
        return text == str(value).rstrip(" \0")
    return [part.strip(" \0") for part in text.split("\\")] == [str(one).strip(" \0") for one in listed]


def _number(text: str) -> float:
    return float(text) if text.strip() else float("nan")


def _close(text: str, listed: list[Any]) -> bool:
    """Singles are shown at their shortest."""
    return bool(np.array_equal(np.array(text.split("\\"), np.float32), np.array(listed, np.float32), equal_nan=True))


LINE = re.compile(r"^\s*\(([0-9a-f]{4},[0-9a-f]{4})\) ([A-Z]{2}) (.*?)\s+# +(?:\d+|u/l), *\d+ ", re.DOTALL)


def test_dcmdump_has_the_same_values(files: list[Path], dcmtk: Callable[[str], str]) -> None:
    dump = dcmtk("dcmdump")
    values = read = 0
    for path in files:
        file = open_file(path)
        if file.note or path.suffix == ".gz":
            continue
        done = subprocess.run([dump, "-q", "+L", "+Qn", "-Un", str(path)], capture_output=True, check=False)
        if done.returncode == 0:
            read += 1
            values += _compared(file, done.stdout.decode("latin-1"))
    assert read > 560
    assert values > 200_000


def _compared(file: DicomFile, dumped: str) -> int:
    """Number of values that are the same in a dump, tag by tag; fails where one differs."""
    theirs, mine = (_by_tag(rows) for rows in (_of_dump(dumped), ours(file)))
    values = 0
    for tag, rows in theirs.items():
        own_rows = mine.get(tag, [])
        if any("\n" in str(row[2]) or "\r" in str(row[2]) for row in own_rows):
            continue  # dcmdump breaks its lines there
        if len(own_rows) > len(rows):  # dcmdump does not look into sequences that are UN, or private in implicit files
            assert not file.syntax.explicit or " UN " in dumped, f"{file.path} {tag}"
            continue
        assert len(own_rows) == len(rows), f"{file.path} {tag}"
        for own, row in zip(own_rows, rows, strict=True):
            if own[1] == row[1] and _comparable(own, row):
                values += 1
                assert _as_dumped(own[2], row[2], row[1]), f"{file.path} {tag}: {own[2]!r} and {row[2]!r}"
    return values


def _of_dump(dumped: str) -> Iterator[Row]:
    for line in dumped.splitlines():
        found = LINE.match(line)
        if found and found[2] != "SQ" and not found[1].endswith(",0000"):
            yield found[1], found[2], found[3]


def _by_tag(rows: Iterator[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def _comparable(own: Row, row: Row) -> bool:
    return own[1] in TEXT | NUMBERS and str(own[2]).isascii() and not str(row[2]).startswith("=")


def _as_dumped(text: str, shown: str, vr: str) -> bool:
    if shown.startswith("(no value"):
        return text == ""
    if vr in NUMBERS:
        return np.allclose(
            [float(x) for x in text.split("\\")], [float(x) for x in shown.split("\\")], rtol=1e-6, equal_nan=True
        )
    raw = shown[1:-1] if shown.startswith("[") else shown
    return [part.strip(" \0") for part in raw.split("\\")] == [part.strip(" \0") for part in text.split("\\")]


def test_lists_have_the_fields_of_pydicom(files: list[Path]) -> None:
    for path in files:
        if path.suffix == ".gz":
            continue
        header = entry_of(str(path.parent), path.name).header
        assert header is not None, path
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True)
            expected = {name: dataset.get(name, "") for name in FIELDS}
        assert header.fields == {
            name: "" if value is None else "\\".join(map(str, value)) if isinstance(value, MultiValue) else str(value)
            for name, value in expected.items()
        }, path
        assert header.frames == announced_frames(open_file(path))


def test_default_tags_answer_for_real_scans(corpus: Path) -> None:
    file = open_file(corpus / "enhanced" / "nitest-balls1" / "DICOM" / "DTI.dcm")
    row, _ = read_row(file, default_tags(), everywhere=True)
    asked = (
        "SeriesNumber ProtocolName RepetitionTime EchoTime FlipAngle Rows PixelSpacing MRSeriesNrOfSlices "
        "MRSeriesNrOfDynamicScans DiffusionBValue SoftwareVersions"
    )
    assert set(asked.split()) <= set(row.answers)
    assert row.answers["DiffusionBValue"].data["count"] >= 2


def test_a_moved_private_block_is_found(corpus: Path) -> None:
    """Philips R11 puts MR Imaging DD 005 where others have DD 001."""
    found = 0
    for path in sorted((corpus / "enhanced" / "dcm_qa_cs_dl").rglob("*")):
        if path.is_file():
            file = open_file(path)
            row, _ = read_row(file, parse_tags("2005,100e:MRScaleSlope"))
            assert row.answers["2005,100e"] == row.answers["MRScaleSlope"]
            assert not is_private_creator(0x2005100E)
            assert 0 < row.answers["MRScaleSlope"].data < 1e3
            found += 1
    assert found
