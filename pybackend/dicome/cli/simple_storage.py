"""``simple_storage``: the storage server of the CTN, with its switches and places, over our own server."""

from __future__ import annotations

from dicome.cli.ctn_switches import add_switches, meaningless

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers
    from dicome.network.config import Config
    from dicome.network.store import Layout

EXAMPLES = """\
examples:
  simple_storage -x /data/dicom 3010              objects go to /data/dicom/MR/UID, CT/UID, ...
  simple_storage -l /var/log/dicom.log -c STORE -x /data/dicom 3010
  simple_storage -n names.txt -x /data/dicom 3010

A naming file holds lines such as
  A                              directory of the calling AE title
  C                              directory of the called AE title
  D 0010 0020 nobody             directory of an attribute's value, or of the word behind it
  F 0020 0011 0                  appended to the name of the file

Headers may send a study to another directory (#-#/g5/kirby/scan in Study Description, Patient History or Patient
Comments) below those of `dicome config allow DIR`. `dicome serve` has all the rest: retention, TLS, forwarding.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``simple_storage`` to the command line."""
    parser = subparsers.add_parser(
        "simple_storage",
        help="DICOM server with the switches of the CTN's simple_storage",
        description="Receive DICOM objects on one port, one directory per kind of object.",
        epilog=EXAMPLES,
    )
    add_switches(parser, port_needed=True)


def run(args: argparse.Namespace) -> int:
    """Serves until it is stopped, or has made its trips."""
    import sys
    from pathlib import Path

    from dicome.cli.stopping import stopped_by_signals
    from dicome.network.ctn import by_kind, by_rules, read_rules
    from dicome.network.log import Log
    from dicome.network.serving import serving

    rules = read_rules(Path(args.naming)) if args.naming else ()
    config = _config(args, tuple(rule.tag for rule in rules if rule.tag))
    layout: Layout = by_rules(rules) if rules else by_kind
    for line in meaningless(args):
        print(f"simple_storage: {line}", file=sys.stderr)
    with (
        stopped_by_signals() as stop,
        serving(config, Log(config.log), layout, discard=args.kill_files, once=args.abort) as running,
    ):
        print(f"simple_storage: port {running.ports[0].port}, {config.folder}", flush=True)
        while not stop.wait(0.1) and not running.has_served(args.trips):
            pass
    return 0


def _config(args: argparse.Namespace, tags: tuple[int, ...]) -> Config:
    from pathlib import Path

    from dicome.configuration import read_configuration
    from dicome.errors import ArgumentError
    from dicome.network.config import ROUTE_TAGS, Config, Limits, Listener, Route
    from dicome.network.tables import is_ae_title

    title = args.title or "DICOM_STORAGE"
    if not is_ae_title(title):
        raise ArgumentError(f"-c {title!r} is no AE title: 1 to 16 printable ASCII characters, no backslash")
    args.trips = _number("-t", args.trips or "0", 0, 1 << 31)
    base = Path(args.base or ".").absolute()
    if not base.is_dir():
        raise ArgumentError(f"-x {base}: no such directory")
    roots = read_configuration().roots
    return Config(
        folder=base,
        listeners=(Listener("storage", _number("port", str(args.port), 0, 65535), ae_title=title),),
        limits=Limits(max_pdu=_number("-m", args.max_pdu or "262144", 4096, 1 << 26)),
        route=Route(stable=10.0, tags=tuple(dict.fromkeys((*ROUTE_TAGS, *tags))), roots=roots),
        log=Path(args.log) if args.log else None,
    )


def _number(flag: str, text: str, least: int, most: int) -> int:
    from dicome.errors import ArgumentError

    if not text.isdecimal() or not least <= int(text) <= most:
        raise ArgumentError(f"{flag} {text}: expected a number from {least:,} to {most:,}")
    return int(text)
