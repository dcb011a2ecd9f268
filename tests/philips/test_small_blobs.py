"""COILSTATE, HARDWARE_CONFIG, prescan responses, RC and CPX."""

from __future__ import annotations

import struct

import pytest

from dicome.errors import DamagedFileError
from dicome.philips.content import Nothing, Uninterpreted, read_content
from dicome.philips.groups import ParameterGroup
from dicome.philips.hardware import read_coil_state, read_hardware_config
from dicome.philips.responses import read_responses
from dicome.philips.saved import read_complex_headers, read_lines
from tests.philips.samples import COILS, CONFIG, CPX, PAIRS, RC, RESPONSES, complex_image
from tests.support.raw_files import as_exam


def test_coils() -> None:
    found = read_coil_state(COILS, "x")
    assert (found.version, found.rest, found.problems) == (1, b"", ())
    body, head = found.coils
    assert (body.name, body.path, body.part_number, body.serial, body.flag) == ("BODY_QUAD", "/SCC/QBC", "", "", 0)
    assert (head.name, head.part_number, head.serial, head.state, head.flag) == ("HEAD", "452213278105", "0014", 1, 1)


def test_bytes_behind_the_coils_are_kept() -> None:
    assert read_coil_state(COILS + b"\1\2", "x").rest == b"\1\2"


def test_a_cut_coil_leaves_those_before_it() -> None:
    found = read_coil_state(COILS[:-3], "x")
    assert [coil.name for coil in found.coils] == ["BODY_QUAD"]
    assert "the serial number of coil 2 at byte" in found.problems[0]
    assert "has 4 bytes; expected at most 2" in found.problems[0]


def test_a_number_of_coils_that_cannot_be() -> None:
    with pytest.raises(DamagedFileError, match="4,000,000,000 coils at byte 4; expected at most 0"):
        read_coil_state(struct.pack("<II", 1, 4_000_000_000) + bytes(20), "x")


@pytest.mark.parametrize("read", [read_coil_state, read_hardware_config])
def test_another_version(read: object) -> None:
    with pytest.raises(DamagedFileError, match="version 2 at byte 0; expected 1"):
        read(struct.pack("<I", 2) + bytes(80), "x")  # type: ignore[operator]


def test_hardware_configuration() -> None:
    found = read_hardware_config(CONFIG, "x")
    assert (found.release, found.numbers) == ("5.7.1", (7, 15, 10, 10, 0, 1, 9, 10, 2, 1))
    assert found.rest == b"\1\0\0\0"
    assert read_hardware_config(CONFIG[:-4], "x").rest == b""  # as R5.1 writes it
    with pytest.raises(DamagedFileError, match=r"the release at byte 48 has 5 bytes; expected at most 3"):
        read_hardware_config(CONFIG[:51], "x")


def test_responses() -> None:
    found = read_responses(RESPONSES, "x")
    assert list(found.pairs) == PAIRS
    assert found.problems == ()


def test_a_damaged_response_leaves_the_others() -> None:
    found = read_responses(b'{"a": 1}#:#{"b": #:#{"c": 3}#:#', "x")
    assert list(found.pairs) == [{"a": 1}, {"c": 3}]
    assert "at byte 11: expected a JSON object" in found.problems[0]


@pytest.mark.parametrize("data", [b"[1, 2]#:#", b"#:#nonsense", b"[" * 100_000, b'{"a":' * 5_000])
def test_what_are_no_responses(data: bytes) -> None:
    with pytest.raises(DamagedFileError, match="expected a JSON object"):
        read_responses(data, "x")


def test_brackets_in_texts_do_not_hide_nested_ones() -> None:
    """Closing ones in a text were counted against 100,000 opening ones, and Python ran out of stack."""
    deep = b'{"a": "' + b"]" * 200_000 + b'", "b": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    found = read_responses(b'{"a": "' + b"[" * 200 + b'"}#:#' + deep + b"#:#", "x")
    assert list(found.pairs) == [{"a": "[" * 200}]
    assert "nested more than 100 deep" in found.problems[0]


@pytest.mark.parametrize(("deep", "good"), [(99, True), (100, False), (500, False)])
def test_how_deep_responses_may_be(deep: int, good: bool) -> None:
    found = read_responses(b'{"a": 1}#:#{"b": ' + b"[" * deep + b"]" * deep + b"}#:#", "x")
    assert (len(found.pairs), len(found.problems)) == ((2, 0) if good else (1, 1))


def test_lines() -> None:
    assert read_lines(RC, "x").lines == ("first line", "second line = 3")
    with pytest.raises(DamagedFileError, match="expected lines of text; found"):
        read_lines(b"\0good\0\x01\x02\x03", "x")


def test_complex_headers() -> None:
    found = read_complex_headers(CPX, "x")
    assert found.offsets == (0, 1024)
    assert found.problems == ()
    assert found.fields["slice"].tolist() == [1, 2]
    assert found.fields["resolution_x"].tolist() == [16, 16]
    assert found.fields["compression"].tolist() == [2, 2]
    assert found.fields["scale"].tolist() == [2.5, 2.5]
    assert found.fields["offset"].tolist() == [-1.0, -1.0]


def test_a_chain_of_complex_images_that_leads_out_of_the_file() -> None:
    found = read_complex_headers(complex_image(1, w3=1) + complex_image(1, w3=2, w13=10**6), "x")
    assert found.fields["slice"].tolist() == [1, 2]
    assert "image 2, at byte 1,072: 1,000,000 blocks of values; expected at most 1" in found.problems[0]
    assert read_complex_headers(complex_image(0, w13=-5), "x").problems
    with pytest.raises(DamagedFileError, match="100 bytes at byte 0; expected a header of 512"):
        read_complex_headers(bytes([1]) * 100, "x")


def test_the_name_then_the_bytes_choose_the_reader() -> None:
    assert isinstance(read_content("PDF_EXAM_PARS", as_exam(), "x"), ParameterGroup)
    assert isinstance(read_content("SOMETHING_NEW", as_exam(), "x"), ParameterGroup)
    assert read_content("SOMETHING_NEW", b"\1\2\3", "x") == Uninterpreted()
    for empty in (b"", b"\0", bytes(40)):
        assert read_content("PDF_PRESCAN_COIL_PARS", empty, "x") == Nothing()


def test_what_a_reader_refuses_stays_bytes_with_the_reason() -> None:
    found = read_content("COILSTATE", b"\7" * 40, "XX_0001: COILSTATE")
    assert isinstance(found, Uninterpreted)
    assert "XX_0001: COILSTATE: version" in found.problems[0]
