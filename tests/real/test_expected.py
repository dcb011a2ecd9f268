"""Every real file gives the shape, names, scaling and mean that an independent, slow reader found."""

from __future__ import annotations

import ast
import csv
import os
from pathlib import Path

import numpy as np
import pytest

import dicome

FOLDER = os.environ.get("DICOME_CORPUS")


def rows() -> list[dict[str, str]]:
    if not FOLDER:
        return []
    with (Path(FOLDER) / "EXPECTED.tsv").open(newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def test_the_table_of_expectations_is_there(corpus: Path) -> None:
    assert len(rows()) > 70
    assert (corpus / rows()[0]["path"]).is_file()


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["path"].removeprefix("enhanced/"))
def test_real_file_reads_as_expected(row: dict[str, str], corpus: Path) -> None:
    image = dicome.open(corpus / row["path"])
    if row["shape"]:
        assert list(image.shape) == ast.literal_eval(row["shape"])
    if row["names"]:
        names = ast.literal_eval(row["names"])
        assert len(image.names) == len(names)
        assert [name for name, wanted in zip(image.names, names, strict=True) if wanted not in ("?", name)] == []
    if row["scale"]:
        assert image.scale == row["scale"]
    values = image.array()
    assert values.shape == image.shape
    if row["mean"]:
        assert np.mean(values, dtype=np.float64) == pytest.approx(float(row["mean"]), rel=1e-5)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["path"].removeprefix("enhanced/"))
def test_no_frame_of_a_real_file_is_lost(row: dict[str, str], corpus: Path) -> None:
    image = dicome.open(corpus / row["path"])
    numbers = image.item_numbers.ravel()
    assert sorted(numbers[numbers > 0].tolist()) == list(range(1, image.frames.frame_count + 1))
