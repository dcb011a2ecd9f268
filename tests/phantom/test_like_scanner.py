"""A phantom of the same dimensions as a scanner's file has its order, dimensions, groups and private items."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydicom
import pytest

from dicome.phantom import write_phantom

Twins = tuple[pydicom.Dataset, pydicom.Dataset]

LIKE_REAL: list[tuple[str, dict[str, Any]]] = [
    ("nitest-balls1/DICOM/T2_.dcm", {"slices": 10, "dynamics": 2}),
    ("nitest-balls1/DICOM/fieldmap.dcm", {"slices": 10, "types": ("M", "P"), "sequences": ("FFE", "PCA")}),
    ("nitest-balls1/DICOM/DTI.dcm", {"slices": 10, "b_values": (0, 1000), "directions": 6, "trace": True}),
    (
        "dcm_qa_philips_enh/enh/2001_WIP_fcMRI_Field_Mapping_e2_phMag.dcm",
        {"slices": 53, "types": ("M", "P"), "echoes": 2},
    ),
    ("dcm_qa_philips_asl_enh/Enhanced/402_SOURCE_-_3D_pCASL_6mm.dcm", {"slices": 14, "dynamics": 8, "labels": 2}),
    ("dcm_qa_philips_asl_enh/Enhanced/301_ASL_MultiPhase_real.dcm", {"slices": 6, "phases": 8}),
    ("dcm_qa_enh/Philips/IM_0027_fMAP.dcm", {"slices": 32, "types": ("M", "B0")}),
]


@pytest.fixture(params=LIKE_REAL, ids=lambda one: str(one[0]))
def twins(request: pytest.FixtureRequest, corpus: Path, tmp_path: Path) -> Twins:
    """A scanner's file and a phantom of the same dimensions."""
    name, options = request.param
    phantom = write_phantom(tmp_path / "a.dcm", rows=4, columns=4, **options)
    real = pydicom.dcmread(corpus / "enhanced" / name, stop_before_pixels=True)
    return real, pydicom.dcmread(phantom.path, stop_before_pixels=True)


def test_frames_follow_each_other_as_in_real_files(
    twins: Twins,
) -> None:
    real, made = twins
    wanted, found = (
        [list(frame.FrameContentSequence[0].DimensionIndexValues) for frame in one.PerFrameFunctionalGroupsSequence]
        for one in (real, made)
    )
    assert found == wanted


def test_dimensions_are_described_as_in_real_files(twins: Twins) -> None:
    real, made = twins
    wanted, found = (
        [
            {one.keyword: one.value for one in item if one.keyword != "DimensionOrganizationUID"}
            for item in data.DimensionIndexSequence
        ]
        for data in (real, made)
    )
    assert found == wanted


def test_groups_and_private_items_hold_what_real_ones_hold(
    twins: Twins,
) -> None:
    real, made = twins
    optional = {0x00409096, 0x00081140}  # real world values and reference images: not in every release and type
    wanted, found = (set(data.PerFrameFunctionalGroupsSequence[0].keys()) - optional for data in (real, made))
    assert found == wanted
    ours, theirs = (data.PerFrameFunctionalGroupsSequence[0][0x2005140F].value[0] for data in (made, real))
    newer = {0x00281050, 0x00281051, 0x00180010, 0x00181251, 0x2001100B, 0x20051004, 0x20051429, 0x20050015}
    assert {tag for tag in ours.keys() - theirs.keys() if tag not in newer and tag >> 8 != 0x200515} == set()
    for one in ours:
        if one.tag in theirs:
            assert one.VR == theirs[one.tag].VR
    shared = [set(data.SharedFunctionalGroupsSequence[0].keys()) - optional for data in (real, made)]
    assert shared[1] - shared[0] == set()
