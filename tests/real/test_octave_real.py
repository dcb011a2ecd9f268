"""Real files read in Octave: array as expected, and the header field by field against pydicom."""

from __future__ import annotations

import ast
import csv
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

FOLDER = os.environ.get("DICOME_CORPUS")
ROOT = Path(__file__).parents[2]
FILES = (
    "enhanced/nitest-balls1/DICOM/T2_.dcm",
    "enhanced/nitest-balls1/DICOM/DTI.dcm",
    "enhanced/nitest-balls1/DICOM/fieldmap.dcm",
    "enhanced/dbdicom/MOLLI_enhanced/IM_0001",
    "enhanced/dcm_qa_cs_dl/201_T1W_TSE_Sno_CSno_CSAIno/0001.dcm",
    "enhanced/dcm_qa_philips_asl_enh/Enhanced/301_ASL_MultiPhase_real.dcm",
    "enhanced/dcm_qa_canon_61/enh/3000.dcm",
    "enhanced/dcm_qa_enh/Siemens/XA10/6_1.dcm",
    "enhanced/dcm_qa_xa30/10_DWI_dir80_PA/0002.dcm",
    "enhanced/dcm_qa_xa30/14_DWI_dir80_PA/0001.dcm",
    "enhanced/dcm_qa_xa60/XA60/DICOM/24100413/39280000/75739684",
    "enhanced/dicom2nifti/philips_enhanced/dti/001_implicit/IM-0001-3835-0001.dcm",
    "enhanced/dicom2nifti/hyperfine/anatomical/001/001.dcm",
    "enhanced/dcmjs/test/cine-test.dcm",
)
FILE_FIELDS = 9
"""Fields of dicominfo that tell of the file, before those of the data set."""
MATLAB_FIELDS = ("MatlabNames", "MatlabIndexes", "MatlabItems", "MatlabEvidence", "MatlabScale")
CLASSES = {
    **{"DS": "double", "IS": "double", "FD": "double", "FL": "single", "AT": "uint16"},
    **{"US": "uint16", "UL": "uint32", "SS": "int16", "SL": "int32", "UI": "char", "CS": "char", "LO": "char"},
}
"""Classes that MATLAB's dicominfo gives (its documentation, and the original dicomeread's users)."""


@dataclass(frozen=True)
class Leaf:
    """One line of report_scan.m."""

    path: tuple[str, ...]
    matlab_class: str
    size: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def text(self) -> str:
        return bytes(int(value) for value in self.values).decode("utf-8")


@pytest.fixture(scope="module")
def reports(octave: str, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Leaf]]:
    """What Octave says of every file, from one session."""
    folder = tmp_path_factory.mktemp("reports")
    calls = [f"report_scan('{corpus / name}', '{folder / str(k)}');" for k, name in enumerate(FILES)]
    code = f"addpath('{ROOT / 'matlab'}', '{ROOT / 'tests' / 'matlab'}'); {' '.join(calls)}"
    command = [octave, "--norc", "--quiet", "--eval", code]
    environment = {**os.environ, "DICOME_PYTHON": sys.executable}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {name: [*_leaves(folder / str(k))] for k, name in enumerate(FILES)}


def _leaves(path: Path) -> Iterator[Leaf]:
    for line in path.read_text(encoding="ascii").splitlines():
        where, name, size, values = line.split("\t")
        numbers = tuple(float(value) for value in values.split())
        yield Leaf(tuple(where.split(".")), name, tuple(ast.literal_eval(size.replace(" ", ","))), numbers)


def expected_row(name: str) -> dict[str, str]:
    assert FOLDER is not None
    with (Path(FOLDER) / "EXPECTED.tsv").open(newline="") as stream:
        return next(row for row in csv.DictReader(stream, delimiter="\t") if row["path"] == name)


