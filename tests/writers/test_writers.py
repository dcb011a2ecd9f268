"""Files for others: what other readers find in them, and what happens when they cannot be written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat

import dicome
from dicome.errors import ArgumentError, FileExistsAlreadyError, FileMissingError


@pytest.fixture
def image(tmp_path: Path) -> dicome.Image:
    return dicome.open(dicome.write_phantom(tmp_path / "in.dcm", rows=8, columns=6, slices=3, echoes=2).path)


def test_scipy_reads_the_array_and_the_header(image: dicome.Image, tmp_path: Path) -> None:
    (path,) = dicome.export(image, tmp_path / "out.mat")
    found = loadmat(path, simplify_cells=True)
    assert np.array_equal(found["imag"], image.array())
    assert found["imag"].dtype == np.float32
    info = found["info"]
    assert info["Manufacturer"] == image.header.Manufacturer
    assert info["MatlabItems"].tolist() == image.item_numbers.tolist()
    assert info["MatlabNames"].tolist() == list(image.names)
    assert found["frames"]["EffectiveEchoTime"].tolist() == image.frames["EffectiveEchoTime"].tolist()


def test_octave_reads_the_array_and_the_header(image: dicome.Image, tmp_path: Path, octave: str) -> None:
    import subprocess

    (path,) = dicome.export(image, tmp_path / "out.mat")
    code = (
        f"s = load('{path}'); printf('%s|%s|%s|%s|%d\\n', class(s.imag), mat2str(size(s.imag)), "
        "s.info.MatlabNames{3}, s.info.Manufacturer, numel(s.info.MatlabIndexes{2}))"
    )
    done = subprocess.run([octave, "--no-gui", "--norc", "--eval", code], capture_output=True, text=True, check=True)
    shape = "[8 6 3 2]"
    assert done.stdout.strip() == f"single|{shape}|In-Stack Position Number|{image.header.Manufacturer}|2"


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


def test_a_failed_write_leaves_nothing(image: dicome.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import scipy.io

    def failing(name: str, *_: object, **__: object) -> None:
        Path(name).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(scipy.io, "savemat", failing)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        dicome.export(image, tmp_path / "out.mat")
    assert sorted(tmp_path.iterdir()) == before


def test_unknown_suffixes_name_the_known_ones(image: dicome.Image, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"no writer for \.matt; did you mean \.mat\?; known: \.mat, \.png"):
        dicome.export(image, tmp_path / "out.matt")


def test_a_missing_folder_is_told(image: dicome.Image, tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match="there is no folder"):
        dicome.export(image, tmp_path / "nowhere" / "out.mat")


def test_an_image_too_large_for_the_format_is_told(
    image: dicome.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dicome.writers.mat5.MOST_BYTES", 100)
    with pytest.raises(dicome.DicomeError, match=r"1,152 bytes.*100 at most"):
        dicome.export(image, tmp_path / "out.mat")
