"""The work, as each Python library does it. Every function imports first, then works within ``with clock:``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks.measure import CannotError

if TYPE_CHECKING:
    from tests.benchmarks.measure import Clock, Scan

BLOCK = 64
"""Frames scaled at a time: a block stays within the cache of a core."""


def open_dicome(scan: Scan, clock: Clock) -> None:
    from dicome import open as open_image

    with clock:
        axes = open_image(scan.path).axes
    if not axes:
        raise CannotError("found no axes")


def open_pydicom(scan: Scan, clock: Clock) -> None:
    import pydicom

    with clock:
        pydicom.dcmread(scan.path)


def open_pydicom_index(scan: Scan, clock: Clock) -> None:
    import pydicom

    with clock:
        items = pydicom.dcmread(scan.path).PerFrameFunctionalGroupsSequence
        index = np.array([item.FrameContentSequence[0].DimensionIndexValues for item in items])
    if len(index) != scan.frames:
        raise CannotError(f"found {len(index)} frames")


def open_nibabel(scan: Scan, clock: Clock) -> None:
    from nibabel.nicom.dicomwrappers import wrapper_from_file

    with clock:
        shape = wrapper_from_file(scan.path).image_shape
    clock.note(" x ".join(map(str, shape)))


def open_highdicom(scan: Scan, clock: Clock) -> None:
    import highdicom

    with clock:
        highdicom.imread(scan.path)


def read_limit(scan: Scan, clock: Clock) -> None:
    """Map the pixels, scale them frame by frame with two threads; where they lie and the scale are given."""
    shape = (scan.frames, scan.rows, scan.columns)
    offset = scan.path.stat().st_size - 2 * scan.frames * scan.rows * scan.columns
    slope, intercept = (np.full((scan.frames, 1, 1), value, "f4") for value in (1.5, 0.5))

    def scale(first: int) -> None:
        part = slice(first, first + BLOCK)
        np.multiply(stored[part], slope[part], out=scaled[part])
        scaled[part] += intercept[part]

    with clock, ThreadPoolExecutor(2) as pool:
        stored = np.memmap(scan.path, "<u2", "r", offset, shape)
        scaled = np.empty(shape, "f4")
        list(pool.map(scale, range(0, scan.frames, BLOCK)))


def read_dicome(scan: Scan, clock: Clock) -> None:
    from dicome import open as open_image

    with clock:
        array = open_image(scan.path).array()
    if array.nbytes != scan.result_bytes:
        clock.note(f"{array.dtype} {array.shape}")


def read_pydicom(scan: Scan, clock: Clock) -> None:
    import pydicom

    with clock:
        dataset = pydicom.dcmread(scan.path)
        items = dataset.PerFrameFunctionalGroupsSequence
        scales = [item.PixelValueTransformationSequence[0] for item in items]
        slope, intercept = (
            np.array([float(scale[name].value) for scale in scales], "f4")[:, None, None]
            for name in ("RescaleSlope", "RescaleIntercept")
        )
        _ = dataset.pixel_array * slope + intercept
    clock.note("in the order of the file")


def read_nibabel(scan: Scan, clock: Clock) -> None:
    from nibabel.nicom.dicomwrappers import wrapper_from_file

    with clock:
        array = wrapper_from_file(scan.path).get_data()
    clock.note(f"{array.dtype} {' x '.join(map(str, array.shape))}")


def read_highdicom(scan: Scan, clock: Clock) -> None:
    import highdicom

    with clock:
        highdicom.imread(scan.path).get_volume(dtype=np.float32)


def read_highdicom_frames(scan: Scan, clock: Clock) -> None:
    import highdicom

    with clock:
        highdicom.imread(scan.path).get_frames(dtype=np.float32)
    clock.note("in the order of the file")


def read_gdcm(scan: Scan, clock: Clock) -> None:
    import gdcm

    with clock:
        reader = gdcm.ImageReader()
        reader.SetFileName(str(scan.path))
        if not reader.Read():
            raise CannotError("could not read the file")
        image = reader.GetImage()
        stored = np.frombuffer(image.GetBuffer().encode("utf-8", "surrogateescape"), "<u2")
        _ = stored * np.float32(image.GetSlope()) + np.float32(image.GetIntercept())
    clock.note("in the order of the file")
