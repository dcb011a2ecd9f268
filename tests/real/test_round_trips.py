"""Every real scan to every format and back, read by other programs: to the bit, header and all."""

from __future__ import annotations

import csv
import os
import subprocess
import warnings
from pathlib import Path
from typing import Any

import h5py
import mat73
import nibabel
import numpy as np
import pymatreader
import pytest
import xarray
from numpy.typing import NDArray
from PIL import Image as Picture
from scipy.io import loadmat

import dicome
from dicome.errors import UnsupportedError

FOLDER = os.environ.get("DICOME_CORPUS")


def scans() -> list[str]:
    """All files of the table of expectations, and the folders of classic ones."""
    if not FOLDER:
        return []
    with (Path(FOLDER) / "EXPECTED.tsv").open(newline="") as stream:
        files = [row["path"] for row in csv.DictReader(stream, delimiter="\t")]
    folders = sorted(path.name for path in (Path(FOLDER) / "classic").iterdir())
    return [*files, *(f"classic/{name}" for name in folders)]


@pytest.fixture(scope="module")
def opened(corpus: Path) -> dict[str, dicome.Image]:
    return {}


def image_of(name: str, corpus: Path, opened: dict[str, dicome.Image]) -> dicome.Image:
    """One scan at a time stays open."""
    if name not in opened:
        opened.clear()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # stopped scans
            opened[name] = dicome.open(corpus / name)
    return opened[name]


def same(one: NDArray[Any], two: NDArray[Any]) -> None:
    assert one.dtype == two.dtype
    assert one.shape == two.shape
    assert np.array_equal(one, two, equal_nan=one.dtype.kind == "f")


def without_ones(array: NDArray[Any]) -> NDArray[Any]:
    """MATLAB has no dimensions of length 1 behind the second."""
    shape = list(array.shape)
    while len(shape) > 2 and shape[-1] == 1:
        del shape[-1]
    return array.reshape(shape)


@pytest.mark.parametrize("name", scans())
@pytest.mark.parametrize("v73", [False, True], ids=["v5", "v7.3"])
def test_mat(v73: bool, name: str, corpus: Path, opened: dict[str, dicome.Image], tmp_path: Path) -> None:
    """Whole, by every reader in Python; Octave has a test of its own."""
    image = image_of(name, corpus, opened)
    array = without_ones(image.array())
    path = tmp_path / "x.mat"
    dicome.export(image, path, v73=v73)
    readers = [mat73.loadmat] if v73 else [lambda path: loadmat(path, simplify_cells=True, chars_as_strings=True)]
    for read in (*readers, pymatreader.read_mat):
        found = read(str(path))
        same(np.asarray(found["imag"]).reshape(array.shape), array)
        names = found["info"]["MatlabNames"]
        assert tuple(np.atleast_1d(np.array(names, object)).tolist()) == image.names
        assert found["info"]["SOPClassUID"] == image.header.SOPClassUID
        assert set(found) >= {"imag", "info", "frames"}
        assert len(np.atleast_1d(np.asarray(found["info"]["MatlabItems"])).ravel()) == image.item_numbers.size


@pytest.mark.parametrize("name", scans())
def test_hdf5(name: str, corpus: Path, opened: dict[str, dicome.Image], tmp_path: Path) -> None:
    image = image_of(name, corpus, opened)
    array = image.array()
    path = tmp_path / "x.h5"
    dicome.export(image, path)
    with h5py.File(path) as file:
        same(file["image"][()], array)
        assert file["header/SOPClassUID"].asstr()[()] == image.header.SOPClassUID
        assert len(file["frames/frame"]) == image.frames.frame_count
    with xarray.open_dataset(path, engine="h5netcdf") as dataset:
        same(dataset["image"].values, array)
        assert dataset["image"].dims[:2] == ("row", "column")


@pytest.mark.parametrize("name", scans())
def test_nifti(name: str, corpus: Path, opened: dict[str, dicome.Image], tmp_path: Path) -> None:
    """Voxel by voxel, at the same place in space; against dcm2niix elsewhere."""
    image = image_of(name, corpus, opened)
    path = tmp_path / "x.nii.gz"
    if image.affine is None:
        with pytest.raises(UnsupportedError, match="a NIfTI file has one affine"):
            dicome.export(image, path)
        assert list(tmp_path.iterdir()) == []
        return
    dicome.export(image, path)
    found: Any = nibabel.load(path)
    slice_axis = next((k for k, axis in enumerate(image.axes) if axis.role == "slice"), None)
    ours = image.array("pv" if found.get_data_dtype().kind in "iu" and not has_slope(found) else None)
    colour = image.series.format.samples > 1
    if colour:
        ours = np.moveaxis(ours, 2, -1)
    ours = ours[:, :, None] if slice_axis is None else np.moveaxis(ours, 2 + slice_axis, 2)
    check_voxels(found, ours, colour, image.affine)


