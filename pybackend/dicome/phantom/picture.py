"""What the phantom shows: an object without any symmetry, so that every flip and transposition is seen.

An ellipsoid holds a large bright disc (towards small rows and columns), a small dark one (opposite), and a bar along
the lower edge with a short upright at its left end, an L that reads wrongly when mirrored. A tick at the right moves
down from slice to slice. Tissues differ in density, T2* and diffusivity; one of them is active over dynamics.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.encode import format_ds
from dicome.phantom.axes import echo_times
from dicome.phantom.options import KINDS, VENDORS, Options
from dicome.phantom.scan import LOOPS, Scan

BACKGROUND, BODY, LARGE, SMALL, MARK, TICK = range(6)

DENSITY = np.array([0.0, 900.0, 1800.0, 300.0, 2400.0, 1400.0])
"""Signal of each tissue at echo time 0, in floating-point units (FP)."""

T2_STAR = np.array([1.0, 45.0, 80.0, 20.0, 60.0, 30.0])
"""Decay over echo times, ms."""

DIFFUSIVITY = np.array([0.0, 0.8e-3, 1.4e-3, 0.3e-3, 0.6e-3, 1.0e-3])
"""Along the z axis, mm2/s; across it four tenths of that."""

ACTIVATION, PERFUSION, PULSATION = 0.02, 0.015, 0.05
"""Relative changes over dynamics, between control and label, and over cardiac phases."""

FULL_SCALE = 3800.0
"""Largest stored value of an unattenuated magnitude, below the 4095 of 12 bits with room for noise."""

STEPS = 4095
"""Largest stored value of 12 bits."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """Numbers between stored, display and floating-point values, per frame of the array in C order, as text can hold.

    DV = PV * slope + intercept; FP = (PV - scale_intercept) / scale_slope.
    """

    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    scale_slope: NDArray[np.float64]
    scale_intercept: NDArray[np.float64]


def scaling(scan: Scan) -> Scaling:
    """Scale factors of every frame: a magnitude's differ between frames where the vendor's do, others never."""
    frames = len(scan.steps)
    rescales = VENDORS[scan.options.vendor].rescales
    wobble = 1 + 0.013 * (np.arange(frames) * 7 % 11 * rescales)
    low, high, unit = (np.empty(frames) for _ in range(3))
    for step, (name, _) in enumerate(scan.options.pairs):
        kind = KINDS[name]
        chosen = scan.steps[:, LOOPS.index("kind")] == step
        low[chosen], high[chosen], unit[chosen] = kind.low, kind.high, kind.scale
    magnitude = low == high
    high = np.where(magnitude, np.round(1000 * wobble) if rescales else STEPS, high)
    unit = np.where(magnitude, DENSITY.max() * wobble * STEPS / FULL_SCALE / high, unit)
    slope = as_text((high - low) / STEPS)
    scale_slope = (1 / (slope * unit)).astype(np.float32).astype(np.float64)
    scale_intercept = (-low / slope).astype(np.float32).astype(np.float64)
    return Scaling(slope, low, scale_slope, scale_intercept)


def as_text(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers that are left when each is written with 16 characters."""
    return np.array([float(format_ds(value)) for value in values])


def paint(scan: Scan, scales: Scaling) -> NDArray[np.integer]:
    """Stored pixels of all frames in C order of the array, shape (frames, rows, columns); missing frames are zero."""
    options = scan.options
    pixels = np.zeros((len(scan.steps), options.rows, options.columns), VENDORS[options.vendor].dtype)
    items = scan.items.reshape(-1)
    maps = [tissues(options, stack, number) for stack, number in scan.positions]
    noise = np.random.default_rng(options.seed).integers(0, 4, (len(maps), options.rows, options.columns), np.int32)
    for frame in np.flatnonzero(items):
        step = dict(zip(LOOPS, scan.steps[frame].tolist(), strict=True))
        place = step["position"]
        value = _values(scan, step, maps[place])
        stored = np.rint(value * scales.scale_slope[frame] + scales.scale_intercept[frame]).astype(np.int32)
        if stored.ndim == 1:
            stored = stored[maps[place]]
        pixels[frame] = np.clip(stored + noise[place], 0, STEPS)
        stamp(pixels[frame], int(items[frame]))
    return pixels


