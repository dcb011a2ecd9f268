"""``python -m tests.benchmarks.job JOB PATH FRAMES ROWS COLUMNS``: does a job once, and prints what it took as JSON.

JOB is ``module:function`` of this package.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.measure import CannotError, Clock, Measured, Scan


def main(job: str, path: str, frames: str, rows: str, columns: str) -> None:
    """Do one job and print what it took."""
    clock = Clock()
    module, function = job.split(":")
    try:
        work = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)
        work(Scan(Path(path), int(frames), int(rows), int(columns)), clock)
        measured = clock.measured
    except CannotError as error:
        measured = Measured(note=str(error))
    except Exception as error:  # whatever another program says is its reason
        measured = Measured(note=f"{type(error).__name__}: {' '.join(str(error).split())}")
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main(*sys.argv[1:])
