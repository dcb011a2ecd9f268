"""What stands beside a NIfTI file: sidecar, gradients, ASL context, times, names of parts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import dicome
from dicome.errors import ArgumentError
from dicome.frames.labels import Axis
from dicome.phantom import Phantom, write_phantom
from dicome.writers.bids import asl_context
from dicome.writers.bids import sidecar as sidecar_text
from dicome.writers.fsl import gradient_files, line, voxel_vectors
from dicome.writers.nifti import to_nifti
from dicome.writers.timing import Timing, timing
from dicome.writers.volumes import arranged, safe_labels, short_name, split
from tests.frames.making import frame_table

SMALL: dict[str, Any] = {"rows": 7, "columns": 5, "slices": 3}


def phantom_image(folder: Path, **options: Any) -> tuple[Phantom, dicome.Image]:
    phantom = write_phantom(folder / "in.dcm", **{**SMALL, **options}, force=True)
    return phantom, arranged(dicome.open(phantom.path), None, None)


def sidecar(image: dicome.Image, kind: str = "fp") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sidecar_text(image, image.header, kind, timing(image)))
    return found


# -- sidecar ---------------------------------------------------------------------------------------------------------


def test_sidecar_says_how_the_scan_was_made(tmp_path: Path) -> None:
    phantom, image = phantom_image(tmp_path, echoes=2)
    found = sidecar(image)
    shown = ("Manufacturer", "ManufacturersModelName", "ProtocolName", "SeriesDescription", "SoftwareVersions")
    fields = ("Manufacturer", "ManufacturerModelName", "ProtocolName", "SeriesDescription", "SoftwareVersions")
    assert [found[key] for key in shown] == [image.header[field] for field in fields]
    assert found["MagneticFieldStrength"] == 3
    assert found["EchoTime"] == [round(time / 1000, 9) for time in phantom.echo_times]
    assert found["RepetitionTime"] == pytest.approx(image.frames["RepetitionTime"][0] / 1000)
    assert found["SliceThickness"] == 4
    assert found["SpacingBetweenSlices"] == 4.4
    assert (found["ConversionSoftware"], found["ConversionSoftwareVersion"]) == ("dicome", dicome.__version__)
    assert found["dicome_scale"] == {"kind": "fp", "meaning": "floating-point value (Philips scale slope)"}
    assert found["dicome_evidence"] == list(image.evidence)


def test_sidecar_explains_the_dimensions_behind_the_slices(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, echoes=2, types=("M", "P"))
    assert sidecar(image)["dicome_dimensions"] == [
        {"dimension": 4, "name": "ImageTypeMR", "unit": "", "labels": ["M", "P"]},
        {
            "dimension": 5,
            "name": "Effective Echo Time",
            "unit": "ms",
            "labels": ["2.3", "4.6"],
            "values": [2.3, 4.6],
        },
    ]


def test_merged_values_without_a_number_are_null(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path)
    axis = Axis("b/x", ("0", "7 1"), np.array([[0.0, np.nan], [7.0, 1.0]]))
    image = replace(image, ordering=replace(image.ordering, axes=(*image.axes, axis)))
    assert sidecar(image)["dicome_dimensions"][0]["values"] == [[0, None], [7, 1]]


def test_sidecar_names_no_patient(tmp_path: Path) -> None:
    private = {
        "PatientName": "Secret^Person",
        "PatientID": "ID-4711",
        "PatientBirthDate": "19330303",
        "AccessionNumber": "ACC-4712",
        "ReferringPhysicianName": "Doctor^Who",
    }
    phantom, image = phantom_image(tmp_path, series=private)
    assert image.header.PatientID == "ID-4711"
    text = json.dumps(sidecar(image))
    for word in ("Secret", "Person", "4711", "19330303", "4712", "Doctor", phantom.path.name, str(tmp_path)):
        assert word not in text


def test_text_keeps_its_letters(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, series={"SeriesDescription": "Schädel", "SpecificCharacterSet": "ISO_IR 192"})
    assert '"Schädel"' in sidecar_text(image, image.header, "fp", None)


# -- ASL -------------------------------------------------------------------------------------------------------------


def test_asl_context_has_a_line_per_volume_in_storage_order(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, labels=2, dynamics=3)
    assert [axis.name for axis in image.axes][1:] == ["Temporal Position Index", "Label Type"]
    assert asl_context(image).splitlines() == ["volume_type", *["control"] * 3, *["label"] * 3]
    turned = arranged(image, [1, 2, 3, 5, 4], None)
    assert asl_context(turned).splitlines() == ["volume_type", *["control", "label"] * 3]


def test_asl_context_is_named_as_bids_wants(tmp_path: Path) -> None:
    pytest.importorskip("nibabel", reason="nibabel is not installed")
    _, image = phantom_image(tmp_path, labels=2)
    names = [path.name for path in dicome.export(image, tmp_path / "sub-1_asl.nii.gz")]
    assert names == ["sub-1_asl.nii.gz", "sub-1_asl.json", "sub-1_aslcontext.tsv"]
    names = [path.name for path in dicome.export(image, tmp_path / "x.nii", split="label")]
    assert names[2] == "x_label-CONTROL_aslcontext.tsv"
    assert (tmp_path / names[2]).read_text() == "volume_type\ncontrol\n"


def test_other_scans_have_no_asl_context(tmp_path: Path) -> None:
    assert asl_context(phantom_image(tmp_path, dynamics=2)[1]) == ""


# -- diffusion -------------------------------------------------------------------------------------------------------


def test_voxel_vectors_by_hand() -> None:
    """Voxels run to the left, to anterior and up, as an axial DICOM slice does once its rows are turned round."""
    radiological = np.diag([-2.0, 2.0, 5.0, 1.0])
    vectors = np.array([[1.0, 0, 0], [0, 0.6, 0.8], [0, 0, 0]])
    assert voxel_vectors(radiological, vectors).tolist() == [[-1, 0, 0], [0, 0.6, 0.8], [0, 0, 0]]
    # To the right instead: FSL turns the first axis of "neurological" files back.
    neurological = np.diag([2.0, 2.0, 5.0, 1.0])
    assert voxel_vectors(neurological, vectors).tolist() == [[-1, 0, 0], [0, 0.6, 0.8], [0, 0, 0]]


def gradients(image: dicome.Image) -> dict[str, Any]:
    assert image.affine is not None
    texts = gradient_files(image, to_nifti(image.affine, image.shape[0]))
    return {suffix: np.array([line.split() for line in text.splitlines()], float) for suffix, text in texts.items()}


@pytest.mark.parametrize(
    ("orientation", "axes"),
    [
        # Patient direction (x, y, z; LPS) of i, j and k: rows are stored upwards.
        ("TRA", [[1, 0, 0], [0, -1, 0], [0, 0, 1]]),
        ("SAG", [[0, 1, 0], [0, 0, 1], [-1, 0, 0]]),
        ("COR", [[1, 0, 0], [0, 0, 1], [0, 1, 0]]),
    ],
)
def test_gradients_run_along_the_stored_axes(tmp_path: Path, orientation: str, axes: list[list[int]]) -> None:
    options = {"b_values": (0, 1000), "directions": 4, "trace": True, "angulation": (0, 0, 0)}
    phantom, image = phantom_image(tmp_path, orientation=orientation, **options)
    found = gradients(image)
    directions = np.unique(np.array([row for row in phantom.columns["DiffusionGradientOrientation"] if row]), axis=0)
    assert directions.shape == (4, 3)
    shown = np.abs(found[".bvec"]).sum(axis=0) > 0
    assert shown.sum() == 4
    expected = directions @ np.array(axes).T
    assert np.allclose(np.sort(found[".bvec"][:, shown], axis=1), np.sort(expected.T, axis=1), atol=1e-5)
    # One b = 0 and one trace image, whose b-value stays.
    assert sorted(found[".bval"][0].tolist()) == [0, 1000, 1000, 1000, 1000, 1000]


def test_gradients_follow_the_volumes_as_they_are_stored(tmp_path: Path) -> None:
    """The first axis behind the slices runs fastest."""
    _, image = phantom_image(tmp_path, b_values=(500, 1000), directions=3)
    assert [axis.name for axis in image.axes[1:]] == ["Diffusion b-Value", "Diffusion Gradient Orientation"]
    found = gradients(image)
    assert found[".bval"].tolist() == [[500, 1000] * 3]
    assert np.array_equal(found[".bvec"][:, ::2], found[".bvec"][:, 1::2])
    assert len(np.unique(found[".bvec"], axis=1).T) == 3


def test_numbers_have_six_digits_and_no_minus_zero() -> None:
    assert line(np.array([1000, -6.16e-10, 0.12345678, -0.5, 0])) == "1000 0 0.123457 -0.5 0\n"


def test_scans_without_diffusion_have_no_gradients(tmp_path: Path) -> None:
    assert gradients(phantom_image(tmp_path, dynamics=2)[1]) == {}


# -- time ------------------------------------------------------------------------------------------------------------


def test_time_comes_from_the_axis_where_it_counts_milliseconds(tmp_path: Path) -> None:
    """Trigger delays of the phantom are 300, 550, 800 ms."""
    found = timing(phantom_image(tmp_path, phases=3)[1])
    assert found == Timing(1, 0.25, "Trigger Delay Time")


def test_time_comes_from_the_begin_of_the_dynamics(tmp_path: Path) -> None:
    phantom, image = phantom_image(tmp_path, dynamics=3)
    found = timing(image)
    assert found is not None
    begins = np.unique(phantom.columns["MRImageDynamicScanBeginTime"])
    assert found.step == pytest.approx((begins[2] - begins[0]) / 2)
    assert found.source.startswith("Dynamic Scan Begin Time")
    assert sidecar(image)["RepetitionTime"] == pytest.approx(found.step)
    (dimension,) = sidecar(image)["dicome_dimensions"]
    assert dimension["step"] == pytest.approx(found.step)
    assert (dimension["step_unit"], dimension["step_from"]) == ("s", found.source)


def test_time_comes_from_the_repetition_time_else(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, dynamics=3, vendor="siemens")
    found = timing(image)
    assert found is not None
    assert found.source == "Repetition Time (0018,0080)"
    assert found.step == pytest.approx(image.frames["RepetitionTime"][0] / 1000)


def test_irregular_times_are_all_told(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, phases=3)
    axis = replace(image.axes[1], values=np.array([300.0, 400.0, 800.0]))
    image = replace(image, ordering=replace(image.ordering, axes=(image.axes[0], axis)))
    found = timing(image)
    assert found is not None
    assert found.step == pytest.approx(0.25)
    assert found.times == pytest.approx((0, 0.1, 0.5))
    assert sidecar(image)["VolumeTiming"] == [0, 0.1, 0.5]
    assert "RepetitionTime" not in sidecar(image)


@pytest.mark.parametrize(("times", "step"), [((40.0, 40.0), 0.04), ((40.0, 50.0), None)])
def test_a_repetition_time_that_changes_is_no_step(times: tuple[float, float], step: float | None) -> None:
    table = frame_table(2, {"MRTimingAndRelatedParametersSequence.RepetitionTime": times})
    axes = (Axis("Temporal Position Index", ("1", "2"), role="time"),)
    image: Any = SimpleNamespace(axes=axes, frames=table, ordering=SimpleNamespace(grid=np.arange(2)))
    found = timing(image)
    assert (None if found is None else found.step) == step


def test_scans_without_time_have_none(tmp_path: Path) -> None:
    assert timing(phantom_image(tmp_path, echoes=2)[1]) is None


# -- parts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "short", "expected"),
    [
        (("M", "P"), "part", ["mag", "phase"]),
        (("CONTROL", "LABEL"), "label", ["CONTROL", "LABEL"]),
        (("FFE M", "PCA P"), "scanning", ["FFEM", "PCAP"]),
        (("300", "1050"), "phase", ["300", "1050"]),
        (("35", "70"), "echo", ["1", "2"]),
        (("2.3", "23"), "x", ["1", "2"]),
        (("a", "A"), "x", ["1", "2"]),
        (("", "iso"), "x", ["1", "2"]),
        (("../up", "b"), "x", ["1", "2"]),
        (tuple(f"-{k}" for k in range(10)), "x", [f"{k:02d}" for k in range(1, 11)]),
    ],
    ids=str,
)
def test_labels_in_file_names_are_safe_and_different(labels: tuple[str, ...], short: str, expected: list[str]) -> None:
    assert safe_labels(labels, short) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Effective Echo Time", "echo"), ("Inversion Time", "inversion"), ("(2005,1429)", "2005"), ("...", "axis")],
)
def test_axes_in_file_names(name: str, expected: str) -> None:
    assert short_name(name) == expected


@pytest.mark.parametrize(
    ("wanted", "suffix"),
    [
        ("Effective Echo Time", "_echo-1"),
        ("effective echo time", "_echo-1"),
        ("effective", "_echo-1"),
        (" ECHO ", "_echo-1"),
        ("imagetype", "_part-mag"),
        ("label", "_label-CONTROL"),
        ("dyn,echo", None),
        ("type", None),
        ("time", "_echo-1"),
    ],
)
def test_axes_are_found_by_name_or_the_beginning_of_a_word(tmp_path: Path, wanted: str, suffix: str | None) -> None:
    """'type' begins a word of ImageTypeMR and of Label Type."""
    _, image = phantom_image(tmp_path, echoes=2, types=("M", "P"), labels=2)
    if suffix is None:
        problem = "fits several dimensions" if wanted == "type" else "is no dimension of this image"
        with pytest.raises(ArgumentError, match=rf"{problem}; use one of: .*'Label Type', 'ImageTypeMR'"):
            split(image, wanted)
        return
    first, second = split(image, wanted)
    assert first.suffix == suffix
    assert first.image.ordering.grid.shape == second.image.ordering.grid.shape == (3, 2, 2)


def test_a_whole_name_goes_before_the_beginning_of_another(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, echoes=2, types=("M", "P"))
    names = (image.axes[0].name, "Echo Number", "Echo")
    axes = tuple(replace(axis, name=name) for axis, name in zip(image.axes, names, strict=True))
    image = replace(image, ordering=replace(image.ordering, axes=axes))
    left = [part.image.axes[1].name for part in split(image, "echo")]
    assert left == ["Echo Number", "Echo Number"]
