"""What a phantom can be asked for, checked in one place; and the vendors and image types as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from dicome.enhanced.dimensions import SCANNING_SEQUENCES
from dicome.enhanced.layouts import CANON, PHILIPS, SIEMENS, Layout
from dicome.enhanced.stacks import BASES
from dicome.errors import ArgumentError

FrameOrder = Literal["philips", "volume", "shuffled"]
DimensionIndex = Literal["full", "values", "none"]


@dataclass(frozen=True, slots=True)
class Vendor:
    """How a vendor indexes: all its dimensions in order, those written even with one value; its pixels; its scaling.

    With ``rescales`` stored and display values differ, in every frame in another way.
    """

    layout: Layout
    dimensions: tuple[str, ...]
    always: tuple[str, ...]
    dtype: type[np.integer]
    rescales: bool = False


VENDORS: Mapping[str, Vendor] = {
    "philips": Vendor(
        PHILIPS,
        ("stack", "slice", "dynamic", "phase", "b-value", "direction", "label", "sequence", "type", "echo"),
        ("stack", "slice"),
        np.uint16,
        rescales=True,
    ),
    "siemens": Vendor(SIEMENS, ("stack", "slice", "dynamic"), ("stack", "slice", "dynamic"), np.uint16),
    "canon": Vendor(CANON, ("dynamic", "echo", "stack", "slice"), ("dynamic", "echo", "stack", "slice"), np.int16),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One image type: its words in Frame Type and Complex Image Component, usual sequence, unit and range of values.

    ``low`` and ``high`` are the display values of stored 0 and 4095, ``scale`` floating-point units per display unit;
    a magnitude has none: its scale varies between frames.
    """

    frame_type: str
    component: str
    sequence: str
    unit: str
    ucum: tuple[str, str]
    low: float = 0
    high: float = 0
    scale: float = 1


KINDS: Mapping[str, Kind] = {
    "M": Kind("M", "MAGNITUDE", "FFE", "normalized", ("1", "no units")),
    "R": Kind("R", "REAL", "FFE", "normalized", ("1", "no units"), -2000, 2000),
    "I": Kind("I", "IMAGINARY", "FFE", "normalized", ("1", "no units"), -2000, 2000),
    "P": Kind("P", "PHASE", "FFE", "mrad", ("mrad", "milliradian"), -3142, 3142, np.pi / 3142),
    "B0": Kind("FIELD_MAP", "REAL", "UNSPECIFIED", "Hz", ("Hz", "hertz"), -500, 500),
}
"""Image types that the phantom can paint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What to write; the parameters of `write_phantom`."""

    rows: int = 64
    columns: int = 48
    slices: int | Sequence[int] = 6
    echoes: int = 1
    types: Sequence[str] = ("M",)
    sequences: Sequence[str] | None = None
    dynamics: int = 1
    phases: int = 1
    labels: int = 0
    b_values: Sequence[float] = ()
    directions: int = 0
    trace: bool = False
    repeats: int = 1
    vendor: str = "philips"
    frame_order: FrameOrder = "philips"
    stop_after: int | None = None
    seed: int = 0
    transfer_syntax: str = "explicit"
    undefined_lengths: bool | None = None
    offset_table: bool = True
    fragments: int = 1
    private: bool = True
    moved_blocks: bool = False
    dimension_index: DimensionIndex = "full"
    swap_dimensions: bool = False
    gaps: bool = False
    orientation: str = "TRA"
    angulation: tuple[float, float, float] = (-12.5, 7.25, 3.5)
    centre: tuple[float, float, float] = (4.3, 21.7, -6.1)
    spacing: tuple[float, float, float] = (2.25, 2.5, 4.4)
    thickness: float = 4.0
    reverse_slices: bool = False
    series: Mapping[str, object] = field(default_factory=dict)

    @property
    def stacks(self) -> tuple[int, ...]:
        """Number of slices of every stack."""
        return (self.slices,) if isinstance(self.slices, int) else tuple(self.slices)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Image type and scanning sequence of every kind of image."""
        sequences = self.sequences or [KINDS[kind].sequence for kind in self.types]
        return tuple(zip(self.types, sequences, strict=True))

    def check(self) -> None:
        """Refuse what cannot be written.

        Raises
        ------
        ArgumentError
            Says which option, what it is and what it may be.
        """
        for name in ("echoes", "dynamics", "phases", "repeats"):
            _require(getattr(self, name) >= 1, f"{name} is {getattr(self, name)}", "give 1 or more")
        _require(min(self.rows, self.columns) >= 2, f"rows x columns is {self.rows} x {self.columns}", "give 2 or more")
        _require(bool(self.stacks) and min(self.stacks) >= 1, f"slices is {self.slices}", "give 1 or more")
        _require(self.stop_after is None or self.stop_after >= 1, f"stop_after is {self.stop_after}", "give 1 or more")
        _require(self.labels in (0, 2), f"labels is {self.labels}", "give 0, or 2 for control and label")
        self._check_names()
        self._check_diffusion()
        self._check_vendor()

    def _check_names(self) -> None:
        _among("orientation", [self.orientation], BASES)
        _among("vendor", [self.vendor], VENDORS)
        _among("frame_order", [self.frame_order], ("philips", "volume", "shuffled"))
        _among("dimension_index", [self.dimension_index], ("full", "values", "none"))
        _among("types", self.types, KINDS)
        _require(bool(self.types), "types is empty", f"use one or more of: {', '.join(KINDS)}")
        if self.sequences is not None:
            _among("sequences", self.sequences, SCANNING_SEQUENCES)
            _require(
                len(self.sequences) == len(self.types), "sequences and types differ in length", "give one per type"
            )
        _require(len(set(self.pairs)) == len(self.pairs), f"types {self.types} repeat", "give each pair once")

    def _check_diffusion(self) -> None:
        _require(bool(self.b_values) or not self.directions, "directions without b_values", "give b-values too")
        _require(not self.trace or self.directions > 0, "trace without directions", "give directions too")
        mixed = len({sequence for _, sequence in self.pairs}) > 1 and self.directions > 0
        _require(not mixed, "directions together with several scanning sequences", "use one of the two")

    def _check_vendor(self) -> None:
        known = VENDORS[self.vendor].dimensions
        asked = {
            "phase": self.phases > 1,
            "label": self.labels > 0,
            "echo": self.echoes > 1,
            "type": tuple(self.types) != ("M",),
        }
        for name, wanted in asked.items():
            _require(name in known or not wanted, f"{self.vendor} files have no dimension {name!r}", "use philips")
        crowded = "b-value" not in known and bool(self.b_values) and self.dynamics > 1
        _require(not crowded, f"{self.vendor} counts b-values as dynamics", "give one of the two")
        _require(not (self.moved_blocks and self.vendor != "philips"), "moved_blocks", "only vendor='philips' has them")


def _require(fulfilled: bool, found: str, remedy: str) -> None:
    if not fulfilled:
        raise ArgumentError(f"{found}; {remedy}")


def _among(name: str, values: Sequence[str], known: Sequence[str] | Mapping[str, object]) -> None:
    for value in values:
        _require(value in known, f"{name} has {value!r}", f"use one of: {', '.join(known)}")
