"""Images as .mat files: what MATLAB's users find in them, which version is written when, and real scans."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pydicom
import pytest
from scipy.io import loadmat

import dicome
from dicome.errors import ArgumentError, DicomeWarning
from dicome.writers import mat, mat5
from tests.writers.reading_back import ask_octave

TEXT = {"SpecificCharacterSet": "ISO_IR 192", "InstitutionName": "Hôpital Łódź", "PatientName": "Müller^Jürgen"}


@pytest.fixture
def phantom(tmp_path: Path) -> dicome.Phantom:
    return dicome.write_phantom(
        tmp_path / "in.dcm", rows=8, columns=6, slices=3, echoes=2, types=("M", "P"), series=TEXT
    )


def read_5(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = loadmat(path, simplify_cells=True)
    return found


def read_73(path: Path) -> dict[str, Any]:
    reader = pytest.importorskip("mat73")
    found: dict[str, Any] = reader.loadmat(str(path))
    return found


def listed(value: Any) -> list[Any]:
    """Cells as a list: numpy's from scipy, lists in lists from mat73."""
    found = value.tolist() if isinstance(value, np.ndarray) else value
    return [one[0] if isinstance(one, list) else one for one in found]


@pytest.mark.parametrize(("v73", "read"), [(False, read_5), (True, read_73)], ids=["v5", "v7.3"])
def test_a_file_holds_what_the_phantom_was_made_of(
    v73: bool, read: Callable[[Path], dict[str, Any]], phantom: dicome.Phantom, tmp_path: Path
) -> None:
    (path,) = dicome.export(dicome.open(phantom.path), tmp_path / "out.mat", v73=v73)
    found = read(path)
    assert found["imag"].dtype == np.float32
    assert np.allclose(found["imag"], phantom.values, rtol=1e-6, atol=1e-6)
    info, frames = found["info"], found["frames"]
    assert info["InstitutionName"] == "Hôpital Łódź"
    assert info["PatientName"] == {"FamilyName": "Müller", "GivenName": "Jürgen"}
    assert info["Rows"] == 8
    assert listed(info["MatlabNames"]) == ["Column", "Row", *phantom.names]
    assert np.array_equal(info["MatlabItems"], phantom.item_numbers)
    assert [len(labels) for labels in info["MatlabIndexes"]] == list(phantom.item_numbers.shape)
    assert info["MatlabScale"] == "fp"
    assert "PerFrameFunctionalGroupsSequence" not in info
    times = np.array(phantom.echo_times)
    assert sorted(frames["EffectiveEchoTime"]) == pytest.approx(sorted([*times, *times] * 3))
    kinds = listed(frames["ComplexImageComponent"])
    assert (kinds.count("MAGNITUDE"), kinds.count("PHASE")) == (6, 6)


@pytest.mark.parametrize(("v73", "read"), [(False, read_5), (True, read_73)], ids=["v5", "v7.3"])
def test_full_info_nests_the_header_of_every_frame(
    v73: bool, read: Callable[[Path], dict[str, Any]], phantom: dicome.Phantom, tmp_path: Path
) -> None:
    (path,) = dicome.export(dicome.open(phantom.path), tmp_path / "out.mat", v73=v73, full_info=True)
    items = read(path)["info"]["PerFrameFunctionalGroupsSequence"]
    truth = pydicom.dcmread(phantom.path).PerFrameFunctionalGroupsSequence
    assert sorted(items) == sorted(f"Item_{k}" for k in range(1, 13))
    for k, expected in enumerate(truth, 1):
        item = items[f"Item_{k}"]
        position = expected.PlanePositionSequence[0].ImagePositionPatient
        assert np.allclose(item["PlanePositionSequence"]["Item_1"]["ImagePositionPatient"], position)
        echo = expected.MREchoSequence[0].EffectiveEchoTime
        assert item["MREchoSequence"]["Item_1"]["EffectiveEchoTime"] == echo
        assert item["FrameContentSequence"]["Item_1"]["StackID"] == expected.FrameContentSequence[0].StackID


@pytest.mark.parametrize(("v73", "info"), [(False, "s.info"), (True, "s.__refs_.info")], ids=["v5", "v7.3"])
def test_octave_reads_header_and_names(
    v73: bool, info: str, phantom: dicome.Phantom, tmp_path: Path, octave: str
) -> None:
    (path,) = dicome.export(dicome.open(phantom.path), tmp_path / "out.mat", v73=v73)
    code = f"""
        s = load('{path}'); info = {info}; frames = {info.replace("info", "frames")};
        printf('%s|%s|%s|%d|', mat2str(size(s.imag)), info.MatlabNames{{3}}, info.InstitutionName, info.MatlabItems(2));
        printf('%s|%s|', info.PatientName.FamilyName, class(info.Rows));
        kinds = cellstr(frames.ComplexImageComponent);
        printf('%d|%d|', sum(strcmp(kinds, 'PHASE')), numel(info.MatlabIndexes{{2}}));
        printf('%g\\n', min(frames.EffectiveEchoTime));
    """
    size = " ".join(map(str, phantom.values.shape))
    expected = f"[{size}]|{phantom.names[0]}|Hôpital Łódź|{phantom.item_numbers.ravel(order='F')[1]}|Müller|uint16|"
    sizes = phantom.item_numbers.shape
    assert ask_octave(octave, tmp_path, code) == f"{expected}6|{sizes[1]}|{min(phantom.echo_times):g}\n"


