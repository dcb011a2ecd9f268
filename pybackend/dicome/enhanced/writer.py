"""Write one Enhanced MR Image Storage file, frame by frame, laid out as a vendor does.

What goes into the file is said by tables (`layouts`); here is only the order of things: file meta, head, dimensions,
shared groups, per-frame groups, pixels. A chunk of frames' headers and one frame's pixels are in memory at a time
(compressed frames all, for their offset table).
"""

from __future__ import annotations

import os
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dicome.beside import written_beside
from dicome.enhanced.dimensions import Dimension, encode_dimensions
from dicome.enhanced.encode import (
    SEQUENCE_END,
    UNDEFINED,
    Encoding,
    data_set,
    delimiter,
    element,
    header,
    item,
    sequence,
)
from dicome.enhanced.layouts import PHILIPS, Layout
from dicome.enhanced.pixels import Sink, first_frame, write_encapsulated, write_native
from dicome.enhanced.syntaxes import syntax_of
from dicome.enhanced.template import Part, Source, as_column, compile_table, joined, varies
from dicome.errors import ArgumentError

IMPLEMENTATION_UID = "2.25.326155843178540170236466823302574816801"
IMPLEMENTATION_NAME = "DICOME"

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"

SHARED, PER_FRAME = 0x52009229, 0x52009230

CHUNK = 512
"""Frames whose headers are made at a time."""

CHARSETS = {"": "ascii", "ISO_IR 6": "ascii", "ISO_IR 100": "latin_1", "ISO_IR 192": "utf_8"}
"""Specific Character Set and its name in Python; the writer makes no others."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything but the pixels: the encoded top level, and the parts of a frame's item."""

    head: bytes
    parts: Sequence[Part]
    count: int
    encoding: Encoding


def write_enhanced(
    path: str | os.PathLike[str],
    pixels: Iterable[Any],
    *,
    frames: Mapping[str, Any],
    series: Mapping[str, Any],
    dimensions: Sequence[Dimension] = (),
    extra: Sequence[tuple[int, str, Any]] = (),
    layout: Layout = PHILIPS,
    transfer_syntax: str = "explicit",
    undefined_lengths: bool | None = None,
    offset_table: bool = True,
    fragments: int = 1,
    force: bool = False,
) -> Path:
    """Write an enhanced MR file (PS3.3 A.36.2) and return its path.

    Parameters
    ----------
    pixels
        Array (frames, rows, columns) of 8 or 16-bit integers or an iterable of such frames, in the order of the
        columns; compressed frames as bytes where the transfer syntax is encapsulated (``series`` then gives Rows,
        Columns, BitsAllocated and PixelRepresentation).
    frames
        Columns by keyword, one value per frame; NaN and None: absent there. ``Group.Keyword`` reaches one group only.
        Columns that no table mentions are ignored.
    series
        Values of the whole file by keyword; a list of mappings fills a sequence of several items (``Stack``).
    dimensions
        Rows of `dimensions.DIMENSIONS`, in the order of the columns of ``frames["DimensionIndexValues"]``.
    extra
        More top-level elements as (tag, VR, value), private creators included; they go before rows of the tables.
    undefined_lengths
        Of sequences and items; None: as the vendor does.
    offset_table, fragments
        Basic Offset Table and fragments per frame of encapsulated pixels.

    Raises
    ------
    ArgumentError
        Columns, pixels or options that contradict each other.
    FileExistsAlreadyError
        Something is at ``path`` and ``force`` is not set.
    """
    target, syntax = Path(path), syntax_of(transfer_syntax)
    undefined = layout.undefined_lengths if undefined_lengths is None else undefined_lengths
    encoding = Encoding(syntax.implicit, syntax.big_endian, undefined, _charset(series))
    first, all_pixels = first_frame(pixels)
    if isinstance(first, bytes) != syntax.encapsulated:
        raise ArgumentError(f"{syntax.name} takes frames as {'bytes' if syntax.encapsulated else 'arrays'}")
    values = {"SOPInstanceUID": new_uid(), **_pixel_values(first, layout), **series}
    values.setdefault("HighBit", int(values["BitsStored"]) - 1)
    plan = make_plan(make_source(frames, values, layout), dimensions, layout, encoding, extra)
    size = 0 if isinstance(first, bytes) or syntax.deflated else plan.count * first.nbytes
    with written_beside(target, force=force, size=size) as temporary, temporary.open("wb") as stream:
        stream.write(file_meta(str(values["SOPInstanceUID"]), syntax.uid))
        with _body(stream, deflated=syntax.deflated) as sink:
            write_header(sink, plan)
            if isinstance(first, bytes):
                write_encapsulated(sink, all_pixels, plan.count, encoding, offsets=offset_table, fragments=fragments)
            else:
                write_native(sink, all_pixels, plan.count, first, int(values["BitsStored"]), encoding)
    return target


def new_uid() -> str:
    """A unique identifier that needs no registration (PS3.5 B.2)."""
    return f"2.25.{uuid.uuid4().int}"


def make_source(frames: Mapping[str, Any], series: Mapping[str, Any], layout: Layout) -> Source:
    """Columns and values, checked and in one place; adds NumberOfFrames.

    Raises
    ------
    ArgumentError
        No columns, or columns of different lengths.
    """
    count = len(next(iter(frames.values()), ()))
    if not count:
        raise ArgumentError("no frames; give columns of at least one value, such as InStackPositionNumber")
    columns = {name: as_column(name, values, count) for name, values in frames.items()}
    return Source(columns, {"NumberOfFrames": count, **series}, layout.defaults)


