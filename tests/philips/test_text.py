"""Text, JSON and the page: nothing is dropped, nothing gets out of its place."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from dicome.philips.content import read_content
from dicome.philips.groups import Parameter
from dicome.philips.jsonable import blob_json, source_json
from dicome.philips.listing import list_json, list_lines, sheets
from dicome.philips.page import page
from dicome.philips.rawdata import Blob
from dicome.philips.soap import Plain
from dicome.philips.sources import Source, look_at
from dicome.philips.text import blob_lines, card_lines, raw_lines, tree_lines, utc
from dicome.philips.values import hex_lines, quoted, run_length, values_text
from tests.philips.samples import COILS, CONFIG, CPX, PAIRS, RC, RESPONSES
from tests.support.raw_files import SCAN, Setting, as_exam, card, group, raw_file, study_xml

NASTY = '<script>alert("1")</script>&\x1b[31m'
ALL = [
    ("PDF_EXAM_PARS", as_exam()), ("PDF_WITH_WORDS", group(*SCAN)), ("COILSTATE", COILS), ("HARDWARE_CONFIG", CONFIG),
    ("PDF_USED_PRESCAN_RESPONSES", RESPONSES), ("RC", RC), ("CPX", CPX), ("PDF_PRESCAN_COIL_PARS", b""),
    ("NEW", bytes(range(40))), ("PDF_BAD", b"\7" * 50),
]  # fmt: skip


def series(folder: Path, blobs: list[tuple[str, bytes]] | None = None) -> Source:
    path = folder / "XX_0001"
    path.write_bytes(raw_file(ALL if blobs is None else blobs))
    return look_at(path)


def text_of(source: Source) -> str:
    assert source.raw is not None
    return "\n".join(raw_lines(source.raw))


@pytest.mark.parametrize(
    ("parameter", "wanted"),
    [
        (Parameter("x", "int", False, np.zeros(24, np.int32)), "0 x 24"),
        (Parameter("x", "int", False, np.array([1, 1, 0, 1], np.int32)), "1 x 2, 0, 1"),
        (
            Parameter("x", "float", False, np.array([2.03, 42577.47, 1e-5, np.nan], np.float32)),
            "2.03, 42577.47, 1e-05, nan",
        ),
        (Parameter("x", "float", False, np.array([130, -0.0], np.float32)), "130, -0"),
        (Parameter("x", "enum", False, np.array([2, 4, 4], np.int32), ("R", "I", "M", "P", "NO")), "2 M, 4 NO x 2"),
        (Parameter("x", "enum", False, np.array([7], np.int32), ("R",)), "7"),
        (Parameter("x", "string", False, ("", "", 'a "b"\n')), '"" x 2, "a \\"b\\"\\n"'),
        (Parameter("x", "unknown", False, b"\1\2\3\4"), "not interpreted: 01 02 03 04"),
        (Parameter("x", "int", False, np.array([], np.int32)), ""),
    ],
)
def test_values(parameter: Parameter, wanted: str) -> None:
    assert values_text(parameter) == wanted


def test_long_values_are_shortened_when_asked() -> None:
    long = Parameter("x", "int", False, np.arange(100, dtype=np.int32))
    assert values_text(long, short=True).endswith("... (+L)")
    assert values_text(long).endswith("98, 99")


def test_every_blob_is_printed(tmp_path: Path) -> None:
    text = text_of(series(tmp_path))
    for name, _ in ALL:
        assert f"--- {name}: " in text
    assert "\n* EX_GEO_fov                       float      1  130\n" in text
    assert "coil 2: HEAD\n    socket       /DCC1\n    part number  452213278105" in text
    assert "numbers (meaning not known)  7, 15, 10, 10, 0, 1, 9, 10, 2, 1" in text
    assert '"RequestResponsePair<CoilSurveyRequest,CoilSurveyResponse>"' in text
    assert "second line = 3" in text
    assert "image 2, at byte 1,024: mix 0, stack 0, slice 2" in text
    assert "--- PDF_PRESCAN_COIL_PARS: empty, 0 bytes" in text


def test_bytes_that_nobody_understands_are_all_there(tmp_path: Path) -> None:
    lines = text_of(series(tmp_path)).splitlines()
    start = lines.index("--- NEW: not interpreted, 40 bytes, type IEEE_PDF")
    assert lines[start + 1].startswith("00000000  00 01 02 03")
    assert lines[start + 3].startswith("00000020  20 21 22 23 24 25 26 27")
    assert lines[start + 3].endswith(" !\"#$%&'")
    bad = lines.index("--- PDF_BAD: not interpreted, 50 bytes, type IEEE_PDF")
    assert "no parameter group" in lines[bad + 1]
    assert bytes.fromhex("".join(line[10:57] for line in lines[bad + 2 : bad + 6])) == b"\7" * 50


def test_a_damaged_group_is_printed_with_its_bytes(tmp_path: Path) -> None:
    text = text_of(series(tmp_path, [("PDF_EXAM_PARS", as_exam()[:-200])]))
    assert "EX_GEO_fov" in text
    assert "the bytes, as they are:" in text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("COILSTATE", COILS[:-3]),
        ("PDF_USED_PRESCAN_RESPONSES", b'{"a": 1}#:#{"b": lost#:#'),
        ("PDF_X", as_exam()[:-200]),
    ],
)
def test_what_is_read_in_part_is_shown_as_bytes_too(name: str, data: bytes) -> None:
    """Nothing is dropped: the second coil, the damaged answer are in no line of what was read."""
    content = read_content(name, data, "x")
    assert content.problems
    blob = Blob(name, "IEEE_PDF", len(data), data, 0, content, problems=content.problems)
    lines = list(blob_lines(blob))
    dump = lines[lines.index("the bytes, as they are:") + 1 :]
    assert bytes.fromhex("".join(line[10:57] for line in dump)) == data
    assert bytes.fromhex(blob_json(blob)["hex"]) == data


def test_hex() -> None:
    assert list(hex_lines(b"AB\n")) == ["00000000  41 42 0a" + " " * 41 + "AB."]
    assert list(hex_lines(b"")) == []


def test_json_holds_everything(tmp_path: Path) -> None:
    found = json.loads(json.dumps(source_json(series(tmp_path)), allow_nan=False))
    assert found["kind"] == "series"
    blobs = {blob["name"]: blob for blob in found["blobs"]}
    assert list(blobs) == [name for name, _ in ALL]
    words = next(one for one in blobs["PDF_WITH_WORDS"]["parameters"] if one["name"] == "EX_PROC_image_types")
    assert words == {
        "name": "EX_PROC_image_types", "type": "enum", "shown": True, "size": 4, "values": [2, 4, 4, 4],
        "words": ["MODULUS", "NO", "NO", "NO"],
    }  # fmt: skip
    fov = next(one for one in blobs["PDF_EXAM_PARS"]["parameters"] if one["name"] == "EX_GEO_stacks_fov_ss")
    assert fov["values"] == [120.97, 250.0]
    assert blobs["COILSTATE"]["coils"][1]["serial"] == "0014"
    assert blobs["PDF_USED_PRESCAN_RESPONSES"]["responses"] == PAIRS
    assert blobs["CPX"]["images"]["slice"] == [1, 2]
    assert bytes.fromhex(blobs["NEW"]["hex"]) == bytes(range(40))
    assert blobs["PDF_BAD"]["problems"]


def test_json_has_no_nan(tmp_path: Path) -> None:
    data = group(Setting("A", "float", [float("nan"), float("-inf"), 1.0]))
    found = source_json(series(tmp_path, [("PDF_A", data), ("PDF_USED_PRESCAN_RESPONSES", b'{"a": [NaN]}#:#')]))
    assert found["blobs"][0]["parameters"][0]["values"] == ["nan", "-inf", 1.0]
    json.dumps(found, allow_nan=False)


def test_a_card_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.ExamCard"
    path.write_bytes(card("Brain", [("T1", group(*SCAN))]))
    source = look_at(path)
    assert source.card is not None
    lines = list(card_lines(source.card))
    assert lines[0].endswith("ExamCard Brain, release 5.7.1.2, 1 scans")
    assert "anatomy: Head" in lines
    assert "=== 1 T1   TRA FEEPI 3000" in lines
    assert "    geometryName: Axial" in lines
    assert 'Scan mode =\t\t\t"MS";' in lines
    assert not any(line.startswith("  EX_ACQ_flip_angle") for line in lines)
    everything = list(card_lines(source.card, everything=True))
    assert "  EX_ACQ_scan_mode                 enum       1  2 MS" in everything


def test_trees() -> None:
    value: Plain = {
        "a": "1",
        "b": {"c": "2", "d": None, "e": ""},
        "f": ["x", "x", "y"],
        "g": [{"h": "3"}],
        "i": [],
        "skip": "4",
    }
    assert list(tree_lines(value, without=frozenset(["skip"]))) == [
        "a: 1", "b:", "    c: 2", "f: x x 2, y", "g:", "    1:", "        h: 3",
    ]  # fmt: skip


def test_times() -> None:
    assert utc("2021-10-05T14:37:01.4648455Z") == "2021-10-05 14:37:01 UTC"
    assert (utc(""), utc("yesterday")) == ("?", "yesterday")


def test_quotes_and_runs() -> None:
    assert quoted('a"\x07\x7f') == '"a\\"\\u0007\\u007f"'
    assert run_length([]) == ""


def test_lists(tmp_path: Path) -> None:
    source = series(tmp_path)
    lines = list(list_lines(source))
    assert lines[0].endswith("raw data of series 301 T1 (acquisition 3, reconstruction -), release 5.7.1")
    assert len(lines) == 1 + len(ALL)
    assert list_json(source)["blobs"][2] == {
        "name": "COILSTATE",
        "type": "IEEE_PDF",
        "size": len(COILS),
        "what": "2 coils",
    }
    ((title, sheet),) = sheets(source)
    assert title == "T1"
    assert [line.name for line in sheet] == [one.name for one in SCAN if one.shown]


# -- the page -------------------------------------------------------


class Checker(HTMLParser):
    """Collects what a browser would load, and every id and link."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            elif name in ("src", "srcset", "action", "data"):
                self.loads.append(value or "")


