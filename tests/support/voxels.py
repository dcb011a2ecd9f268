"""Voxels of a NIfTI file where the phantom says they lie."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.phantom import Phantom

RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""From LPS, as DICOM counts, to RAS, as NIfTI does."""


def slices_third(phantom: Phantom, values: NDArray[Any], axis: str = "In-Stack Position Number") -> NDArray[Any]:
    """Rows, columns, slices, then the other axes in their order; one slice where there is no such axis."""
    if axis not in phantom.names:
        return values[:, :, None]
    return np.moveaxis(values, 2 + phantom.names.index(axis), 2)


def at_voxels(
    values: NDArray[Any], truth: NDArray[np.float64], affine: NDArray[np.float64], shape: tuple[int, ...]
) -> NDArray[Any]:
    """``values`` (rows, columns, slices, ...; affine ``truth`` to LPS) as a file of that shape and affine (RAS) has
    them; fails where voxels of the two do not coincide, or where the file misses some.
    """
    voxels = np.indices(shape[:3]).reshape(3, -1)
    places = np.linalg.inv(RAS @ truth) @ affine @ np.vstack([voxels, np.ones(voxels.shape[1])])
    rows, columns, slices = np.rint(places[:3]).astype(int)
    assert np.abs(places[:3] - np.rint(places[:3])).max() < 1e-4
    assert sorted(zip(rows.tolist(), columns.tolist(), slices.tolist(), strict=True)) == list(
        np.ndindex(values.shape[:3])
    )
    return np.asarray(values[rows, columns, slices].reshape(*shape[:3], *values.shape[3:]))
