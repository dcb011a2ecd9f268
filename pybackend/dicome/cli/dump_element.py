"""``dcm_dump_element``: the raw bytes of one element, into a file."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dcm_dump_element 7fe0 0010 scan.dcm pixels.raw
  dcm_dump_element 2005 100e scan.dcm - | xxd           a private one, by the creator of its block; - is stdout
  dcm_dump_element PatientName scan.dcm name.txt        by keyword
  dcm_dump_element 'PerFrameFunctionalGroupsSequence[3].MREchoSequence.EffectiveEchoTime' scan.dcm te.bin

The bytes are those of the file, in its byte order, with padding; of a sequence and of compressed pixels, with items.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dcm_dump_element``."""
    parser = subparsers.add_parser(
        "dcm_dump_element",
        usage="%(prog)s [-b] [-t] [-v] [--force] (group element | tag) filein fileout",
        help="the raw bytes of one element, into a file",
        description="Write the value bytes of one element to a file.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("words", nargs="+", metavar="FILE", help="group and element (hexadecimal), or keyword or path; then the files")
    add("-b", dest="big", action="store_true", help="a file without Part 10 header is big endian")
    add("-t", dest="part10", action="store_true", help="take only a Part 10 file")
    add("-v", dest="verbose", action="store_true", help="say on stderr what was written")
    add("--force", action="store_true", help="replace an existing file")


def run(args: argparse.Namespace) -> int:
    """Writes the bytes."""
    import sys

    from dicome.dicom.file import open_file
    from dicome.errors import ArgumentError
    from dicome.inspect.ctn import BIG_ENDIAN
    from dicome.inspect.opening import require_part10
    from dicome.inspect.raw import raw_value
    from dicome.inspect.tags import parse_tag

    if len(args.words) not in (3, 4):
        raise ArgumentError(
            f"{len(args.words)} arguments; expected group, element, filein, fileout (or tag, filein, fileout)"
        )
    *tag, source, target = args.words
    wanted = parse_tag(",".join(f"{int(half, 16):04x}" for half in _hexadecimal(tag)) if len(tag) == 2 else tag[0])
    file = open_file(source, BIG_ENDIAN if args.big else None)
    if args.part10:
        require_part10(file)
    raw = raw_value(file, wanted)
    if target == "-":
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
    else:
        from dicome.beside import written_beside

        with written_beside(target, force=args.force, size=len(raw)) as temporary:
            temporary.write_bytes(raw)
    if args.verbose:
        print(f"dcm_dump_element: {wanted.name}: {len(raw):,} bytes of {file.syntax.name}", file=sys.stderr)
    return 0


def _hexadecimal(words: list[str]) -> list[str]:
    import re

    from dicome.errors import ArgumentError

    for word in words:
        if not re.fullmatch(r"(?:0[xX])?[0-9a-fA-F]{1,4}", word):
            raise ArgumentError(f"{word!r}: expected a group or element of up to four hexadecimal digits, such as 0010")
    return words
