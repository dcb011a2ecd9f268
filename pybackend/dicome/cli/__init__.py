"""The command line: one module per command; each parses, calls the library and prints."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from types import TracebackType


def _without_trace(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Ctrl-C before a command can see to it, or after: no traceback of what Python was in the middle of."""
    if issubclass(kind, KeyboardInterrupt):
        sys.exit(130)
    sys.__excepthook__(kind, error, trace)


sys.excepthook = _without_trace
