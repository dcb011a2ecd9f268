"""What varies over frames, and along which dimension."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dicome.errors import DicomeWarning
from dicome.frames.table import Column
from dicome.image import Image, open_image
from dicome.inspect import over_frames_shown as shown
from dicome.inspect.coded import coded_column
from dicome.inspect.over_frames import along_axes, over_frames
from dicome.inspect.tags import parse_tag, parse_tags
from dicome.phantom import write_phantom
from tests.inspect.making import classic
from tests.support.files import enhanced, plain_frames


@pytest.fixture
def image(tmp_path: Path) -> Image:
    write_phantom(tmp_path / "scan.dcm", rows=4, columns=4, slices=3, echoes=2, dynamics=2)
    return open_image(tmp_path / "scan.dcm")


def test_constants_first_then_rows(image: Image) -> None:
    found = over_frames(image)
    assert "RepetitionTime" in found.constant
    assert {"EffectiveEchoTime", "InStackPositionNumber"} <= set(found.varying)
    assert set(found.constant).isdisjoint(found.varying)
    lines = list(shown.frames_as_text(found, 0))
    assert lines[0] == "the same in all 12 frames"
    head = next(line for line in lines if line.startswith("Frame"))
    assert len(lines) - lines.index(head) == 13
    rows = list(shown.frames_as_csv(found))
    column = rows[0].split(",").index("EffectiveEchoTime")
    assert [float(row.split(",")[column]) for row in rows[1:]] == image.frames["EffectiveEchoTime"].tolist()
    data = shown.frames_as_data(found)
    assert data["varying"]["EffectiveEchoTime"] == image.frames["EffectiveEchoTime"].tolist()


def test_only_what_is_wanted(image: Image) -> None:
    wanted = [
        one
        for one in parse_tags("EffectiveEchoTime:2005,100e:MRTimingAndRelatedParametersSequence.RepetitionTime")
        if one
    ]
    found = over_frames(image, wanted)
    assert [name.rpartition(".")[2] for name in (*found.constant, *found.varying)] == [
        "RepetitionTime", "MRScaleSlope", "EffectiveEchoTime"
    ] or set(found.varying) == {"EffectiveEchoTime", "MRScaleSlope"}  # fmt: skip


def test_an_unknown_private_attribute_is_found_by_its_creator_in_any_block(tmp_path: Path) -> None:
    private = [(0x00210011, "LO", "SIEMENS MR SDI 02"), (0x00210012, "LO", "OTHER"), (0x00211259, "LO", "no")]
    frames = [[*frame, *private[:2], (0x00211159, "LO", str(k)), private[2]] for k, frame in enumerate(plain_frames(3))]
    (tmp_path / "a.dcm").write_bytes(enhanced(frames))
    image = open_image(tmp_path / "a.dcm")
    for text in ('0021,"SIEMENS MR SDI 02",59', '5200,9230.0021,"SIEMENS MR SDI 02",59', "0021,1159"):
        found = over_frames(image, [parse_tag(text)])
        assert list(found.varying) == ["Private_0021_1159"]
        assert not found.constant


def test_what_no_frame_has_is_told(image: Image) -> None:
    wanted = [parse_tag(name) for name in ("PatientName", "RepetitionTime", '0021,"ME",59', "5200,9230")]
    with pytest.warns(DicomeWarning, match='no frame has PatientName, 0021,"ME",59, 5200,9230; what the whole file'):
        found = over_frames(image, wanted)
    assert "RepetitionTime" in found.constant


def test_along_the_axes(image: Image) -> None:
    axes, several = along_axes(image)
    by_name = {axis.name: axis for axis in axes}
    echo = by_name["Effective Echo Time"]
    assert [value.data if value else None for value in echo.columns["EffectiveEchoTime"]] == sorted(
        set(image.frames["EffectiveEchoTime"].tolist())
    )
    assert "EffectiveEchoTime" not in by_name["In-Stack Position Number"].columns
    assert "InStackPositionNumber" in by_name["In-Stack Position Number"].columns
    assert "DimensionIndexValues" in several
    assert next(iter(shown.axes_as_csv(axes))) == "Axis,Position,Label,Attribute,Value"
    assert shown.axes_as_data(axes, several)["axes"][0]["labels"] == ["1", "2", "3"]
    assert any("along several dimensions: " in line for line in shown.axes_as_text(axes, several, 200))


def test_values_are_coded_in_the_order_in_which_they_come() -> None:
    present = np.array([True, True, False, True])
    coded = coded_column(Column(np.array([3.0, 1.5, 0.0, 3.0]), present))
    assert [value.text for value in coded.values] == ["3", "1.5"]
    assert coded.codes.tolist() == [0, 1, -1, 0]
    assert coded.at(2) is None
    assert not coded.is_constant
    text = coded_column(Column(np.array(["b", "a", None, "b"], object), present))
    assert [value.text for value in text.values] == ["b", "a"]
    single = coded_column(Column(np.array([[0.1, 2]], np.float32), np.array([True])))
    assert (single.values[0].text, single.values[0].data) == ("0.1\\2", [0.1, 2.0])
    assert coded_column(Column(np.zeros(2), np.zeros(2, bool))).is_constant


def test_one_nan_is_like_another() -> None:
    nan = np.nan
    assert coded_column(Column(np.full(3, nan), np.ones(3, bool))).is_constant
    rows = np.array([[nan, 1], [nan, 0], [0, 1], [nan, 1]])
    coded = coded_column(Column(rows, np.ones(4, bool)))
    assert [value.text for value in coded.values] == ["nan\\1", "nan\\0", "0\\1"]
    assert coded.codes.tolist() == [0, 1, 2, 0]


def test_values_are_shown_as_all_fields_shows_them(tmp_path: Path) -> None:
    """The columns know no VR: tags came as one integer, bytes as lists of numbers, several texts as one."""
    cells = [
        ("A \\ B", 0x00189082, b"\1\2"), ("A\\B", 0x00189087, b"\1\2\3\4"), ("A\\B", 0x00189087, b"ab")
    ]  # fmt: skip
    frames = [
        [(0x00089007, "CS", text), (0x00209165, "AT", tag), (0x00210011, "LO", "ME"), (0x00211101, "OB", raw), *frame]
        for frame, (text, tag, raw) in zip(plain_frames(3), cells, strict=True)
    ]
    (tmp_path / "a.dcm").write_bytes(enhanced(frames))
    found = over_frames(open_image(tmp_path / "a.dcm"))
    assert found.constant["FrameType"].text == "A\\B"
    assert found.constant["FrameType"].data == ["A", "B"]
    assert [value.data for value in found.varying["DimensionIndexPointer"].values] == ["(0018,9082)", "(0018,9087)"]
    assert [value.text for value in found.varying["Private_0021_1101"].values] == ["01 02", "01 02 03 04", "ab"]


def test_shared_and_classic_attributes_know_what_they_are(tmp_path: Path) -> None:
    shared = (0x52009229, "SQ", [[(0x00189226, "SQ", [[(0x00089007, "CS", "A \\B ")]])]])
    (tmp_path / "a.dcm").write_bytes(enhanced(plain_frames(2), top=[shared]))
    assert over_frames(open_image(tmp_path / "a.dcm")).constant["FrameType"].data == ["A", "B"]
    folder = tmp_path / "classic"
    folder.mkdir()
    for k in (1, 2):
        changes = {0x00080018: f"1.2.3.{k}", 0x00200013: str(k)}
        classic(folder / f"{k}.dcm", changes, [(0x00080008, "CS", f"ORIGINAL\\ M{k} "), (0x00280009, "AT", 0x00181063)])
    found = over_frames(open_image(folder))
    assert [value.data for value in found.varying["ImageType"].values] == [["ORIGINAL", "M1"], ["ORIGINAL", "M2"]]
    assert found.constant["FrameIncrementPointer"].text == "(0018,1063)"
