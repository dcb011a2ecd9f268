"""Files checked by the validators that are here, and their findings summed up."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dicome.errors import DicomeError
from dicome.inspect.ctn import verify
from dicome.inspect.opening import open_header
from dicome.others.programs import find

PATIENCE = 300
"""Seconds that a validator may take for one file."""
_ITEM, _VALUE = re.compile(r"\[\d+\]"), re.compile(r"= <[^>]*>")
"""What differs between equal findings of many frames: numbers of items, and values."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Of one validator for one file; each text as often as it was said. failed: why it could not look, ''."""

    validator: str
    errors: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    failed: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether it found no error."""
        return not self.errors and not self.failed


def check(path: Path) -> Iterator[Findings]:
    """The findings of dicome itself, and of every validator that is here."""
    yield _ours(path)
    for name, validate in VALIDATORS.items():
        program = find(name)
        if program:
            yield validate(program, path)


def missing() -> list[str]:
    """Validators that are not here."""
    return [name for name in VALIDATORS if not find(name)]


def _ours(path: Path) -> Findings:
    try:
        file, damage = open_header(path)
        errors = Counter(verify(file))
    except DicomeError as problem:
        return Findings("dicome", Counter([str(problem)]))
    notes = Counter([file.note]) if file.note else Counter()
    if damage is not None:
        errors[str(damage)] += 1
    return Findings("dicome", errors, notes)


def _run(command: list[str]) -> tuple[int, str]:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout + done.stderr


def _dciodvfy(program: str, path: Path) -> Findings:
    """dciodvfy says Error and Warning at the begin of lines, and Abort where it could not look."""
    try:
        code, text = _run([program, "-new", str(path.resolve())])
    except (OSError, subprocess.TimeoutExpired) as problem:
        return Findings("dciodvfy", failed=str(problem))
    found: dict[str, Counter[str]] = {"Error": Counter(), "Warning": Counter(), "Abort": Counter()}
    for line in text.splitlines():
        kind, _, said = line.partition(" - ")
        if kind in found and said:
            found[kind][_VALUE.sub("= *", _ITEM.sub("", said)).strip()] += 1
    failed = next(iter(found["Abort"]), f"ended with {code}" if code < 0 else "")
    return Findings("dciodvfy", found["Error"], found["Warning"], failed)


def _dcmftest(program: str, path: Path) -> Findings:
    """dcmftest says yes or no to Part 10."""
    try:
        code, _ = _run([program, str(path.resolve())])
    except (OSError, subprocess.TimeoutExpired) as problem:
        return Findings("dcmftest", failed=str(problem))
    return Findings("dcmftest", Counter(["no DICOM Part 10 file"] if code else []))


def _dcmdump(program: str, path: Path) -> Findings:
    """dcmdump reads all of a file, and complains where that cannot be done."""
    try:
        _, text = _run([program, "-q", "+P", "0008,0016", "+E", str(path.resolve())])
        _, said = _run([program, "-ll", "warn", "+P", "0008,0016", str(path.resolve())])
    except (OSError, subprocess.TimeoutExpired) as problem:
        return Findings("dcmdump", failed=str(problem))
    errors = Counter(line.partition(": ")[2] for line in (text + said).splitlines() if line.startswith("E: "))
    warnings = Counter(line.partition(": ")[2] for line in said.splitlines() if line.startswith("W: "))
    return Findings("dcmdump", errors, warnings)


VALIDATORS: dict[str, Callable[[str, Path], Findings]] = {
    "dciodvfy": _dciodvfy,
    "dcmftest": _dcmftest,
    "dcmdump": _dcmdump,
}
"""Name of a program, and how to ask it."""
