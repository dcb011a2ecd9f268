"""The values of an fMRI scan that change with the dynamic, from its PAR table and its pixels, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.multiframe.classic_values import ClassicValues
from dicome.multiframe.rules import Scan
from dicome.parrec import Par

WIDTH_OF_LARGEST = 0.87
"""Window width as a part of the largest display value of a frame, and ..."""
CENTRE_OF_WIDTH = 0.5753
"""... window centre as a part of the width, as the scanner has them on average."""

FRAME = "PrivatePerFrameSq"


@dataclass(frozen=True, slots=True)
class Images:
    """The images of a scan in the order of the enhanced file, slice by slice and dynamic after dynamic in each.

    lines: rows of the PAR table. slice_of: the classic file of each image; dynamic: its number, from 0. smallest,
    largest: stored values.
    """

    par: Par
    lines: NDArray[np.int64]
    slice_of: NDArray[np.int64]
    dynamic: NDArray[np.int64]
    smallest: NDArray[np.int64]
    largest: NDArray[np.int64]

    def column(self, name: str) -> NDArray[Any]:
        """A column of the PAR table, in this order."""
        return np.asarray(self.par.images[name][self.lines])

    @property
    def is_first(self) -> NDArray[np.bool_]:
        """The images that the classic files are of."""
        return np.asarray(self.dynamic == 0, bool)


def dynamic_columns(images: Images, files: Sequence[ClassicValues], scan: Scan) -> dict[str, list[Any]]:
    """Columns of the enhanced file by ``Group.Keyword``; None: as in the classic file of the slice."""
    number = images.column("dynamic_scan_number")
    columns: dict[str, list[Any]] = {
        "FrameContentSequence.TemporalPositionIndex": (images.dynamic + 1).tolist(),
        f"{FRAME}.TemporalPositionIdentifier": number.tolist(),
        f"{FRAME}.InstanceNumber": _instance_numbers(images, files).tolist(),
        f"{FRAME}.MRImageDynamicScanBeginTime": _begin_times(images, files).tolist(),
    }
    columns |= _status(images)
    columns |= _times(images, files, scan)
    scale, rescaled = _scaling(images, files)
    columns |= rescaled
    columns |= _windows(images, files, scan, scale)
    columns |= _extremes(images, files, scale)
    return columns


def _of_files(images: Images, files: Sequence[ClassicValues], tag: int, missing: float) -> NDArray[np.float64]:
    """A number of the classic file of every image."""
    found = [one.number(tag) for one in files]
    return np.array([missing if value is None else value for value in found], np.float64)[images.slice_of]


def _instance_numbers(images: Images, files: Sequence[ClassicValues]) -> NDArray[np.int64]:
    """Instance numbers go on as those of the first dynamic begin: dynamic by dynamic, or slice by slice."""
    dynamics = int(images.dynamic.max()) + 1
    first = _of_files(images, files, 0x00200013, 0).astype(np.int64)
    of_slices = np.sort(np.unique(first))
    if len(of_slices) == len(files) and (np.diff(of_slices) == 1).all() and len(files) > 1:
        return first + len(files) * images.dynamic
    if len(of_slices) == len(files) and (np.diff(of_slices) == dynamics).all():
        return first + images.dynamic
    return np.arange(1, len(first) + 1)


def _begin_times(images: Images, files: Sequence[ClassicValues]) -> NDArray[np.float64]:
    own = _of_files(images, files, 0x200510A0, 0.0)
    return np.where(images.is_first, own, images.column("dyn_scan_begin_time"))


def _status(images: Images) -> dict[str, list[Any]]:
    return {f"{FRAME}.MRfMRIStatusIndication": images.column("fmri_status_indication").tolist()}


def _times(images: Images, files: Sequence[ClassicValues], scan: Scan) -> dict[str, list[Any]]:
    """Date and time of every frame: those of the slice in the first dynamic, later by the difference of begin times."""
    begin = images.column("dyn_scan_begin_time")
    dynamics = int(images.dynamic.max()) + 1
    later = (begin.reshape(-1, dynamics) - begin.reshape(-1, dynamics)[:, :1]).reshape(-1)
    content = _moved(images, files, (0x00080023, 0x00080033), later)
    acquired = _moved(images, files, (0x00080022, 0x00080032), later)
    columns: dict[str, list[Any]] = {
        f"{FRAME}.ContentDate": [None if one is None else one[0] for one in content],
        f"{FRAME}.ContentTime": [None if one is None else one[1] for one in content],
    }
    if scan.release >= (5, 0):
        columns["FrameContentSequence.FrameAcquisitionDateTime"] = [
            None if one is None else "".join(one) for one in acquired
        ]
    return columns


def _moved(
    images: Images, files: Sequence[ClassicValues], tags: tuple[int, int], later: NDArray[np.float64]
) -> list[tuple[str, str] | None]:
    """Date and time of the slice's file plus so many seconds, written with as many decimals as there."""
    starts = [_start(one.text(tags[0]), one.text(tags[1])) for one in files]
    known: dict[tuple[int, float], tuple[str, str] | None] = {}
    result = []
    for place, seconds in zip(images.slice_of.tolist(), later.tolist(), strict=True):
        if (place, seconds) not in known:
            start = starts[place]
            known[place, seconds] = None if start is None else _written(start[0], start[1], seconds)
        result.append(known[place, seconds])
    return result


