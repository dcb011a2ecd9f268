"""NIfTI files of real scans against those that other programs made of the same scans: voxels, affine, sidecar,
gradients.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import dicome

FOLDER = os.environ.get("DICOME_CORPUS")
ASL, XA30, PHILIPS = "dcm_qa_philips_asl_enh", "dcm_qa_xa30", "dcm_qa_philips_enh"
TIMES = (300, 550, 800, 1050, 1300, 1550, 1800, 2050)


@dataclass(frozen=True)
class Scan:
    """A scan, the options of its export, and the files of ``ref/`` (without suffix) that it corresponds to."""

    source: str
    references: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.references[0]


STORED_ALIKE = (
    Scan("dcm_qa_enh/Siemens/XA10", ("dcm_qa_enh/Siemens_REST1_w_SMS_PF7-8_6",)),
    Scan("dcm_qa_cs_dl/201_T1W_TSE_Sno_CSno_CSAIno", ("dcm_qa_cs_dl/Ph_201_T1W_TSE_Sno_CSno_CSAIno",)),
    Scan(
        f"{ASL}/Enhanced/301_ASL_MultiPhase_real.dcm",
        tuple(f"{ASL}/301_ASL_MultiPhase_enhanced_real_t{time}" for time in TIMES),
        {"split": "trigger"},
    ),
    # Its fourth dimension is all controls, then all labels.
    Scan(
        f"{ASL}/Enhanced/402_SOURCE_-_3D_pCASL_6mm.dcm",
        (f"{ASL}/402_SOURCE_-_3D_pCASL_6mm_enhanced",),
        {"combine": [0, 0, 0, 0, 1]},
    ),
    Scan("dcm_qa_canon_61/enh/3000.dcm", ("dcm_qa_canon_61/3000_DTI_PA-ortho_enh",)),
    Scan(
        f"{XA30}/8_gre_field_mapping",
        (f"{XA30}/8_gre_field_mapping_e1", f"{XA30}/8_gre_field_mapping_e2"),
        {"split": "echo"},
    ),
    Scan(f"{XA30}/9_gre_field_mapping", (f"{XA30}/9_gre_field_mapping_e2_ph",)),
    Scan(f"{XA30}/12_DWI_dir80_PA", (f"{XA30}/12_DWI_dir80_PA",)),
    Scan(f"{XA30}/14_DWI_dir80_PA", (f"{XA30}/14_DWI_dir80_PA",)),
    Scan(f"{XA30}/25_asl_2d_tra", (f"{XA30}/25_asl_2d_tra",)),
)
"""dcm2niix stores the same voxels in the same order."""

TURNED = (
    Scan(
        f"{PHILIPS}/enh/2001_WIP_fcMRI_Field_Mapping_e2_phMag.dcm",
        tuple(f"{PHILIPS}/2001_WIP_fcMRI_Field_Mapping_enh_e{echo}{kind}" for kind in ("", "_ph") for echo in (1, 2)),
        {"split": "type,echo"},
    ),
    Scan(
        "dcm_qa_enh/Philips/IM_0027_fMAP.dcm",
        ("dcm_qa_enh/Philips_WIP_B0_NS_801_e1", "dcm_qa_enh/Philips_WIP_B0_NS_801_e2_fieldmaphz"),
        {"split": "type"},
    ),
    Scan(f"{XA30}/5_anat-T1w_acq-tfl", (f"{XA30}/5_anat-T1w_acq-tfl",)),
)
"""3-D acquisitions, which dcm2niix turns to the nearest RAS."""

WITHOUT_VOXELS = (
    Scan(f"{XA30}/10_DWI_dir80_PA", (f"{XA30}/10_DWI_dir80_PA",)),
    Scan(f"{XA30}/7_func-bold_task-fa_run-1", (f"{XA30}/7_func-bold_task-fa_run-1",)),
    Scan("dcm_qa_sag/XA30/enhanced/5_Product_EPI_Sag_Ascending", ("dcm_qa_sag/5_Product_EPI_Sag_Ascending",)),
)
"""Of these ``ref/`` has the sidecar only."""


def export(corpus: Path, folder: Path, scan: Scan, **options: Any) -> list[Path]:
    """The NIfTI files of a scan."""
    image = dicome.open(corpus / "enhanced" / scan.source)
    written = dicome.export(image, folder / "out.nii", **{**scan.options, **options})
    files = [path for path in written if path.suffix == ".nii"]
    assert len(files) == len(scan.references)
    return files


def load(path: Path) -> Any:
    nibabel = pytest.importorskip("nibabel")
    return nibabel.load(path if path.exists() else path.with_name(path.name + ".gz"))


@pytest.mark.parametrize("scan", STORED_ALIKE if FOLDER else (), ids=str)
def test_files_are_those_of_dcm2niix(scan: Scan, corpus: Path, tmp_path: Path) -> None:
    for path, reference in zip(export(corpus, tmp_path, scan), scan.references, strict=True):
        ours, theirs = load(path), load(corpus / "ref" / f"{reference}.nii")
        assert ours.shape == theirs.shape
        assert ours.get_data_dtype() == theirs.get_data_dtype()
        assert np.array_equal(ours.dataobj.get_unscaled(), theirs.dataobj.get_unscaled())
        assert ours.dataobj.slope == pytest.approx(theirs.dataobj.slope, rel=1e-6)
        assert ours.dataobj.inter == pytest.approx(theirs.dataobj.inter, rel=1e-6)
        assert np.allclose(ours.affine, theirs.affine, atol=1e-4)
        assert np.allclose(ours.get_qform(), theirs.get_qform(), atol=1e-4)
        assert ours.header.get_dim_info() == theirs.header.get_dim_info()
        assert ours.header.get_zooms()[:3] == pytest.approx(theirs.header.get_zooms()[:3], rel=1e-5)
        # Volumes of two dimensions made one have no step in time.
        if len(ours.shape) > 3 and "combine" not in scan.options:
            assert ours.header.get_zooms()[3] == pytest.approx(theirs.header.get_zooms()[3])


def dcm2niix(source: Path, folder: Path) -> Path:
    """The NIfTI file that it makes of a file or folder; skips without the program."""
    beside = Path(sys.executable).parent / "dcm2niix"
    program = str(beside) if beside.exists() else shutil.which("dcm2niix")
    if program is None:
        pytest.skip("dcm2niix is not on the PATH")
    single = ["-s", "y"] if source.is_file() else []
    command = [program, *single, "-f", "theirs", "-o", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "theirs.nii"


@pytest.mark.parametrize("scan", WITHOUT_VOXELS if FOLDER else (), ids=str)
def test_files_are_those_that_dcm2niix_makes_now(scan: Scan, corpus: Path, tmp_path: Path) -> None:
    """Sagittal and oblique scans."""
    (path,) = export(corpus, tmp_path, scan)
    ours, theirs = load(path), load(dcm2niix(corpus / "enhanced" / scan.source, tmp_path))
    assert ours.shape == theirs.shape
    assert np.array_equal(ours.dataobj.get_unscaled(), theirs.dataobj.get_unscaled())
    assert np.allclose(ours.affine, theirs.affine, atol=1e-4)


TWINS = (
    ("philips_301_ASL_MultiPhase", f"{ASL}/Enhanced/301_ASL_MultiPhase_real.dcm"),
    ("philips_402_SOURCE_3D_pCASL", f"{ASL}/Enhanced/402_SOURCE_-_3D_pCASL_6mm.dcm"),
    ("philips_2001_field_map", f"{PHILIPS}/enh/2001_WIP_fcMRI_Field_Mapping_e2_phMag.dcm"),
)


@pytest.mark.parametrize(("classic", "enhanced"), TWINS if FOLDER else ())
def test_classic_and_enhanced_export_give_the_same_file(
    classic: str, enhanced: str, corpus: Path, tmp_path: Path
) -> None:
    sources = {"classic": corpus / "classic" / classic, "enhanced": corpus / "enhanced" / enhanced}
    files = [dicome.export(dicome.open(path), tmp_path / f"{name}.nii") for name, path in sources.items()]
    assert files[0][0].read_bytes() == files[1][0].read_bytes()
    first, second = (json.loads(found[1].read_text(encoding="utf-8")) for found in files)
    shared = (first.keys() & second.keys()) - {"ImageType", "dicome_evidence"}
    assert len(shared) > 12
    assert {key: first[key] for key in shared} == {key: second[key] for key in shared}


def test_image_type_of_classic_files_is_that_of_each_part(corpus: Path, tmp_path: Path) -> None:
    image = dicome.open(corpus / "classic/philips_2001_field_map")
    dicome.export(image, tmp_path / "whole.nii")
    dicome.export(image, tmp_path / "part.nii", split="type")
    found = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["ImageType"][2:] for path in tmp_path.glob("*.json")
    }
    assert found == {
        "whole": [],
        "part_part-mag": ["M_FFE", "M", "FFE", "MAGNITUDE"],
        "part_part-phase": ["PHASE MAP", "P", "FFE", "PHASE"],
    }


def turned_to(voxels: NDArray[Any], ours: NDArray[Any], theirs: NDArray[Any]) -> NDArray[Any]:
    """Our voxels with axes permuted and flipped to the other affine; fails where that does not make them equal."""
    from nibabel.orientations import apply_orientation, inv_ornt_aff, io_orientation, ornt_transform

    turn = ornt_transform(io_orientation(ours), io_orientation(theirs))
    moved: NDArray[Any] = apply_orientation(voxels, turn)
    assert np.allclose(ours @ inv_ornt_aff(turn, voxels.shape[:3]), theirs, atol=2e-3)
    return moved


@pytest.mark.parametrize("scan", TURNED if FOLDER else (), ids=str)
def test_3d_acquisitions_hold_the_same_voxels_at_the_same_places(scan: Scan, corpus: Path, tmp_path: Path) -> None:
    for path, reference in zip(export(corpus, tmp_path, scan), scan.references, strict=True):
        ours, theirs = load(path), load(corpus / "ref" / f"{reference}.nii")
        stored = turned_to(ours.dataobj.get_unscaled(), ours.affine, theirs.affine)
        assert np.array_equal(stored, theirs.dataobj.get_unscaled())
        values = turned_to(ours.get_fdata(), ours.affine, theirs.affine)
        # It rounds slope and intercept: 1.4e-4 of the range in phase images.
        assert np.abs(values - theirs.get_fdata()).max() <= 2e-4 * np.abs(theirs.get_fdata()).max()


SHARED = (
    "Modality",
    "ManufacturersModelName",
    "MagneticFieldStrength",
    "SoftwareVersions",
    "MRAcquisitionType",
    "SeriesDescription",
    "ProtocolName",
    "PulseSequenceName",
    "SeriesNumber",
    "SliceThickness",
    "SpacingBetweenSlices",
    "EchoTime",
    "RepetitionTime",
    "InversionTime",
    "FlipAngle",
    "PhaseEncodingDirection",
    "PhaseEncodingAxis",
)
"""Keys of the sidecar that mean the same in both."""

DIFFERENT = {
    # A field map has no echo time of its own (0 in the file), and dcm2niix takes that of another frame; it calls it
    # FIELDMAPHZ where the file says REAL.
    "dcm_qa_enh/Philips_WIP_B0_NS_801_e2_fieldmaphz": {"EchoTime", "ImageType"},
    # It computes a time per volume from the duration of the scan; two volumes of one dynamic have no single step.
    f"{ASL}/402_SOURCE_-_3D_pCASL_6mm_enhanced": {"RepetitionTime"},
}


@pytest.mark.parametrize("scan", (*STORED_ALIKE, *TURNED, *WITHOUT_VOXELS) if FOLDER else (), ids=str)
def test_sidecars_agree(scan: Scan, corpus: Path, tmp_path: Path) -> None:
    import gzip

    for path, reference in zip(export(corpus, tmp_path, scan), scan.references, strict=True):
        ours = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        beside = corpus / "ref" / f"{reference}.json"
        text = beside.read_bytes() if beside.exists() else gzip.decompress(Path(f"{beside}.gz").read_bytes())
        theirs = json.loads(text)
        for key in SHARED:
            if key in theirs and key not in DIFFERENT.get(reference, ()):
                found, expected = ours.get(key), theirs[key]
                # It adds an axis, without a sign, for 2-D acquisitions only, and keeps 6 digits.
                assert found == (expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-5)), key
        assert ours["Manufacturer"].lower().startswith(theirs["Manufacturer"].lower())
        assert 0 not in (ours.get("EchoTime"), ours.get("InversionTime"))
        if "ImageType" not in DIFFERENT.get(reference, ()):
            assert ours["ImageType"][: len(theirs["ImageType"])] == theirs["ImageType"]


def columns(path: Path) -> NDArray[np.float64]:
    """b-value and vector of every volume, one column each."""
    return np.vstack([np.loadtxt(path.with_suffix(suffix)) for suffix in (".bval", ".bvec")])


def test_gradients_of_canon_agree(corpus: Path, tmp_path: Path) -> None:
    image = dicome.open(corpus / "enhanced/dcm_qa_canon_61/enh/3000.dcm")
    dicome.export(image, tmp_path / "out.nii.gz")
    found = columns(tmp_path / "out.nii.gz".removesuffix(".nii.gz"))
    assert np.allclose(found, columns(corpus / "ref/dcm_qa_canon_61/3000_DTI_PA-ortho_enh"), atol=1e-5)


def test_gradients_of_siemens_agree(corpus: Path, tmp_path: Path) -> None:
    """Of the scan three volumes are there."""
    image = dicome.open(corpus / "enhanced" / XA30 / "10_DWI_dir80_PA")
    dicome.export(image, tmp_path / "out.nii")
    expected = columns(corpus / "ref" / XA30 / "10_DWI_dir80_PA.x")[:, :3]
    assert np.allclose(columns(tmp_path / "out.nii"), expected, atol=1e-5)


def test_gradients_of_philips_agree(corpus: Path, tmp_path: Path) -> None:
    """Made by dcm2niix here: an oblique scan of six directions, b = 0 and a trace."""
    source = corpus / "enhanced/nitest-balls1/DICOM/DTI.dcm"
    expected_file = dcm2niix(source, tmp_path)
    dicome.export(dicome.open(source), tmp_path / "ours.nii")
    ours, theirs = load(tmp_path / "ours.nii"), load(expected_file)
    assert np.allclose(ours.affine, theirs.affine, atol=1e-3)
    found, expected = columns(tmp_path / "ours.nii"), columns(expected_file)
    assert found.shape[1] == 8
    # It leaves the trace image out, which is the last here.
    assert found[:, 7].tolist() == [1000, 0, 0, 0]
    assert np.allclose(found[:, :7], expected, atol=1e-3)
    assert np.allclose(ours.get_fdata()[..., :7], theirs.get_fdata(), rtol=1e-5)


def test_slices_of_different_orientation_go_into_files_of_their_own(corpus: Path, tmp_path: Path) -> None:
    """A localizer: three slices across each other in one stack."""
    image = dicome.open(corpus / "enhanced/heudiconv/xa_phase.dcm")
    with pytest.raises(dicome.DicomeError, match=r"different orientations; write one file per slice with split 'In-St"):
        dicome.export(image, tmp_path / "out.nii")
    files = dicome.export(image, tmp_path / "out.nii", split="In-Stack Position Number")
    normals = [load(path).affine[:3, 2] for path in files if path.suffix == ".nii"]
    assert len(normals) == 3
    assert np.abs(np.array(normals) @ np.array(normals).T).argmax(axis=0).tolist() == [0, 1, 2]


def test_asl_context_of_siemens(corpus: Path, tmp_path: Path) -> None:
    image = dicome.open(corpus / "enhanced" / XA30 / "25_asl_2d_tra")
    files = dicome.export(image, tmp_path / "sub-1_asl.nii")
    lines = files[-1].read_text().splitlines()
    assert files[-1].name == "sub-1_aslcontext.tsv"
    # A calibration, then pairs: see the file's own names of the volumes.
    assert lines[:2] == ["volume_type", "m0scan"]
    assert sorted(lines[2:]) == ["control"] * 3 + ["label"] * 3


@pytest.mark.parametrize("name", ["T1", "T2_", "fieldmap"])
def test_the_same_scans_through_par_rec(name: str, corpus: Path, tmp_path: Path) -> None:
    """Another program made NIfTI of the scanner's PAR/REC: rows downwards, half a voxel off in the plane."""
    image = dicome.open(corpus / f"enhanced/nitest-balls1/DICOM/{name}.dcm")
    path, *_ = dicome.export(image, tmp_path / "out.nii", scale="dv")
    stored, *_ = dicome.export(image, tmp_path / "stored.nii", scale="pv")
    ours, theirs = load(path), load(corpus / f"parrec/nitest-balls1/NIFTI/{name}.nii.gz")
    flip = np.array([[1, 0, 0, 0.5], [0, -1, 0, 79.5], [0, 0, 1, 0], [0, 0, 0, 1]])
    assert np.allclose(np.linalg.inv(theirs.affine) @ ours.affine, flip, atol=2e-3)
    upwards = load(stored).dataobj.get_unscaled()[:, ::-1]
    if name == "fieldmap":
        # It takes magnitude and phase of a slice for two slices, in either order, and stops after ten.
        for number, pair in enumerate(np.moveaxis(upwards, 2, 0)[:5]):
            found = np.moveaxis(theirs.dataobj.get_unscaled()[..., 2 * number : 2 * number + 2], 2, 0)
            assert any(np.array_equal(found, np.moveaxis(pair[..., order], 2, 0)) for order in ([0, 1], [1, 0]))
        return
    assert np.array_equal(upwards, theirs.dataobj.get_unscaled())
    assert np.allclose(ours.get_fdata()[:, ::-1], theirs.get_fdata(), rtol=1e-6)
    assert ours.header.get_zooms() == pytest.approx(theirs.header.get_zooms(), rel=1e-5)