def checked(source: Source) -> tuple[str, Checker]:
    html = page(source)
    checker = Checker()
    checker.feed(html)
    return html, checker


def test_a_page_of_a_card_has_a_section_for_each_scan(tmp_path: Path) -> None:
    path = tmp_path / "a.ExamCard"
    path.write_bytes(card("Brain", [("T1", group(*SCAN)), ("T2", group(*SCAN))]))
    html, checker = checked(look_at(path))
    assert checker.ids == ["find", "card", "scan1", "scan2"]
    assert checker.links == ["#card", "#scan1", "#scan2"]
    assert "<dt>Flip angle (deg)</dt><dd>90</dd>" in html
    assert "EX_NEW_gradient_trick" in html


def test_a_page_is_self_contained(tmp_path: Path) -> None:
    html, checker = checked(series(tmp_path))
    assert checker.loads == []
    assert all(link.startswith("#") for link in checker.links)
    assert "link" not in checker.tags
    assert "default-src 'none'" in html
    assert not re.search(r"https?://|@import|url\(", html)
    assert "prefers-color-scheme: dark" in html


def test_a_page_of_a_study(tmp_path: Path) -> None:
    path = tmp_path / "XX_0002"
    path.write_bytes(raw_file([("ExamCardBlob", study_xml("Brain", card("Brain", [("T1", group(*SCAN))])))], series=0))
    html, checker = checked(look_at(path))
    assert checker.ids == ["find", "scanned", "card", "scan1"]
    assert "1.2.4" in html
    assert "2021-10-05 14:10:12 UTC" in html


def test_what_comes_from_the_file_cannot_become_markup(tmp_path: Path) -> None:
    name = NASTY.replace("&", "&amp;").replace("<", "&lt;").replace("\x1b", "")
    scan = group(*SCAN, Setting("EX_NEW_text", "string", [NASTY]))
    path = tmp_path / "a.ExamCard"
    path.write_bytes(card(name, [(name, scan)]))
    html, checker = checked(look_at(path))
    assert checker.tags.count("script") == 1
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
    assert "\x1b" not in html
