"""Plain HDF5: what h5py and xarray find in it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pydicom
import pytest

import dicome
from dicome.errors import ArgumentError
from dicome.frames.labels import Axis
from dicome.writers.hdf5 import Plain, dimension_names, fixed
from dicome.writers.matlab import make
from tests.writers.reading_back import ACCENTS, VALUES, ask_octave

TEXT = {"SpecificCharacterSet": "ISO_IR 192", "InstitutionName": ACCENTS}


@pytest.fixture
def phantom(tmp_path: Path) -> dicome.Phantom:
    return dicome.write_phantom(
        tmp_path / "in.dcm", rows=8, columns=6, slices=3, echoes=2, types=("M", "P"), series=TEXT
    )


def exported(phantom: dicome.Phantom, **options: Any) -> Path:
    path: Path = phantom.path.with_suffix(".h5")
    assert dicome.export(dicome.open(phantom.path), path, **options) == [path]
    return path


@pytest.mark.parametrize("compress", [False, True])
def test_the_image_lies_in_chunks_of_a_frame(phantom: dicome.Phantom, compress: bool) -> None:
    with h5py.File(exported(phantom, compress=compress)) as file:
        image = file["image"]
        assert np.allclose(image[()], phantom.values, rtol=1e-6, atol=1e-6)
        assert image.dtype == np.float32
        assert image.chunks == (8, 6, 1, 1, 1)
        assert (image.compression, image.shuffle) == (("gzip", True) if compress else (None, False))
        assert image.attrs["scale"] == "fp"
        assert "Dimension Index Values" in image.attrs["evidence"]


def test_dimensions_have_names_values_labels_and_units(phantom: dicome.Phantom) -> None:
    with h5py.File(exported(phantom)) as file:
        dims = file["image"].dims
        assert [dim.label for dim in dims] == ["row", "column", *phantom.names]
        assert [dim[0].name for dim in dims] == ["/row", "/column", *(f"/{name}" for name in phantom.names)]
        echo = file["Effective Echo Time"]
        assert echo[()].tolist() == pytest.approx(list(phantom.echo_times))
        assert (echo.attrs["units"], echo.attrs["long_name"]) == ("ms", "Effective Echo Time")
        assert file["Effective Echo Time label"].asstr()[0] == f"{phantom.echo_times[0]:g}"
        # No numbers: the labels are the coordinate.
        assert sorted(file["ImageTypeMR"].asstr()[()]) == ["M", "P"]
        assert file["frame_number"][()].tolist() == phantom.item_numbers.tolist()
        assert [dim[0].name for dim in file["frame_number"].dims] == [f"/{name}" for name in phantom.names]


def test_the_affine_is_there_and_missing_where_none_fits(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "in.dcm", rows=8, columns=6, slices=3)
    with h5py.File(exported(phantom)) as file:
        assert np.allclose(file["affine"][()], phantom.affine, atol=1e-4)
    stacks = dicome.write_phantom(tmp_path / "two.dcm", rows=8, columns=6, slices=(3, 3))
    with h5py.File(exported(stacks)) as file:
        assert "affine" not in file
        assert "several stacks" in file["image"].attrs["affine"]


def test_frames_are_columns_and_the_header_is_nested(phantom: dicome.Phantom) -> None:
    truth = pydicom.dcmread(phantom.path)
    items = truth.PerFrameFunctionalGroupsSequence
    with h5py.File(exported(phantom)) as file:
        frames, header = file["frames"], file["header"]
        assert frames["frame"][()].tolist() == list(range(1, 13))
        assert frames["EffectiveEchoTime"][()].tolist() == [x.MREchoSequence[0].EffectiveEchoTime for x in items]
        positions = [x.PlanePositionSequence[0].ImagePositionPatient for x in items]
        assert np.allclose(frames["PlanePositionSequence.ImagePositionPatient"][()], np.array(positions, float))
        assert frames["StackID"].asstr()[0] == "1"
        assert header["InstitutionName"].asstr()[()] == ACCENTS
        assert header["Rows"][()] == 8
        pointers = truth.DimensionIndexSequence
        assert len(header["DimensionIndexSequence"]) == len(pointers)
        found = header["DimensionIndexSequence/Item_2/DimensionIndexPointer"][()]
        tag = pointers[1].DimensionIndexPointer
        assert found.tolist() == [[tag.group, tag.element]]
        assert "PerFrameFunctionalGroupsSequence" not in header


def test_full_info_adds_the_header_of_every_frame(phantom: dicome.Phantom) -> None:
    truth = pydicom.dcmread(phantom.path).PerFrameFunctionalGroupsSequence
    with h5py.File(exported(phantom, full_info=True)) as file:
        items = file["header/PerFrameFunctionalGroupsSequence"]
        for k, item in enumerate(truth, 1):
            found = items[f"Item_{k}/PlanePositionSequence/Item_1/ImagePositionPatient"][()]
            assert np.allclose(found, np.array(item.PlanePositionSequence[0].ImagePositionPatient, float))


def test_xarray_opens_image_and_frames(phantom: dicome.Phantom) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("h5netcdf")
    path = exported(phantom)
    with warnings.catch_warnings():
        # Of the libraries among each other.
        warnings.simplefilter("ignore")
        with xarray.open_dataset(path, engine="h5netcdf") as found:
            image = found["image"].sel(ImageTypeMR="P")
            assert image.dims == ("row", "column", *(name for name in phantom.names if name != "ImageTypeMR"))
            kinds = found["ImageTypeMR"].values.tolist()
            axis = ("row", "column", *phantom.names).index("ImageTypeMR")
            expected = phantom.values.take(kinds.index("P"), axis)
            assert np.allclose(image.values, expected, rtol=1e-6, atol=1e-6)
            assert found["affine"].shape == (4, 4)
        with xarray.open_dataset(path, engine="h5netcdf", group="frames") as frames:
            assert frames["StackID"].values.tolist() == ["1"] * 12


def test_order_combine_and_scale_are_those_of_reading(phantom: dicome.Phantom) -> None:
    path = exported(phantom, order=[3, 1, 2, 4, 5], combine=[0, 0, 0, 0, 1], scale="pv")
    stored = phantom.stored.transpose(2, 0, 1, 3, 4).reshape(3, 8, 6, 4, order="F")
    with h5py.File(path) as file:
        assert np.array_equal(file["image"][()], stored)
        assert file["image"].chunks == (1, 8, 6, 1)
        assert file["image"].attrs["scale"] == "pv"
        assert len(file["image"].dims[3][0]) == 4
        assert file["frame_number"].shape == (3, 4)


def test_slices_combined_into_rows_are_kept_too(phantom: dicome.Phantom) -> None:
    path = exported(phantom, combine=[0, 0, 1, 0, 0])
    with h5py.File(path) as file:
        expected = phantom.values.reshape(8, 18, 2, 2, order="F")
        assert np.allclose(file["image"][()], expected, rtol=1e-6, atol=1e-6)


def test_missing_frames_are_nan_and_number_0(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "in.dcm", rows=8, columns=6, slices=3, dynamics=3, stop_after=7)
    with pytest.warns(dicome.DicomeWarning):
        path = exported(phantom)
    with h5py.File(path) as file:
        missing = file["frame_number"][()] == 0
        assert missing.sum() == 2
        assert np.isnan(file["image"][()][:, :, missing]).all()


def test_options_that_make_no_sense_are_refused(phantom: dicome.Phantom) -> None:
    for wrong in ({"split": "Effective Echo Time"}, {"v73": True}):
        with pytest.raises(ArgumentError, match="leave split and v73 away"):
            exported(phantom, **wrong)


def test_names_of_dimensions_are_legal_and_differ() -> None:
    axes = [Axis(name, ("",)) for name in ("Column", "Row", "A/B", "image", "A+B")]
    assert dimension_names(axes) == ["row", "column", "A+B", "image (4)", "A+B (5)"]


def test_text_is_of_one_length_and_keeps_its_letters() -> None:
    found = fixed(["a", ACCENTS, "a"])
    assert found.dtype.kind == "S"
    assert [text.decode() for text in found.tolist()] == ["a", ACCENTS, "a"]


def test_values_of_the_header_are_plain(tmp_path: Path) -> None:
    from dicome.writers.hdf5_tree import Tree

    with Tree.create(tmp_path / "a.h5") as tree:
        tree.put(make(Plain(), VALUES), "/header")
    with h5py.File(tmp_path / "a.h5") as file:
        header = file["header"]
        assert header["Zero"][()] == 0
        assert header["Real"].shape == (3,)
        assert header["Matrix"][()].tolist() == [[1, 2, 3], [4, 5, 6]]
        assert header["Cube"].shape == (2, 3, 4)
        assert header["Nothing"].shape == (0,)
        assert header["Blank"].asstr()[()] == ""
        assert header["Name/GivenName"].asstr()[()] == "Jürgen"
        assert header["Nested/2/2"].asstr()[()] == "cc"


def test_octave_loads_a_file_without_longer_letters(tmp_path: Path, octave: str) -> None:
    phantom = dicome.write_phantom(tmp_path / "in.dcm", rows=8, columns=6, slices=3, echoes=2)
    code = f"s = load('{exported(phantom)}'); printf('%s %s ', mat2str(size(s.image)), s.header.Manufacturer);"
    code += "printf('%s', s.frames.StackID(1));"
    assert ask_octave(octave, tmp_path, code) == "[2 3 6 8] Philips 1"


@pytest.mark.parametrize("name", ["nitest-balls1/DICOM/T2_.dcm", "nitest-balls1/DICOM/DTI.dcm"])
def test_real_scans_agree_with_pydicom(name: str, corpus: Path, tmp_path: Path) -> None:
    source = corpus / "enhanced" / name
    truth = pydicom.dcmread(source)
    (path,) = dicome.export(dicome.open(source), tmp_path / "out.h5", scale="pv", compress=True)
    with h5py.File(path) as file:
        numbers = file["frame_number"][()]
        pixels = np.moveaxis(truth.pixel_array, 0, -1)
        assert np.array_equal(file["image"][()], pixels[:, :, numbers - 1])
        assert file["header/SeriesDescription"].asstr()[()] == str(truth.SeriesDescription)
