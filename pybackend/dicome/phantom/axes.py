"""The axes of the phantom's array.

Most loops of a scan are one axis. Some have two numbers; where those make no full grid (b-value and direction,
scanning sequence and image type, stack and slice of unequal stacks) they are one merged axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.dimensions import DIMENSIONS, IMAGE_TYPES, LABEL_TYPES, SCANNING_SEQUENCES
from dicome.enhanced.encode import format_ds
from dicome.phantom.diffusion import Weighting
from dicome.phantom.options import VENDORS, Options

FIRST_TRIGGER, TRIGGER_STEP, TRIGGER_SLICE = 300.0, 250.0, 22.0
"""Trigger delay of the first phase, between phases and between slices (ms)."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of the array: its name, the text of every position, and the values those texts stand for."""

    name: str
    labels: tuple[str, ...]
    values: tuple[object, ...]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Numbers:
    """One dimension of a loop: for every step its code (only the order counts), text and value."""

    dimension: str
    codes: Sequence[int]
    texts: Sequence[str]
    values: Sequence[object]


@dataclass(frozen=True, slots=True)
class Part:
    """One axis that a loop gives, and the place on it of every step (0-based)."""

    loop: str
    dimension: str
    axis: Axis
    places: NDArray[np.int64]
    merged: bool = False


def echo_times(options: Options) -> tuple[float, ...]:
    """Effective echo times in ms: unevenly spaced, with texts of different lengths."""
    return tuple(round(2.3 * (echo + 1) + 0.125 * (echo // 2), 4) for echo in range(options.echoes))


def number(step: int, *, gaps: bool) -> int:
    """Number of a step (0-based) as the file counts: 1, 2, 3 or, with gaps, 5, 8, 11."""
    return 3 * step + 5 if gaps else step + 1


def numbers_of(
    options: Options, positions: Sequence[tuple[int, int]], weightings: Sequence[Weighting]
) -> dict[str, list[Numbers]]:
    """The dimensions of every loop, in the order in which they would merge."""
    enumerated = _named if options.private else _coded
    triggers = [FIRST_TRIGGER + TRIGGER_STEP * phase for phase in range(options.phases)]
    labels = LABEL_TYPES[: options.labels]
    return {
        "position": [
            _counted("stack", [stack for stack, _ in positions], options),
            _counted("slice", [number for _, number in positions], options),
        ],
        "dynamic": [_counted("dynamic", range(options.dynamics), options)],
        "phase": [_decimal("phase", range(options.phases), triggers)],
        "diffusion": _diffusion_numbers(options, weightings),
        "label": [enumerated("label", labels, LABEL_TYPES)],
        "kind": [
            enumerated("sequence", [pair[1] for pair in options.pairs], SCANNING_SEQUENCES),
            enumerated("type", [pair[0] for pair in options.pairs], IMAGE_TYPES),
        ],
        "echo": [_decimal("echo", range(options.echoes), echo_times(options))],
        "repeat": [_counted("repeat", range(options.repeats), options)],
    }


def _counted(dimension: str, codes: Sequence[int], options: Options) -> Numbers:
    """A dimension that counts; the file's own numbers are its texts (repeats have none there)."""
    gaps = options.gaps and dimension != "repeat"
    values = [number(code, gaps=gaps) for code in codes]
    return Numbers(dimension, codes, [str(one) for one in values], values)


def _decimal(dimension: str, codes: Sequence[int], values: Sequence[float]) -> Numbers:
    return Numbers(dimension, codes, [format_ds(one) for one in values], values)


def _named(dimension: str, names: Sequence[str], codes: Sequence[str]) -> Numbers:
    """A dimension of names that count by their codes."""
    return Numbers(dimension, [codes.index(one) for one in names], names, names)


def _coded(dimension: str, names: Sequence[str], codes: Sequence[str]) -> Numbers:
    """The same in a file whose private attributes are gone: only the codes are left to read."""
    numbers = _named(dimension, names, codes)
    return replace(numbers, texts=[str(one) for one in numbers.codes])


def _diffusion_numbers(options: Options, weightings: Sequence[Weighting]) -> list[Numbers]:
    """B-value and direction, or volumes in time where the vendor does not index diffusion."""
    if "b-value" not in VENDORS[options.vendor].dimensions:
        return [_counted("dynamic", range(len(weightings)), options)]
    return [
        _decimal("b-value", [one.b_number for one in weightings], [one.b_value for one in weightings]),
        Numbers(
            "direction",
            [one.direction_number for one in weightings],
            [one.text for one in weightings],
            [one.direction for one in weightings],
        ),
    ]


def first_steps(one: Numbers, count: int) -> Numbers:
    """Only the first steps: a scan that stops has done each loop from its beginning."""
    return Numbers(one.dimension, one.codes[:count], one.texts[:count], one.values[:count])


def parts_of(numbers: dict[str, list[Numbers]], order: Sequence[str]) -> list[Part]:
    """Axes longer than one, in the vendor's order of dimensions; merged ones last, repeats after them.

    Unequal stacks merge with their slices and stay where slices stand.
    """
    found = [part for loop, pair in numbers.items() for part in _axes(loop, pair)]

    def rank(part: Part) -> tuple[bool, bool, int]:
        repeat = part.dimension == "repeat"
        return repeat, part.merged and part.dimension != "stack", 0 if repeat else order.index(part.dimension)

    return sorted(found, key=rank)


def _axes(loop: str, dimensions: Sequence[Numbers]) -> list[Part]:
    """The axes of one loop: none, one, two that make a full grid, or two merged into one."""
    varying = [one for one in dimensions if len(set(one.codes)) > 1]
    if len(varying) == 2 and len(set(varying[0].codes)) * len(set(varying[1].codes)) != len(varying[0].codes):
        return [_merged(loop, *varying)]
    return [_plain(loop, one) for one in varying]


def _plain(loop: str, one: Numbers) -> Part:
    """Distinct codes ascending; a code's text and value are those of its first step."""
    distinct = sorted(set(one.codes))
    first = [list(one.codes).index(code) for code in distinct]
    axis = Axis(_name(one), tuple(one.texts[step] for step in first), tuple(one.values[step] for step in first))
    return Part(loop, one.dimension, axis, np.array([distinct.index(code) for code in one.codes]))


def _merged(loop: str, first: Numbers, second: Numbers) -> Part:
    """Distinct combinations ascending, the first dimension fastest; texts joined with a space."""
    pairs = list(zip(second.codes, first.codes, strict=True))
    order = sorted(range(len(pairs)), key=lambda step: pairs[step])
    axis = Axis(
        f"{_name(first)}/{_name(second)}",
        tuple(f"{first.texts[step]} {second.texts[step]}".strip() for step in order),
        tuple((first.values[step], second.values[step]) for step in order),
    )
    return Part(loop, first.dimension, axis, np.argsort(order), merged=True)


def _name(one: Numbers) -> str:
    return "Repeat" if one.dimension == "repeat" else DIMENSIONS[one.dimension].label.removeprefix("Private ")
