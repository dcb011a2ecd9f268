"""Looking at images: frames, montages, planes and curves, as stored values with what makes quantities of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from dicome.errors import ArgumentError
from dicome.gui.facts import frame_geometry, image_facts, stack_facts
from dicome.gui.headers import frame_rows, shared_rows
from dicome.gui.opened import Opened, Shelf
from dicome.gui.replies import binary, flag, get, number, paths, post, text

MOST_TILES = 120
"""Positions in one montage; of longer axes evenly spaced ones are taken."""
MOST_TILE_PIXELS = 6_000_000
"""Pixels of a montage that are sent; of larger ones every second, third, ... pixel."""
CURVE_BYTES = 64 << 20
"""Stored bytes read at a time for a curve."""
MOST_POINTS = 20_000
"""Positions of a curve."""


def opened(request: Request, arguments: Mapping[str, Any]) -> Opened:
    """The image a request is about."""
    shelf: Shelf = request.app.state.shelf
    return shelf.find(text(arguments, "id"))


def open_(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Opens files or a folder."""
    shelf: Shelf = request.app.state.shelf
    series = text(arguments, "series", "") if arguments.get("series") is not None else ""
    return image_facts(shelf.open(paths(arguments), series or None))


def frame(request: Request, arguments: Mapping[str, Any]) -> Response:
    """One frame: ``at``, a position on every axis."""
    image = opened(request, arguments)
    at = image.place(text(arguments, "at", ""))
    numbers = np.asarray(image.image.ordering.grid[at]).reshape(1)
    facts = {**stack_facts(image, numbers), "geometry": frame_geometry(image, int(numbers[0]))}
    return binary(facts, image.stored(numbers))


def montage(request: Request, arguments: Mapping[str, Any]) -> Response:
    """Frames along one ``axis``, the others staying ``at`` a position."""
    image = opened(request, arguments)
    along = image.numbers_along(image.place(text(arguments, "at", "")), number(arguments, "axis"))
    most = min(number(arguments, "most", MOST_TILES), MOST_TILES)
    chosen = np.unique(np.linspace(0, len(along) - 1, min(len(along), max(most, 1))).round().astype(int))
    stored = image.stored(along[chosen])
    step = max(int(np.ceil(np.sqrt(stored.shape[0] * stored.shape[1] * stored.shape[2] / MOST_TILE_PIXELS))), 1)
    first = next((int(one) for one in along if one >= 0), -1)
    facts = {
        **stack_facts(image, along[chosen]),
        "positions": chosen,
        "step": step,
        "geometry": frame_geometry(image, first),
    }
    return binary(facts, stored[:, ::step, ::step])


def plane(request: Request, arguments: Mapping[str, Any]) -> Response:
    """A plane across the slices: all slices of one ``row`` or one ``column`` (0-based)."""
    image = opened(request, arguments)
    numbers, volume = image.volume(image.place(text(arguments, "at", "")))
    kind, index = text(arguments, "kind"), number(arguments, "index")
    if kind not in ("row", "column"):
        raise ArgumentError(f"kind is {kind!r}; expected row or column")
    if not 0 <= index < volume.shape[1 if kind == "row" else 2]:
        raise ArgumentError(f"{kind} {index} is not within the image")
    cut = volume[:, index] if kind == "row" else volume[:, :, index]
    affine, note = image.affine_of(numbers)
    return binary({**stack_facts(image, numbers), "affine": affine, "note": note}, cut)


def curve(request: Request, arguments: Mapping[str, Any]) -> Any:
    """The values of one voxel along an axis, in every kind of value."""
    image = opened(request, arguments)
    at, axis = image.place(text(arguments, "at", "")), number(arguments, "axis")
    numbers = image.numbers_along(at, axis)
    form = image.image.series.format
    row, column = number(arguments, "row"), number(arguments, "column")
    if not (0 <= row < form.rows and 0 <= column < form.columns):
        raise ArgumentError(f"voxel ({row}, {column}) is not within {form.rows} x {form.columns}")
    if len(numbers) > MOST_POINTS:
        raise ArgumentError(f"the axis has {len(numbers):,} positions; curves are shown up to {MOST_POINTS:,}")
    step = max(CURVE_BYTES // max(form.frame_bytes, 1), 1)
    pieces = [image.stored(numbers[k : k + step])[:, row, column] for k in range(0, len(numbers), step)]
    stored = np.concatenate(pieces).astype(np.float64)
    stored = stored if stored.ndim == 1 else stored.mean(axis=1)
    stored[numbers < 0] = np.nan
    there = np.clip(numbers, 0, None)
    values = {kind: stored * one.slope[there] + one.intercept[there] for kind, one in image.scales.items()}
    return {"axis": axis, "row": row, "column": column, "values": {"pv": stored, **values}}


def header(request: Request, arguments: Mapping[str, Any]) -> Any:
    """The header of one frame (1-based), or what all frames have in common."""
    image, which = opened(request, arguments), number(arguments, "frame")
    if not 1 <= which <= image.image.frames.frame_count:
        raise ArgumentError(f"frame {which}; they are numbered 1 to {image.image.frames.frame_count}")
    rows = shared_rows if flag(arguments, "shared") else frame_rows
    return {"frame": which, "rows": rows(image.image, which)}


ROUTES = (
    post("/api/open", open_),
    get("/api/frame", frame),
    get("/api/montage", montage),
    get("/api/plane", plane),
    get("/api/curve", curve),
    get("/api/header", header),
)
