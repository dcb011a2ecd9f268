"""The private dictionary in other programs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dicome.others.dictionaries import dcmtk as dcmtk_lines
from dicome.others.dictionaries import matlab, pydicom, rows
from tests.inspect.making import classic

PRIVATE = [
    (0x20050010, "LO", "Philips MR Imaging DD 001"),
    (0x2005100E, "FL", 0.5),
    (0x20050011, "LO", "Philips MR Imaging DD 005"),
    (0x20051129, "CS", "LABEL"),
]
STANDARD = next(iter(sorted(Path("/usr/share").glob("libdcmtk*/dicom.dic"))), None)


def test_dcmdump_knows_the_names(tmp_path: Path, dcmtk: Callable[[str], str]) -> None:
    if STANDARD is None:
        pytest.skip("DCMTK's own dictionary is not where Debian puts it")
    (tmp_path / "philips.dic").write_text("\n".join(dcmtk_lines()) + "\n")
    scan = classic(tmp_path / "a.dcm", more=PRIVATE)

    def names(*dictionaries: Path) -> dict[str, str]:
        environment = {**os.environ, "DCMDICTPATH": os.pathsep.join(map(str, dictionaries))}
        done = subprocess.run([dcmtk("dcmdump"), scan], env=environment, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return dict(re.findall(r"^\((2005,1[0-9a-f]{3})\).* (\S+|Unknown Tag & Data)$", done.stdout, re.MULTILINE))

    assert names(STANDARD, tmp_path / "philips.dic") == {"2005,100e": "MRScaleSlope", "2005,1129": "MRImageLabelType"}
    assert "MRScaleSlope" not in names(STANDARD).values()


def test_pydicom_knows_the_names(tmp_path: Path) -> None:
    (tmp_path / "philips_dictionary.py").write_text("\n".join(pydicom()) + "\n")
    scan = classic(tmp_path / "a.dcm", more=PRIVATE)
    code = (
        "import philips_dictionary, pydicom, sys\n"
        "d = pydicom.dcmread(sys.argv[1])\n"
        "print(d[0x2005100e].name, d[0x20051129].name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, scan], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[MRScaleSlope] [MRImageLabelType]\n"


def test_the_form_of_matlab() -> None:
    lines = [line for line in matlab() if not line.startswith("#")]
    assert all(
        re.fullmatch(r"\([0-9A-Fx]{4},[0-9A-Fx]{4}\)\t[A-Z]{2}(/[A-Z]{2})*\t\w+\t[0-9n-]+", line) for line in lines
    )
    assert "(2005,100E)\tFL\tMRScaleSlope\t1" in lines
    assert "(2001,1018)\tSL\tMRSeriesNrOfSlices\t1" in lines
    assert "(0010,0010)\tPN\tPatientName\t1" in lines
    numbers = [line.split("\t")[0] for line in lines]
    assert len(numbers) == len(set(numbers))
    names = [line.split("\t")[2] for line in lines]
    assert len(names) == len(set(names))
    assert "(0018,0021)\tCS\tSequenceVariant\t1-n" in lines
    assert "(2005,10C0)\tCS\tSequenceVariant_2005_10c0\t1" in lines
    assert "(2001,101E)\tCS\tPrivate_2001_101e\t1" in lines


def test_nothing_is_left_out() -> None:
    assert len(list(dcmtk_lines())) == len(rows()) + 2
    assert len({(row.creator, row.group, row.byte) for row in rows()}) == len(rows())
