"""PAR/REC through dicome.open: what does not fit is told, odd files are put right, all doors lead to the same image."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import dicome as library
from dicome.errors import DamagedFileError, DicomeWarning, FileMissingError, UnsupportedError
from dicome.parrec import read_par

Dicome = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A PAR file of 3 slices and 2 dynamics, its REC file beside it."""
    library.write_phantom(tmp_path / "scan.dcm", rows=6, columns=4, slices=3, dynamics=2, angulation=(0, 0, 0))
    library.write_par(tmp_path / "scan.dcm", tmp_path / "scan.PAR")
    (tmp_path / "scan.dcm").unlink()
    return tmp_path / "scan.PAR"


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_bytes().decode("latin-1")
    assert old in content
    path.write_bytes(content.replace(old, new).encode("latin-1"))


def test_a_short_rec_file_is_told_and_single_frames_can_be_read(pair: Path) -> None:
    wanted = library.open(pair).frame(5)
    rec = pair.with_suffix(".REC")
    rec.write_bytes(rec.read_bytes()[:-1])
    with pytest.warns(DicomeWarning, match=r"scan\.REC: cut short: 5 of 6 images are there in full"):
        image = library.open(pair)
    with pytest.raises(DamagedFileError, match=r"image 6 is wanted, and only 5 are there .* fetch it again"):
        image.array()
    assert np.array_equal(image.frame(5), wanted)


def test_a_long_rec_file_is_told(pair: Path) -> None:
    with pair.with_suffix(".REC").open("ab") as stream:
        stream.write(b"\0" * 48)
    with pytest.warns(DicomeWarning, match=r"scan\.REC: 336 bytes, and the PAR file tells of 6 images \(288\)"):
        library.open(pair)


def test_an_empty_and_a_missing_rec_file(pair: Path) -> None:
    pair.with_suffix(".REC").write_bytes(b"")
    with pytest.warns(DicomeWarning, match="0 of 6 images"):
        library.open(pair)
    pair.with_suffix(".REC").unlink()
    with pytest.raises(FileMissingError, match=r"scan\.REC: no such file; the pixels of scan\.PAR lie in a REC file"):
        library.open(pair)


def test_a_rec_file_without_par_file(tmp_path: Path) -> None:
    (tmp_path / "scan.rec").write_bytes(b"\1\2" * 400)
    with pytest.raises(ValueError, match=r"scan\.rec: not a DICOM file"):
        library.open(tmp_path / "scan.rec")


