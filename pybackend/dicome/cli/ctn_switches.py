"""The switches of simple_storage, for itself and for runDicom, which hands them on."""

from __future__ import annotations

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

MEANT = (
    ("-a", None, "abort", "abort each association after its first object (for tests)"),
    ("-c", "TITLE", "title", "our AE title (default DICOM_STORAGE)"),
    ("-k", None, "kill_files", "delete each object when it has been received"),
    ("-l", "FILE", "log", "log to this file"),
    ("-m", "BYTES", "max_pdu", "largest PDU that we take (default 262144)"),
    ("-n", "FILE", "naming", "naming file: A, C, D gggg eeee default, F gggg eeee default"),
    ("-t", "N", "trips", "end after so many associations (for tests)"),
    ("-x", "DIR", "base", "directory for the objects (default: this one)"),
)
"""Switch, metavar (None: it takes no value), name, help."""

MEANINGLESS = (
    ("-d", "FAC", "facility", "DCM, DUL or SRV: there is one log for all"),
    ("-f", None, "fork", "a process for each connection: each has a thread"),
    ("-i", None, "ignore", "ignore incorrect parameters: they are ignored where that is safe"),
    ("-j", None, "threads", "a thread for each connection: it always has"),
    ("-p", None, "dump", "dump association parameters: they are in the log"),
    ("-s", None, "silent", "do not dump attributes: they never are, as they hold patient data"),
    ("-u", "UID", "user", "run as this user: it runs as who starts it"),
    ("-v", None, "verbose", "verbose: the log has one line for each event"),
    ("-w", None, "wait", "wait in callbacks: it never does"),
    ("-z", "SECONDS", "release", "wait before the release: it never does"),
)
"""Switches that are accepted, and change nothing any more; what there is instead."""

PORT = "port"


def add_switches(parser: argparse.ArgumentParser, *, port_needed: bool) -> None:
    """Adds all of them, and the port."""
    meant = parser.add_argument_group("switches").add_argument
    for flag, metavar, name, text in MEANT:
        _add(meant, flag, metavar, name, text)
    others = parser.add_argument_group("switches that change nothing any more").add_argument
    for flag, metavar, name, text in MEANINGLESS:
        _add(others, flag, metavar, name, text)
    parser.add_argument(PORT, type=int, nargs=None if port_needed else "?", metavar="PORT", help="port to listen on")


def _add(add: object, flag: str, metavar: str | None, name: str, text: str) -> None:
    kind = {"action": "store_true"} if metavar is None else {"metavar": metavar}
    add(flag, dest=name, help=text, **kind)  # type: ignore[operator]


def given_switches(args: argparse.Namespace) -> list[str]:
    """The switches as they were given, for another command line."""
    found: list[str] = []
    for flag, metavar, name, _ in MEANT + MEANINGLESS:
        value = getattr(args, name)
        if value not in (None, False):
            found += [flag] if metavar is None else [flag, value]
    return found if args.port is None else [*found, str(args.port)]


def meaningless(args: argparse.Namespace) -> Sequence[str]:
    """What to tell of switches that were given and change nothing."""
    return [f"{flag} changes nothing: {text}" for flag, _, name, text in MEANINGLESS if getattr(args, name)]
