"""``dcm_dump_file`` and ``dicome dump``: every element of files, line by line, as the program of CTN did."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers
    from dicome.cli.problems import Problems
    from dicome.dicom.file import DicomFile

NAMES = ("dump", "dcm_dump_file")
EXAMPLES = """\
examples:
  {name} scan.dcm             group, element, length, description and value of every element
  {name} -g FOLDER            all files of a folder, without group lengths
  {name} -b old.img           a big-endian data set without Part 10 header
  {name} -z *.dcm             also check values against their representation

Part 10 files and bare data sets are told apart by themselves, and so is explicit VR. `dcminfo -a` shows a file
cleaner, its frames folded.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``dump`` and ``dcm_dump_file``."""
    for name in NAMES:
        parser = subparsers.add_parser(
            name,
            help="every element of files, line by line",
            description="Show every element of DICOM files: group, element, length, description and value.",
            epilog=EXAMPLES.format(name=name if name != "dump" else "dicome dump"),
        )
        add = parser.add_argument
        add("path", nargs="+", metavar="FILE", help="DICOM files, or folders of them")
        add("-b", dest="big", action="store_true", help="files without Part 10 header are big endian")
        add("-e", dest="stop", action="store_true", help="stop at the first file that cannot be opened")
        add("-g", dest="no_group_lengths", action="store_true", help="leave out group length elements")
        add("-l", dest="to_end", action="store_true", help="use the (retired) Length to End for the end of the object")
        add("-t", dest="part10", action="store_true", help="take only Part 10 files")
        add("-v", dest="verbose", action="store_true", help="say on stderr how each file is written")
        add(
            "-z",
            dest="verify",
            action="store_true",
            help="check the values against their VR; exit code 1 if one is wrong",
        )


def run(args: argparse.Namespace) -> int:
    """Prints the dumps."""
    from dicome.cli.given import given_files
    from dicome.cli.problems import Problems
    from dicome.inspect.ctn import BIG_ENDIAN, Options, dump
    from dicome.inspect.opening import open_header, require_part10

    problems, folders = Problems("dcm_dump_file"), Problems("dcm_dump_file")
    options = Options(not args.no_group_lengths, args.to_end)
    count = 0
    for path in given_files(args.path, folders, recursive=True):
        if args.stop and problems.count + folders.count:
            break
        count += 1
        with problems.passed(path):
            file, damage = open_header(path, BIG_ENDIAN if args.big else None)
            if args.part10:
                require_part10(file)
            if args.verbose:
                _say(file)
            for line in dump(file, options):
                print(line)
            if args.verify:
                _verify(file, problems)
            if damage is not None:
                raise damage
    problems.count += folders.count
    return problems.code(0 if args.stop else count + folders.count)


def _say(file: DicomFile) -> None:
    import sys

    from dicome.safetext import visible

    kind = "Part 10" if file.meta else "no Part 10 header"
    order = "big" if file.syntax.byte_order == ">" else "little"
    note = f"; {file.note}" if file.note else ""
    text = f"dcm_dump_file: {file.path}: {kind}, {file.syntax.name}, {order} endian, {file.size:,} bytes{note}"
    print(visible(text), file=sys.stderr)


def _verify(file: DicomFile, problems: Problems) -> None:
    import sys

    from dicome.inspect.ctn import verify

    found = list(verify(file))
    sys.stdout.flush()
    for text in found:
        print(f"dcm_dump_file: {file.path}: {text}", file=sys.stderr)
    problems.count += bool(found)
