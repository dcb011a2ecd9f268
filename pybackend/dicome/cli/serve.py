"""``dicome serve``: the DICOM server."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers
    from dicome.network.config import Config
    from dicome.network.log import Log
    from dicome.network.serving import Running

EXAMPLES = """\
examples:
  dicome serve --config server.toml            run the server, until Ctrl-C or SIGTERM
  dicome serve --config server.toml --check    only look whether the configuration is right
  dicome serve --config server.toml --status   what the running server does (--json for scripts)

Without --config: the file that DICOME_CONFIG names, ~/.config/dicome/config.toml or /etc/dicome/config.toml.
The smallest configuration:

  [store]
  folder = "/data/dicom"
  [listeners.enhanced]
  port = 11112
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``serve`` to the command line."""
    parser = subparsers.add_parser(
        "serve",
        help="receive DICOM over the network, route it on, keep it for a while",
        description="A DICOM storage server (C-STORE, C-ECHO) with one or several ports, from one TOML file.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--config", metavar="FILE", help="configuration (TOML)")
    add("--check", action="store_true", help="check the configuration and end")
    add("--status", action="store_true", help="show the state of the server and its studies")
    add("--json", action="store_true", help="with --status: as JSON")


def run(args: argparse.Namespace) -> int:
    """Runs the server until it is stopped."""
    from dicome.network.config import server_config
    from dicome.network.log import Log

    config = server_config(args.config)
    if args.check:
        from dicome.network.serving import check

        check(config)
        print(f"{config.folder}: {len(config.listeners)} listener(s), {len(config.route.actions)} action(s); all right")
        return 0
    if args.status:
        return _status(config, args.json)
    return _serve(config, Log(config.log, details=config.details))


def _status(config: Config, as_json: bool) -> int:
    """Shows what the server does; 1 where none is running."""
    from pathlib import Path

    from dicome.network.status import as_text, read_status

    status = read_status(config.folder or Path())
    if as_json:
        import json

        print(json.dumps(status, indent=1))
    else:
        print(as_text(status))
    return 0 if status["running"] else 1


def _serve(config: Config, log: Log) -> int:
    from dicome.cli.stopping import stopped_by_signals
    from dicome.network.serving import run_until

    with stopped_by_signals() as stop:
        run_until(stop, config, log, _tell)
    return 0


def _tell(running: Running) -> None:
    for port in running.ports:
        kinds = "all classes" if port.listener.enhanced else "classic only"
        print(f"{port.listener.name}: port {port.port}, {kinds}", flush=True)
