"""Files for others: what other readers find in them, and what happens when they cannot be written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dicome
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
