"""``dicome phantom``."""

from __future__ import annotations

from pathlib import Path

import pydicom
import pytest

from dicome.cli.main import build_parser, main


def test_it_writes_what_it_is_asked_for_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.dcm"
    options = [
        "--rows",
        "8",
        "--columns",
        "6",
        "--slices",
        "2",
        "--types",
        "M",
        "P",
        "--echoes",
        "2",
        "--dynamics",
        "3",
    ]
    assert main(["phantom", str(path), *options]) == 0
    data = pydicom.dcmread(path)
    assert (data.Rows, data.Columns, data.NumberOfFrames) == (8, 6, 24)
    expected = (
        f"{path}: 24 frames, 8 rows x 6 columns x 2 In-Stack Position Number x 3 Temporal Position Index "
        "x 2 ImageTypeMR x 2 Effective Echo Time\n"
    )
    assert capsys.readouterr().out == expected


@pytest.mark.parametrize(
    ("options", "attribute", "expected"),
    [
        ("--b-values 0 1000 --directions 3 --trace", "NumberOfFrames", 30),
        ("--slices 2 3", "NumberOfFrames", 5),
        ("--labels 2 --phases 2", "NumberOfFrames", 24),
        ("--repeats 2", "NumberOfFrames", 12),
        ("--dynamics 3 --stop-after 8", "NumberOfFrames", 8),
        ("--vendor canon", "Manufacturer", "CANON_MEC"),
        ("--syntax implicit", "NumberOfFrames", 6),
    ],
)
def test_options_reach_the_file(tmp_path: Path, options: str, attribute: str, expected: object) -> None:
    path = tmp_path / "a.dcm"
    assert main(["phantom", str(path), "--rows", "4", "--columns", "4", *options.split()]) == 0
    assert pydicom.dcmread(path)[attribute].value == expected


def test_private_groups_can_be_left_out(tmp_path: Path) -> None:
    for name, options in (("a.dcm", []), ("b.dcm", ["--no-private"])):
        assert main(["phantom", str(tmp_path / name), *options]) == 0
    assert [0x2001105F in pydicom.dcmread(tmp_path / name) for name in ("a.dcm", "b.dcm")] == [True, False]


def test_the_order_of_frames_can_be_chosen(tmp_path: Path) -> None:
    second = []
    for order in ("philips", "volume"):
        path = tmp_path / f"{order}.dcm"
        assert main(["phantom", str(path), "--dynamics", "2", "--order", order]) == 0
        frame = pydicom.dcmread(path).PerFrameFunctionalGroupsSequence[1]
        second.append(list(frame.FrameContentSequence[0].DimensionIndexValues))
    assert second == [[1, 1, 2], [1, 2, 1]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--types", "Q"], "dicome: types has 'Q'; use one of: M, R, I, P, B0\n"),
        (["--syntax", "zip"], "dicome: unknown transfer syntax 'zip'; use one of: explicit, "),
        (["--directions", "3"], "dicome: directions without b_values; give b-values too\n"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert main(["phantom", str(tmp_path / "a.dcm"), *options]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(message)
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_unless_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(b"precious")
    assert main(["phantom", str(path)]) == 1
    assert path.read_bytes() == b"precious"
    assert "--force" in capsys.readouterr().err
    assert main(["phantom", str(path), "--force"]) == 0
    assert pydicom.dcmread(path).NumberOfFrames == 6


def test_every_example_of_the_help_is_understood() -> None:
    from dicome.cli.phantom import EXAMPLES

    lines = [line.split("  ")[1].strip() for line in EXAMPLES.splitlines() if "dicome phantom" in line]
    assert len(lines) == 6
    for line in lines:
        assert build_parser(["phantom"]).parse_args(line.split()[1:]).command == "phantom"
