"""Pictures as text."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dicome.display import terminal

PICTURE = np.array([[0, 255, 255, 255, 255], [128, 0, 0, 0, 0], [255, 255, 0, 0, 64]], np.uint8)


def unsixel(text: str) -> np.ndarray:
    """The picture that a terminal would draw: percent of red at every dot."""
    body = re.fullmatch(r'\x1bPq"1;1;(\d+);(\d+)(.*)\x1b\\', text, re.DOTALL)
    assert body is not None
    width, height = int(body[1]), int(body[2])
    drawn = np.full((-(-height // 6) * 6, width), -1)
    colours: dict[int, int] = {}
    top = x = colour = 0
    for token in re.finditer(r"#(\d+)(?:;2;(\d+);\d+;\d+)?|!(\d+)([?-~])|([?-~])|([$-])", body[3]):
        number, red, count, repeated, one, control = token.groups()
        if number is not None:
            colour = int(number)
            if red is not None:
                colours[colour] = int(red)
        elif control is not None:
            x, top = 0, top + 6 * (control == "-")
        else:
            end = x + int(count or 1)
            for bit in range(6):
                if (ord(repeated or one) - 63) >> bit & 1:
                    drawn[top + bit, x:end] = colours[colour]
            x = end
    return drawn[:height]


def test_sixel_draws_the_picture() -> None:
    assert np.abs(unsixel(terminal.sixel(PICTURE)) - PICTURE / 2.55).max() <= 2
    tall = np.arange(0, 250, 10, dtype=np.uint8).reshape(25, 1).repeat(7, axis=1)
    assert np.abs(unsixel(terminal.sixel(tall)) - tall / 2.55).max() <= 2
    colour = np.zeros((2, 3, 3), np.uint8)
    colour[..., 0] = [[0, 255, 100], [255, 0, 0]]
    assert unsixel(terminal.sixel(colour)).tolist() == [[0, 100, 40], [100, 0, 0]]


def test_half_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    first, second = terminal.blocks(PICTURE)
    assert first.startswith("\x1b[38;2;0;0;0;48;2;128;128;128m▀\x1b[38;2;255;255;255;48;2;0;0;0m▀")
    assert second.startswith("\x1b[38;2;255;255;255;48;2;0;0;0m▀")
    assert first.endswith("\x1b[0m")
    monkeypatch.delenv("COLORTERM")
    assert next(terminal.blocks(PICTURE)).startswith("\x1b[38;5;16;48;5;244m▀\x1b[38;5;231;48;5;16m▀")


def test_shades_hold_no_control_characters() -> None:
    assert list(terminal.shades(PICTURE)) == [" ████", "▒", "██  ░"]


def test_what_is_no_terminal_gets_shades() -> None:
    assert terminal.best_kind() == "shades"
