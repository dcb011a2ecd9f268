"""An fMRI scan as `dcms2e` takes it: classic files of the first dynamic, PAR and REC, all of a phantom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.dicom.file import open_file
from dicome.multiframe.classic_file import slice_centre
from dicome.multiframe.classic_values import ClassicValues
from dicome.multiframe.split import split
from dicome.phantom import write_phantom

RULER = "# === {} "
GENERAL = """\
.    Patient name                       :   {name}
.    Examination name                   :   {examination}
.    Protocol name                      :   {protocol}
.    Examination date/time              :   2014.02.14 / 09:00:57
.    Series Type                        :   Image   MRSERIES
.    Acquisition nr                     :   {acquisition}
.    Reconstruction nr                  :   {reconstruction}
.    Scan Duration [sec]                :   14
.    Max. number of cardiac phases      :   1
.    Max. number of echoes              :   1
.    Max. number of slices/locations    :   {slices}
.    Max. number of dynamics            :   {dynamics}
.    Max. number of mixes               :   1
.    Patient position                   :   Head First Supine
.    Preparation direction              :   Anterior-Posterior
.    Technique                          :   FEEPI
.    Repetition time [ms]               :   2000.000  """
LINE = (
    "{slice:3d}   1 {dynamic:4d}  1 0 2 {index:5d}  16   100 {columns:4d} {rows:4d}     {intercept:.5f} {slope:9.5f} "
    "{scale:.5e} {centre:5d} {width:5d}   0.00   0.00   0.00 {ap:7.2f} {fh:7.2f} {rl:7.2f}  3.000  0.000 0 1 "
    "{status:d} 2  3.000  3.000  30.00 {begin:7.2f}     0.00    0.00   1   90.00     0    0    0    39   0.0  1   1 "
    "   7    0   0.000    0.000    0.000  1"
)
"""An image line of V4.2; numbers as scanners write them, but for the exponent, which C and Python write alike."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Where the parts of a scan lie; ``stored``: pixels as (slices, dynamics, rows, columns)."""

    folder: Path
    par: Path
    rec: Path
    stored: NDArray[np.uint16]


def make_scan(
    folder: Path,
    *,
    slices: int | list[int] = 4,
    dynamics: int = 3,
    rows: int = 16,
    columns: int = 12,
    by_dynamic: bool = True,
    windows: bool = True,
    **general: Any,
) -> Scan:
    """Write a scan at ``folder``, ``folder.par`` and ``folder.rec``. slices: of each stack where there are several.
    by_dynamic: order of the images in PAR and REC.
    """
    places = slices if isinstance(slices, int) else sum(slices)
    enhanced = folder.with_name(f"{folder.name} enhanced.dcm")
    series = {
        "MRSeriesNrOfDynamicScans": dynamics,
        "MRSeriesNrOfSlices": places,
        "PrivatePerFrameSq.NumberOfTemporalPositions": dynamics,
    }
    write_phantom(enhanced, rows=rows, columns=columns, slices=slices, dynamics=2, series=series)
    split(enhanced, folder)
    enhanced.unlink()
    files = [ClassicValues.of(open_file(path)) for path in sorted(folder.iterdir())]
    if places == slices:
        files.sort(key=lambda one: one.number(0x2001100A) or 0)
    stored = _stored(folder, files, dynamics, rows, columns)
    first = files[0]
    values = {
        "name": "phantom",
        "examination": "test",
        "protocol": first.text(0x00181030),
        "acquisition": int(first.number(0x2001107B) or 1),
        "reconstruction": int(first.number(0x2001101D) or 1),
        "slices": places,
        "dynamics": dynamics,
        **general,
    }
    par, rec = folder.with_name(f"{folder.name}.par"), folder.with_name(f"{folder.name}.rec")
    order = [(d, s) for d in range(dynamics) for s in range(places)]
    if not by_dynamic:
        order.sort(key=lambda one: (one[1], one[0]))
    lines = [_line(files[s], s, d, index, windows) for index, (d, s) in enumerate(order)]
    par.write_text(_par(values, lines), encoding="latin-1", newline="\r\n")
    with rec.open("wb") as stream:
        for d, s in order:
            stream.write(stored[s, d].astype("<u2").tobytes())
    return Scan(folder, par, rec, stored)


def _stored(folder: Path, files: list[ClassicValues], dynamics: int, rows: int, columns: int) -> NDArray[np.uint16]:
    result = np.empty((len(files), dynamics, rows, columns), np.uint16)
    for place, one in enumerate(files):
        file = open_file(folder / one.name)
        assert file.pixels is not None
        base = np.frombuffer(file.raw(file.pixels), "<u2").reshape(rows, columns)
        for dynamic in range(dynamics):
            result[place, dynamic] = np.minimum(base + dynamic % 11, 4095)
    return result


def _line(one: ClassicValues, place: int, dynamic: int, index: int, windows: bool) -> str:
    centre = slice_centre(one)
    assert centre is not None
    rl, ap, fh = centre.tolist()
    return LINE.format(
        slice=place + 1,
        dynamic=dynamic + 1,
        index=index,
        columns=int(one.number(0x00280011) or 0),
        rows=int(one.number(0x00280010) or 0),
        intercept=one.number(0x00281052),
        slope=one.number(0x00281053),
        scale=one.number(0x2005100E),
        centre=(1000 + dynamic) * windows,
        width=(1738 + dynamic) * windows,
        ap=ap,
        fh=fh,
        rl=rl,
        status=min(dynamic, 2),
        begin=2.0 * dynamic,
    )


def _par(values: dict[str, Any], lines: list[str]) -> str:
    return "\n".join(
        [
            f"{RULER.format('DATA DESCRIPTION FILE'):=<82}",
            "#",
            "# Dataset name: E:\\\\Export\\scan_2_1",
            "#",
            "# CLINICAL TRYOUT             Research image export tool     V4.2",
            "#",
            f"{RULER.format('GENERAL INFORMATION'):=<82}",
            "#",
            GENERAL.format(**values),
            "#",
            f"{RULER.format('IMAGE INFORMATION'):=<82}",
            "",
            *lines,
            "",
            f"{RULER.format('END OF DATA DESCRIPTION FILE'):=<82}",
            "",
        ]
    )
