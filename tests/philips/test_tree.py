"""Structs for MATLAB: valid names, columns, cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dicome.errors import DicomeWarning
from dicome.philips.tree import field_name, fields, plain_tree, read_tree
from tests.philips.samples import CONFIG, CPX, RC
from tests.support.raw_files import SCAN, as_exam, card, group, raw_file


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("EX_ACQ_echoes", "EX_ACQ_echoes"),
        ("RequestResponsePair<A,B>", "RequestResponsePair_A_B_"),
        ("3D-T1 CS3", "x3D_T1_CS3"),
        ("_private", "x_private"),
        ("", "x"),
        ("é" * 80, "x" + "_" * 62),
    ],
)
def test_names_of_fields(name: str, wanted: str) -> None:
    assert field_name(name) == wanted


def test_a_name_that_is_there_twice() -> None:
    assert list(fields([("a", "1"), ("a", "2"), ("a", "3")])) == ["a", "a_2", "a_3"]
    long = list(fields([("b" * 70, "1"), ("b" * 70, "2")]))
    assert [len(name) for name in long] == [63, 57]


def test_plain_values() -> None:
    found = plain_tree(
        {"a": [1, 2.5], "b": ["x", "y"], "c": [True], "d": [{"e": 1}], "f": None, "g": [], "h": "t", "i": 3}
    )
    assert isinstance(found, dict)
    assert found["a"].tolist() == [1.0, 2.5]
    assert found["b"] == ("x", "y")
    assert found["c"].tolist() == [1]
    assert list(found["d"]) == ["Item_1"]
    assert (found["f"], found["g"], found["h"]) == (None, None, "t")
    assert found["i"].tolist() == [3.0]


def test_the_other_blobs(tmp_path: Path) -> None:
    path = tmp_path / "XX_0001"
    path.write_bytes(raw_file([("HARDWARE_CONFIG", CONFIG), ("CPX", CPX), ("RC", RC)]))
    found = read_tree(path)
    config, images = found["HARDWARE_CONFIG"], found["CPX"]
    assert isinstance(config, dict)
    assert isinstance(images, dict)
    np.testing.assert_array_equal(config["numbers"], [7, 15, 10, 10, 0, 1, 9, 10, 2, 1])
    np.testing.assert_array_equal(config["rest"], np.array([1, 0, 0, 0], np.uint8))
    np.testing.assert_array_equal(images["slice"], [1, 2])
    assert found["RC"] == ("first line", "second line = 3")


def test_words_only_where_all_are_known(tmp_path: Path) -> None:
    path = tmp_path / "a.ExamCard"
    path.write_bytes(card("Brain", [("T1", group(*SCAN))]))
    scans = read_tree(path, words=True)["Scans"]
    assert isinstance(scans, dict)
    first = scans["Item_1"]
    assert isinstance(first, dict)
    parameters = first["Parameters"]
    assert isinstance(parameters, dict)
    assert parameters["EX_ACQ_scan_mode"] == "MS"
    assert parameters["EX_GEO_stacks_orientations"] == ("TRANSVERSAL", "SAGITTAL")


def test_damage_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "XX_0001"
    path.write_bytes(raw_file([("PDF_EXAM_PARS", as_exam()[:-100])]))
    with pytest.warns(DicomeWarning, match="PDF_EXAM_PARS"):
        read_tree(path)
