"""Pictures in a terminal: sixel graphics where it has them, else half blocks in colour, else shades of blocks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

SHADES = " ░▒▓█"
SIXEL_COLOURS = 64
KINDS = ("sixel", "blocks", "shades")
_ESCAPE = "\x1b"
_ANSWER_WITHIN = 0.3
"""Seconds that a terminal has to say what it can do."""


def best_kind() -> str:
    """What the terminal at stdout can show: 'sixel', 'blocks' (colour), or 'shades' where it is none."""
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return "shades"
    if has_sixel():
        return "sixel"
    return "shades" if os.environ.get("NO_COLOR") else "blocks"


def has_sixel() -> bool:
    """Whether the terminal says that it has sixel graphics (attribute 4 in its answer to DA1)."""
    try:
        import select
        import termios
        import tty

        handle = sys.stdin.fileno()
        if not os.isatty(handle):
            return False
        before = termios.tcgetattr(handle)
    except (ImportError, OSError, ValueError, AttributeError):
        return False
    answer = b""
    try:
        tty.setcbreak(handle)
        sys.stdout.write(f"{_ESCAPE}[c")
        sys.stdout.flush()
        while not answer.endswith(b"c") and select.select([handle], [], [], _ANSWER_WITHIN)[0]:
            answer += os.read(handle, 1)
    finally:
        termios.tcsetattr(handle, termios.TCSADRAIN, before)
    return "4" in answer.decode("ascii", "replace").strip("\x1b[?c").split(";")[1:]


def sixel(picture: NDArray[np.uint8]) -> str:
    """A grey or colour picture as sixel graphics, of 64 greys or a 6 x 6 x 6 cube of colours."""
    if picture.ndim == 2:
        codes = picture.astype(np.intp) * SIXEL_COLOURS // 256
        percent = [(round(100 * k / (SIXEL_COLOURS - 1)),) * 3 for k in range(SIXEL_COLOURS)]
    else:
        parts = picture[..., :3].astype(np.intp) * 6 // 256
        codes = parts[..., 0] * 36 + parts[..., 1] * 6 + parts[..., 2]
        percent = [(20 * (k // 36), 20 * (k // 6 % 6), 20 * (k % 6)) for k in range(216)]
    used = np.unique(codes).tolist()
    palette = "".join(f"#{k};2;{percent[k][0]};{percent[k][1]};{percent[k][2]}" for k in used)
    height, width = codes.shape
    bands = "-".join(_band(codes[top : top + 6]) for top in range(0, height, 6))
    return f'{_ESCAPE}Pq"1;1;{width};{height}{palette}{bands}{_ESCAPE}\\'


def _band(codes: NDArray[np.intp]) -> str:
    """Six rows: for each colour in them its dots, run by run."""
    weights = (1 << np.arange(len(codes)))[:, None]
    layers = []
    for code in np.unique(codes).tolist():
        dots = ((codes == code) * weights).sum(axis=0) + 63
        starts = np.flatnonzero(np.concatenate([[True], dots[1:] != dots[:-1]]))
        lengths = np.diff(np.append(starts, len(dots)))
        layers.append(f"#{code}" + "".join(map(_run, dots[starts].tolist(), lengths.tolist())))
    return "$".join(layers)


def _run(dot: int, length: int) -> str:
    return f"!{length}{chr(dot)}" if length > 3 else chr(dot) * length


def blocks(picture: NDArray[np.uint8]) -> Iterator[str]:
    """Lines of half blocks: each holds two rows of the picture, one as foreground, one as background."""
    colour = np.stack([picture] * 3, axis=-1) if picture.ndim == 2 else picture[..., :3]
    if len(colour) % 2:
        colour = np.concatenate([colour, np.zeros_like(colour[:1])])
    for top, bottom in zip(colour[::2].tolist(), colour[1::2].tolist(), strict=True):
        cells = (_cell(*above, *below) for above, below in zip(top, bottom, strict=True))
        yield "".join(cells) + f"{_ESCAPE}[0m"


def _cell(r: int, g: int, b: int, r2: int, g2: int, b2: int) -> str:
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return f"{_ESCAPE}[38;2;{r};{g};{b};48;2;{r2};{g2};{b2}m▀"
    return f"{_ESCAPE}[38;5;{_of_256(r, g, b)};48;5;{_of_256(r2, g2, b2)}m▀"


def _of_256(r: int, g: int, b: int) -> int:
    """Number of the nearest of the 256 colours that terminals have: 24 greys, or a cube of 6 x 6 x 6."""
    if r == g == b:
        return 16 if r < 4 else 231 if r > 246 else 232 + min((r - 3) // 10, 23)
    return 16 + 36 * (r * 6 // 256) + 6 * (g * 6 // 256) + b * 6 // 256


def shades(picture: NDArray[np.uint8]) -> Iterator[str]:
    """Lines of blocks in five shades, one for every pixel, without any control characters."""
    grey = picture if picture.ndim == 2 else picture[..., :3].mean(axis=-1)
    letters = np.array(list(SHADES))[np.asarray(grey, np.intp) * len(SHADES) // 256]
    for row in letters.tolist():
        yield "".join(row).rstrip()
