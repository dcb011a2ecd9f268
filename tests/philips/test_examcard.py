"""ExamCards of both schemas, whole and damaged, and the study document around them."""

from __future__ import annotations

import base64
import warnings
from pathlib import Path

import pytest

from dicome.errors import DamagedFileError, DicomeWarning, FileMissingError, NotDicomError
from dicome.philips import read_examcard
from dicome.philips.examcard import MOST_SCANS, parse_card
from dicome.philips.extract import write_card
from dicome.philips.safe_xml import parse
from dicome.philips.soap import Graph, decode_base64, field_name
from dicome.philips.sources import one_source
from dicome.philips.study import read_study
from dicome.philips.text import card_lines
from tests.support.raw_files import END, SCAN, SOAP, card, changed, group, raw_file, study_xml

T1, T2 = group(*SCAN), group(*changed("EX_ACQ_flip_angle", [30.0]))
HERE = Path("some.ExamCard")


@pytest.mark.parametrize("old", [False, True])
def test_both_schemas(old: bool) -> None:
    found = parse_card(card("Brain", [("T1", T1), ("T2", T2)], old=old), HERE)
    assert (found.name, found.release, found.problems) == ("Brain", "5.7.1.2", ())
    assert [scan.name for scan in found.scans] == ["T1", "T2"]
    assert found.scans[0].method == "TRA    FEEPI 3000"
    angles = [scan.parameters["EX_ACQ_flip_angle"].values[0] for scan in found.scans if scan.parameters]
    assert angles == [90.0, 30.0]
    assert found.fields["anatomy"] == "Head"
    assert found.scans[0].fields == {"singleScan": {"geometryName": "Axial", "isPreScan": "false"}}
    assert found.scan("T2") is found.scans[1]
    with pytest.raises(KeyError):
        found.scan("T3")


def test_nuls_behind_a_card_are_nothing() -> None:
    assert len(parse_card(card("Brain", [("T1", T1)]) + bytes(1000), HERE).scans) == 1


def test_base64_may_have_lines() -> None:
    data = card("Brain", [("T1", T1)])
    text = base64.b64encode(T1)
    lines = b"\r\n".join(text[k : k + 76] for k in range(0, len(text), 76))
    assert text in data
    found = parse_card(data.replace(text, lines), HERE)
    assert found.scans[0].parameters is not None
    assert found.problems == ()


def test_a_cut_card_gives_the_scans_that_are_whole() -> None:
    data = card("Brain", [("T1", T1), ("T2", T2), ("T3", T2)])
    found = parse_card(data[: data.index(base64.b64encode(T2)) + 100], HERE)
    assert [(scan.name, scan.parameters is not None) for scan in found.scans][:2] == [("T1", True), ("T2", False)]
    assert "is the file complete?" in found.problems[0]
    assert any("scan T2: its parameters are not in the file" in one for one in found.problems)


def test_a_card_whose_lists_are_lost_still_has_its_scans() -> None:
    data = card("Brain", [("T1", T1)]).replace(b'<instrumentList href="#il"/>', b'<instrumentList href="#gone"/>')
    assert [scan.name for scan in parse_card(data, HERE).scans] == ["T1"]


def test_broken_base64_is_told() -> None:
    data = card("Brain", [("T1", T1), ("T2", T2)]).replace(base64.b64encode(T1)[:8], b"!!!!!!!!", 1)
    found = parse_card(data, HERE)
    assert found.scans[0].parameters is None
    assert found.scans[1].parameters is not None
    assert "scan T1: parameterData: expected base64; at character 0" in found.problems[0]


def test_base64_that_is_cut() -> None:
    assert decode_base64("QUJD\r\n", "x") == b"ABC"
    with pytest.raises(DamagedFileError, match="expected base64; at character 3 of 3"):
        decode_base64("QUJ", "x")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"<html><body/></html>", NotDicomError),
        ((SOAP + END).encode(), DamagedFileError),
        (b"<SOAP-ENV:Envelope xmlns:SOAP-ENV='x'/>", NotDicomError),
        (b"no xml at all", DamagedFileError),
        (b"", DamagedFileError),
    ],
)
def test_what_is_no_card(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"some\.ExamCard"):
        parse_card(data, HERE)


