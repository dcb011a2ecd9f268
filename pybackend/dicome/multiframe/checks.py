"""Whether classic files, PAR and REC are of one fMRI scan that `dcms2e` can convert; refuses with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.errors import DamagedFileError, SeriesError, UnsupportedError
from dicome.multiframe.classic_file import slice_centre
from dicome.multiframe.classic_values import ClassicValues, is_philips
from dicome.parrec import Par, Rec
from dicome.series import Series

SLICE_NUMBER, DYNAMIC, DYNAMICS, SLICES = 0x2001100A, 0x00200100, 0x20011081, 0x20011018

NEAR = 0.05
"""mm that a slice's centre may be off: PAR files have two decimals."""


@dataclass(frozen=True, slots=True)
class Volume:
    """The classic files of one dynamic. order: file numbers, stack by stack and slice by slice; stack, place: Stack ID
    and In-Stack Position Number in that order; numbers: slice numbers (2001,100A) in that order, counted on from stack
    to stack.
    """

    folder: Path
    files: Sequence[ClassicValues]
    order: NDArray[np.int64]
    stack: NDArray[np.int64]
    place: NDArray[np.int64]
    numbers: NDArray[np.int64]

    @property
    def first(self) -> ClassicValues:
        """The file of the first slice."""
        return self.files[int(self.order[0])]


WORDS = {
    "EchoTime": "echo times",
    "EffectiveEchoTime": "echo times",
    "MRImageTypeMR": "image types",
    "MRImageScanningSequencePrivate": "scanning sequences",
    "TemporalPositionIndex": "dynamics",
    "TriggerTime": "cardiac phases",
    "NominalCardiacTriggerDelayTime": "cardiac phases",
    "MRImagePhaseNumber": "cardiac phases",
    "DiffusionBValue": "b-values",
    "MRImageDiffBValueNumber": "b-values",
    "DiffusionGradientOrientation": "diffusion directions",
    "MRImageGradientOrientationNumber": "diffusion directions",
    "MRImageLabelType": "label types (spin labelling)",
}
"""What the files of one volume may not differ in, in words, by the dimension that it would be."""


ONE_OF_EACH = {
    0x00180081: "echo times",
    0x20051011: "image types",
    0x2005106E: "scanning sequences",
    DYNAMIC: "dynamics",
    0x20011008: "cardiac phases",
    0x20051412: "b-values",
    0x20051413: "diffusion directions",
    0x20051429: "label types (spin labelling)",
}
"""Attributes of which all files have the same value, in words."""


def check_volume(folder: Path, opened: Series, files: Sequence[ClassicValues]) -> Volume:
    """The files as the slices of one volume. Raises SeriesError, UnsupportedError with what they are instead."""
    if not is_philips(files[0]):
        raise UnsupportedError(
            f"{folder}: without the private attributes of Philips MR (2005,xx11), from which the enhanced file is "
            "made; use the files as the scanner sent them"
        )
    several = [what for tag, what in ONE_OF_EACH.items() if len({one.text_or_number(tag) for one in files}) > 1]
    others = {dimension.keyword for dimension in opened.dimensions} - {"StackID", "InStackPositionNumber"}
    several += [WORDS.get(keyword, keyword) for keyword in sorted(others)]
    if several:
        hint = "; keep the files of the first dynamic" if "dynamics" in several else ""
        raise SeriesError(
            f"{folder}: {len(files)} files of several {', '.join(dict.fromkeys(several))}; dcms2e converts scans of "
            f"one echo, one type and several dynamics, and takes the classic files of the first, one per slice{hint}"
        )
    table = opened.table
    stack, place = (_whole(table.column(name).values) for name in ("StackID", "InStackPositionNumber"))
    order = np.lexsort((place, stack)).astype(np.int64)
    numbers = _counted_on(
        np.array([int(one.number(SLICE_NUMBER) or 0) for one in files], np.int64)[order], stack[order]
    )
    _check_count(folder, files, numbers)
    return Volume(folder, files, order, stack[order], place[order], numbers)


