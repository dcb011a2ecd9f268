"""Rows of text to what is printed: aligned within a width, or CSV. Everything is made safe for a terminal here."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from dicome.safetext import visible

GAP = "  "
CUT = "..."
SAMPLE = 1_000
"""Rows that columns are measured by, so that long tables start at once."""


def columns_of(text: str) -> int:
    """Columns that a text takes in a terminal: letters of East Asia take two, marks above and below others none."""
    if text.isascii():
        return len(text)
    return sum(
        1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
        if unicodedata.category(letter) not in ("Mn", "Me")  # not combining(): that knows no vowels of Thai
    )


def cut(text: str, width: int) -> str:
    """The text within so many columns (0: no limit); what is cut ends in dots."""
    if not width or columns_of(text) <= width:
        return text
    kept, used = "", 0
    for letter in text:
        used += columns_of(letter)
        if used > width - len(CUT):
            break
        kept += letter
    return kept + CUT[: max(width, 0)]


def cut_begin(text: str, width: int) -> str:
    """The same without its begin: of paths the end is what tells them apart."""
    return cut(text[::-1], width)[::-1]


def padded(text: str, width: int) -> str:
    """The text filled to so many columns."""
    return text + " " * (width - columns_of(text))


def pairs(rows: Sequence[tuple[str, ...]], width: int) -> Iterator[str]:
    """Lines of aligned cells, the last of which is cut at the width (0: no limit)."""
    safe = [tuple(visible(cell) for cell in row) for row in rows]
    sizes = [max(columns_of(row[k]) for row in safe) for k in range(len(safe[0]) - 1)] if safe else []
    for row in safe:
        start = GAP.join(padded(cell, size) for cell, size in zip(row, sizes, strict=False))
        last = cut(row[-1], max(width - columns_of(start) - len(GAP), len(CUT)) if width else 0)
        yield f"{start}{GAP}{last}".rstrip()


def table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """A table with a column for each name; where it is wider than the width (0: no limit), several below each other.

    The first column names the rows and begins every one of them; what is too long for it keeps its end.
    """
    safe = [[visible(cell) for cell in row] for row in (header, *rows)]
    sizes = [max(columns_of(row[k]) for row in safe) for k in range(len(header))]
    if width:
        sizes[0] = min(sizes[0], width // 2)
        sizes[1:] = [min(size, width - sizes[0] - len(GAP)) for size in sizes[1:]]
    for number, block in enumerate(_blocks(sizes, width)):
        if number:
            yield ""
        for row in safe:
            cells = (padded((cut if k else cut_begin)(row[k], sizes[k]), sizes[k]) for k in block)
            yield GAP.join(cells).rstrip()


def _blocks(sizes: Sequence[int], width: int) -> Iterator[list[int]]:
    """Which columns stand beside each other; the first always."""
    block, used = [0], sizes[0]
    for column in range(1, len(sizes)):
        if width and len(block) > 1 and used + len(GAP) + sizes[column] > width:
            yield block
            block, used = [0], sizes[0]
        block.append(column)
        used += len(GAP) + sizes[column]
    yield block


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of comma separated values (RFC 4180)."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for row in rows:
        writer.writerow([visible(cell) for cell in row])
        yield stream.getvalue().rstrip("\n")
        stream.seek(0)
        stream.truncate()