def test_pointers_in_circles_end() -> None:
    body = (
        '<a:ExamCard id="r"><name href="#n"/><data href="#d"/></a:ExamCard><n id="n" href="#m"/><m id="m" href="#n"/>'
        '<d id="d"><inner href="#d"/><other>7</other></d>'
    )
    graph = Graph(parse(f"<Body>{body}</Body>".encode(), "x").root, "x")
    card_node = graph.first("ExamCard")
    assert graph.text(card_node, "name") == ""
    assert graph.plain(card_node) == {"data": {"inner": "(see above)", "other": "7"}}


def test_objects_shared_by_many_do_not_unfold_without_end() -> None:
    """Thirty levels of two pointers each would be a thousand million values."""
    levels = "".join(f'<o id="o{k}"><a href="#o{k + 1}"/><b href="#o{k + 1}"/></o>' for k in range(30))
    graph = Graph(parse(f"<Body>{levels}<o id='o30'>end</o></Body>".encode(), "x").root, "x")
    graph.plain(graph.first("o"))


def test_texts_shared_by_many_are_no_bomb() -> None:
    """A megabyte that ten thousand items point at would be ten thousand million letters."""
    items = "".join(f'<item id="i{k}"><v href="#t"/></item>' for k in range(10_000))
    text = "x" * 1_000_000
    body = f'<ExamCard id="r"><a href="#l"/></ExamCard><T id="t">{text}</T><Array id="l">{items}</Array>'
    found = parse_card((SOAP + body + END).encode(), HERE)
    assert len(str(found.fields)) < 40_000_000
    assert "unfold to more than" in found.problems[-1]


def test_a_scan_that_is_listed_again_and_again_is_no_bomb() -> None:
    """Two thousand lists of two thousand pointers would be four million protocols."""
    data = card("Brain", [("T1", T1)])
    many = b'<item href="#i100"/>' * 2_000, b'<item href="#e100"/>' * 2_000
    data = data.replace(b'<item href="#i100"/>', many[0], 1).replace(b'<item href="#e100"/>', many[1], 1)
    data = data.replace(b"<_size>1</_size>", b"<_size>4000</_size>")
    found = parse_card(data, HERE)
    assert len(found.scans) == MOST_SCANS
    assert found.scans[0].parameters is found.scans[-1].parameters
    assert f"more than {MOST_SCANS:,} scans" in found.problems[-1]


LONG_SIZE = f'<ArrayList id="l"><_items href="#a"/><_size>{"9" * 5_000}</_size></ArrayList>'
CHAIN = "".join(f'<A id="{"l" if k == 0 else k}"><x href="#{k + 1}"/></A>' for k in range(3_000))
HARMFUL = {
    "a size of 5,000 digits": LONG_SIZE,
    "a list in itself": '<ArrayList id="l"><_items href="#l"/></ArrayList>',
    "a chain of 3,000 objects": CHAIN,
}


@pytest.mark.parametrize("rest", HARMFUL.values(), ids=HARMFUL.keys())
def test_made_to_harm(rest: str) -> None:
    """These ended in errors of Python."""
    body = '<ExamCard id="r"><name>Brain</name><x href="#l"/><instrumentList href="#k"/></ExamCard>'
    lists = '<k id="k"><list href="#l"/></k><Array id="a"/>'
    found = parse_card((SOAP + body + lists + rest + END).encode(), HERE)
    assert (found.name, found.scans) == ("Brain", ())
    assert list(card_lines(found))


