"""Raw data and ExamCards as plain values that `json.dumps` takes: for scripts, and for the page."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from dicome.philips.content import PARTLY, Content, Uninterpreted
from dicome.philips.examcard import ExamCard, Scan
from dicome.philips.groups import Parameter, ParameterGroup
from dicome.philips.hardware import CoilState, HardwareConfig
from dicome.philips.protocol import sheet
from dicome.philips.rawdata import Blob, RawData
from dicome.philips.responses import PrescanResponses
from dicome.philips.saved import ComplexHeaders, Lines
from dicome.philips.sources import Source
from dicome.philips.study import StudyCard

Json = dict[str, Any]

_RAW_FIELDS = (
    "sop_class", "sop_instance_uid", "study_uid", "series_uid", "software", "protocol_name", "series_description",
    "series_number", "acquisition_number", "reconstruction_number", "card_name",
)  # fmt: skip


def source_json(source: Source) -> Json:
    """A file: ``path``, ``kind`` (series, study, card, passed over, unreadable), and what it holds."""
    found: Json = {"path": str(source.path), "kind": kind_of(source)}
    if source.word:
        found["word"] = source.word
    if source.raw is not None:
        found |= raw_json(source.raw)
    if source.is_series:
        found["words_from"] = [str(path) for path in source.words_from]
    if source.card is not None:
        found["card"] = card_json(source.card)
    return found | {"problems": list(source.problems)}


def kind_of(source: Source) -> str:
    """What kind of file it is, in a word."""
    if source.raw is not None:
        return "study" if source.raw.is_study else "series"
    if source.card is not None:
        return "card"
    return "passed over" if source.word and not source.problem else "unreadable"


def raw_json(raw: RawData) -> Json:
    """A raw data file and its blobs."""
    return {**{name: getattr(raw, name) for name in _RAW_FIELDS}, "blobs": [blob_json(blob) for blob in raw.blobs]}


def blob_json(blob: Blob) -> Json:
    """A blob; bytes that nobody understands, or not all of them, as hex."""
    unclear = isinstance(blob.content, Uninterpreted) or (bool(blob.problems) and isinstance(blob.content, PARTLY))
    return {
        "name": blob.name,
        "type": blob.type,
        "size": len(blob.data),
        **content_json(blob.content),
        **({"hex": blob.data.hex()} if unclear else {}),
        "problems": list(blob.problems),
    }


def content_json(content: Content) -> Json:
    """The content of a blob; empty for one without."""
    if isinstance(content, ParameterGroup):
        return {"parameters": group_json(content)}
    if isinstance(content, CoilState):
        return {"version": content.version, "coils": [asdict(coil) for coil in content.coils], **_rest(content.rest)}
    if isinstance(content, HardwareConfig):
        known = {"version": content.version, "release": content.release, "numbers": list(content.numbers)}
        return {**known, **_rest(content.rest)}
    if isinstance(content, PrescanResponses):
        return {"responses": [_finite(pair) for pair in content.pairs]}
    if isinstance(content, Lines):
        return {"lines": list(content.lines)}
    if isinstance(content, ComplexHeaders):
        fields = {name: [_number(value) for value in values.tolist()] for name, values in content.fields.items()}
        return {"images": {"offset": list(content.offsets), **fields}}
    return {"study": study_json(content)} if isinstance(content, StudyCard) else {}


def _rest(rest: bytes) -> Json:
    return {"rest_hex": rest.hex()} if rest else {}


def study_json(study: StudyCard) -> Json:
    """What was scanned."""
    return {
        "name": study.name,
        "end_time": study.end_time,
        "scans": [asdict(scan) for scan in study.scans],
        "steps": [asdict(step) for step in study.steps],
        "outputs": [asdict(output) for output in study.outputs],
    }


def card_json(card: ExamCard) -> Json:
    """An ExamCard."""
    return {
        "name": card.name,
        "release": card.release,
        "fields": card.fields,
        "steps": [asdict(step) for step in card.steps],
        "scans": [scan_json(scan) for scan in card.scans],
        "problems": list(card.problems),
    }


def scan_json(scan: Scan) -> Json:
    """A scan: its sheet as (label, value, name), and all its parameters."""
    lines = sheet(scan.parameters) if scan.parameters is not None else []
    return {
        "name": scan.name,
        "method": scan.method,
        "fields": scan.fields,
        "sheet": [{"label": line.label, "value": line.value, "name": line.name} for line in lines],
        "parameters": group_json(scan.parameters) if scan.parameters is not None else [],
    }


def group_json(group: ParameterGroup) -> list[Json]:
    """The parameters of a group, in order."""
    return [parameter_json(parameter) for parameter in group.parameters]


def parameter_json(parameter: Parameter) -> Json:
    """A parameter: values always as a list; NaN and infinite floats as text, which JSON has no numbers for."""
    values = parameter.values
    known: Json = {"name": parameter.name, "type": parameter.kind, "shown": parameter.shown}
    if isinstance(values, bytes):
        return {**known, "size": len(values) // 4, "hex": values.hex()}
    numbers = list(values) if isinstance(values, tuple) else [_number(value) for value in _shortest(values)]
    words = {"words": parameter.words()} if parameter.labels else {}
    return {**known, "size": len(values), "values": numbers, **words}


def _shortest(values: Any) -> list[Any]:
    """Numbers as Python has them; of 32-bit floats the fewest digits that tell them apart, as in the text."""
    return [float(str(value)) for value in values] if values.dtype == np.float32 else list(values.tolist())


def _number(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _finite(value: Any) -> Any:
    """JSON from a file may hold NaN, which Python takes and the standard does not."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list) else _number(value)