def _counted_on(numbers: NDArray[np.int64], stack: NDArray[np.int64]) -> NDArray[np.int64]:
    """Slice numbers as PAR files have them, from stack to stack; some releases begin at 1 in each stack of DICOM."""
    within = np.unique(np.column_stack([stack, numbers]), axis=0)
    if len(np.unique(numbers)) == len(numbers) or len(within) < len(numbers):
        return numbers
    # Sorted by stack: the place among them all is the number of those before, and of those in the same one up to it.
    return np.lexsort((numbers, stack)).argsort().astype(np.int64) + 1


def _whole(values: NDArray[Any]) -> NDArray[np.int64]:
    return np.array([int(value) for value in values.tolist()], np.int64)


def _check_count(folder: Path, files: Sequence[ClassicValues], numbers: NDArray[np.int64]) -> None:
    wanted = int(files[0].number(SLICES) or len(files))
    if len(files) != wanted:
        missing = sorted(set(range(1, wanted + 1)) - set(numbers.tolist()))
        more = f"; missing: {_listed(missing)}" if missing and len(files) < wanted else ""
        raise SeriesError(
            f"{folder}: {len(files)} files, but the scan has {wanted} slices (2001,1018); the folder must hold one "
            f"file per slice of the first dynamic{more}"
        )
    if len(np.unique(numbers)) != len(numbers):
        raise SeriesError(f"{folder}: files of the same slice number (2001,100A): {_listed(sorted(numbers.tolist()))}")


def _listed(numbers: Iterable[int], most: int = 12) -> str:
    shown = [str(number) for number in numbers]
    return ", ".join(shown[:most]) + (", ..." if len(shown) > most else "")


@dataclass(frozen=True, slots=True)
class _Fact:
    """What both sides have to say alike: in words, and as the DICOM and the PAR file have it."""

    name: str
    dicom: Any
    par: Any


def check_together(volume: Volume, par: Par, rec: Rec) -> None:
    """Whether the PAR file is of the same scan as the classic files, and the REC file long enough for it.

    Raises SeriesError with the facts that disagree, DamagedFileError.
    """
    first, general = volume.first, par.general
    rows, columns = par.shape
    facts = [
        _Fact("matrix (columns x rows)", _matrix(first), f"{columns} x {rows}"),
        _Fact("bits per pixel", int(first.number(0x00280100) or 16), par.bits),
        _Fact("protocol name", first.text(0x00181030), general["protocol_name"]),
        _Fact("acquisition number", _int(first, 0x2001107B), general["acquisition_nr"]),
        _Fact("reconstruction number", _int(first, 0x2001101D), general["reconstruction_nr"]),
        _Fact("number of slices", len(volume.files), int(general["max_slices"])),
        _Fact("number of dynamics", _int(first, DYNAMICS), int(general["max_dynamics"])),
    ]
    wrong = [one for one in facts if one.dicom not in (None, "") and one.par not in (None, "") and one.dicom != one.par]
    if wrong:
        told = "; ".join(f"{one.name} {one.dicom} in the DICOM files, {one.par} in the PAR file" for one in wrong)
        raise SeriesError(f"{volume.folder.name} and {par.path.name} are not of the same scan: {told}")
    needed = int(par.images["index_in_rec"].max()) + 1
    if rec.whole < needed:
        raise DamagedFileError(
            f"{rec.path}: holds {rec.whole:,} whole images, but {par.path.name} tells of {needed:,}; the file is cut "
            "short (an interrupted copy?): fetch it again"
        )


def _matrix(first: ClassicValues) -> str:
    return f"{int(first.number(0x00280011) or 0)} x {int(first.number(0x00280010) or 0)}"


def _int(first: ClassicValues, tag: int) -> int | None:
    found = first.number(tag)
    return None if found is None else int(found)


ONE_EACH = {
    "echo_number": "echoes",
    "cardiac_phase_number": "cardiac phases",
    "image_type_mr": "image types",
    "scanning_sequence": "scanning sequences",
    "b_value_number": "b-values",
    "gradient_number": "diffusion directions",
    "label_type": "label types (spin labelling)",
}
"""Columns of the PAR table that may hold one value only."""


