"""Data sets as plain Python values, ours and pydicom's, to be compared with ``==``."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from dicome.dicom import strings
from dicome.dicom import values as decode
from dicome.dicom.columns import Source
from dicome.dicom.dictionary import field_name
from dicome.dicom.scan import Element

BYTES = frozenset({"OB", "OW", "UN", "OF", "OD", "OL", "OV"})


def read(data: bytes) -> Dataset:
    """The data set as pydicom reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(io.BytesIO(data), force=True)


def ours(elements: list[Element], source: Source) -> list[Any]:
    """(tag, VR, value) of scanned elements; the value of a sequence is a list of such lists."""
    tree: list[Any] = []
    for element in elements:
        if element.items is not None:
            tree.append((element.tag, "SQ", [ours(item.elements, source) for item in element.items]))
        else:
            raw = source.data[element.offset : element.end].tobytes()
            tree.append((element.tag, element.vr, our_value(raw, element.vr, source)))
    return tree


def our_value(raw: bytes, vr: str, source: Source) -> Any:
    """What our decoders make of one value."""
    if vr in BYTES:
        return raw
    if vr in decode.NUMERIC:
        row = decode.numbers(np.frombuffer(raw, np.uint8)[None], vr, source.byte_order)[0].tolist()
        return [high << 16 | low for high, low in zip(row[::2], row[1::2], strict=True)] if vr == "AT" else row
    if vr in decode.NUMBER_TEXT:
        return decode.number_text(raw).tolist()
    return strings.clean((source.decoder if vr in strings.EXTENDED_TEXT else strings.plain_text)(raw), vr)


def theirs(data_set: Dataset) -> list[Any]:
    """The same of a pydicom data set."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [
            (int(e.tag), str(e.VR), [theirs(item) for item in e.value] if e.VR == "SQ" else their_value(e.value, e.VR))
            for e in data_set
            if e.tag != 0x7FE00010
        ]


def their_value(value: Any, vr: str) -> Any:
    """A value of pydicom in the form of `our_value`."""
    several = list(value) if isinstance(value, (MultiValue, list)) else [] if value is None or value == "" else [value]
    if vr in BYTES:
        return b"" if value is None else value
    if vr in decode.NUMERIC or vr in decode.NUMBER_TEXT:
        return [float(one) if vr in ("DS", "IS", "FL", "FD") else int(one) for one in several]
    return strings.clean("\\".join(str(one) for one in several), vr)


def flat(data_set: Dataset, prefix: str = "") -> Iterator[tuple[str, str, Any]]:
    """Path, VR and value of everything below an item, in the form of `our_value`; named as our columns are."""
    creators = {(e.tag.group, e.tag.element): str(e.value).strip() for e in data_set if e.tag.is_private_creator}
    used: set[str] = set()
    for e in data_set:
        if e.tag.is_private_creator or e.tag.element == 0:
            continue
        name = field_name(int(e.tag), creators.get((e.tag.group, e.tag.element >> 8)) if e.tag.is_private else None)
        if name in used:
            name = f"Private_{e.tag.group:04x}_{e.tag.element:04x}"
        used.add(name)
        if e.VR != "SQ":
            yield prefix + name, str(e.VR), their_value(e.value, e.VR)
            continue
        for number, item in enumerate(e.value, 1):
            yield from flat(item, f"{prefix}{name}{'' if number == 1 else f'[{number}]'}.")
