"""Classic to enhanced and back, on scans that the scanner sent both ways or wrote as PAR/REC; other programs judge."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest

import dicome
from dicome.multiframe.compare import compare
from tests.support.highdicom_images import highdicom_images

Find = Callable[[str], str]

ASL, FIELD = "enhanced/dcm_qa_philips_asl_enh/Enhanced", "enhanced/dcm_qa_philips_enh/enh"
TWINS = {
    "301": ("philips_301_ASL_MultiPhase", f"{ASL}/301_ASL_MultiPhase_real.dcm"),
    "402": ("philips_402_SOURCE_3D_pCASL", f"{ASL}/402_SOURCE_-_3D_pCASL_6mm.dcm"),
    "2001": ("philips_2001_field_map", f"{FIELD}/2001_WIP_fcMRI_Field_Mapping_e2_phMag.dcm"),
}
"""Folder of classic files, and the enhanced file that the scanner made of the same scan."""
T2 = "enhanced/nitest-balls1/DICOM/T2_.dcm"
RELABELLED = {"StationName"}
"""What these scans' classic files, sent on another day, say otherwise than the enhanced ones."""


FULLER = {"PrivatePerFrameSq.AcquisitionDateTime", "PrivatePerFrameSq.CardiacSynchronizationTechnique"}
"""What the scanner's classic files say less of: the time beside the date, and NONE of a triggered scan."""
ROUNDING = 1e-5
"""mm and degrees: the scanner computes places of slices with 32-bit numbers."""


