"""The plan of a phantom: its frames, their places in the array, their order in the file, and the axes.

A scan is a product of loops (positions, dynamics, phases, diffusion, labels, kinds, echoes, repeats). Every frame is
one step of each. Most loops are one axis of the array; some are two numbers that do not make a full grid (b-value and
direction, scanning sequence and image type, stack and slice of unequal stacks) and become one merged axis. This is
worked out here from the options alone, independently of any reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.dimensions import DIMENSIONS, IMAGE_TYPES, LABEL_TYPES, SCANNING_SEQUENCES
from dicome.enhanced.encode import format_ds
from dicome.phantom.options import VENDORS, Options

LOOPS = ("position", "dynamic", "phase", "diffusion", "label", "kind", "echo", "repeat")
"""All loops; a frame is numbered by its step in each."""

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
class Weighting:
    """One diffusion weighting: numbers of b-value and direction (1-based), s/mm2, unit vector x y z or None."""

    b_number: int
    direction_number: int
    b_value: float
    direction: tuple[float, float, float] | None
    isotropic: bool = False

    @property
    def text(self) -> str:
        """The direction as published readers label it."""
        if self.direction is None:
            return "iso" if self.isotropic else ""
        return "/".join(format_ds(one) for one in self.direction)


@dataclass(frozen=True, slots=True)
class Scan:
    """Frames by their place in the array (C order): step in each of `LOOPS`, item number in the file, axes.

    steps: shape (frames, loops), 0-based. items: shape of the axes, 1-based, 0 where the scan stopped before.
    """

    options: Options
    axes: tuple[Axis, ...]
    steps: NDArray[np.int64]
    items: NDArray[np.int64]
    positions: tuple[tuple[int, int], ...]
    weightings: tuple[Weighting, ...]

    @property
    def written(self) -> NDArray[np.int64]:
        """Places in the array (C order) of the frames in the file, in file order."""
        items = self.items.reshape(-1)
        order: NDArray[np.int64] = np.argsort(items, kind="stable")
        return order[np.count_nonzero(items == 0) :]

    def step(self, loop: str) -> NDArray[np.int64]:
        """Step of one loop for every frame of the file, in file order."""
        return self.steps[self.written, LOOPS.index(loop)]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """One dimension of a loop: for every step its code (only the order counts), text and value."""

    dimension: str
    codes: Sequence[int]
    texts: Sequence[str]
    values: Sequence[object]


@dataclass(frozen=True, slots=True)
class _Part:
    """One axis that a loop gives, and the place on it of every step (0-based)."""

    loop: str
    dimension: str
    axis: Axis
    places: NDArray[np.int64]
    merged: bool = False


def plan(options: Options) -> Scan:
    """Lay the frames of a scan out."""
    positions = tuple((stack, number) for stack, count in enumerate(options.stacks) for number in range(count))
    weightings = diffusion(options)
    sizes = (
        len(positions),
        options.dynamics,
        options.phases,
        len(weightings),
        max(options.labels, 1),
        len(options.pairs),
        options.echoes,
        options.repeats,
    )
    steps = np.array(list(product(*(range(size) for size in sizes))), np.int64)
    parts = _parts(_numbers(options, positions, weightings), VENDORS[options.vendor].dimensions)
    shape = tuple(len(part.axis) for part in parts)
    places = tuple(part.places[steps[:, LOOPS.index(part.loop)]] for part in parts)
    where = np.ravel_multi_index(places, shape) if shape else np.zeros(len(steps), np.int64)
    steps = steps[np.argsort(where)]
    items = _items(steps, options).reshape(shape)
    return Scan(options, tuple(part.axis for part in parts), steps, items, positions, weightings)


def diffusion(options: Options) -> tuple[Weighting, ...]:
    """The weightings in the order of acquisition; one unweighted entry without b-values."""
    if not options.b_values:
        return (Weighting(1, 1, 0.0, None),)
    vectors = spread(options.directions)
    last = options.directions + 1
    result = []
    for number, b_value in enumerate(options.b_values, 1):
        if b_value == 0 or not vectors:
            result.append(Weighting(number, last, float(b_value), None, isotropic=b_value > 0))
            continue
        result += [Weighting(number, k, float(b_value), vector) for k, vector in enumerate(vectors, 1)]
        if options.trace:
            result.append(Weighting(number, last, float(b_value), None, isotropic=True))
    return tuple(result)


def spread(count: int) -> list[tuple[float, float, float]]:
    """Unit vectors spread over half a sphere, rounded as 32-bit floats like a scanner's."""
    numbers = np.arange(count) + 0.5
    z = 1 - numbers / max(count, 1)
    turn = numbers * np.pi * (3 - np.sqrt(5))
    radius = np.sqrt(1 - z * z)
    vectors = np.stack([radius * np.cos(turn), radius * np.sin(turn), z], axis=1).astype(np.float32)
    return [(float(x), float(y), float(z)) for x, y, z in vectors]


