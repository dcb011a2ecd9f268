"""The image of phantoms, whose truth is known from their plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dicome
from dicome.assemble import read_frames
from dicome.errors import ArgumentError, DamagedFileError, GridError, SeriesError
from dicome.phantom import Phantom

# Philips, every dimension at once; time fastest in the file; then the same in other encodings and orders.
SCANS: dict[str, dict[str, Any]] = {
    "dynamics, types and echoes": {"slices": 4, "echoes": 3, "types": ("M", "P"), "dynamics": 2},
    "shuffled": {"slices": 4, "echoes": 3, "types": ("M", "P"), "dynamics": 2, "frame_order": "shuffled"},
    "volume by volume": {"slices": 4, "dynamics": 3, "frame_order": "volume"},
    "implicit": {"slices": 3, "dynamics": 3, "transfer_syntax": "implicit"},
    "defined lengths": {"slices": 3, "dynamics": 3, "undefined_lengths": False},
    "blocks of R11": {"slices": 3, "dynamics": 3, "moved_blocks": True},
    "columns of the index swapped": {"slices": 4, "dynamics": 3, "swap_dimensions": True},
    "index with gaps": {"slices": 4, "dynamics": 3, "gaps": True},
    "control and label": {"slices": 3, "dynamics": 4, "labels": 2},
    "field map": {"slices": 3, "types": ("M", "B0")},
    "sagittal": {"slices": 3, "orientation": "SAG", "reverse_slices": True},
    "coronal": {"slices": 3, "orientation": "COR"},
    "canon": {"vendor": "canon", "slices": 4, "dynamics": 3},
    "siemens": {"vendor": "siemens", "slices": 4, "dynamics": 3},
    "one frame": {"slices": 1},
    "private groups stripped": {"slices": 3, "dynamics": 2, "private": False},
    "heart phases": {"slices": 3, "phases": 4},
    "repeats": {"slices": 3, "repeats": 2},
    "diffusion": {"slices": 3, "b_values": (0, 1000), "directions": 6, "trace": True},
    "no index": {"slices": 4, "dynamics": 3, "echoes": 2, "dimension_index": "none"},
}


def written(tmp_path: Path, **options: Any) -> tuple[Phantom, dicome.Image]:
    phantom = dicome.write_phantom(tmp_path / "scan.dcm", rows=12, columns=10, **options)
    return phantom, dicome.open(phantom.path)


@pytest.mark.parametrize("options", SCANS.values(), ids=SCANS.keys())
def test_every_voxel_is_where_the_plan_has_it(options: dict[str, Any], tmp_path: Path) -> None:
    phantom, image = written(tmp_path, **options)
    assert image.shape == phantom.stored.shape
    assert np.array_equal(image.item_numbers, phantom.item_numbers)
    assert np.array_equal(image.array("pv"), phantom.stored)
    assert image.scale == phantom.scale
    np.testing.assert_allclose(image.array(), phantom.values, rtol=1e-6, atol=1e-5 * np.abs(phantom.values).max())
    assert image.affine is not None
    np.testing.assert_allclose(image.affine, phantom.affine, atol=1e-4)


@pytest.mark.parametrize("options", SCANS.values(), ids=SCANS.keys())
def test_matlab_order_in_memory_holds_the_same(options: dict[str, Any], tmp_path: Path) -> None:
    _, image = written(tmp_path, **options)
    array = image.array(fortran=True)
    assert array.flags.f_contiguous
    assert np.array_equal(array, image.array())


def test_axes_have_names_labels_values_and_units(tmp_path: Path) -> None:
    phantom, image = written(tmp_path, slices=3, echoes=2, types=("M", "P"))
    assert image.names == ("Column", "Row", "In-Stack Position Number", "ImageTypeMR", "Effective Echo Time")
    assert image.labels[1] == ("M", "P")
    echo = image.axes[2]
    assert echo.unit == "ms"
    assert echo.values is not None
    assert echo.values.tolist() == list(phantom.echo_times) == image.echo_times.tolist()


def test_parts_read_only_what_they_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, image = written(tmp_path, slices=4, dynamics=3)
    whole = image.array()
    seen: list[int] = []

    def counting(parts: Any, wanted: Any, *rest: Any) -> Any:
        seen.append(int(np.size(wanted)))
        return read_frames(parts, wanted, *rest)

    monkeypatch.setattr("dicome.image.read_frames", counting)
    keys: list[tuple[Any, int]] = [
        ((..., 1), 4),
        ((slice(None), slice(None), 2), 3),
        ((5, slice(2, 4), slice(None, None, 2), -1), 2),
        (Ellipsis, 12),
        ((3,), 12),
        ((..., slice(0, 0)), 0),
    ]
    for key, count in keys:
        assert np.array_equal(image[key], whole[key])
        assert seen.pop() == count


@pytest.mark.parametrize("key", [(0, 0, 0, 0, 0), (..., ...), ([0, 1],), "x"])
def test_impossible_parts_are_refused(key: Any, tmp_path: Path) -> None:
    _, image = written(tmp_path, slices=2, dynamics=2)
    with pytest.raises(ArgumentError):
        image[key]


def test_single_frames_by_their_number(tmp_path: Path) -> None:
    phantom, image = written(tmp_path, slices=3, dynamics=2)
    number = int(phantom.item_numbers[2, 1])
    assert np.array_equal(image.frame(number, "pv"), phantom.stored[:, :, 2, 1])
    for wrong in (0, 7):
        with pytest.raises(ArgumentError, match="numbers start at 1"):
            image.frame(wrong)


def test_dtype_and_scale_of_the_result(tmp_path: Path) -> None:
    phantom, image = written(tmp_path, slices=2)
    assert image.array().dtype == np.float32
    assert image.array(dtype=np.float64).dtype == np.float64
    assert image.array("pv").dtype == np.uint16
    np.testing.assert_allclose(image.array("dv"), phantom.display, rtol=1e-6)


def stopped(tmp_path: Path) -> Phantom:
    return dicome.write_phantom(
        tmp_path / "stopped.dcm", rows=8, columns=6, slices=4, dynamics=3, frame_order="volume", stop_after=10
    )


def test_a_stopped_scan_is_padded_with_a_warning(tmp_path: Path) -> None:
    phantom = stopped(tmp_path)
    with pytest.warns(dicome.DicomeWarning, match="2 of 12 frames"):
        image = dicome.open(phantom.path)
    assert image.shape == (8, 6, 4, 3)
    assert image.item_numbers[:, 2].tolist() == [9, 10, 0, 0]
    values = image.array()
    assert np.isnan(values[:, :, 2:, 2]).all()
    assert np.isfinite(values[:, :, :2]).all()
    assert not image.array("pv")[:, :, 2:, 2].any()
    assert np.array_equal(image.array("pv"), phantom.stored)


def test_a_stopped_scan_is_trimmed_or_refused_when_asked(tmp_path: Path) -> None:
    phantom = stopped(tmp_path)
    with pytest.warns(dicome.DicomeWarning):
        image = dicome.open(phantom.path, incomplete="trim")
    assert image.shape == (8, 6, 4, 2)
    assert np.array_equal(image.array("pv"), phantom.stored[..., :2])
    with pytest.raises(GridError):
        dicome.open(phantom.path, incomplete="error")


def test_pixels_cut_short_are_an_error_but_whole_frames_can_be_read(tmp_path: Path) -> None:
    phantom = dicome.write_phantom(tmp_path / "scan.dcm", rows=12, columns=10, slices=4)
    data = phantom.path.read_bytes()
    cut = tmp_path / "cut.dcm"
    cut.write_bytes(data[: -12 * 10 * 2 - 30])
    image = dicome.open(cut)
    with pytest.raises(DamagedFileError, match=r"4, but the pixels of only 2 are there"):
        image.array()
    assert np.array_equal(image.frame(1, "pv"), phantom.stored[:, :, 0])


def test_diffusion_gradients_per_volume(tmp_path: Path) -> None:
    _, image = written(tmp_path, slices=3, b_values=(0, 700), directions=6)
    assert image.bvals is not None
    assert image.bvecs is not None
    assert sorted(image.bvals.tolist()) == [0] + [700] * 6
    lengths = np.linalg.norm(image.bvecs, axis=-1)
    np.testing.assert_allclose(lengths, np.where(image.bvals > 0, 1, 0), atol=1e-6)


def test_images_without_diffusion_have_no_gradients(tmp_path: Path) -> None:
    _, image = written(tmp_path, slices=2)
    assert image.bvals is None
    assert image.bvecs is None


def test_two_stacks_keep_their_frames(tmp_path: Path) -> None:
    phantom, image = written(tmp_path, slices=(3, 2), dynamics=2)
    assert np.array_equal(np.sort(image.item_numbers.ravel()), np.arange(1, 11))
    assert image.affine is None or len(phantom.affines) == 1
    assert image.evidence_of_affine


def test_an_xarray_has_names_and_coordinates(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    phantom, image = written(tmp_path, slices=3, echoes=2, types=("M", "P"))
    array = image.to_xarray()
    assert isinstance(array, xarray.DataArray)
    assert array.dims == ("row", "column", "In-Stack Position Number", "ImageTypeMR", "Effective Echo Time")
    assert array.coords["ImageTypeMR"].values.tolist() == ["M", "P"]
    assert array.coords["Effective Echo Time"].values.tolist() == list(phantom.echo_times)
    assert array.coords["Effective Echo Time"].attrs["units"] == "ms"
    assert np.array_equal(array.values, image.array())


def test_concatenations_are_put_together(tmp_path: Path) -> None:
    """Two files of one series, the second written later in time, opened in the wrong order."""
    series = {"SeriesInstanceUID": "2.25.77"}
    one = dicome.write_phantom(tmp_path / "b.dcm", rows=8, columns=8, slices=2, series={**series, "InstanceNumber": 1})
    two = dicome.write_phantom(
        tmp_path / "a.dcm", rows=8, columns=8, slices=2, seed=9, series={**series, "InstanceNumber": 2}
    )
    image = dicome.open([two.path, one.path])
    assert [file.path.name for file in image.series.files] == ["b.dcm", "a.dcm"]
    assert image.frames.frame_count == 4


def test_files_of_different_size_do_not_mix(tmp_path: Path) -> None:
    uid = {"SeriesInstanceUID": "2.25.77"}
    one = dicome.write_phantom(tmp_path / "a.dcm", rows=8, columns=8, slices=2, series=uid)
    two = dicome.write_phantom(tmp_path / "b.dcm", rows=10, columns=8, slices=2, series=uid)
    with pytest.raises(SeriesError, match=r"Rows \(0028,0010\) is 8 in a\.dcm but 10 in b\.dcm"):
        dicome.open([one.path, two.path])


def test_a_file_without_frame_items_is_one_frame(tmp_path: Path) -> None:
    import pydicom

    phantom = dicome.write_phantom(tmp_path / "scan.dcm", rows=8, columns=8, slices=1)
    data_set = pydicom.dcmread(phantom.path)
    del data_set.PerFrameFunctionalGroupsSequence, data_set.SharedFunctionalGroupsSequence, data_set.NumberOfFrames
    data_set.save_as(tmp_path / "classic.dcm")
    assert np.array_equal(dicome.open(tmp_path / "classic.dcm").array("pv"), data_set.pixel_array)


def test_an_image_says_what_it_is(tmp_path: Path) -> None:
    _, image = written(tmp_path, slices=3, dynamics=2)
    assert repr(image) == (
        "<Image scan.dcm: Column 12, Row 10, In-Stack Position Number 3, Temporal Position Index 2; fp>"
    )
