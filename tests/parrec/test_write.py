"""Images as PAR/REC: versions, orders, what is defaulted, what is refused, and what is left when something fails."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

import dicome
from dicome.errors import (
    ArgumentError,
    DamagedFileError,
    DicomeWarning,
    FileExistsAlreadyError,
    FileMissingError,
    UnsupportedError,
)
from dicome.parrec import open_rec, read_par
from dicome.parrec.text import par_text
from tests.classic.splitting import split

VERSIONS = ("V4.2", "V4.1", "V4", "V3")


def phantom(folder: Path, **options: Any) -> Path:
    dicome.write_phantom(folder / "scan.dcm", **{"rows": 6, "columns": 4, "slices": 3, **options})
    return folder / "scan.dcm"


def quietly(path: Path, target: Path, **options: Any) -> list[Path]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DicomeWarning)
        return dicome.write_par(path, target, **options)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_pair_of_every_version_reads_as_the_image(tmp_path: Path, version: str) -> None:
    path = phantom(tmp_path, echoes=2, dynamics=3)
    files = dicome.write_par(path, tmp_path / "scan.PAR", version=version, check=True)
    assert files == [tmp_path / "scan.PAR", tmp_path / "scan.REC"]
    par, image = dicome.open(files[0]), dicome.open(path)
    assert read_par(files[0]).version == version
    assert (par.shape, par.names, par.labels) == (image.shape, image.names, image.labels)
    assert np.array_equal(par.array("pv"), image.array("pv"))
    assert np.allclose(par.array(), image.array(), rtol=2e-3 if version in ("V3", "V4") else 1e-5)
    assert par.affine is not None
    assert image.affine is not None
    assert np.allclose(par.affine, image.affine, atol=0.4 if version in ("V3", "V4") else 0.03)


def test_images_lie_slice_by_slice_within_volumes(tmp_path: Path) -> None:
    path = phantom(tmp_path, dynamics=2, types=("M", "P"), frame_order="shuffled")
    par = read_par(dicome.write_par(path, tmp_path / "scan.par")[0])
    assert par.images["slice_number"].tolist() == [1, 2, 3] * 4
    assert par.images["dynamic_scan_number"].tolist() == [1, 1, 1, 2, 2, 2] * 2
    assert par.images["image_type_mr"].tolist() == [0] * 6 + [3] * 6
    assert par.images["index_in_rec"].tolist() == list(range(12))


def test_unsorted_keeps_the_order_of_the_input(tmp_path: Path) -> None:
    path = phantom(tmp_path, dynamics=2, frame_order="shuffled")
    par = read_par(dicome.write_par(path, tmp_path / "scan.PAR", sort=False)[0])
    image = dicome.open(path)
    assert par.images["slice_number"].tolist() == image.frames["ImagePlaneNumber"].tolist()
    stored = open_rec(par).stored
    assert all(np.array_equal(stored[k], image.frame(k + 1, "pv")) for k in range(6))


def test_a_par_file_keeps_its_order_unless_asked(tmp_path: Path) -> None:
    path = phantom(tmp_path, dynamics=2, frame_order="shuffled")
    first = dicome.write_par(path, tmp_path / "first.PAR", sort=False, dataset="name")
    same = dicome.write_par(first[0], tmp_path / "same.PAR", dataset="name")
    assert [one.read_bytes() for one in same] == [one.read_bytes() for one in first]
    again = dicome.write_par(first[0], tmp_path / "sorted.PAR", sort=True, dataset="name")
    straight = dicome.write_par(path, tmp_path / "straight.PAR", dataset="name")
    assert [one.read_bytes() for one in again] == [one.read_bytes() for one in straight]


def test_columns_of_a_contrast_agent_stay_or_go(tmp_path: Path) -> None:
    first = dicome.write_par(phantom(tmp_path), tmp_path / "first.PAR", dataset="name")[0]
    plain = first.read_bytes()
    par = read_par(first)
    lines = plain.decode().split("\r\n")
    end = lines.index("#  label type (ASL)            (imagekey!)  (integer)")
    names = ("contrast bolus agent", "contrast bolus route", "contrast bolus volume", "contrast bolus start time")
    more = [f"#  {name:<40} (string)" for name in names]
    more += [
        "#  contrast bolus total dose                (float)",
        "#  contrast bolus ingredient                (string)",
    ]
    more += ["#  contrast bolus ingredient concentration  (float)"]
    lines[end + 1 : end + 1] = more
    lines = [f"{line} GADO - 7.5 12:30 1.00 GD 0.50" if line[:1] == " " else line for line in lines]
    first.write_text("\r\n".join(lines), newline="")
    kept = dicome.write_par(first, tmp_path / "kept.PAR", dataset="name")[0]
    assert kept.read_text() == first.read_text()
    gone = dicome.write_par(first, tmp_path / "gone.PAR", dataset="name", contrast=False)[0]
    assert gone.read_bytes() == plain
    assert len(read_par(gone).columns) == len(par.columns)


def test_dimensions_by_number_and_code(tmp_path: Path) -> None:
    path = phantom(tmp_path, labels=2, dynamics=2)
    images = read_par(dicome.write_par(path, tmp_path / "asl.PAR")[0]).images
    assert sorted(set(images["label_type"].tolist())) == [1, 2]
    path.unlink()
    path = phantom(tmp_path, b_values=(0, 1000), directions=2, trace=True)
    images = read_par(dicome.write_par(path, tmp_path / "dti.PAR")[0]).images
    found = [tuple(row) for row in images[["b_value_number", "gradient_number"]][::3].tolist()]
    assert found == [(2, 1), (2, 2), (1, 3), (2, 3)]
    path.unlink()
    path = phantom(tmp_path, types=("M", "B0"), phases=1)
    images = read_par(dicome.write_par(path, tmp_path / "b0.PAR")[0]).images
    assert [tuple(row) for row in images[["image_type_mr", "scanning_sequence"]][::3].tolist()] == [(0, 2), (18, 5)]


def test_cardiac_phases(tmp_path: Path) -> None:
    path = phantom(tmp_path, phases=4)
    par = dicome.open(dicome.write_par(path, tmp_path / "cine.PAR", check=True)[0])
    image = dicome.open(path)
    assert par.shape == image.shape
    assert np.array_equal(par.array("pv"), image.array("pv"))


@pytest.mark.parametrize("orientation", ["TRA", "SAG", "COR"])
def test_several_stacks_lie_where_they_lay(tmp_path: Path, orientation: str) -> None:
    path = phantom(tmp_path, slices=[3, 2], orientation=orientation)
    par, image = dicome.open(dicome.write_par(path, tmp_path / "scan.PAR")[0]), dicome.open(path)
    assert par.frames["ImagePlaneNumber"].tolist() == [1, 2, 3, 4, 5]
    assert np.allclose(_positions(par), _positions(image), atol=0.02)
    corners = "PrivatePerFrameSq.ImagePositionPatient"
    assert np.allclose(par.frames[corners], image.frames[corners], atol=0.02)
    assert np.array_equal(par.array("pv"), image.array("pv"))


def _positions(image: dicome.Image) -> NDArray[np.float64]:
    return image.frames["PlanePositionSequence.ImagePositionPatient"]


@pytest.mark.parametrize("orientation", ["TRA", "SAG", "COR"])
@pytest.mark.parametrize("reverse", [False, True])
def test_stripped_files_have_angles_from_their_direction_cosines(
    tmp_path: Path, orientation: str, reverse: bool
) -> None:
    path = phantom(
        tmp_path, private=False, orientation=orientation, angulation=(-12.5, 27.25, 33.5), reverse_slices=reverse
    )
    with pytest.warns(DicomeWarning, match="a default is written: .*Water Fat shift") as caught:
        files = dicome.write_par(path, tmp_path / "scan.PAR", check=True)
    assert "FP = DV" in str(caught[0].message)
    par, image = dicome.open(files[0]), dicome.open(path)
    assert par.affine is not None
    assert image.affine is not None
    assert np.allclose(par.affine, image.affine, atol=0.03)
    assert np.allclose(par.array(), image.array("dv"), rtol=1e-4, atol=1e-3)
    angles = read_par(files[0]).general["angulation"]
    assert np.allclose(angles, (-12.5, 27.25, 33.5), atol=0.01)


@pytest.mark.parametrize("vendor", ["siemens", "canon"])
def test_other_vendors_from_public_attributes(tmp_path: Path, vendor: str) -> None:
    path = phantom(tmp_path, vendor=vendor, dynamics=3)
    files = quietly(path, tmp_path / "scan.PAR", check=True)
    par, image = dicome.open(files[0]), dicome.open(path)
    assert read_par(files[0]).images["dynamic_scan_number"].max() == 3
    slices = image.names.index("In-Stack Position Number")
    assert np.array_equal(par.array("pv"), np.moveaxis(image.array("pv"), slices, 2))


def test_a_stopped_scan_is_written_as_far_as_it_goes(tmp_path: Path) -> None:
    path = phantom(tmp_path, dynamics=3, stop_after=7)
    files = quietly(path, tmp_path / "scan.PAR")
    with pytest.warns(DicomeWarning, match="left empty"):
        image = dicome.open(path)
    with pytest.warns(DicomeWarning, match="left empty"):
        par = dicome.open(files[0])
    assert len(read_par(files[0])) == 7
    assert par.shape == image.shape
    assert np.array_equal(par.array("pv"), image.array("pv"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"series": {"Modality": "CT"}}, "CT, and PAR/REC files are of MR"),
        ({"repeats": 2}, "frames 1 and . would have the same keys in a PAR file"),
    ],
)
def test_what_a_par_file_would_say_wrong_is_refused(tmp_path: Path, options: Any, message: str) -> None:
    path = phantom(tmp_path, **options)
    with pytest.raises(UnsupportedError, match=message):
        quietly(path, tmp_path / "scan.PAR")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["scan.dcm"]


def test_labels_need_v42(tmp_path: Path) -> None:
    path = phantom(tmp_path, labels=2)
    with pytest.raises(UnsupportedError, match=r"which V4\.1 cannot tell apart; write V4\.2"):
        quietly(path, tmp_path / "scan.PAR", version="V4.1")


def test_slopes_that_a_version_cannot_print_are_refused(tmp_path: Path) -> None:
    path = phantom(tmp_path)
    first = dicome.write_par(path, tmp_path / "a.PAR")[0]
    slope = read_par(first).images["rescale_slope"][0]
    first.write_text(first.read_text().replace(f"{slope:9.5f}", "  0.00044"), newline="")
    with pytest.raises(UnsupportedError, match=r"rescale slope is 0\.00044, which V4 would print as 0; write V4\.2"):
        dicome.write_par(first, tmp_path / "b.PAR", version="V4")


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = phantom(tmp_path)
    (tmp_path / "scan.REC").write_text("precious")
    with pytest.raises(FileExistsAlreadyError, match=r"scan\.REC: exists already"):
        dicome.write_par(path, tmp_path / "scan.PAR")
    assert not (tmp_path / "scan.PAR").exists()
    assert (tmp_path / "scan.REC").read_text() == "precious"
    dicome.write_par(path, tmp_path / "scan.PAR", force=True)
    assert (tmp_path / "scan.REC").stat().st_size == 3 * 6 * 4 * 2


def test_wrong_names_and_places(tmp_path: Path) -> None:
    path = phantom(tmp_path)
    with pytest.raises(ArgumentError, match="a PAR file is called"):
        dicome.write_par(path, tmp_path / "scan.txt")
    with pytest.raises(ArgumentError, match=r"version 'V5'; use one of: V4\.2, V4\.1, V4, V3"):
        dicome.write_par(path, tmp_path / "scan.PAR", version="V5")
    with pytest.raises(FileMissingError, match="there is no folder"):
        dicome.write_par(path, tmp_path / "no" / "scan.PAR")


def test_check_finds_a_pixel_that_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dicome.parrec.write as module

    honest = module._write_rec

    def lying(image: Any, described: Any, path: Path, progress: Any) -> None:
        honest(image, described, path, progress)
        content = bytearray(path.read_bytes())
        content[6 * 4 * 2 + 5] ^= 1
        path.write_bytes(content)

    monkeypatch.setattr(module, "_write_rec", lying)
    path = phantom(tmp_path)
    with pytest.raises(DamagedFileError, match="image 2 is not what frame 2 of"):
        dicome.write_par(path, tmp_path / "scan.PAR", check=True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["scan.dcm"]


def test_check_finds_a_value_that_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dicome.parrec.write as module

    def lying(par: Any, version: str, dataset: str) -> str:
        return par_text(par, version, dataset).replace(f"{par.images['echo_time'][0]:7.2f}", "   1.25")

    monkeypatch.setattr(module, "par_text", lying)
    with pytest.raises(DamagedFileError, match=r"echo_time of image 1 is 1\.25, which should be"):
        dicome.write_par(phantom(tmp_path), tmp_path / "scan.PAR", check=True)


def test_progress_counts_all_frames(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    dicome.write_par(phantom(tmp_path), tmp_path / "scan.PAR", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)


def test_export_writes_pairs_and_refuses_options_of_other_formats(tmp_path: Path) -> None:
    image = dicome.open(phantom(tmp_path))
    assert [one.name for one in dicome.export(image, tmp_path / "a.par", version="V4")] == ["a.par", "a.rec"]
    with pytest.raises(ArgumentError, match="leave scale and split away"):
        dicome.export(image, tmp_path / "b.par", scale="dv", split="Echo")
    with pytest.raises(ArgumentError, match=r"only \.par files take version and check"):
        dicome.export(image, tmp_path / "b.png", version="V4", check=True)


def test_classic_files_too(tmp_path: Path) -> None:
    whole = dicome.write_phantom(tmp_path / "scan.dcm", rows=6, columns=4, slices=3, dynamics=2)
    split(whole, tmp_path / "classic")
    image = dicome.open(whole.path)
    files = quietly(tmp_path / "classic", tmp_path / "classic.PAR", check=True)
    par = dicome.open(files[0])
    assert (par.shape, par.names) == (image.shape, image.names)
    assert np.array_equal(par.array("pv"), image.array("pv"))


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ((25.0, 125.0), "25.000  125.000  "),
        ((3.8, 0.0), "3.800  "),
        (2000.0, "2000.000  "),
    ],
)
def test_repetition_times_stand_side_by_side(tmp_path: Path, values: Any, line: str) -> None:
    path = phantom(tmp_path, series={"MRSeriesRepetitionTime": values, "MRNumberOfMixes": 2})
    text = dicome.write_par(path, tmp_path / "scan.PAR")[0].read_text()
    assert f".    Repetition time [ms]               :   {line}\n" in text
    assert ".    Max. number of mixes               :   2\n" in text


@pytest.mark.parametrize(
    ("seconds", "printed"),
    [
        (65.0498, "65"),
        (11.30304, "11.3"),
        (10.4995, "10.5"),
        (11.95, "11.9"),
        (7.59, "7.59"),
        (200.0, "200"),
        (1356.4, "1356"),
    ],
)
def test_scan_durations_have_three_digits(tmp_path: Path, seconds: float, printed: str) -> None:
    path = phantom(tmp_path, series={"MRSeriesScanDuration": seconds})
    text = dicome.write_par(path, tmp_path / "scan.PAR")[0].read_text()
    assert f".    Scan Duration [sec]                :   {printed}\n" in text


def test_a_par_file_of_v3_gets_numbers_of_directions_in_v42(tmp_path: Path) -> None:
    path = phantom(tmp_path, b_values=(0, 1000), directions=3)
    old = quietly(path, tmp_path / "old.PAR", version="V3")[0]
    images = read_par(quietly(old, tmp_path / "new.PAR", check=True)[0]).images
    found = sorted(set(images[["b_value_number", "gradient_number"]].tolist()))
    assert found == [(1, 1), (2, 1), (2, 2), (2, 3)]


def test_a_series_of_a_folder(tmp_path: Path) -> None:
    dicome.write_phantom(tmp_path / "a.dcm", rows=6, columns=4, series={"SeriesNumber": 1})
    dicome.write_phantom(tmp_path / "b.dcm", rows=6, columns=4, slices=2, series={"SeriesNumber": 2}, seed=3)
    from dicome.cli.main import main

    assert main(["dcm2par", "--series", "2", str(tmp_path), "-o", str(tmp_path)]) == 0
    (par,) = tmp_path.glob("*.PAR")
    assert len(read_par(par)) == 2


@pytest.mark.parametrize("value", [float("nan"), 1.7e38])
def test_numbers_that_mean_nothing_are_left_out(tmp_path: Path, value: float) -> None:
    names = ("MRSeriesWaterFatShift", "MRSeriesScanDuration", "MRSeriesRepetitionTime")
    path = phantom(tmp_path, series=dict.fromkeys(names, value))
    with pytest.warns(DicomeWarning, match=r"a default is written: Scan Duration .*, .*Water Fat shift"):
        files = dicome.write_par(path, tmp_path / "scan.PAR", check=True)
    assert read_par(files[0]).general["water_fat_shift"] == 0


@pytest.mark.parametrize("name", ["M\xdcLLER^\xd6\x85", "\u5c71\u7530^\u592a\u90ce"])
def test_names_of_any_alphabet(tmp_path: Path, name: str) -> None:
    path = phantom(tmp_path, series={"PatientName": name, "SpecificCharacterSet": "ISO_IR 192"})
    files = dicome.write_par(path, tmp_path / "scan.PAR")
    assert read_par(files[0]).general["patient_name"] == name
    again = dicome.write_par(files[0], tmp_path / "again.PAR", dataset="scan")
    assert again[0].read_bytes() == files[0].read_bytes()


def test_eight_bits(tmp_path: Path) -> None:
    path = dicome.write_par(phantom(tmp_path), tmp_path / "scan.PAR")[0]
    path.write_text(path.read_text().replace("  16   100", "   8   100"), newline="")
    values = np.arange(3 * 6 * 4, dtype="u1")
    values.tofile(path.with_suffix(".REC"))
    image = dicome.open(path)
    assert image.array("pv").dtype == np.uint8
    assert image.array("pv")[1, 0].tolist() == [4, 28, 52]
    again = dicome.write_par(image, tmp_path / "again.PAR", check=True)
    assert again[1].read_bytes() == values.tobytes()
    assert read_par(again[0]).bits == 8


@pytest.mark.parametrize("lowest", [0, -3])
def test_signed_pixels_only_where_none_is_negative(tmp_path: Path, lowest: int) -> None:
    path = phantom(tmp_path)
    data = pydicom.dcmread(path)
    pixels = data.pixel_array.astype("<i2")
    pixels[1, 2, 3] = lowest
    data.PixelRepresentation, data.BitsStored, data.HighBit = 1, 16, 15
    data.PixelData = pixels.tobytes()
    data.save_as(path)
    if lowest < 0:
        with pytest.raises(UnsupportedError, match="stored values go down to -3, and a REC file holds unsigned"):
            dicome.write_par(path, tmp_path / "scan.PAR")
        assert not (tmp_path / "scan.PAR").exists()
    else:
        files = dicome.write_par(path, tmp_path / "scan.PAR", check=True)
        assert files[1].read_bytes() == pixels.tobytes()
