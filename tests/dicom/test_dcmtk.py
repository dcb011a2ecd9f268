"""Files rewritten by another toolkit (dcmconv of DCMTK) give the same table and pixels in every encoding."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dicome.dicom.columns import ItemColumns
from dicome.dicom.file import DicomFile, open_file
from dicome.dicom.pixels import open_pixels
from tests.support.files import Elements, enhanced, frame_content

FRAMES: list[Elements] = [
    [
        (0x20050010, "LO", "Philips MR Imaging DD 001"),
        (0x2005100E, "FL", 2.5 * k),
        (0x00082112, "SQ", [[(0x00081150, "UI", "1.2"), (0x00081155, "UI", f"1.2.{k}")] for _ in range(k % 3)]),
        (0x00189114, "SQ", [[(0x00189082, "FD", 10.0 * k)]]),
        frame_content(1, k),
        (0x00209113, "SQ", [[(0x00200032, "DS", ["0.5", "-1e-3", str(k)])]]),
        (0x00209056, "SH", "stack" * (k % 2)),
    ]
    for k in range(1, 8)
]
PADDING = "DataSetTrailingPadding"


def table(file: DicomFile) -> dict[str, Any]:
    assert file.frames is not None
    columns = ItemColumns(file.source, file.frames)
    found = {path: columns.column(path) for path in columns.paths if PADDING not in path}
    return {path: (values[present].tolist(), present.tolist()) for path, (values, present) in found.items()}


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original.dcm"
    path.write_bytes(enhanced(FRAMES))
    return path


@pytest.mark.parametrize("lengths", ["+e", "-e"])
@pytest.mark.parametrize(
    "options", [("+te",), ("+ti",), ("+tb",), ("+td",), ("+te", "+g"), ("+ti", "+g"), ("+te", "+p", "512", "16")]
)
def test_rewritten(options: tuple[str, ...], lengths: str, original: Path, dcmtk: Callable[[str], str]) -> None:
    target = original.with_name("rewritten.dcm")
    subprocess.run([dcmtk("dcmconv"), *options, lengths, original, target], check=True, capture_output=True)
    before, after = open_file(original), open_file(target)
    assert after.note == ""
    assert table(after) == table(before)
    assert open_pixels(after).block(0, 7).ravel().tolist() == list(range(28))


def test_rewritten_without_meta_group(original: Path, dcmtk: Callable[[str], str]) -> None:
    for number, syntax in enumerate(("+te", "+ti", "+tb")):
        target = original.with_name(f"{number}.dcm")
        subprocess.run([dcmtk("dcmconv"), "-F", syntax, original, target], check=True, capture_output=True)
        assert table(open_file(target)) == table(open_file(original))


def test_values_as_dcmdump_prints_them(original: Path, dcmtk: Callable[[str], str]) -> None:
    dump = subprocess.run([dcmtk("dcmdump"), original], check=True, capture_output=True, text=True).stdout
    found = table(open_file(original))
    for tag, path in (
        ("0018,9082", "MREchoSequence.EffectiveEchoTime"),
        ("2005,100e", "MRScaleSlope"),
        ("0020,0032", "PlanePositionSequence.ImagePositionPatient"),
        ("0020,9157", "FrameContentSequence.DimensionIndexValues"),
    ):
        printed = re.findall(rf"\({tag}\) \w\w \[?([-0-9.e\\]+)", dump)
        values = [[float(number) for number in text.split("\\")] for text in printed]
        ours = [row if isinstance(row, list) else [row] for row in found[path][0]]
        assert ours == values
