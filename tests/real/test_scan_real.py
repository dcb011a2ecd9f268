"""Every enhanced file of the corpus: elements, frame columns and pixels against pydicom."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from dicome.dicom.columns import ItemColumns
from dicome.dicom.file import PER_FRAME_GROUPS, open_file
from dicome.dicom.pixels import open_pixels
from tests.support.plain import flat, their_value

FOLDER = os.environ.get("DICOME_CORPUS")
FILES = sorted(
    path.relative_to(FOLDER).as_posix()
    for path in Path(FOLDER, "enhanced").rglob("*")
    if FOLDER and path.is_file() and path.suffix not in (".json", ".txt", ".md", ".tsv")
) if FOLDER else []  # fmt: skip
TOO_SHORT = "emri_small_jpeg_2k_lossless_too_short.dcm"
"""A file that pydicom gives up on."""
LOSSY = "jpeg_lossy"
MOST_FRAMES = 60
"""Frames compared value by value: the first and last ones, and some in between."""


@pytest.mark.skipif(not FOLDER, reason="DICOME_CORPUS is not set: no real files to read")
def test_there_are_real_files() -> None:
    assert len(FILES) > 80


@pytest.mark.parametrize("name", FILES)
def test_as_pydicom_reads_it(name: str, corpus: Path) -> None:
    if name.endswith(TOO_SHORT):
        pytest.skip("pydicom does not read it")
    file = open_file(corpus / name)
    assert file.note == ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data_set = pydicom.dcmread(corpus / name)
        assert [e.tag for e in file.elements] == [int(tag) for tag in data_set._dict if tag < 0x7FE00000]
        pixels = open_pixels(file)
        block = pixels.block(0, pixels.frame_count)
        theirs = data_set.pixel_array.reshape(block.shape)
        # Lossy JPEG leaves the last bit to the decoder, and pydicom takes whichever is installed.
        rounding = 1 if LOSSY in name else 0
        assert np.abs(block.astype(np.int64) - theirs).max() <= rounding
        if file.frames is not None:
            compare(ItemColumns(file.source, file.frames), data_set[PER_FRAME_GROUPS].value)


def compare(columns: ItemColumns, items: Any) -> None:
    """Columns against the items, which hold all that the columns do, and no more."""
    assert len(columns.index) == len(items)
    found = {path: columns.column(path) for path in columns.paths}
    compared = 0
    for k in np.unique(np.linspace(0, len(items) - 1, MOST_FRAMES).astype(int)).tolist():
        wanted = {path: (vr, value) for path, vr, value in flat(items[k]) if vr != "UN"}
        for path, (vr, value) in wanted.items():
            values, present = found[path]
            assert bool(present[k]) == bool(value), (path, k)
            if value and vr not in ("OB", "OW"):
                assert same(values[k], value), (path, k, values[k], value)
                compared += 1
        there = {path for path, (_, present) in found.items() if present[k]}
        assert {path for path, (_, value) in wanted.items() if value} <= there
    assert compared >= 6


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, str):
        parts = [part.strip(" \0") for part in theirs.split("\\")]
        return [part.strip(" \0") for part in str(ours).split("\\")] == parts
    return bool(np.array_equal(np.atleast_1d(np.asarray(ours)), np.asarray(theirs)))


def test_philips_11_has_its_group_at_another_block(corpus: Path) -> None:
    """(2005,100F) of creator Philips MR Imaging DD 005 at block 10, which is (2005,140F) in older files."""
    for name in (n for n in FILES if "dcm_qa_cs_dl" in n):
        file = open_file(corpus / name)
        assert file.frames is not None
        columns = ItemColumns(file.source, file.frames)
        slope, present = columns.column("PrivatePerFrameSq.MRScaleSlope")
        private = pydicom.dcmread(corpus / name)[PER_FRAME_GROUPS][0][0x2005100F][0]
        block = private.private_block(0x2005, "Philips MR Imaging DD 001")
        assert slope[0] == their_value(block[0x0E].value, "FL")[0]
        assert present.all()


def test_the_file_that_pydicom_gives_up_on(corpus: Path) -> None:
    (name,) = (n for n in FILES if n.endswith(TOO_SHORT))
    whole = next(n for n in FILES if n.endswith("emri_small_jpeg_2k_lossless.dcm"))
    pixels, expected = open_pixels(open_file(corpus / name)), open_pixels(open_file(corpus / whole))
    assert pixels.block(0, 9).tolist() == expected.block(0, 9).tolist()