def echo_times(options: Options) -> tuple[float, ...]:
    """Effective echo times in ms: unevenly spaced, with texts of different lengths."""
    return tuple(round(2.3 * (echo + 1) + 0.125 * (echo // 2), 4) for echo in range(options.echoes))


def number(step: int, *, gaps: bool) -> int:
    """Number of a step (0-based) as the file counts: 1, 2, 3 or, with gaps, 5, 8, 11."""
    return 3 * step + 5 if gaps else step + 1


def _numbers(
    options: Options, positions: Sequence[tuple[int, int]], weightings: Sequence[Weighting]
) -> dict[str, list[_Numbers]]:
    """The dimensions of every loop, in the order in which they would merge."""
    triggers = [FIRST_TRIGGER + TRIGGER_STEP * phase for phase in range(options.phases)]
    labels = LABEL_TYPES[: options.labels]
    sequences, types = [pair[1] for pair in options.pairs], [pair[0] for pair in options.pairs]
    return {
        "position": [
            _counted("stack", [stack for stack, _ in positions], options),
            _counted("slice", [number for _, number in positions], options),
        ],
        "dynamic": [_counted("dynamic", range(options.dynamics), options)],
        "phase": [_decimal("phase", range(options.phases), triggers)],
        "diffusion": _diffusion_numbers(options, weightings),
        "label": [_Numbers("label", range(len(labels)), labels, labels)],
        "kind": [
            _Numbers("sequence", [SCANNING_SEQUENCES.index(one) for one in sequences], sequences, sequences),
            _Numbers("type", [IMAGE_TYPES.index(one) for one in types], types, types),
        ],
        "echo": [_decimal("echo", range(options.echoes), echo_times(options))],
        "repeat": [_counted("repeat", range(options.repeats), options)],
    }


def _counted(dimension: str, codes: Sequence[int], options: Options) -> _Numbers:
    """A dimension that counts; the file's own numbers are its texts (repeats have none there)."""
    gaps = options.gaps and dimension != "repeat"
    values = [number(code, gaps=gaps) for code in codes]
    return _Numbers(dimension, codes, [str(one) for one in values], values)


def _decimal(dimension: str, codes: Sequence[int], values: Sequence[float]) -> _Numbers:
    return _Numbers(dimension, codes, [format_ds(one) for one in values], values)


def _diffusion_numbers(options: Options, weightings: Sequence[Weighting]) -> list[_Numbers]:
    """B-value and direction, or volumes in time where the vendor does not index diffusion."""
    if "b-value" not in VENDORS[options.vendor].dimensions:
        return [_counted("dynamic", range(len(weightings)), options)]
    return [
        _decimal("b-value", [one.b_number for one in weightings], [one.b_value for one in weightings]),
        _Numbers(
            "direction",
            [one.direction_number for one in weightings],
            [one.text for one in weightings],
            [one.direction for one in weightings],
        ),
    ]


def _parts(numbers: dict[str, list[_Numbers]], order: Sequence[str]) -> list[_Part]:
    """Axes longer than one, in the vendor's order of dimensions; merged ones last, repeats after them.

    Unequal stacks merge with their slices and stay where slices stand.
    """
    found = [part for loop, pair in numbers.items() for part in _axes(loop, pair)]

    def rank(part: _Part) -> tuple[bool, bool, int]:
        repeat = part.dimension == "repeat"
        return repeat, part.merged and part.dimension != "stack", 0 if repeat else order.index(part.dimension)

    return sorted(found, key=rank)


def _axes(loop: str, dimensions: Sequence[_Numbers]) -> list[_Part]:
    """The axes of one loop: none, one, two that make a full grid, or two merged into one."""
    varying = [one for one in dimensions if len(set(one.codes)) > 1]
    if len(varying) == 2 and len(set(varying[0].codes)) * len(set(varying[1].codes)) != len(varying[0].codes):
        return [_merged(loop, *varying)]
    return [_plain(loop, one) for one in varying]


def _plain(loop: str, one: _Numbers) -> _Part:
    """Distinct codes ascending; a code's text and value are those of its first step."""
    distinct = sorted(set(one.codes))
    first = [list(one.codes).index(code) for code in distinct]
    axis = Axis(_name(one), tuple(one.texts[step] for step in first), tuple(one.values[step] for step in first))
    return _Part(loop, one.dimension, axis, np.array([distinct.index(code) for code in one.codes]))


def _merged(loop: str, first: _Numbers, second: _Numbers) -> _Part:
    """Distinct combinations ascending, the first dimension fastest; texts joined with a space."""
    pairs = list(zip(second.codes, first.codes, strict=True))
    order = sorted(range(len(pairs)), key=lambda step: pairs[step])
    axis = Axis(
        f"{_name(first)}/{_name(second)}",
        tuple(f"{first.texts[step]} {second.texts[step]}" for step in order),
        tuple((first.values[step], second.values[step]) for step in order),
    )
    return _Part(loop, first.dimension, axis, np.argsort(order), merged=True)


def _name(one: _Numbers) -> str:
    return "Repeat" if one.dimension == "repeat" else DIMENSIONS[one.dimension].label.removeprefix("Private ")


def _items(steps: NDArray[np.int64], options: Options) -> NDArray[np.int64]:
    """Item number (1-based) of every frame by its place in the array; 0 where the scan stopped before it."""
    acquired = _order(steps, "dynamic diffusion repeat label phase echo kind position")[: options.stop_after]
    kept = np.sort(acquired)
    if options.frame_order == "volume":
        order = _order(steps[kept], "dynamic phase diffusion label kind echo repeat position")
    else:
        order = _order(steps[kept], "label kind position dynamic phase diffusion echo repeat")
    if options.frame_order == "shuffled":
        order = np.random.default_rng(options.seed).permutation(order)
    items = np.zeros(len(steps), np.int64)
    items[kept[order]] = np.arange(1, len(order) + 1)
    return items


def _order(steps: NDArray[np.int64], loops: str) -> NDArray[np.int64]:
    """Frames sorted by loops, the first slowest."""
    return np.lexsort([steps[:, LOOPS.index(loop)] for loop in reversed(loops.split())])
