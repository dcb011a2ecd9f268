"""ExamCards: the protocols of an examination, each scan with its parameters.

A SOAP document (see `soap`). Old ones (R3) hang their scans on ``scanStep``, new ones (R5) on ``scanSet``. Known from
files of R3.2, R5.3 and R5.7.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from dicome.errors import DamagedFileError, FileAccessError, FileMissingError, NotDicomError
from dicome.philips.groups import ParameterGroup, read_group
from dicome.philips.safe_xml import Document, Node, parse
from dicome.philips.soap import Graph, Plain
from dicome.philips.study import ROOT, read_study, up_to_nul

ENVELOPE = "Envelope"
MOST_SCANS = 1_000
"""Scans of one card; lists that share their items could otherwise hold any number."""
_EVENTS = ("NameChanged", "Modified", "Disposing")
_OF_THE_CARD = ("instrumentList",)
"""Fields of the card that are shown scan by scan."""
_OF_A_STEP = ("scanProcedure", *_EVENTS)
_OF_A_PROCEDURE = ("parameterData", "name", "methodDescription", *_EVENTS)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan of a card. method: the scanner's line about it; parameters: all it is made of, None where the card holds
    none that can be read; fields: whatever else the card says of it (geometry, slice order, ...), by the card's names.
    """

    name: str
    method: str
    parameters: ParameterGroup | None
    fields: dict[str, Plain]


@dataclass(frozen=True, slots=True)
class Step:
    """A processing step of a card. kind: MipMprSeries, CoilSelection, ...; manual_start: whether it waits."""

    name: str
    kind: str
    manual_start: bool