def image_lines(volume: Volume, par: Par) -> tuple[NDArray[np.int64], int]:
    """Lines of the PAR table (0-based) as (slices, dynamics), slices in the order of the volume, and the dynamics.

    Raises SeriesError where lines are missing or doubled, or where there are several echoes or types.
    """
    for name, what in ONE_EACH.items():
        values = np.unique(par.images[name])
        if len(values) > 1:
            raise SeriesError(
                f"{par.path}: {len(values)} {what} ({_listed(values.tolist())}); dcms2e converts scans of one echo, "
                "one type and several dynamics; dicome merge converts the classic files of all images of any scan"
            )
    slices, dynamics = par.images["slice_number"], np.unique(par.images["dynamic_scan_number"])
    _check_slices(volume, par, slices)
    if len(dynamics) < 2:
        raise SeriesError(
            f"{par.path}: images of one dynamic only; dcms2e converts scans of several dynamics. Use dicome merge for "
            "a single volume"
        )
    if int(dynamics[0]) != (_int(volume.first, DYNAMIC) or 1):
        raise SeriesError(
            f"{volume.folder}: files of dynamic {_int(volume.first, DYNAMIC)}, but the first in {par.path.name} is "
            f"{int(dynamics[0])}; the folder must hold the first dynamic"
        )
    return _grid(volume, par, slices, dynamics), len(dynamics)


def _check_slices(volume: Volume, par: Par, slices: NDArray[np.int64]) -> None:
    ours, theirs = set(volume.numbers.tolist()), set(slices.tolist())
    if ours != theirs:
        raise SeriesError(
            f"{par.path}: slices {_listed(sorted(theirs))}; the DICOM files are of slices {_listed(sorted(ours))}"
        )


def _grid(volume: Volume, par: Par, slices: NDArray[np.int64], dynamics: NDArray[np.int64]) -> NDArray[np.int64]:
    lines = np.full((len(volume.numbers), len(dynamics)), -1, np.int64)
    row_of = np.empty(int(volume.numbers.max()) + 1, np.int64)
    row_of[volume.numbers] = np.arange(len(volume.numbers))
    rows, columns = row_of[slices], np.searchsorted(dynamics, par.images["dynamic_scan_number"])
    counts = np.zeros(lines.shape, np.int64)
    np.add.at(counts, (rows, columns), 1)
    lines[rows, columns] = np.arange(len(par))
    for wrong, word in ((counts == 0, "no image line"), (counts > 1, "several image lines")):
        if wrong.any():
            row, column = (int(one) for one in np.argwhere(wrong)[0])
            raise SeriesError(
                f"{par.path}: {word} of slice {volume.numbers[row]}, dynamic {dynamics[column]} (and "
                f"{int(wrong.sum()) - 1:,} more such); expected one of each slice in each of {len(dynamics)} dynamics"
            )
    return lines


def check_pixels(opened: Series, volume: Volume, par: Par, rec: Rec, lines: NDArray[np.int64]) -> None:
    """Whether slices lie where the PAR file says, and the pixels of the first dynamic are those of the REC file.

    Raises SeriesError: the strongest sign that the files are of different scans.
    """
    for row, number in enumerate(volume.order.tolist()):
        line = par.images[int(lines[row, 0])]
        one = volume.files[number]
        centre = slice_centre(one)
        if centre is not None and par.version not in ("V3", "V4"):
            ap, fh, rl = line["image_offcentre"].tolist()
            away = float(np.abs(np.array([rl, ap, fh]) - centre).max())
            if away > NEAR:
                raise SeriesError(
                    f"{one.name} and {par.path.name} are not of the same scan: slice {volume.numbers[row]} lies "
                    f"{away:.2f} mm apart in them"
                )
        ours = opened.pixels[0].block(number, 1)[0]
        theirs = rec.images(np.array([line["index_in_rec"]]))[0]
        if ours.shape != theirs.shape or (ours != theirs).any():
            raise SeriesError(
                f"{one.name} and {rec.path.name} are not of the same scan: the pixels of slice {volume.numbers[row]}, "
                f"dynamic {line['dynamic_scan_number']} are not the same"
            )
