"""The switches that `dcminfo` and `dicome info` share, and what they do."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from typing import Any

    from dicome.dicom.file import DicomFile
    from dicome.inspect.compare import Comparison
    from dicome.inspect.settings import Settings
    from dicome.inspect.tags import Wanted

SWITCHES = ("tags", "only", "full", "search_all", "width", "rename", "check", "quiet", "list_all", "by_name", "all",
            "unfold", "frames", "axes", "csv")  # fmt: skip
"""The names of the shared options; `dicome info` shows its overview where none of them is given."""


def add_inspecting_options(parser: argparse.ArgumentParser) -> None:
    """Adds the switches of dcminfo."""
    add = parser.add_argument_group("fields of files").add_argument
    add(
        "-t",
        dest="tags",
        metavar="TAGS",
        help="also these, colon separated: keywords, numbers (0008,103e), paths; *: all",
    )
    add("-x", dest="only", action="store_true", help="with -t: only these, not the predefined ones")
    add("-f", dest="full", action="store_true", help="files by their full paths")
    add("-s", dest="search_all", action="store_true", help="search all levels and frames; default: the first found")
    add("-w", dest="width", metavar="WIDTH", help="columns of a table (default 200; 0: no limit)")
    add("--csv", action="store_true", help="print comma separated values")
    add = parser.add_argument_group("within one file or series").add_argument
    add("--frames", action="store_true", help="what all frames have in common, then one row per frame of what varies")
    add("--axes", action="store_true", help="for every dimension: one row per position of what varies along it alone")
    add("-l", dest="list_all", action="store_true", help="list all fields with their tags, sorted by tag")
    add("-k", dest="by_name", action="store_true", help="with -l: sorted by name")
    add("-a", dest="all", action="store_true", help="the whole file; private names begin with a dot")
    add("--unfold", action="store_true", help="with -a: every frame, not only what differs from the first")
    add = parser.add_argument_group("rename files by their fields").add_argument
    add("-r", dest="rename", metavar="TAGS", help="rename: values of these tags joined with _, and .dcm")
    add("-c", dest="check", action="store_true", help="with -r: show the names, rename nothing")
    add("-q", dest="quiet", action="store_true", help="with -r: do not list the files and their fields")


def is_asked(args: argparse.Namespace) -> bool:
    """Whether any of the shared switches was given."""
    return any(getattr(args, name) for name in SWITCHES)


def run_inspecting(args: argparse.Namespace, program: str) -> int:
    """Carries out what the switches say, for the files ``args.path``."""
    _check(args)
    if args.rename:
        return _rename(args, program)
    if args.all or args.list_all:
        return _one_by_one(args, program)
    if args.frames or args.axes:
        return _within(args)
    return _compare(args, program)


def _check(args: argparse.Namespace) -> None:
    from dicome.errors import ArgumentError

    forms = [flag for flag, given in (("-r", args.rename), ("-l", args.list_all), ("-a", args.all),
                                      ("--frames", args.frames), ("--axes", args.axes)) if given]  # fmt: skip
    if len(forms) > 1:
        raise ArgumentError(f"{' and '.join(forms)} exclude each other; give one of them")
    for flag, given, needs, there in (
        ("-x", args.only, "-t", args.tags), ("-k", args.by_name, "-l", args.list_all),
        ("-c", args.check, "-r", args.rename), ("-q", args.quiet, "-r", args.rename),
        ("--unfold", args.unfold, "-a", args.all),
    ):  # fmt: skip
        if given and not there:
            raise ArgumentError(f"{flag} goes with {needs} only")
    for one, other, both in (
        ("--csv", "--json", args.csv and args.json), ("-a", "--csv", args.all and args.csv),
        ("-r", "--csv", args.rename and args.csv), ("-r", "--json", args.rename and args.json),
        ("-l", "-t", args.list_all and args.tags), ("-a", "-t", args.all and args.tags),
    ):  # fmt: skip
        if both:
            raise ArgumentError(f"{one} and {other} exclude each other; give one of them")


def _settings(args: argparse.Namespace) -> Settings:
    import os
    from dataclasses import replace
    from pathlib import Path

    from dicome.inspect.settings import checked_width, read_settings
    from dicome.inspect.tags import parse_tags

    home = os.path.expanduser("~")  # noqa: PTH111  # Path.home() is an error where a user has none, as in a container
    settings = read_settings(os.environ, Path(home))
    if args.tags:
        more = tuple(parse_tags(args.tags))
        settings = replace(settings, wanted=more if args.only else (*settings.wanted, *more))
    return settings if args.width is None else replace(settings, width=checked_width(args.width))


def _compare(args: argparse.Namespace, program: str) -> int:
    from dicome.cli.given import given_files
    from dicome.cli.problems import Problems
    from dicome.cli.progress import Progress
    from dicome.inspect.compare import compare, read_row
    from dicome.inspect.opening import open_header

    settings = _settings(args)
    rows, numbers = [], {}
    with Progress(program, "files") as progress:
        problems = Problems(program, progress)
        paths = list(given_files(args.path, problems))
        total = len(paths) + problems.count
        for count, path in enumerate(paths, 1):
            with problems.passed(path):
                file, damage = open_header(path)
                if file.damage is None or len(paths) == 1:  # what half a header lacks would seem to differ
                    row, tags = read_row(file, settings.wanted, args.search_all, exact=len(paths) > 1)
                    rows.append(row)
                    numbers.update(tags)
                if damage is not None:
                    raise damage
            progress(count, len(paths))
    if rows or args.json:  # who reads JSON finds some, also where no file could be read
        _print_comparison(compare(rows, numbers), args, settings.width)
    return problems.code(total)


def _print_comparison(found: Comparison, args: argparse.Namespace, width: int) -> None:
    from dicome.inspect import compared
    from dicome.safetext import json_text

    if args.json:
        print(json_text(compared.as_data(found)))
        return
    if args.csv:
        _print(compared.as_csv(found))
        return
    from dicome.inspect.tags import parse_tags

    asked = {one.name for one in parse_tags(args.tags or "*") if one is not None}
    _print(compared.as_text(found, width, args.full, asked))


def _print(lines: Iterator[str]) -> None:
    for line in lines:
        print(line)


def _within(args: argparse.Namespace) -> int:
    from dicome.errors import ArgumentError
    from dicome.image import open_image
    from dicome.inspect import over_frames, over_frames_shown
    from dicome.inspect.tags import parse_tags

    settings = _settings(args)
    named = parse_tags(args.tags) if args.tags else []
    wanted = [one for one in named if one is not None] if None not in named else []
    if args.full:
        raise ArgumentError("-f goes with the table of files; --frames and --axes show files by their full paths")
    image = open_image(as_one_image(args.path), series=getattr(args, "series", None))
    if args.frames:
        found = over_frames.over_frames(image, wanted)
        shown = over_frames_shown.frames_as_data, over_frames_shown.frames_as_csv
        text = over_frames_shown.frames_as_text(found, settings.width) if not (args.json or args.csv) else iter(())
        return _printed(args, shown[0](found) if args.json else None, shown[1](found) if args.csv else text)
    axes, several = over_frames.along_axes(image, wanted)
    data = over_frames_shown.axes_as_data(axes, several) if args.json else None
    if args.csv:
        return _printed(args, data, over_frames_shown.axes_as_csv(axes))
    return _printed(args, data, over_frames_shown.axes_as_text(axes, several, settings.width))


def as_one_image(paths: list[str]) -> str | list[str]:
    """What the library opens as one image. An empty name (of an empty variable in a script) would be this folder."""
    from dicome.errors import FileMissingError

    if "" in paths:
        raise FileMissingError("'': no such file")
    return paths[0] if len(paths) == 1 else paths


def _printed(args: argparse.Namespace, data: Any, lines: Iterator[str]) -> int:
    from dicome.safetext import json_text

    if args.json:
        print(json_text(data))
    else:
        _print(lines)
    return 0


def _one_by_one(args: argparse.Namespace, program: str) -> int:
    from dicome.cli.given import given_files
    from dicome.cli.problems import Problems
    from dicome.inspect import fields
    from dicome.inspect.opening import open_header
    from dicome.safetext import json_text, visible

    settings, problems = _settings(args), Problems(program)
    paths = list(given_files(args.path, problems))
    total = len(paths) + problems.count
    collected = []
    shown = 0
    for path in paths:
        with problems.passed(path):
            file, damage = open_header(path)
            if args.json:
                collected.append({"file": path, "elements": _data_of(args, file)})
            elif args.csv:
                found = fields.fields(file, args.by_name)
                _print(fields.as_csv(found, path if len(paths) > 1 else "", header=not shown))
            else:
                if len(paths) > 1:
                    print(visible(path))
                _print(_lines_of(args, file, settings.width))
            shown += 1
            if damage is not None:
                raise damage
    if args.json:
        print(json_text(collected[0] if len(paths) == 1 and collected else collected))
    return problems.code(total)


def _data_of(args: argparse.Namespace, file: DicomFile) -> Any:
    from dicome.inspect import fields, whole

    if args.all:
        return whole.as_data(whole.whole(file, args.unfold))
    return fields.as_data(fields.fields(file, args.by_name))


def _lines_of(args: argparse.Namespace, file: DicomFile, width: int) -> Iterator[str]:
    from dicome.inspect import fields, whole

    if args.all:
        return whole.as_text(whole.whole(file, args.unfold), width)
    return fields.as_text(fields.fields(file, args.by_name), width)


def _rename(args: argparse.Namespace, program: str) -> int:
    from pathlib import Path

    from dicome.cli.given import given_files
    from dicome.cli.problems import Problems
    from dicome.errors import ArgumentError
    from dicome.inspect.rename import plan_rename, rename
    from dicome.inspect.tags import parse_tags
    from dicome.safetext import visible

    wanted: list[Wanted] = [one for one in parse_tags(args.rename) if one is not None]
    if not wanted or "*" in args.rename:
        raise ArgumentError(f"-r {args.rename!r}: expected keywords or numbers of tags, colon separated")
    problems = Problems(program)
    paths = [Path(path) for path in given_files(args.path, problems)]
    if problems.count:  # all or none
        return problems.code()
    names = plan_rename(paths, wanted)
    if not args.quiet:
        _compare(args, program)
        print()
    if args.check or not args.quiet:
        for path in paths:
            target = names.get(path)
            print(visible(f"{path} -> {target.name}" if target is not None else f"{path} keeps its name"))
    if args.check:
        return 0
    rename(names)
    if not args.quiet:
        print(f"{len(names):,} of {len(paths):,} files renamed")
    return 0
