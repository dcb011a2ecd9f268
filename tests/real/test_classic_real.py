"""Single-frame series of a scanner: the same image as the enhanced file of the same scan, and as pydicom has it."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest

import dicome

ASL, FIELD = "enhanced/dcm_qa_philips_asl_enh/Enhanced", "enhanced/dcm_qa_philips_enh/enh"
TWINS = {
    "301": ("philips_301_ASL_MultiPhase", f"{ASL}/301_ASL_MultiPhase_real.dcm"),
    "402": ("philips_402_SOURCE_3D_pCASL", f"{ASL}/402_SOURCE_-_3D_pCASL_6mm.dcm"),
    "2001": ("philips_2001_field_map", f"{FIELD}/2001_WIP_fcMRI_Field_Mapping_e2_phMag.dcm"),
}
"""Folder of single-frame files, and the enhanced file of the same scan."""
ROOT = Path(__file__).parents[2]
ROUNDING = 1e-12
"""Positions are text of 16 signs in one file, numbers rounded to as many in the other (mm)."""

Pair = tuple[dicome.Image, dicome.Image]


@pytest.fixture(scope="module", params=list(TWINS.values()), ids=list(TWINS))
def twins(request: pytest.FixtureRequest, corpus: Path) -> Pair:
    folder, file = request.param
    return dicome.open(corpus / "classic" / folder), dicome.open(corpus / file)


def test_the_axes_are_those_of_the_enhanced_file(twins: Pair) -> None:
    classic, enhanced = twins
    assert classic.shape == enhanced.shape
    assert classic.names == enhanced.names
    assert classic.labels == enhanced.labels
    for one, other in zip(classic.axes, enhanced.axes, strict=True):
        assert (one.unit, one.role) == (other.unit, other.role)
        assert (one.values is None) == (other.values is None)
        if one.values is not None and other.values is not None:
            assert one.values.tolist() == other.values.tolist()


@pytest.mark.parametrize("scale", ["pv", "dv", "fp", None])
def test_every_voxel_is_that_of_the_enhanced_file(twins: Pair, scale: str | None) -> None:
    classic, enhanced = twins
    assert classic.scale == enhanced.scale
    assert np.array_equal(classic.array(scale), enhanced.array(scale))


def test_the_affine_is_that_of_the_enhanced_file(twins: Pair) -> None:
    classic, enhanced = twins
    assert classic.affine is not None
    assert enhanced.affine is not None
    np.testing.assert_allclose(classic.affine, enhanced.affine, rtol=0, atol=ROUNDING)
    assert classic.evidence_of_affine == enhanced.evidence_of_affine


@pytest.mark.parametrize("file", ["dcm_qa_enh/Philips/IM_0027_fMAP.dcm", "dbdicom/MOLLI_enhanced/IM_0001"])
def test_maps_split_into_classic_files_keep_their_axes(file: str, corpus: Path, tmp_path: Path) -> None:
    """Their frames differ in echo time too, of which the scanner makes no dimension."""
    dicome.split(corpus / "enhanced" / file, tmp_path / "classic", every=True)
    classic, enhanced = dicome.open(tmp_path / "classic"), dicome.open(corpus / "enhanced" / file)
    assert (classic.names, classic.labels) == (enhanced.names, enhanced.labels)
    assert np.array_equal(classic.array(), enhanced.array())


def test_what_else_an_image_says(twins: Pair) -> None:
    classic, enhanced = twins
    assert classic.echo_times.tolist() == enhanced.echo_times.tolist()
    assert classic.bvals is None
    assert enhanced.bvals is None
    assert classic.warnings == enhanced.warnings == ()
    assert "made from InStackPositionNumber" in classic.evidence[0]


@pytest.mark.parametrize("folder", [folder for folder, _ in TWINS.values()])
def test_frames_and_columns_against_pydicom(folder: str, corpus: Path) -> None:
    image = dicome.open(corpus / "classic" / folder)
    stored = image.array("pv").reshape(*image.shape[:2], -1, order="F")
    number_of = image.item_numbers.reshape(-1, order="F")
    for place, number in enumerate(number_of.tolist()[::7]):
        data_set = pydicom.dcmread(image.frame_files[number - 1])
        assert np.array_equal(stored[..., 7 * place], data_set.pixel_array)
        row = {name: image.frames[name][number - 1] for name in ("InstanceNumber", "SOPInstanceUID", "WindowCenter")}
        assert row["InstanceNumber"] == data_set.InstanceNumber
        assert row["SOPInstanceUID"] == data_set.SOPInstanceUID
        assert row["WindowCenter"] == float(data_set.WindowCenter)
        position = image.frames["ImagePositionPatient"][number - 1]
        assert position.tolist() == [float(value) for value in data_set.ImagePositionPatient]
        assert image.frames["MRScaleSlope"][number - 1] == np.float32(data_set[0x2005, 0x100E].value)


def test_diffusion_of_which_a_pacs_took_the_creators(corpus: Path) -> None:
    """Private tags without creators mean nothing, so slices are numbered by their place."""
    image = dicome.open(corpus / "classic/philips_801_DTI")
    assert image.shape == (128, 128, 2, 4)
    assert image.names[3] == "Diffusion b-Value/Diffusion Gradient Orientation"
    assert image.bvals is not None
    assert image.bvals.tolist() == [0, 1000, 1000, 1000]
    assert image.bvecs is not None
    assert np.linalg.norm(image.bvecs, axis=-1).round(6).tolist() == [0, 1, 1, 1]
    assert image.affine is not None
    assert image.affine[2, 2] == pytest.approx(2, abs=1e-3)
    assert any("place along the normal" in note for note in image.evidence)


def test_functional_volumes_over_time(corpus: Path) -> None:
    image = dicome.open(corpus / "classic/philips_201_EPI")
    assert image.shape == (64, 64, 9, 3)
    assert image.names[2:] == ("In-Stack Position Number", "Temporal Position Index")
    for volume in range(3):
        for place in range(9):
            name = f"201_EPI_asc_CLEAR_{volume + 1:04d}_{place + 1:02d}.dcm"
            files = sorted((corpus / "classic/philips_201_EPI").glob(f"*_{volume + 1:04d}_*"))
            assert files, name
            data_set = pydicom.dcmread(image.frame_files[image.item_numbers[place, volume] - 1])
            assert (data_set[0x2001, 0x100A].value, data_set.TemporalPositionIdentifier) == (place + 1, volume + 1)


def test_the_header_is_that_of_the_first_file(corpus: Path) -> None:
    array, info = dicome.dicomeread(corpus / "classic/philips_301_ASL_MultiPhase")
    first = pydicom.dcmread(corpus / "classic/philips_301_ASL_MultiPhase/0001.dcm")
    assert array.shape == (80, 80, 6, 8)
    assert info.InstanceNumber == first.InstanceNumber == 1
    assert info.TriggerTime == 300
    assert info.MatlabItems.shape == (6, 8)
    assert "PerFrameFunctionalGroupsSequence" not in info


def test_packed_files_of_a_scanner(corpus: Path, tmp_path: Path) -> None:
    folder = corpus / "classic/philips_301_ASL_MultiPhase"
    for path in folder.iterdir():
        (tmp_path / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 1))
    assert np.array_equal(dicome.open(tmp_path).array(), dicome.open(folder).array())
    enhanced = corpus / TWINS["301"][1]
    packed = tmp_path / "whole.gz"
    packed.write_bytes(gzip.compress(enhanced.read_bytes(), 1))
    assert np.array_equal(dicome.open(packed).array(), dicome.open(enhanced).array())


def test_a_folder_in_octave(corpus: Path, octave: str, tmp_path: Path) -> None:
    folder = corpus / "classic/philips_402_SOURCE_3D_pCASL"
    code = f"""
        addpath('{ROOT / "matlab"}');
        [imag, info] = dicomeread('{folder}');
        printf('%d ', size(imag)); disp(class(imag));
        printf('%.9g %.9g\\n', imag(41, 37, 3, 5, 2), sum(double(imag(:))));
        disp(strjoin(info.MatlabNames(:)', '|'));
        printf('%d %d\\n', info.InstanceNumber, info.MatlabItems(3, 5, 2));
    """
    environment = {**os.environ, "DICOME_PYTHON": sys.executable, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    command = [octave, "--norc", "--quiet", "--eval", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    image = dicome.open(corpus / TWINS["402"][1])
    array = image.array()
    assert lines[0] == "80 80 14 8 2 single"
    value, total = map(float, lines[1].split())
    assert value == pytest.approx(float(array[40, 36, 2, 4, 1]), rel=1e-7)
    assert total == pytest.approx(float(array.sum(dtype=np.float64)), rel=1e-4)
    assert lines[2] == "Column|Row|In-Stack Position Number|Temporal Position Index|Label Type"
    classic = dicome.open(folder)
    assert lines[3] == f"1 {classic.item_numbers[2, 4, 1]}"
