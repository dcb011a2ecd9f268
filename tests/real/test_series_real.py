"""Several real files as one image, and files that must not become one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

import dicome
from dicome.errors import SeriesError


def test_a_file_per_volume_makes_one_image(corpus: Path) -> None:
    folder = corpus / "enhanced/dcm_qa_enh/Siemens/XA10"
    image = dicome.open(folder)
    assert image.shape == (64, 64, 6, 4)
    assert image.names[2:] == ("In-Stack Position Number", "Temporal Position Index")
    for volume in range(4):
        data_set = pydicom.dcmread(folder / f"6_{volume + 1}.dcm")
        wanted = data_set.pixel_array.transpose(1, 2, 0)
        assert np.array_equal(image.array("pv")[..., volume], wanted)
    assert image.item_numbers[:, 1].tolist() == [7, 8, 9, 10, 11, 12]


def test_the_order_of_the_names_does_not_matter(corpus: Path) -> None:
    folder = corpus / "enhanced/dcm_qa_xa30/25_asl_2d_tra"
    names = [folder / f"000{k}.dcm" for k in (4, 2, 7, 1, 3, 6, 5)]
    assert np.array_equal(dicome.open(names).array(), dicome.open(sorted(names)).array())


def test_echoes_with_the_same_index_become_an_axis(corpus: Path) -> None:
    image = dicome.open(corpus / "enhanced/dcm_qa_xa30/8_gre_field_mapping")
    assert image.names[3] == "Effective Echo Time"
    assert image.labels[1] == ("10", "12.46")
    assert image.echo_times.tolist() == [10, 12.46]
    assert any("told apart by Effective Echo Time" in note for note in image.evidence)


def test_header_items_are_numbered_through_all_files(corpus: Path) -> None:
    _, info = dicome.dicomeread(corpus / "enhanced/dcm_qa_enh/Siemens/XA10")
    items = info.PerFrameFunctionalGroupsSequence
    assert len(items) == 24
    content = items[f"Item_{info.MatlabItems[2, 3]}"].FrameContentSequence.Item_1
    assert (content.InStackPositionNumber, content.TemporalPositionIndex) == (3, 4)


def test_columns_run_over_all_files(corpus: Path) -> None:
    image = dicome.open(corpus / "enhanced/dcm_qa_xa30/10_DWI_dir80_PA")
    column = image.frames["DiffusionBValue"]
    assert column.shape == (117,)
    assert image.bvals is not None
    assert sorted(set(column[np.isfinite(column)].tolist()) - {0}) == sorted(set(image.bvals.tolist()) - {0})


def test_different_series_are_refused_with_the_reason(corpus: Path) -> None:
    folder = corpus / "enhanced/nitest-balls1/DICOM"
    with pytest.raises(SeriesError, match=r"these files: 2 series; open one at a time.*\n +601  T1 .*\n +901  T2\*"):
        dicome.open([folder / "T1.dcm", folder / "T2_.dcm"])
    assert dicome.open([folder / "T1.dcm", folder / "T2_.dcm"], series=901).shape[2] == 10


def test_one_file_twice_is_refused(corpus: Path) -> None:
    path = corpus / "enhanced/nitest-balls1/DICOM/T1.dcm"
    with pytest.raises(SeriesError, match="are the same object"):
        dicome.open([path, path])
