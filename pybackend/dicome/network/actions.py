"""What is done with a study that is complete: copy it where its header says, run a program, send it on, convert it.

Each takes the study and gives an outcome; nothing is raised for what went wrong with it. All may be done again on the
same study (after a crash, or when more of it came): what is there already is left as it is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from dicome.errors import DicomeError, FileExistsAlreadyError
from dicome.files.destination import find_location
from dicome.network.config import Config, Convert, Exec, Forward
from dicome.network.copying import copy_files
from dicome.network.outgoing import find_outgoing
from dicome.network.sending import send

COPY = "copy"
"""Name of the action that every study has."""
DONE, STAYS, RETRY = "done", "stays", "retry"
_LAST_WORDS = 300
"""Bytes of a program's output that may be logged."""


@dataclass(frozen=True, slots=True)
class Job:
    """A study for an action: its folder and files, what its headers ask for; sent: files that this action has sent
    before, note_sent: told of others; stop: set when the server ends.
    """

    study: str
    folder: Path
    files: Sequence[Path]
    asks: Sequence[str]
    sent: frozenset[str]
    note_sent: Callable[[str], None]
    stop: Event


@dataclass(frozen=True, slots=True)
class Result:
    """How it went. state: done, stays (told, and not tried again) or retry; reason: without patient data; private:
    what may hold some.
    """

    state: str
    reason: str = ""
    private: Mapping[str, str] | None = None


def action_names(config: Config) -> tuple[str, ...]:
    """The actions of every study, in their sequence."""
    return (COPY, *(action.name for action in config.route.actions))


def carry_out(name: str, job: Job, config: Config) -> Result:
    """Does what the action of that name is."""
    if name == COPY:
        return copy(job, config.route.roots)
    action = next((one for one in config.route.actions if one.name == name), None)
    if action is None:
        return Result(STAYS, "the configuration has this action no more")
    if isinstance(action, Forward):
        return forward(job, action, config)
    return convert(job, action) if isinstance(action, Convert) else execute(job, action)


def copy(job: Job, roots: Sequence[Path]) -> Result:
    """Copies the files to the directory that the headers ask for (``#-#<directory>``); whatever is wrong, they stay."""
    # Looked at first without making anything: objects may ask for different directories.
    asked = {place.asked for text in job.asks if (place := find_location(text, roots)) is not None}
    if not asked:
        return Result(DONE)
    private = {"asked": ", ".join(sorted(asked))}
    if len(asked) > 1:
        return Result(STAYS, "objects of the study ask for different directories", private)
    found = find_location(job.asks[0], roots, make_last=True)
    if found is None or found.path is None:
        return Result(STAYS, found.problem if found is not None else "", private)
    try:
        count = copy_files(job.files, found.path)
    except FileExistsAlreadyError as problem:
        return Result(STAYS, str(problem), private)
    except DicomeError as problem:
        return Result(RETRY, str(problem), private)
    return Result(DONE, private={**private, "copied": str(count)})


def execute(job: Job, action: Exec) -> Result:
    """Runs a program on the study, without a shell."""
    filled = {"{folder}": str(job.folder), "{study}": job.study, "{objects}": str(len(job.files))}
    command = [_filled(part, filled) for part in action.command]
    environment = {
        **os.environ,
        "DICOME_FOLDER": str(job.folder),
        "DICOME_STUDY": job.study,
        "DICOME_OBJECTS": str(len(job.files)),
    }
    code, words = _run(command, job, action.timeout, environment)
    if code == 0:
        return Result(DONE)
    return Result(RETRY, _exit_words(code, action.timeout), {"output": words})


def convert(job: Job, action: Convert) -> Result:
    """Writes every series of the study in another format, as ``dicome batch`` does."""
    out = action.folder / job.study
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        return Result(RETRY, f"the folder for the results cannot be made: {problem.strerror}")
    command = [sys.executable, "-m", "dicome", "batch", str(job.folder), str(out), "--to", action.to, "--quiet"]
    code, words = _run([*command, "--jobs", "1"], job, action.timeout, dict(os.environ))
    if code == 0:
        return Result(DONE)
    if code == 1:
        return Result(STAYS, "not everything could be converted; dicome-batch.csv says what", {"output": words})
    return Result(RETRY, _exit_words(code, action.timeout), {"output": words})


def forward(job: Job, action: Forward, config: Config) -> Result:
    """Sends the files on that were not sent yet."""
    destination = replace(config.destinations[action.to])
    waiting = [file for file in job.files if file.name not in job.sent]
    # As they came: what a sender has cut short goes on as it is.
    found = find_outgoing(waiting, whole=False)
    failed = len(found.bad)
    reason = "; ".join(why.replace(str(file), file.name) for file, why in found.bad[:1])
    try:
        for sent in send(found.objects, destination):
            if sent.error:
                failed, reason = failed + 1, sent.error.replace(str(sent.path), sent.path.name)
            else:
                job.note_sent(sent.path.name)
            if job.stop.is_set():
                return Result(RETRY, "the server is stopping")
    except (DicomeError, OSError) as problem:
        return Result(RETRY, str(problem))
    return Result(RETRY, f"{failed} of {len(waiting)} objects were not sent: {reason}") if failed else Result(DONE)


def _filled(part: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        part = part.replace(name, value)
    return part


def _exit_words(code: int | None, timeout: float) -> str:
    return f"took more than {timeout:g} s" if code is None else f"ended with exit code {code}"


def _run(command: Sequence[str], job: Job, timeout: float, environment: Mapping[str, str]) -> tuple[int | None, str]:
    """Exit code (None: stopped after ``timeout`` seconds) and the last words of a program; it ends with the server."""
    options: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=job.folder,
                env=dict(environment),
                **options,
            )
        except (OSError, ValueError) as problem:
            return 127, str(problem)
        code = _waited(process, job.stop, timeout)
        output.seek(max(output.seek(0, os.SEEK_END) - _LAST_WORDS, 0))
        return code, output.read().decode("utf-8", "replace").strip()


def _waited(process: subprocess.Popen[bytes], stop: Event, timeout: float) -> int | None:
    left = timeout
    while left > 0 and not stop.is_set():
        step = min(left, 0.25)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(step)
        left -= step
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    return None
