"""Dimension Index Sequence and index values."""

from __future__ import annotations

import numpy as np
import pytest

from dicome.enhanced.dimensions import (
    DIMENSIONS,
    IMAGE_TYPES,
    LABEL_TYPES,
    SCANNING_SEQUENCES,
    index_rows,
    index_values,
)
from dicome.enhanced.philips import BLOCKS, MOVED_BLOCKS
from dicome.errors import ArgumentError


@pytest.mark.parametrize(
    ("names", "word", "code"),
    [
        # As the dimension indices of scanner files and the image lines of PAR files have them.
        (IMAGE_TYPES, "M", 0),
        (IMAGE_TYPES, "P", 3),
        (IMAGE_TYPES, "T1", 6),
        (IMAGE_TYPES, "B0", 18),
        (IMAGE_TYPES, "PERFUSION", 30),
        (SCANNING_SEQUENCES, "FFE", 2),
        (SCANNING_SEQUENCES, "PCA", 4),
        (SCANNING_SEQUENCES, "UNSPECIFIED", 5),
        (LABEL_TYPES, "CONTROL", 0),
        (LABEL_TYPES, "LABEL", 1),
    ],
)
def test_codes(names: list[str], word: str, code: int) -> None:
    assert names.index(word) == code


def test_index_values_count_from_the_columns_and_code_names() -> None:
    columns = {
        "StackID": ["1", "1", "1"],
        "InStackPositionNumber": [1, 1, 2],
        "MRImageTypeMR": ["M", "P", "B0"],
        "TemporalPositionIndex": np.array([7, 8, 9]),
    }
    values = index_values(columns, ["stack", "slice", "type", "dynamic"], 3)
    assert values.dtype == np.uint32
    assert values.tolist() == [[1, 1, 0, 7], [1, 1, 3, 8], [1, 2, 18, 9]]


def test_what_cannot_be_numbered_is_refused() -> None:
    with pytest.raises(ArgumentError, match="dimension 'type' needs a column 'MRImageTypeMR'"):
        index_values({}, ["type"], 1)
    with pytest.raises(ArgumentError, match="'Q' is no Private ImageTypeMR; use one of: M R I P"):
        index_values({"MRImageTypeMR": ["Q"]}, ["type"], 1)


def test_a_row_names_pointer_group_creators_and_label() -> None:
    rows = index_rows([DIMENSIONS["slice"], DIMENSIONS["type"]], "1.2", BLOCKS)
    assert rows[0] == [
        (0x00209164, "UI", "1.2"),
        (0x00209165, "AT", 0x00209057),
        (0x00209167, "AT", 0x00209111),
        (0x00209421, "LO", "In-Stack Position Number"),
    ]
    assert rows[1] == [
        (0x00209164, "UI", "1.2"),
        (0x00209165, "AT", 0x20051011),
        (0x00209167, "AT", 0x2005140F),
        (0x00209213, "LO", "Philips MR Imaging DD 001"),
        (0x00209238, "LO", "Philips MR Imaging DD 005"),
        (0x00209421, "LO", "Private ImageTypeMR"),
    ]


def test_pointers_follow_moved_blocks_and_labels_can_be_missing() -> None:
    (row,) = index_rows([DIMENSIONS["type"]], "1.2", MOVED_BLOCKS, labels=False)
    assert (0x00209165, "AT", 0x20051111) in row
    assert (0x00209167, "AT", 0x2005100F) in row
    assert 0x00209421 not in [tag for tag, _, _ in row]
