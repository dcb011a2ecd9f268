"""The first bytes of a file say what the scanner says."""

from __future__ import annotations

import gzip
import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dicome.dicom.file import open_file
from dicome.dicom.peek import FIRST, _end_of_plain_sequence, _end_of_sequence, _text, peek
from dicome.enhanced.encode import Encoding, data_set
from dicome.errors import DicomeError, NotDicomError
from tests.inspect.making import CLASSIC, classic, classic_bytes
from tests.support.files import DEFLATED_UID, part10

TAGS = frozenset((0x0008103E, 0x00100010, 0x00200011, 0x00280010, 0x00400254))
ENCODINGS = [
    Encoding(),
    Encoding(True),
    Encoding(False, True),
    Encoding(True, False, False),
    Encoding(False, False, False),
]


def texts(path: Path) -> dict[int, str]:
    found = peek(str(path), TAGS)
    return {tag: found.text(tag) for tag in TAGS}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_all_encodings(tmp_path: Path, encoding: Encoding) -> None:
    inner = (0x00081140, "SQ", [[(0x0008103E, "LO", "not this one")], []])
    path = classic(tmp_path / "a", more=[inner], encoding=encoding)
    assert texts(path) == {
        0x0008103E: "T1 TFE",
        0x00100010: "Doe^Jane",
        0x00200011: "301",
        0x00280010: "2",
        0x00400254: "",
    }
    assert peek(str(path), TAGS).number(0x00280010) == 2


def test_deflated_packed_and_bare(tmp_path: Path) -> None:
    body = data_set(CLASSIC)
    expected = texts(classic(tmp_path / "a"))
    for content in (part10(body, DEFLATED_UID), gzip.compress(classic_bytes()), body):
        (tmp_path / "b").write_bytes(content)
        assert texts(tmp_path / "b") == expected


def test_a_header_longer_than_the_first_read(tmp_path: Path) -> None:
    for length in (FIRST - 700, FIRST + 100, 30 * FIRST):
        long = (0x00081140, "SQ", [[(0x00082112, "UT", "x" * length)]])
        path = classic(tmp_path / "a", more=[long])
        assert texts(path)[0x00280010] == "2"


def test_long_values_are_not_kept(tmp_path: Path) -> None:
    """Thousands of files may have a long one each."""
    path = classic(tmp_path / "a", {0x0008103E: "x" * 60_000})
    _text.cache_clear()
    assert texts(path)[0x0008103E] == "x" * 60_000
    assert _text.cache_info().currsize == len(TAGS) - 2  # nor is what the file lacks


