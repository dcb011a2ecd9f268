"""NIfTI files: every voxel where the phantom says it lies, whatever the dimensions, and what the header says."""

from __future__ import annotations

import builtins
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dicome
from dicome.errors import ArgumentError, FileExistsAlreadyError, MissingPackageError, UnsupportedError
from dicome.frames.scaling import Scaling
from dicome.phantom import Phantom, write_phantom
from dicome.writers.nifti import to_nifti
from tests.support.voxels import at_voxels, slices_third

nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")

GZIP = b"\x1f\x8b"
SMALL: dict[str, Any] = {"rows": 7, "columns": 5, "slices": 3}
SLICE, TIME, ECHO = "In-Stack Position Number", "Temporal Position Index", "Effective Echo Time"


def phantom_image(folder: Path, **options: Any) -> tuple[Phantom, dicome.Image]:
    phantom = write_phantom(folder / "in.dcm", **{**SMALL, **options}, force=True)
    return phantom, dicome.open(phantom.path)


def exported(folder: Path, options: dict[str, Any], name: str = "out.nii", **export: Any) -> tuple[Phantom, Any]:
    """A phantom and its NIfTI file."""
    phantom, image = phantom_image(folder, **options)
    path, *_ = dicome.export(image, folder / name, **export)
    return phantom, nibabel.load(path)


def sidecar(folder: Path, name: str = "out") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return found


# -- where voxels lie ------------------------------------------------------------------------------------------------

