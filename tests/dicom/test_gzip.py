"""Files packed by gzip are read as they are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest

import dicome
from dicome.dicom import inflate
from dicome.errors import DamagedFileError, DicomeWarning, NotDicomError
from dicome.phantom import Phantom


@pytest.fixture
def phantom(tmp_path: Path) -> Phantom:
    return dicome.write_phantom(tmp_path / "scan.dcm", rows=8, columns=6, slices=4, echoes=2)


@pytest.mark.parametrize("options", [{}, {"transfer_syntax": "deflated"}, {"transfer_syntax": "rle"}], ids=str)
def test_the_packed_file_is_the_same_image(options: dict[str, Any], tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "scan.dcm", rows=8, columns=6, slices=4, echoes=2, **options)
    packed = tmp_path / "scan.dcm.gz"
    packed.write_bytes(gzip.compress(phantom.path.read_bytes()))
    image = dicome.open(packed)
    assert np.array_equal(image.array("pv"), phantom.stored)
    assert np.array_equal(image.item_numbers, phantom.item_numbers)
    assert image.header["FileSize"] == packed.stat().st_size
    assert image.header["Filename"] == str(packed)


def test_the_name_does_not_matter(phantom: Phantom, tmp_path: Path) -> None:
    packed = tmp_path / "IM_0001"
    packed.write_bytes(gzip.compress(phantom.path.read_bytes()))
    assert dicome.open(packed).shape == (8, 6, 4, 2)


def test_several_members_make_one_file(phantom: Phantom, tmp_path: Path) -> None:
    whole = phantom.path.read_bytes()
    packed = tmp_path / "scan.gz"
    packed.write_bytes(gzip.compress(whole[:5000]) + gzip.compress(whole[5000:]))
    assert np.array_equal(dicome.open(packed).array("pv"), phantom.stored)


def test_a_folder_of_packed_and_plain_files(phantom: Phantom, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "scan.dcm.gz").write_bytes(gzip.compress(phantom.path.read_bytes()))
    (folder / "brain.nii.gz").write_bytes(gzip.compress(b"\x5c\x01\0\0" + bytes(340) + b"n+1\0"))
    assert dicome.open(folder).shape == (8, 6, 4, 2)


def test_a_packed_file_in_a_folder_that_cannot_be_unpacked_is_told(phantom: Phantom, tmp_path: Path) -> None:
    # Nobody knows what was in it, so it may be part of the scan.
    (tmp_path / "scan.dcm").write_bytes(phantom.path.read_bytes())
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b\x08\0 this is no gzip")
    with pytest.warns(DicomeWarning, match=r"left out: .*broken\.gz: the gzip file cannot be inflated"):
        image = dicome.open(tmp_path)
    assert image.shape == (8, 6, 4, 2)


def test_a_packed_file_cut_short_is_damaged(phantom: Phantom, tmp_path: Path) -> None:
    packed = tmp_path / "scan.dcm.gz"
    packed.write_bytes(gzip.compress(phantom.path.read_bytes())[:-200])
    with pytest.raises(DamagedFileError, match=r"scan\.dcm\.gz: the gzip file ends too soon"):
        dicome.open(packed)


def test_a_damaged_packed_file(phantom: Phantom, tmp_path: Path) -> None:
    packed = tmp_path / "scan.dcm.gz"
    content = bytearray(gzip.compress(phantom.path.read_bytes()))
    content[40:60] = b"\xff" * 20
    packed.write_bytes(content)
    with pytest.raises(DamagedFileError, match="the gzip file cannot be inflated"):
        dicome.open(packed)


def test_a_bomb_stops_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflate, "FREELY_INFLATED", 1 << 20)
    packed = tmp_path / "scan.dcm.gz"
    packed.write_bytes(gzip.compress(bytes(128) + b"DICM" + bytes(1 << 24)))
    with pytest.raises(DamagedFileError, match=r"grows to more than 3,"):
        dicome.open(packed)


def test_what_is_inside_is_named(tmp_path: Path) -> None:
    packed = tmp_path / "brain.nii.gz"
    packed.write_bytes(gzip.compress(b"\x5c\x01\0\0" + bytes(340) + b"n+1\0" + bytes(1000)))
    with pytest.raises(NotDicomError, match="what gzip packed looks like a NIfTI file"):
        dicome.open(packed)


def test_what_is_no_dicom_is_not_unpacked(phantom: Phantom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders hold large .nii.gz and .tar.gz; each took its whole size in memory, and seconds."""

    def unpack(*_: object) -> memoryview:
        pytest.fail("unpacked")

    monkeypatch.setattr(inflate, "gzip_file", unpack)
    (tmp_path / "brain.nii.gz").write_bytes(gzip.compress(b"\x5c\x01\0\0" + bytes(340) + b"n+1\0" + bytes(5000)))
    (tmp_path / "text.gz").write_bytes(gzip.compress(b"some words" * 500))
    for name in ("brain.nii.gz", "text.gz"):
        with pytest.raises(NotDicomError, match="not a DICOM file"):
            dicome.open(tmp_path / name)
    assert dicome.open(tmp_path).shape == (8, 6, 4, 2)


@pytest.mark.parametrize("size", [1, 500, 2047, 2048, 2049])
def test_a_short_first_member(phantom: Phantom, tmp_path: Path, size: int) -> None:
    whole = phantom.path.read_bytes()
    packed = tmp_path / "scan.gz"
    packed.write_bytes(gzip.compress(b"") + gzip.compress(whole[:size]) + gzip.compress(whole[size:]))
    assert np.array_equal(dicome.open(packed).array("pv"), phantom.stored)


def test_on_the_command_line(phantom: Phantom, tmp_path: Path, dicome: Callable[..., CompletedProcess[str]]) -> None:
    packed = tmp_path / "scan.dcm.gz"
    packed.write_bytes(gzip.compress(phantom.path.read_bytes()))
    assert json.loads(dicome("info", "--json", packed).stdout)["shape"] == [8, 6, 4, 2]
