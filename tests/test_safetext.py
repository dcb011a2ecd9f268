"""Text that steers a terminal is shown instead."""

from __future__ import annotations

import json

import pytest

from dicome.safetext import json_text, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Müller^Jürgen", "Müller^Jürgen"),
        ("山田^太郎", "山田^太郎"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("two\r\nlines\tand\x00", "two\\r\\nlines\\tand\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("\x7f", "\\x7f"),
        ("abc\u202egnp.exe", "abc\\u202egnp.exe"),
        ("\u2028\ufeff\u200b\ud800", "\\u2028\\ufeff\\u200b\\ud800"),
    ],
)
def test_control_characters_are_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_newlines_may_stay() -> None:
    assert visible("one\ntwo\x1b", keep="\n") == "one\ntwo\\x1b"


def test_json_escapes_what_json_need_not() -> None:
    data = {"name": "Jürgen \x1b\x9b\u202e\n"}
    text = json_text(data)
    assert json.loads(text) == data
    assert "Jürgen" in text
    assert text.isprintable() is False  # the newlines of the layout
    assert all(letter.isprintable() for letter in text.replace("\n", ""))
