"""``dicome config``: shows the configuration, and says which directories a header may ask for."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers

EXAMPLES = """\
examples:
  dicome config                      where the configuration lies, and what it says
  dicome config allow /g5/kirby      headers may send files to /g5/kirby and below (#-#/g5/kirby/scan)
  dicome config disallow /g5/kirby   they may no more
  dicome config --json               the same for programs

$DICOME_CONFIG names another file. No directories are allowed by default.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``config`` to the command line."""
    parser = subparsers.add_parser(
        "config",
        help="show the configuration; allow directories that headers ask for",
        description="Show or change the configuration: the directories below which the header of a file may send it "
        "(#-#<directory> in Patient History and other fields).",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("action", nargs="?", choices=("show", "path", "allow", "disallow"), default="show", help="default: show")
    add("directory", nargs="?", metavar="DIR", help="for allow and disallow")
    add("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Carries it out."""
    from dicome.configuration import allow, disallow, user_file
    from dicome.errors import ArgumentError

    if (args.directory is None) == (args.action in ("allow", "disallow")):
        raise ArgumentError(f"dicome config {args.action} takes {'a' if args.directory is None else 'no'} directory")
    if args.action == "path":
        print(user_file())
        return 0
    if args.action == "allow":
        allow(args.directory)
    elif args.action == "disallow":
        disallow(args.directory)
    _show(args.json)
    return 0


def _show(as_json: bool) -> None:
    from dicome.configuration import read_configuration, site_file, user_file

    found = read_configuration()
    files = [path for path in (site_file(), user_file()) if path is not None]
    if as_json:
        import json

        listed = [str(root) for root in found.roots]
        print(json.dumps({"files": [str(path) for path in files], "locations": {"roots": listed}}, indent=1))
        return
    for path in files:
        print(f"{path}{'' if path.exists() else '  (not there)'}")
    print("headers may send files to:", "" if found.roots else "no directory (dicome config allow DIR)")
    for root in found.roots:
        print(f"  {root}")
