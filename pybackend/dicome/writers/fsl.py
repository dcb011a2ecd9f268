"""Gradients as FSL wants them: b-values in one line, directions in voxel axes in three.

FSL counts along the axes of the stored voxels, and along the first one backwards where the affine has a positive
determinant (neurological storage).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dicome.image import Image

LPS_TO_RAS = np.array([-1.0, -1.0, 1.0])


def gradient_files(image: Image, affine: NDArray[np.float64]) -> dict[str, str]:
    """Text of the .bval and .bvec file by suffix, one column per volume in storage order; empty without diffusion.

    image: slices first (see `volumes`). affine: of the NIfTI file, to RAS. A trace image has a b-value and the vector
    0 0 0, a volume that was not acquired nan.
    """
    b_values, directions = image.bvals, image.bvecs
    if b_values is None or directions is None or not np.nan_to_num(b_values).any():
        return {}
    by_volume = np.moveaxis(directions, -1, 0).reshape(3, -1, order="F").T
    vectors = voxel_vectors(affine, by_volume * LPS_TO_RAS)
    return {
        ".bval": line(b_values.ravel(order="F")),
        ".bvec": "".join(line(component) for component in vectors.T),
    }


def voxel_vectors(affine: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions (n, 3) in patient coordinates (RAS) along the voxel axes of ``affine``, as FSL counts them."""
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    along: NDArray[np.float64] = vectors @ axes
    if np.linalg.det(axes) > 0:
        along[:, 0] = -along[:, 0]
    return along


def line(values: NDArray[np.float64]) -> str:
    """Numbers with six digits and blanks between, as other converters write them."""
    # Noise of rounding goes, and adding 0 makes 0 of -0.
    return " ".join(f"{value:.6g}" for value in (values.round(7) + 0.0).tolist()) + "\n"
