"""The log: one JSON object a line, without what could tell a patient unless that is asked for.

UIDs, AE titles, addresses, sizes and counts are logged; names, IDs and descriptions never are. Paths that stand in
headers, and what programs print, may hold anything: they go into ``private``, and are left out without ``details``.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO


class Log:
    """Writes lines to a file (appended to, and opened anew where it was moved away) or to a stream."""

    def __init__(self, path: Path | None = None, *, stream: TextIO | None = None, details: bool = False) -> None:
        self._path = path
        self._stream = stream
        self._details = details
        self._lock = threading.Lock()
        if path is not None:
            path.open("a").close()  # what cannot be written is told at the start

    def __call__(
        self, event: str, level: str = "info", private: Mapping[str, Any] | None = None, **fields: Any
    ) -> None:
        """One line: time, level, event, and the fields that have a value."""
        shown = {**fields, **(private or {})} if self._details else fields
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        line = {"time": now, "level": level, "event": event} | {k: v for k, v in shown.items() if v is not None}
        text = json.dumps(line, ensure_ascii=True) + "\n"
        # A full disk must not stop the server that says so.
        with self._lock, contextlib.suppress(OSError):
            self._write(text)

    def _write(self, text: str) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(text)
            return
        stream = self._stream or sys.stderr
        stream.write(text)
        stream.flush()
