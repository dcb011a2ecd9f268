"""The protocol sheet: layout, conditions, words; the real sheets are in tests/real."""

from __future__ import annotations

import pytest

from dicome.philips.groups import ParameterGroup, read_group
from dicome.philips.protocol import (
    COUNTED_BY,
    HIDDEN,
    Line,
    console_word,
    full_labels,
    runs,
    sheet,
    table,
    worded,
    words,
)
from tests.support.raw_files import SCAN, Setting, changed, group


def parameters(*settings: Setting) -> ParameterGroup:
    return read_group(group(*settings), "x")


def test_a_sheet_by_hand() -> None:
    assert [str(line) for line in sheet(parameters(*SCAN))] == [
        "FOV          AP (mm) =\t\t130;",
        "             RL (mm) =\t\t154.375;",
        "             FH (mm) =\t\t120.970001;",
        "Stacks =\t\t\t1;",
        '    slice orientation =\t\t"transverse";',
        '    fold-over direction =\t"RL";',
        'Scan mode =\t\t\t"MS";',
        "Flip angle (deg) =\t\t90;",
        'NEW gradient trick =\t\t"very fast";',
        'Images =\t\t\t" M", (3) " no";',
        'Total scan duration =\t\t"00:10.5";',
    ]


def test_sections_are_those_of_the_separators() -> None:
    found = {line.name: line.section for line in sheet(parameters(*SCAN))}
    assert found["EX_GEO_fov"] == "geometry"
    assert found["EX_ACQ_flip_angle"] == "contrast"


def test_only_what_the_console_shows() -> None:
    shown = [line.name for line in sheet(parameters(*SCAN), shown_only=True)]
    assert shown == [one.name for one in SCAN if one.shown]


@pytest.mark.parametrize(
    ("orientation", "direction", "axes"),
    [
        (0, 0, ["RL", "AP", "FH"]),
        (0, 1, ["AP", "RL", "FH"]),
        (1, 0, ["FH", "AP", "RL"]),
        (1, 2, ["AP", "FH", "RL"]),
        (2, 1, ["FH", "RL", "AP"]),
        (2, 2, ["RL", "FH", "AP"]),
        (0, 2, ["M", "P", "S"]),
        (9, 0, ["M", "P", "S"]),
    ],
)
def test_axes_follow_orientation_and_fold_over(orientation: int, direction: int, axes: list[str]) -> None:
    """A transverse slice has no fold-over along FH; what cannot be is not named."""
    settings = changed("EX_GEO_stacks_orientations", [orientation], SCAN)
    settings = changed("EX_GEO_stacks_prep_dirs", [direction], settings)
    lines = sheet(parameters(*settings))
    assert [line.label.split()[-2] for line in lines[:3]] == axes


def test_several_stacks_are_listed() -> None:
    settings = changed("EX_GEO_stacks", [2], changed("EX_GEO_stacks_orientations", [0, 2], SCAN))
    values = {line.name: line.value for line in sheet(parameters(*settings))}
    assert values["EX_GEO_stacks_orientations"] == '"transverse", "coronal"'
    assert values["EX_GEO_stacks_fov_ss"] == "120.970001, 250"


def test_a_long_label_has_its_value_below() -> None:
    (line,) = sheet(parameters(Setting("IF_DIFF_deltas", "string", ["44.4 / 28.1"])))
    assert str(line) == 'Diffusion gradient timing  DELTA / delta (ms) =\t\n\t\t\t\t"44.4 / 28.1";'


def test_no_sign_on_zero() -> None:
    (line,) = sheet(parameters(Setting("IF_min_slice_gap", "float", [-0.0])))
    assert line.value == "0"


