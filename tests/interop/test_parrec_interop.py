"""PAR/REC files of dicome as nibabel and dcm2niix read them."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from nibabel.parrec import PARRECImage

import dicome

TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


def written(folder: Path, version: str, **options: Any) -> tuple[dicome.Image, Path]:
    dicome.write_phantom(folder / "scan.dcm", **{"rows": 16, "columns": 12, "slices": 5, **options})
    image = dicome.open(folder / "scan.dcm")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dicome.DicomeWarning)
        return image, dicome.write_par(image, folder / "scan.PAR", version=version)[0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # nibabel leaves REC files open
@pytest.mark.parametrize("version", ["V4", "V4.1", "V4.2"])
@pytest.mark.parametrize("orientation", ["TRA", "SAG", "COR"])
def test_nibabel_reads_the_same_array_and_affine(tmp_path: Path, version: str, orientation: str) -> None:
    image, path = written(tmp_path, version, dynamics=3, orientation=orientation, angulation=(-12.5, 7.2, 3.4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = PARRECImage.load(path, mmap=False, scaling="fp", strict_sort=True)
    values = np.asarray(other.dataobj).transpose(1, 0, 2, 3)
    assert np.allclose(values, image.array(), rtol=2e-3 if version == "V4" else 1e-5)
    assert image.affine is not None
    affine = (TO_LPS @ other.affine)[:, [1, 0, 2, 3]]
    assert np.allclose(affine, image.affine, atol=0.2 if version == "V4" else 0.02)
    del other
    gc.collect()


@pytest.mark.parametrize("version", ["V3", "V4", "V4.1", "V4.2"])
def test_dcm2niix_reads_the_same_volumes(tmp_path: Path, version: str) -> None:
    beside = Path(sys.executable).parent / "dcm2niix"
    program = str(beside) if beside.exists() else shutil.which("dcm2niix")
    if program is None:
        pytest.skip("dcm2niix is not on the PATH")
    image, path = written(tmp_path, version, dynamics=3)
    out = tmp_path / "out"
    out.mkdir()
    done = subprocess.run([program, "-f", "%f", "-o", out, path], capture_output=True, text=True, check=False)
    made = sorted(out.glob("*.nii"))
    assert len(made) == 3, done.stdout + done.stderr
    # A file per volume, because scales differ; rows are turned round, and the scaling is its own choice.
    values = np.stack([np.asarray(nibabel.load(one).dataobj)[:, ::-1].swapaxes(0, 1) for one in made], axis=-1)
    assert values.shape == image.shape
    for k in np.ndindex(image.shape[2:]):
        assert _likeness(values[..., k[0], k[1]], image.array()[..., k[0], k[1]]) > 0.99999


def _likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation, the same for any scaling."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])
