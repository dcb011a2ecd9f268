"""What a plan does about clashes, what stays and why, where files go, and info files."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from dicome.errors import ArgumentError, FileMissingError
from dicome.moving import MoveOptions, options_facts, options_from, plan_moves
from tests.moving.making import ENHANCED, image, without_pixels, write
from tests.moving.planned import Make, left, names, planner, slices


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def plan(source: Path) -> Make:
    return planner(source)


# -- clashes ---------------------------------------------------------------------------------------------------------


def test_two_different_files_with_one_name_both_stay(plan: Make) -> None:
    found = plan({"a": image(payload=1), "b": image(payload=2), "c": image(payload=3)})
    assert names(found) == {"a": "0001/0301/0001", "b": "0001/0301/0001 (2)", "c": "0001/0301/0001 (3)"}
    assert [step.note for step in found.steps] == ["", *["another file is called 0001"] * 2]


def test_identical_files_are_recognised(plan: Make, source: Path) -> None:
    found = plan({"a": image(payload=1), "b": image(payload=1), "c": image(payload=2), "d": image(payload=2)})
    assert names(found) == {"a": "0001/0301/0001", "c": "0001/0301/0001 (2)"}
    assert left(found) == {"b": "identical", "d": "identical"}
    assert [one.detail for one in found.left] == [
        str(source.parent / "target/0001/0301/0001"),
        str(source.parent / "target/0001/0301/0001 (2)"),
    ]


def test_files_that_are_at_the_destination_already(plan: Make, source: Path) -> None:
    folder = source.parent / "target/0001/0301"
    write(folder / "0001", image(payload=1))
    write(folder / "0001 (2)", image(payload=2))
    found = plan({"a": image(payload=1), "b": image(payload=2), "c": image(payload=3)})
    assert names(found) == {"c": "0001/0301/0001 (3)"}
    assert left(found) == {"a": "identical", "b": "identical"}


def test_a_name_that_differs_in_case_only_is_taken_too(plan: Make, source: Path) -> None:
    write(source.parent / "target/0001/0301/RAW.0001", b"something")
    assert names(plan({"XX_1": without_pixels()})) == {"XX_1": "0001/0301/raw.0001 (2)"}


def test_studies_of_one_number_have_directories_of_their_own(plan: Make) -> None:
    files = {"a": image(date="20190101", study_uid="1.1"), "b": image(date="20190102", study_uid="1.2", payload=1)}
    assert names(plan(files)) == {"a": "0001/0301/0001", "b": "0001 (2)/0301/0001"}
    assert names(plan(files, flat=True)) == {"a": "0001.0301.0001", "b": "0001 (2).0301.0001"}


def test_a_directory_of_another_study_is_not_added_to(plan: Make, source: Path) -> None:
    write(source.parent / "target/0001/0301/0001", image(study_uid="1.1"))
    assert names(plan({"b": image(study_uid="1.2", instance=2)})) == {"b": "0001 (2)/0301/0002"}
    assert names(plan({"b": image(study_uid="1.1", instance=2)}))["b"] == "0001/0301/0002"


def test_series_of_one_number_have_directories_of_their_own(plan: Make) -> None:
    files = {"a": image(series_uid="1.2.1.1"), "b": image(series_uid="1.2.1.2", payload=1)}
    assert names(plan(files)) == {"a": "0001/0301/0001", "b": "0001/0301 (2)/0001"}


def test_a_file_or_link_in_the_place_of_a_directory(plan: Make, source: Path) -> None:
    write(source.parent / "target" / "0001", b"a file")
    (source.parent / "target" / "0001 (2)").symlink_to("/tmp")
    assert names(plan({"a": image()})) == {"a": "0001 (3)/0301/0001"}


def test_a_file_in_the_place_of_the_directory_of_raw_data(plan: Make, source: Path) -> None:
    write(source.parent / "target/0001/0301", b"a file")
    assert names(plan({"XX_1": without_pixels()})) == {"XX_1": "0001/0301 (2)/raw.0001"}


def test_raw_data_stays_in_a_directory_with_a_number(plan: Make, source: Path) -> None:
    found = plan({"0001/0301 (2)/raw.0001": without_pixels()}, destination=source, recursive=True)
    assert (names(found), list(left(found).values())) == ({}, ["in place"])


def test_names_that_go_round(plan: Make) -> None:
    files = {"0001.0301.0001": image(instance=2, position="0\\0\\2"), "0001.0301.0002": image(instance=1)}
    assert names(plan(files, rename=True)) == {
        "0001.0301.0001": "0001.0301.0002",
        "0001.0301.0002": "0001.0301.0001",
    }


# -- what stays ------------------------------------------------------------------------------------------------------


def test_young_files_stay(plan: Make, source: Path) -> None:
    now = time.time()
    write(source / "young", image(instance=2), now - 10)
    write(source / "old", image(instance=1, position="0\\0\\9"), now - 100)
    found = plan()
    assert names(found) == {"old": "0001/0301/0001"}
    assert left(found) == {"young": "recent"}
    assert any("within the last 30 s" in note for note in found.notes)
    assert len(names(plan(quiet_for=0))) == 2
    assert left(plan(quiet_for=200)) == {"young": "recent", "old": "recent"}


@pytest.mark.parametrize("missing", [1, 7, 8])
def test_files_with_too_few_pixels_stay(missing: int, plan: Make) -> None:
    found = plan({"IM_1": image(missing=missing)})
    assert names(found) == {}
    assert left(found) == {"IM_1": "incomplete"}
    assert found.left[0].detail == f"{8 - missing} of 8 bytes of pixels"


def test_pixels_shorter_than_rows_times_columns_stay(plan: Make) -> None:
    whole = image()
    shorter = whole[:-12] + (6).to_bytes(4, "little") + whole[-8:-2]
    assert left(plan({"IM_1": shorter})) == {"IM_1": "incomplete"}


def test_an_image_that_ends_before_its_pixels_stays(plan: Make) -> None:
    found = plan({"IM_1": image(missing=8 + 12)})
    assert left(found) == {"IM_1": "incomplete"}
    assert found.left[0].detail == "no pixels at all"


def test_an_enhanced_file_with_too_few_frames_stays(plan: Make) -> None:
    assert left(plan({"IM_1": image(sop_class=ENHANCED, frames="4", missing=8)})) == {"IM_1": "incomplete"}


def test_invalid_headers_go_to_bad(plan: Make) -> None:
    damaged = bytes(128) + b"DICM" + b"\xff" * 20
    found = plan(
        {"IM_1": damaged, "sub/IM_1": damaged + b"x", "cut": image()[:300], "empty.dcm": b"", "x/z": b"\0\1" * 99}
    )
    assert names(found) == {
        "IM_1": "bad/IM_1",
        "sub/IM_1": "bad/IM_1 (2)",
        "cut": "bad/cut",
        "empty.dcm": "bad/empty.dcm",
        "x/z": "bad/z",
    }
    assert [Path(step.target).parent.name for step in found.bad] == ["bad"] * 5


def test_what_was_never_dicom_stays(plan: Make) -> None:
    files = {"notes.txt": b"x", "README": b"Umlaute: \xc3\xa4\n", "a.nii": b"\0" * 600, "run.m": b"%", "empty": b""}
    # Blanks that no typewriter has, marks of byte order, and the letters of old systems are text as well.
    files |= {
        "MOT": "Il dit : « non »\n".encode(),
        "memo": "山田\u3000太郎\n".encode(),
        "bom": b"\xef\xbb\xbfnotes\r\n",
    }
    files |= {
        "alt": "Größe\n".encode("latin-1"),
        "wide": "notes\n".encode("utf-16"),
        "jis": "山田".encode("iso2022_jp"),
    }
    files |= {"cut": ("x" + "ä" * 3000).encode()}
    found = plan(files)
    assert names(found) == {}
    assert set(left(found).values()) == {"not DICOM"}


def test_dicomdirs_stay(plan: Make) -> None:
    directory = without_pixels(sop_class="1.2.840.10008.1.3.10")
    found = plan({"DICOMDIR": directory, "renamed": directory})
    assert names(found) == {}


def test_links_are_not_followed(plan: Make, source: Path) -> None:
    elsewhere = write(source.parent / "elsewhere" / "IM_1", image())
    (source / "link").symlink_to(elsewhere)
    (source / "folder").symlink_to(elsewhere.parent)
    found = plan()
    assert names(found) == {}
    assert left(found) == {"link": "link", "folder": "link"}


def test_hidden_files_are_none(plan: Make) -> None:
    found = plan({".hidden": image(), ".git/IM_1": image()})
    assert (names(found), left(found)) == ({}, {})


# -- where files are looked for, and where they go -------------------------------------------------------------------


def test_only_the_source_and_its_modality_directories_are_looked_through(plan: Make) -> None:
    files = {
        f"{where}IM": image(instance=k, position=f"0\\0\\{k}") for k, where in enumerate(["", "MR/", "SC/", "sub/"], 1)
    }
    assert set(names(plan(files, recursive=False))) == {"IM", "MR/IM", "SC/IM"}
    assert set(names(plan())) == set(files)
    assert set(names(plan(modality="MR", recursive=False))) == {"MR/IM"}


def test_modality_with_and_without_recursion(plan: Make) -> None:
    plan({"MR/a/IM": image()})
    assert names(plan(modality="MR", recursive=False)) == {}
    assert set(names(plan(modality="MR"))) == {"MR/a/IM"}


def test_a_destination_within_the_source_is_not_looked_through(plan: Make, source: Path) -> None:
    write(source / "sorted" / "IM_2", image(instance=2))
    found = plan({"IM_1": image()}, destination=source / "sorted")
    assert names(found) == {"IM_1": "0001/0301/0001"}
    assert any("is the destination" in note for note in found.notes)


def test_a_source_within_the_destination(plan: Make, source: Path) -> None:
    found = plan({"IM_1": image()}, destination=source.parent)
    assert names(found) == {"IM_1": "0001/0301/0001"}


def test_a_plan_for_what_is_in_place_is_empty(plan: Make, source: Path) -> None:
    found = plan({"0001/0301/0001": image()}, destination=source)
    assert names(found) == {}
    assert left(found) == {"0001": "in place"}


def test_files_that_do_not_agree_on_the_number_of_their_study_stay_together(plan: Make, source: Path) -> None:
    files = {
        "a": image(study="", study_uid="1.9", series_uid="1.9.1"),
        "b": image(study="7", study_uid="1.9", series_uid="1.9.1", instance=2, position="0\\0\\2"),
    }
    assert names(plan(files)) == {"a": "0007/0301/0001", "b": "0007/0301/0002"}
    for old, new in names(plan()).items():
        (source / new).parent.mkdir(parents=True, exist_ok=True)
        (source / old).rename(source / new)
    assert names(plan(destination=source)) == {}


@pytest.mark.parametrize("switches", [{}, {"ignore_location": True}, {"rename": True}])
def test_the_directory_that_the_header_asks_for(switches: dict[str, bool], plan: Make, tmp_path: Path) -> None:
    asked = tmp_path.resolve() / "g5" / "scan"
    asked.mkdir(parents=True)
    files = {"IM_1": image(history=f"#-#{asked}"), "XX_1": without_pixels(), "IM_2": image(study="2")}
    found = plan(files, roots=(tmp_path / "g5",), **switches)
    folders = {Path(step.source).name: step.target for step in found.steps}
    obeyed = not switches
    assert folders["IM_1"].startswith(str(asked if obeyed else found.target))
    assert folders["XX_1"].startswith(str(asked if obeyed else found.target))  # of the same study
    assert folders["IM_2"].startswith(found.target)
    assert {study.location for study in found.studies if study.study_id == "1"} == {
        {"ignore_location": "", "rename": f"#-#{asked}: not used, files are renamed only"}.get(
            next(iter(switches), ""), f"the header asks for {asked}"
        )
    }


def test_a_directory_that_is_not_allowed_is_reported_and_ignored(plan: Make, tmp_path: Path) -> None:
    found = plan({"IM_1": image(history=f"#-#{tmp_path}")})
    assert names(found) == {"IM_1": "0001/0301/0001"}
    (note,) = found.notes
    assert f"asks for {tmp_path}, which is ignored: no directories are allowed" in note


def test_allowed_directories_come_from_the_configuration(
    plan: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path.resolve() / "g5"
    asked.mkdir()
    monkeypatch.setenv("DICOME_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text(f"[locations]\nroots = ['{asked}']\n")
    found = plan({"IM_1": image(history=f"#-#{asked}")}, roots=None)
    assert next(found.steps).target == str(asked / "0001/0301/0001")


# -- info files ------------------------------------------------------------------------------------------------------


def test_info_files_name_patient_study_series_and_warn(plan: Make) -> None:
    found = plan({**slices(2, patient="Müller^Ä\x1b[1m", description="knee"), "XX_1": without_pixels(study="7")})
    (info,) = found.infos
    assert Path(info.target).relative_to(found.target).as_posix() == "0007/0301/info"
    assert info.text.startswith("PRIVACY: ")
    assert "HIPAA" in info.text.splitlines()[0]
    for text in ("knee", "301", "File names:", "slice", "1.2.7.301"):
        assert text in info.text
    assert "\x1b" not in info.text


def test_info_files_of_flat_names_and_none_where_not_wanted(plan: Make) -> None:
    (info,) = plan(slices(2), flat=True).infos
    assert Path(info.target).name == "0007.0301.info"
    assert list(plan(no_info=True).infos) == []
    assert list(plan(uid_names=True).infos) == []


@pytest.mark.parametrize("patient", ["山田^太郎\u3000様", "Dupont\u00a0Anne", "x\ud7ff"])
def test_an_info_file_is_never_taken_for_a_damaged_image(patient: str, plan: Make, source: Path) -> None:
    (info,) = plan({"IM_1": image(patient="Nobody")}).infos
    assert "Nobody" in info.text
    write(source / "0001/0301/info", info.text.replace("Nobody", patient).encode())
    assert left(plan(destination=source))["info"] == "not DICOM"


def test_an_info_file_that_is_there(plan: Make) -> None:
    (info,) = plan(slices(2)).infos
    path = write(Path(info.target), info.text.encode())
    assert list(plan().infos) == []
    path.write_text("mine")
    (other,) = plan().infos
    assert Path(other.target).name == "info (2)"


# -- options and data ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"copy": True, "rename": True}, {"modality": "XX"}, {"quiet_for": -1.0}, {"quiet_for": float("nan")}],
)
def test_options_that_make_no_sense(wrong: dict[str, Any], plan: Make) -> None:
    with pytest.raises(ArgumentError):
        plan(**wrong)


def test_rename_has_no_destination(source: Path) -> None:
    with pytest.raises(ArgumentError, match="no destination"):
        plan_moves(MoveOptions(source=source, rename=True, destination=source))


def test_missing_directories(source: Path) -> None:
    with pytest.raises(FileMissingError, match="no such directory"):
        plan_moves(MoveOptions(source=source / "none"))
    with pytest.raises(FileMissingError, match="which has none of MR"):
        plan_moves(MoveOptions(source=source, modality="MR"))


def test_plan_and_options_are_data(plan: Make) -> None:
    found = plan(slices(2), suffix=True)
    facts = json.loads(json.dumps(found.facts()))
    assert facts["files"] == 2
    assert facts["studies"][0]["series"][0]["parts"] == ["slice"]
    assert options_from(facts["options"]) == found.options
    assert options_from({}) == MoveOptions()
    assert options_facts(MoveOptions())["destination"] is None


def test_a_part_of_the_studies(plan: Make) -> None:
    found = plan({"a": image(), "b": image(study="2"), "x.dcm": b""})
    part = found.only([found.studies[1].uid])
    assert list(names(part)) == ["b", "x.dcm"]


@pytest.mark.parametrize(("stays", "goes"), [("a", "A"), ("A", "a")])
def test_a_name_is_not_free_because_one_in_other_capitals_goes(stays: str, goes: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write(folder / stays, b"notes")
    write(folder / goes, image(uid="1.2.3"))
    if len(list(folder.iterdir())) == 1:
        pytest.skip("this disk holds them for one")
    write(folder / "sub" / "IM_1", image(uid=stays, payload=1))
    plan = plan_moves(MoveOptions(source=folder, recursive=True, destination=folder, uid_names=True, roots=()))
    assert names(plan) == {goes: "1.2.3", "sub/IM_1": f"{stays} (2)"}
