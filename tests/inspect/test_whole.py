"""A file from begin to end, and the list of its fields."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dicome.dicom.file import open_file
from dicome.enhanced.encode import Encoding
from dicome.inspect import fields, whole
from dicome.inspect.shown import number_text, value_of
from tests.inspect.making import classic, enhanced_file
from tests.support.files import enhanced, frame_content, plain_frames


def lines(path: Path, unfold: bool = False, width: int = 0) -> list[str]:
    return list(whole.as_text(whole.whole(open_file(path), unfold), width))


def test_sequences_are_indented_and_private_names_have_a_dot(tmp_path: Path) -> None:
    inner = (0x00081140, "SQ", [[(0x00081155, "UI", "1.2")], []])
    private = [(0x20050010, "LO", "Philips MR Imaging DD 001"), (0x2005100E, "FL", 0.5), (0x00290010, "LO", "ME"),
               (0x00291001, "LO", "x")]  # fmt: skip
    found = lines(classic(tmp_path / "a.dcm", more=[inner, *private]))
    words = [" ".join(line.split()) for line in found]
    assert "2005,0010 LO .PrivateCreator Philips MR Imaging DD 001" in words
    assert "2005,100e FL .MRScaleSlope 0.5" in words
    assert "0029,1001 LO .ME 01 x" in words
    assert "0008,103e LO SeriesDescription T1 TFE" in words
    at = words.index("0008,1140 SQ ReferencedImageSequence (2 items)")
    assert [line.split()[0] + str(len(line) - len(line.lstrip())) for line in found[at : at + 4]] == [
        "0008,11400", "Item2", "0008,11554", "Item2"
    ]  # fmt: skip


def test_frames_are_folded(tmp_path: Path) -> None:
    path = enhanced_file(tmp_path / "a.dcm", 4)
    found = [" ".join(line.split()) for line in lines(path)]
    assert "Item 2..4: as Item 1 but" in found
    at = found.index("Item 2..4: as Item 1 but")
    assert found[at + 1 : at + 3] == [
        "0018,9082 FD MREchoSequence.EffectiveEchoTime 20 .. 40 (3 values)",
        "0020,9157 UL FrameContentSequence.DimensionIndexValues 1\\2 .. 1\\4 (3 values)",
    ]
    assert not any(line.startswith("Item 3") for line in found)
    everything = [" ".join(line.split()) for line in lines(path, unfold=True)]
    assert [line for line in everything if "EffectiveEchoTime" in line] == [
        f"0018,9082 FD EffectiveEchoTime {n}" for n in (10, 20, 30, 40)
    ]
    assert sum(line == "Item 4" for line in everything) == 1


def test_frames_that_lack_something_are_counted(tmp_path: Path) -> None:
    frames = [*plain_frames(3), [frame_content(1, 4)]]
    (tmp_path / "a.dcm").write_bytes(enhanced(frames))
    found = [" ".join(line.split()) for line in lines(tmp_path / "a.dcm")]
    assert "0018,9082 FD MREchoSequence.EffectiveEchoTime 20 .. 30 (2 values) in 2 of 3" in found
    (tmp_path / "b.dcm").write_bytes(enhanced([plain_frames(1)[0], [frame_content(1, 1)]]))
    found = [" ".join(line.split()) for line in lines(tmp_path / "b.dcm")]
    assert "Item 2: as Item 1 but" in found
    assert "0018,9082 FD MREchoSequence.EffectiveEchoTime (absent)" in found


def test_all_encodings_read_alike(tmp_path: Path) -> None:
    texts = []
    for number, encoding in enumerate(
        [Encoding(), Encoding(True), Encoding(False, True), Encoding(True, False, False)]
    ):
        found = lines(enhanced_file(tmp_path / f"{number}.dcm", 3, encoding=encoding), unfold=True)
        texts.append([line for line in found if not line.startswith("0002") and "PixelData" not in line])
    assert texts[0] == texts[1] == texts[2] == texts[3]


@pytest.mark.parametrize(
    ("number", "text"),
    [(5597087.5, "5597087.5"), (0.1, "0.1"), (-0.00023798899, "-0.00023798899"), (5627791, "5627791"), (1e-7, "1e-07"),
     (3e38, "3e+38"), (float("inf"), "inf"), (0, "0")],
)  # fmt: skip
def test_single_precision_at_its_shortest(number: float, text: str) -> None:
    assert number_text(float(np.float32(number)), single=True) == text
    assert np.float32(text) == np.float32(number)


def test_long_values_are_cut_at_the_width(tmp_path: Path) -> None:
    path = classic(tmp_path / "a.dcm", {0x0008103E: "x" * 60})
    assert max(map(len, lines(path, width=70))) == 70
    assert any(line.endswith("x" * 60) for line in lines(path))


def test_fields_by_tag_and_by_name(tmp_path: Path) -> None:
    file = open_file(enhanced_file(tmp_path / "a.dcm", 3))
    numbers = [one.number for one in fields.fields(file)]
    assert numbers == sorted(numbers)
    names = [one.name for one in fields.fields(file, by_name=True)]
    assert names == sorted(names, key=str.casefold)
    found = {one.name: one for one in fields.fields(file)}
    assert found["EffectiveEchoTime"].answer.text == "10 .. 30 (3 values)"
    assert (found["EffectiveEchoTime"].number, found["EffectiveEchoTime"].vr) == ("0018,9082", "FD")


def test_a_large_number_of_single_precision_is_the_same_in_json() -> None:
    """As text it was 171142256, in JSON 171142260."""
    value = value_of(np.float32(171142256).tobytes(), "FL", "<", str)
    assert (value.text, value.data) == ("171142256", 171142256)