@pytest.mark.parametrize("name", FILES if FOLDER else [])
def test_the_array_is_as_expected(name: str, reports: dict[str, list[Leaf]]) -> None:
    row = expected_row(name)
    leaves = {leaf.path: leaf for leaf in reports[name]}
    assert leaves["imag", "class"].text == "single" or "Sample" in row["names"]
    assert list(leaves["imag", "size"].values) == ast.literal_eval(row["shape"])
    if row["names"]:
        for k, wanted in enumerate(ast.literal_eval(row["names"]), 1):
            assert wanted in ("?", leaves["info", "MatlabNames", str(k)].text)
    if row["scale"]:
        assert leaves["info", "MatlabScale"].text == row["scale"]
    if row["mean"]:
        assert leaves["imag", "mean"].values[0] == pytest.approx(float(row["mean"]), rel=1e-5)


@pytest.mark.parametrize("name", FILES if FOLDER else [])
def test_every_field_is_that_of_pydicom(name: str, reports: dict[str, list[Leaf]], corpus: Path) -> None:
    theirs = pydicom.dcmread(corpus / name)
    ours = iter(
        leaf
        for leaf in reports[name][3 + FILE_FIELDS :]  # imag, then the fields of the file
        if leaf.path[1] not in MATLAB_FIELDS
    )
    compared = compare(ours, theirs.file_meta, ("info",)) + compare(ours, theirs, ("info",))
    assert compared > 50
    assert next(ours, None) is None, "more fields than pydicom has"


def compare(ours: Iterator[Leaf], theirs: Dataset, where: tuple[str, ...]) -> int:
    """Takes the leaves of a data set and compares them in order; how many there were."""
    count = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        elements = [element for element in theirs if element.tag != 0x7FE00010]
    for element in elements:
        if element.VR != "SQ" or not element.value:
            compare_value(ours, element, where)
            count += 1
            continue
        for number, item in enumerate(element.value, 1):
            # A private name is taken from the item's first field; that it is the dictionary's is tested elsewhere.
            count += compare(ours, item, (*where, element.keyword or "*", f"Item_{number}"))
    return count


def compare_value(ours: Iterator[Leaf], element: DataElement, where: tuple[str, ...]) -> None:
    leaf = next(ours)
    place = (*where, "*" if element.tag.is_private else element.keyword or "*")
    assert all(wanted in ("*", name) for wanted, name in zip(place, leaf.path, strict=False)), (place, leaf.path)
    value: Any = element.value
    if element.VM == 0 or value is None or value in ("", b"") or (element.VR == "SQ" and not value):
        assert (leaf.matlab_class, leaf.size) == ("double", (0, 0)), leaf.path
        return
    assert leaf.matlab_class == CLASSES.get(element.VR, leaf.matlab_class), leaf.path
    if element.VR == "UN" and leaf.matlab_class != "uint8":
        return  # a private value of an implicit file: pydicom does not know its VR, Philips' dictionary does
    if element.VR == "PN":
        compare_name(ours, leaf, value)
    elif element.VR == "AT":
        tags = [value] if element.VM == 1 else list(value)
        found = np.array(leaf.values).reshape(leaf.size, order="F").tolist()
        assert found == [[tag.group, tag.element] for tag in tags], leaf.path
    elif leaf.matlab_class == "char":
        texts = [value] if element.VM == 1 or isinstance(value, str) else list(value)
        joined = "\\".join(str(part) for part in texts)
        assert [part.strip() for part in leaf.text.split("\\")] == [part.strip() for part in joined.split("\\")]
        assert leaf.size[0] == 1, leaf.path
    elif isinstance(value, bytes):
        assert np.array(leaf.values, {"uint8": "u1", "uint16": "<u2"}[leaf.matlab_class]).tobytes() == value
    else:
        numbers = [float(one) for one in ([value] if element.VM == 1 else value)]
        np.testing.assert_array_equal(leaf.values, numbers, str(leaf.path))
        assert leaf.size == (len(numbers), 1), leaf.path


def compare_name(ours: Iterator[Leaf], leaf: Leaf, value: Any) -> None:
    parts = {"FamilyName": value.family_name, "GivenName": value.given_name, "MiddleName": value.middle_name}
    wanted = [(name, text) for name, text in parts.items() if text] or [("FamilyName", "")]
    found = [leaf, *(next(ours) for _ in wanted[1:])]
    assert [(one.path[-1], one.text) for one in found] == wanted