@dataclass(frozen=True, slots=True)
class ExamCard:
    """An ExamCard. release: of the scanner's software (``5.7.1.2``); fields: what the card says about itself, by its
    own names; scans in their order. problems: what could not be read, and where.
    """

    path: Path
    name: str
    release: str
    fields: dict[str, Plain]
    scans: tuple[Scan, ...]
    steps: tuple[Step, ...] = ()
    problems: tuple[str, ...] = ()

    def scan(self, name: str) -> Scan:
        """The first scan of that name; KeyError where there is none."""
        found = next((scan for scan in self.scans if scan.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


def read_card(path: str | os.PathLike[str]) -> ExamCard:
    """Reads a .ExamCard file, or the XML of an ExamCardBlob around it.

    Raises FileMissingError, FileAccessError, NotDicomError (no ExamCard), DamagedFileError.
    """
    return parse_card(read_bytes(path), Path(path))


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """All of a file. Raises FileMissingError and FileAccessError."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise FileMissingError(f"{path}: no such file") from None
    except OSError as problem:
        raise FileAccessError(f"{path}: cannot be read: {problem.strerror or problem}") from problem


def looks_like_card(begin: bytes) -> bool:
    """Whether a file that begins so is an ExamCard, or the XML around one."""
    text = begin.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.startswith((b"<SOAP-ENV:Envelope", b"<?xml", b"<ExamCard"))


def parse_card(data: bytes, path: Path) -> ExamCard:
    """Reads an ExamCard from the bytes of its file. path: for messages. Raises NotDicomError and DamagedFileError."""
    document = parse(up_to_nul(data), str(path))
    if document.root.name == ROOT:
        study = read_study(data, str(path))
        if not study.readable:
            raise DamagedFileError("; ".join(study.problems) or f"{path}: holds no ExamCard")
        card = parse_card(study.readable, path)
        return replace(card, problems=study.problems + card.problems)
    if document.root.name != ENVELOPE or not document.root.children:
        raise NotDicomError(f"{path}: XML begins with <{document.root.name}>; expected the <{ENVELOPE}> of an ExamCard")
    return _card(document, path)


def _card(document: Document, path: Path) -> ExamCard:
    graph = Graph(document.root.children[0], str(path))
    card = graph.first(ROOT)
    if card is None and graph.first("ScanProcedure") is None:
        raise document_error(document, path)
    problems = [document.problem] if document.problem else []
    steps = list(islice(_steps(graph, card), MOST_SCANS + 1))
    read: dict[int, ParameterGroup | None] = {}
    scans = [_scan(graph, step, problems, read) for step in steps[:MOST_SCANS]]
    fields = graph.plain(card, _OF_THE_CARD)
    if len(steps) > MOST_SCANS:
        problems.append(f"{path}: more than {MOST_SCANS:,} scans; the rest is left out")
    problems += [graph.problem] if graph.problem else []
    return ExamCard(
        path=path,
        name=graph.text(card, "name"),
        release=graph.text(card, "version", "swVersion"),
        fields=fields if isinstance(fields, dict) else {},
        scans=tuple(scans),
        steps=tuple(_processing_step(graph, node) for node in graph.body.all("ProcessingStepData")),
        problems=tuple(problems),
    )


def document_error(document: Document, path: Path) -> DamagedFileError:
    """The error for SOAP that is no ExamCard, or was cut before one began."""
    return DamagedFileError(document.problem or f"{path}: SOAP without an <{ROOT}>; expected an ExamCard")


def _steps(graph: Graph, card: Node | None) -> Iterator[Node]:
    """The execution steps in order; whatever scan no list leads to (in a cut file) comes last."""
    reached: set[int] = set()
    for instrument in graph.items(graph.field(card, "instrumentList", "list")):
        scan_set = graph.field(instrument, "scanSet") or graph.field(instrument, "scanStep", "currentScanSet")
        for step in graph.items(graph.field(scan_set, "executionSteps", "list")):
            reached.add(id(graph.field(step, "singleScan", "scanProcedure")))
            yield step
    singles = [node for node in graph.body.all("SingleScan") if id(graph.field(node, "scanProcedure")) not in reached]
    reached |= {id(graph.field(node, "scanProcedure")) for node in singles}
    yield from singles
    yield from (node for node in graph.body.all("ScanProcedure") if id(node) not in reached)


def _processing_step(graph: Graph, node: Node) -> Step:
    return Step(
        name=graph.text(node, "name"),
        kind=graph.text(node, "protocol", "stepType"),
        manual_start=graph.text(node, "manualStart") == "true",
    )


def _scan(graph: Graph, step: Node, problems: list[str], read: dict[int, ParameterGroup | None]) -> Scan:
    """A scan. read: its parameters by their node, which several scans may share."""
    single = step if step.name != "ExecutionStep" else graph.field(step, "singleScan")
    procedure = (
        single if single is not None and single.name == "ScanProcedure" else graph.field(single, "scanProcedure")
    )
    name = graph.text(procedure, "name") or graph.text(single, "name")
    place = id(graph.field(procedure, "parameterData"))
    if place not in read:
        read[place] = _parameters(graph, procedure, name, problems)
    return Scan(
        name=name,
        method=graph.text(procedure, "methodDescription"),
        parameters=read[place],
        fields=_fields(graph, step, procedure),
    )


def _fields(graph: Graph, step: Node, procedure: Node | None) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for node, without in ((step, _OF_A_STEP), (procedure, _OF_A_PROCEDURE)):
        plain = graph.plain(node, without)
        if isinstance(plain, dict):
            found |= plain
    return found


def _parameters(graph: Graph, procedure: Node | None, name: str, problems: list[str]) -> ParameterGroup | None:
    node = graph.field(procedure, "parameterData")
    what = f"{graph.where}: scan {name or 'without name'}"
    if node is None or not node.complete:
        problems.append(f"{what}: its parameters are not in the file; is it complete?")
        return None
    try:
        group = read_group(graph.binary(node, f"scan {name}: parameterData"), what)
    except DamagedFileError as damage:
        problems.append(str(damage))
        return None
    problems.extend(group.problems)
    return group
