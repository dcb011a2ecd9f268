"""MATLAB files up to version 7: variables ``imag`` and ``info``, as dicomeread gives them, and ``frames``.

The frames' header goes as columns, one field per attribute with a row per frame: thousands of nested ``Item_n`` structs
would take minutes to write and load. Text is ASCII-escaped where it must be: scipy cuts the bytes of longer letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dicome.beside import written_beside
from dicome.columnar import PersonName
from dicome.errors import UnsupportedError
from dicome.reading import arranged

if TYPE_CHECKING:
    from dicome.image import Image
    from dicome.writers import Options

MOST_BYTES = (1 << 31) - 1
"""Size of one variable in this format."""
_NAME_LENGTH = 63
"""Longest name that MATLAB takes."""


def write(image: Image, path: Path, options: Options) -> list[Path]:
    """Writes the variables imag, info and frames."""
    from scipy.io import savemat

    found = arranged(
        image,
        order=options.order,
        combine=options.combine,
        scale=options.scale,
        fortran=True,
        progress=options.progress,
    )
    assert found.array is not None
    if found.array.nbytes > MOST_BYTES:
        raise UnsupportedError(
            f"the image has {found.array.nbytes:,} bytes, and a variable in this MATLAB format holds {MOST_BYTES:,} at "
            "most"
        )
    header = {name: value for name, value in image.header.items() if name != "PerFrameFunctionalGroupsSequence"}
    info = {name: matlab_value(value) for name, value in header.items()}
    info["MatlabNames"] = cells(found.names)
    info["MatlabIndexes"] = cells(found.labels)
    info["MatlabItems"] = found.items.astype(np.float64)
    info["MatlabEvidence"] = cells(image.evidence)
    frames = {field_name(name): matlab_value(image.frames[name]) for name in image.frames.columns}
    variables = {"imag": found.array, "info": info, "frames": frames}
    with written_beside(path, force=options.force, size=found.array.nbytes) as temporary:
        savemat(str(temporary), variables, appendmat=False, long_field_names=True, oned_as="column")
    return [path]


def field_name(path: str) -> str:
    """An attribute path as a MATLAB field name; the last keyword is what counts where the whole is too long."""
    name = re.sub(r"\W", "_", path)
    return name if len(name) <= _NAME_LENGTH else name[-_NAME_LENGTH:].lstrip("_0123456789")


def cells(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    """A row of cells; a sequence in it becomes a row of cells of its own."""
    result = np.empty((1, len(values)), object)
    for k, value in enumerate(values):
        result[0, k] = cells(value) if isinstance(value, tuple) else matlab_value(value)
    return result


def matlab_value(value: Any) -> Any:
    """A header value as scipy writes it right: empty ones as [], names and sequences as structs, text as a row."""
    if value is None:
        return np.empty((0, 0))
    if isinstance(value, PersonName):
        return dict(value.parts())
    if isinstance(value, np.ndarray) and value.dtype == object:
        result = np.empty((len(value), 1), object)
        result[:, 0] = [matlab_value(one) for one in value]
        return result
    if hasattr(value, "items"):
        return {name: matlab_value(one) for name, one in value.items()}
    if isinstance(value, str):
        return value.encode("ascii", "backslashreplace").decode("ascii")
    return value
