"""XML made to harm, cut off, or plain."""

from __future__ import annotations

import pytest

from dicome.errors import DamagedFileError
from dicome.philips.safe_xml import parse

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{k} "{"&lol" * 10}">' for k in range(1, 10))
    + "]><ExamCard>&lol9;</ExamCard>"
).encode()


def test_a_tree_with_local_names() -> None:
    root = parse(b'<a:One xmlns:a="u" a:id="7"><Two>x<i/>y</Two><Two/></a:One>', "x").root
    assert (root.name, root.attributes["id"]) == ("One", "7")
    assert [node.text for node in root.all("Two")] == ["xy", ""]
    assert (root.value("Two"), root.value("Three"), root.child("Three")) == ("xy", "", None)
    assert root.complete


@pytest.mark.parametrize(
    "data",
    [
        LAUGHS,
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><a/>',
        b"<!DOCTYPE a><a/>",
    ],
)
def test_document_types_are_refused(data: bytes) -> None:
    with pytest.raises(DamagedFileError, match="document type or entity"):
        parse(data, "x")


def test_an_entity_out_of_nowhere_is_not_expanded() -> None:
    found = parse(b"<a><b>one</b><c>&secret;</c></a>", "x")
    assert "undefined entity" in found.problem
    assert found.root.value("b") == "one"


def test_depth_is_bounded() -> None:
    with pytest.raises(DamagedFileError, match="more than 100 nested"):
        parse(b"<a>" * 100_000, "x")


def test_a_cut_document_keeps_what_was_complete() -> None:
    found = parse(b"<a><b>whole</b><c>ha", "the file")
    assert found.problem.startswith("the file: XML at byte ")
    assert found.problem.endswith("is the file complete?")
    assert found.root.value("b") == "whole"
    half = found.root.child("c")
    assert half is not None
    assert not half.complete
    assert not found.root.complete


@pytest.mark.parametrize(
    "data", [b"", b"   ", b"no xml", b"<", b'<?xml version="1.0" encoding="nonsense"?><a/>', b"\0"]
)
def test_what_is_no_xml(data: bytes) -> None:
    with pytest.raises(DamagedFileError):
        parse(data, "x")
