"""Short views of raw data and ExamCards: lists of what there is, protocol sheets, single attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dicome.philips.difference import EXAM_BLOB
from dicome.philips.groups import ParameterGroup
from dicome.philips.jsonable import kind_of
from dicome.philips.protocol import Line, sheet
from dicome.philips.sources import Source
from dicome.philips.text import card_heading, heading, summary


def list_lines(source: Source) -> Iterator[str]:
    """A line for the file, one for each of its blobs, one for each of its scans."""
    facts = list_json(source)
    yield f"{source.path}: {facts['what']}"
    for blob in facts["blobs"]:
        yield f"    {blob['name']:<28} {blob['type']:<10} {blob['size']:>10,} bytes  {blob['what']}"
    for number, scan in enumerate(facts["scans"], 1):
        yield f"    {number:>3} {scan['name']:<32} {scan['parameters']:>5} parameters  {scan['method']}".rstrip()


def list_json(source: Source) -> dict[str, Any]:
    """The same as plain values."""
    blobs = source.raw.blobs if source.raw is not None else ()
    scans = source.card.scans if source.card is not None else ()
    return {
        "path": str(source.path),
        "kind": kind_of(source),
        "what": _what(source),
        "blobs": [
            {"name": blob.name, "type": blob.type or "-", "size": len(blob.data), "what": summary(blob.content)}
            for blob in blobs
        ],
        "scans": [
            {
                "name": scan.name,
                "parameters": len(scan.parameters) if scan.parameters is not None else 0,
                "method": " ".join(scan.method.split()),
            }
            for scan in scans
        ],
    }


def _what(source: Source) -> str:
    if source.raw is not None:
        return heading(source.raw)
    return card_heading(source.card) if source.card is not None else source.word


def sheets(source: Source) -> Iterator[tuple[str, list[Line]]]:
    """The protocol sheet of each scan of a card or study, or of the series, with its title."""
    for scan in source.card.scans if source.card is not None else ():
        yield scan.name, sheet(scan.parameters) if scan.parameters is not None else []
    if source.is_series and source.raw is not None:
        content = next((blob.content for blob in source.raw.blobs if blob.name == EXAM_BLOB), None)
        if isinstance(content, ParameterGroup):
            yield source.raw.protocol_name, sheet(content, shown_only=True)


def sheets_json(source: Source) -> dict[str, Any]:
    """The sheets as plain values: label, value and parameter of each line."""
    return {
        "path": str(source.path),
        "sheets": [
            {"name": title, "lines": [{"label": one.label, "value": one.value, "name": one.name} for one in lines]}
            for title, lines in sheets(source)
        ],
    }
