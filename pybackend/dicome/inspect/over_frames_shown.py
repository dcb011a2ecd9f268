"""Frames side by side as text, CSV or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dicome.inspect.over_frames import AlongAxis, OverFrames
from dicome.inspect.render import csv_lines, pairs, table
from dicome.inspect.shown import ABSENT, Value
from dicome.safetext import visible


def frames_as_text(found: OverFrames, width: int) -> Iterator[str]:
    """Constants, then one row per frame."""
    yield f"the same in all {len(found.files):,} frames"
    yield from pairs([(f"  {name}", value.text) for name, value in found.constant.items()], width)
    if found.varying:
        yield ""
        header, rows = _rows(found)
        yield from table(header, rows, width)


def frames_as_csv(found: OverFrames) -> Iterator[str]:
    """One line per frame, with what varies; absent values are empty."""
    header, rows = _rows(found, "")
    return csv_lines([header, *rows])


def _rows(found: OverFrames, absent: str = ABSENT) -> tuple[list[str], list[list[str]]]:
    """Frame number (1-based), file where there are several, and the varying attributes."""
    several = len(set(found.files)) > 1
    texts = [[*(value.text for value in one.values), absent] for one in found.varying.values()]
    codes = [one.codes.tolist() for one in found.varying.values()]
    header = ["Frame", *(["File"] if several else []), *found.varying]
    rows = []
    for frame, (file, *numbers) in enumerate(zip(found.files, *codes, strict=True), 1):
        cells = [words[number] for words, number in zip(texts, numbers, strict=True)]
        rows.append([str(frame), *([file] if several else []), *cells])
    return header, rows


def frames_as_data(found: OverFrames) -> dict[str, Any]:
    """For JSON: ``constant`` by name, and ``varying``: a list with one value per frame (null: absent) by name."""
    varying = {}
    for name, one in found.varying.items():
        data = [*(value.data for value in one.values), None]
        varying[name] = [data[code] for code in one.codes.tolist()]
    return {
        "frames": len(found.files),
        "files": list(dict.fromkeys(found.files)),
        "constant": {name: value.data for name, value in found.constant.items()},
        "varying": varying,
    }


def axes_as_text(found: Sequence[AlongAxis], several: Sequence[str], width: int) -> Iterator[str]:
    """One table per axis, then the names of what varies along several."""
    for number, axis in enumerate(found):
        if number:
            yield ""
        unit = f", {axis.unit}" if axis.unit else ""
        yield visible(f"{axis.name}: {len(axis.labels):,} positions{unit}")
        header = ["Position", "Label", *axis.columns]
        rows = [
            [str(k + 1), label, *(_text(values[k]) for values in axis.columns.values())]
            for k, label in enumerate(axis.labels)
        ]
        yield from table(header, rows, width)
    if several:
        yield ""
        yield f"along several dimensions: {', '.join(several)}"


def axes_as_csv(found: Sequence[AlongAxis]) -> Iterator[str]:
    """One line per axis, position and attribute: the tables of the axes have different columns."""
    rows = [["Axis", "Position", "Label", "Attribute", "Value"]]
    for axis in found:
        for k, label in enumerate(axis.labels):
            start = [axis.name, str(k + 1), label]
            rows += [[*start, name, _text(values[k], "")] for name, values in axis.columns.items()]
            if not axis.columns:
                rows.append([*start, "", ""])
    return csv_lines(rows)


def axes_as_data(found: Sequence[AlongAxis], several: Sequence[str]) -> dict[str, Any]:
    """For JSON: per axis its labels, and one list of values per attribute."""
    axes = []
    for axis in found:
        columns = {name: [None if one is None else one.data for one in values] for name, values in axis.columns.items()}
        axes.append({"name": axis.name, "unit": axis.unit, "labels": list(axis.labels), "attributes": columns})
    return {"axes": axes, "along_several": list(several)}


def _text(value: Value | None, absent: str = ABSENT) -> str:
    return absent if value is None else value.text
