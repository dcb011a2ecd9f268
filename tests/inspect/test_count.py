"""Images per series: missing numbers and doubles by name."""

from __future__ import annotations

from pathlib import Path

from dicome.inspect.count import Counted, as_csv, as_data, as_text, count, find_dimensions, runs
from dicome.inspect.ls import listed
from tests.inspect.making import classic, enhanced_file


def counted(folder: Path) -> list[Counted]:
    found = count(listed([str(folder)]))
    for one in found:
        one.dimensions = find_dimensions(one)
    return found


def test_raw_data_is_no_image_though_it_has_rows_and_a_number(tmp_path: Path) -> None:
    classic(tmp_path / "IM_0001", {0x00080018: "1.2.1"})
    classic(tmp_path / "XX_0001", {0x00080016: "1.2.840.10008.5.1.4.1.1.66", 0x00080018: "1.2.2"})
    (one,) = counted(tmp_path)
    assert (one.paths, one.duplicates) == ([str(tmp_path / "IM_0001")], {})


def test_missing_and_doubled(tmp_path: Path) -> None:
    for number in (2, 3, 6):
        classic(tmp_path / f"{number}.dcm", {0x00200013: str(number), 0x00080018: f"1.2.{number}"})
    classic(tmp_path / "other.dcm", {0x00200013: "3", 0x00080018: "1.2.9"})
    (tmp_path / "copy.dcm").write_bytes((tmp_path / "6.dcm").read_bytes())
    classic(tmp_path / "none.dcm", {0x00200013: None, 0x00080018: "1.2.10"})
    (one,) = counted(tmp_path)
    assert (len(one.paths), one.missing, one.unnumbered) == (6, [(1, 1), (4, 5)], 1)
    assert one.duplicates == {
        3: [str(tmp_path / "3.dcm"), str(tmp_path / "other.dcm")],
        6: [str(tmp_path / "6.dcm"), str(tmp_path / "copy.dcm")],
    }
    assert one.copies == {"1.2.6": [str(tmp_path / "6.dcm"), str(tmp_path / "copy.dcm")]}
    lines = [line.strip() for line in as_text([one])]
    assert "missing: 3 by Instance Number: 1, 4..5" in lines
    assert f"Instance Number 3 twice: {tmp_path / '3.dcm'}, {tmp_path / 'other.dcm'}" in lines
    assert f"the same object: {tmp_path / '6.dcm'}, {tmp_path / 'copy.dcm'}" in lines
    assert not any(line.startswith("Instance Number 6") for line in lines)
    assert list(as_csv([one]))[1] == '301,T1 TFE,1.2.3,6,6,2 x 2 x 6,"1, 4..5","3, 6"'
    assert as_data(one)["missing"] == [[1, 1], [4, 5]]


def test_enhanced_files_and_others(tmp_path: Path) -> None:
    enhanced_file(tmp_path / "a.dcm", 5, top=[(0x0020000E, "UI", "1.5"), (0x00200013, "IS", "1")])
    (tmp_path / "notes.txt").write_text("hello")
    (one,) = counted(tmp_path)
    assert (one.frames, one.dimensions, one.missing) == (5, "2 x 2 x 5", [])


def test_hostile_numbers(tmp_path: Path) -> None:
    classic(tmp_path / "a.dcm", {0x00200013: "2000000000"})
    (one,) = counted(tmp_path)
    assert one.missing == [(1, 1999999999)]
    assert any("missing: 1,999,999,999" in line for line in as_text([one]))


def test_runs() -> None:
    assert runs([(1, 3), (5, 5)]) == "1..3, 5"
    assert runs([(1, 1), (3, 3), (5, 5)], 2) == "1, 3 and 1 more runs"
