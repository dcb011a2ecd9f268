"""A Python that stays: requests come as lines, so that the second one costs milliseconds instead of a start.

In: ``{"id": 7, "request": "/path/request.json"}``. Out: first ``{"protocol": 1}``, then ``{"id": 7}`` when the reply
lies there. The end of the input ends the worker: no caller, no worker.
"""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from dicome.bridge.handle import discard
from dicome.bridge.protocol import PROTOCOL, REQUEST_NAME


def work(requests: TextIO, replies: TextIO, answer: Callable[[Path], bool]) -> None:
    """Answer requests until there are no more; what the last caller left behind goes too."""
    folder: Path | None = None
    # Ctrl-C at the caller's prompt reaches us too and means nothing to an idle worker.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _say(replies, {"protocol": PROTOCOL})
        while line := requests.readline():
            call = json.loads(line)
            request = Path(call["request"])
            folder = request.parent
            _answer_or_drop(request, answer)
            _say(replies, {"id": call["id"]})
    except BrokenPipeError:
        pass  # the caller went away while we worked
    if folder is not None and folder.exists():
        _remove(folder)


def _answer_or_drop(request: Path, answer: Callable[[Path], bool]) -> None:
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        answer(request)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except (KeyboardInterrupt, OSError):
        # Ctrl-C, or the folder vanished since its owner was interrupted: nobody waits, and the caller finds no reply.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        discard(request.parent)


def _remove(folder: Path) -> None:
    discard(folder)
    (folder / REQUEST_NAME).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something else lies in it: not ours to remove
        folder.rmdir()


def _say(replies: TextIO, line: dict[str, object]) -> None:
    replies.write(json.dumps(line) + "\n")
    replies.flush()
