"""Moving 10,000 classic files: the plan, the journal and the moves, beside reading the same headers with pydicom.

The files are those of a Philips series of the corpus, over and over, each with an object UID and a dynamic of its own.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measure import CannotError

if TYPE_CHECKING:
    from tests.benchmarks.measure import Clock, Scan

FILES = 10_000
SERIES = "classic/philips_402_SOURCE_3D_pCASL"
DYNAMICS = 8
"""Of that series."""


def move_dicome(scan: Scan, clock: Clock) -> None:
    _move(clock, FILES)


def move_twice_as_many(scan: Scan, clock: Clock) -> None:
    """Says how memory grows with the number of files."""
    _move(clock, 2 * FILES)


def _move(clock: Clock, count: int) -> None:
    from dicome.moving import MoveOptions, apply_plan, plan_moves

    with _incoming(count) as folder, tempfile.TemporaryDirectory(dir=folder.parent) as target, clock:
        plan = plan_moves(MoveOptions(source=folder, destination=Path(target), quiet_for=0))
        outcome = apply_plan(plan)
    if outcome.done != count:
        raise CannotError(f"moved {outcome.done} of {count}")
    clock.note(f"{count:,} files")


def headers_pydicom(scan: Scan, clock: Clock) -> None:
    import pydicom

    names = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "StudyID", "SeriesNumber", "InstanceNumber")
    with _incoming(FILES) as folder, clock:
        for path in sorted(folder.iterdir()):
            header = pydicom.dcmread(path, stop_before_pixels=True)
            [header.get(name) for name in names]


@contextmanager
def _incoming(count: int) -> Iterator[Path]:
    """A folder of that many files, which goes afterwards with what was made of it."""
    with tempfile.TemporaryDirectory(prefix="dicome-move-") as name:
        folder = Path(name) / "incoming"
        folder.mkdir()
        for number, content in enumerate(_contents(count)):
            (folder / f"IM_{number:05d}").write_bytes(content)
        yield folder


def _contents(count: int) -> Iterator[bytes]:
    corpus = os.environ.get("DICOME_CORPUS")
    if not corpus:
        raise CannotError("DICOME_CORPUS is not set")
    originals = [path.read_bytes() for path in sorted((Path(corpus) / SERIES).iterdir())]
    for number in range(count):
        content = originals[number % len(originals)]
        content = _replaced(content, b"\x08\x00\x18\x00UI", lambda uid: uid[:-8] + b"%08d" % number)  # noqa: B023
        shift = number // len(originals) * DYNAMICS
        yield _replaced(content, b"\x20\x00\x00\x01IS", lambda value: b"%d" % (int(value.strip(b" \0")) + shift))  # noqa: B023


def _replaced(content: bytes, element: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """With another value in an element of explicit VR, little endian."""
    at = content.index(element) + len(element)
    length = int.from_bytes(content[at : at + 2], "little")
    value = change(content[at + 2 : at + 2 + length].rstrip(b"\0"))
    value += b"\0" * (len(value) % 2) if b"UI" in element else b" " * (len(value) % 2)
    return content[:at] + len(value).to_bytes(2, "little") + value + content[at + 2 + length :]
