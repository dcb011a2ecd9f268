"""Enhanced to classic and back: the same image whatever its dimensions, files that others read, nothing lost."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dicome
from dicome.errors import (
    DamagedFileError,
    DicomeError,
    FileExistsAlreadyError,
    FileMissingError,
    SeriesError,
    UnsupportedError,
)
from dicome.multiframe.compare import compare
from dicome.phantom import write_phantom

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SCANS: dict[str, dict[str, Any]] = {
    "slices": {"slices": 5},
    "time": {"slices": 3, "dynamics": 4},
    "echoes and types": {"slices": 3, "echoes": 2, "types": ("M", "P")},
    "spin labelling": {"slices": 2, "labels": 2, "dynamics": 3},
    "diffusion": {"slices": 2, "b_values": (0.0, 1000.0), "directions": 3, "trace": True},
    "cardiac": {"slices": 2, "phases": 3},
    "field map": {"slices": 2, "types": ("M", "B0")},
    "shuffled": {"slices": 3, "dynamics": 2, "frame_order": "shuffled"},
    "oblique": {"slices": 3, "angulation": (10.0, -20.0, 5.0)},
    "stacks": {"slices": [3, 2, 2], "angulation": (10.0, -20.0, 5.0)},
    "moved blocks": {"slices": 3, "moved_blocks": True},
    "big endian": {"slices": 3, "transfer_syntax": "big-endian"},
    "implicit": {"slices": 3, "transfer_syntax": "implicit"},
    "RLE": {"slices": 3, "transfer_syntax": "rle"},
    "siemens": {"slices": 3, "vendor": "siemens", "dynamics": 2},
    "canon": {"slices": 3, "vendor": "canon", "dynamics": 2},
    "no private groups": {"slices": 3, "private": False, "dynamics": 2},
}


def same_image(one: Path, two: Path) -> None:
    first, second = dicome.open(one), dicome.open(two)
    # Canon has slices last; merged files have their dimensions in the order of Philips.
    assert sorted(first.names) == sorted(second.names)
    order = [second.names.index(name) for name in first.names]
    np.testing.assert_array_equal(first.array(), second.array().transpose(order))


@pytest.mark.filterwarnings("ignore:.*a neutral word:dicome.DicomeWarning")
@pytest.mark.parametrize("name", list(SCANS))
def test_there_and_back(name: str, tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, **SCANS[name]).path
    files = dicome.split(whole, tmp_path / "classic", every=True)
    assert len(files) == pydicom.dcmread(whole).NumberOfFrames
    assert len({pydicom.dcmread(path).SOPInstanceUID for path in files}) == len(files)
    same_image(whole, dicome.merge(tmp_path / "classic", tmp_path / "back.dcm"))


@given(
    slices=st.integers(1, 3),
    dynamics=st.integers(1, 3),
    echoes=st.integers(1, 2),
    types=st.sampled_from([("M",), ("M", "P"), ("M", "R", "I")]),
    angles=st.tuples(*[st.floats(-40, 40, width=16)] * 3),
    seed=st.integers(0, 9),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_small_image(
    slices: int,
    dynamics: int,
    echoes: int,
    types: tuple[str, ...],
    angles: tuple[float, float, float],
    seed: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("any")
    whole = write_phantom(
        folder / "scan.dcm",
        rows=6,
        columns=4,
        slices=slices,
        dynamics=dynamics,
        echoes=echoes,
        types=types,
        angulation=angles,
        seed=seed,
    ).path
    dicome.split(whole, folder / "classic", every=True)
    same_image(whole, dicome.merge(folder / "classic", folder / "back.dcm"))


def test_the_first_dynamic_alone(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=3, dynamics=4, frame_order="shuffled").path
    files = dicome.split(whole, tmp_path / "classic")
    assert len(files) == 3
    first = dicome.open(whole).array()[..., 0]
    np.testing.assert_array_equal(dicome.open(tmp_path / "classic").array(), first)


def test_what_a_classic_file_says(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=2, echoes=2).path
    enhanced = pydicom.dcmread(whole)
    one = pydicom.dcmread(dicome.split(whole, tmp_path / "classic", every=True)[1])
    frame = next(
        f
        for f in enhanced.PerFrameFunctionalGroupsSequence
        if f[0x2005, 0x140F][0].SOPInstanceUID == one.SOPInstanceUID
    )
    assert one.SOPClassUID == one.file_meta.MediaStorageSOPClassUID == "1.2.840.10008.5.1.4.1.1.4"
    assert one.file_meta.MediaStorageSOPInstanceUID == one.SOPInstanceUID
    assert float(one.EchoTime) == frame.MREchoSequence[0].EffectiveEchoTime
    assert one.ImagePositionPatient == frame.PlanePositionSequence[0].ImagePositionPatient
    assert one.ImageOrientationPatient == frame.PlaneOrientationSequence[0].ImageOrientationPatient
    assert one.RepetitionTime == enhanced.SharedFunctionalGroupsSequence[0][0x0018, 0x9112][0].RepetitionTime
    assert one[0x2005, 0x100E].value == frame[0x2005, 0x140F][0][0x2005, 0x100E].value
    assert "PerFrameFunctionalGroupsSequence" not in one
    assert "DimensionIndexSequence" not in one
    assert "NumberOfFrames" not in one


def test_each_slice_has_the_orientation_of_its_stack(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=[1, 2, 1]).path
    enhanced = pydicom.dcmread(whole)
    for number, stack in enumerate(enhanced[0x2001, 0x105F].value):  # turned otherwise in each
        stack[0x2005, 0x1071].value = 10.0 * number
    enhanced.save_as(whole)
    files = list(map(pydicom.dcmread, dicome.split(whole, tmp_path / "classic")))
    # A phantom of several stacks is a survey: transverse, sagittal, coronal.
    assert [one[0x2001, 0x100B].value for one in files] == ["TRANSVERSAL", "SAGITTAL", "SAGITTAL", "CORONAL"]
    assert [one[0x2005, 0x1000].value for one in files] == [0.0, 10.0, 10.0, 20.0]


def test_files_are_named_by_instance_number(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=3).path
    files = dicome.split(whole, tmp_path / "out é")
    assert [path.name for path in files] == ["00001.dcm", "00002.dcm", "00003.dcm"]
    assert [pydicom.dcmread(path).InstanceNumber for path in files] == [1, 2, 3]


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=2).path
    out = tmp_path / "out"
    out.mkdir()
    dicome.split(whole, out)  # empty: nothing to lose
    with pytest.raises(FileExistsAlreadyError, match="holds files already"):
        dicome.split(whole, out)
    (out / "mine.txt").write_text("mine", encoding="ascii")
    dicome.split(whole, out, force=True)
    assert sorted(path.name for path in out.iterdir()) == ["00001.dcm", "00002.dcm", "mine.txt"]
    with pytest.raises(FileExistsAlreadyError, match="is a file"):
        dicome.split(whole, out / "mine.txt")
    with pytest.raises(FileMissingError, match="there is no folder"):
        dicome.split(whole, tmp_path / "no" / "where")


def test_stopped_in_the_middle_nothing_is_left(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=4).path

    def stop(done: float, total: float) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dicome.split(whole, tmp_path / "out", progress=stop)
    dicome.split(whole, tmp_path / "classic")
    with pytest.raises(KeyboardInterrupt):
        dicome.merge(tmp_path / "classic", tmp_path / "out.dcm", progress=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["classic", "scan.dcm"]


def test_what_cannot_be_split(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=1).path
    (classic,) = dicome.split(whole, tmp_path / "classic")
    with pytest.raises(UnsupportedError, match="no enhanced image"):
        dicome.split(classic, tmp_path / "out")
    other = pydicom.dcmread(whole)
    other.SOPClassUID = pydicom.uid.UID("1.2.840.10008.5.1.4.1.1.66.4")
    other.save_as(tmp_path / "seg.dcm")
    with pytest.raises(UnsupportedError, match="SOP Class UID"):
        dicome.split(tmp_path / "seg.dcm", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_place_beyond_all_numbers_is_told_with_its_frame(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=3).path
    enhanced = pydicom.dcmread(whole)
    place = enhanced.PerFrameFunctionalGroupsSequence[1].PlanePositionSequence[0]
    place.ImagePositionPatient = [0, 0, "1e48"]
    enhanced.save_as(whole)
    with pytest.raises(DamagedFileError, match=r"scan\.dcm, frame 2: its geometry .* which FL cannot hold"):
        dicome.split(whole, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_merged(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=2).path
    with pytest.raises(UnsupportedError, match="holds several frames already"):
        dicome.merge(whole, tmp_path / "out.dcm")
    (grey,) = dicome.split(write_phantom(tmp_path / "c.dcm", rows=10, columns=8, slices=1).path, tmp_path / "colour")
    one = pydicom.dcmread(grey)
    one.SamplesPerPixel, one.PhotometricInterpretation, one.PlanarConfiguration = 3, "RGB", 0
    one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelData = 8, 8, 7, bytes(240)
    one.save_as(grey)
    with pytest.raises(UnsupportedError, match=r"00001\.dcm: colour \(RGB\); dicome merges grey images only"):
        dicome.merge([grey], tmp_path / "out.dcm")
    dicome.split(whole, tmp_path / "classic")
    other = write_phantom(tmp_path / "other.dcm", rows=10, columns=8, slices=2, seed=5).path
    for path in dicome.split(other, tmp_path / "more"):
        path.rename(tmp_path / "classic" / f"more{path.name}")
    with pytest.raises(SeriesError, match="2 series"):
        dicome.merge(tmp_path / "classic", tmp_path / "out.dcm")
    for path in (tmp_path / "classic").iterdir():
        one = pydicom.dcmread(path)
        one.SOPClassUID = one.file_meta.MediaStorageSOPClassUID = pydicom.uid.CTImageStorage
        one.SeriesInstanceUID = "1.2.3"
        one.save_as(path)
    with pytest.raises(DicomeError):
        dicome.merge(tmp_path / "classic", tmp_path / "out.dcm")
    assert not (tmp_path / "out.dcm").exists()


def test_frames_stand_as_scanners_send_them(tmp_path: Path) -> None:
    """Image types slowest, then slices, then all that runs in time or echoes."""
    whole = write_phantom(
        tmp_path / "scan.dcm", rows=6, columns=4, slices=2, echoes=2, types=("M", "P"), frame_order="shuffled"
    ).path
    dicome.split(whole, tmp_path / "classic", every=True)
    made = pydicom.dcmread(dicome.merge(tmp_path / "classic", tmp_path / "out.dcm"))
    labels = [item.DimensionDescriptionLabel for item in made.DimensionIndexSequence]
    assert labels[:2] == ["Stack ID", "In-Stack Position Number"]
    kind, echo = labels.index("Private ImageTypeMR"), labels.index("Effective Echo Time")
    found = [f.FrameContentSequence[0].DimensionIndexValues for f in made.PerFrameFunctionalGroupsSequence]
    # M is 0 and P is 3 among the scanner's codes.
    assert [(index[kind], index[1], index[echo]) for index in found] == [
        (code, place, number) for code in (0, 3) for place in (1, 2) for number in (1, 2)
    ]


def test_one_series_of_several(tmp_path: Path) -> None:
    for seed in (1, 2):
        path = write_phantom(
            tmp_path / f"{seed}.dcm", rows=10, columns=8, slices=2, seed=seed, series={"SeriesNumber": seed}
        ).path
        for one in dicome.split(path, tmp_path / f"classic{seed}"):
            one.rename(tmp_path / "classic1" / f"{seed}-{one.name}")
    out = dicome.merge(tmp_path / "classic1", tmp_path / "out.dcm", series=2)
    same_image(tmp_path / "2.dcm", out)


def test_what_classic_files_do_not_say_is_told(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=2).path
    for path in dicome.split(whole, tmp_path / "classic"):
        one = pydicom.dcmread(path)
        one.remove_private_tags()
        one.save_as(path)
    with pytest.warns(dicome.DicomeWarning, match="a neutral word .* stands for .*PhaseContrast"):
        out = dicome.merge(tmp_path / "classic", tmp_path / "out.dcm")
    made = pydicom.dcmread(out)
    assert made.PhaseContrast == "NO"
    assert "GradientOutput" not in made  # no number is made up
    np.testing.assert_array_equal(made.pixel_array, pydicom.dcmread(whole).pixel_array)


def classic_of_another_vendor(folder: Path, **values: Any) -> Path:
    """Classic files as older scanners of other vendors send them: without the attributes of the enhanced modules."""
    whole = write_phantom(folder / "scan.dcm", rows=10, columns=8, slices=2, vendor="siemens").path
    for number, path in enumerate(dicome.split(whole, folder / "classic")):
        one = pydicom.dcmread(path)
        for keyword in ("ComplexImageComponent", "AcquisitionContrast", "FrameType", "AcquisitionDateTime"):
            if keyword in one:
                del one[keyword]
        one.SeriesTime, one.AcquisitionDate, one.AcquisitionTime = "100000", "20240102", f"10010{number}"
        one.ContentTime, one.RescaleType, one.ScanOptions = f"10020{number}", "US", "FS"
        one.RescaleSlope, one.RescaleIntercept, one.SpacingBetweenSlices = 1, 0, 4.5
        for keyword, value in values.items():
            setattr(one, keyword, value)
        one.save_as(path)
    return folder / "classic"


@pytest.mark.filterwarnings("ignore:.*a neutral word:dicome.DicomeWarning")
def test_other_vendors_are_not_made_philips(tmp_path: Path) -> None:
    folder = classic_of_another_vendor(tmp_path, ImageType=["ORIGINAL", "PRIMARY", "P", "ND"], SoftwareVersions="12.1")
    made = pydicom.dcmread(dicome.merge(folder, tmp_path / "out.dcm"))
    frames = made.PerFrameFunctionalGroupsSequence
    shared = made.SharedFunctionalGroupsSequence[0]

    def group(frame: pydicom.Dataset, keyword: str) -> pydicom.Dataset:
        found: pydicom.Dataset = (shared if keyword in shared else frame)[keyword][0]
        return found

    assert list(made.ImageType) == ["ORIGINAL", "PRIMARY", "P", "ND"]
    kind = group(frames[0], "MRImageFrameTypeSequence")
    assert (list(kind.FrameType), kind.ComplexImageComponent) == (["ORIGINAL", "PRIMARY", "P", "ND"], "PHASE")
    assert made.ComplexImageComponent == "PHASE"
    assert "Philips" not in str(made)
    for keyword in ("RealWorldValueMappingSequence", "MRMetaboliteMapSequence"):
        assert keyword not in shared
        assert not any(keyword in frame for frame in frames)
    assert group(frames[0], "PixelMeasuresSequence").SpacingBetweenSlices == 4.5
    assert made.ScanOptions == "FS"
    content = [frame.FrameContentSequence[0] for frame in frames]
    assert [one.FrameReferenceDateTime for one in content] == ["20240102100100", "20240102100101"]
    assert (made.AcquisitionDateTime, made.ContentTime) == ("20240102100100", "100200")


def test_a_component_that_nobody_says_is_told(tmp_path: Path) -> None:
    folder = classic_of_another_vendor(tmp_path, ImageType=["ORIGINAL", "PRIMARY", "OTHER"])
    with pytest.warns(dicome.DicomeWarning, match=r"\(NO, .*MAGNITUDE\) stands for .*ComplexImageComponent"):
        made = pydicom.dcmread(dicome.merge(folder, tmp_path / "out.dcm"))
    assert made.ComplexImageComponent == "MAGNITUDE"  # was REAL
    assert list(made.ImageType) == ["ORIGINAL", "PRIMARY", "OTHER", "NONE"]


@pytest.mark.filterwarnings("ignore:.*a neutral word:dicome.DicomeWarning")
def test_a_mapping_of_another_vendor_stays(tmp_path: Path) -> None:
    unit, mapping = pydicom.Dataset(), pydicom.Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator, unit.CodeMeaning = "ms", "UCUM", "milliseconds"
    mapping.LUTExplanation, mapping.LUTLabel, mapping.MeasurementUnitsCodeSequence = "T1", "T1 map", [unit]
    mapping.RealWorldValueFirstValueMapped, mapping.RealWorldValueLastValueMapped = 0, 3000
    mapping.RealWorldValueIntercept, mapping.RealWorldValueSlope = 5.0, 0.5
    folder = classic_of_another_vendor(tmp_path, RealWorldValueMappingSequence=[mapping])
    for path in folder.iterdir():  # as a scanner would write it, with the VR of unsigned pixels
        one = pydicom.dcmread(path)
        for keyword in ("RealWorldValueFirstValueMapped", "RealWorldValueLastValueMapped"):
            one.RealWorldValueMappingSequence[0][keyword].VR = "US"
        one.save_as(path)
    made = pydicom.dcmread(dicome.merge(folder, tmp_path / "out.dcm"))
    shared, frame = made.SharedFunctionalGroupsSequence[0], made.PerFrameFunctionalGroupsSequence[0]
    keyword = "RealWorldValueMappingSequence"
    found = (shared if keyword in shared else frame)[keyword][0]
    assert (found.LUTLabel, found.LUTExplanation) == ("T1 map", "T1")
    assert (found.RealWorldValueIntercept, found.RealWorldValueSlope) == (5.0, 0.5)
    assert (found.RealWorldValueFirstValueMapped, found.RealWorldValueLastValueMapped) == (0, 3000)
    assert found.MeasurementUnitsCodeSequence[0].CodeMeaning == "milliseconds"


def test_merging_keeps_what_the_tables_do_not_know(tmp_path: Path) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=2).path
    for path in dicome.split(whole, tmp_path / "classic"):
        one = pydicom.dcmread(path)
        block = one.private_block(0x0099, "SOMEONE ELSE", create=True)
        block.add_new(0x01, "LO", "kept")
        one.PatientComments = "kept too"
        one.save_as(path)
    made = pydicom.dcmread(dicome.merge(tmp_path / "classic", tmp_path / "out.dcm"))
    assert made.private_block(0x0099, "SOMEONE ELSE")[0x01].value == "kept"
    assert made.PatientComments == "kept too"


def test_the_commands(tmp_path: Path, dicome: Run) -> None:
    whole = write_phantom(tmp_path / "scan.dcm", rows=10, columns=8, slices=2, dynamics=2).path
    done = dicome("split", whole)
    assert (done.returncode, done.stdout) == (0, f"{tmp_path / 'scan'}: 2 classic files\n")
    done = dicome("split", whole, tmp_path / "all", "--all", "--json")
    assert len(json.loads(done.stdout)["files"]) == 4
    done = dicome("merge", tmp_path / "all", tmp_path / "back.dcm", "--json")
    facts = json.loads(done.stdout)
    assert (facts["frames"], facts["shape"]) == (4, [10, 8, 2, 2])
    assert compare(whole, tmp_path / "back.dcm").pixels_differ == 0
    done = dicome("merge", tmp_path / "all", tmp_path / "back.dcm")
    assert done.returncode == 1
    assert "exists already" in done.stderr
    files = sorted((tmp_path / "all").iterdir())
    done = dicome("merge", *files, tmp_path / "again.dcm", "--quiet")
    assert (done.returncode, done.stdout) == (0, "")
    assert (tmp_path / "again.dcm").is_file()
