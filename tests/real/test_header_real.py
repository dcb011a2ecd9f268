"""The header of real files, field by field against pydicom."""

from __future__ import annotations

import math
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from dicome.columnar import Parts, PersonName
from dicome.dicom.file import open_file
from dicome.dicom.pixels import pixel_format
from dicome.header import Header, header_group, header_of

FOLDER = os.environ.get("DICOME_CORPUS")
FILES = (
    "enhanced/nitest-balls1/DICOM/T2_.dcm",
    "enhanced/nitest-balls1/DICOM/DTI.dcm",
    "enhanced/dbdicom/MOLLI_enhanced/IM_0001",
    "enhanced/dcm_qa_cs_dl/201_T1W_TSE_Sno_CSno_CSAIno/0001.dcm",
    "enhanced/dcm_qa_philips_asl_enh/Enhanced/301_ASL_MultiPhase_real.dcm",
    "enhanced/dcm_qa_canon_61/enh/3000.dcm",
    "enhanced/dcm_qa_xa30/10_DWI_dir80_PA/0002.dcm",
    "enhanced/dcm_qa_xa60/XA60/DICOM/24100413/39280000/75739684",
    "enhanced/dicom2nifti/philips_enhanced/dti/001_implicit/IM-0001-3835-0001.dcm",
    "enhanced/dicom2nifti/hyperfine/anatomical/001/001.dcm",
    "enhanced/dcmjs/test/cine-test.dcm",
    "enhanced/pydicom-data/emri_small_big_endian.dcm",
)


def header_of_file(path: Path) -> Header:
    file = open_file(path)
    return header_of([file], pixel_format(file))


def elements(data_set: Dataset) -> list[DataElement]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [element for element in data_set if element.tag != 0x7FE00010]


def compare(ours: Header, theirs: Dataset, where: str, skip: int = 0) -> int:
    """Compares all fields in order; returns how many values were compared."""
    names = list(ours)[skip:]
    assert len(names) == len(elements(theirs)), where
    count = 0
    for name, element in zip(names, elements(theirs), strict=True):
        place = f"{where}.{name}"
        if element.keyword and not element.tag.is_private:
            assert name == element.keyword, place
        if element.VR == "SQ":
            items = ours[name]
            assert (0 if items is None else len(items)) == len(element.value), place
            for number, item in enumerate(element.value, 1):
                count += compare(items[f"Item_{number}"], item, f"{place}[{number}]")
        else:
            assert_same(ours[name], element, place)
            count += 1
    return count


def assert_same(ours: Any, element: DataElement, place: str) -> None:
    value = element.value
    if element.VM == 0 or value is None or value in ("", b""):
        assert ours is None, place
    elif element.VR == "PN":
        assert isinstance(ours, PersonName)
        assert (ours.FamilyName, ours.GivenName) == (value.family_name, value.given_name), place
    elif element.VR == "AT":
        tags = [value] if element.VM == 1 else list(value)
        assert np.asarray(ours).reshape(-1, 2).tolist() == [[tag.group, tag.element] for tag in tags], place
    elif isinstance(value, bytes):
        assert np.asarray(ours).reshape(-1).tobytes() == value, place
    elif isinstance(ours, str):
        texts = [value] if element.VM == 1 or isinstance(value, str) else list(value)
        joined = "\\".join(str(part) for part in texts)
        assert [part.strip() for part in ours.split("\\")] == [part.strip() for part in joined.split("\\")], place
    else:
        numbers = [value] if element.VM == 1 else list(value)
        for one, two in zip(np.atleast_1d(ours).tolist(), numbers, strict=True):
            assert one == float(two) or (math.isnan(one) and math.isnan(float(two))), place


@pytest.mark.parametrize("name", FILES if FOLDER else [])
def test_every_value_is_that_of_pydicom(name: str, corpus: Path) -> None:
    ours = header_of_file(corpus / name)
    theirs = pydicom.dcmread(corpus / name)
    meta = list(ours)[9 : 9 + len(elements(theirs.file_meta))]
    assert meta == [element.keyword for element in elements(theirs.file_meta)]
    assert compare(ours, theirs, name, skip=9 + len(meta)) > 50


def plain(value: Any) -> Any:
    """Comparable with ==: arrays as lists, NaN as text."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return [value.dtype.str, repr(value.tolist())]
    return value


@pytest.mark.parametrize("name", FILES if FOLDER else [])
def test_columns_of_all_frames_hold_what_single_items_do(name: str, corpus: Path) -> None:
    file = open_file(corpus / name)
    view = header_of([file], pixel_format(file))
    parts = header_group([file], pixel_format(file)).fields.get("PerFrameFunctionalGroupsSequence")
    if file.frames is None:
        assert parts is None
        return
    assert isinstance(parts, Parts)
    seen = []
    for numbers, group in parts.groups:
        assert group.count == len(numbers)
        for row in {0, group.count // 2, group.count - 1}:
            item = view.PerFrameFunctionalGroupsSequence[f"Item_{numbers[row]}"]
            assert plain(Header(group, row).to_dict()) == plain(item.to_dict())
        seen += numbers.tolist()
    assert sorted(seen) == list(range(1, len(file.frames) + 1))


def test_names_that_users_know(corpus: Path) -> None:
    info = header_of_file(corpus / FILES[0])
    assert info.MRSeriesNrOfEchoes == 1
    item = info.PerFrameFunctionalGroupsSequence.Item_1
    assert item.PrivatePerFrameSq.Item_1.EchoTime == 35
    assert item.PrivatePerFrameSq.Item_1.MRScaleSlope == np.float32(0.00118149642)
    assert item.PlaneOrientationSequence.Item_1.ImageOrientationPatient[0] == 0.99935793876647
    assert (info.Width, info.Height, info.BitDepth, info.ColorType) == (80, 80, 12, "grayscale")
    assert info.TransferSyntaxUID == "1.2.840.10008.1.2.1"


def test_r11_private_blocks_have_the_same_names(corpus: Path) -> None:
    info = header_of_file(corpus / FILES[3])
    assert info.PerFrameFunctionalGroupsSequence.Item_12.PrivatePerFrameSq.Item_1.MRScaleSlope > 0
