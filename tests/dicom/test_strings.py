"""Bytes to text: character sets, padding, and what is no text at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from dicome.dicom import strings
from dicome.dicom.columns import ItemColumns
from dicome.dicom.file import open_file
from dicome.enhanced.encode import data_set
from tests.support.files import enhanced_body, part10
from tests.support.plain import read

SETS = [
    ("", b"plain", "plain"),
    ("ISO_IR 100", b"Stra\xdfe", "Straße"),
    ("ISO_IR 101", b"W\xb3adys\xb3aw", "Władysław"),
    ("ISO_IR 109", b"\xa6ojo", "Ĥojo"),
    ("ISO_IR 110", b"\xa9ar\xf9nas", "Šarųnas"),
    ("ISO_IR 144", b"\xbb\xee\xda\xe1", "Люкс"),
    ("ISO_IR 127", b"\xe2\xc8\xc7\xe6\xea", "قباني"),
    ("ISO_IR 126", b"\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2", "Διονυσιος"),
    ("ISO_IR 138", b"\xf9\xf8\xe5\xef", "שרון"),
    ("ISO_IR 148", b"\xc7avu\xfeo\xf0lu", "Çavuşoğlu"),
    ("ISO_IR 203", b"\xa4uro", "€uro"),
    ("ISO_IR 166", b"\xb9\xd2\xc1", "นาม"),
    ("ISO_IR 13", b"\xd4\xcf\xc0\xde", "ﾔﾏﾀﾞ"),
    ("ISO_IR 192", "Wang^XiaoDong=王^小東".encode(), "Wang^XiaoDong=王^小東"),
    ("GB18030", "王^小东".encode("gb18030"), "王^小东"),
    ("GBK", "王^小东".encode("gbk"), "王^小东"),
    ("\\ISO 2022 IR 87", b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "Yamada^Tarou=山田^太郎"),
    ("ISO 2022 IR 13\\ISO 2022 IR 87", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
     "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎"),
    ("\\ISO 2022 IR 149", b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", "Hong^Gildong=洪^吉洞"),
    ("\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab", "Zhang^XiaoDong=张^小东"),
]  # fmt: skip
"""Specific Character Set, bytes and text: names of PS3.5 annexes H to K, and words of the other languages."""


@pytest.mark.parametrize(("character_set", "raw", "text"), SETS)
def test_character_sets(character_set: str, raw: bytes, text: str, tmp_path: Path) -> None:
    assert strings.text_decoder(character_set)(raw) == text
    elements = [(0x00080005, "CS", character_set or None), (0x00100010, "PN", "NAME"), (0x00104000, "LT", "TEXT")]
    body = data_set(elements)
    for vr, word in ((b"PN", b"NAME"), (b"LT", b"TEXT")):
        padded = raw + b" " * (len(raw) % 2)
        body = body.replace(vr + b"\4\0" + word, vr + len(padded).to_bytes(2, "little") + padded)
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(body))
    file = open_file(path)
    assert file.text(0x00104000) == text
    assert file.text(0x00100010) == text
    # pydicom 3.0 leaves escape sequences of the one in, and does not know the other.
    if character_set not in ("\\ISO 2022 IR 58", "ISO_IR 203"):
        pydicoms = read(part10(body))
        assert file.text(0x00100010) == str(pydicoms.PatientName)
        assert file.text(0x00104000) == pydicoms.PatientComments


def test_two_byte_characters_may_hold_bytes_of_delimiters() -> None:
    """In JIS X 0208, 移 (30 5C) ends with a backslash, 図 (3F 5E) with a circumflex, 申 (3F 3D) with an equals sign."""
    text = "移\\図^申=一"
    raw = b"\x1b$B\x30\x5c\x1b(B\\\x1b$B\x3f\x5e\x1b(B^\x1b$B\x3f\x3d\x1b(B=\x1b$B\x30\x6c\x1b(B"
    assert strings.text_decoder("\\ISO 2022 IR 87")(raw) == text


@pytest.mark.parametrize("character_set", sorted(strings._CODECS))
def test_every_set_decodes_any_bytes(character_set: str) -> None:
    text = strings.text_decoder(character_set)(bytes(range(256)))
    assert text.isprintable() or len(text) > 100


@pytest.mark.parametrize(
    "character_set", ["nonsense", "ISO 2022 IR 999\\also nonsense", "\\", "ISO_IR 100\\ISO 2022 IR 87"]
)
def test_unknown_sets_and_wrong_bytes_never_raise(character_set: str) -> None:
    decoder = strings.text_decoder(character_set)
    for raw in (b"", b"A", bytes(range(256)), b"\x1b$B\xff", b"\x1b", b"\x1b(B\x1b$)C\xff\x1b"):
        assert isinstance(decoder(raw), str)


def test_only_some_vrs_know_the_character_set(tmp_path: Path) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(part10(data_set([(0x00080005, "CS", "ISO_IR 192"), (0x00080060, "CS", "M\xe9")])))
    assert open_file(path).text(0x00080060) == "Mé"


def test_texts_of_frames_use_the_set_of_the_file(tmp_path: Path) -> None:
    for k, (character_set, text) in enumerate((("ISO_IR 192", "Größe"), ("ISO_IR 100", "Größe"), ("", "Größe"))):
        frame = [(0x00209056, "SH", "NAME")]
        top = [(0x00080005, "CS", character_set)] if character_set else []
        raw = text.encode("utf-8" if character_set == "ISO_IR 192" else "latin-1")
        body = enhanced_body([frame, frame], top=top).replace(
            b"SH\4\0NAME", b"SH" + len(raw).to_bytes(2, "little") + raw
        )
        path = tmp_path / f"{k}.dcm"
        path.write_bytes(part10(body))
        file = open_file(path)
        assert file.frames is not None
        assert ItemColumns(file.source, file.frames).column("StackID")[0].tolist() == [text] * 2