def _start(date: str, time: str) -> tuple[datetime, int] | None:
    whole, _, part = time.partition(".")
    try:
        moment = datetime.strptime(f"{date}{whole:0<6.6}", "%Y%m%d%H%M%S")
    except ValueError:
        return None
    return moment + timedelta(seconds=float(f"0.{part}") if part.isdigit() else 0.0), len(part)


def _written(moment: datetime, digits: int, seconds: float) -> tuple[str, str]:
    later = moment + timedelta(seconds=seconds)
    hundredths = round(later.microsecond / 10 ** (6 - digits)) if 0 < digits <= 6 else 0
    if hundredths == 10**digits:
        later, hundredths = later + timedelta(seconds=1), 0
    part = f".{hundredths:0{digits}d}" if 0 < digits <= 6 else ""
    return f"{later:%Y%m%d}", f"{later:%H%M%S}{part}"


@dataclass(frozen=True, slots=True)
class Scale:
    """Rescale slope and intercept, and scale slope, of every image."""

    slope: NDArray[np.float64]
    intercept: NDArray[np.float64]
    scale_slope: NDArray[np.float64]

    def floating(self, stored: NDArray[np.int64]) -> NDArray[np.float64]:
        """Stored values as floating-point ones: FP = DV / (RS * SS)."""
        return np.asarray((stored * self.slope + self.intercept) / (self.slope * self.scale_slope))

    def display(self, stored: NDArray[np.int64]) -> NDArray[np.float64]:
        """Stored values as display values: DV = PV * RS + RI."""
        return np.asarray(stored * self.slope + self.intercept)


def _scaling(images: Images, files: Sequence[ClassicValues]) -> tuple[Scale, dict[str, list[Any]]]:
    """Scaling of every image: that of the classic file, which has all decimals, unless the PAR line has another."""
    dynamics = int(images.dynamic.max()) + 1
    names = ("rescale_slope", "rescale_intercept", "scale_slope")
    listed = [images.column(name) for name in names]
    same = np.ones(len(images.dynamic), bool)
    for values in listed:
        same &= (values.reshape(-1, dynamics) == values.reshape(-1, dynamics)[:, :1]).reshape(-1)
    tags = (0x00281053, 0x00281052, 0x2005100E)
    own = [_of_files(images, files, tag, float("nan")) for tag in tags]
    slope, intercept, scale_slope = (
        np.where(same & np.isfinite(exact), exact, values) for exact, values in zip(own, listed, strict=True)
    )
    scale = Scale(slope, intercept, scale_slope)
    if same.all():
        return scale, {}

    def column(values: NDArray[np.float64]) -> list[Any]:
        return [None if as_there else value for as_there, value in zip(same.tolist(), values.tolist(), strict=True)]

    private = {
        f"{FRAME}.MRScaleSlope": column(scale_slope),
        f"{FRAME}.MRScaleIntercept": column(-intercept / slope),
    }
    public = {
        f"{group}.{keyword}": column(values)
        for group in ("PixelValueTransformationSequence", FRAME)
        for keyword, values in (("RescaleSlope", slope), ("RescaleIntercept", intercept))
    }
    return scale, {**private, **public}


def _windows(images: Images, files: Sequence[ClassicValues], scan: Scan, scale: Scale) -> dict[str, list[Any]]:
    """Window of every frame: of the PAR file where it has one, else estimated from the largest display value."""
    width, centre = images.column("window_width"), images.column("window_center")
    # A phase image is shown from end to end, around 0.
    signed = scale.intercept < 0
    largest = scale.display(images.largest)
    guessed = np.where(signed, 2 * np.abs(scale.intercept), np.rint(WIDTH_OF_LARGEST * largest))
    guessed = np.maximum(guessed, 1)
    missing = width <= 0
    wide = np.where(missing, guessed, width).astype(np.int64)
    middle = np.where(missing, np.where(signed, 0, np.rint(CENTRE_OF_WIDTH * guessed)), centre).astype(np.int64)
    found = {"WindowWidth": wide, "WindowCenter": middle}
    groups = ("FrameVOILUTSequence", FRAME) if scan.release >= (5, 6) else ("FrameVOILUTSequence",)
    tags = {"WindowWidth": 0x00281051, "WindowCenter": 0x00281050}
    return {
        f"{group}.{name}": _but_first(images, files, tags[name], values.tolist())
        for group in groups
        for name, values in found.items()
    }


def _extremes(images: Images, files: Sequence[ClassicValues], scale: Scale) -> dict[str, list[Any]]:
    """MR Max FP and MR Min FP: of the classic files in the first dynamic, else of the integers."""
    largest, smallest = scale.floating(images.largest).tolist(), scale.floating(images.smallest).tolist()
    return {
        f"{FRAME}.MRMaxFP": _but_first(images, files, 0x2005100B, largest),
        f"{FRAME}.MRMinFP": _but_first(images, files, 0x2005100C, smallest),
    }


def _but_first(images: Images, files: Sequence[ClassicValues], tag: int, values: list[Any]) -> list[Any]:
    """The values, with None in the first dynamic if the classic files have them."""
    if not all(one.defined(tag) for one in files):
        return values
    return [None if first else value for first, value in zip(images.is_first.tolist(), values, strict=True)]