def test_where_the_system_cannot_read_at_an_offset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no pread."""
    monkeypatch.delattr(os, "pread", raising=False)
    long = (0x00081140, "SQ", [[(0x00082112, "UT", "x" * 2 * FIRST)]])
    assert texts(classic(tmp_path / "a", more=[long]))[0x00280010] == "2"


def test_a_character_set(tmp_path: Path) -> None:
    path = classic(tmp_path / "a", more=[(0x00080005, "CS", "ISO_IR 192")])
    path.write_bytes(path.read_bytes().replace(b"Doe^Jane", "Ré^Zoë".encode()))
    assert texts(path)[0x00100010] == "Ré^Zoë"


def test_other_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"hello " * 100)
    with pytest.raises(NotDicomError):
        peek(str(tmp_path / "a"), TAGS)
    # Begins like a data set, and is none: an unmarked file with damage is something else.
    (tmp_path / "a").write_bytes(b"\x08\0\5\0\4\0\0\0" + b"ISO " + b"\xff" * 50)
    with pytest.raises(NotDicomError):
        peek(str(tmp_path / "a"), TAGS)


def test_damage_is_the_scanners_damage(tmp_path: Path) -> None:
    whole = classic_bytes()
    rng = random.Random(7)
    for _ in range(300):
        content = bytearray(whole[: rng.randrange(140, len(whole))] if rng.random() < 0.5 else whole)
        for _ in range(rng.randrange(3)):
            content[rng.randrange(132, len(content))] = rng.randrange(256)
        (tmp_path / "a").write_bytes(content)
        try:
            file = open_file(tmp_path / "a")
        except DicomeError:
            continue
        try:
            found = texts(tmp_path / "a")
        except DicomeError:
            continue
        assert found[0x00100010] in (file.text(0x00100010), "")


def long(*values: int) -> bytes:
    return b"".join(value.to_bytes(4, "little") for value in values)


def nested(draw: st.DrawFn, explicit: bool, depth: int, ends: bool) -> bytes:
    """A sequence with random items; each ends with a delimiter, or has its length said; so the sequence: ends."""
    content = b""
    for _ in range(draw(st.integers(0, 3 if depth else 0))):
        body = b"".join(
            nested(draw, explicit, depth - 1, draw(st.booleans())) if draw(st.booleans()) else element(draw, explicit)
            for _ in range(draw(st.integers(0, 2)))
        )
        length, end = draw(st.sampled_from(((len(body), b""), (0xFFFFFFFF, ITEM_END))))
        content += ITEM + long(length) + body + end
    length, end = (0xFFFFFFFF, SEQUENCE_END) if ends else (len(content), b"")
    return b"\x08\0\x40\x11" + (b"SQ\0\0" if explicit else b"") + long(length) + content + end


def element(draw: st.DrawFn, explicit: bool) -> bytes:
    value = draw(st.binary(max_size=6))
    if not explicit:
        return b"\x08\0\x50\x11" + long(len(value)) + value
    return draw(st.sampled_from((b"\x08\0\x50\x11LO", b"\x08\0\x50\x11UI"))) + bytes((len(value), 0)) + value


@st.composite
def sequences(draw: st.DrawFn) -> tuple[bytes, bool]:
    """One of undefined length, and whether its VRs are explicit."""
    explicit = draw(st.booleans())
    return nested(draw, explicit, 3, ends=True), explicit


ITEM = b"\xfe\xff\x00\xe0"
ITEM_END, SEQUENCE_END = b"\xfe\xff\x0d\xe0" + long(0), b"\xfe\xff\xdd\xe0" + long(0)
QUICK = settings(max_examples=300, deadline=None, derandomize=True, database=None)


@QUICK
@given(sequences(), st.binary(max_size=20))
def test_the_end_of_a_plain_sequence(sequence: tuple[bytes, bool], behind: bytes) -> None:
    content, explicit = sequence
    header = 12 if explicit else 8
    assert _end_of_plain_sequence(content + behind, header, explicit) == len(content)
    for length in range(header, len(content)):
        assert _end_of_plain_sequence(content[:length], header, explicit) is None


@QUICK
@given(sequences(), st.data())
def test_a_damaged_sequence_ends_where_the_scanner_says(sequence: tuple[bytes, bool], data: st.DataObject) -> None:
    content, explicit = bytearray(sequence[0]), sequence[1]
    header = 12 if explicit else 8
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(header, len(content) - 1))
        content[at] = data.draw(st.sampled_from((0, 1, 8, 0xDD, 0xE0, 0xFE, 0xFF, 0x0D, 0x55, 0x4E)))
    found = _end_of_plain_sequence(bytes(content), header, explicit)
    scanned = _end_of_sequence(bytes(content), 0, explicit)  # None where an item is damaged whose length is said
    assert None in (found, scanned) or found == scanned


def test_what_an_element_of_unknown_vr_holds_is_left_to_the_scanner() -> None:
    """Written with implicit VR, whatever the syntax of the file (PS3.5 6.2.2): here its length reads like a VR."""
    length = int.from_bytes(b"LO", "little")
    value = (ITEM_END + SEQUENCE_END + ITEM_END + SEQUENCE_END).ljust(length, b" ")
    inner = ITEM + long(0xFFFFFFFF) + b"\x08\0\x50\x11" + long(length) + value + ITEM_END + SEQUENCE_END
    unknown = b"\x09\0\x50\x11UN\0\0" + long(0xFFFFFFFF) + inner
    content = b"\x08\0\x40\x11SQ\0\0" + long(0xFFFFFFFF)
    content += ITEM + long(0xFFFFFFFF) + unknown + ITEM_END + SEQUENCE_END
    assert _end_of_plain_sequence(content, 12, True) is None
    assert _end_of_sequence(content, 0, True) == len(content)


def test_the_same_at_the_top_level(tmp_path: Path) -> None:
    """Its value would read as the end of the sequence and another Series Number."""
    length = int.from_bytes(b"LO", "little")
    value = (ITEM_END + SEQUENCE_END + b"\x20\0\x11\0IS\2\0" + b"99").ljust(length, b" ")
    inner = ITEM + long(0xFFFFFFFF) + b"\x08\0\x50\x11" + long(length) + value + ITEM_END + SEQUENCE_END
    unknown = b"\x09\0\x50\x11UN\0\0" + long(0xFFFFFFFF) + inner
    whole = classic_bytes()
    at = whole.index(b"\x10\0\x10\0PN")
    (tmp_path / "a").write_bytes(whole[:at] + unknown + whole[at:])
    assert texts(tmp_path / "a")[0x00200011] == "301"


def test_an_element_where_an_item_should_begin() -> None:
    content = b"\x08\0\x40\x11SQ\0\0" + long(0xFFFFFFFF) + b"\x08\0\x50\x11LO\2\0ab" + SEQUENCE_END
    assert _end_of_plain_sequence(content, 12, True) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_does_not_keep_us_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotDicomError, match="is no file"):
        peek(str(tmp_path / "pipe"), TAGS)
