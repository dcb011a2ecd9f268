"""Frame tables and dimensions from a few literals, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dicome.frames.dimensions import Dimension, Role, make_dimension
from dicome.frames.table import Column, FrameTable

CONTENT = "FrameContentSequence"
STACK, SLICE, TIME = f"{CONTENT}.StackID", f"{CONTENT}.InStackPositionNumber", f"{CONTENT}.TemporalPositionIndex"
ECHO = "MREchoSequence.EffectiveEchoTime"
TRIGGER = "CardiacSynchronizationSequence.NominalCardiacTriggerDelayTime"
B_VALUE = "MRDiffusionSequence.DiffusionBValue"
KIND = "MRDiffusionSequence.DiffusionDirectionality"
GRADIENT = "MRDiffusionSequence.DiffusionGradientDirectionSequence.DiffusionGradientOrientation"
GRADIENT_NUMBER = "PrivatePerFrameSq.MRImageGradientOrientationNumber"
TYPE = "PrivatePerFrameSq.MRImageTypeMR"
SEQUENCE = "PrivatePerFrameSq.MRImageScanningSequencePrivate"
LABEL = "PrivatePerFrameSq.MRImageLabelType"
POSITION = "PlanePositionSequence.ImagePositionPatient"
ORIENTATION = "PlaneOrientationSequence.ImageOrientationPatient"

Cell = str | float | tuple[float, ...] | None


def frame_table(frames: int, columns: dict[str, Sequence[Cell]] | None = None) -> FrameTable:
    """A table of these columns; None is an absent value, a tuple a vector; ints stay integers."""
    makers: dict[str, Callable[[], Column]] = {}
    for path, cells in (columns or {}).items():
        assert len(cells) == frames, path
        makers[path] = lambda cells=cells: column(cells)  # type: ignore[misc]
    return FrameTable(frames, makers)


def column(cells: Sequence[Cell]) -> Column:
    """One column, stored as the scanner's reader stores it."""
    present = np.array([cell is not None for cell in cells])
    example = next((cell for cell in cells if cell is not None), "")
    if isinstance(example, str):
        values = np.empty(len(cells), object)
        values[:] = cells
        return Column(values, present)
    blank = tuple(0.0 for _ in example) if isinstance(example, tuple) else type(example)(0)
    return Column(np.array([blank if cell is None else cell for cell in cells]), present)


def dimensions(*roles: Role) -> tuple[Dimension, ...]:
    """Dimensions named A, B, C, ... that point to nothing in the table."""
    return tuple(Dimension(chr(ord("A") + k), "", role, "", None) for k, role in enumerate(roles))


def pointers(table: FrameTable, *paths: str, labels: Sequence[str] = ()) -> tuple[Dimension, ...]:
    """The dimensions that items of a Dimension Index Sequence with these pointers make."""
    result = []
    for number, path in enumerate(paths):
        group, keyword = path.split(".")[0], path.rpartition(".")[2]
        label = labels[number] if number < len(labels) else ""
        result.append(make_dimension(keyword, table.paths, label=label, group=group))
    return tuple(result)


def every(*ranges: Sequence[int]) -> list[tuple[int, ...]]:
    """All combinations of index values, the FIRST range varying fastest."""
    rows: list[tuple[int, ...]] = [()]
    for values in reversed(ranges):
        rows = [(value, *row) for row in rows for value in values]
    return rows
