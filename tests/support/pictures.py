"""Small enhanced files with pixels of all kinds, and pydicom's view of them."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from dicome.dicom.file import open_file
from dicome.dicom.pixels import Pixels, open_pixels
from dicome.enhanced.encode import EXPLICIT, Encoding, data_set, element
from tests.support.files import PIXEL_DATA, Elements, frame_content, head, part10, uid_of


def picture(
    pixels: bytes,
    count: int,
    *,
    encoding: Encoding = EXPLICIT,
    uid: str = "",
    vr: str = "OW",
    tag: int = PIXEL_DATA,
    top: Elements | None = None,
    raw: bool = False,
    **module: Any,
) -> bytes:
    """A file with ``count`` frames of these pixel bytes.

    raw: the pixels are their whole element. module: what `head` takes.
    """
    groups = (0x52009230, "SQ", [[frame_content(k)] for k in range(1, count + 1)])
    before = data_set([*head(count, **module), *(top or []), groups], encoding)
    return part10(before + (pixels if raw else element(tag, vr, pixels, encoding)), uid or uid_of(encoding))


def opened(tmp_path: Path, data: bytes) -> Pixels:
    """The pixels of a file with these bytes."""
    path = tmp_path / "x.dcm"
    path.write_bytes(data)
    return open_pixels(open_file(path))


def by_pydicom(data: bytes, count: int, **options: Any) -> NDArray[Any]:
    """All frames as pydicom decodes them, frames first."""
    data_set = pydicom.dcmread(io.BytesIO(data))
    data_set.pixel_array_options(**options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        array: NDArray[Any] = data_set.pixel_array
    return array if count > 1 else array[None]


def agrees(tmp_path: Path, data: bytes, count: int, **options: Any) -> NDArray[Any]:
    """All frames, which must be what pydicom makes of them, at once and one by one."""
    pixels = opened(tmp_path, data)
    wanted = by_pydicom(data, count, **options)
    found = pixels.block(0, count)
    assert pixels.frame_count == count
    assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype.newbyteorder("="))
    np.testing.assert_array_equal(found, wanted)
    for k in range(count):
        np.testing.assert_array_equal(pixels.block(k, 1)[0], wanted[k])
    return found
