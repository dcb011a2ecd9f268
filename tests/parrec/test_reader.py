"""PAR text to general information and a table: versions, spellings, columns, damage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dicome.errors import DamagedFileError, FileMissingError, NotDicomError, UnsupportedError
from dicome.parrec import open_rec, read_par, rec_of
from dicome.parrec.columns import VERSIONS, columns_of
from dicome.parrec.general import LINES, lines_of
from dicome.parrec.reader import parse_par

Change = Callable[[str], str]

WHERE = Path("scan.PAR")
HEAD = "# === DATA DESCRIPTION FILE ======\n# Dataset name: E:\\Export\\scan\n"
EXPORT = "# CLINICAL TRYOUT             Research image export tool     {}\n"


def small(version: str = "V4.2", lines: int = 2, *, general: str = "", definitions: bool = False) -> str:
    """A PAR text whose images have the numbers 1, 2, ... as slices and all other columns 1."""
    width = sum(column.size for column in columns_of(version))
    images = "".join(
        f"{k + 1} {' '.join(['1'] * 5)} {k} {' '.join(['16'] + ['1'] * (width - 8))}\n" for k in range(lines)
    )
    defined = "".join(f"{column.definition}\n" for column in columns_of(version)) if definitions else ""
    return f"{HEAD}{EXPORT.format(version)}{general}{defined}\n{images}\n# === END OF DATA DESCRIPTION FILE ===\n"


@pytest.mark.parametrize("version", ["V4", "V4.1", "V4.2"])
def test_a_version_is_told_by_its_line_and_has_its_columns(version: str) -> None:
    par = parse_par(small(version), WHERE)
    assert par.version == version
    assert par.dataset == "E:\\Export\\scan"
    assert par.images["slice_number"].tolist() == [1, 2]
    assert par.images["index_in_rec"].tolist() == [0, 1]
    assert par.columns == tuple(column.name for column in columns_of(version))


@pytest.mark.parametrize(("version", "width"), [("V3", 29), ("V4", 41), ("V4.1", 48), ("V4.2", 49)])
def test_numbers_of_columns_are_those_of_the_format(version: str, width: int) -> None:
    assert sum(column.size for column in columns_of(version)) == width


def test_v3_has_for_all_images_in_general_what_later_versions_have_in_columns() -> None:
    general = (
        ".    Image pixel size [8 or 16 bits]    :   8\n.    Recon resolution (x, y)            :   64  32\n"
        ".    Slice thickness [mm]               :   4.50\n.    Repetition time [msec]             :   2000.00\n"
    )
    line = "3 1 2 1 0 2 5 0.0 1.0 1.0e-02 500 900 0 0 0 1 2 3 0 1 0 2 2.0 2.0 30.0 0.0 0 0 90.0\n"
    par = parse_par(HEAD + EXPORT.format("V3") + general + line.replace("3 1 2", "3  1   2"), WHERE)
    assert (par.version, par.bits, par.shape) == ("V3", 8, (32, 64))
    image = par.images[0]
    assert (image["slice_number"], image["dynamic_scan_number"], image["index_in_rec"]) == (3, 2, 5)
    assert image["slice_thickness"] == 4.5
    assert image["image_offcentre"].tolist() == [1, 2, 3]
    assert image["image_flip_angle"] == 90
    assert par.general["repetition_time"] == (2000.0,)


V3_LINE = "1 1 1 1 0 2 0 0.0 1.0 1.0e-02 500 900 0 0 0 1 2 3 0 {orientation} 0 2 {spacing} 30.0 0.0 0 0 90.0\n"


@pytest.mark.parametrize(
    ("orientation", "fov", "matrix", "printed", "spacing"),
    [
        (1, "180.00  96.00  240.00", "256  256", "0.9 0.9", [0.9375, 0.9375]),  # ap narrower, pixels square
        (2, "240.00  240.00  96.00", "256  256", "0.9 0.9", [0.9375, 0.9375]),
        (3, "96.00  240.00  200.00", "256  256", "0.9 0.9", [0.9375, 0.9375]),
        (1, "222.18  40.00  178.08", "112  138", "1.6 1.6", [1.59, 1.61]),
        (1, "250.00  96.00  400.00", "256  256", "0.9 0.9", [0.9, 0.9]),  # does not round to it
        (1, "0.00  0.00  0.00", "256  256", "0.9 0.9", [0.9, 0.9]),
    ],
)
def test_v3_has_one_decimal_of_spacing_and_the_fov_has_the_rest(
    orientation: int, fov: str, matrix: str, printed: str, spacing: list[float]
) -> None:
    general = (
        f".    Image pixel size [8 or 16 bits]    :   16\n.    Recon resolution (x, y)            :   {matrix}\n"
        f".    FOV (ap,fh,rl) [mm]                :   {fov}\n"
    )
    line = V3_LINE.format(orientation=orientation, spacing=printed)
    par = parse_par(HEAD + EXPORT.format("V3") + general + line, WHERE)
    assert par.images["pixel_spacing"][0].tolist() == pytest.approx(spacing)
    assert bool([note for note in par.notes if "FOV" in note]) == (spacing != [0.9, 0.9])


def test_labels_are_known_in_the_spellings_seen() -> None:
    general = ".    Patient Position  :   Head First Supine\n.  REPETITION TIME [msec] : 25.000  125.000  \n"
    par = parse_par(small(general=general), WHERE)
    assert par.general["patient_position"] == "Head First Supine"
    assert par.general["repetition_time"] == (25.0, 125.0)


def test_the_definition_lines_go_before_the_columns_of_the_version() -> None:
    text = small(definitions=True).replace("#  number of averages                       (integer)\n", "")
    lines = [line.rpartition(" ")[0] if line[:1].isdigit() else line for line in text.splitlines()]
    assert "number_of_averages" not in parse_par("\n".join(lines), WHERE).columns


def test_a_line_that_no_version_defines_keeps_its_column() -> None:
    text = small(definitions=True).replace("# === END", "#  moon phase  (float)\n# === END")
    text = "\n".join(line + " 0.25" if line[:1].isdigit() else line for line in text.splitlines())
    par = parse_par(text, WHERE)
    assert par.images["other_moonphase"].tolist() == [0.25, 0.25]
    assert par.columns[-1] == "other_moonphase"


def test_contrast_columns_hold_text() -> None:
    text = "\n".join(
        line + " GADOVIST IV 7.5 12:30:00 1.00 GADOLINIUM 0.50" if line[:1].isdigit() else line
        for line in small().splitlines()
    )
    par = parse_par(text, WHERE)
    assert par.has_contrast
    assert par.images["contrast_bolus_agent"].tolist() == ["GADOVIST", "GADOVIST"]
    assert par.images["contrast_bolus_total_dose"].tolist() == [1.0, 1.0]
    assert not par.without_contrast().has_contrast


def test_a_missing_version_is_taken_from_the_number_of_columns() -> None:
    par = parse_par(small("V4.1").replace("Research image export tool     V4.1", "no words"), WHERE)
    assert par.version == "V4.1"
    assert par.notes == ("no version in the file; it has as many columns as V4.1",)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda text: text.replace("V4.2", "V5"), UnsupportedError, "version V5; dicome reads V3, V4, V4.1, V4.2"),
        (lambda text: text.replace("2 1 1", "2 1 oops"), DamagedFileError, r"line 6: value 3 \(dynamic scan number\)"),
        (lambda text: text.replace("2 1 1", "2 1 nan"), DamagedFileError, "is 'nan'; expected a number"),
        (lambda text: text.replace("2 1 1", "2 1 1e300"), DamagedFileError, "is '1e300'; expected a number"),
        (lambda text: text.replace("2 1 1", "2 1"), DamagedFileError, "line 6: 48 values where the first .* has 49"),
        (lambda text: text[: text.index("1 1 1") + 1], DamagedFileError, "line 5: 1 values, but V4.2 has 49"),
        (lambda text: text[: text.index("\n1 1")], DamagedFileError, "no image lines; is the file complete"),
        (
            lambda text: text.replace("\n\n", "\n.  EPI factor <0,1=no EPI> : many\n\n", 1),
            DamagedFileError,
            "line 4: EPI factor .* is 'many'; expected a number",
        ),
    ],
)
def test_damage_is_told_with_its_line(change: Change, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        parse_par(change(small()), WHERE)


def test_another_file_is_no_par_file(tmp_path: Path) -> None:
    path = tmp_path / "scan.PAR"
    path.write_bytes(b"\x89PNG" * 100)
    with pytest.raises(NotDicomError, match="not a PAR file"):
        read_par(path)
    with pytest.raises(FileMissingError, match="no such file"):
        read_par(tmp_path / "nothing.PAR")


@pytest.mark.parametrize("name", ["scan.REC", "scan.rec", "scan.Rec", "SCAN.REC"])
@pytest.mark.parametrize("par", ["scan.PAR", "scan.par"])
def test_the_rec_file_is_found_in_any_case(tmp_path: Path, par: str, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert rec_of(tmp_path / par).name == name


def test_a_missing_rec_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError, match=r"scan\.REC: no such file; the pixels of scan\.PAR"):
        rec_of(tmp_path / "scan.PAR")


def _pair(folder: Path, text: str, rec: bytes) -> Path:
    path = folder / "scan.PAR"
    path.write_text(text)
    path.with_suffix(".REC").write_bytes(rec)
    return path


def test_images_are_found_by_their_index(tmp_path: Path) -> None:
    text = small().replace("1 1 1 1 1 1 0 16", "1 1 1 1 1 1 1 16").replace("2 1 1 1 1 1 1 16", "2 1 1 1 1 1 0 16")
    par = read_par(_pair(tmp_path, text, b"\x05\x00\x09\x01"))
    rec = open_rec(par)
    assert rec.images(par.images["index_in_rec"]).tolist() == [[[265]], [[5]]]


def test_a_short_rec_file_gives_what_is_there(tmp_path: Path) -> None:
    rec = open_rec(read_par(_pair(tmp_path, small(), b"\x05\x00\x09")))
    assert rec.whole == 1
    with pytest.raises(DamagedFileError, match=r"image 2 is wanted, and only 1 are there in full; the file is cut"):
        rec.images(np.array([0, 1]))


def test_an_index_twice_is_damage(tmp_path: Path) -> None:
    text = small().replace("2 1 1 1 1 1 1 16", "2 1 1 1 1 1 0 16")
    with pytest.raises(DamagedFileError, match="images 1 and 2 have the same index in the REC file, 0"):
        open_rec(read_par(_pair(tmp_path, text, b"1234")))


def test_every_line_and_column_belongs_to_a_version() -> None:
    for version in VERSIONS:
        names = [line.name for line in lines_of(version)]
        assert len(set(names)) == len(names)
    assert {line.name for line in LINES} == {line.name for v in VERSIONS for line in lines_of(v)}