def test_octave_reads_nested_frame_items(phantom: dicome.Phantom, tmp_path: Path, octave: str) -> None:
    (path,) = dicome.export(dicome.open(phantom.path), tmp_path / "out.mat", full_info=True)
    code = f"s = load('{path}'); f = s.info.PerFrameFunctionalGroupsSequence; n = fieldnames(f);"
    code += "printf('%d %s %s', numel(n), n{2}, n{12});"
    code += "printf(' %.6g', f.Item_5.PlanePositionSequence.Item_1.ImagePositionPatient);"
    position = pydicom.dcmread(phantom.path).PerFrameFunctionalGroupsSequence[4].PlanePositionSequence[0]
    numbers = " ".join(f"{float(value):.6g}" for value in position.ImagePositionPatient)
    assert ask_octave(octave, tmp_path, code) == f"12 Item_2 Item_12 {numbers}"


@pytest.mark.parametrize("v73", [False, True])
def test_order_combine_scale_and_progress_are_those_of_reading(
    v73: bool, phantom: dicome.Phantom, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    image = dicome.open(phantom.path)
    (path,) = dicome.export(
        image,
        tmp_path / "out.mat",
        v73=v73,
        order=[2, 1, 3, 4, 5],
        combine=[0, 0, 0, 0, 1],
        scale="pv",
        progress=lambda done, total: told.append((done, total)),
    )
    found = (read_73 if v73 else read_5)(path)
    stored = phantom.stored.transpose(1, 0, 2, 3, 4).reshape(6, 8, 3, 4, order="F")
    assert np.array_equal(found["imag"], stored)
    assert found["imag"].dtype == np.uint16
    assert found["info"]["MatlabItems"].shape == (3, 4)
    assert found["info"]["MatlabScale"] == "pv"
    assert told[-1] == (12, 12)


@pytest.mark.parametrize("v73", [False, True])
def test_compressed_files_are_smaller_and_the_same(v73: bool, tmp_path: Path) -> None:
    image = dicome.open(dicome.write_phantom(tmp_path / "in.dcm", dynamics=2).path)
    read = read_73 if v73 else read_5
    (plain,) = dicome.export(image, tmp_path / "a.mat", v73=v73)
    (packed,) = dicome.export(image, tmp_path / "b.mat", v73=v73, compress=True)
    assert packed.stat().st_size < plain.stat().st_size
    assert np.array_equal(read(plain)["imag"], read(packed)["imag"])


def test_what_level_5_cannot_hold_becomes_version_73_and_is_told(
    phantom: dicome.Phantom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = dicome.open(phantom.path)
    monkeypatch.setattr(mat5, "VARIABLE_LIMIT", 1000)
    with pytest.warns(DicomeWarning, match=r"out\.mat: imag has 2,304 bytes, .* holds 1,000 .*version 7\.3"):
        (path,) = dicome.export(image, tmp_path / "out.mat")
    with h5py.File(path) as file:
        assert file["imag"].shape == phantom.values.T.shape


def test_a_header_too_large_for_level_5_is_told_too(
    phantom: dicome.Phantom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mat5, "VARIABLE_LIMIT", 2500)
    with pytest.warns(DicomeWarning, match=r"out\.mat: info has .* bytes.*version 7\.3"):
        dicome.export(dicome.open(phantom.path), tmp_path / "out.mat")


def test_a_nested_header_of_many_frames_is_warned_of(
    phantom: dicome.Phantom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mat, "MANY_FRAMES", 11)
    with pytest.warns(DicomeWarning, match=r"nested header of 12 frames.*frames has the same"):
        dicome.export(dicome.open(phantom.path), tmp_path / "out.mat", full_info=True)


def test_splitting_is_refused(phantom: dicome.Phantom, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="holds all axes"):
        dicome.export(dicome.open(phantom.path), tmp_path / "out.mat", split="Effective Echo Time")


@pytest.mark.parametrize("name", ["nitest-balls1/DICOM/T2_.dcm", "nitest-balls1/DICOM/DTI.dcm"])
@pytest.mark.parametrize("v73", [False, True])
def test_real_scans_agree_with_pydicom(v73: bool, name: str, corpus: Path, tmp_path: Path) -> None:
    source = corpus / "enhanced" / name
    truth = pydicom.dcmread(source)
    (path,) = dicome.export(dicome.open(source), tmp_path / "out.mat", v73=v73, scale="pv")
    found = (read_73 if v73 else read_5)(path)
    info, frames = found["info"], found["frames"]
    pixels = np.moveaxis(truth.pixel_array, 0, -1)
    items = np.asarray(info["MatlabItems"]).astype(int)
    assert np.array_equal(found["imag"], pixels[:, :, items - 1])
    assert info["SeriesDescription"] == str(truth.SeriesDescription)
    assert info["MagneticFieldStrength"] == float(truth.MagneticFieldStrength)
    shared = truth.PerFrameFunctionalGroupsSequence
    positions = [item.PlanePositionSequence[0].ImagePositionPatient for item in shared]
    name_of = next(key for key in frames if key.endswith("PlanePositionSequence_ImagePositionPatient"))
    assert np.array_equal(frames[name_of], np.array(positions, float))
    types = ["\\".join(item.MRImageFrameTypeSequence[0].FrameType) for item in shared]
    assert [str(text) for text in listed(frames["FrameType"])] == types
