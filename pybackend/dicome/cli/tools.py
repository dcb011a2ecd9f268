"""``dicome tools``: the programs of DCMTK and dicom3tools, which are here, and how to get the rest."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers
    from dicome.others.check import Findings

EXAMPLES = """\
examples:
  dicome tools                          all of them, which are on this machine, how to get the others
  dicome tools list jpeg                those whose name or purpose says so
  dicome tools run dciodvfy scan.dcm    passes everything behind the name through
  dicome tools check scan.dcm           what the validators that are here find, summed up
"""
_SHOWN = 5
"""Findings of one validator that are written out."""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``tools`` with its actions."""
    parser = subparsers.add_parser(
        "tools",
        help="programs of DCMTK and dicom3tools: list, run, check files",
        description="The programs of DCMTK and dicom3tools: what they do, which are here, how to get the rest.",
        epilog=EXAMPLES,
    )
    actions: Subparsers = parser.add_subparsers(title="actions", metavar="ACTION", dest="action")
    listing = actions.add_parser("list", help="the programs (default)", description="List the programs.")
    listing.add_argument(
        "word", nargs="?", default="", metavar="WORD", help="only those whose name or purpose has this"
    )
    listing.add_argument("--here", action="store_true", help="only those that are on this machine")
    listing.add_argument("--json", action="store_true", help="print JSON")
    run_one = actions.add_parser("run", help="run one", description="Run a program with all that follows its name.")
    run_one.add_argument("name", metavar="PROGRAM", help="its name")
    run_one.add_argument("arguments", nargs="...", metavar="FILE", help="what it is to get, as it is")
    check = actions.add_parser("check", help="check files", description="Check files by the validators that are here.")
    check.add_argument("path", nargs="+", metavar="FILE", help="DICOM files")
    check.add_argument("--json", action="store_true", help="print JSON, with all findings")


def run(args: argparse.Namespace) -> int:
    """Lists, runs or checks."""
    if args.action == "run":
        from dicome.others.programs import become

        return become(args.name, args.arguments)
    return _check(args) if args.action == "check" else _list(args)


def _list(args: argparse.Namespace) -> int:
    import sys

    from dicome.inspect.render import pairs
    from dicome.others.programs import WAYS, programs, version
    from dicome.safetext import json_text

    word = getattr(args, "word", "").casefold()
    found = [
        one
        for one in programs()
        if word in f"{one.name} {one.purpose}".casefold() and (one.path or not getattr(args, "here", False))
    ]
    if getattr(args, "json", False):
        facts = [
            {"toolkit": one.toolkit, "name": one.name, "purpose": one.purpose, "path": one.path or None,
             "version": (version(one.toolkit) or None) if one.path else None}
            for one in found
        ]  # fmt: skip
        print(json_text({"programs": facts, "get": {kit: dict(ways) for kit, ways in WAYS.items()}}))
        return 0
    if not found:
        print(f"dicome: no program has {word!r} in its name or purpose; see `dicome tools`", file=sys.stderr)
        return 1
    for toolkit, ways in WAYS.items():
        mine = [one for one in found if one.toolkit == toolkit]
        if not mine:
            continue
        here = sum(1 for one in mine if one.path)
        known = version(toolkit)
        print(f"{toolkit}{f' {known}' if known else ''}: {here} of {len(mine)} on this machine")
        for line in pairs([(f"  {one.name}", one.purpose, one.note) for one in mine], 0):
            print(line)
        if here < len(mine):
            print("  to get the rest:", "; ".join(f"{command}" for _, command in ways))
        print()
    return 0


def _check(args: argparse.Namespace) -> int:
    from pathlib import Path

    from dicome.others.check import check, missing
    from dicome.safetext import json_text, visible

    collected = {}
    clean = True
    for path in args.path:
        found = []
        for one in check(Path(path)):
            found.append(one)
            if not args.json:
                _show(path if len(found) == 1 else "", one)
        clean &= all(one.is_clean for one in found)
        collected[path] = {
            one.validator: {"errors": dict(one.errors), "warnings": dict(one.warnings), "failed": one.failed or None}
            for one in found
        }
    if args.json:
        print(json_text(collected))
    elif missing():
        print(visible(f"not here: {', '.join(missing())}; see `dicome tools`"))
    return 0 if clean else 1


def _show(path: str, found: Findings) -> None:
    from dicome.safetext import visible

    if path:
        print(visible(path))
    errors, warnings = sum(found.errors.values()), sum(found.warnings.values())
    said = found.failed or f"{errors:,} error{'s' * (errors != 1)}, {warnings:,} warning{'s' * (warnings != 1)}"
    print(visible(f"  {found.validator:<10} {said}"))
    for kind, texts in (("error", found.errors), ("warning", found.warnings)):
        for text, times in texts.most_common(_SHOWN):
            print(visible(f"    {kind}: {text}" + (f" ({times:,} times)" if times > 1 else "")))
        if len(texts) > _SHOWN:
            print(f"    and {len(texts) - _SHOWN:,} other {kind}s (--json names all)")
