"""Ctrl-C that meets an import: numpy and others make an error of their own of it, and may forget what it came from."""

from __future__ import annotations

import signal

from dicome.errors import DicomeError

TYPE_CHECKING = False  # as typing has it, whose import costs every start 2 ms
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def interruptible(action: Callable[[], int]) -> int:
    """What the action gives; raises KeyboardInterrupt where it ends with a fault after Ctrl-C.

    What it says on purpose (DicomeError, OSError, MemoryError) is raised as it is: what could not be put back, say.
    """
    heard = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        heard = True
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return action()  # a shell has us ignore it, or who calls us sees to it
    try:
        signal.signal(signal.SIGINT, note)
    except ValueError:  # not the main thread, which alone hears it
        return action()
    try:
        return action()
    except (DicomeError, OSError, MemoryError):
        raise
    except Exception as fault:
        if heard:
            raise KeyboardInterrupt from fault
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