def test_a_rec_file_is_read_with_the_par_file_of_its_case(pair: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case counts"
    folder.mkdir()
    (folder / "a").touch()
    if (folder / "A").exists():
        pytest.skip("case does not count in this file system")
    library.write_phantom(tmp_path / "other.dcm", rows=5, columns=4, slices=2)
    library.write_par(tmp_path / "other.dcm", folder / "scan.par")
    for suffix in (".PAR", ".REC"):
        shutil.copy(pair.with_suffix(suffix), folder)
    assert library.open(folder / "scan.rec").shape == (5, 4, 2)
    assert library.open(folder / "scan.REC").shape == (6, 4, 3, 2)
    # Alone it is read with the only one there, and the pixels are its own.
    (folder / "scan.par").unlink()
    (folder / "scan.rec").write_bytes(b"\1\0" * (6 * 4 * 6))
    assert (library.open(folder / "scan.rec").array("pv") == 1).all()


def test_a_par_file_cut_short_leaves_places_empty(pair: Path) -> None:
    lines = pair.read_bytes().splitlines(keepends=True)
    last = max(k for k, line in enumerate(lines) if line.startswith(b"  3"))
    pair.write_bytes(b"".join(lines[:last]))
    with pytest.warns(DicomeWarning, match="places are left empty"), pytest.warns(DicomeWarning, match="288 bytes"):
        image = library.open(pair)
    assert image.shape == (6, 4, 3, 2)
    assert np.isnan(image.array()[..., 2, 1]).all()


def test_fewer_dynamics_than_announced_are_told(pair: Path) -> None:
    edit(pair, "Max. number of dynamics            :   2", "Max. number of dynamics            :   5")
    with pytest.warns(DicomeWarning, match="5 dynamics announced, and the image lines have 2"):
        library.open(pair)


def test_a_newer_version_is_refused(pair: Path) -> None:
    edit(pair, "V4.2", "V4.3")
    with pytest.raises(UnsupportedError, match=r"a PAR file of version V4\.3; dicome reads V3, V4, V4\.1, V4\.2"):
        library.open(pair)


def test_images_of_different_sizes_are_refused(pair: Path) -> None:
    lines = pair.read_bytes().decode().split("\r\n")
    at = next(k for k, line in enumerate(lines) if line.startswith("  3"))
    lines[at] = lines[at].replace("   4    6", "   8    6", 1)
    pair.write_bytes("\r\n".join(lines).encode())
    with pytest.raises(UnsupportedError, match="images of different sizes"):
        library.open(pair)


def test_offcentres_in_the_order_of_some_v4_exports_are_put_right(tmp_path: Path) -> None:
    centre = (-12.0, 34.0, 56.0)
    library.write_phantom(tmp_path / "scan.dcm", rows=6, columns=4, slices=3, centre=centre, angulation=(0, 0, 0))
    path = library.write_par(tmp_path / "scan.dcm", tmp_path / "scan.PAR", version="V4")[0]
    right = library.open(path)
    lines = path.read_bytes().decode().split("\r\n")
    for at, line in enumerate(lines):
        if line.startswith(("  1", "  2", "  3", " 1", " 2", " 3")):
            words = line.split()
            words[19:22] = [words[21], words[19], words[20]]
            lines[at] = " ".join(words)
    path.write_bytes("\r\n".join(lines).encode())
    turned = library.open(path)
    assert any("in the order rl, ap, fh" in note for note in turned.evidence)
    assert turned.affine is not None
    assert right.affine is not None
    assert np.allclose(turned.affine, right.affine, atol=0.01)


@pytest.mark.parametrize(
    ("par", "rec"), [("a.par", "a.rec"), ("a.PAR", "a.rec"), ("a.par", "a.REC"), ("a.Par", "a.Rec")]
)
def test_either_case_of_the_suffix(pair: Path, par: str, rec: str) -> None:
    folder = pair.parent / "é x"
    folder.mkdir()
    shutil.copy(pair, folder / par)
    shutil.copy(pair.with_suffix(".REC"), folder / rec)
    wanted = library.open(pair).array()
    assert np.array_equal(library.open(folder / par).array(), wanted)
    assert np.array_equal(library.open(folder).array(), wanted)
    assert np.array_equal(library.open(folder / rec).array(), wanted)


def test_info_export_and_header(pair: Path, dicome: Dicome) -> None:
    told = dicome("info", pair)
    assert told.returncode == 0, told.stderr
    assert "PAR/REC V4.2" in told.stdout
    assert json.loads(dicome("info", pair, "--json").stdout)["shape"] == [6, 4, 3, 2]
    for suffix in ("mat", "h5", "nii.gz", "png"):
        done = dicome("export", pair, pair.with_name(f"out.{suffix}"))
        assert (done.returncode, done.stderr) == (0, "")
    array, info = library.dicomeread(pair)
    assert array.shape == (6, 4, 3, 2)
    assert info.Format == "PAR/REC V4.2"
    assert info.ProtocolName == "Phantom"
    item = info.PerFrameFunctionalGroupsSequence.Item_4
    assert item.FrameContentSequence.Item_1.TemporalPositionIndex == 2
    assert "SoftwareVersions" not in info  # nothing is made up


def test_a_batch_finds_pairs_and_writes_pairs(pair: Path, tmp_path: Path, dicome: Dicome) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for suffix in (".PAR", ".REC"):
        shutil.move(pair.with_suffix(suffix), source / f"old{suffix}")
    library.write_phantom(source / "new.dcm", rows=6, columns=4, slices=3)
    done = dicome("batch", source, tmp_path / "out", "--to", "par", "--name", "{ProtocolName}")
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "out").iterdir() if path.suffix in (".par", ".rec"))
    assert names == ["Phantom (2).par", "Phantom (2).rec", "Phantom.par", "Phantom.rec"]
    shapes = {library.open(path).shape for path in (tmp_path / "out").glob("*.par")}
    assert shapes == {(6, 4, 3, 2), (6, 4, 3)}


def test_nothing_of_the_patient_is_lost(pair: Path) -> None:
    edit(pair, "PHANTOM^Nobody", "MÜLLER^Ö")
    par = read_par(pair)
    assert par.general["patient_name"] == "MÜLLER^Ö"
    image = library.open(pair)
    assert image.header["PatientName"].FamilyName == "MÜLLER"
    again = library.write_par(image, pair.with_name("again.PAR"), dataset="scan")[0]
    assert again.read_bytes() == pair.read_bytes()