def make_plan(
    source: Source,
    dimensions: Sequence[Dimension],
    layout: Layout,
    encoding: Encoding,
    extra: Sequence[tuple[int, str, Any]] = (),
) -> Plan:
    """Encode what the frames share and compile what they do not.

    Raises
    ------
    ArgumentError
        Index values that do not fit the dimensions.
    """
    _check_indices(source, len(dimensions))
    whole = replace(source, columns={})
    per_frame = tuple(one for one in layout.groups if one.keyword in layout.per_frame or varies((one,), source))
    shared = tuple(one for one in layout.groups if one not in per_frame)
    ready = {SHARED: sequence(SHARED, [_constant(compile_table(shared, source, encoding, layout.blocks))], encoding)}
    if dimensions:
        uid = str(source.series.get("DimensionOrganizationUID") or new_uid())
        ready.update(encode_dimensions(dimensions, uid, layout.blocks, encoding, labels=layout.labels))
    ready.update({tag: element(tag, vr, value, encoding) for tag, vr, value in extra})
    head = _constant(compile_table(layout.head, whole, encoding, layout.blocks, ready=ready))
    count = int(source.series["NumberOfFrames"])
    return Plan(head, compile_table(per_frame, source, encoding, layout.blocks), count, encoding)


def write_header(sink: Sink, plan: Plan) -> None:
    """Write the top level and the per-frame functional groups, a chunk of frames at a time."""
    sink.write(plan.head)
    undefined = plan.encoding.undefined_lengths
    length = UNDEFINED if undefined else sum(len(chunk) for chunk in _items(plan))
    sink.write(header(PER_FRAME, "SQ", length, plan.encoding))
    for chunk in _items(plan):
        sink.write(chunk)
    if undefined:
        sink.write(delimiter(SEQUENCE_END, plan.encoding))


def file_meta(sop_instance_uid: str, transfer_syntax_uid: str, sop_class_uid: str = ENHANCED_MR) -> bytes:
    """Preamble and file meta information (PS3.10 7.1), which is explicit little endian in every file."""
    elements = [
        (0x00020001, "OB", b"\0\1"),
        (0x00020002, "UI", sop_class_uid),
        (0x00020003, "UI", sop_instance_uid),
        (0x00020010, "UI", transfer_syntax_uid),
        (0x00020012, "UI", IMPLEMENTATION_UID),
        (0x00020013, "SH", IMPLEMENTATION_NAME),
    ]
    meta = data_set(elements)
    return b"\0" * 128 + b"DICM" + element(0x00020000, "UL", len(meta)) + meta


@contextmanager
def _body(stream: BinaryIO, *, deflated: bool) -> Iterator[Sink]:
    """Where the data set goes: the file, or through a deflater into it (PS3.5 A.5)."""
    if not deflated:
        yield stream
        return
    sink = _Deflater(stream)
    yield sink
    sink.finish()


class _Deflater:
    """Compresses what is written to it; the end is padded to even length."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        self._length = 0

    def write(self, data: bytes, /) -> None:
        self._put(self._compressor.compress(data))

    def finish(self) -> None:
        self._put(self._compressor.flush())
        self._stream.write(b"\0" * (self._length % 2))

    def _put(self, data: bytes) -> None:
        self._length += len(data)
        self._stream.write(data)


def _items(plan: Plan) -> Iterator[bytes]:
    """The encoded items of the per-frame sequence, many frames together."""
    for start in range(0, plan.count, CHUNK):
        bodies = joined(plan.parts, start, min(start + CHUNK, plan.count))
        yield b"".join(item(body, plan.encoding) for body in bodies)


def _constant(parts: Sequence[Part]) -> bytes:
    """The bytes of a table that has no columns."""
    return joined(parts, 0, 1)[0]


def _check_indices(source: Source, dimensions: int) -> None:
    values = source.columns.get("DimensionIndexValues")
    if dimensions and values is None:
        raise ArgumentError(f"{dimensions} dimensions, but no column DimensionIndexValues; see dimensions.index_values")
    widths = {len(value) if isinstance(value, tuple) else 1 for value in values or ()}
    if dimensions and widths != {dimensions}:
        raise ArgumentError(f"{dimensions} dimensions, but DimensionIndexValues of {sorted(widths)} numbers")


def _pixel_values(first: NDArray[np.generic] | bytes, layout: Layout) -> dict[str, Any]:
    """What the first frame says of all: size and bits. The series' own values go before these."""
    if isinstance(first, bytes):
        return {"BitsStored": layout.bits_stored}
    if first.ndim != 2 or first.dtype.kind not in "ui" or first.dtype.itemsize > 2:
        raise ArgumentError(f"a frame is {first.shape} {first.dtype}; expected rows x columns of 8 or 16-bit integers")
    bits = 8 * first.dtype.itemsize
    return {
        "Rows": first.shape[0],
        "Columns": first.shape[1],
        "BitsAllocated": bits,
        "BitsStored": min(bits, layout.bits_stored),
        "PixelRepresentation": int(first.dtype.kind == "i"),
    }


def _charset(series: Mapping[str, Any]) -> str:
    wanted = str(series.get("SpecificCharacterSet", "ISO_IR 100"))
    if wanted not in CHARSETS:
        known = ", ".join(repr(one) for one in CHARSETS)
        raise ArgumentError(f"(0008,0005) Specific Character Set {wanted!r} cannot be written; use one of: {known}")
    return CHARSETS[wanted]