def test_conditions() -> None:
    user = Setting("EX_ACQ_first_echo_time_enum", "enum", [1], "SHORTEST,USER_DEF")
    time = Setting("EX_ACQ_first_echo_time", "float", [35.0])
    assert [line.label for line in sheet(parameters(user, time))] == ["TE", "    (ms)"]
    shortest = Setting(user.name, "enum", [0], user.words)
    assert [line.label for line in sheet(parameters(shortest, time))] == ["TE"]
    second = Setting("EX_ACQ_second_echo_time", "float", [70.0])
    assert [line.label for line in sheet(parameters(shortest, time, second))] == ["TE1", "TE2 (ms)"]
    no_slabs = Setting("EX_REST_slabs", "int", [0]), Setting("EX_REST_slabs_thicknesses", "float", [60.0] * 12)
    assert [line.label for line in sheet(parameters(*no_slabs))] == ["REST slabs"]
    two_slabs = Setting("EX_REST_slabs", "int", [2]), no_slabs[1]
    assert sheet(parameters(*two_slabs))[1].value == "(2) 60"


def test_enums_without_words_show_their_number() -> None:
    (line,) = sheet(parameters(Setting("EX_ACQ_scan_mode", "enum", [2])))
    assert line.value == "2"


@pytest.mark.parametrize(
    ("name", "word", "wanted"),
    [
        ("EX_GEO_stacks_coil_ids", "SENSE_HEAD_32P", "SENSE-Head-32P"),
        ("EX_TS_reference_tissue", "WHITE_MATTER", "White matter"),
        ("EX_SPIR_fat_suppression", "SPAIR", "SPAIR"),
        ("EX_SPIR_fat_suppression", "NO", "no"),
        ("EX_ANYTHING", "USER_DEF", "user defined"),
        ("EX_ANYTHING", "REV_CENTRAL", "rev central"),
    ],
)
def test_words(name: str, word: str, wanted: str) -> None:
    assert console_word(name, word) == wanted


def test_labels_with_those_above() -> None:
    settings = (
        Setting("EX_TFEPP_prepulses", "enum", [0], "INV"),
        Setting("EX_TFEPP_pre_T1_delay_enum", "enum", [0], "USER_DEF"),
        Setting("EX_TFEPP_pre_T1_delay", "float", [900.0]),
    )
    found = full_labels(sheet(parameters(*SCAN[:3], *settings)))
    assert found["EX_TFEPP_pre_T1_delay_enum"] == "TFE prepulse, delay"
    assert found["EX_GEO_fov_p"] == "FOV P (mm)"


def test_labels_in_line_with_words_above() -> None:
    """The console's indentation says which words they share: ``gap`` stands below the ``gap`` of ``slice gap``."""
    labels = {
        "Stacks": "Stacks",
        "    slice gap": "Stacks, slice gap",
        "          gap (mm)": "Stacks, slice gap (mm)",
        "Stack Offc. AP (P=+mm)": "Stack Offc. AP (P=+mm)",
        "            RL (L=+mm)": "Stack Offc. RL (L=+mm)",
        "      Ang.  AP (deg)": "Stack Ang. AP (deg)",
        "            RL (deg)": "Stack Ang. RL (deg)",
        "            FH (deg)": "Stack Ang. FH (deg)",
        "Arterial Spin labeling": "Arterial Spin labeling",
        "    phase interval": "Arterial Spin labeling, phase interval",
        "        (ms)": "Arterial Spin labeling, phase interval, (ms)",
        "Patient position": "Patient position",
        "        orientation": "Patient orientation",
    }
    assert list(full_labels(Line(label, "", label, "") for label in labels).values()) == list(labels.values())


def test_equal_neighbours_are_counted() -> None:
    assert runs(["a", "a", "b", "a"]) == "(2) a, b, a"
    assert runs([]) == ""


def test_a_label_from_a_name() -> None:
    assert worded("EX_FLL_pcasl_dur") == "FLL pcasl dur"
    assert worded("X") == "X"


def test_the_tables_are_sound() -> None:
    rules = {"@same", "@coil", "@sentence"}
    assert {word for word in words().values() if word.startswith("@")} <= rules
    for name, rows in table().items():
        assert all(row.form in ("", "runs", "names", *COUNTED_BY) for row in rows), name
        assert all(row.condition for row in rows[:-1]), f"{name}: rows behind one without a condition never count"
        assert all(row.label == row.label.rstrip() and row.label for row in rows), name
        for row in rows:
            row.label.format(M="", P="", S="")
    assert sum(any(row.label != HIDDEN for row in rows) for rows in table().values()) > 180
