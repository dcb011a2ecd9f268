"""A PAR file in memory: general information and one row per image, the same for every version and for XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.errors import DamagedFileError, UnsupportedError


@dataclass(frozen=True, slots=True, eq=False)
class Par:
    """What a PAR (or XML) file says.

    path: of the file. version: 'V3', 'V4', 'V4.1', 'V4.2' or 'XML'. general: values by the names of
    `dicome.parrec.general`; what the file lacks has its default. images: structured array, one row per image in the
    order of the file, with every column of `dicome.parrec.columns`; those the file lacks have their default, and those
    that no version has come last. columns: names of the columns that are in the file, in its order. dataset: the
    dataset name in the comments. notes: what had to be understood from context.
    """

    path: Path
    version: str
    general: Mapping[str, Any]
    images: NDArray[Any]
    columns: tuple[str, ...]
    dataset: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.images)

    @property
    def has_contrast(self) -> bool:
        """Whether the columns of a contrast agent are there."""
        return "contrast_bolus_agent" in self.columns

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of every image. Raises UnsupportedError where images differ, DamagedFileError."""
        sizes = np.unique(self.images["recon_resolution"], axis=0)
        if len(sizes) > 1:
            shown = ", ".join(f"{x} x {y}" for x, y in sizes[:4].tolist())
            raise UnsupportedError(f"{self.path}: images of different sizes ({shown}), which make no array")
        columns, rows = sizes[0].tolist()
        if not (0 < rows <= 65535 and 0 < columns <= 65535):
            raise DamagedFileError(f"{self.path}: recon resolution (x y) is {columns} x {rows}; expected 1 to 65535")
        return rows, columns

    @property
    def bits(self) -> int:
        """Bits of one stored pixel, 8 or 16. Raises UnsupportedError."""
        found = np.unique(self.images["pixel_bits"]).tolist()
        if len(found) > 1 or found[0] not in (8, 16):
            shown = ", ".join(map(str, found))
            raise UnsupportedError(f"{self.path}: image pixel size is {shown} bits; dicome reads 8 or 16, one for all")
        return int(found[0])

    def order(self) -> NDArray[np.int64]:
        """Rows (0-based) in the order of sorted exports, see `SORT_KEYS`; equal ones stay as they are."""
        return np.lexsort([self.images[name] for name in SORT_KEYS]).astype(np.int64)

    def sorted(self) -> Par:
        """The same with the images in that order. ``index_in_rec`` still says where each lies in the REC file."""
        return self.picked(self.order())

    def picked(self, rows: NDArray[np.integer]) -> Par:
        """The same with these images only, in this order (0-based rows)."""
        return replace(self, images=self.images[rows])

    def without_contrast(self) -> Par:
        """The same without the columns behind the label type that many readers do not expect."""
        return replace(self, columns=tuple(name for name in self.columns if not name.startswith("contrast_bolus")))


SORT_KEYS = (
    "slice_number", "echo_number", "cardiac_phase_number", "b_value_number", "gradient_number", "label_type",
    "dynamic_scan_number", "scanning_sequence", "image_type_mr",
)  # fmt: skip
"""Columns that tell images apart and order them, the fastest first, as scanners sort: slices within volumes, b-values
within directions (the image without weighting has the last direction), types slowest.
"""
