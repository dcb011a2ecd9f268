"""Raw data and ExamCards as text for people: one parameter a line, nothing left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from dicome.philips.content import PARTLY, Content, Nothing, Uninterpreted
from dicome.philips.examcard import ExamCard, Scan
from dicome.philips.groups import Parameter, ParameterGroup
from dicome.philips.hardware import CoilState, HardwareConfig
from dicome.philips.protocol import sheet
from dicome.philips.rawdata import Blob, RawData
from dicome.philips.responses import PrescanResponses
from dicome.philips.saved import ComplexHeaders, Lines
from dicome.philips.soap import Plain
from dicome.philips.study import ScanRecord, StudyCard
from dicome.philips.values import float_text, hex_lines, run_length, values_text

ASIDE = frozenset(
    ("processingStepManagerData", "configuration", "requiredConfiguration", "description", "detail", "viewingProcedure")
)
"""Fields of cards and scans that say nothing about the measurement, shown only with everything else."""


# -- blobs ----------------------------------------


def raw_lines(raw: RawData, words_from: Sequence[object] = (), *, short: bool = False) -> Iterator[str]:
    """A raw data file of a series: its heading and all blobs."""
    yield f"{raw.path}: {heading(raw)}"
    if words_from:
        yield f"words of enums: {', '.join(map(str, words_from))}"
    else:
        yield "words of enums: none at hand; the study's ExamCard has them (--card)"
    for blob in raw.blobs:
        yield ""
        yield from blob_lines(blob, short=short)


def study_file_lines(raw: RawData, *, short: bool = False) -> Iterator[str]:
    """The raw data file of a study: its heading, what was scanned, and blobs besides the ExamCard's."""
    yield f"{raw.path}: {heading(raw)}"
    for blob in raw.blobs:
        if isinstance(blob.content, StudyCard):
            yield from (f"! {problem}" for problem in blob.problems)
            yield from study_lines(blob.content)
        else:
            yield from blob_lines(blob, short=short)


def heading(raw: RawData) -> str:
    """What a raw data file belongs to, in one line."""
    name = raw.protocol_name or raw.series_description
    numbers = f"acquisition {_shown(raw.acquisition_number)}, reconstruction {_shown(raw.reconstruction_number)}"
    card = f", ExamCard {raw.card_name}" if raw.card_name else ""
    what = "the study" if raw.is_study else f"series {_shown(raw.series_number)} {name} ({numbers})"
    return f"raw data of {what}, release {raw.software.split(chr(92))[-1] or '?'}{card}"


def blob_lines(blob: Blob, *, short: bool = False) -> Iterator[str]:
    """A blob with its heading; bytes in hex where they are not understood."""
    extra = "".join(f", {name} {value}" for name, value in _extras(blob) if value)
    yield f"--- {blob.name}: {summary(blob.content)}, {len(blob.data):,} bytes{extra}"
    yield from (f"! {problem}" for problem in blob.problems)
    if isinstance(blob.content, Uninterpreted):
        yield from hex_lines(blob.data)
        return
    yield from content_lines(blob.content, short=short)
    if isinstance(blob.content, PARTLY) and blob.problems:
        yield "the bytes, as they are:"
        yield from hex_lines(blob.data)


def _extras(blob: Blob) -> tuple[tuple[str, str], ...]:
    return ("type", blob.type), ("application", blob.application), ("version", blob.version), ("comment", blob.comment)


def summary(content: Content) -> str:
    """What a blob is, in a few words."""
    if isinstance(content, ParameterGroup):
        return f"{len(content.parameters):,} parameters"
    if isinstance(content, CoilState):
        return f"{len(content.coils)} coils"
    if isinstance(content, PrescanResponses):
        return f"{len(content.pairs)} prescan responses"
    if isinstance(content, ComplexHeaders):
        return f"{len(content.offsets)} complex images"
    if isinstance(content, Lines):
        return f"{len(content.lines)} lines of text"
    if isinstance(content, StudyCard):
        return f"{len(content.scans)} scans"
    return {HardwareConfig: "hardware configuration", Nothing: "empty"}.get(type(content), "not interpreted")


def content_lines(content: Content, *, short: bool = False) -> Iterator[str]:
    """The lines of a blob's content."""
    if isinstance(content, ParameterGroup):
        yield from group_lines(content, short=short)
        return
    writer = _WRITERS.get(type(content))
    if writer is not None:
        yield from writer(content)


def group_lines(group: ParameterGroup, *, short: bool = False) -> Iterator[str]:
    """One line a parameter: ``*`` where the console shows it, name, type, size, values."""
    for one in group.parameters:
        mark = "*" if one.shown else " "
        yield f"{mark} {one.name:<32} {one.kind:<6} {_size(one):>5}  {values_text(one, short=short)}".rstrip()


def _size(parameter: Parameter) -> int:
    return len(parameter.values) // 4 if isinstance(parameter.values, bytes) else len(parameter.values)


def _coil_lines(content: CoilState) -> Iterator[str]:
    yield f"version {content.version}"
    for number, coil in enumerate(content.coils, 1):
        yield f"coil {number}: {coil.name}"
        yield f"    socket       {coil.path}"
        yield f"    part number  {coil.part_number or '-'}"
        yield f"    serial       {coil.serial or '-'}"
        yield f"    state {coil.state}, flag {coil.flag}"
    yield from _rest(content.rest)


def _hardware_lines(content: HardwareConfig) -> Iterator[str]:
    yield f"version {content.version}"
    yield f"release {content.release}"
    yield f"numbers (meaning not known)  {', '.join(map(str, content.numbers))}"
    yield from _rest(content.rest)