def test_lists_by_their_size() -> None:
    text = (
        '<Body><ArrayList id="l"><_items href="#a"/><_size>2</_size></ArrayList>'
        '<Array id="a"><item>1</item><item>2</item><item>3</item><item null="1"/></Array></Body>'
    )
    graph = Graph(parse(text.encode(), "x").root, "x")
    assert [node.text for node in graph.items(graph.first("ArrayList"))] == ["1", "2"]
    assert [node.text for node in graph.items(graph.first("Array"))] == ["1", "2", "3"]


def test_automatic_properties_have_their_own_name() -> None:
    assert field_name("_x003C_SaveCpxEnabled_x003E_k__BackingField") == "SaveCpxEnabled"
    assert field_name("pause") == "pause"


# -- the study around a card ----------------------------------------


def test_a_study() -> None:
    whole = card("Brain", [("T1", T1)])
    found = read_study(study_xml("Brain", whole), "x")
    assert (found.name, found.card, found.problems) == ("Brain", whole, ())
    (scan,) = found.scans
    assert (scan.name, scan.state, scan.acquisition_number, scan.reconstruction_number) == ("T1", "Completed", 2, 1)
    assert (scan.mip_number, scan.raw_number, scan.complex_number) == (2, None, None)
    assert [(series.kind, series.uid) for series in scan.series] == [("reconstruction", "1.2.3"), ("mip", "1.2.4")]
    assert found.steps[0].name == "MPR"


def test_a_cut_study_has_its_scans_and_no_card() -> None:
    data = study_xml("Brain", card("Brain", [("T1", T1)]))
    found = read_study(data[: data.index(b"<ExamCardBlob>") + 50], "x")
    assert [scan.name for scan in found.scans] == ["T1"]
    assert found.card == b""
    assert len(found.problems) == 2
    with pytest.raises(DamagedFileError, match="expected <ExamCard>"):
        read_study(b"<Other/>", "x")


@pytest.mark.parametrize("how", ["cut", "NUL", "letter"])
def test_a_damaged_study_gives_the_protocols_before_the_damage(tmp_path: Path, how: str) -> None:
    """Of a card in base64 the begin can be decoded; it is read, but not written as if it were whole."""
    whole = study_xml("Brain", card("Brain", [("T1", T1), ("T2", T2), ("T3", T1)]))
    place = whole.index(b"<ExamCardBlob>") + card("Brain", [("T1", T1), ("T2", T2), ("T3", T1)]).index(b"T2") * 4 // 3
    damaged = {
        "cut": whole[:place],
        "NUL": whole[:place] + b"\0" + whole[place + 1 :],
        "letter": whole[:place] + b"!" + whole[place + 1 :],
    }[how]
    assert read_study(damaged, "x").card == b""
    path = tmp_path / "XX_0004"
    path.write_bytes(raw_file([("ExamCardBlob", damaged)], protocol="ExamCard", series=0))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = read_examcard(path)
    assert [str(one.message) for one in told] == list(found.problems)
    assert any("<ExamCardBlob>" in problem for problem in found.problems)
    first = found.scan("T1").parameters
    assert first is not None
    assert len(first) == len(SCAN)
    assert all(scan.parameters is None for scan in found.scans if scan.name != "T1")
    source = one_source(path)
    assert source.card is not None
    assert source.raw is not None
    assert write_card(source.raw, tmp_path) is None


def test_reading_a_file(tmp_path: Path) -> None:
    path = tmp_path / "é ü.ExamCard"
    path.write_bytes(card("Brain", [("T1", T1)]))
    assert read_examcard(path).name == "Brain"
    path.write_bytes(study_xml("Brain", card("Brain", [("T1", T1)])))
    assert read_examcard(str(path)).name == "Brain"
    path.write_bytes(card("Brain", [("T1", T1), ("T2", T2)])[:-3000])
    with pytest.warns(DicomeWarning, match=r"is (the file|it) complete"):
        assert read_examcard(path).scans
    with pytest.raises(FileMissingError):
        read_examcard(tmp_path / "nothing")