@pytest.fixture(scope="module")
def fmri(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as dcms2e wants it: the split first dynamic of a scanner's file, and the scanner's own PAR/REC."""
    folder = tmp_path_factory.mktemp("é b") / "09 rest"
    dicome.split(corpus / T2, folder)
    for suffix in (".PAR", ".REC"):
        shutil.copyfile(corpus / f"parrec/nitest-balls1/PARREC/T2_{suffix}", folder.with_name(folder.name + suffix))
    return folder


@pytest.fixture(scope="module")
def converted(fmri: Path) -> Path:
    return dicome.dcms2e(fmri)


@pytest.fixture(scope="module", params=list(TWINS), ids=list(TWINS))
def merged(request: pytest.FixtureRequest, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The scanner's enhanced file, and ours from its classic files."""
    folder, file = TWINS[request.param]
    out = tmp_path_factory.mktemp("merged") / "scan.dcm"
    return corpus / file, dicome.merge(corpus / "classic" / folder, out)


def test_dcms2e_differs_from_the_scanner_only_in_what_is_listed(corpus: Path, converted: Path) -> None:
    found = compare(corpus / T2, converted)
    assert found.unexpected == ()
    assert (found.pixels_differ, found.matched, found.by, found.notes) == (0, 20, "Dimension Index Values", ())
    # Nothing of the list is as free as a wildcard: these, and no others.
    assert {one.path.split(".")[-1] for one in found.differences} == {
        "MediaStorageSOPInstanceUID",
        "ImplementationClassUID",
        "ImplementationVersionName",
        "InstanceCreationDate",
        "InstanceCreationTime",
        "SOPInstanceUID",
        "ReferencedImageEvidenceSequence",
        "DimensionOrganizationUID",
        "ReferencedImageSequence",
        "PixelBandwidth",
        "ImagePositionPatient",
        "MRMaxFP",
        "MRMinFP",
    }


@pytest.mark.parametrize("version", ["V4.2", "V4.1", "V4"])
def test_so_it_does_with_par_rec_of_dicome(version: str, corpus: Path, tmp_path: Path) -> None:
    folder = tmp_path / "rest"
    dicome.split(corpus / T2, folder)
    dicome.write_par(corpus / T2, tmp_path / "rest.par", version=version)
    found = compare(corpus / T2, dicome.dcms2e(folder))
    assert (found.unexpected, found.pixels_differ, found.notes) == ((), 0, ())


def test_the_windows_are_the_scanners_own(corpus: Path, converted: Path) -> None:
    path = "FrameVOILUTSequence.WindowCenter"
    np.testing.assert_array_equal(dicome.open(converted).frames[path], dicome.open(corpus / T2).frames[path])


def test_the_extremes_are_off_by_less_than_a_step(corpus: Path, converted: Path) -> None:
    ours, theirs = dicome.open(converted).frames, dicome.open(corpus / T2).frames
    step = 1 / ours["MRScaleSlope"].astype(float)
    assert (np.abs(ours["MRMaxFP"] - theirs["MRMaxFP"]) <= step).all()
    assert (np.abs(ours["MRMinFP"] - theirs["MRMinFP"]) <= step).all()


def test_dcms2e_of_real_classic_files_is_what_all_of_them_make(corpus: Path, tmp_path: Path) -> None:
    """A scan of which every dynamic was sent as classic files: the dynamics beyond the first can be checked."""
    classic = corpus / "classic/philips_201_EPI"
    folder = tmp_path / "02_EPI"
    folder.mkdir()
    for path in classic.glob("*_0001_*.dcm"):
        shutil.copyfile(path, folder / path.name)
    for suffix in (".PAR", ".REC"):
        shutil.copyfile(corpus / f"parrec/nibabel/phantom_EPI_asc_CLEAR_2_1{suffix}", tmp_path / f"02_EPI{suffix}")
    whole = dicome.merge(classic, tmp_path / "whole.dcm")
    found = compare(whole, dicome.dcms2e(folder))
    assert (found.unexpected, found.pixels_differ, found.notes) == ((), 0, ())
    frames = {one.path for one in found.differences if one.where == "frames"}
    assert frames == {"PrivatePerFrameSq.SOPInstanceUID", "PrivatePerFrameSq.MRMaxFP"}


def test_merge_makes_what_the_scanner_sent(merged: tuple[Path, Path]) -> None:
    found = compare(*merged)
    assert {one.path for one in found.unexpected} <= RELABELLED
    assert (found.pixels_differ, found.notes) == (0, ())


@pytest.mark.parametrize("name", list(TWINS))
def test_split_makes_the_classic_files_that_the_scanner_sent(name: str, corpus: Path, tmp_path: Path) -> None:
    folder, file = TWINS[name]
    theirs = {pydicom.dcmread(path).SOPInstanceUID: path for path in (corpus / "classic" / folder).iterdir()}
    ours = dicome.split(corpus / file, tmp_path / "all", every=True)
    assert len(ours) == len(theirs)
    for path in ours[:: max(len(ours) // 12, 1)]:
        mine = pydicom.dcmread(path)
        found = compare(theirs[mine.SOPInstanceUID], path)
        assert found.pixels_differ == 0
        wrong = [one for one in found.unexpected if one.kind == "differs" and (one.largest or 1) > ROUNDING]
        assert {one.path for one in wrong} <= RELABELLED | FULLER


def test_split_and_merge_give_the_file_back(corpus: Path, tmp_path: Path) -> None:
    dicome.split(corpus / T2, tmp_path / "all", every=True)
    found = compare(corpus / T2, dicome.merge(tmp_path / "all", tmp_path / "back.dcm"))
    assert (found.unexpected, found.pixels_differ, found.notes) == ((), 0, ())


def complaints(dciodvfy: str, path: Path) -> Counter[str]:
    """Errors of dciodvfy, without the places it names."""
    done = subprocess.run([dciodvfy, str(path)], capture_output=True, text=True, errors="replace", check=False)
    lines = (done.stdout + done.stderr).splitlines()
    return Counter(re.sub(r"\([^)]*\)", "", line) for line in lines if line.startswith("Error"))


@pytest.mark.parametrize(
    ("name", "scanning", "variant"),
    [
        ("dcm_qa_xa30/7_func-bold_task-fa_run-1/0001.dcm", ["GR", "EP"], ["NONE"]),
        ("dcm_qa_xa30/5_anat-T1w_acq-tfl/0001.dcm", ["GR", "IR"], ["NONE"]),
        ("dcm_qa_canon_61/enh/3000.dcm", ["SE", "EP"], ["NONE"]),
    ],
)
def test_split_files_of_other_vendors_name_their_sequence(
    name: str, scanning: list[str], variant: list[str], corpus: Path, tmp_path: Path, dcmtk: Find
) -> None:
    first = dicome.split(corpus / "enhanced" / name, tmp_path / "classic")[0]
    one = pydicom.dcmread(first)
    assert list(one.ScanningSequence) == scanning
    assert np.atleast_1d(one.SequenceVariant).tolist() == variant
    told = subprocess.run([dcmtk("dciodvfy"), first], capture_output=True, text=True, check=False).stderr
    assert "<ScanningSequence>" not in told
    assert "<SequenceVariant>" not in told


@pytest.mark.filterwarnings("ignore:.*a neutral word:dicome.DicomeWarning")
def test_siemens_keeps_its_b_matrix_and_frame_type(corpus: Path, tmp_path: Path) -> None:
    sent = corpus / "enhanced/dcm_qa_xa30/10_DWI_dir80_PA/0002.dcm"
    dicome.split(sent, tmp_path / "classic", every=True)
    made = dicome.merge(tmp_path / "classic", tmp_path / "back.dcm")
    found = compare(sent, made)
    lost = [one.path for one in found.differences if "Diffusion" in one.path or "FrameType." in one.path]
    # Four words of the private dictionary go to the top level.
    assert [path for path in lost if "Private" not in path] == []
    assert np.array_equal(np.array(dicome.open(made).bvecs), np.array(dicome.open(sent).bvecs))


def test_dciodvfy_finds_nothing_that_it_does_not_find_in_the_scanners_file(
    corpus: Path, converted: Path, dcmtk: Find
) -> None:
    program = dcmtk("dciodvfy")
    assert complaints(program, converted) - complaints(program, corpus / T2) == Counter()


def test_dciodvfy_of_merged_files(merged: tuple[Path, Path], dcmtk: Find) -> None:
    theirs, ours = (complaints(dcmtk("dciodvfy"), path) for path in merged)
    assert ours - theirs == Counter()


def test_dciodvfy_of_split_files(corpus: Path, fmri: Path, dcmtk: Find) -> None:
    program = dcmtk("dciodvfy")
    real = complaints(program, corpus / "classic/philips_402_SOURCE_3D_pCASL/0001.dcm")
    assert complaints(program, fmri / "00001.dcm") - real == Counter()


def pairs(corpus: Path, converted: Path) -> tuple[Path, Path]:
    return corpus / T2, converted


def test_dicomeread_gives_the_identical_array(corpus: Path, converted: Path) -> None:
    (one, info), (two, other) = (dicome.dicomeread(path) for path in pairs(corpus, converted))
    np.testing.assert_array_equal(one, two)
    assert info.MatlabNames == other.MatlabNames
    assert info.MatlabIndexes == other.MatlabIndexes
    np.testing.assert_array_equal(info.MatlabItems, other.MatlabItems)


def test_pydicom_and_nibabel_read_it(corpus: Path, converted: Path) -> None:
    one, two = (pydicom.dcmread(path) for path in pairs(corpus, converted))
    np.testing.assert_array_equal(one.pixel_array, two.pixel_array)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nibabel calls its own DICOM readers experimental
        from nibabel.nicom.dicomwrappers import wrapper_from_file

        first, second = (wrapper_from_file(path) for path in pairs(corpus, converted))
        np.testing.assert_array_equal(first.get_data(), second.get_data())
        np.testing.assert_array_equal(first.affine, second.affine)


def test_highdicom_reads_it(corpus: Path, converted: Path) -> None:
    with highdicom_images(*pairs(corpus, converted)) as (one, two):
        assert one.dimension_index_pointers == two.dimension_index_pointers
        np.testing.assert_array_equal(one.pixel_array, two.pixel_array)


def niix(path: Path, folder: Path) -> list[nibabel.Nifti1Image]:
    beside = Path(sys.executable).parent / "dcm2niix"
    program = str(beside) if beside.exists() else shutil.which("dcm2niix")
    if program is None:
        pytest.skip("dcm2niix is not installed")
    folder.mkdir()
    done = subprocess.run(
        [program, "-f", "%s", "-z", "n", "-o", str(folder), str(path)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout
    return [nibabel.load(one) for one in sorted(folder.glob("*.nii"))]


def test_dcm2niix_reads_enhanced_and_classic_alike(corpus: Path, converted: Path, tmp_path: Path) -> None:
    classic = tmp_path / "classic"
    dicome.split(corpus / T2, classic, every=True)
    images = []
    for number, source in enumerate((corpus / T2, converted)):
        alone = tmp_path / f"in{number}"
        alone.mkdir()
        shutil.copyfile(source, alone / "scan.dcm")
        images.append(niix(alone, tmp_path / f"out{number}"))
    images.append(niix(classic, tmp_path / "out"))
    assert [len(found) for found in images] == [1, 1, 1]
    for (other,) in images[1:]:
        np.testing.assert_array_equal(other.get_fdata(), images[0][0].get_fdata())
        np.testing.assert_allclose(other.affine, images[0][0].affine, atol=1e-5)
