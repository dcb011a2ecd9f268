"""The first bytes of a file say what the scanner says."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from dicome.dicom.file import open_file
from dicome.dicom.peek import FIRST, peek
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
