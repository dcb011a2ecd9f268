"""One self-contained HTML page of an ExamCard, a study or a series: nothing is fetched, every text is escaped.

A section for each scan of a card, or each blob of a series; what was scanned comes first. The field at the top narrows
the page to what contains the words typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from dicome import __version__
from dicome.philips.examcard import ExamCard, Scan
from dicome.philips.groups import ParameterGroup
from dicome.philips.listing import sheets
from dicome.philips.protocol import Line, sheet
from dicome.philips.rawdata import CARD_BLOB, Blob, RawData
from dicome.philips.sources import Source
from dicome.philips.study import ScanRecord, StudyCard
from dicome.philips.text import ASIDE, blob_lines, heading, summary, tree_lines, utc
from dicome.philips.values import values_text

SECTIONS = {
    "geometry": "Geometry",
    "contrast": "Contrast",
    "motion": "Motion",
    "dynang": "Dynamic / angio",
    "proc": "Postprocessing",
    "pdf": "Other",
    "info": "Info page",
}
"""Headings that the separators among the parameters stand for."""
SECURITY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
LONG_BLOCK = 40
"""Lines from which on a block of the sheet may be split between columns."""


def page(source: Source) -> str:
    """The page of a file as HTML."""
    parts = list(_parts(source))
    index = "".join(f'<li><a href="#{key}"><span>{mark}</span>{_text(title)}</a></li>' for key, mark, title, _ in parts)
    title, about = page_name(source), _about(source)
    sections = "".join(body for _, _, _, body in parts)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{SECURITY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="generator" content="dicome {__version__}">'
        f"<title>{_text(title)}</title><style>{_beside('page.css')}</style></head>\n<body><header>"
        f"<h1>{_text(title)}</h1><p>{_text(about)}</p>"
        '<input id="find" type="search" placeholder="Find a parameter" aria-label="Find a parameter"></header>\n'
        f'<div class="columns"><nav aria-label="Contents"><ol>{index}</ol></nav>\n<main>'
        f"{sections}</main></div>\n<script>{_beside('page.js')}</script></body></html>\n"
    )


def page_name(source: Source) -> str:
    """Title of the page, and name of its file without suffix."""
    if source.card is not None and source.card.name:
        return source.card.name
    if source.raw is not None and not source.raw.is_study:
        return f"{source.raw.series_number or 0} {source.raw.protocol_name}".strip()
    return source.path.stem


def _about(source: Source) -> str:
    if source.card is not None:
        return f"ExamCard, release {source.card.release or '?'}, {len(source.card.scans)} scans"
    return heading(source.raw) if source.raw is not None else ""


Part = tuple[str, str, str, str]
"""Anchor, mark and title in the contents, and HTML of a section."""


def _parts(source: Source) -> Iterator[Part]:
    if source.problems:
        body = "".join(f'<p class="problem">{_text(problem)}</p>' for problem in source.problems)
        yield "problems", "!", "Problems", f'<section id="problems"><h2>Problems</h2>{body}</section>'
    study = _study_of(source.raw)
    if study is not None:
        yield "scanned", "", "As scanned", _scanned(study)
    if source.card is not None:
        yield "card", "", "The card", _card(source.card)
        for number, scan in enumerate(source.card.scans, 1):
            yield f"scan{number}", str(number), scan.name, _scan(number, scan)
    if source.is_series and source.raw is not None:
        for title, lines in sheets(source):
            body = f'<section id="sheet"><h2>{_text(title)} <small>protocol</small></h2>{_sheet(lines)}</section>'
            yield "sheet", "", "Protocol", body
        for number, blob in enumerate(source.raw.blobs, 1):
            yield f"blob{number}", str(number), blob.name, _blob(number, blob)


def _study_of(raw: RawData | None) -> StudyCard | None:
    contents = (blob.content for blob in raw.blobs if blob.name == CARD_BLOB) if raw is not None else ()
    return next((content for content in contents if isinstance(content, StudyCard)), None)


def _scanned(study: StudyCard) -> str:
    head = "<th>Scan<th>State<th class=number>Acq.<th class=number>Rec.<th>Ended<th>Series"
    rows = "".join(map(_scan_row, study.scans))
    steps = "".join(f"<tr><td>{_text(step.name)}<td>{_text(step.state)}" for step in study.steps)
    step_table = f"<h3>Processing</h3><table><tr><th>Step<th>State{steps}</table>" if steps else ""
    ended = f'<p class="about">ended {_text(utc(study.end_time))}</p>'
    table = f'<div class="scroll"><table><tr>{head}{rows}</table></div>'
    return f'<section id="scanned"><h2>As scanned</h2>{ended}{table}{step_table}</section>'


def _scan_row(scan: ScanRecord) -> str:
    numbers = (scan.acquisition_number, scan.reconstruction_number)
    cells = "".join(f"<td class=number>{'–' if number is None else number}" for number in numbers)
    uids = "".join(f"<div>{_text(series.kind)} <code>{_text(series.uid)}</code></div>" for series in scan.series)
    state = f'<span class="state">{_text(scan.state)}</span>'
    return f"<tr><td>{_text(scan.name)}<td>{state}{cells}<td><time>{_text(utc(scan.end_time))}</time><td>{uids}"


def _card(card: ExamCard) -> str:
    steps = "".join(f"<tr><td>{_text(step.name)}<td>{_text(step.kind)}" for step in card.steps)
    step_table = f"<h3>Processing steps</h3><table><tr><th>Step<th>Kind{steps}</table>" if steps else ""
    return f'<section id="card"><h2>The card</h2>{_pairs(tree_lines(card.fields, without=ASIDE))}{step_table}</section>'


def _pairs(lines: Iterable[str]) -> str:
    """Lines ``name: value`` of nested values as a list; the indentation says how deep they are."""
    rows = []
    for line in lines:
        text = line.lstrip()
        name, _, value = text.partition(":")
        depth = min(2, (len(line) - len(text)) // 4)
        rows.append(_pair(name, value.strip(), depth, f"{name} {value}"))
    return f'<div class="sheet"><dl>{"".join(rows)}</dl></div>'


def _pair(name: str, value: str, depth: int, find: str, hint: str = "") -> str:
    deep = f' class="deep{depth}"' if depth else ""
    title = f' title="{_text(hint)}"' if hint else ""
    return f'<div{deep} data-find="{_text(find.lower())}"{title}><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>'


def _scan(number: int, scan: Scan) -> str:
    method = f" <small>{_text(' '.join(scan.method.split()))}</small>" if scan.method.strip() else ""
    if scan.parameters is None:
        body = '<p class="problem">Its parameters cannot be read.</p>'
    else:
        body = f"{_sheet(sheet(scan.parameters))}{_all(scan.parameters)}"
    return f'<section id="scan{number}" data-block><h2>{number} {_text(scan.name)}{method}</h2>{body}</section>'


def _sheet(lines: list[Line]) -> str:
    blocks = []
    for section, group in groupby(lines, lambda line: line.section):
        rows = [_sheet_row(line) for line in group if not line.name.endswith("_seperator")]
        title = SECTIONS.get(section, section or "General")
        long = ' class="long"' if len(rows) > LONG_BLOCK else ""
        if rows:
            blocks.append(f"<div{long} data-block><h3>{_text(title)}</h3><dl>{''.join(rows)}</dl></div>")
    return f'<div class="sheet">{"".join(blocks)}</div>'


def _sheet_row(line: Line) -> str:
    indent = len(line.label) - len(line.label.lstrip())
    depth = 0 if indent == 0 else 1 if indent < 8 else 2
    value = line.value.replace('" ', '"').replace('"', "")
    return _pair(" ".join(line.label.split()), value, depth, f"{line.label} {value} {line.name}", line.name)


def _all(group: ParameterGroup) -> str:
    """Every parameter under its own name, folded away."""
    rows = "".join(
        f'<tr data-find="{_text(one.name.lower())}"><td><code>{_text(one.name)}</code><td>{one.kind}'
        f"<td class=number>{len(one.values)}<td>{_text(values_text(one))}"
        for one in group.parameters
    )
    head = "<th>Parameter<th>Type<th class=number>Size<th>Values"
    table = f'<div class="scroll"><table><tr>{head}{rows}</table></div>'
    return f"<details data-block><summary>All {len(group):,} parameters</summary>{table}</details>"


def _blob(number: int, blob: Blob) -> str:
    about = f'<p class="about">{_text(summary(blob.content))}, {len(blob.data):,} bytes</p>'
    if isinstance(blob.content, ParameterGroup) and not blob.problems:
        body = _all(blob.content)
    else:
        body = f"<pre>{_text(chr(10).join(list(blob_lines(blob))[1:]))}</pre>" if blob.data else ""
    return f'<section id="blob{number}" data-block><h2>{_text(blob.name)}</h2>{about}{body}</section>'


def _text(text: str) -> str:
    """Text for HTML: markup and control characters taken out."""
    return escape("".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text))


def _beside(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
