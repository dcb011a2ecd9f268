"""Files for others: what other readers find in them, and what happens when they cannot be written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray

import dicome
from dicome.assemble import read_frames
from dicome.errors import ArgumentError, FileExistsAlreadyError, FileMissingError


@pytest.fixture
def image(tmp_path: Path) -> dicome.Image:
    return dicome.open(dicome.write_phantom(tmp_path / "in.dcm", rows=8, columns=6, slices=3, echoes=2).path)


def test_a_picture_shows_all_axes(image: dicome.Image, tmp_path: Path) -> None:
    picture = pytest.importorskip("PIL.Image")
    (path,) = dicome.export(image, tmp_path / "out.png")
    with picture.open(path) as shown:
        pixels = np.asarray(shown)
    # 3 slices of 8 x 6 in a row, 2 echoes in a row, 2 pixels behind each tile, 6 below each row
    assert pixels.shape == (10 + 6 + 10 + 6, 3 * 8)
    assert pixels.dtype == np.uint8
    assert pixels.max() == 255


def tiles_of(path: Path, rows: int, columns: int, count: int) -> NDArray[np.uint8]:
    """The first tiles of the first row."""
    picture = pytest.importorskip("PIL.Image")
    with picture.open(path) as shown:
        pixels = np.asarray(shown)
    return np.stack([pixels[:rows, k * (columns + 2) : k * (columns + 2) + columns] for k in range(count)])


def test_a_picture_for_each_position_of_an_axis(image: dicome.Image, tmp_path: Path) -> None:
    paths = dicome.export(image, tmp_path / "out.png", split="Echo")
    assert [path.name for path in paths] == ["out_echo-1.png", "out_echo-2.png"]
    for k, path in enumerate(paths):
        stored = image.array()[..., k].astype(float)
        low, high = np.percentile(stored, (1, 99.5))
        wanted = (np.clip((stored - low) / (high - low), 0, 1) * 255).astype(np.uint8)
        assert np.array_equal(tiles_of(path, 8, 6, 3), np.moveaxis(wanted, -1, 0))
    frames = dicome.export(image, tmp_path / "frame.png", split="Echo,In-Stack")
    assert len(frames) == 6
    with pytest.raises(FileExistsAlreadyError, match=r"out_echo-1\.png"):
        dicome.export(image, tmp_path / "out.png", split="Echo")


def test_rows_of_a_picture_follow_order(image: dicome.Image, tmp_path: Path) -> None:
    (path,) = dicome.export(image, tmp_path / "out.png")
    (turned,) = dicome.export(image, tmp_path / "turned.png", order=[2, 1, 3, 4])
    assert np.array_equal(tiles_of(turned, 6, 8, 3), np.swapaxes(tiles_of(path, 8, 6, 3), 1, 2))
    (echoes,) = dicome.export(image, tmp_path / "echoes.png", order=[1, 2, 4, 3])
    assert not np.array_equal(tiles_of(echoes, 8, 6, 2), tiles_of(path, 8, 6, 2))
    for wrong in ({"order": [3, 1, 2, 4]}, {"combine": [0, 0, 1, 0]}, {"v73": True}, {"full_info": True}):
        with pytest.raises(ArgumentError, match="a picture"):
            dicome.export(image, tmp_path / "wrong.png", **wrong)


def test_progress_counts_the_frames_that_are_read(image: dicome.Image, tmp_path: Path) -> None:
    seen: list[tuple[float, float]] = []
    dicome.export(image, tmp_path / "out.png", progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (5, 5)  # 3 slices, 2 echoes
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("out.nii", {}),
        ("out.nii.gz", {}),
        ("out.nii", {"split": "echo"}),
        ("out.mat", {}),
        ("out.mat", {"compress": True}),
        ("out.mat", {"v73": True}),
        ("out.h5", {}),
        ("out.h5", {"compress": True}),
        ("out.h5", {"combine": [0, 1, 0, 0]}),
    ],
)
def test_progress_is_not_at_its_end_before_the_file_is_written(
    image: dicome.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, options: dict[str, Any]
) -> None:
    """Packing takes ten times as long as reading, during which the line stood at 100 %."""
    told: list[int] = []
    at_end_of_reading: list[int] = []

    def read(*args: Any, **more: Any) -> Any:
        array = read_frames(*args, **more)
        at_end_of_reading.append(told[-1])
        return array

    monkeypatch.setattr("dicome.image.read_frames", read)
    dicome.export(image, tmp_path / name, progress=lambda done, total: told.append(done), **options)
    assert at_end_of_reading[-1] < 6  # 3 slices of 2 echoes
    assert told == sorted(told)
    assert told[-1] == 6


def test_the_window_of_the_file(tmp_path: Path) -> None:
    """Center 100, width 101: 50 and below is black, 150 and above white, and 100 in the middle."""
    picture = pytest.importorskip("PIL.Image")
    path = dicome.write_phantom(tmp_path / "in.dcm", rows=4, columns=4, slices=1).path
    data = pydicom.dcmread(path)
    rescale = data.PerFrameFunctionalGroupsSequence[0].PixelValueTransformationSequence[0]
    rescale.RescaleSlope, rescale.RescaleIntercept = 10, 0
    window = pydicom.Dataset()
    window.WindowCenter, window.WindowWidth = [1000.5, 5], [1001, 5]
    data.PerFrameFunctionalGroupsSequence[0].FrameVOILUTSequence = [window]
    values = np.array([0, 49, 50, 75, 100, 125, 150, 200] * 2, "<u2")
    data.PixelData = values.tobytes()
    data.save_as(path)
    (shown,) = dicome.export(dicome.open(path), tmp_path / "out.png", window="file")
    with picture.open(shown) as found:
        pixels = np.asarray(found)[:4, :4].ravel()[:8]
    assert pixels.tolist() == [0, 0, 0, 63, 127, 191, 255, 255]


def test_a_window_that_is_not_there_or_makes_no_sense(
    image: dicome.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dicome.writers.png._CENTER", ("AnotherAttribute",))
    with pytest.raises(ArgumentError, match="not all frames have a window"):
        dicome.export(image, tmp_path / "out.png", window="file")
    with pytest.raises(ArgumentError, match="percentiles, file"):
        dicome.export(image, tmp_path / "out.png", window="auto")
    with pytest.raises(ArgumentError, match="display values"):
        dicome.export(image, tmp_path / "out.png", window="file", scale="fp")
    with pytest.raises(ArgumentError, match=r"only \.png files take window"):
        dicome.export(image, tmp_path / "out.mat", window="file")


def test_a_colour_picture_keeps_its_colours() -> None:
    from dicome.writers.png import as_grey

    colours = np.arange(2 * 2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 2, 3)
    assert as_grey(colours) is colours


def test_missing_pixels_are_black() -> None:
    from dicome.writers.png import as_grey

    assert as_grey(np.array([[[np.nan, 1.0], [2.0, 3.0]]]))[0, 0, 0] == 0


def test_nothing_is_overwritten_unasked(image: dicome.Image, tmp_path: Path) -> None:
    path = tmp_path / "out.mat"
    path.write_text("precious")
    with pytest.raises(FileExistsAlreadyError, match=r"out\.mat: exists already.*--force"):
        dicome.export(image, path)
    assert path.read_text() == "precious"
    dicome.export(image, path, force=True)
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("name", ["out.mat", "out.h5", "out.nii", "out.png", "out.par"])
def test_what_cannot_be_written_is_told_before_pixels_are_read(
    image: dicome.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def read(*args: object, **options: object) -> None:
        pytest.fail("pixels are read")

    monkeypatch.setattr("dicome.image.read_frames", read)
    monkeypatch.setattr("dicome.parrec.write.read_frames", read)
    (tmp_path / name).write_text("precious")
    with pytest.raises(FileExistsAlreadyError, match="exists already"):
        dicome.export(image, tmp_path / name)
    with pytest.raises(FileMissingError, match="there is no folder"):
        dicome.export(image, tmp_path / "nowhere" / name)


@pytest.mark.parametrize(
    ("name", "writer"), [("out.mat", "dicome.writers.mat5.write_file"), ("out.h5", "dicome.writers.hdf5.make")]
)
def test_a_failed_write_leaves_nothing(
    image: dicome.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, writer: str
) -> None:
    def failing(*where: object) -> None:
        for path in where:
            if isinstance(path, Path):
                path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(writer, failing)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        dicome.export(image, tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_unknown_suffixes_name_the_known_ones(image: dicome.Image, tmp_path: Path) -> None:
    known = r"\.h5, \.mat, \.nii, \.nii\.gz, \.par, \.png"
    with pytest.raises(ArgumentError, match=rf"no writer for \.matt; did you mean \.mat\?; known: {known}"):
        dicome.export(image, tmp_path / "out.matt")


def test_a_missing_folder_is_told(image: dicome.Image, tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match="there is no folder"):
        dicome.export(image, tmp_path / "nowhere" / "out.mat")
