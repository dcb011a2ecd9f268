"""Classic files and PAR/REC to one enhanced file: 20,000 frames of 64 x 64, more than a scanner sends."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.multiframe.scan import make_scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.benchmarks.measure import Clock, Scan

SLICES, DYNAMICS, SIZE = 40, 500, 64


@contextmanager
def _made() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dicome-bench-") as folder:
        yield make_scan(Path(folder) / "rest", slices=SLICES, dynamics=DYNAMICS, rows=SIZE, columns=SIZE).folder


def convert(scan: Scan, clock: Clock) -> None:
    """The conversion; the goal of memory is that the file does not stand in it twice."""
    from dicome.multiframe.dcms2e import dcms2e

    with _made() as folder:
        with clock:
            out = dcms2e(folder)
        size = out.stat().st_size
        grown = clock.measured.grown
        if grown is not None:
            clock.note(f"{SLICES * DYNAMICS:,} frames, {size / 1e6:.0f} MB; memory {grown / size:.2f} x the file")


def write_bytes(scan: Scan, clock: Clock) -> None:
    """Writing as many bytes to the same disk: what no program can do without."""
    from dicome.multiframe.dcms2e import dcms2e

    with _made() as folder:
        content = dcms2e(folder).read_bytes()
        with clock, folder.with_name("copy").open("wb") as stream:
            stream.write(content)
            os.fsync(stream.fileno())


def differences(scan: Scan, clock: Clock) -> None:
    """Comparing two such files, every element and every pixel."""
    from dicome.multiframe.compare import compare
    from dicome.multiframe.dcms2e import dcms2e

    with _made() as folder:
        one, two = (dcms2e(folder, folder.with_name(name)) for name in ("a.dcm", "b.dcm"))
        with clock:
            found = compare(one, two)
        assert found.same