def tissues(options: Options, stack: int, number: int) -> NDArray[np.uint8]:
    """Tissue of every pixel of one slice (0-based), shape (rows, columns)."""
    rows = (np.arange(options.rows)[:, None] + 0.5) / options.rows * 2 - 1
    columns = (np.arange(options.columns)[None, :] + 0.5) / options.columns * 2 - 1
    height = (number + 0.5) / options.stacks[stack] * 2 - 1
    result = np.full((options.rows, options.columns), BACKGROUND, np.uint8)
    result[(rows / 0.9) ** 2 + (columns / 0.8) ** 2 + (height / 1.4) ** 2 < 1] = BODY
    result[(rows + 0.35) ** 2 + (columns + 0.3) ** 2 < (0.3 + 0.05 * height) ** 2] = LARGE
    result[(rows - 0.3) ** 2 + (columns - 0.35) ** 2 < 0.15**2] = SMALL
    result[(abs(rows - 0.6) < 0.06) & (abs(columns) < 0.4)] = MARK
    result[(abs(rows - 0.5) < 0.16) & (abs(columns + 0.34) < 0.06)] = MARK
    result[(abs(rows - 0.7 * height) < 0.08) & (abs(columns - 0.85) < 0.08)] = TICK
    return result


def stamp(frame: NDArray[np.integer], item: int) -> None:
    """Write the item number (1-based) into the first two pixels of the first row: low 12 bits, then the rest."""
    frame[0, 0], frame[0, 1] = item & STEPS, item >> 12


def stamped(frame: NDArray[np.generic]) -> int:
    """The item number that `stamp` wrote into a frame of stored values."""
    return int(frame[0, 0]) | int(frame[0, 1]) << 12


def in_file_order(scan: Scan, pixels: NDArray[np.integer]) -> Iterator[NDArray[np.integer]]:
    """The frames as they follow each other in the file."""
    return (pixels[place] for place in scan.written)


def _values(scan: Scan, step: dict[str, int], labels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Floating-point values (FP) of one frame without noise; of a magnitude those of the tissues alone."""
    kind = scan.options.pairs[step["kind"]][0]
    if kind == "M":
        return _signal(scan, step)
    magnitude = _signal(scan, step)[labels]
    turn = _phase(scan, step, labels.shape)
    if kind == "B0":
        return np.asarray(400 * turn / np.abs(turn).max())
    wrapped = np.mod(turn + np.pi, 2 * np.pi) - np.pi
    return {"P": wrapped, "R": magnitude * np.cos(wrapped) * 0.8, "I": magnitude * np.sin(wrapped) * 0.8}[kind]


def _signal(scan: Scan, step: dict[str, int]) -> NDArray[np.float64]:
    """Magnitude of every tissue."""
    weighting = scan.weightings[step["diffusion"]]
    along = 1 / 3 if weighting.direction is None else weighting.direction[2] ** 2
    signal = DENSITY * np.exp(-echo_times(scan.options)[step["echo"]] / T2_STAR)
    signal = signal * np.exp(-weighting.b_value * DIFFUSIVITY * (0.4 + 0.6 * along))
    signal[LARGE] *= 1 + ACTIVATION * np.sin(0.9 * step["dynamic"] + 0.4 * step["repeat"])
    signal[BODY] *= 1 - PERFUSION * step["label"]
    signal[TICK] *= 1 - PULSATION * step["phase"] / (1 + step["phase"])
    return signal


def _phase(scan: Scan, step: dict[str, int], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Phase in rad, a ramp that grows with the echo time; not wrapped."""
    rows, columns = np.arange(shape[0])[:, None] / shape[0], np.arange(shape[1])[None, :] / shape[1]
    times = echo_times(scan.options)
    ramp = 5 * rows - 3 * columns + 0.4 * step["position"] + 0.05 * step["dynamic"] - 1.2
    return np.asarray(ramp * times[step["echo"]] / times[0])
