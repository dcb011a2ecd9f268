"""The tables of attributes against dictionaries that others made: pydicom's, and the list of private tags."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pydicom.datadict
import pytest

import dicome.dicom
from dicome.enhanced.dimensions import DIMENSIONS
from dicome.enhanced.groups import GROUPS
from dicome.enhanced.head import HEAD, PHILIPS_HEAD
from dicome.enhanced.layouts import LAYOUTS, Layout
from dicome.enhanced.philips import BLOCKS, METABOLITE_MAP, MOVED_BLOCKS, PRIVATE_PER_FRAME, PRIVATE_SHARED, SERIES
from dicome.enhanced.template import Group, Row, Table

PUBLIC = (*HEAD, *PHILIPS_HEAD, *GROUPS, METABOLITE_MAP, PRIVATE_SHARED, PRIVATE_PER_FRAME)


def everything(table: Table) -> Iterator[Row | Group]:
    for entry in table:
        yield entry
        if isinstance(entry, Group):
            yield from everything(entry.rows)


def name(entry: Row | Group) -> str:
    return f"{entry.keyword} {entry.tag:08X}"


@pytest.mark.parametrize("entry", [one for one in everything(PUBLIC) if not one.creator], ids=name)
def test_public_tags_and_vrs_are_those_of_the_standard(entry: Row | Group) -> None:
    assert pydicom.datadict.keyword_for_tag(entry.tag) == entry.keyword
    assert (entry.vr if isinstance(entry, Row) else "SQ") in pydicom.datadict.dictionary_VR(entry.tag).split(" or ")


def private_tags() -> dict[tuple[str, int, int], dict[str, str]]:
    """Rows of the project's list of private tags by creator, group and last byte."""
    path = Path(str(dicome.dicom.__file__)).parent / "philips.tsv"
    with path.open(encoding="utf-8", newline="") as stream:
        lines = [line for line in stream if not line.startswith("#")]
    fields = ["creator", "group", "byte", "vr", "multiplicity", "keyword", "other_names"]
    rows = csv.DictReader(lines, fields, delimiter="\t", restval="")
    return {(row["creator"], int(row["group"], 16), int(row["byte"], 16)): row for row in rows}


@pytest.mark.parametrize(
    "entry", [one for one in everything((*SERIES, PRIVATE_SHARED, PRIVATE_PER_FRAME)) if one.creator], ids=name
)
def test_private_tags_are_those_of_other_lists(entry: Row | Group) -> None:
    row = private_tags()[entry.creator, entry.tag >> 16, entry.tag & 0xFF]
    names = [row["keyword"], *row["other_names"].split()]
    assert entry.keyword in names or not row["keyword"]
    assert (entry.vr if isinstance(entry, Row) else "SQ") == row["vr"]
    assert (entry.tag >> 8) & 0xFF == BLOCKS[entry.creator]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda one: str(one.name))
def test_a_data_set_names_every_tag_once(layout: Layout) -> None:
    for table in (
        layout.head,
        layout.groups,
        *(one.rows for one in everything(layout.groups) if isinstance(one, Group)),
    ):
        tags = [one.tag for one in table]
        assert len(tags) == len(set(tags))


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=lambda one: str(one.name))
def test_vendors_name_groups_that_exist_and_creators_that_have_blocks(layout: Layout) -> None:
    assert layout.per_frame <= {group.keyword for group in layout.groups}
    assert {one.creator for one in everything((*layout.head, *layout.groups))} - {""} <= set(layout.blocks)


def test_blocks_do_not_collide() -> None:
    for blocks in (BLOCKS, MOVED_BLOCKS):
        for family in ("Philips Imaging", "Philips MR Imaging"):
            used = [block for creator, block in blocks.items() if creator.startswith(family)]
            assert len(used) == len(set(used))


def test_dimensions_point_to_rows_of_their_groups() -> None:
    groups = {group.tag: group for group in LAYOUTS["philips"].groups}
    for dimension in DIMENSIONS.values():
        inside = {one.tag: one.creator for one in everything(groups[dimension.group].rows)}
        assert inside[dimension.pointer] == dimension.creator
        assert groups[dimension.group].creator == dimension.group_creator
