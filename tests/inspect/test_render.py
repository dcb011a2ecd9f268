"""Text within the columns of a terminal."""

from __future__ import annotations

import pytest

from dicome.inspect.count import Counted, as_text
from dicome.inspect.ls import FIELDS, Header
from dicome.inspect.render import columns_of, cut, table


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("é", 1), ("e\u0301", 1), ("日本", 4), ("ﾔﾏﾀﾞ", 4), ("กิ่ง", 2), ("สมชาย", 5), ("김", 2)],
)
def test_columns(text: str, columns: int) -> None:
    assert columns_of(text) == columns


def test_what_is_cut_ends_in_dots() -> None:
    assert [cut("scan.dcm", width) for width in (0, 8, 7)] == ["scan.dcm", "scan.dcm", "scan..."]
    assert columns_of(cut("日本語日本語", 10)) <= 10


def test_files_of_long_paths_are_told_apart() -> None:
    files = [f"/data/a/very/long/way/to/it/{name}.dcm" for name in ("one", "two")]
    lines = list(table(["File", "EchoTime"], [[file, "4.6"] for file in files], 40))
    assert [line.split() for line in lines[1:]] == [["...way/to/it/one.dcm", "4.6"], ["...way/to/it/two.dcm", "4.6"]]


def test_descriptions_of_east_asia_keep_the_columns_of_counts() -> None:
    lines = []
    for about in ("T1", "頭部 拡散強調", "頭" * 40, "a" * 40):
        fields = dict.fromkeys(FIELDS, "") | {"SeriesDescription": about, "SeriesNumber": "301"}
        one = Counted("1.2", Header(fields, "1.2", "1.2.3", 1, 1, 2, 2, "", ""), dimensions="2 x 2")
        lines.append(list(as_text([one]))[1])
    assert len({columns_of(line) for line in lines}) == 1
    assert "a" * 29 + "..." in lines[-1]
