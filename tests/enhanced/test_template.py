"""Tables and columns to bytes; expected bytes are joined from `element` and `sequence`, tested by hand elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dicome.enhanced.encode import EXPLICIT, Encoding, element, sequence
from dicome.enhanced.template import Columns, Group, Row, Source, as_column, compile_table, joined, private_tag, varies
from dicome.errors import ArgumentError

NUMBER = Row("InstanceNumber", 0x00200013, "IS")
NAME = Row("PatientName", 0x00100010, "PN", "nobody")
ECHO = Group("MREchoSequence", 0x00189114, (Row("EffectiveEchoTime", 0x00189082, "FD", names=("EchoTime",)),))


def frames(table: tuple[Row | Group, ...], source: Source, count: int, encoding: Encoding = EXPLICIT) -> list[bytes]:
    return joined(compile_table(table, source, encoding, {}), 0, count)


def test_constant_attributes_are_one_part_in_order_of_tags() -> None:
    parts = compile_table((NUMBER, NAME), Source({}, {"InstanceNumber": 4}), EXPLICIT, {})
    assert parts == [element(0x00100010, "PN", "nobody") + element(0x00200013, "IS", 4)]


def test_a_column_that_never_changes_is_constant() -> None:
    source = Source({"InstanceNumber": [4, 4]})
    assert compile_table((NUMBER,), source, EXPLICIT, {}) == [element(0x00200013, "IS", 4)]
    assert not varies((NUMBER,), source)
    assert varies((NUMBER,), Source({"InstanceNumber": [4, 5]}))


def test_columns_differ_between_frames_and_none_is_absent() -> None:
    bodies = frames((NAME, NUMBER), Source({"InstanceNumber": [1, None, 1234]}), 3)
    name = element(0x00100010, "PN", "nobody")
    assert bodies == [name + element(0x00200013, "IS", 1), name, name + element(0x00200013, "IS", 1234)]


def test_frames_are_encoded_in_any_chunk() -> None:
    parts = compile_table(
        (NUMBER, ECHO), Source({"InstanceNumber": [1, 2, 3], "EchoTime": [1.0, 2.0, 3.0]}), EXPLICIT, {}
    )
    whole = joined(parts, 0, 3)
    assert joined(parts, 0, 1) + joined(parts, 1, 3) == whole
    assert len(set(whole)) == 3


def test_columns_go_before_series_and_those_before_defaults() -> None:
    row = (Row("A", 0x00080050, "SH", "row"),)
    layers: dict[str, Any] = {"columns": {"A": ["column"]}, "series": {"A": "series"}, "defaults": {"A": "vendor"}}
    for missing, expected in (("", "column"), ("columns", "series"), ("series", "vendor"), ("defaults", "row")):
        layers.pop(missing, None)
        assert frames(row, Source(**layers), 1) == [element(0x00080050, "SH", expected)]


def test_none_leaves_out_what_a_later_layer_has() -> None:
    assert compile_table((NAME,), Source({}, {"PatientName": None}), EXPLICIT, {}) == []


def test_a_group_is_reached_by_its_name() -> None:
    groups = (ECHO, Group("Other", 0x00400555, ECHO.rows))
    source = Source({}, {"EffectiveEchoTime": 5.0, "Other.EffectiveEchoTime": 7.0})
    expected = [
        sequence(tag, [element(0x00189082, "FD", time)]) for tag, time in ((0x00189114, 5.0), (0x00400555, 7.0))
    ]
    assert frames(groups, source, 1) == [b"".join(expected)]


def test_a_local_row_takes_no_value_of_the_series_by_its_bare_name() -> None:
    group = (Group("G", 0x00400555, (Row("UID", 0x00080018, "UI", local=True),)),)
    assert frames(group, Source({}, {"UID": "1.2"}), 1) == [b""]
    wanted = sequence(0x00400555, [element(0x00080018, "UI", "1.2")])
    assert frames(group, Source({}, {"G.UID": "1.2"}), 1) == [wanted]
    assert frames(group, Source({"UID": ["1.2"]}), 1) == [wanted]


@pytest.mark.parametrize("undefined", [True, False])
def test_a_group_without_values_is_left_out_per_frame(undefined: bool) -> None:
    encoding = Encoding(undefined_lengths=undefined)
    bodies = frames((ECHO,), Source({"EchoTime": [1.5, None, 2.5]}), 3, encoding)
    first, third = (sequence(0x00189114, [element(0x00189082, "FD", time)], encoding) for time in (1.5, 2.5))
    assert bodies == [first, b"", third]


def test_a_group_stands_only_where_what_it_needs_is_known() -> None:
    rows = (Row("Label", 0x00409210, "SH", "x"), Row("Slope", 0x00409225, "FD"))
    group = (Group("Mapping", 0x00409096, rows, needs="Slope"),)
    label = element(0x00409210, "SH", "x")
    with_two = sequence(0x00409096, [label + element(0x00409225, "FD", 2)])
    assert frames(group, Source({"Slope": [None, 2.0]}), 2) == [b"", with_two]
    assert frames(group, Source({"Slope": [2.0, 2.0]}), 2) == [with_two, with_two]
    assert frames(group, Source({"Slope": [None, None]}), 2) == [b"", b""]
    assert frames(group, Source(), 2) == [b"", b""]


def test_nested_columns_have_correct_defined_lengths() -> None:
    encoding = Encoding(undefined_lengths=False)
    table = (
        Group(
            "Outer",
            0x00400555,
            (ECHO, Row("Text", 0x00204000, "LT")),
        ),
    )
    bodies = frames(table, Source({"EchoTime": [1.0, 1.0, 2.0], "Text": ["", "long text", "x"]}), 3, encoding)
    for body, time, text in zip(bodies, (1.0, 1.0, 2.0), ("", "long text", "x"), strict=True):
        echo = sequence(0x00189114, [element(0x00189082, "FD", time)], encoding)
        assert body == sequence(0x00400555, [echo + element(0x00204000, "LT", text)], encoding)


def test_the_series_fills_several_items() -> None:
    listed: list[dict[str, Any]] = [{"EffectiveEchoTime": 1.0}, {"EchoTime": 2.0}]
    bodies = frames((ECHO,), Source({}, {"MREchoSequence": listed}), 1)
    assert bodies == [sequence(0x00189114, [element(0x00189082, "FD", time) for time in (1.0, 2.0)])]
    assert frames((ECHO,), Source({}, {"MREchoSequence": []}), 1) == [element(0x00189114, "SQ", [])]


def test_private_rows_move_with_their_creator_which_is_written_once() -> None:
    rows = (
        Row("Slope", 0x2005100E, "FL", 1.0, creator="ACME"),
        Row("Type", 0x20051011, "CS", "M", creator="ACME"),
        Row("Absent", 0x20051412, "IS", creator="OTHER"),
    )
    bodies = joined(compile_table(rows, Source(), EXPLICIT, {"ACME": 0x21, "OTHER": 0x14}), 0, 1)
    expected = element(0x20050021, "LO", "ACME") + element(0x2005210E, "FL", 1.0) + element(0x20052111, "CS", "M")
    assert bodies == [expected]
    assert private_tag(0x2005140F, "ACME", {"ACME": 0x10}) == 0x2005100F
    assert private_tag(0x00209056, "", {}) == 0x00209056


def test_ready_elements_take_their_place_and_go_before_rows() -> None:
    ready = {0x00100010: element(0x00100010, "PN", "ready"), 0x00080050: element(0x00080050, "SH", "")}
    body = joined(compile_table((NAME, NUMBER), Source({}, {"InstanceNumber": 1}), EXPLICIT, {}, ready=ready), 0, 1)
    assert body == [ready[0x00080050] + ready[0x00100010] + element(0x00200013, "IS", 1)]


def test_equal_values_are_encoded_once() -> None:
    columns = Columns(0x00200013, "IS", [1, 2, 1, None], EXPLICIT)
    assert columns.cells(0, 4) == [
        element(0x00200013, "IS", 1),
        element(0x00200013, "IS", 2),
        element(0x00200013, "IS", 1),
        b"",
    ]
    assert set(columns.known) == {1, 2, None}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([1.0, np.nan]), [1.0, None]),
        (np.array([[1, 2], [3, 4]]), [(1, 2), (3, 4)]),
        (np.array([[1.0, np.nan], [3, 4]]), [None, (3.0, 4.0)]),
        (np.array(["a", None], object), ["a", None]),
        ([[1, 2], np.array([3, 4])], [(1, 2), (3, 4)]),
        ([float("nan"), "b"], [None, "b"]),
    ],
)
def test_columns_become_lists_of_plain_values(values: Any, expected: list[Any]) -> None:
    assert as_column("X", values, 2) == expected


def test_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(ArgumentError, match="column 'X' has 3 values for 2 frames"):
        as_column("X", [1, 2, 3], 2)
