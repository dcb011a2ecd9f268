"""Single-frame series: images of phantoms taken apart, against their plans."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

import dicome
from dicome.errors import (
    DamagedFileError,
    DicomeWarning,
    FileMissingError,
    GridError,
    NotDicomError,
    SeriesError,
    UnsupportedError,
)
from dicome.listing import list_series
from tests.classic.splitting import split

SCANS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "dynamics, types and echoes": (
        {"slices": 4, "echoes": 3, "types": ("M", "P"), "dynamics": 2},
        ("In-Stack Position Number", "Temporal Position Index", "ImageTypeMR", "Effective Echo Time"),
    ),
    "shuffled": (
        {"slices": 4, "echoes": 2, "dynamics": 3, "frame_order": "shuffled"},
        ("In-Stack Position Number", "Temporal Position Index", "Effective Echo Time"),
    ),
    "control and label": (
        {"slices": 3, "dynamics": 4, "labels": 2},
        ("In-Stack Position Number", "Temporal Position Index", "Label Type"),
    ),
    "heart phases": ({"slices": 3, "phases": 4}, ("In-Stack Position Number", "Trigger Delay Time")),
    "field map": (
        {"slices": 3, "types": ("M", "B0")},
        ("In-Stack Position Number", "Scanning Sequence/ImageTypeMR"),
    ),
    "sagittal": ({"slices": 3, "orientation": "SAG", "reverse_slices": True}, ("In-Stack Position Number",)),
    "one frame": ({"slices": 1}, ()),
}
"""Options of a phantom of Philips, and the dimensions that its single-frame files have."""

PUBLIC: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "siemens, time": (
        {"vendor": "siemens", "slices": 4, "dynamics": 3},
        ("In-Stack Position Number", "Temporal Position Index"),
    ),
    "canon, echoes": (
        {"vendor": "canon", "slices": 3, "echoes": 2, "frame_order": "shuffled"},
        ("In-Stack Position Number", "Effective Echo Time"),
    ),
    "heart phases": ({"slices": 3, "phases": 4}, ("In-Stack Position Number", "Trigger Delay Time")),
    "coronal, oblique": ({"slices": 5, "orientation": "COR"}, ("In-Stack Position Number",)),
}
"""The same of files with public attributes only."""


def both(tmp_path: Path, options: dict[str, Any], private: bool) -> tuple[dicome.Image, dicome.Image]:
    phantom = dicome.write_phantom(tmp_path / "whole.dcm", rows=12, columns=10, **options)
    split(phantom, tmp_path / "parts", private=private)
    return dicome.open(phantom.path), dicome.open(tmp_path / "parts")


@pytest.mark.parametrize(("options", "names"), SCANS.values(), ids=SCANS.keys())
def test_files_of_philips_make_the_image_of_the_plan(
    options: dict[str, Any], names: tuple[str, ...], tmp_path: Path
) -> None:
    phantom = dicome.write_phantom(tmp_path / "whole.dcm", rows=12, columns=10, **options)
    split(phantom, tmp_path / "parts")
    image = dicome.open(tmp_path / "parts")
    assert image.names == ("Column", "Row", *names)
    truth = np.asarray(phantom.stored).reshape(image.shape, order="F")
    assert np.array_equal(image.array("pv"), truth)
    assert image.scale == "fp"
    values = phantom.values.reshape(image.shape, order="F")
    np.testing.assert_allclose(image.array(), values, rtol=1e-5, atol=1e-5 * np.abs(values).max())
    assert image.affine is not None
    np.testing.assert_allclose(image.affine, phantom.affine, atol=1e-4)


@pytest.mark.parametrize(("options", "names"), PUBLIC.values(), ids=PUBLIC.keys())
def test_public_attributes_are_enough(options: dict[str, Any], names: tuple[str, ...], tmp_path: Path) -> None:
    whole, parts = both(tmp_path, options, private=False)
    assert parts.names[2:] == names
    slice_axis = 2
    wanted = whole.array("dv").transpose([0, 1, *(whole.names.index(_enhanced(whole, name)) for name in names)])
    turned = np.flip(wanted, slice_axis) if _runs_back(whole, parts) else wanted
    assert np.array_equal(parts.array("dv"), turned)


def _enhanced(image: dicome.Image, name: str) -> str:
    """The name that the enhanced file has for a dimension; without a label there the trigger has another one."""
    return name if name in image.names else "Nominal Cardiac Trigger Delay Time"


def _runs_back(one: dicome.Image, other: dicome.Image) -> bool:
    """Whether the slices of one image run against those of the other."""
    assert one.affine is not None
    assert other.affine is not None
    return bool(one.affine[:3, 2] @ other.affine[:3, 2] < 0)


def test_diffusion_has_one_axis_of_all_volumes(tmp_path: Path) -> None:
    whole, parts = both(tmp_path, {"slices": 3, "b_values": (0, 1000), "directions": 4, "trace": True}, private=True)
    assert parts.names == whole.names
    assert parts.labels == whole.labels
    assert [label for label in parts.labels[1] if label.endswith("iso")] == ["1000 iso"]
    assert np.array_equal(parts.array("pv"), whole.array("pv"))
    assert parts.bvals is not None
    assert whole.bvals is not None
    assert parts.bvals.tolist() == whole.bvals.tolist()
    assert parts.bvecs is not None
    assert whole.bvecs is not None
    assert np.array_equal(parts.bvecs, whole.bvecs)


def test_a_b_value_of_zero_everywhere_is_no_diffusion(tmp_path: Path) -> None:
    paths = split(dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=4, slices=2), tmp_path / "parts")
    for path in paths:
        data_set = pydicom.dcmread(path)
        data_set.DiffusionBValue = 0.0
        data_set.save_as(path)
    assert dicome.open(tmp_path / "parts").bvals is None


def test_a_single_file_is_an_image_of_one_frame(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=3)
    path = split(phantom, tmp_path / "parts")[1]
    image = dicome.open(path)
    assert image.shape == (4, 6)
    assert np.array_equal(image.array("pv"), pydicom.dcmread(path).pixel_array)
    assert image.evidence[0] == "one frame: no axes"
    assert image.frame_files == (path,)


def test_items_number_the_files(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=3, dynamics=2, frame_order="shuffled")
    paths = split(phantom, tmp_path / "parts")
    image = dicome.open(reversed(paths))
    assert image.frame_files == tuple(paths)
    assert np.array_equal(image.item_numbers, phantom.item_numbers)
    stored = image.array("pv")
    for k, t in np.ndindex(3, 2):
        file = image.frame_files[image.item_numbers[k, t] - 1]
        assert np.array_equal(stored[:, :, k, t], pydicom.dcmread(file).pixel_array)


def test_slices_by_position_where_the_slice_number_disagrees(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=4)
    paths = split(phantom, tmp_path / "parts")
    for path in paths:
        data_set = pydicom.dcmread(path)
        data_set.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x0A, "IS", 7)
        data_set.save_as(path)
    image = dicome.open(tmp_path / "parts")
    assert image.labels == (("1", "2", "3", "4"),)
    assert any("disagrees and is not used" in note for note in image.evidence)


def test_slice_numbers_are_kept(tmp_path: Path) -> None:
    """Slices 3, 5 and 7 of a scan: numbered against the normal, as Philips may."""
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=3)
    paths = split(phantom, tmp_path / "parts", private=False)
    for number, path in zip((7, 5, 3), paths, strict=True):
        data_set = pydicom.dcmread(path)
        data_set.private_block(0x2001, "Philips Imaging DD 001", create=True).add_new(0x0A, "IS", number)
        data_set.save_as(path)
    image = dicome.open(tmp_path / "parts")
    assert image.labels == (("3", "5", "7"),)
    assert image.frame_files[image.item_numbers[0] - 1] == paths[2]


def test_stacks_of_different_orientation(tmp_path: Path) -> None:
    """A survey: three slices transverse, two sagittal, one series."""
    transverse = dicome.write_phantom(tmp_path / "t.dcm", rows=4, columns=4, slices=3)
    sagittal = dicome.write_phantom(tmp_path / "s.dcm", rows=4, columns=4, slices=2, orientation="SAG")
    paths = split(transverse, tmp_path / "parts")
    uid = pydicom.dcmread(paths[0]).SeriesInstanceUID
    for number, path in enumerate(split(sagittal, tmp_path / "more"), 4):
        data_set = pydicom.dcmread(path)
        data_set.SeriesInstanceUID, data_set.InstanceNumber = uid, number
        data_set.SOPInstanceUID = f"1.2.3.{number}"
        data_set.save_as(tmp_path / "parts" / f"s{number}.dcm")
    image = dicome.open(tmp_path / "parts")
    assert image.names[2:] == ("Stack ID/In-Stack Position Number",)
    assert image.labels == (("1 1", "2 1", "1 2", "2 2", "1 3"),)
    assert image.affine is None or image.evidence_of_affine


def test_long_values_are_left_out_of_the_table_but_not_of_the_header(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=4)
    for number, path in enumerate(split(phantom, tmp_path / "parts")):
        data_set = pydicom.dcmread(path)
        data_set.ImageComments = "x" * (3000 + 700 * number)
        data_set.AcquisitionComments = "y" * 20
        data_set.save_as(path)
    image = dicome.open(tmp_path / "parts")
    comments = image.frames["ImageComments"].tolist()
    assert [None if text is None else len(text) for text in comments] == [3000, 3700, None, None]
    assert set(image.frames["AcquisitionComments"].tolist()) == {"y" * 20}
    assert image.header["ImageComments"] == "x" * 3000
    assert np.array_equal(image.array("pv"), phantom.stored)


def test_nested_attributes_are_columns_too(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=3)
    for number, path in enumerate(split(phantom, tmp_path / "parts")):
        data_set = pydicom.dcmread(path)
        item = pydicom.Dataset()
        item.ReferencedSOPInstanceUID = f"1.2.{number}"
        data_set.ReferencedImageSequence = [item]
        data_set.save_as(path)
    frames = dicome.open(tmp_path / "parts").frames
    assert frames["ReferencedImageSequence.ReferencedSOPInstanceUID"].tolist() == ["1.2.0", "1.2.1", "1.2.2"]
    assert "TransferSyntaxUID" not in frames


SYNTAXES = {
    "implicit": pydicom.uid.ImplicitVRLittleEndian,
    "big endian": pydicom.uid.ExplicitVRBigEndian,
    "deflated": pydicom.uid.DeflatedExplicitVRLittleEndian,
    "RLE": pydicom.uid.RLELossless,
}


@pytest.mark.parametrize("syntax", SYNTAXES.values(), ids=SYNTAXES.keys())
def test_other_encodings(syntax: pydicom.uid.UID, tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=3, dynamics=2)
    for path in split(phantom, tmp_path / "parts", private=False):
        data_set = pydicom.dcmread(path)
        if syntax.is_compressed and not syntax.is_deflated:
            data_set.compress(syntax, generate_instance_uid=False)
            data_set.save_as(path)
            continue
        if syntax == pydicom.uid.ExplicitVRBigEndian:
            data_set.PixelData = np.frombuffer(data_set.PixelData, "<u2").astype(">u2").tobytes()
        data_set.file_meta.TransferSyntaxUID = syntax
        pydicom.dcmwrite(path, data_set, implicit_vr=syntax.is_implicit_VR, little_endian=syntax.is_little_endian)
    image = dicome.open(tmp_path / "parts")
    assert np.array_equal(image.array("pv"), phantom.stored)
    assert np.array_equal(image[1:3, :, 2, 1], image.array()[1:3, :, 2, 1])


def test_packed_files_among_others(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=4)
    paths = split(phantom, tmp_path / "parts")
    for path in paths[1:3]:
        path.with_suffix(".dcm.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    image = dicome.open(tmp_path / "parts")
    assert np.array_equal(image.array("pv"), phantom.stored)
    assert [path.suffix for path in image.frame_files] == [".dcm", ".gz", ".gz", ".dcm"]


# -- files that make no image ------------------------------------------------------------------------------------


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    return split(dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=3), tmp_path / "parts")


def changed(path: Path, **values: Any) -> None:
    data_set = pydicom.dcmread(path)
    for name, value in values.items():
        setattr(data_set, name, value)
    data_set.save_as(path)


def test_another_size_is_refused(parts: list[Path]) -> None:
    changed(parts[1], Rows=2, Columns=12)
    with pytest.raises(SeriesError, match=r"Rows is 4 in 0002\.dcm but 2 in 0001\.dcm"):
        dicome.open(parts[0].parent)


def test_one_object_twice_is_refused(parts: list[Path]) -> None:
    shutil.copy(parts[1], parts[1].with_name("copy.dcm"))
    with pytest.raises(SeriesError, match="are the same object"):
        dicome.open(parts[0].parent)


def test_a_mosaic_is_refused(parts: list[Path]) -> None:
    changed(parts[2], ImageType=["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"])
    with pytest.raises(UnsupportedError, match=r"0000\.dcm: a Siemens mosaic"):
        dicome.open(parts[0].parent)


def test_a_file_cut_short_is_told_when_it_is_read(parts: list[Path]) -> None:
    whole = parts[1].read_bytes()
    parts[1].write_bytes(whole[:-20])
    image = dicome.open(parts)
    assert image.frame(1).shape == (4, 6)
    with pytest.raises(DamagedFileError, match=r"0001\.dcm: .* should have 48 bytes, and 28 can be read"):
        image.array()


def test_a_file_that_goes_away_is_told(parts: list[Path]) -> None:
    image = dicome.open(parts)
    parts[2].unlink()
    with pytest.raises(FileMissingError, match="has gone"):
        image.array()


def test_a_missing_file_is_told_by_name(parts: list[Path]) -> None:
    with pytest.raises(FileMissingError, match=r"nowhere\.dcm"):
        dicome.open([*parts, parts[0].with_name("nowhere.dcm")])


def test_what_was_named_is_not_passed_over(parts: list[Path]) -> None:
    notes = parts[0].with_name("notes.txt")
    notes.write_text("not DICOM " * 30)
    with pytest.raises(NotDicomError, match=r"notes\.txt"):
        dicome.open([*parts, notes])
    assert dicome.open(notes.parent).shape == (4, 6, 3)


def test_damage_in_a_folder_is_a_warning(parts: list[Path]) -> None:
    parts[2].write_bytes(parts[2].read_bytes()[:300])
    with pytest.warns(DicomeWarning, match=r"left out: .*0000\.dcm"):
        image = dicome.open(parts[0].parent)
    assert image.shape == (4, 6, 2)


def test_a_stopped_series_is_padded(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=4, columns=6, slices=3, dynamics=4, frame_order="volume")
    paths = split(phantom, tmp_path / "parts")
    with pytest.warns(DicomeWarning, match="left empty"):
        image = dicome.open(paths[:-1])
    assert image.item_numbers[2, 3] == 0
    with pytest.raises(GridError):
        dicome.open(paths[:-1], incomplete="error")


def test_many_files_need_few_descriptors(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    phantom = dicome.write_phantom(tmp_path / "w.dcm", rows=2, columns=2, slices=10, dynamics=20)
    split(phantom, tmp_path / "parts")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
    try:
        image = dicome.open(tmp_path / "parts")
        assert np.array_equal(image.array("pv"), phantom.stored)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_files_that_differ_in_how_they_are_read_are_not_followed(parts: list[Path]) -> None:
    """Number of Frames and the character set decide what a file is and says; all else is equal."""
    for path, frames, characters in zip(parts, (1, 2, 1), ("100", "100", "192"), strict=True):
        data_set = pydicom.dcmread(path)
        data_set.NumberOfFrames, data_set.SpecificCharacterSet = frames, f"ISO_IR {characters}"
        data_set.PixelData = data_set.PixelData * frames
        data_set["PixelData"].VR = "OW"
        data_set.SeriesInstanceUID = f"1.2.{frames}"
        data_set.save_as(path)
    found = list_series(parts[0].parent)
    assert [(entry.uid, entry.kind, entry.frames) for entry in found.entries] == [
        ("1.2.1", "classic", 2),
        ("1.2.2", "enhanced", 2),
    ]
    with pytest.warns(DicomeWarning, match="different character sets"):
        dicome.open(parts[0].parent, series="1.2.1")