def has_slope(found: Any) -> bool:
    return (float(found.dataobj.slope), float(found.dataobj.inter)) != (1.0, 0.0)


def check_voxels(found: Any, ours: NDArray[Any], colour: bool, lps: NDArray[np.float64]) -> None:
    """Every voxel of the file is the one of ours at that place in space."""
    theirs = np.asarray(found.dataobj)
    if colour:
        theirs = np.stack([theirs[part] for part in "RGB"], axis=-1)
    ras = np.diag([-1.0, -1.0, 1.0, 1.0]) @ lps
    turn = np.linalg.inv(found.affine) @ ras  # our (row, column, slice) to theirs
    steps = np.rint(turn[:3, :3])
    np.testing.assert_allclose(turn[:3, :3], steps, atol=2e-3)
    assert (np.abs(steps).sum(axis=0) == 1).all()
    order = np.abs(steps).argmax(axis=1)
    moved = ours.transpose([*order.tolist(), *range(3, ours.ndim)])
    for axis in range(3):
        if steps[axis].sum() < 0:
            moved = np.flip(moved, axis)
    theirs = theirs.reshape(moved.shape)
    if theirs.dtype.kind in "iub" and moved.dtype.kind in "iub":
        assert np.array_equal(theirs, moved)
    else:
        np.testing.assert_allclose(theirs, moved, rtol=3e-6, atol=1e-6 * float(np.nanmax(np.abs(moved), initial=0)))


@pytest.mark.parametrize("name", scans())
def test_png(name: str, corpus: Path, opened: dict[str, dicome.Image], tmp_path: Path) -> None:
    image = image_of(name, corpus, opened)
    (path,) = dicome.export(image, tmp_path / "x.png")
    with Picture.open(path) as picture:
        values = np.asarray(picture)
    assert values.shape[0] >= image.shape[0]
    assert values.min() < values.max()


OCTAVE_LOOK = """
s = load('{path}'); x = double(s.imag(:)); x(isnan(x)) = 0;
printf('%d ', size(s.imag)); printf('| %.12g %.12g | %d | %s | %s\\n', sum(x), sum(x .* (1:numel(x))'), ...
       numel(fieldnames({at}.frames)), {at}.info.SOPClassUID, strjoin({at}.info.MatlabNames(:).', ','));
"""


@pytest.mark.parametrize("v73", [False, True], ids=["v5", "v7.3"])
def test_octave_loads_them_all(v73: bool, corpus: Path, octave: str, tmp_path: Path) -> None:
    """The array by its sum and by a sum that depends on every place, text and cells as they are."""
    script, expected = ["warning('off', 'all');"], []
    names = scans()[:: 6 if v73 else 1]  # HDF5 takes Octave over a second a file
    for k, name in enumerate(names):
        image = image_of(name, corpus, {})
        path = tmp_path / f"{k}.mat"
        dicome.export(image, path, v73=v73)
        script.append(OCTAVE_LOOK.format(path=path, at="s.__refs_" if v73 else "s"))
        array = without_ones(image.array())
        flat = np.nan_to_num(array.astype(np.float64)).ravel(order="F")
        sums = flat.sum(), flat @ np.arange(1, flat.size + 1)
        expected.append((array.shape, sums, len(image.frames.columns), image.header.SOPClassUID, ",".join(image.names)))
    (tmp_path / "look.m").write_text("\n".join(script), encoding="utf-8")
    command = [octave, "--norc", "--quiet", "--no-gui", str(tmp_path / "look.m")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(expected) > 10
    for line, (shape, sums, columns, uid, dimensions) in zip(lines, expected, strict=True):
        size, found_sums, found_columns, found_uid, found_names = (part.strip() for part in line.split(" | "))
        assert tuple(map(int, size.split())) == shape
        np.testing.assert_allclose([float(one) for one in found_sums.split()], sums, rtol=1e-9)
        assert (int(found_columns), found_uid, found_names) == (columns, uid, dimensions)


def test_the_table_is_long(corpus: Path) -> None:
    assert len(scans()) > 80
