"""NIfTI files of dicome beside those that dcm2niix makes of the same phantom: the same voxels, affine, gradients."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dicome
from dicome.phantom import write_phantom

SPACES: list[dict[str, Any]] = [
    {"orientation": orientation, "reverse_slices": reverse, "vendor": vendor}
    for orientation in ("TRA", "SAG", "COR")
    for reverse in (False, True)
    for vendor in ("philips", "siemens", "canon")
]


@pytest.fixture
def dcm2niix(tmp_path: Path) -> Callable[[Path], list[Path]]:
    """Convert a file and give the NIfTI files; skips without the program."""
    pytest.importorskip("nibabel", reason="nibabel is not installed")
    beside = Path(sys.executable).parent / "dcm2niix"
    program = str(beside) if beside.exists() else shutil.which("dcm2niix")
    if program is None:
        pytest.skip("dcm2niix is not on the PATH")
    folder = tmp_path / "theirs"
    folder.mkdir()

    def convert(path: Path) -> list[Path]:
        subprocess.run([program, "-f", "%s", "-o", str(folder), str(path)], check=True, capture_output=True)
        return sorted(folder.glob("*.nii"))

    return convert


@pytest.mark.parametrize("options", SPACES, ids=str)
def test_dcm2niix_stores_the_same_voxels(
    tmp_path: Path, dcm2niix: Callable[[Path], list[Path]], options: dict[str, Any]
) -> None:
    import nibabel

    # Siemens files hold a volume each: it does not look how several in one file are ordered.
    size: dict[str, Any] = {"rows": 20, "columns": 16, "dynamics": 2, "frame_order": "volume"}
    phantom = write_phantom(tmp_path / "in.dcm", **size, **options)
    (theirs,) = map(nibabel.load, dcm2niix(phantom.path))
    # It gives display values where the private scale differs between frames.
    path, *_ = dicome.export(dicome.open(phantom.path), tmp_path / "out.nii", scale="dv")
    ours = nibabel.load(path)
    assert ours.shape == theirs.shape
    assert np.allclose(ours.affine, theirs.affine, atol=1e-4)
    assert np.allclose(ours.get_qform(), theirs.get_qform(), atol=1e-4)
    assert np.allclose(ours.get_fdata(), theirs.get_fdata(), rtol=1e-5)
    assert ours.header.get_xyzt_units() == theirs.header.get_xyzt_units()


@pytest.mark.parametrize("options", SPACES, ids=str)
def test_dcm2niix_writes_the_same_gradients(
    tmp_path: Path, dcm2niix: Callable[[Path], list[Path]], options: dict[str, Any]
) -> None:
    phantom = write_phantom(tmp_path / "in.dcm", b_values=(0, 800), directions=6, rows=20, columns=16, **options)
    (theirs,) = dcm2niix(phantom.path)
    path, *_ = dicome.export(dicome.open(phantom.path), tmp_path / "out.nii")
    found, expected = (
        np.vstack([np.loadtxt(file.with_suffix(suffix)) for suffix in (".bval", ".bvec")]) for file in (path, theirs)
    )
    # Volumes may stand in another order: b = 0 last in a merged axis, first with them.
    places = [np.lexsort(columns.round(3)) for columns in (found, expected)]
    assert np.allclose(found[:, places[0]], expected[:, places[1]], atol=1e-3)
