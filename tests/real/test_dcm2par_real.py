"""dcm2par against PAR/REC files that the scanner wrote of the very scans."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import dicome as library
from dicome.errors import UnsupportedError
from dicome.parrec import read_par
from dicome.parrec.text import par_text

_NITEST, _PARREC = "enhanced/nitest-balls1/DICOM", "parrec/nitest-balls1/PARREC"
TWINS = {
    **{name: (f"{_NITEST}/{name}.dcm", f"{_PARREC}/{name}.PAR") for name in ("T1", "T2_", "DTI", "fieldmap")},
    "philips_201_EPI": ("classic/philips_201_EPI", "parrec/nibabel/phantom_EPI_asc_CLEAR_2_1.PAR"),
}
"""Scans, and the PAR files that scanners wrote of them; the last is of classic files."""
DIFFERENCES: dict[str, str] = {}
"""Lines that differ from the scanner's, besides the dataset name: its line to ours. There are none."""
BY_SCANNERS = ("phantom_EPI_asc_CLEAR_2_1.PAR", "phantom_truncated.PAR", "phantom_varscale.PAR", "T1.PAR", "T2_.PAR",
               "DTI.PAR", "fieldmap.PAR")  # fmt: skip
"""Files of the corpus that are as a scanner left them; the others were edited, or written by other programs."""

Dicome = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize("name", TWINS)
def test_the_pair_is_that_of_the_scanner(corpus: Path, tmp_path: Path, dicome: Dicome, name: str) -> None:
    scan, truth = (corpus / path for path in TWINS[name])
    done = dicome("dcm2par", "--check", "-o", tmp_path, scan)
    assert (done.returncode, done.stderr) == (0, "")
    theirs = truth.read_bytes().decode("ascii").split("\r\n")
    ours = (tmp_path / f"{name}.PAR").read_bytes().decode("ascii").split("\r\n")
    assert len(ours) == len(theirs)
    differing = {their: our for their, our in zip(theirs, ours, strict=True) if their != our}
    dataset = next(line for line in theirs if line.startswith("# Dataset name"))
    assert differing.pop(dataset) == f"# Dataset name: {name}"
    assert differing == DIFFERENCES
    assert (tmp_path / f"{name}.REC").read_bytes() == truth.with_suffix(".REC").read_bytes()


@pytest.mark.parametrize(
    ("classic", "enhanced"),
    [
        ("philips_301_ASL_MultiPhase", "dcm_qa_philips_asl_enh/Enhanced/301_ASL_MultiPhase_real.dcm"),
        ("philips_402_SOURCE_3D_pCASL", "dcm_qa_philips_asl_enh/Enhanced/402_SOURCE_-_3D_pCASL_6mm.dcm"),
        ("philips_2001_field_map", "dcm_qa_philips_enh/enh/2001_WIP_fcMRI_Field_Mapping_e2_phMag.dcm"),
    ],
)
def test_classic_and_enhanced_files_of_a_scan_make_the_same_pair(
    corpus: Path, tmp_path: Path, classic: str, enhanced: str
) -> None:
    pairs = [
        library.write_par(path, tmp_path / f"{name}.PAR", dataset="scan")
        for name, path in (("classic", corpus / "classic" / classic), ("enhanced", corpus / "enhanced" / enhanced))
    ]
    assert pairs[0][0].read_bytes() == pairs[1][0].read_bytes()
    assert pairs[0][1].read_bytes() == pairs[1][1].read_bytes()


def test_what_is_read_is_written_again_to_the_byte(corpus: Path) -> None:
    compared = 0
    for path in sorted((corpus / "parrec").rglob("*.PAR")):
        if path.name in BY_SCANNERS:
            par = read_par(path)
            assert par_text(par, par.version, par.dataset).encode("latin-1") == path.read_bytes(), path
            compared += 1
    assert compared == 8


def test_every_mr_file_makes_a_pair_or_says_why_not(corpus: Path, tmp_path: Path) -> None:
    written, refused = 0, []
    for path in sorted((corpus / "enhanced").rglob("*.dcm")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                image = library.open(path)
                library.write_par(image, tmp_path / "x.PAR", force=True, check=True)
            except UnsupportedError as problem:
                refused.append(str(problem))
                continue
            par = library.open(tmp_path / "x.PAR")
        written += 1
        one, other = (_sorted_frames(each) for each in (image, par))
        assert one == other, path
        if image.affine is not None and image.shape == par.shape:
            assert par.affine is not None, path
            half = max(image.shape[:2]) / 2
            assert np.abs(par.affine - image.affine).max() < 0.01 + 5.1e-4 * half, path
    assert written >= 30
    assert all(any(why in text for why in ("CT", "colour", "lacks Image Position")) for text in refused)


def _sorted_frames(image: library.Image) -> list[bytes]:
    """The stored frames of an image, whatever their order."""
    return sorted(image.frame(k + 1, "pv").tobytes() for k in range(image.frames.frame_count))
