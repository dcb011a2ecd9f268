"""Options Order and Combine of dicomeread: dimensions of an image in another order, and several made one.

Both count all dimensions of the array: ``Column`` and ``Row`` (``Sample`` third for colour) before the axes. The same
two functions move an array and its grid alike. Combining is column-major, as in MATLAB: of the dimensions that become
one, the leftmost varies fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.errors import ArgumentError
from dicome.frames.labels import Axis
from dicome.frames.ranks import Ints

COLUMN, ROW, SAMPLE = "Column", "Row", "Sample"


@dataclass(frozen=True, slots=True, eq=False)
class Rearrangement:
    """Axes and grid in their new order, and how to bring an array there.

    axes: all dimensions, in-plane ones too. grid: one dimension per axis, in-plane ones of length 1. permutation:
    0-based number of the old dimension at each new place. flags: per dimension after the permutation, whether it is
    combined with its left neighbour.
    """

    axes: tuple[Axis, ...]
    grid: Ints
    permutation: tuple[int, ...]
    flags: tuple[bool, ...]

    def apply(self, array: NDArray[Any]) -> NDArray[Any]:
        """An array of all dimensions (pixels, or a grid with its in-plane dimensions) in the new order."""
        return apply_combine(apply_order(array, self.permutation), self.flags)


def with_plane(axes: Sequence[Axis], grid: Ints, samples: int = 1) -> tuple[tuple[Axis, ...], Ints]:
    """Axes and grid of all dimensions: the in-plane ones first, of length 1 and with an empty label.

    Named as dicomeread does: the first dimension of the array runs down a column.
    """
    names = (COLUMN, ROW) if samples == 1 else (COLUMN, ROW, SAMPLE)
    plane = tuple(Axis(name, ("",)) for name in names)
    return (*plane, *axes), grid.reshape((1,) * len(plane) + grid.shape)


def rearrange(
    axes: Sequence[Axis],
    grid: Ints,
    order: Sequence[int | float | str] | None = None,
    flags: Sequence[int | float | bool] | None = None,
) -> Rearrangement:
    """`reorder`, then `combine`, where wanted; axes and grid as from `with_plane`."""
    everything = range(1, len(axes) + 1)
    ordered = reorder(axes, grid, everything if order is None else order)
    if flags is None:
        return ordered
    combined = combine(ordered.axes, ordered.grid, flags)
    return Rearrangement(combined.axes, combined.grid, ordered.permutation, combined.flags)


def reorder(axes: Sequence[Axis], grid: Ints, order: Sequence[int | float | str]) -> Rearrangement:
    """All dimensions in another order.

    order: each dimension once, by its number from 1 or by its name. Raises ArgumentError otherwise.
    """
    permutation = _permutation([axis.name for axis in axes], order)
    moved = tuple(axes[number] for number in permutation)
    return Rearrangement(moved, apply_order(grid, permutation), permutation, (False,) * len(axes))


def combine(axes: Sequence[Axis], grid: Ints, flags: Sequence[int | float | bool]) -> Rearrangement:
    """Dimensions with flag 1 made one with the dimension to their left: name ``AxB``, labels ``a/b``, a fastest.

    flags: 0 or 1 per dimension, the first 0. Raises ArgumentError otherwise.
    """
    wanted = tuple(bool(flag) for flag in flags)
    if len(wanted) != len(axes) or wanted[:1] == (True,) or any(flag not in (0, 1) for flag in flags):
        raise ArgumentError(
            f"Combine is {list(flags)}; expected {len(axes)} numbers, 0 to keep a dimension and 1 to combine it with "
            f"the one to its left (the first has none): {_numbered([axis.name for axis in axes])}"
        )
    result: list[Axis] = []
    for axis, flag in zip(axes, wanted, strict=True):
        result.append(_crossed(result.pop(), axis) if flag else axis)
    return Rearrangement(tuple(result), apply_combine(grid, wanted), tuple(range(len(axes))), wanted)


def apply_order(array: NDArray[Any], permutation: Sequence[int]) -> NDArray[Any]:
    """The array with its dimensions in the order of these 0-based numbers (a view)."""
    moved: NDArray[Any] = array.transpose(tuple(permutation))
    return moved


def apply_combine(array: NDArray[Any], flags: Sequence[bool]) -> NDArray[Any]:
    """The array with flagged dimensions made one with their left neighbour, the left one varying fastest."""
    shape: list[int] = []
    for size, flag in zip(array.shape, flags, strict=True):
        if flag:
            shape[-1] *= size
        else:
            shape.append(size)
    return array.reshape(shape, order="F") if any(flags) else array


def _permutation(names: list[str], order: Sequence[int | float | str]) -> tuple[int, ...]:
    wanted = [order] if isinstance(order, str) else list(order)
    numbers = [_number(names, one) for one in wanted]
    if sorted(numbers) != list(range(len(names))):
        raise ArgumentError(f"Order is {wanted}; expected each of these once, by number or name: {_numbered(names)}")
    return tuple(numbers)


def _number(names: list[str], wanted: int | float | str) -> int:
    """0-based number of a dimension; -1 where there is none, or several of that name."""
    if not isinstance(wanted, str):
        return int(wanted) - 1 if float(wanted).is_integer() else -1
    same = [k for k, name in enumerate(names) if name == wanted]
    alike = same or [k for k, name in enumerate(names) if name.casefold() == wanted.strip().casefold()]
    return alike[0] if len(alike) == 1 else -1


def _numbered(names: list[str]) -> str:
    return ", ".join(f"{number} {name!r}" for number, name in enumerate(names, 1))


def _is_plane(axis: Axis) -> bool:
    return axis.labels == ("",)


def _crossed(left: Axis, right: Axis) -> Axis:
    """Two axes as one; in-plane dimensions add to the name only."""
    name = f"{left.name}x{right.name}"
    if _is_plane(left) or _is_plane(right):
        return replace(right if _is_plane(left) else left, name=name)
    labels = tuple(f"{a}/{b}" for b in right.labels for a in left.labels)
    unit = left.unit if left.unit == right.unit else ""
    role = left.role if left.role == right.role else "volume"
    return Axis(name, labels, _crossed_values(left, right), unit, role)


def _crossed_values(left: Axis, right: Axis) -> NDArray[np.float64] | None:
    if left.values is None or right.values is None:
        return None
    fast = np.tile(left.values.reshape(len(left), -1), (len(right), 1))
    slow = np.repeat(right.values.reshape(len(right), -1), len(left), axis=0)
    return np.concatenate([fast, slow], axis=1)
