"""``dicome private-dictionary``: the private elements of Philips in the form that another program reads."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

FORMATS = ("dcmtk", "matlab", "pydicom")
EXAMPLES = """\
examples:
  dicome private-dictionary --format dcmtk > philips.dic
      DCMDICTPATH=/usr/share/libdcmtk17/dicom.dic:philips.dic dcmdump scan.dcm
  dicome private-dictionary --format matlab -o philips-dict.txt
      dicomdict('set', 'philips-dict.txt')         in MATLAB, then dicominfo
  dicome private-dictionary --format pydicom -o philips_dictionary.py
      import philips_dictionary                    in Python, then pydicom knows the names

MATLAB knows no private creators: there the elements stand in the blocks that scanners give them (2005,10xx ...), and
the standard's attributes come along, because the file takes the place of MATLAB's own.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``private-dictionary``."""
    parser = subparsers.add_parser(
        "private-dictionary",
        help="private elements of Philips for DCMTK, MATLAB or pydicom",
        description="Write the dictionary of the private elements of Philips for another program.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--format", choices=FORMATS, default="dcmtk", help="for which program (default dcmtk)")
    parser.add_argument("-o", dest="out", metavar="OUT", help="file to write (default: standard output)")
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(args: argparse.Namespace) -> int:
    """Writes it."""
    from dicome.others.dictionaries import FORMATS as WRITERS

    text = "\n".join(WRITERS[args.format]()) + "\n"
    if args.out is None:
        print(text, end="")
        return 0
    from dicome.beside import written_beside

    with written_beside(args.out, force=args.force) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return 0
