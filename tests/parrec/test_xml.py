"""XML/REC: the same facts under other names, codes as words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dicome
from dicome.errors import DamagedFileError, UnsupportedError
from dicome.listing import list_series
from dicome.parrec import read_par

SERIES = {
    "Patient Name": "Nobody",
    "Protocol Name": "B0 map",
    "Examination Date": "2014.08.05",
    "Examination Time": "11:27:34",
    "Aquisition Number": "11",
    "Reconstruction Number": "1",
    "Max No Slices": "1",
    "Max No Dynamics": "1",
    "Scan Resolution X": "4",
    "Scan Resolution Y": "2",
    "Repetition Times": "2.5000E+001 1.2500E+002",
    "Angulation AP": "0.0",
    "Angulation FH": "0.0",
    "Angulation RL": "0.0",
    "Off Center AP": "1.0",
    "Off Center FH": "2.0",
    "Off Center RL": "3.0",
    "SPIR": "Y",
    "MTC": "N",
}
IMAGE = {
    "Slice": "1",
    "Echo": "1",
    "Dynamic": "1",
    "Phase": "1",
    "BValue": "1",
    "Grad Orient": "1",
    "Label Type": "-",
    "Pixel Size": "16",
    "Resolution X": "4",
    "Resolution Y": "2",
    "Slice Thickness": "5.0",
    "Slice Gap": "1.0",
    "Display Orientation": "-",
    "Pixel Spacing": "2.000000E+000 3.000000E+000",
    "Echo Time": "4.6",
    "Contrast Type": "T1",
    "Angulation AP": "0.0",
    "Angulation FH": "0.0",
    "Angulation RL": "0.0",
    "Offcenter AP": "1.0",
    "Offcenter FH": "2.0",
    "Offcenter RL": "3.0",
    "Slice Orientation": "Transversal",
}
MAGNITUDE = {"Type": "M", "Sequence": "FFE", "Index": "1", "Rescale Intercept": "0.0", "Rescale Slope": "2.0",
             "Scale Slope": "5.0000E-001"}  # fmt: skip
MAP = {"Type": "B0", "Sequence": "UNSPECIFIED", "Index": "0", "Rescale Intercept": "-500", "Rescale Slope": "0.25",
       "Scale Slope": "4.0"}  # fmt: skip


def attributes(values: dict[str, str]) -> str:
    return "".join(f'<Attribute Name="{name}" Type="String">{value}</Attribute>\r\n' for name, value in values.items())


def document(*images: dict[str, str], series: dict[str, str] = SERIES) -> str:
    infos = "".join(
        f"<Image_Info><Key>{attributes(one)}</Key>{attributes({**IMAGE, **one})}</Image_Info>" for one in images
    )
    return f"<PRIDE_V5><Series_Info>{attributes(series)}</Series_Info><Image_Array>{infos}</Image_Array></PRIDE_V5>"


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    path = tmp_path / "scan.XML"
    path.write_text(document(MAGNITUDE, MAP))
    np.arange(16, dtype="<u2").tofile(path.with_suffix(".REC"))
    return path


def test_general_information_and_images(pair: Path) -> None:
    par = read_par(pair)
    assert par.version == "XML"
    assert par.general["examination_date_time"] == "2014.08.05 / 11:27:34"
    assert par.general["repetition_time"] == (25.0, 125.0)
    assert (par.general["spir"], par.general["mtc"], par.general["acquisition_nr"]) == (1, 0, 11)
    assert par.images["image_type_mr"].tolist() == [0, 18]
    assert par.images["scanning_sequence"].tolist() == [2, 5]
    assert par.images["contrast_type"].tolist() == [7, 7]
    assert par.images["label_type"].tolist() == [1, 1]
    assert par.images["pixel_spacing"][0].tolist() == [2, 3]


def test_it_opens_like_any_other_scan(pair: Path) -> None:
    image = dicome.open(pair)
    assert image.shape == (2, 4, 2)
    assert image.labels == (("FFE M", "UNSPECIFIED B0"),)
    assert image.array()[..., 0].tolist() == [[16, 18, 20, 22], [24, 26, 28, 30]]
    assert image.array("dv")[..., 1].tolist() == [[-500, -499.75, -499.5, -499.25], [-499, -498.75, -498.5, -498.25]]
    assert image.affine is not None
    assert image.affine[:3, 3].tolist() == [3 - 1.5 * 2, 1 - 0.5 * 3, 2]
    assert np.array_equal(dicome.open(pair.with_suffix(".REC")).array(), image.array())


def test_beside_a_par_file_it_is_no_scan_of_its_own(pair: Path) -> None:
    """Scanners export one REC file with both."""
    stored = dicome.open(pair).array("pv")
    dicome.write_par(dicome.open(pair), pair.with_suffix(".PAR"), force=True)
    listed = list_series(pair.parent)
    assert [entry.paths for entry in listed.entries] == [(pair.with_suffix(".PAR"),)]
    assert listed.not_dicom == ()
    assert np.array_equal(dicome.open(pair.parent).array("pv"), stored)
    assert np.array_equal(dicome.open(pair).array("pv"), stored)  # asked for by name


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (document(MAGNITUDE)[:-30], DamagedFileError, "not well-formed XML"),
        (document(), DamagedFileError, "no Image_Info"),
        (document(MAGNITUDE | {"Echo Time": "long"}), DamagedFileError, "echo_time of image 1 is 'long'"),
        (document(MAGNITUDE | {"Type": "NEW"}), UnsupportedError, "image_type_mr is 'NEW', for which no code"),
        (document(MAGNITUDE, series={"EPI factor": "?"}), DamagedFileError, "EPI factor .* is '\\?'"),
        (document({"Index": "0"}).replace("Resolution X", "Width"), DamagedFileError, "has no recon_resolution"),
        ("<ExamCard/>", UnsupportedError, "XML of kind 'ExamCard'"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><PRIDE_V5/>", UnsupportedError, "document type"),
    ],
)
def test_damage_is_told(tmp_path: Path, text: str, error: type[Exception], message: str) -> None:
    path = tmp_path / "scan.xml"
    path.write_text(text)
    with pytest.raises(error, match=message):
        read_par(path)
