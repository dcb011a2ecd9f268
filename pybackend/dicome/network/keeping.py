"""Keeps a program running: starts it again when it ends, in the background, with a file that says who does that."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dicome.errors import FileAccessError, FileMissingError

SHORTEST, LONGEST = 1.0, 60.0
"""Seconds before it is started again: the longer, the sooner it keeps ending."""
SETTLED = 30.0
"""Seconds of life after which the pause is the shortest again."""
USAGE = 2
"""Exit code of a program that does not understand its arguments: starting it again is of no use."""
PATIENCE = 15.0
"""Seconds for a program to end when it is told to."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept running, and the files that go with it."""

    program: tuple[str, ...]
    switches: tuple[str, ...]
    pid_file: Path
    log: Path


def keep_running(kept: Kept, stop: threading.Event, tell: Callable[[str], None]) -> int:
    """Starts the program again and again until ``stop`` is set; tell: given a line for each start and end.

    Raises FileAccessError where somebody does so already.
    """
    running = running_pid(kept.pid_file)
    if running is not None:
        raise FileAccessError(f"runDicom is running already (process {running}); -restart starts it anew")
    kept.pid_file.parent.mkdir(parents=True, exist_ok=True)
    about = f"{os.getpid()} {process_start(os.getpid())}\n{json.dumps(kept.switches)}\n"
    kept.pid_file.write_text(about, encoding="ascii")
    try:
        return _keep(kept, stop, tell)
    finally:
        kept.pid_file.unlink(missing_ok=True)


def _keep(kept: Kept, stop: threading.Event, tell: Callable[[str], None]) -> int:
    pause = SHORTEST
    while True:
        begin = time.monotonic()
        process = subprocess.Popen([*kept.program, *kept.switches], stdin=subprocess.DEVNULL)
        tell(f"simple_storage started (process {process.pid})")
        code = _wait(process, stop)
        if stop.is_set():
            tell("simple_storage was shut down")
            return 0
        if code == USAGE:
            tell("simple_storage does not understand its switches; it is not started again")
            return USAGE
        pause = SHORTEST if time.monotonic() - begin > SETTLED else min(pause * 2, LONGEST)
        tell(f"simple_storage ended ({_words(code)}); it is started again in {pause:g} s")
        if stop.wait(pause):
            return 0


def _wait(process: subprocess.Popen[bytes], stop: threading.Event) -> int:
    while not stop.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(0.25)
    process.terminate()
    try:
        return process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _words(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def running_pid(pid_file: Path) -> int | None:
    """The process that keeps it running, None where there is none: a file of a process that is gone counts as none."""
    try:
        pid, started = pid_file.read_text(encoding="ascii").splitlines()[0].split()
        number = int(pid)
    except (OSError, ValueError, IndexError):
        return None
    return number if number > 0 and started != "0" and process_start(number) == started else None


def running_switches(pid_file: Path) -> list[str]:
    """The switches it was started with, [] where it is not running."""
    if running_pid(pid_file) is None:
        return []
    try:
        return [str(one) for one in json.loads(pid_file.read_text(encoding="ascii").splitlines()[1])]
    except (OSError, ValueError, IndexError):
        return []


def process_start(pid: int) -> str:
    """When a process began, so that a number used again is not taken for it; '0' where there is no such process."""
    with suppress(OSError, IndexError):
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return text.rpartition(")")[2].split()[19]
    if os.name != "posix" or Path("/proc/self/stat").exists():  # Windows has no signal that asks only
        return "0"
    try:  # no /proc: macOS
        os.kill(pid, 0)
    except PermissionError:
        return "1"
    except OSError:
        return "0"
    return "1"


def kill(pid_file: Path) -> int:
    """Ends it, and what it keeps running; the process that was ended. Raises FileMissingError, FileAccessError."""
    pid = running_pid(pid_file)
    if pid is None:
        raise FileMissingError(f"runDicom is not running ({pid_file})")
    try:
        os.kill(pid, signal.SIGTERM)
    except PermissionError:
        raise FileAccessError(f"runDicom is the process {pid} of another user, who must end it") from None
    deadline = time.monotonic() + 2 * PATIENCE
    while running_pid(pid_file) is not None:
        if time.monotonic() > deadline:
            raise FileAccessError(f"runDicom (process {pid}) does not end")
        time.sleep(0.05)
    return pid


def start_in_background(command: Sequence[str], pid_file: Path, log: Path, seconds: float = 20.0) -> int:
    """Starts a program that writes the pid file, apart from this terminal; its process. What it says goes to the log.

    Raises FileAccessError where it does not come up, or the log cannot be written.
    """
    options: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
    try:
        with log.open("a", encoding="utf-8") as words:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=words, stderr=words, **options)
    except OSError as problem:
        raise FileAccessError(f"{log}: cannot be written: {problem.strerror}") from None
    deadline = time.monotonic() + seconds
    while running_pid(pid_file) != process.pid:
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise FileAccessError(f"runDicom does not come up; {log} says why")
        time.sleep(0.05)
    process.returncode = 0  # it lives on; nothing waits for it here
    return process.pid


def line_writer(path: Path) -> Callable[[str], None]:
    """Writes lines with the time to a log, and to standard error where that cannot be written."""

    def tell(text: str) -> None:
        line = f"{datetime.now().astimezone().isoformat(timespec='seconds')} runDicom: {text}\n"
        try:
            with path.open("a", encoding="utf-8") as stream:
                stream.write(line)
        except OSError:
            sys.stderr.write(line)

    return tell
