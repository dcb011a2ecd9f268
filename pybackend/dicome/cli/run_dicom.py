"""``runDicom``: keeps simple_storage running, in the background."""

from __future__ import annotations

from dicome.cli.ctn_switches import add_switches, given_switches

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse

    from dicome.cli.parser import Subparsers
    from dicome.network.keeping import Kept

FOLDER = "/usr/local/sbin"
DEFAULTS = ("-l", "/tmp/simple_storage.log", "-s", "-f", "-c", "DICOM_STORAGE", "-u", "0", "3010")
LOG = "/tmp/simple_storage.log"

EXAMPLES = f"""\
examples:
  runDicom -l /tmp/simple_storage.log -x /data/dicom 3010    keep simple_storage running with these switches
  runDicom                                                   with those of {FOLDER}/runDicom.HOSTNAME
  runDicom -restart                                          end it and start it again, as it was
  runDicom -kill                                             end it, and simple_storage

The file has one switch or parameter a line. Without it: {" ".join(DEFAULTS)}
Starts and ends are noted in {LOG} (--log). Whoever started it can end it; it needs no setuid bit.
With systemd, `dicome serve` in examples/dicome.service does better.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Adds ``runDicom`` to the command line."""
    parser = subparsers.add_parser(
        "runDicom",
        help="keep simple_storage running in the background",
        description="Start simple_storage in the background, and again whenever it ends.",
        epilog=EXAMPLES,
    )
    parser.add_argument("-help", action="help", help="show this help")
    does = parser.add_mutually_exclusive_group().add_argument
    does("-kill", action="store_true", help="end runDicom and simple_storage")
    does("-restart", action="store_true", help="end both and start them again")
    does("--foreground", action="store_true", help="stay in this terminal")
    parser.add_argument("--log", dest="notes", default=LOG, metavar="FILE", help=f"for starts and ends (default {LOG})")
    parser.add_argument("--switches-from", metavar="FILE", help=f"instead of {FOLDER}/runDicom.HOSTNAME")
    add_switches(parser, port_needed=False)


def run(args: argparse.Namespace) -> int:
    """Starts, ends, or keeps it running here."""
    import sys

    from dicome.network import keeping

    kept = _kept(args)
    if args.foreground:
        return _stay(kept)
    if args.kill or args.restart:
        if not args.restart or keeping.running_pid(kept.pid_file) is not None:
            print(f"runDicom: process {keeping.kill(kept.pid_file)} has ended")
        if args.kill:
            return 0
    running = keeping.running_pid(kept.pid_file)
    if running is not None:
        print(f"runDicom: is running already (process {running}); -restart starts it anew", file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "dicome", "runDicom", "--foreground", "--log", args.notes, *kept.switches]
    print(f"runDicom: process {keeping.start_in_background(command, kept.pid_file, kept.log)}, notes in {kept.log}")
    return 0


def _kept(args: argparse.Namespace) -> Kept:
    import sys
    from pathlib import Path

    import platformdirs

    from dicome.network.keeping import Kept, running_switches

    pid_file = Path(platformdirs.user_state_path("dicome", appauthor=False)) / "runDicom.pid"
    as_before = running_switches(pid_file) if args.restart else []
    switches = given_switches(args) or _listed(args.switches_from) or as_before or list(DEFAULTS)
    program = (sys.executable, "-m", "dicome", "simple_storage")
    return Kept(program, tuple(switches), pid_file, Path(args.notes))


def _listed(given: str | None) -> list[str]:
    """Switches from the file of this host, [] where there is none."""
    import socket
    from pathlib import Path

    from dicome.errors import FileMissingError

    path = Path(given or f"{FOLDER}/runDicom.{socket.gethostname()}")
    if not path.is_file():
        if given:
            raise FileMissingError(f"{given}: no such file")
        return []
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _stay(kept: Kept) -> int:
    from dicome.cli.stopping import stopped_by_signals
    from dicome.network.keeping import keep_running, line_writer

    with stopped_by_signals() as stop:
        return keep_running(kept, stop, line_writer(kept.log))
