"""Comparison of two files: every kind of difference is told, and nothing else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

import dicome
from dicome.errors import FileMissingError, NotDicomError
from dicome.multiframe.compare import Comparison, compare
from dicome.multiframe.known import KNOWN, description, known_of
from dicome.multiframe.report import comparison_text
from dicome.phantom import write_phantom

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_phantom(tmp_path / "a.dcm", rows=8, columns=6, slices=3, dynamics=2).path


def changed(file: Path, change: Callable[[pydicom.Dataset], object], name: str = "b.dcm") -> Path:
    """A copy by pydicom, which keeps values and writes other lengths."""
    whole = pydicom.dcmread(file)
    change(whole)
    whole.save_as(file.with_name(name))
    return file.with_name(name)


def told(found: Comparison) -> list[tuple[str, str, str]]:
    return [(one.where, one.kind, one.path) for one in found.differences if one.where != "meta"]


def test_a_file_is_like_itself(file: Path) -> None:
    found = compare(file, file)
    assert (found.differences, found.pixels_differ, found.matched, found.same) == ((), 0, 6, True)
    assert comparison_text(found).endswith("The files say the same.")


def test_padding_lengths_and_byte_order_do_not_count(file: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"rows": 8, "columns": 6, "slices": 3, "dynamics": 2, "transfer_syntax": "big-endian"}
    found = compare(file, write_phantom(tmp_path / "be.dcm", undefined_lengths=False, **options).path)
    assert {path for _, _, path in told(found) if not path.endswith("UID")} == set()
    assert found.pixels_differ == 0


def test_an_attribute_more_less_and_other(file: Path) -> None:
    def change(whole: pydicom.Dataset) -> None:
        whole.PatientName = "Nobody^Else"
        del whole.ProtocolName
        whole.ImageComments = "more"

    found = compare(file, changed(file, change))
    assert sorted(told(found)) == [
        ("file", "differs", "PatientName"),
        ("file", "only in A", "ProtocolName"),
        ("file", "only in B", "ImageComments"),
    ]
    assert not found.same
    text = comparison_text(found)
    assert "(0010,0010) PatientName: " in text
    assert "| Nobody^Else" in text
    assert text.endswith("3 differences that no conversion explains.")


def test_numbers_are_compared_as_numbers(file: Path) -> None:
    def rewrite(whole: pydicom.Dataset) -> None:
        whole.MagneticFieldStrength = f"{float(whole.MagneticFieldStrength):.3f}"

    assert told(compare(file, changed(file, rewrite))) == []

    def change(whole: pydicom.Dataset) -> None:
        whole.MagneticFieldStrength = float(whole.MagneticFieldStrength) + 0.5

    (one,) = compare(file, changed(file, change)).unexpected
    assert (one.path, one.largest) == ("MagneticFieldStrength", 0.5)


def test_frames_are_told_by_their_number(file: Path) -> None:
    def change(whole: pydicom.Dataset) -> None:
        for number in (2, 5):
            frame = whole.PerFrameFunctionalGroupsSequence[number - 1]
            frame.MREchoSequence[0].EffectiveEchoTime += number
        del whole.PerFrameFunctionalGroupsSequence[3].MREchoSequence[0].EffectiveEchoTime

    (one,) = compare(file, changed(file, change)).unexpected
    assert (one.path, one.frames, one.frame, one.tag) == ("MREchoSequence.EffectiveEchoTime", 3, 2, "(0018,9082)")


def test_a_group_that_one_file_lacks_is_one_difference(file: Path) -> None:
    def change(whole: pydicom.Dataset) -> None:
        for frame in whole.PerFrameFunctionalGroupsSequence:
            del frame[0x2005, 0x140F]

    (one,) = compare(file, changed(file, change)).unexpected
    assert (one.kind, one.path, one.frames) == ("only in A", "PrivatePerFrameSq", 6)


def test_another_order_of_frames_is_one_note(file: Path) -> None:
    def turn(whole: pydicom.Dataset) -> None:
        frames = whole.PerFrameFunctionalGroupsSequence
        whole.PerFrameFunctionalGroupsSequence = pydicom.Sequence(list(frames)[::-1])
        whole.PixelData = whole.pixel_array[::-1].tobytes()

    found = compare(file, changed(file, turn))
    assert (told(found), found.pixels_differ) == ([], 0)
    assert found.notes == ("the frames stand in another order",)
    assert found.by == "Dimension Index Values"


def test_pixels(file: Path) -> None:
    def change(whole: pydicom.Dataset) -> None:
        pixels = whole.pixel_array.copy()
        pixels[1, 2, 3] += 7
        pixels[4] += 1
        whole.PixelData = pixels.tobytes()

    found = compare(file, changed(file, change))
    assert (told(found), found.pixels_differ, found.largest, found.same) == ([], 2, 7.0, False)
    assert "pixels differ in 2, by up to 7" in comparison_text(found)


def test_fewer_frames(file: Path, tmp_path: Path) -> None:
    other = write_phantom(tmp_path / "short.dcm", rows=8, columns=6, slices=3, dynamics=1).path
    found = compare(file, other)
    assert found.frames == (6, 3)
    assert "frames" in {one.path for one in found.unexpected}


def test_moved_private_blocks_do_not_count(file: Path, tmp_path: Path) -> None:
    other = write_phantom(tmp_path / "moved.dcm", rows=8, columns=6, slices=3, dynamics=2, moved_blocks=True).path
    assert {path for _, _, path in told(compare(file, other)) if not path.endswith("UID")} == set()


def test_classic_files_are_compared_too(file: Path, tmp_path: Path) -> None:
    one, two, *_ = dicome.split(file, tmp_path / "classic")
    found = compare(one, two)
    assert "SOPInstanceUID" in {difference.path for difference in found.differences}
    assert found.matched == 1


def test_what_cannot_be_compared(file: Path, tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        compare(file, tmp_path / "nothing.dcm")
    (tmp_path / "text.dcm").write_text("no DICOM, but long enough to be looked at" * 10, encoding="ascii")
    with pytest.raises(NotDicomError):
        compare(file, tmp_path / "text.dcm")


def test_the_list_explains_each_of_its_attributes() -> None:
    for entry in KNOWN:
        for keyword in entry.keywords:
            assert known_of(f"Some.{keyword}[2].Inner") is entry
    assert known_of("PatientName") is None
    text = description()
    assert all(title in text for entry in KNOWN for title in entry.titles)


def test_a_reason_holds_within_its_bounds_only() -> None:
    (bandwidth,) = {known_of("X.PixelBandwidth")}
    assert bandwidth is not None
    assert bandwidth.explains(2626, 0.5)
    assert not bandwidth.explains(2626, 50)
    (time,) = {known_of("X.ContentTime")}
    assert time is not None
    assert time.explains(122146, 0.01)
    assert not time.explains(122146, 1)


def test_the_command(file: Path, dicome: Run) -> None:
    other = changed(file, lambda whole: setattr(whole, "PatientName", "Other"))
    done = dicome("dcms2e", "--diffs", file, other)
    assert (done.returncode, done.stderr) == (1, "")
    assert "PatientName" in done.stdout
    facts = json.loads(dicome("dcms2e", "--diffs", file, other, "--json").stdout)
    assert facts["same"] is False
    assert [one["path"] for one in facts["differences"] if not one["reason"]] == ["PatientName"]
    assert dicome("dcms2e", "--diffs", file, file).returncode == 0
    # As with diff: 1 says that they differ, so what cannot be compared is 2.
    done = dicome("dcms2e", "--diffs", file, file.with_name("nothing.dcm"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "no such file" in done.stderr


def test_the_list_of_differences(dicome: Run) -> None:
    done = dicome("dcms2e", "--diffs")
    assert (done.returncode, done.stderr) == (0, "")
    for title in ("Referenced Image Sequence", "Frame Anatomy Sequence", "MR Max FP and MR Min FP"):
        assert title in done.stdout
    assert len(json.loads(dicome("dcms2e", "--diffs", "--json").stdout)) == len(KNOWN)


@pytest.mark.parametrize("words", [["dcms2e"], ["dcms2e", "a", "b"], ["dcms2e", "--diffs", "a"]])
def test_wrong_numbers_of_arguments(words: list[str], dicome: Run) -> None:
    done = dicome(*words)
    assert done.returncode == 2
    assert "as in: dcms2e" in done.stderr
    assert np.array_equal(done.stdout, "")
