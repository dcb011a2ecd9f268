"""A `Par` as the text of a PAR file, character for character as scanners write it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.parrec.columns import Column, columns_of
from dicome.parrec.general import V3_LABELS, Line, lines_of
from dicome.parrec.par import Par

LONG, SHORT = 82, 80
"""Columns of the section lines, which are filled with '='."""
COLON = 41
"""Column of the colon in the lines of the general information, counted from 1."""

PIXEL_VALUES = (
    "#  PV = pixel value in REC file, FP = floating point value, DV = displayed value on console",
    "#  RS = rescale slope,           RI = rescale intercept,    SS = scale slope",
    "#  DV = PV * RS + RI             FP = DV / (RS * SS)",
)

HEADINGS = {
    "V4": "#  sl ec  dyn ph ty    idx pix scan% rec size                (re)scale              window        angulation"
    "              offcentre        thick   gap   info      spacing     echo     dtime   ttime    diff  avg  flip    "
    "freq   RR-int  turbo delay",
    "V4.1": "#  sl ec  dyn ph ty    idx pix scan% rec size                (re)scale              window        "
    "angulation              offcentre        thick   gap   info      spacing     echo     dtime   ttime    diff  avg  "
    "flip    freq   RR-int  turbo delay b grad cont anis         diffusion",
    "V4.2": "#  sl ec  dyn ph ty    idx pix scan% rec size                (re)scale              window        "
    "angulation              offcentre        thick   gap   info      spacing     echo     dtime   ttime    diff  avg  "
    "flip    freq   RR-int  turbo delay b grad cont anis         diffusion       L.ty",
    "V3": "#  sl ec dyn ph ty  idx (re)scale              window      angulation          offcentre         info     "
    "spacing   echo  dtime ttime  diff  flip",
}
"""The comment above the image lines. V3: no file of a scanner was at hand."""


def par_text(par: Par, version: str, dataset: str) -> str:
    """The text in that version, with CRLF; dataset: the name in the comments. Columns that the version does not have
    are left out; those of a contrast agent are written where ``par`` has them and the version is V4.2.
    """
    columns = columns_of(version, contrast=version == "V4.2" and par.has_contrast)
    lines = [
        *_title("DATA DESCRIPTION FILE", LONG),
        "# CAUTION - Investigational device.",
        "# Limited by Federal Law to investigational use.",
        "#",
        f"# Dataset name: {dataset}",
        "#",
        f"# CLINICAL TRYOUT             Research image export tool     {version}",
        "#",
        *_title("GENERAL INFORMATION", LONG),
        *(general_line(line, par.general, version) for line in lines_of(version)),
        "#",
        _ruler("PIXEL VALUES", SHORT),
        *PIXEL_VALUES,
        "#",
        _ruler("IMAGE INFORMATION DEFINITION", SHORT),
        "#  The rest of this file contains ONE line per image, this line contains the following information:",
        "#",
        *(column.definition for column in columns),
        "#",
        _ruler("IMAGE INFORMATION", LONG),
        HEADINGS[version],
        "",
        *image_lines(par.images, columns, version),
        "",
        _ruler("END OF DATA DESCRIPTION FILE", LONG),
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _ruler(title: str, width: int) -> str:
    return f"# === {title} ".ljust(width, "=")


def _title(title: str, width: int) -> tuple[str, str]:
    return _ruler(title, width), "#"


def general_line(line: Line, values: Mapping[str, Any], version: str) -> str:
    """One line of the general information."""
    label = V3_LABELS.get(line.name, line.label) if version == "V3" else line.label
    return f".    {label}".ljust(COLON - 1) + ":   " + _printed(line, values[line.name], version)


def _printed(line: Line, value: Any, version: str) -> str:
    form = line.format_in(version)
    if line.kind == "text":
        return form % re.sub(r"[\r\n]+", " ", value)
    if line.size == 0:
        return "".join(form % one for one in value)
    if line.size > 1:
        return form % tuple(value)
    printed: str = form % value
    return printed


def image_lines(images: NDArray[Any], columns: Sequence[Column], version: str) -> list[str]:
    """One line per image."""
    form = "".join(re.sub(r"%[\d.]*e", "%s", column.format_in(version)) for column in columns)
    cells = [
        _cells(part, column.format_in(version))
        for column in columns
        for part in images[column.name].reshape(len(images), -1).T
    ]
    return [form % row for row in zip(*cells, strict=True)]


def _cells(values: NDArray[Any], form: str) -> list[Any]:
    """The values as Python's % takes them; exponents of three digits, which C runtimes of Windows write."""
    match = re.search(r"%(\d+)\.(\d+)e", form)
    listed: list[Any] = values.tolist()
    if match is None:
        return listed
    width, digits = int(match[1]), int(match[2])
    texts = {value: _exponent(f"{value:.{digits}e}").rjust(width) for value in np.unique(values).tolist()}
    return [texts[value] for value in listed]


def _exponent(text: str) -> str:
    """``1.18623e-03`` as ``1.18623e-003``."""
    return re.sub(r"e([+-])(\d\d)$", r"e\g<1>0\2", text)
