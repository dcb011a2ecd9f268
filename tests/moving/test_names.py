"""Known names for known headers, written out by hand: slices, dynamics, echoes, phases, enhanced files, objects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.moving.making import ENHANCED, RAW, Fields, image, without_pixels
from tests.moving.planned import Make, names, planner, slices

PHILIPS_1 = {0x20010010: ("LO", "Philips Imaging DD 001")}
PHILIPS_5 = {0x20050014: ("LO", "Philips MR Imaging DD 005")}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def plan(source: Path) -> Make:
    return planner(source)


# -- names -----------------------------------------------------------------------------------------------------------


def test_an_anatomic_series(plan: Make) -> None:
    found = plan(slices(3))
    assert names(found) == {"IM_1": "0007/0301/0001", "IM_2": "0007/0301/0002", "IM_3": "0007/0301/0003"}
    assert found.studies[0].series[0].parts == ("slice",)


def test_numbers_sort_beyond_four_digits(plan: Make) -> None:
    found = plan({f"IM_{k}": image(instance=k, position=f"0\\0\\{k}", uid=f"1.{k}") for k in (1, 12345)})
    assert list(names(found).values()) == ["0001/0301/00001", "0001/0301/12345"]


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"flat": True}, "0007.0301.0001"),
        ({"suffix": True}, "0007/0301/0001.dcm"),
        ({"flat": True, "suffix": True}, "0007.0301.0001.dcm"),
        ({"rename": True}, "0007.0301.0001"),
        ({"uid_names": True}, "1.2.3.301.1"),
        ({"uid_names": True, "suffix": True}, "1.2.3.301.1.dcm"),
        ({"no_breakdown": True}, "0007/0301/0001"),
        ({"copy": True}, "0007/0301/0001"),
    ],
)
def test_switches_of_names(switches: dict[str, bool], expected: str, plan: Make) -> None:
    assert names(plan(slices(1), **switches)) == {"IM_1": expected}


def test_rename_stays_in_the_directory_of_each_file(plan: Make) -> None:
    found = plan({"a/IM_1": image(instance=1), "b/IM_2": image(instance=2, position="0\\0\\9")}, rename=True)
    assert names(found) == {"a/IM_1": "a/0001.0301.0001", "b/IM_2": "b/0001.0301.0002"}


def dynamics(**fields: Any) -> dict[str, bytes]:
    """Two slices of three dynamics, the time running fastest; image numbers 1 to 6."""
    return {
        f"s{s}d{d}": image(instance=3 * s + d - 3, position=f"0\\0\\{s}", dynamic=str(d), uid=f"1.{s}.{d}", **fields)
        for s in (1, 2)
        for d in (1, 2, 3)
    }


def test_dynamics(plan: Make) -> None:
    found = plan(dynamics())
    assert names(found) == {f"s{s}d{d}": f"0001/0301/000{s}.000{d}" for s in (1, 2) for d in (1, 2, 3)}
    assert found.studies[0].series[0].parts == ("slice", "dynamic")


def test_dynamics_flat(plan: Make) -> None:
    assert names(plan(dynamics(), flat=True))["s2d3"] == "0001.0301.0002.0003"


def test_no_breakdown_numbers_through_the_time_points_of_a_slice_first(plan: Make) -> None:
    found = names(plan(dynamics(), no_breakdown=True))
    assert found["s1d3"] == "0001/0301/0003"
    assert found["s2d1"] == "0001/0301/0004"
    assert found["s2d3"] == "0001/0301/0006"  # the highest: slices * time points


def test_echoes_by_number(plan: Make) -> None:
    files = {f"e{e}": image(instance=e, echo=str(e), echo_time=str(5.0 * e), position="0\\0\\1") for e in (1, 2)}
    found = plan(files)
    assert names(found) == {"e1": "0001/0301/0001.0001", "e2": "0001/0301/0001.0002"}
    assert found.studies[0].series[0].parts == ("slice", "echo")


def test_echoes_by_time_where_all_have_one_number(plan: Make) -> None:
    files = {
        f"e{k}": image(instance=k, echo="1", echo_time=str(te), position="0\\0\\1") for k, te in ((1, 9.5), (2, 5))
    }
    assert names(plan(files)) == {"e1": "0001/0301/0001.0002", "e2": "0001/0301/0001.0001"}


def test_cardiac_phases_of_ge_by_trigger_time_within_each_slice(plan: Make) -> None:
    files = {
        f"s{s}p{p}": image(
            instance=3 * s + p - 3, position=f"0\\0\\{9 - s}", trigger=str(100 * p + s), phases="3", uid=f"1.{s}.{p}"
        )
        for s in (1, 2)
        for p in (1, 2, 3)
    }
    found = plan(files)
    assert names(found) == {f"s{s}p{p}": f"0001/0301/000{s}.000{p}" for s in (1, 2) for p in (1, 2, 3)}
    assert found.studies[0].series[0].parts == ("slice", "phase")


def test_several_parts_have_letters(plan: Make) -> None:
    files = {
        f"d{d}e{e}": image(instance=10 * d + e, position="0\\0\\1", dynamic=str(d), echo=str(e), uid=f"1.{d}.{e}")
        for d in (1, 2)
        for e in (1, 2)
    }
    assert names(plan(files))["d2e1"] == "0001/0301/0001.d0002.e0001"


def philips(slice_number: int, **more: Any) -> Fields:
    fields: Fields = {**PHILIPS_1, 0x2001100A: ("IS", str(slice_number))}
    if "label" in more:
        fields |= {**PHILIPS_5, 0x20051429: ("CS", more["label"])}
    return fields


def test_philips_slice_numbers_and_labels(plan: Make) -> None:
    files = {
        f"s{s}{label}": image(
            instance=k, position=f"0\\0\\{s}", uid=f"1.{k}", private=philips(s, label=label)
        )
        for k, (s, label) in enumerate([(4, "CONTROL"), (4, "LABEL"), (2, "CONTROL"), (2, "LABEL")])
    }  # fmt: skip
    found = plan(files)
    assert names(found) == {
        "s4CONTROL": "0001/0301/0004.CONTROL",
        "s4LABEL": "0001/0301/0004.LABEL",
        "s2CONTROL": "0001/0301/0002.CONTROL",
        "s2LABEL": "0001/0301/0002.LABEL",
    }


def test_a_series_of_which_half_has_come_has_the_names_of_the_whole(plan: Make) -> None:
    found = plan({"one": image(instance=1, dynamic="1", dynamics="20", position="0\\0\\1")})
    assert names(found) == {"one": "0001/0301/0001.0001"}


def test_images_that_nothing_tells_apart_have_their_image_numbers(plan: Make) -> None:
    files = {f"n{k}": image(instance=k, position="0\\0\\1") for k in (33, 34)}
    found = plan(files)
    assert names(found) == {"n33": "0001/0301/0001.i0033", "n34": "0001/0301/0001.i0034"}
    assert found.studies[0].series[0].parts == ("slice", "image")


def test_enhanced_files_have_names_of_study_and_series(plan: Make) -> None:
    one = {"MRe": image(sop_class=ENHANCED, frames="4")}
    assert names(plan(one)) == {"MRe": "0001/0301/0001.0301"}
    assert names(plan(one, flat=True, suffix=True)) == {"MRe": "0001.0301.dcm"}


def test_several_enhanced_files_of_a_series_have_their_image_number_too(plan: Make) -> None:
    files = {f"MRe{k}": image(sop_class=ENHANCED, frames="4", instance=k) for k in (1, 2)}
    assert names(plan(files)) == {"MRe1": "0001/0301/0001.0301.0001", "MRe2": "0001/0301/0001.0301.0002"}


@pytest.mark.parametrize(
    ("sop_class", "word"),
    [
        (RAW, "raw"),
        ("1.3.46.670589.11.0.0.12.2", "raw"),
        ("1.3.46.670589.11.0.0.12.4", "examcard"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "presentation"),
        ("1.2.840.10008.5.1.4.1.1.88.11", "report"),
        ("1.2.840.10008.5.1.4.1.1.88.59", "keyobject"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "document"),
        ("1.2.840.10008.5.1.4.1.1.4.2", "spectrum"),
        ("1.2.3.4", "object"),
    ],
)
def test_other_objects_are_named_by_what_they_are(sop_class: str, word: str, plan: Make) -> None:
    file = {"XX_1": without_pixels(sop_class=sop_class)}
    assert names(plan(file)) == {"XX_1": f"0001/0301/{word}.0001"}
    assert names(plan(file, flat=True)) == {"XX_1": f"0001.0301.{word}.0001"}


def test_an_examcard_that_is_raw_data(plan: Make) -> None:
    file = {"XX_1": without_pixels(series=0, instance=None, protocol="ExamCard")}
    assert names(plan(file)) == {"XX_1": "0001/0000/examcard"}


def test_raw_data_goes_with_the_images_of_its_series_number(plan: Make) -> None:
    files = {"IM_1": image(), "XX_1": without_pixels(series_uid="1.2.99", uid="1.9")}
    assert names(plan(files)) == {"IM_1": "0001/0301/0001", "XX_1": "0001/0301/raw.0001"}


@pytest.mark.parametrize(
    ("fields", "folder"),
    [
        ({"study": "123456789"}, "123456789"),
        ({"study": "A 5/6"}, "A_5_6"),
        ({"study": "A.5"}, "A_5"),
        ({"study": "", "date": "20190502", "time": "103000.123"}, "20190502_103000"),
        ({"study": ""}, "unknown"),
        ({"study": "../../etc"}, "etc"),
        ({"study": ".."}, "unknown"),
        ({"study": "CON"}, "_CON"),
        ({"study": "\x1b[31m\x00"}, "[31m"),
    ],
)
def test_names_of_studies(fields: dict[str, Any], folder: str, plan: Make) -> None:
    assert names(plan({"IM_1": image(**fields, study_uid="1.2.9")})) == {"IM_1": f"{folder}/0301/0001"}


def test_a_series_without_a_number(plan: Make) -> None:
    assert names(plan({"IM_1": image(series=None)})) == {"IM_1": "0001/unknown/0001"}


@pytest.mark.parametrize(
    "study", ["../../../x", "/etc", "a/../../b", "\\\\server\\c$", "C:\\x", "x" * 300, "\n", "CON"]
)
@pytest.mark.parametrize("switches", [{}, {"flat": True}, {"uid_names": True}, {"rename": True}])
def test_names_from_headers_stay_below_the_destination(study: str, switches: dict[str, bool], plan: Make) -> None:
    found = plan({"IM_1": image(study=study, study_uid="1.2", uid=f"../{study}", modality="../..")}, **switches)
    (step,) = found.steps
    assert Path(step.target).resolve().is_relative_to(found.target)
    assert all(len(part.encode()) <= 255 for part in Path(step.target).parts)
