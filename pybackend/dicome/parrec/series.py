"""PAR/REC to the same `Series` that an enhanced DICOM file makes: through the header the scanner would have sent."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import DicomFile, made_file
from dicome.dicom.pixels import PixelFormat, Pixels
from dicome.enhanced.encode import Encoding
from dicome.enhanced.writer import make_plan, make_source, write_header
from dicome.errors import ArgumentError, DamagedFileError, FileMissingError
from dicome.formats import Head, par_of_rec
from dicome.parrec.enhanced import enhanced_of, par_layout
from dicome.parrec.head import series_values
from dicome.parrec.par import Par
from dicome.parrec.reader import read_par
from dicome.parrec.rec import Rec, open_rec, release
from dicome.series import Series, series_of


def open_parrec(path: str | os.PathLike[str]) -> Series:
    """Opens a PAR file (or an XML one, or the REC file of either) with its REC file; pixels are read when asked for.

    Raises FileMissingError, FileAccessError, NotDicomError, DamagedFileError, UnsupportedError.
    """
    par = read_par(par_of(Path(path)))
    rec = open_rec(par, _asked(Path(path)))
    header, notes = _header(par)
    series = series_of([header], (_pixels(par, rec),))
    keys = ", ".join(dimension.name for dimension in series.dimensions)
    note = f"{header.format}: dimensions made from the image keys ({keys})"
    warnings = [*series.warnings, *_complaints(par, rec)]
    return replace(series, notes=(note, *notes, *series.notes), warnings=tuple(warnings))


def par_of(path: Path) -> Path:
    """The file that describes a REC file; any other path as it is. Raises FileMissingError."""
    if _asked(path) is None:
        return path
    found = par_of_rec(path)
    if found is None:
        wanted = path.with_suffix(".PAR" if path.suffix.isupper() else ".par")
        raise FileMissingError(f"{wanted}: no such file; a REC file is read by the PAR file beside it")
    return found


def _asked(path: Path) -> Path | None:
    """The REC file, where it is one that is asked for and not the file that describes it."""
    return path if path.suffix.lower() == ".rec" else None


def par_head(path: Path, fields: Sequence[str]) -> Head:
    """What a listing says of a PAR file; fields: keywords wanted as text. Raises the errors of `open_parrec`."""
    par = read_par(par_of(path))
    rec = open_rec(par, _asked(path))
    values = series_values(par)
    rows, columns = par.shape
    return Head(
        par.path,
        par.path.stat().st_size + rec.path.stat().st_size,
        par.path.stat().st_mtime,
        "PAR/REC",
        frames=len(par),
        rows=rows,
        columns=columns,
        number=values["SeriesNumber"],
        description=par.general["protocol_name"],
        values={name: str(values[name]) for name in fields if isinstance(values.get(name), (str, int, float))},
    )


def _header(par: Par) -> tuple[DicomFile, tuple[str, ...]]:
    """The PAR file as a DICOM header in memory, and notes."""
    found = enhanced_of(par)
    layout = par_layout()
    texts = "".join(value for value in par.general.values() if isinstance(value, str))
    if not texts.isascii():
        found.series["SpecificCharacterSet"] = "ISO_IR 192"
    encoding = Encoding(charset="utf_8")
    status = par.path.stat()
    varying, same = _split(found.frames)
    try:
        source = make_source(varying, {**found.series, **same}, layout)
        plan = make_plan(source, found.dimensions, layout, encoding)
        sink = io.BytesIO()
        write_header(sink, plan)
    except ArgumentError as problem:
        raise DamagedFileError(f"{par.path}: a value that cannot be: {problem}") from problem
    name = "PAR/REC " + par.version if par.version != "XML" else "XML/REC"
    return made_file(sink.getvalue(), par.path, status.st_size, status.st_mtime, name), found.notes


def _split(columns: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns that vary, and the value of those that do not, which the writer need not look at frame by frame."""
    varying: dict[str, Any] = {}
    same: dict[str, Any] = {}
    for name, values in columns.items():
        table = values if isinstance(values, np.ndarray) else np.array(values, object)
        alike = table.dtype != object and bool((table == table[0]).all()) and name != "DimensionIndexValues"
        if alike and np.isfinite(table[0]).all():
            same[name] = table[0].tolist()
        else:
            varying[name] = values
    return varying, same


def _pixels(par: Par, rec: Rec) -> Pixels:
    rows, columns = par.shape
    dtype = np.dtype("u1" if par.bits == 8 else "u2")
    stored = PixelFormat(rows, columns, 1, par.bits, par.bits, False, False, "MONOCHROME2", dtype)
    index = par.images["index_in_rec"]
    give_back = release(rec)

    def block(first: int, count: int) -> NDArray[Any]:
        if not 0 <= first <= first + count <= len(index):
            raise IndexError(f"{count} images from {first} on, of {len(index)}")
        return rec.images(index[first : first + count]).astype(dtype, copy=False)

    return Pixels(stored, len(par), block, _releasing(index, give_back))


def _releasing(
    index: NDArray[np.int64], give_back: Callable[[NDArray[np.integer]], None]
) -> Callable[[int, int], None]:
    return lambda first, count: give_back(index[first : first + count])


ANNOUNCED = (
    ("max_slices", "slice_number", "slices"),
    ("max_echoes", "echo_number", "echoes"),
    ("max_cardiac_phases", "cardiac_phase_number", "cardiac phases"),
    ("max_dynamics", "dynamic_scan_number", "dynamics"),
)
"""Line of the general information, the column that should have as many values, and what they are called."""


def _complaints(par: Par, rec: Rec) -> list[str]:
    """What does not fit: between general information and image lines, between the PAR and the REC file."""
    found = []
    for line, column, name in ANNOUNCED:
        there = len(np.unique(par.images[column]))
        if there < par.general[line]:
            found.append(f"{par.path.name}: {par.general[line]:,} {name} announced, and the image lines have {there:,}")
    wanted, size = int(par.images["index_in_rec"].max()) + 1, rec.size
    frame = par.shape[0] * par.shape[1] * (par.bits // 8)
    if rec.whole < wanted:
        found.append(f"{rec.path.name}: cut short: {rec.whole:,} of {wanted:,} images are there in full")
    elif size > wanted * frame:
        found.append(
            f"{rec.path.name}: {size:,} bytes, and the PAR file tells of {wanted:,} images ({wanted * frame:,})"
        )
    return found
