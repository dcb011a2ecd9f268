"""``python -m dicome.bridge REQUEST.json`` answers one request, ``python -m dicome.bridge --worker`` many."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dicome.bridge.protocol import Engine

USAGE = "usage: python -m dicome.bridge REQUEST.json | --worker"
INTERRUPTED = 130


def main(arguments: Sequence[str], engine: Engine | None = None) -> int:
    """Run the bridge; 0 all answered, 1 the one request refused, 2 wrong usage, 130 Ctrl-C."""
    if len(arguments) != 1:
        print(USAGE, file=sys.stderr)
        return 2
    # Imported here: what lies in the user's working folder must not be found first (see below).
    from dicome.bridge.handle import answer
    from dicome.bridge.worker import work

    try:
        reply = partial(answer, engine=engine or _engine())
        if arguments[0] != "--worker":
            return 0 if reply(Path(arguments[0])) else 1
        _hear_signals()
        with _private_output() as replies, open(0, encoding="utf-8", errors="surrogateescape") as requests:
            work(requests, replies, reply)
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        print(f"the reply could not be written: {error}", file=sys.stderr)
        return 1
    return 0


def _engine() -> Engine:
    from dicome.bridge.engine import Library

    return Library()


def _hear_signals() -> None:
    """Octave starts programs with SIGINT and SIGTERM blocked, so that neither Ctrl-C nor its `kill` would be heard."""
    if hasattr(signal, "pthread_sigmask"):  # not on Windows
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


def _private_output() -> TextIO:
    """Standard output for the protocol alone; whatever else is printed from now on goes to standard error."""
    sys.stdout.flush()
    private = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return private


if __name__ == "__main__":
    if sys.path[:1] == [os.getcwd()]:  # noqa: PTH109 - the very string that -m has put there
        del sys.path[0]
    sys.exit(main(sys.argv[1:]))
