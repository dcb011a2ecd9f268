"""PAR/REC of scanners against nibabel, and against enhanced DICOM files of the same scans."""

from __future__ import annotations

import gc
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

import dicome
from dicome.image import Image
from dicome.parrec import read_par, rec_of

TWINS = ("T1", "T2_", "DTI", "fieldmap")
CELL_OF_NIBABEL = np.diag([-1.0, -1.0, 1.0, 1.0])


def all_par_files(corpus: Path) -> list[Path]:
    return sorted(path for path in (corpus / "parrec").rglob("*") if path.suffix.lower() == ".par")


def with_pixels(path: Path, folder: Path) -> Path:
    """A copy of the PAR file with its REC file, or one of noise where the corpus has none."""
    copy = folder / f"{path.stem}.PAR"
    shutil.copy(path, copy)
    par = read_par(path)
    try:
        shutil.copy(rec_of(path), copy.with_suffix(".REC"))
    except FileNotFoundError:
        size = len(par) * par.shape[0] * par.shape[1]
        np.random.default_rng(0).integers(0, 4096, size, "u2").tofile(copy.with_suffix(".REC"))
    return copy


def volumes(image: Image) -> np.ndarray:
    """Rows, columns, slices, volumes."""
    array = image.array()
    return array.reshape(*array.shape[:2], array.shape[2] if array.ndim > 2 else 1, -1, order="F")


@pytest.mark.filterwarnings("ignore:.*4 dynamics announced:dicome.DicomeWarning")  # phantom_truncated.PAR
def test_all_par_files_open(corpus: Path, tmp_path: Path) -> None:
    paths = all_par_files(corpus)
    assert len(paths) >= 19
    for path in paths:
        image = dicome.open(with_pixels(path, tmp_path))
        assert image.frames.frame_count == len(read_par(path))
        assert (image.ordering.grid >= 0).all()


@pytest.mark.filterwarnings("ignore:.*4 dynamics announced:dicome.DicomeWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # nibabel leaves REC files open
def test_arrays_and_affines_are_those_of_nibabel(corpus: Path, tmp_path: Path) -> None:
    from nibabel.parrec import PARRECError, PARRECImage

    compared = 0
    for path in all_par_files(corpus):
        copy = with_pixels(path, tmp_path)
        image = dicome.open(copy)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                other = PARRECImage.load(copy, mmap=False, permit_truncated=True, scaling="fp", strict_sort=True)
        except PARRECError:
            assert "survey" in path.name  # three stacks, which nibabel refuses
            continue
        affine = (CELL_OF_NIBABEL @ other.affine)[:, [1, 0, 2, 3]]
        assert image.affine is not None
        assert np.allclose(image.affine, affine, atol=1e-4), path
        theirs = np.asarray(other.dataobj).reshape(*other.shape[:3], -1, order="F").transpose(1, 0, 2, 3)
        ours = volumes(image)
        del other
        if path.stem == "DTI":
            # nibabel has the b-value slower than the gradient; in dicome, as in enhanced files, it is faster.
            theirs = theirs[..., [1, 2, 3, 4, 5, 6, 0, 7]]
        assert np.allclose(ours, theirs, rtol=1e-6, atol=1e-6 * np.abs(theirs).max()), path
        compared += 1
    gc.collect()
    assert compared >= 18


@pytest.mark.parametrize("name", TWINS)
def test_the_same_scan_as_dicom_gives_the_same_image(corpus: Path, name: str) -> None:
    dicom = dicome.open(corpus / f"enhanced/nitest-balls1/DICOM/{name}.dcm")
    par = dicome.open(corpus / f"parrec/nitest-balls1/PARREC/{name}.PAR")
    assert (par.shape, par.names, par.scale) == (dicom.shape, dicom.names, dicom.scale)
    assert np.array_equal(par.array("pv"), dicom.array("pv"))
    for kind in ("fp", "dv"):
        # Slopes have 5 decimals or 6 digits in a PAR file.
        assert np.allclose(par.array(kind), dicom.array(kind), rtol=5e-6, atol=1e-3)
    assert par.affine is not None
    # Pixel spacing has 3 decimals in a PAR file, which makes 0.02 mm over half a row.
    assert dicom.affine is not None
    assert np.allclose(par.affine, dicom.affine, atol=0.02)
    if name == "DTI":
        rounded = [_rounded(label) for label in dicom.labels[-1]]
        assert [_rounded(label) for label in par.labels[-1]] == rounded
        assert par.bvals is not None
        assert par.bvecs is not None
        assert dicom.bvals is not None
        assert dicom.bvecs is not None
        assert np.allclose(par.bvals, dicom.bvals)
        assert np.allclose(par.bvecs, dicom.bvecs, atol=5e-4)
    else:
        assert par.labels == dicom.labels


def _rounded(label: str) -> list[str | float]:
    """A label of b-value and direction with the 3 decimals that a PAR file has."""
    words = label.replace("/", " ").split()
    return [word if word == "iso" else round(float(word), 3) + 0.0 for word in words]