PHILIPS = st.fixed_dictionaries(
    {
        "dynamics": st.integers(1, 3),
        "echoes": st.integers(1, 2),
        "types": st.sampled_from([("M",), ("M", "P"), ("R", "I"), ("M", "B0")]),
        "labels": st.sampled_from([0, 2]),
        "private": st.booleans(),
    }
)
OTHERS = st.fixed_dictionaries({"vendor": st.sampled_from(["siemens", "canon"]), "dynamics": st.integers(1, 3)})
SPACE = st.fixed_dictionaries(
    {
        "rows": st.integers(2, 9),
        "columns": st.integers(2, 9),
        "slices": st.integers(1, 4),
        "orientation": st.sampled_from(["TRA", "SAG", "COR"]),
        "reverse_slices": st.booleans(),
        "angulation": st.tuples(*[st.floats(-40, 40).map(lambda angle: round(angle, 2))] * 3),
        "frame_order": st.sampled_from(["philips", "volume", "shuffled"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(SPACE, PHILIPS | OTHERS, st.sampled_from(["out.nii", "out.nii.gz"]))
def test_every_voxel_has_its_value_and_its_place(space: dict[str, Any], other: dict[str, Any], name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        phantom, nifti = exported(Path(folder), {**space, **other}, name)
        truth = slices_third(phantom, phantom.values)
        found = nifti.get_fdata()
        assert found.shape == (phantom.options.columns, phantom.options.rows, *truth.shape[2:])
        expected = at_voxels(truth, phantom.affine, nifti.affine, found.shape)
        assert np.allclose(found, expected, rtol=1e-6, atol=1e-6 * np.abs(truth).max())
        # The same handedness for all: FSL's "radiological" storage.
        assert np.linalg.det(nifti.affine) < 0
        # Its quaternion, of 32-bit floats, is half as exact for turns near 180 degrees.
        assert np.allclose(nifti.get_qform(), nifti.affine, atol=5e-3)


def test_to_nifti_by_hand() -> None:
    """Rows 2 mm apart along y, columns 3 mm along x, slices 5 mm along z; the first pixel at (10, 20, 30), LPS."""
    lps = np.array([[0, 3, 0, 10], [2, 0, 0, 20], [0, 0, 5, 30], [0, 0, 0, 1]], np.float64)
    # The first stored voxel is the last of 4 rows: y = 20 + 3 * 2 = 26.
    expected = [[-3, 0, 0, -10], [0, 2, 0, -26], [0, 0, 5, 30], [0, 0, 0, 1]]
    assert to_nifti(lps, 4).tolist() == expected


@pytest.mark.parametrize("orientation", ["TRA", "SAG", "COR"])
def test_numbering_slices_the_other_way_changes_nothing_in_space(tmp_path: Path, orientation: str) -> None:
    steps = []
    for reverse in (False, True):
        _, nifti = exported(tmp_path, {"orientation": orientation, "reverse_slices": reverse}, f"{reverse}.nii")
        steps.append(nifti.affine[:3, 2])
    assert np.allclose(steps[0], steps[1], atol=1e-5)


def test_one_slice_keeps_its_thickness(tmp_path: Path) -> None:
    phantom, nifti = exported(tmp_path, {"slices": 1, "dynamics": 2})
    assert nifti.shape == (5, 7, 1, 2)
    truth = phantom.values[:, :, None]
    assert np.allclose(nifti.get_fdata(), at_voxels(truth, phantom.affine, nifti.affine, nifti.shape), rtol=1e-6)


def test_dimensions_follow_order_and_combine(tmp_path: Path) -> None:
    options = {"dynamics": 3, "echoes": 2, "types": ("M", "P")}
    phantom, nifti = exported(tmp_path, options, order=[1, 2, 3, 6, 5, 4])
    assert phantom.names == (SLICE, TIME, "ImageTypeMR", ECHO)
    truth = slices_third(phantom, phantom.values)
    expected = at_voxels(truth, phantom.affine, nifti.affine, nifti.shape)
    assert np.allclose(nifti.get_fdata(), expected.transpose(0, 1, 2, 5, 4, 3), rtol=1e-6, atol=1e-3)
    _, nifti = exported(tmp_path, options, "combined.nii", combine=[0, 0, 0, 0, 0, 1])
    assert np.allclose(nifti.get_fdata(), expected.reshape(*expected.shape[:4], 4, order="F"), rtol=1e-6, atol=1e-3)
    names = [dimension["name"] for dimension in sidecar(tmp_path, "combined")["dicome_dimensions"]]
    assert names == [TIME, f"ImageTypeMRx{ECHO}"]


def test_slices_may_stand_anywhere_in_order(tmp_path: Path) -> None:
    _, last = exported(tmp_path, {"dynamics": 2}, order=["Column", "Row", TIME, SLICE])
    _, third = exported(tmp_path, {"dynamics": 2}, "third.nii")
    assert np.array_equal(last.get_fdata(), third.get_fdata())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": [2, 1, 3, 4]}, "leave Column, Row in front"),
        ({"combine": [0, 1, 0, 0]}, "'Column' and 'Row'"),
        ({"combine": [0, 0, 1, 0]}, "'Row' and 'In-Stack Position Number'"),
        ({"combine": [0, 0, 0, 1]}, "'In-Stack Position Number' and 'Temporal Position Index'.*combine other"),
        ({"full_info": True}, "full_info"),
        ({"v73": True}, "v73"),
        ({"compress": True}, r"\.nii\.gz"),
        ({"split": "echo"}, "split 'echo' is no dimension of this image; use one of: 'In-Stack"),
        ({"split": ""}, "split '' is no dimension"),
        ({"scale": "wrong"}, "unknown scale 'wrong'"),
    ],
    ids=str,
)
def test_what_the_format_cannot_do_is_an_error(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    _, image = phantom_image(tmp_path, dynamics=2)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ArgumentError, match=message):
        dicome.export(image, tmp_path / "out.nii", **options)
    assert sorted(tmp_path.iterdir()) == before


def test_more_than_seven_dimensions_are_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    options = {"dynamics": 2, "phases": 2, "labels": 2, "types": ("M", "P"), "echoes": 2}
    phantom, image = phantom_image(tmp_path, **options)
    with pytest.raises(ArgumentError, match=r"8 dimensions \(Column, Row, In-Stack.*7 at most.*--split.*--combine"):
        dicome.export(image, tmp_path / "out.nii")
    written = [path for path in dicome.export(image, tmp_path / "out.nii", split="echo") if path.suffix == ".nii"]
    assert [path.name for path in written] == ["out_echo-1.nii", "out_echo-2.nii"]
    assert nibabel.load(written[0]).shape == (5, 7, 3, 2, 2, 2, 2)
    path, *_ = dicome.export(image, tmp_path / "out.nii", combine=[0, 0, 0, 0, 0, 0, 0, 1])
    assert nibabel.load(path).shape == (5, 7, 3, 2, 2, 2, 4)
    assert phantom.stored.ndim == 8


def test_a_dimension_longer_than_the_header_can_say_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dicome.writers.nifti.LONGEST_DIMENSION", 7)
    _, image = phantom_image(tmp_path, dynamics=8)
    with pytest.raises(ArgumentError, match=r"'Temporal Position Index' has 8 positions.*7 at most"):
        dicome.export(image, tmp_path / "out.nii")


# -- values ----------------------------------------------------------------------------------------------------------


def test_one_scale_for_all_frames_keeps_the_stored_integers(tmp_path: Path) -> None:
    phantom, nifti = exported(tmp_path, {"types": ("P",)})
    assert nifti.get_data_dtype() == np.int16
    stored = at_voxels(phantom.stored, phantom.affine, nifti.affine, nifti.shape)
    assert np.array_equal(nifti.dataobj.get_unscaled(), stored)
    # FP = (PV - SI) / SS
    assert nifti.dataobj.slope == pytest.approx(1 / phantom.scale_slope[0], rel=1e-6)
    assert nifti.dataobj.inter == pytest.approx(-phantom.scale_intercept[0] / phantom.scale_slope[0], rel=1e-6)


def test_scales_that_differ_between_frames_give_float32(tmp_path: Path) -> None:
    phantom, nifti = exported(tmp_path, {"types": ("M",)})
    assert len(set(phantom.scale_slope.ravel().tolist())) > 1
    assert nifti.get_data_dtype() == np.float32
    assert (nifti.dataobj.slope, nifti.dataobj.inter) == (1, 0)


@pytest.mark.parametrize("different", ["slope", "intercept"])
def test_one_different_frame_gives_float32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, different: str) -> None:
    phantom, image = phantom_image(tmp_path)
    numbers = {"slope": np.full(3, 2.0), "intercept": np.full(3, -1.0)}
    numbers[different][phantom.item_numbers[1] - 1] += 0.5
    monkeypatch.setattr(dicome.Image, "scaling", lambda *_: Scaling("dv", numbers["slope"], numbers["intercept"]))
    path, *_ = dicome.export(image, tmp_path / "out.nii")
    nifti = nibabel.load(path)
    stored = at_voxels(phantom.stored, phantom.affine, nifti.affine, nifti.shape).astype(float)
    expected = 2 * stored - 1
    expected[:, :, 1] += 0.5 * (stored[:, :, 1] if different == "slope" else 1)
    assert np.array_equal(nifti.get_fdata(), expected)


@pytest.mark.parametrize("scale", ["dv", "pv"])
def test_scale_chooses_the_values(tmp_path: Path, scale: str) -> None:
    phantom, nifti = exported(tmp_path, {"types": ("M", "P")}, scale=scale)
    truth = {"dv": phantom.display, "pv": phantom.stored}[scale]
    expected = at_voxels(truth, phantom.affine, nifti.affine, nifti.shape)
    assert np.allclose(nifti.get_fdata(), expected, rtol=1e-6, atol=1e-3)
    assert nifti.get_data_dtype() == {"dv": np.float32, "pv": np.int16}[scale]
    assert sidecar(tmp_path)["dicome_scale"]["kind"] == scale


def test_large_unsigned_values_stay_unsigned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, image = phantom_image(tmp_path, types=("P",))
    read = dicome.Image.read_grid

    def brighter(self: dicome.Image, *arguments: Any, **options: Any) -> Any:
        array = read(self, *arguments, **options)
        array[0, 0, 0] = 40000
        return array

    monkeypatch.setattr(dicome.Image, "read_grid", brighter)
    path, *_ = dicome.export(image, tmp_path / "out.nii")
    nifti = nibabel.load(path)
    assert nifti.get_data_dtype() == np.uint16
    assert nifti.dataobj.get_unscaled().max() == 40000


@pytest.mark.filterwarnings("ignore::dicome.errors.DicomeWarning")
def test_missing_frames_are_nan(tmp_path: Path) -> None:
    phantom, nifti = exported(tmp_path, {"dynamics": 3, "stop_after": 7, "types": ("P",)})
    assert nifti.get_data_dtype() == np.float32
    missing = phantom.item_numbers == 0
    assert missing.sum() == 2
    truth = np.where(missing, np.nan, phantom.values)
    expected = at_voxels(truth, phantom.affine, nifti.affine, nifti.shape)
    assert np.allclose(nifti.get_fdata(), expected, rtol=1e-5, atol=1e-5, equal_nan=True)


@pytest.mark.filterwarnings("ignore::dicome.errors.DicomeWarning")
def test_missing_frames_of_a_scan_without_scale_are_nan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phantom, image = phantom_image(tmp_path, dynamics=3, stop_after=7)
    monkeypatch.setattr(dicome.Image, "scaling", lambda *_: Scaling("pv", np.ones(7), np.zeros(7)))
    path, *_ = dicome.export(image, tmp_path / "out.nii")
    nifti = nibabel.load(path)
    truth = np.where(phantom.item_numbers == 0, np.nan, phantom.stored)
    expected = at_voxels(truth, phantom.affine, nifti.affine, nifti.shape)
    assert np.array_equal(nifti.get_fdata(), expected, equal_nan=True)


@pytest.mark.filterwarnings("ignore::dicome.errors.DicomeWarning")
def test_integers_have_no_missing_frames(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, dynamics=3, stop_after=7)
    with pytest.raises(ArgumentError, match=r"a frame is missing.*incomplete='trim'"):
        dicome.export(image, tmp_path / "out.nii", scale="pv")


@pytest.mark.filterwarnings("ignore::dicome.errors.DicomeWarning")
def test_a_part_without_some_slices_lies_where_the_others_do(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, dynamics=3, stop_after=7, reverse_slices=True)
    files = [path for path in dicome.export(image, tmp_path / "out.nii", split="temporal") if path.suffix == ".nii"]
    first, _, last = (nibabel.load(path) for path in files)
    assert np.array_equal(first.affine, last.affine)
    # Of the last dynamic, slice 1 alone was acquired; slices were numbered against the normal.
    assert np.isfinite(last.get_fdata()).all(axis=(0, 1)).tolist() == [False, False, True]


# -- header ----------------------------------------------------------------------------------------------------------


def test_header_says_what_the_file_is(tmp_path: Path) -> None:
    phantom, nifti = exported(tmp_path, {"dynamics": 3, "spacing": (2.25, 2.5, 4.4)})
    header = nifti.header
    assert (int(header["qform_code"]), int(header["sform_code"])) == (1, 1)
    assert header.get_xyzt_units() == ("mm", "sec")
    begins = np.unique(phantom.columns["MRImageDynamicScanBeginTime"])
    assert header.get_zooms() == pytest.approx((2.5, 2.25, 4.4, begins[1] - begins[0]), rel=1e-5)
    assert header["descrip"].item().decode() == f"dicome {dicome.__version__}"
    # Phase runs along the rows of a Philips phantom, or down its columns: read again from the file.
    direction = dicome.open(phantom.path).frames["InPlanePhaseEncodingDirection"][0]
    assert header.get_dim_info() == {"ROW": (1, 0, 2), "COLUMN": (0, 1, 2)}[direction]


def test_dimensions_that_are_not_time_have_no_seconds(tmp_path: Path) -> None:
    _, nifti = exported(tmp_path, {"echoes": 2})
    assert nifti.header.get_xyzt_units() == ("mm", "unknown")
    assert nifti.header.get_zooms()[3] == 1


def test_time_keeps_its_step_behind_another_dimension(tmp_path: Path) -> None:
    _, nifti = exported(
        tmp_path, {"echoes": 3, "phases": 2}, order=["Column", "Row", SLICE, ECHO, "Trigger Delay Time"]
    )
    assert nifti.shape[3:] == (3, 2)
    assert nifti.header.get_zooms()[3:] == (1, 0.25)
    assert nifti.header.get_xyzt_units() == ("mm", "unknown")


# -- files -----------------------------------------------------------------------------------------------------------


def test_split_writes_a_file_per_position(tmp_path: Path) -> None:
    phantom, image = phantom_image(tmp_path, echoes=2, types=("M", "P"), dynamics=2)
    files = dicome.export(image, tmp_path / "a.b.nii.gz", split="type, echo")
    assert [path.name for path in files] == [
        name
        for stem in ("a.b_part-mag_echo-1", "a.b_part-mag_echo-2", "a.b_part-phase_echo-1", "a.b_part-phase_echo-2")
        for name in (f"{stem}.nii.gz", f"{stem}.json")
    ]
    for kind in (0, 1):
        for echo in (0, 1):
            nifti = nibabel.load(files[4 * kind + 2 * echo])
            expected = at_voxels(phantom.values[..., kind, echo], phantom.affine, nifti.affine, nifti.shape)
            assert np.allclose(nifti.get_fdata(), expected, rtol=1e-6, atol=1e-3)
    second = sidecar(tmp_path, "a.b_part-phase_echo-2")
    assert second["EchoTime"] == pytest.approx(phantom.echo_times[1] / 1000)
    assert second["ImageType"][-1] == "PHASE"
    assert [dimension["name"] for dimension in second["dicome_dimensions"]] == [TIME]


def test_stacks_go_into_files_of_their_own(tmp_path: Path) -> None:
    phantom, image = phantom_image(tmp_path, slices=(3, 3), echoes=2)
    with pytest.raises(UnsupportedError, match=r"one affine.*several stacks.*--split stack"):
        dicome.export(image, tmp_path / "out.nii")
    files = [path for path in dicome.export(image, tmp_path / "out.nii", split="stack") if path.suffix == ".nii"]
    assert [path.name for path in files] == ["out_stack-1.nii", "out_stack-2.nii"]
    for stack, path in enumerate(files):
        nifti = nibabel.load(path)
        expected = at_voxels(phantom.values[:, :, stack], phantom.affines[stack], nifti.affine, nifti.shape)
        assert np.allclose(nifti.get_fdata(), expected, rtol=1e-6)


def test_stacks_can_be_split_further(tmp_path: Path) -> None:
    phantom, image = phantom_image(tmp_path, slices=(3, 3), echoes=2)
    files = [path for path in dicome.export(image, tmp_path / "out.nii", split="stack,echo") if path.suffix == ".nii"]
    assert [path.name for path in files] == [f"out_stack-{s}_echo-{e}.nii" for s in (1, 2) for e in (1, 2)]
    last = nibabel.load(files[3])
    expected = at_voxels(phantom.values[:, :, 1, :, 1], phantom.affines[1], last.affine, last.shape)
    assert np.allclose(last.get_fdata(), expected, rtol=1e-6)


def test_stacks_of_unequal_length_are_taken_apart(tmp_path: Path) -> None:
    phantom, image = phantom_image(tmp_path, slices=(1, 3))
    assert phantom.names == ("Stack ID/In-Stack Position Number",)
    with pytest.raises(UnsupportedError, match=r"one affine.*--split stack"):
        dicome.export(image, tmp_path / "out.nii")
    files = [path for path in dicome.export(image, tmp_path / "out.nii", split="stack") if path.suffix == ".nii"]
    shapes = []
    for stack, path in enumerate(files):
        nifti = nibabel.load(path)
        shapes.append(nifti.shape)
        mine = [k for k, label in enumerate(phantom.axes[0].labels) if label.startswith(f"{stack + 1} ")]
        expected = at_voxels(phantom.values[:, :, mine], phantom.affines[stack], nifti.affine, nifti.shape)
        assert np.allclose(nifti.get_fdata(), expected, rtol=1e-6)
    assert shapes == [(5, 7, 1), (5, 7, 3)]


def test_slices_can_be_split_too(tmp_path: Path) -> None:
    phantom, image = phantom_image(tmp_path, reverse_slices=True)
    files = [path for path in dicome.export(image, tmp_path / "out.nii", split="in-stack") if path.suffix == ".nii"]
    assert [path.name for path in files] == ["out_slice-1.nii", "out_slice-2.nii", "out_slice-3.nii"]
    for number, path in enumerate(files):
        nifti = nibabel.load(path)
        truth = phantom.affine.copy()
        truth[:3, 3] += number * truth[:3, 2]
        expected = at_voxels(phantom.values[:, :, number : number + 1], truth, nifti.affine, nifti.shape)
        assert np.allclose(nifti.get_fdata(), expected, rtol=1e-6)


def test_an_image_without_geometry_is_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, image = phantom_image(tmp_path)
    monkeypatch.setattr("dicome.image.planes", lambda _: None)
    with pytest.raises(UnsupportedError, match=r"some frame lacks Image Position.*write \.mat"):
        dicome.export(image, tmp_path / "out.nii")


def test_all_targets_are_checked_before_the_first_is_written(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, echoes=2)
    precious = tmp_path / "out_echo-2.json"
    precious.write_text("precious")
    before = sorted(tmp_path.iterdir())
    calls: list[int] = []
    with pytest.raises(FileExistsAlreadyError, match=r"out_echo-2\.json: exists already"):
        dicome.export(image, tmp_path / "out.nii", split="echo", progress=lambda done, _: calls.append(done))
    assert sorted(tmp_path.iterdir()) == before
    assert calls == []
    assert precious.read_text() == "precious"
    assert len(dicome.export(image, tmp_path / "out.nii", split="echo", force=True)) == 4


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, image = phantom_image(tmp_path, echoes=2)
    before = sorted(tmp_path.iterdir())
    written = nibabel.Nifti1Image.to_stream
    count = 0

    def failing(self: Any, stream: Any) -> None:
        nonlocal count
        count += 1
        if count > 1:
            raise KeyboardInterrupt
        written(self, stream)

    monkeypatch.setattr(nibabel.Nifti1Image, "to_stream", failing)
    with pytest.raises(KeyboardInterrupt):
        dicome.export(image, tmp_path / "out.nii", split="echo")
    assert sorted(tmp_path.iterdir()) == before


def test_compressed_files_are_the_same_every_time(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path, rows=32, columns=32)
    first, second, small = (
        dicome.export(image, tmp_path / f"{name}.nii.gz", compress=name == "c")[0].read_bytes() for name in "abc"
    )
    assert first == second
    assert first[:2] == GZIP
    # No time stamp (RFC 1952, bytes 5 to 8).
    assert first[4:8] == bytes(4)
    assert len(small) < len(first)


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    _, image = phantom_image(tmp_path)
    files = dicome.export(image, tmp_path / "A.NII.GZ")
    assert [path.name for path in files] == ["A.NII.GZ", "A.json"]
    assert files[0].read_bytes()[:2] == GZIP


def test_progress_runs_through_all_files(tmp_path: Path) -> None:
    phantom, image = phantom_image(tmp_path, echoes=2)
    told: list[tuple[int, int]] = []
    dicome.export(image, tmp_path / "out.nii", split="echo", progress=lambda *both: told.append(both))
    assert told == sorted(told)
    assert told[-1] == (phantom.frame_count, phantom.frame_count)
    assert {total for _, total in told} == {6}


def test_voxels_are_written_block_by_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress goes on and Ctrl-C is heard meanwhile; nibabel writes the last dimension position by position."""
    _, image = phantom_image(tmp_path, echoes=2)
    (usual,) = (path.read_bytes() for path in dicome.export(image, tmp_path / "usual.nii")[:1])
    told: list[int] = []
    stopped = tmp_path / "stopped.nii.gz"

    def stop(done: int, total: int) -> None:
        told.append(done)
        if total > done >= total - 1:
            raise KeyboardInterrupt

    monkeypatch.setattr("dicome.writers.nifti.BLOCK_BYTES", 16)
    with pytest.raises(KeyboardInterrupt):
        dicome.export(image, stopped, progress=stop)
    assert not stopped.exists()
    assert {1, 2, 3, 4, 5} <= set(told)
    dicome.export(image, tmp_path / "blocks.nii")
    assert (tmp_path / "blocks.nii").read_bytes() == usual


def test_without_nibabel_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, image = phantom_image(tmp_path)
    usual = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("nibabel"):
            raise ImportError(name)
        return usual(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingPackageError, match=r"pip install 'dicome\[nifti\]'"):
        dicome.export(image, tmp_path / "out.nii")


def test_a_path_stands_for_its_scan(tmp_path: Path) -> None:
    scan = write_phantom(tmp_path / "scän 1.dcm", rows=6, columns=5, slices=3).path
    for path in (scan, str(scan)):
        assert dicome.export(path, tmp_path / "out.nii", force=True)[0] == tmp_path / "out.nii"
        assert nibabel.load(tmp_path / "out.nii").shape == (5, 6, 3)
