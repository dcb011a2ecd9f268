"""A comparison of two files in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dicome.multiframe.compare import Comparison
from dicome.multiframe.differences import Difference

TITLES = {"meta": "DICOM Meta Information header", "file": "whole file and shared groups", "frames": "frames"}


def comparison_text(found: Comparison) -> str:
    """What differs, place by place; differences that a conversion explains come last, with the reason."""
    lines = [f"A: {found.a}", f"B: {found.b}", _frames_line(found), *found.notes, ""]
    lines += _part("Differences", found.unexpected)
    expected = [one for one in found.differences if one.reason]
    if expected:
        lines.append("Differences that a conversion explains (see dcms2e --diffs):")
        lines += [f"  {_line(one)}" for one in expected]
        lines.append("")
    lines.append(_verdict(found))
    return "\n".join(lines)


def _frames_line(found: Comparison) -> str:
    a, b = found.frames
    count = f"{a:,} frames" if a == b else f"{a:,} frames in A, {b:,} in B"
    pixels = "pixels the same in all"
    if found.pixels_differ:
        pixels = f"pixels differ in {found.pixels_differ:,}, by up to {found.largest:g}"
    return f"{count}; {found.matched:,} compared, matched by {found.by}; {pixels}"


def _part(title: str, differences: Sequence[Difference]) -> Iterator[str]:
    if not differences:
        return
    yield f"{title}:"
    for where in dict.fromkeys(one.where for one in differences):
        yield f"  {TITLES.get(where, where)}"
        yield from (f"    {_line(one)}" for one in differences if one.where == where)
    yield ""


def _line(one: Difference) -> str:
    name = f"{one.tag} {one.path}".strip()
    frames = f" in {one.frames:,} frame{'s' * (one.frames != 1)}" if one.frames else ""
    if one.kind != "differs":
        shown = one.a or one.b
        return f"{name}: {one.kind}{frames}{f' ({shown})' if shown else ''}"
    first = f" first in frame {one.frame:,}:" if one.frames else ""
    by = f"  (by up to {one.largest:.3g})" if one.largest else ""
    return f"{name}:{frames}{first} {one.a or '(empty)'} | {one.b or '(empty)'}{by}"


def _verdict(found: Comparison) -> str:
    if not found.differences and not found.pixels_differ:
        return "The files say the same."
    if found.same:
        return "The files say the same but for what a conversion explains."
    return f"{len(found.unexpected):,} differences that no conversion explains" + (
        f", and other pixels in {found.pixels_differ:,} frames." if found.pixels_differ else "."
    )
