"""The mean of phases. They wrap: plain numbers would make 0 of the neighbours -179 and +179 degrees.

The circular mean is taken, the direction of the sum of unit vectors. It has to know what part of the stored values is
one turn; where that is not known, phases are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from dicome.combine.repeats import TYPE_OF_GE, Repeat
from dicome.errors import SeriesError, UnsupportedError
from dicome.frames.scaling import Scaling
from dicome.image import Image

_TYPES = {
    "MRImageTypeMR": {"P"},
    "ComplexImageComponent": {"PHASE"},
    "FrameType": {"P", "PHASE", "PHASE MAP"},
    "ImageType": {"P", "PHASE", "PHASE MAP"},
}
"""Attributes, and the values of them that mean phase: of Philips (2005,1011), of PS3.3 C.8.13.3.1, of Siemens."""
_PHASE_OF_GE = 1
_PLACES = ("", "PrivatePerFrameSq.", "MRImageFrameTypeSequence.")

STEPS_OF_A_TURN = {"philips": 4095, "siemens": 4096}
"""Steps of 12-bit stored values that are one turn, by manufacturer. With Philips 0 is -3142 mrad (or the least velocity
or frequency) and 4095 is 3142; with Siemens 0 is -4096, and 4096, which no pixel has, would be 4096.
"""
_BITS = 12
TURN_TOLERANCE = 1e-3
"""Relative difference allowed between the turns of two repeats."""


def phase_frames(image: Image) -> NDArray[np.bool_]:
    """Which frames, in the order of the file, hold phases."""
    found = np.zeros(image.frames.frame_count, bool)
    for name, words in _TYPES.items():
        for place in _PLACES:
            column = image.frames.find(place + name)
            if column is not None and column.values.dtype == object:
                found |= [not words.isdisjoint(_types(value)) for value in column.values.tolist()]
    column = image.frames.find(TYPE_OF_GE)
    return found if column is None or column.values.dtype == object else found | (column.values == _PHASE_OF_GE)


def _types(value: object) -> list[str]:
    """What may say phase: the only value, or of an image type the two behind ORIGINAL and PRIMARY."""
    parts = [part.strip() for part in str(value or "").split("\\")]
    return parts[2:4] if len(parts) > 1 else parts


def steps_of_a_turn(image: Image, name: str) -> int:
    """Raises UnsupportedError where it is not known."""
    maker = image.series.files[0].text(0x00080070)
    steps = next((steps for known, steps in STEPS_OF_A_TURN.items() if maker.casefold().startswith(known)), None)
    if steps is None or image.series.format.bits_stored != _BITS:
        raise UnsupportedError(
            f"{name}: phases of {maker or 'an unknown manufacturer'} in {image.series.format.bits_stored} bits, of "
            "which dicome does not know what one turn is, so that it cannot average them; it does of Philips and "
            f"Siemens in {_BITS} bits. Average real and imaginary images, or leave out --mean"
        )
    return steps


def check_turns(repeats: Sequence[Repeat], places: Sequence[int], scalings: Sequence[Scaling]) -> None:
    """Raises SeriesError where frames at one place (0-based numbers, one for each repeat) differ in range."""
    slopes = [float(how.slope[place]) for how, place in zip(scalings, places, strict=True)]
    for repeat, slope, place in zip(repeats, slopes, places, strict=True):
        if not np.isclose(slope, slopes[0], rtol=TURN_TOLERANCE, atol=0):
            raise SeriesError(
                f"no mean of phases: one step of them is {slopes[0]:g} in frame {places[0] + 1} of {repeats[0].name} "
                f"but {slope:g} in frame {place + 1} of {repeat.name}"
            )


def mean_of_phases(phases: Iterable[NDArray[np.float64]], steps: int, lowest: int) -> NDArray[np.int64]:
    """The circular mean of stored values (not whole ones, too) as stored values from ``lowest`` on."""
    vectors = sum(np.exp(2j * np.pi / steps * values) for values in phases)
    mean = np.angle(vectors) * steps / (2 * np.pi)
    stored: NDArray[np.int64] = lowest + np.rint(np.mod(mean - lowest, steps)).astype(np.int64) % (1 << _BITS)
    return stored
