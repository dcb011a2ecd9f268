"""``dcmexamcard``: what is inside Philips raw data files and ExamCards, as text, JSON, a page, or the bytes themselves.

The switches of dcmdump that make sense here keep their meaning: -q, -d, +L, -L, +P, +F, +r, -r.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from dicome.cli.parser import Subparsers
    from dicome.philips.sources import Source

EXAMPLES = """\
examples:
  dcmexamcard XX_0003                      every blob of a series as text
  dcmexamcard XX_0004                      what a study scanned; its ExamCard goes into a file
  dcmexamcard DICOM -O cards               all of a folder; ExamCards into the folder cards
  dcmexamcard Brain.ExamCard               protocol sheets as the console exports them
  dcmexamcard --list DICOM                 what there is
  dcmexamcard --diff a.ExamCard:T1 b.ExamCard:T1     two scans of cards
  dcmexamcard --diff XX_0003 XX_0007       two series
  dcmexamcard --json XX_0003 > all.json    for scripts
  dcmexamcard --html Brain.ExamCard        a page, Brain.html
  dcmexamcard --blob COILSTATE -o coil.bin XX_0003   the bytes of a blob
  dcmexamcard +P 0018,1030 +P EX_ACQ_echoes XX_0003  one attribute, one parameter

Nothing is overwritten: a second file of one name is called `name (2)`. Images, presentation states and the like are
passed over with a word on stderr. The words of enums come from the study's ExamCard: one given, one beside the file
(same study), or --card. Of dcmdump's switches -q, -d, +L, -L, +P, +F, +r and -r are kept, with their meaning; blobs are
printed completely (+L) unless -L is given, attributes that +P finds shortened (-L) unless +L is.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of this command."""
    parser = subparsers.add_parser(
        "dcmexamcard",
        help="show Philips raw data files (XX_*, RAW.*) and ExamCards",
        description="Show what is inside Philips raw data files (XX_*, RAW.*) and ExamCards: the parameters of a "
        "series, what a study scanned, the protocols of a card. ExamCards in study files are extracted.",
        epilog=EXAMPLES,
        prefix_chars="-+",
    )
    add = parser.add_argument
    add("path", nargs="+", metavar="FILE", help="raw data file, .ExamCard file, or a folder of any mixture")
    add("--card", action="append", default=[], metavar="FILE", help="ExamCard or study file for the words of enums")
    add("-O", "--output-directory", default=".", metavar="DIR", help="where ExamCards go (default: here)")
    add("--no-extract", action="store_true", help="write no ExamCards")
    add("--all", action="store_true", dest="everything", help="of cards: all parameters by their own names too")
    add("--sheet", action="store_true", help="only protocol sheets; of series and studies too")
    what = parser.add_argument_group("instead of text").add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list files, blobs and scans, one a line")
    what.add_argument("--html", action="store_true", help="write a self-contained page (name: -o, else the card's)")
    what.add_argument("--blob", metavar="NAME", help="write the bytes of this blob to the file of -o")
    what.add_argument("--diff", action="store_true", help="compare two: FILE or FILE:SCAN each")
    parser.add_argument("--json", action="store_true", help="print JSON (of --list and --diff too)")
    add("-o", "--output", metavar="FILE", help="file of --blob (- for stdout) and --html")
    add("--force", action="store_true", help="let -o replace an existing file")
    kept = parser.add_argument_group("switches of dcmdump").add_argument
    kept("-q", "--quiet", action="store_true", help="no warnings, nothing about files passed over")
    kept("-d", "--debug", action="store_true", help="tell on stderr where in the file each blob lies")
    kept("+L", "--print-all", action="store_true", help="print long values completely")
    kept("-L", "--print-short", action="store_true", help="print long values shortened")
    kept("+P", "--search", action="append", default=[], metavar="TAG", help="print this attribute or parameter only")
    kept("+F", "--print-filename", action="store_true", help="of +P: head each file with its name")
    kept("+r", "--recurse", action="store_true", help="look below folders (as it does anyway)")
    kept("-r", "--no-recurse", action="store_true", help="leave out what is below folders")


def run(args: argparse.Namespace) -> int:
    """Reads the files and does with them what was asked for; 1 where something could not be read."""
    if args.diff:
        return _diff(args)
    import sys

    _no_json_of_others(args)
    from dicome.cli.progress import Progress
    from dicome.philips.sources import read_sources
    from dicome.safetext import visible

    with Progress("looking", "files", quiet=args.quiet) as progress:
        sources = read_sources(args.path, args.card, recurse=not args.no_recurse, tell=lambda count: progress(count))
    if args.debug:
        _tell_places(sources)
    action = next((act for name, act in _ACTIONS.items() if getattr(args, name)), _print_text)
    found = action(args, [source for source in sources if source.raw is not None or source.card is not None])
    if not sources and not args.quiet:
        where = f"{args.path[0]}: no files" if len(args.path) == 1 else "no files in these folders"
        print(visible(f"dcmexamcard: {where}"), file=sys.stderr)
    return _tell_problems(args, sources) or found


def _no_json_of_others(args: argparse.Namespace) -> None:
    """What has no JSON says so: scripts would be given something else."""
    from dicome.errors import ArgumentError

    for name, switch in (("search", "+P"), ("html", "--html"), ("blob", "--blob")):
        if args.json and getattr(args, name):
            raise ArgumentError(f"--json is not for {switch}; it goes alone, or with --list, --sheet or --diff")


def _tell_problems(args: argparse.Namespace, sources: Iterable[Source]) -> int:
    """What was passed over, and what is wrong, on stderr; 1 where something is wrong or nothing was found."""
    import sys

    from dicome.safetext import visible

    wrong = used = False
    sys.stdout.flush()
    for source in sources:
        used |= source.raw is not None or source.card is not None
        wrong |= bool(source.problems)
        if args.quiet:
            continue
        if source.word and not source.problem:
            print(visible(f"{source.path}: passed over: {source.word}"), file=sys.stderr)
        for problem in source.problems:
            print(visible(f"dcmexamcard: {problem}"), file=sys.stderr)
    return int(wrong or not used)


def _tell_places(sources: Iterable[Source]) -> None:
    import sys

    from dicome.safetext import visible

    for source in sources:
        for blob in source.raw.blobs if source.raw is not None else ():
            place = f"byte {blob.offset:,}, {len(blob.data):,} bytes, announced {blob.size:,}"
            line = f"debug: {source.path}: {blob.name}: {place}, {type(blob.content).__name__}"
            print(visible(line), file=sys.stderr)


# -- what to do with the files ----------------------------------------


def _print_text(args: argparse.Namespace, sources: list[Source]) -> int:
    from dicome.cli.problems import Problems
    from dicome.philips import text

    problems = Problems("dcmexamcard")
    for number, source in enumerate(sources):
        if number:
            print()
        if source.is_series and source.raw is not None:
            lines = text.raw_lines(source.raw, source.words_from, short=args.print_short)
        elif source.raw is not None:
            lines = text.study_file_lines(source.raw, short=args.print_short)
        elif source.card is not None:
            lines = text.card_lines(source.card, everything=args.everything, short=args.print_short)
        _show(lines)
        with problems.passed(source.path):
            _extract(args, source)
    return problems.code()


def _extract(args: argparse.Namespace, source: Source) -> str | None:
    """Writes the ExamCard of a study file and says so, on stderr where stdout is for scripts."""
    import sys

    from dicome.philips.extract import write_card

    if source.raw is None or not source.raw.is_study or args.no_extract:
        return None
    written = write_card(source.raw, args.output_directory)
    if written is not None and not args.quiet:
        print(f"ExamCard written: {written}", file=sys.stderr if args.json else sys.stdout)
    return None if written is None else str(written)


def _print_json(args: argparse.Namespace, sources: list[Source]) -> int:
    from dicome.cli.problems import Problems
    from dicome.philips.jsonable import source_json

    problems = Problems("dcmexamcard")

    def facts() -> Iterator[object]:
        for source in sources:
            found = source_json(source)
            with problems.passed(source.path):
                written = _extract(args, source)
                if written is not None:
                    found["extracted"] = written
            yield found

    _dump(facts())
    return problems.code()


def _dump(found: Iterable[object]) -> None:
    """Prints a list as JSON, one thing after the other: a folder of series has gigabytes of it."""
    from dicome.safetext import json_text

    begin = "["
    for one in found:
        print(begin + json_text([one])[1:-2], end="")
        begin = ","
    print("[]" if begin == "[" else "\n]")


def _show(lines: Iterable[object]) -> None:
    """Prints lines; what of their text would steer a terminal is spelled out."""
    from dicome.safetext import visible

    for line in lines:
        print(visible(str(line), keep="\n\t"))


def _print_list(args: argparse.Namespace, sources: list[Source]) -> int:
    from dicome.philips.listing import list_json, list_lines

    if args.json:
        _dump([list_json(source) for source in sources])
        return 0
    for source in sources:
        _show(list_lines(source))
    return 0


def _print_sheets(args: argparse.Namespace, sources: list[Source]) -> int:
    from dicome.philips.listing import sheets, sheets_json

    if args.json:
        _dump([sheets_json(source) for source in sources])
        return 0
    for source in sources:
        for title, lines in sheets(source):
            _show([f"=== {source.path}: {title}", *lines])
    return 0


def _print_found(args: argparse.Namespace, sources: list[Source]) -> int:
    from dicome.philips.dump import search_lines

    for source in sources:
        lines = list(search_lines(source, args.search, complete=args.print_all))
        _show([f"# {source.path}", *lines] if args.print_filename else lines)
    return 0


def _write_blob(args: argparse.Namespace, sources: list[Source]) -> int:
    import sys

    from dicome.beside import written_beside
    from dicome.errors import ArgumentError
    from dicome.philips.extract import find_blob

    raws = [source.raw for source in sources if source.raw is not None]
    if not args.output:
        raise ArgumentError("--blob needs a file to write: -o FILE, or -o - for standard output")
    if len(raws) != 1:
        raise ArgumentError(f"--blob takes one raw data file; found {len(raws)}")
    data = find_blob(raws[0], args.blob).data
    if args.output == "-":
        sys.stdout.buffer.write(data)
        return 0
    with written_beside(args.output, force=args.force, size=len(data)) as temporary:
        temporary.write_bytes(data)
    return 0


def _write_page(args: argparse.Namespace, sources: list[Source]) -> int:
    from pathlib import Path

    from dicome.beside import written_beside
    from dicome.errors import ArgumentError
    from dicome.philips.extract import write_numbered
    from dicome.philips.page import page, page_name

    if args.output and len(sources) != 1:
        raise ArgumentError(f"-o names one page; found {len(sources)} files to make pages of")
    for source in sources:
        data = page(source).encode("utf-8", "replace")
        if args.output:
            with written_beside(args.output, force=args.force, size=len(data)) as temporary:
                temporary.write_bytes(data)
            written = Path(args.output)
        else:
            written = write_numbered(Path(args.output_directory), page_name(source), ".html", data)
        print(f"page written: {written}")
    return 0


_ACTIONS: dict[str, Callable[[argparse.Namespace, list[Source]], int]] = {
    "search": _print_found,
    "list": _print_list,
    "blob": _write_blob,
    "html": _write_page,
    "sheet": _print_sheets,
    "json": _print_json,
}
"""Option to what it does; the first one given counts, text where none is."""


def _diff(args: argparse.Namespace) -> int:
    import sys
    from dataclasses import asdict
    from pathlib import Path

    from dicome.errors import ArgumentError
    from dicome.philips.difference import compare, section_lines, side
    from dicome.safetext import visible

    if len(args.path) != 2:
        raise ArgumentError(f"--diff compares two; found {len(args.path)}: {' '.join(args.path)}")
    cards = [Path(card) for card in args.card]
    left, right = (side(path, cards) for path in args.path)
    sections = list(compare(left, right))
    if args.json:
        _dump([asdict(section) for section in sections])
    else:
        for section in sections:
            _show(section_lines(section))
    problems = dict.fromkeys((*left.problems, *right.problems))
    sys.stdout.flush()
    for problem in () if args.quiet else problems:
        print(visible(f"dcmexamcard: {problem}"), file=sys.stderr)
    return int(bool(problems))