def _rest(rest: bytes) -> Iterator[str]:
    if rest:
        yield f"the rest, not interpreted  {rest.hex(' ')}"


def _response_lines(content: PrescanResponses) -> Iterator[str]:
    for pair in content.pairs:
        yield from json.dumps(pair, indent=2, ensure_ascii=False).splitlines()


def _text_lines(content: Lines) -> Iterator[str]:
    yield from content.lines


def _complex_lines(content: ComplexHeaders) -> Iterator[str]:
    for number, offset in enumerate(content.offsets):
        fields = (f"{name} {_plain_number(values[number])}" for name, values in content.fields.items())
        yield f"image {number + 1}, at byte {offset:,}: {', '.join(fields)}"


def _plain_number(value: Any) -> str:
    return float_text(value) if isinstance(value, np.floating) else str(value)


def study_lines(study: StudyCard) -> Iterator[str]:
    """What was scanned: each scan with its state, numbers and series."""
    yield f"ExamCard {study.name or '(without name)'}, ended {utc(study.end_time)}"
    width = max([4, *(len(scan.name) for scan in study.scans)])
    yield f"{'scan':<{width}}  {'state':<12} {'acq':>5} {'rec':>4} {'mip':>4} {'raw':>4} {'cpx':>4}  ended"
    for scan in study.scans:
        numbers = " ".join(f"{_shown(number):>4}" for number in _numbers(scan))
        acquisition = _shown(scan.acquisition_number)
        yield f"{scan.name:<{width}}  {scan.state:<12} {acquisition:>5} {numbers}  {utc(scan.end_time)}"
        for series in scan.series:
            yield f"    {series.kind:<14} {series.uid}"
    for step in study.steps:
        yield f"step {step.name}: {step.state}"
        for uid in step.series_uids:
            yield f"    {'series':<14} {uid}"
    for output in study.outputs:
        numbers = (
            f"acquisition {_shown(output.acquisition_number)}, reconstruction {_shown(output.reconstruction_number)}"
        )
        yield f"output {output.name or '(of the scan)'}: {numbers}, series {output.series_uid or '-'}"


def _numbers(scan: ScanRecord) -> tuple[int | None, ...]:
    return scan.reconstruction_number, scan.mip_number, scan.raw_number, scan.complex_number


def utc(text: str) -> str:
    """ISO 8601 without its fractions of seconds."""
    date, _, time = text.partition("T")
    return f"{date} {time.partition('.')[0].removesuffix('Z')} UTC" if time else text or "?"


def _shown(number: int | None) -> str:
    return "-" if number is None else str(number)


_WRITERS: dict[type, Callable[[Any], Iterator[str]]] = {
    CoilState: _coil_lines,
    HardwareConfig: _hardware_lines,
    PrescanResponses: _response_lines,
    Lines: _text_lines,
    ComplexHeaders: _complex_lines,
    StudyCard: study_lines,
}
"""Content to what writes its lines; a parameter group has more to say, and the rest nothing."""


# -- cards ----------------------------------------


def card_heading(card: ExamCard) -> str:
    """What a card is, in one line."""
    return f"ExamCard {card.name or '(without name)'}, release {card.release or '?'}, {len(card.scans)} scans"


def card_lines(card: ExamCard, *, everything: bool = False, short: bool = False) -> Iterator[str]:
    """A whole card: what it says of itself, then each scan with its protocol sheet.

    everything: every parameter under its own name as well.
    """
    yield f"{card.path}: {card_heading(card)}"
    yield from (f"! {problem}" for problem in card.problems)
    yield from tree_lines(card.fields, without=frozenset() if everything else ASIDE)
    for step in card.steps:
        yield f"processing step: {step.name} ({step.kind}{', by hand' if step.manual_start else ''})"
    for number, scan in enumerate(card.scans, 1):
        yield ""
        yield f"=== {number} {scan.name}" + (f"   {' '.join(scan.method.split())}" if scan.method.strip() else "")
        yield from scan_lines(scan, everything=everything, short=short)


def scan_lines(scan: Scan, *, everything: bool = False, short: bool = False) -> Iterator[str]:
    """A scan: what the card says of it, its protocol sheet."""
    yield from tree_lines(scan.fields, without=frozenset() if everything else ASIDE)
    if scan.parameters is None:
        yield "! its parameters cannot be read"
        return
    yield "--- protocol"
    for line in sheet(scan.parameters):
        yield from str(line).split("\n")
    if everything:
        yield f"--- all {len(scan.parameters):,} parameters"
        yield from group_lines(scan.parameters, short=short)


def tree_lines(value: Plain, indent: int = 0, without: frozenset[str] = frozenset()) -> Iterator[str]:
    """Nested plain values: ``name: value``, deeper ones indented; what is empty, and fields so named, are left out."""
    pad = "    " * indent
    pairs = value.items() if isinstance(value, dict) else ((str(k), v) for k, v in enumerate(value or [], 1))
    for name, inner in pairs:
        if name in without:
            continue
        if isinstance(inner, (dict, list)):
            simple = _simple_list(inner)
            if simple is not None:
                yield from [f"{pad}{name}: {simple}"] if simple else []
                continue
            yield f"{pad}{name}:"
            yield from tree_lines(inner, indent + 1, without)
        elif inner:
            yield f"{pad}{name}: {inner}"


def _simple_list(value: dict[str, Plain] | list[Plain]) -> str | None:
    """A list of texts in one line; None for other things."""
    if isinstance(value, list) and all(isinstance(inner, str) or inner is None for inner in value):
        return run_length(str(inner) for inner in value if inner)
    return "" if not value else None
