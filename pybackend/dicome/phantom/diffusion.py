"""Diffusion weightings of the phantom, numbered as Philips numbers them.

The images of a b-value without direction (b 0, trace) carry the direction number after the last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dicome.phantom.options import Options


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
        return "/".join(f"{one:g}" for one in self.direction)


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
