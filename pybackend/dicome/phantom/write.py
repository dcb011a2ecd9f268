"""Write a phantom: options to plan, plan to pixels and columns, those to the enhanced writer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dicome.enhanced.syntaxes import syntax_of
from dicome.enhanced.writer import write_enhanced
from dicome.errors import MissingCodecError
from dicome.phantom.axes import echo_times
from dicome.phantom.columns import dimension_rows, frame_columns, layout_of
from dicome.phantom.options import DimensionIndex, FrameOrder, Options
from dicome.phantom.picture import Scaling, in_file_order, paint, scaling
from dicome.phantom.scan import Scan, plan
from dicome.phantom.series import series_values, stacks
from dicome.phantom.truth import Phantom


def write_phantom(
    path: str | os.PathLike[str],
    *,
    rows: int = 64,
    columns: int = 48,
    slices: int | Sequence[int] = 6,
    echoes: int = 1,
    types: Sequence[str] = ("M",),
    sequences: Sequence[str] | None = None,
    dynamics: int = 1,
    phases: int = 1,
    labels: int = 0,
    b_values: Sequence[float] = (),
    directions: int = 0,
    trace: bool = False,
    repeats: int = 1,
    vendor: str = "philips",
    frame_order: FrameOrder = "philips",
    stop_after: int | None = None,
    seed: int = 0,
    transfer_syntax: str = "explicit",
    undefined_lengths: bool | None = None,
    offset_table: bool = True,
    fragments: int = 1,
    private: bool = True,
    moved_blocks: bool = False,
    dimension_index: DimensionIndex = "full",
    swap_dimensions: bool = False,
    gaps: bool = False,
    orientation: str = "TRA",
    angulation: tuple[float, float, float] = (-12.5, 7.25, 3.5),
    centre: tuple[float, float, float] = (4.3, 21.7, -6.1),
    spacing: tuple[float, float, float] = (2.25, 2.5, 4.4),
    thickness: float = 4.0,
    reverse_slices: bool = False,
    series: Mapping[str, object] | None = None,
    force: bool = False,
) -> Phantom:
    """Write a phantom file and return the truth about it.

    Parameters
    ----------
    slices
        Of one stack, or of each of several stacks, which lie across each other.
    types, sequences
        Image types M, R, I, P, B0, and a scanning sequence for each (FFE, or UNSPECIFIED for B0).
    phases, labels
        Cardiac phases; 2 for control and label of arterial spin labelling.
    b_values, directions, trace
        Diffusion: b-values in s/mm2, directions of each that is not 0, and an isotropic image after them.
    repeats
        Frames at the same place.
    vendor
        philips, siemens or canon: layout, dimensions and pixel type.
    frame_order
        philips: types slowest, then slices, then everything in time; volume: slices fastest; shuffled.
    stop_after
        Frames that were acquired before the scan was stopped, volume by volume.
    transfer_syntax
        explicit, implicit, big-endian, deflated, rle, jpeg-ls, jpeg2000 (the last two need their packages).
    private, moved_blocks
        False: private groups stripped as by an archive; True: private blocks as in release 11.
    dimension_index
        full; values: without the sequence that explains them; none.
    swap_dimensions
        A fault: the last two items of the Dimension Index Sequence swapped, the index values not.
    gaps
        Numbers 5, 8, 11, ... where a scanner counts 1, 2, 3.
    orientation, angulation, centre, spacing, thickness
        TRA, SAG or COR; degrees and mm about and along ap, fh, rl; mm between rows, columns, slices; mm.
    series
        More values of the whole file by keyword, before the phantom's own.

    Raises
    ------
    ArgumentError
        Options that cannot be carried out.
    FileExistsAlreadyError
        Something is at ``path`` and ``force`` is not set.
    """
    options = Options(
        rows=rows,
        columns=columns,
        slices=slices,
        echoes=echoes,
        types=tuple(types),
        sequences=sequences,
        dynamics=dynamics,
        phases=phases,
        labels=labels,
        b_values=tuple(b_values),
        directions=directions,
        trace=trace,
        repeats=repeats,
        vendor=vendor,
        frame_order=frame_order,
        stop_after=stop_after,
        seed=seed,
        transfer_syntax=transfer_syntax,
        undefined_lengths=undefined_lengths,
        offset_table=offset_table,
        fragments=fragments,
        private=private,
        moved_blocks=moved_blocks,
        dimension_index=dimension_index,
        swap_dimensions=swap_dimensions,
        gaps=gaps,
        orientation=orientation,
        angulation=angulation,
        centre=centre,
        spacing=spacing,
        thickness=thickness,
        reverse_slices=reverse_slices,
        series=series or {},
    )
    return write(path, options, force=force)


def write(path: str | os.PathLike[str], options: Options, *, force: bool = False) -> Phantom:
    """The same from an `Options`."""
    options.check()
    scan = plan(options)
    scales = scaling(scan)
    pixels = paint(scan, scales)
    columns, series = frame_columns(scan, scales, pixels), series_values(scan)
    layout = layout_of(options)
    syntax = syntax_of(options.transfer_syntax)
    frames: Iterator[Any] = in_file_order(scan, pixels)
    if syntax.encapsulated:
        size = {"Rows": options.rows, "Columns": options.columns, "BitsAllocated": 16}
        series = {**size, "PixelRepresentation": int(pixels.dtype.kind == "i"), **series}
        frames = _compressed(frames, syntax.uid, layout.bits_stored)
    target = write_enhanced(
        path,
        frames,
        frames=columns,
        series=series,
        dimensions=dimension_rows(scan),
        layout=layout,
        transfer_syntax=syntax.uid,
        undefined_lengths=options.undefined_lengths,
        offset_table=options.offset_table,
        fragments=options.fragments,
        force=force,
    )
    return _truth(target, scan, scales, pixels, series, columns)


def _truth(
    path: Path,
    scan: Scan,
    scales: Scaling,
    pixels: NDArray[np.integer],
    series: Mapping[str, Any],
    columns: Mapping[str, Any],
) -> Phantom:
    options, shape = scan.options, scan.items.shape
    missing = scan.items == 0
    slope, intercept, scale_slope, scale_intercept = (
        np.where(missing, np.nan, one.reshape(shape))
        for one in (scales.slope, scales.intercept, scales.scale_slope, scales.scale_intercept)
    )
    return Phantom(
        path=path,
        options=options,
        axes=scan.axes,
        stored=np.moveaxis(pixels.reshape(*shape, options.rows, options.columns), (-2, -1), (0, 1)),
        item_numbers=scan.items,
        rescale_slope=slope,
        rescale_intercept=intercept,
        scale_slope=scale_slope,
        scale_intercept=scale_intercept,
        scale="fp" if options.private and options.vendor == "philips" else "dv",
        affines=tuple(stack.affine for stack in stacks(options)),
        echo_times=echo_times(options),
        series=series,
        columns=columns,
    )


def _compressed(frames: Iterator[NDArray[np.integer]], uid: str, bits_stored: int) -> Iterator[bytes]:
    """Every frame encoded by pydicom's codecs."""
    from pydicom.pixels.encoders.base import get_encoder

    encoder = get_encoder(uid)
    if not encoder.is_available:
        raise MissingCodecError(f"no encoder for {uid}: {'; '.join(encoder.missing_dependencies)}")
    for frame in frames:
        data = encoder.encode(
            np.ascontiguousarray(frame),
            rows=frame.shape[0],
            columns=frame.shape[1],
            samples_per_pixel=1,
            number_of_frames=1,
            photometric_interpretation="MONOCHROME2",
            bits_allocated=16,
            bits_stored=bits_stored,
            pixel_representation=int(frame.dtype.kind == "i"),
        )
        yield bytes(data)
