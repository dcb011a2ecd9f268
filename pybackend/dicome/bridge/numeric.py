"""The file of numbers of a reply: a level 5 .mat file, or raw values where one array is too large for that.

Of the ways to hand an array over, an uncompressed level 5 file is what Octave reads fastest (ahead of raw files and of
HDF5), and MATLAB's `load` reads it too. How such a file is laid out knows `dicome.writers.mat5`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dicome.writers import mat5

VARIABLE_LIMIT = mat5.VARIABLE_LIMIT
"""Bytes of one array that fit into a level 5 variable."""

_MATLAB_NAMES = {"float64": "double", "float32": "single", "bool": "uint8"}


def matlab_class(dtype: np.dtype[np.generic]) -> str:
    """Name of the MATLAB class that holds a dtype; TypeError where there is none (text, complex, objects)."""
    name = str(dtype.name)
    if name not in mat5.NUMBER_CODES:
        raise TypeError(f"no MATLAB number class holds dtype {name}; one of {', '.join(mat5.NUMBER_CODES)} is needed")
    return _MATLAB_NAMES.get(name, name)


def write_mat(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write named real arrays, each at most `VARIABLE_LIMIT` bytes; a vector becomes a column, bool becomes logical."""
    for name, array in arrays.items():
        matlab_class(array.dtype)  # says no to what has none
        if array.nbytes > VARIABLE_LIMIT:
            raise ValueError(f"{name} has {array.nbytes} bytes; a variable of a level 5 file holds {VARIABLE_LIMIT}")
    mat5.write_arrays(path, arrays)


def write_raw(path: Path, array: NDArray[np.generic]) -> None:
    """Write the values alone, little endian, in column-major order."""
    with path.open("wb") as file:
        for block in mat5.column_major(mat5.little(array)):
            file.write(block.reshape(-1).view(np.uint8).data)
