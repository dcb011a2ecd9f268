"""Other programs open the phantom and find the voxels it says it has, where it says they are."""

from __future__ import annotations

import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

from dicome.phantom import Phantom, write_phantom
from tests.support.highdicom_images import highdicom_images

RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""From LPS, as DICOM counts, to RAS, as NIfTI does."""

SPATIAL: list[dict[str, Any]] = [
    {},
    {"orientation": "SAG", "reverse_slices": True},
    {"orientation": "COR", "frame_order": "shuffled"},
    {"vendor": "siemens"},
    {"transfer_syntax": "implicit"},
    {"undefined_lengths": False},
]

COMPRESSED: list[dict[str, Any]] = [{"transfer_syntax": "rle"}, {"transfer_syntax": "jpeg-ls"}]
"""Not for dcm2niix, which decodes neither multi-frame RLE, whoever wrote it, nor JPEG-LS."""


def at_voxels(phantom: Phantom, values: NDArray[Any], affine: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """``values`` (rows, columns, slices, ...) as an array of that shape and affine (LPS) has them."""
    voxels = np.indices(shape).reshape(3, -1)
    places = np.linalg.inv(phantom.affine) @ affine @ np.vstack([voxels, np.ones(voxels.shape[1])])
    rows, columns, slices = np.rint(places[:3]).astype(int)
    assert np.abs(places[:3] - np.rint(places[:3])).max() < 1e-4
    assert len({*zip(rows.tolist(), columns.tolist(), slices.tolist(), strict=True)}) == voxels.shape[1]
    return np.asarray(values[rows, columns, slices].reshape(*shape, *values.shape[3:]))


@pytest.fixture
def dcm2niix(tmp_path: Path) -> Callable[[Path], dict[str, Any]]:
    """Convert a file and give the images by name; skips without the program."""
    nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")
    beside = Path(sys.executable).parent / "dcm2niix"
    program = str(beside) if beside.exists() else shutil.which("dcm2niix")
    if program is None:
        pytest.skip("dcm2niix is not on the PATH")

    def convert(path: Path) -> dict[str, Any]:
        command = [program, "-f", "%s_%e", "-o", str(tmp_path), str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return {one.name: nibabel.load(one) for one in sorted(tmp_path.glob("*.nii"))}

    return convert


@pytest.mark.parametrize("options", SPATIAL, ids=str)
def test_dcm2niix_finds_the_same_voxels_in_the_same_places(
    tmp_path: Path, dcm2niix: Callable[[Path], dict[str, Any]], options: dict[str, Any]
) -> None:
    """It gives display values where the private scale differs between frames."""
    phantom = write_phantom(tmp_path / "a.dcm", **options)
    (image,) = dcm2niix(phantom.path).values()
    found = image.get_fdata()
    assert np.allclose(found, at_voxels(phantom, phantom.display, RAS @ image.affine, found.shape), rtol=1e-5)


def test_dcm2niix_finds_dynamics_as_fourth_dimension(
    tmp_path: Path, dcm2niix: Callable[[Path], dict[str, Any]]
) -> None:
    phantom = write_phantom(tmp_path / "a.dcm", dynamics=4)
    (image,) = dcm2niix(phantom.path).values()
    found = image.get_fdata()
    assert found.shape[3] == 4
    assert np.allclose(found, at_voxels(phantom, phantom.display, RAS @ image.affine, found.shape[:3]), rtol=1e-5)


def test_dcm2niix_finds_echoes_magnitude_and_phase_as_files(
    tmp_path: Path, dcm2niix: Callable[[Path], dict[str, Any]]
) -> None:
    """Phase has one private scale for all frames: it gives floating-point values, in rad."""
    phantom = write_phantom(tmp_path / "a.dcm", echoes=2, types=("M", "P"))
    images = dcm2niix(phantom.path)
    assert sorted(images) == ["201_1.nii", "201_1_ph.nii", "201_2.nii", "201_2_ph.nii"]
    for name, kind, echo, values, tolerance in (
        ("201_1.nii", 0, 0, phantom.display, 1e-3),
        ("201_2.nii", 0, 1, phantom.display, 1e-3),
        ("201_1_ph.nii", 1, 0, phantom.values, 1e-3),
        ("201_2_ph.nii", 1, 1, phantom.values, 1e-3),
    ):
        found = images[name].get_fdata()
        expected = at_voxels(phantom, values[..., kind, echo], RAS @ images[name].affine, found.shape)
        assert np.allclose(found, expected, rtol=1e-5, atol=tolerance)


@pytest.mark.parametrize("options", SPATIAL + COMPRESSED, ids=str)
def test_nibabel_finds_the_same_voxels_in_the_same_places(tmp_path: Path, options: dict[str, Any]) -> None:
    pytest.importorskip("nibabel", reason="nibabel is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it calls its own readers experimental
        from nibabel.nicom.dicomwrappers import wrapper_from_data

        phantom = write_phantom(tmp_path / "a.dcm", **options)
        image = wrapper_from_data(pydicom.dcmread(phantom.path))
        found, affine = image.get_unscaled_data(), image.affine
    assert np.array_equal(found, at_voxels(phantom, phantom.stored, affine, found.shape))


def test_nibabel_finds_the_same_axes(tmp_path: Path) -> None:
    pytest.importorskip("nibabel", reason="nibabel is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nibabel.nicom.dicomwrappers import wrapper_from_data

        # It takes the distance between the first two frames for that between slices.
        phantom = write_phantom(tmp_path / "a.dcm", dynamics=3, echoes=2, types=("M", "P"), frame_order="volume")
        image = wrapper_from_data(pydicom.dcmread(phantom.path))
        found, affine = image.get_unscaled_data(), image.affine
    assert found.shape == phantom.stored.shape
    assert np.array_equal(found, at_voxels(phantom, phantom.stored, affine, found.shape[:3]))


@pytest.mark.parametrize("options", SPATIAL + COMPRESSED, ids=str)
def test_highdicom_finds_the_same_voxels_in_the_same_places(tmp_path: Path, options: dict[str, Any]) -> None:
    phantom = write_phantom(tmp_path / "a.dcm", **options)
    with highdicom_images(phantom.path) as (image,):
        volume = image.get_volume()
    expected = at_voxels(phantom, phantom.display, volume.affine, volume.spatial_shape)
    assert np.allclose(volume.array, expected, rtol=1e-9)


@pytest.fixture
def complaints(dcmtk: Callable[[str], str], tmp_path: Path) -> Callable[..., list[str]]:
    """Errors that the validator of another toolkit finds in a phantom, without frame numbers."""

    def validate(**options: Any) -> list[str]:
        path = write_phantom(tmp_path / "a.dcm", **options).path
        done = subprocess.run(
            [dcmtk("dciodvfy"), str(path)], capture_output=True, text=True, errors="replace", check=False
        )
        return sorted({line.split("Error - ")[1].strip() for line in done.stderr.splitlines() if "Error - " in line})

    return validate


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"echoes": 2, "dynamics": 3},
        {"b_values": (0, 1000), "directions": 3, "trace": True},
        {"phases": 2},
        {"slices": (2, 3), "stop_after": 4},
        {"vendor": "siemens", "b_values": (0, 1000), "directions": 3},
        {"vendor": "canon", "dynamics": 2, "echoes": 2},
        {"private": False, "repeats": 2},
        {"transfer_syntax": "big-endian"},
        {"transfer_syntax": "implicit", "undefined_lengths": False},
        {"gaps": True},
    ],
    ids=str,
)
def test_the_validator_finds_no_error(complaints: Callable[..., list[str]], options: dict[str, Any]) -> None:
    assert complaints(**options) == []


@pytest.mark.parametrize("options", [{"types": ("M", "P")}, {"labels": 2}], ids=str)
def test_the_validator_finds_what_it_finds_in_scanner_files_too(
    complaints: Callable[..., list[str]], options: dict[str, Any]
) -> None:
    """Philips numbers private dimensions from 0."""
    assert complaints(**options) == ["Must start from one, not zero - attribute <DimensionIndexValues>"]


@pytest.mark.parametrize(
    "options", [{"types": ("M", "P"), "echoes": 2}, {"vendor": "canon"}, {"transfer_syntax": "deflated"}], ids=str
)
def test_dcmdump_reads_it_without_a_word(tmp_path: Path, dcmtk: Callable[[str], str], options: dict[str, Any]) -> None:
    path = write_phantom(tmp_path / "a.dcm", **options).path
    done = subprocess.run([dcmtk("dcmdump"), str(path)], capture_output=True, text=True, errors="replace", check=True)
    assert done.stderr == ""
    assert done.stdout.count("PerFrameFunctionalGroupsSequence") == 1


@pytest.mark.parametrize(
    ("program", "options"), [("dcmdrle", {"transfer_syntax": "rle"}), ("dcmdjpls", {"transfer_syntax": "jpeg-ls"})]
)
@pytest.mark.parametrize("offset_table", [True, False])
def test_other_decoders_find_the_same_pixels(
    tmp_path: Path, dcmtk: Callable[[str], str], program: str, options: dict[str, Any], offset_table: bool
) -> None:
    phantom = write_phantom(tmp_path / "a.dcm", offset_table=offset_table, **options)
    subprocess.run([dcmtk(program), str(phantom.path), str(tmp_path / "b.dcm")], check=True, capture_output=True)
    found = pydicom.dcmread(tmp_path / "b.dcm").pixel_array
    assert np.array_equal(found, np.moveaxis(phantom.stored, -1, 0))
