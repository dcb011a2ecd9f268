"""Voxels, positions and gradients of real files against the NIfTI files that dcm2niix made of the same scans."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import dicome

FOLDER = os.environ.get("DICOME_CORPUS")
LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Pair:
    """A NIfTI of ``ref/``, what it was made of, and which volumes of ours it holds (an index behind the slices)."""

    nifti: str
    source: str
    volume: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.nifti


ASL = "dcm_qa_philips_asl_enh"
FIELD_MAP = "dcm_qa_philips_enh/enh/2001_WIP_fcMRI_Field_Mapping_e2_phMag.dcm"
TIMES = (300, 550, 800, 1050, 1300, 1550, 1800, 2050)
PAIRS = (
    *(
        Pair(f"dcm_qa_philips_enh/2001_WIP_fcMRI_Field_Mapping_enh_e{e + 1}{suffix}.nii.gz", FIELD_MAP, (p, e))
        for e in (0, 1)
        for p, suffix in enumerate(("", "_ph"))
    ),
    Pair("dcm_qa_enh/Philips_WIP_B0_NS_801_e1.nii", "dcm_qa_enh/Philips/IM_0027_fMAP.dcm", (0,)),
    Pair("dcm_qa_enh/Philips_WIP_B0_NS_801_e2_fieldmaphz.nii", "dcm_qa_enh/Philips/IM_0027_fMAP.dcm", (1,)),
    Pair("dcm_qa_enh/Siemens_REST1_w_SMS_PF7-8_6.nii", "dcm_qa_enh/Siemens/XA10"),
    Pair("dcm_qa_cs_dl/Ph_201_T1W_TSE_Sno_CSno_CSAIno.nii.gz", "dcm_qa_cs_dl/201_T1W_TSE_Sno_CSno_CSAIno/0001.dcm"),
    *(
        Pair(f"{ASL}/301_ASL_MultiPhase_enhanced_real_t{t}.nii", f"{ASL}/Enhanced/301_ASL_MultiPhase_real.dcm", (k,))
        for k, t in enumerate(TIMES)
    ),
    Pair("dcm_qa_canon_61/3000_DTI_PA-ortho_enh.nii.gz", "dcm_qa_canon_61/enh/3000.dcm"),
    Pair("dcm_qa_xa30/8_gre_field_mapping_e1.nii", "dcm_qa_xa30/8_gre_field_mapping", (0,)),
    Pair("dcm_qa_xa30/8_gre_field_mapping_e2.nii", "dcm_qa_xa30/8_gre_field_mapping", (1,)),
    Pair("dcm_qa_xa30/9_gre_field_mapping_e2_ph.nii", "dcm_qa_xa30/9_gre_field_mapping"),
    Pair("dcm_qa_xa30/12_DWI_dir80_PA.nii", "dcm_qa_xa30/12_DWI_dir80_PA"),
    Pair("dcm_qa_xa30/5_anat-T1w_acq-tfl.nii", "dcm_qa_xa30/5_anat-T1w_acq-tfl"),
    Pair("dcm_qa_xa30/25_asl_2d_tra.nii", "dcm_qa_xa30/25_asl_2d_tra"),
)


def slices_third(image: dicome.Image, scale: str | None = None) -> NDArray[Any]:
    """Our array as row, column, slice, volumes."""
    where = next(k for k, axis in enumerate(image.axes) if axis.role == "slice")
    moved: NDArray[Any] = np.moveaxis(image.array(scale), 2 + where, 2)
    return moved


def on_grid_of(array: NDArray[Any], ours: NDArray[Any], theirs: NDArray[Any]) -> NDArray[Any]:
    """Our array with its spatial axes permuted and flipped to theirs; fails where that does not make them equal."""
    mapping = np.linalg.inv(theirs) @ ours
    turn = np.round(mapping[:3, :3])
    assert np.abs(mapping[:3, :3] - turn).max() < 0.02
    assert sorted(np.abs(turn).sum(axis=0).tolist()) == [1, 1, 1]
    order = [int(np.flatnonzero(row)[0]) for row in turn]
    moved: NDArray[Any] = array.transpose(*order, *range(3, array.ndim))
    for axis, source in enumerate(order):
        if turn[axis, source] < 0:
            moved = np.flip(moved, axis)
    # The first voxel of the turned array must lie at their origin.
    corner = np.array([0 if turn[order.index(k), k] > 0 else array.shape[k] - 1 for k in range(3)])
    assert np.abs(mapping[:3] @ [*corner, 1]).max() < 0.05
    return moved


@pytest.mark.parametrize("pair", PAIRS if FOLDER else (), ids=str)
def test_voxels_and_positions_agree(pair: Pair, corpus: Path) -> None:
    nibabel = pytest.importorskip("nibabel")
    image = dicome.open(corpus / "enhanced" / pair.source)
    nifti = nibabel.load(corpus / "ref" / pair.nifti)
    assert image.affine is not None
    for scale in ("pv", None):
        volume = (Ellipsis, *pair.volume) if pair.volume else Ellipsis
        array = slices_third(image, scale)[volume]
        ours = on_grid_of(array, LPS_TO_RAS @ image.affine, nifti.affine)
        if scale == "pv":
            assert np.array_equal(ours, nifti.dataobj.get_unscaled())
        else:
            theirs = np.asarray(nifti.dataobj, np.float64)
            # dcm2niix rounds slope and intercept: 1.4e-4 of the range in phase images, less in others.
            assert np.abs(ours - theirs).max() <= 2e-4 * np.abs(theirs).max()


def test_colour_voxels_agree(corpus: Path) -> None:
    nibabel = pytest.importorskip("nibabel")
    image = dicome.open(corpus / "enhanced/dcm_qa_xa30/14_DWI_dir80_PA/0001.dcm")
    nifti = nibabel.load(corpus / "ref/dcm_qa_xa30/14_DWI_dir80_PA.nii")
    theirs = np.asarray(nifti.dataobj)
    assert image.affine is not None
    ours = on_grid_of(np.moveaxis(image.array(), 2, 3), LPS_TO_RAS @ image.affine, nifti.affine)
    for sample, name in enumerate("RGB"):
        assert np.array_equal(ours[..., sample], theirs[name])


def test_asl_labels_and_times_hold_the_same_volumes(corpus: Path) -> None:
    """dcm2niix makes one axis of 16 volumes of our 8 times x 2 labels: label by label, each in time."""
    nibabel = pytest.importorskip("nibabel")
    image = dicome.open(corpus / "enhanced" / ASL / "Enhanced/402_SOURCE_-_3D_pCASL_6mm.dcm")
    nifti = nibabel.load(corpus / "ref" / ASL / "402_SOURCE_-_3D_pCASL_6mm_enhanced.nii")
    assert image.affine is not None
    ours = on_grid_of(image.array(), LPS_TO_RAS @ image.affine, nifti.affine)
    theirs = np.asarray(nifti.dataobj, np.float64)
    sums = {round(float(v.sum()) / 1e6): k for k, v in enumerate(np.moveaxis(theirs, 3, 0))}
    assert len(sums) == 16
    order = [sums[round(float(ours[..., t, label].sum(dtype=np.float64)) / 1e6)] for label in (0, 1) for t in range(8)]
    assert sorted(order) == list(range(16))


def test_canon_gradients_agree(corpus: Path) -> None:
    image = dicome.open(corpus / "enhanced/dcm_qa_canon_61/enh/3000.dcm")
    stem = corpus / "ref/dcm_qa_canon_61/3000_DTI_PA-ortho_enh"
    bvals = np.loadtxt(stem.with_suffix(".bval"))
    bvecs = np.loadtxt(stem.with_suffix(".bvec")).T
    assert image.bvals is not None
    assert image.bvecs is not None
    assert image.bvals.tolist() == bvals.tolist()
    # FSL's vectors are in voxel axes: compare angles between directions, which no rotation changes.
    shown = bvals > 0
    ours, theirs = image.bvecs[shown], bvecs[shown]
    assert np.abs(np.abs(ours @ ours.T) - np.abs(theirs @ theirs.T)).max() < 2e-3


def test_siemens_b_values_agree(corpus: Path) -> None:
    folder = corpus / "enhanced/dcm_qa_xa30/10_DWI_dir80_PA"
    image = dicome.open([folder / f"000{k}.dcm" for k in (1, 2, 3)])
    bvals = np.loadtxt(corpus / "ref/dcm_qa_xa30/10_DWI_dir80_PA.bval")
    assert image.bvals is not None
    assert image.bvals.tolist() == bvals[:3].tolist()
