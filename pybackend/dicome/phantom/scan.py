"""The plan of a phantom: its frames, their places in the array and their order in the file.

A scan is a product of loops (positions, dynamics, phases, diffusion, labels, kinds, echoes, repeats); every frame is
one step of each. All of it is worked out from the options alone, independently of any reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from dicome.phantom.axes import Axis, first_steps, numbers_of, parts_of
from dicome.phantom.diffusion import Weighting, diffusion
from dicome.phantom.options import VENDORS, Options

LOOPS = ("position", "dynamic", "phase", "diffusion", "label", "kind", "echo", "repeat")
"""All loops; a frame is numbered by its step in each."""


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
        return order[int(np.count_nonzero(items == 0)) :]

    def step(self, loop: str) -> NDArray[np.int64]:
        """Step of one loop for every frame of the file, in file order."""
        steps: NDArray[np.int64] = self.steps[self.written, LOOPS.index(loop)]
        return steps


def plan(options: Options) -> Scan:
    """Lay the frames of a scan out. What a stopped scan never reached is not on the axes."""
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
    steps = _product(sizes)
    reached = steps[_items(steps, options) > 0].max(axis=0) + 1
    steps = _product(reached.tolist())
    numbers = numbers_of(options, positions, weightings)
    done = {loop: [first_steps(one, reached[LOOPS.index(loop)]) for one in pair] for loop, pair in numbers.items()}
    parts = parts_of(done, described_dimensions(options))
    shape = tuple(len(part.axis) for part in parts)
    places = tuple(part.places[steps[:, LOOPS.index(part.loop)]] for part in parts)
    where = np.ravel_multi_index(places, shape) if shape else np.zeros(len(steps), np.int64)
    steps = steps[np.argsort(where)]
    items = _items(steps, options).reshape(shape)
    return Scan(options, tuple(part.axis for part in parts), steps, items, positions, weightings)


def indexed_dimensions(options: Options) -> list[str]:
    """Names of the dimensions in the order of the index values."""
    vendor = VENDORS[options.vendor]
    present = {
        "dynamic": options.dynamics > 1,
        "phase": options.phases > 1,
        "b-value": bool(options.b_values),
        "direction": options.directions > 0,
        "label": options.labels > 0,
        "sequence": len({sequence for _, sequence in options.pairs}) > 1,
        "type": len({kind for kind, _ in options.pairs}) > 1,
        "echo": options.echoes > 1,
    }
    return [name for name in vendor.dimensions if name in vendor.always or present[name]]


def described_dimensions(options: Options) -> list[str]:
    """The same in the order of the Dimension Index Sequence; differs where the options ask for that fault."""
    names = indexed_dimensions(options)
    return [*names[:-2], names[-1], names[-2]] if options.swap_dimensions else names


def _product(sizes: Sequence[int]) -> NDArray[np.int64]:
    """All combinations of steps, shape (frames, loops)."""
    return np.array(list(product(*(range(size) for size in sizes))), np.int64)


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
