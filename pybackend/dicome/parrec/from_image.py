"""An image as a `Par`: what its header says, checked to be something that a PAR file can say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.errors import UnsupportedError
from dicome.image import Image
from dicome.parrec.columns import BY_NAME, columns_of
from dicome.parrec.enhanced import numbered
from dicome.parrec.general_facts import general_values
from dicome.parrec.image_facts import image_table
from dicome.parrec.par import SORT_KEYS, Par
from dicome.parrec.reader import read_par
from dicome.parrec.source import Source

WORST_ROUNDING = 0.005
"""Part by which the scaling may be off because a version prints few digits; more is refused."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """par: one row per frame that is written. frames: 0-based number in the image of each row. missing: what was made
    up. warnings: what is less than in the image.
    """

    par: Par
    frames: NDArray[np.int64]
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def describe(image: Image, version: str, *, sort: bool | None = None, contrast: bool = True) -> Described:
    """What a PAR file of that version says of an image. Raises UnsupportedError where it would say something wrong.

    sort: see `Par.sorted`; None sorts images of DICOM and keeps the order of PAR files. contrast: keep the columns of a
    contrast agent.
    """
    _check_pixels(image)
    file = image.series.files[0]
    is_par = file.format != "DICOM"
    par, missing = (numbered(read_par(file.path))[0], ()) if is_par else _from_dicom(image)
    rows = np.unique(image.ordering.grid[image.ordering.grid >= 0])
    par = replace(par, images=par.images[rows])
    par = par if contrast else par.without_contrast()
    warnings = _check_keys(par, version, is_par)
    _check_scaling(par, version)
    sort = not is_par if sort is None else sort
    order = par.order() if sort else np.arange(len(par))
    frames, images = rows[order], par.images[order]
    # Sorted, the REC file has the order of the lines; else both keep the order that they have.
    images["index_in_rec"] = np.arange(len(images)) if sort else np.argsort(np.argsort(images["index_in_rec"]))
    return Described(replace(par, images=images), frames, missing, warnings)


def _from_dicom(image: Image) -> tuple[Par, tuple[str, ...]]:
    source = Source(image)
    images = image_table(source)
    if source.numbers("PrivatePerFrameSq.MRScaleSlope", "MRScaleSlope") is None:
        # Without the scanner's floating-point scale the display value is all there is: FP = DV.
        slope = np.where(images["rescale_slope"] == 0, 1, images["rescale_slope"])
        images["scale_slope"] = 1 / slope
        source.missing[:] = [
            f"{name} (1 / rescale slope, so that FP = DV)" if name == BY_NAME["scale_slope"].text else name
            for name in source.missing
        ]
    _trust_index(source, images)
    _forget_time(source, images)
    general = general_values(source, images)
    names = tuple(column.name for column in columns_of("V4.2"))
    return Par(image.series.paths[0], "V4.2", general, images, names), tuple(source.missing)


def _trust_index(source: Source, images: NDArray[Any]) -> None:
    """Where the scanner's dynamic number does not tell images apart, but the public index does, that counts."""
    index = source.numbers("FrameContentSequence.TemporalPositionIndex", "TemporalPositionIndex")
    if index is None or _unique(images, list(SORT_KEYS)):
        return
    own = images["dynamic_scan_number"].copy()
    images["dynamic_scan_number"] = index
    if not _unique(images, list(SORT_KEYS)):
        images["dynamic_scan_number"] = own


def _forget_time(source: Source, images: NDArray[Any]) -> None:
    """Some vendors number the volumes of a diffusion scan in time; b-value and direction are what Philips has."""
    keys = [name for name in SORT_KEYS if name != "dynamic_scan_number"]
    own = source.numbers("PrivatePerFrameSq.MRImageDiffBValueNumber", "MRImageDiffBValueNumber")
    if own is None and np.ptp(images["b_value_number"]) and _unique(images, keys):
        images["dynamic_scan_number"] = 1
        images["dyn_scan_begin_time"] = 0


def _check_pixels(image: Image) -> None:
    """PAR/REC holds unsigned grey values of 8 or 16 bits of an MR scan."""
    stored, where = image.series.format, image.series.paths[0]
    modality = image.series.files[0].text(0x00080060)
    if modality not in ("MR", ""):
        raise UnsupportedError(f"{where}: {modality}, and PAR/REC files are of MR; export it to another format")
    if stored.samples > 1 or stored.photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise UnsupportedError(f"{where}: colour ({stored.photometric}), and a REC file holds grey values only")
    if stored.dtype.kind not in "iu" or stored.dtype.itemsize > 2 or stored.bits_allocated < 8:
        raise UnsupportedError(f"{where}: pixels are {stored.dtype}; a REC file holds unsigned ones of 8 or 16 bits")


def _check_keys(par: Par, version: str, is_par: bool) -> tuple[str, ...]:
    """Whether the version's columns tell all images apart. Raises UnsupportedError; gives warnings."""
    there = {column.name for column in columns_of(version)}
    keys = [name for name in SORT_KEYS if name in there]
    if _unique(par.images, keys):
        return ()
    lost = [name for name in SORT_KEYS if name not in there]
    if lost and _unique(par.images, list(SORT_KEYS)):
        names = [BY_NAME[name].text.split("  ")[0] for name in lost if np.ptp(par.images[name])]
        if "label_type" in lost and np.ptp(par.images["label_type"]):
            raise UnsupportedError(
                f"{par.path}: control and label images, which {version} cannot tell apart; write V4.2"
            )
        return (f"{version} has no {' and no '.join(names)}: images are told apart by their order only",)
    if is_par:
        return ("some images have the same keys, as in the file that was read",)
    twins = _twins(par, list(SORT_KEYS))
    shown = ", ".join(f"{BY_NAME[name].text.split('  ')[0]} {par.images[name][twins[0]]}" for name in SORT_KEYS)
    raise UnsupportedError(
        f"{par.path}: frames {twins[0] + 1} and {twins[1] + 1} would have the same keys in a PAR file ({shown}), so a "
        "reader could not tell them apart; export to another format, or one position of the dimension at a time"
    )


def _unique(images: NDArray[Any], names: list[str]) -> bool:
    rows = np.column_stack([images[name] for name in names])
    return len(np.unique(rows, axis=0)) == len(rows)


def _twins(par: Par, names: list[str]) -> tuple[int, int]:
    rows = np.column_stack([par.images[name] for name in names])
    code = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
    order = np.argsort(code, kind="stable")
    at = int(np.argmax(code[order][1:] == code[order][:-1]))
    return int(order[at]), int(order[at + 1])


def _check_scaling(par: Par, version: str) -> None:
    """Whether the digits that the version prints are enough for the slopes. Raises UnsupportedError."""
    for name in ("rescale_slope", "scale_slope"):
        column = BY_NAME[name]
        for value in np.unique(par.images[name]).tolist():
            printed = float(column.format_in(version) % value)
            if abs(printed - value) > WORST_ROUNDING * abs(value):
                raise UnsupportedError(
                    f"{par.path}: {column.text} is {value:g}, which {version} would print as {printed:g}; "
                    + ("write V4.2" if version in ("V3", "V4") else "export to another format")
                )
