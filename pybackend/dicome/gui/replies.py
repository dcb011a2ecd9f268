"""Requests to arguments, results to JSON, errors to a message: what all routes share."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dicome.errors import ArgumentError, DicomeError

Answer = Callable[[Request, Mapping[str, Any]], Any]
"""Gets the request and its arguments (the query of a GET, the JSON body of a POST); gives what becomes JSON."""

MOST_BODY = 4 << 20
"""Bytes of a request; the longest are lists of files."""


def get(path: str, answer: Answer) -> Route:
    """A route that only looks."""

    def endpoint(request: Request) -> Response:
        return reply(answer, request, dict(request.query_params))

    return Route(path, endpoint, methods=["GET"])


def post(path: str, answer: Answer) -> Route:
    """A route that does something; its arguments are a JSON object."""

    async def endpoint(request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool

        try:
            arguments = await _body(request)
        except DicomeError as problem:
            return failure(problem)
        return await run_in_threadpool(reply, answer, request, arguments)

    return Route(path, endpoint, methods=["POST"])


async def _body(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise ArgumentError("the request must be application/json")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY:
            raise ArgumentError(f"the request is longer than {MOST_BODY:,} bytes")
    try:
        found = json.loads(body)
    except ValueError as problem:
        raise ArgumentError("the request is not JSON") from problem
    if not isinstance(found, dict):
        raise ArgumentError("the request is not a JSON object")
    return found


def reply(answer: Answer, request: Request, arguments: Mapping[str, Any]) -> Response:
    """The answer, or what was wrong."""
    try:
        result = answer(request, arguments)
    except (DicomeError, OSError, MemoryError) as problem:
        return failure(problem)
    return result if isinstance(result, Response) else as_json(result)


def failure(problem: Exception) -> Response:
    """An error as JSON: the message is for the user, the kind for the page."""
    kind = problem.kind if isinstance(problem, DicomeError) else "system"
    return as_json({"error": message(problem), "kind": kind}, 404 if kind == "notOpen" else 400)


def message(problem: BaseException) -> str:
    """An error in words."""
    if isinstance(problem, DicomeError):
        return str(problem)
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename}: {problem.strerror}" if problem.filename else problem.strerror
    if isinstance(problem, MemoryError):
        return "not enough memory"
    return f"{type(problem).__name__}: {problem}"


def as_json(value: Any, status: int = 200) -> Response:
    """A JSON reply; numbers that JSON lacks become null."""
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False)
    return Response(text.encode("utf-8", "replace"), status, media_type="application/json")


def plain(value: Any) -> Any:
    """The value of types that JSON has."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value


def binary(facts: Mapping[str, Any], data: np.ndarray[Any, Any]) -> Response:
    """Facts and an array in one reply: length of the JSON (4 bytes, little-endian), JSON, array.

    The JSON is filled up with blanks so that the array lies at a multiple of 8, where JavaScript can look at it in
    place.
    """
    little = np.ascontiguousarray(data, data.dtype.newbyteorder("<"))
    kind = f"{data.dtype.kind}{data.dtype.itemsize}"
    head = json.dumps(plain({**facts, "dtype": kind, "shape": data.shape}), allow_nan=False).encode()
    head += b" " * (-(4 + len(head)) % 8)
    body = len(head).to_bytes(4, "little") + head + little.tobytes()
    return Response(body, media_type="application/octet-stream")


def text(arguments: Mapping[str, Any], name: str, default: str | None = None) -> str:
    """An argument that is text. Raises ArgumentError."""
    value = arguments.get(name, default)
    if not isinstance(value, str):
        raise ArgumentError(f"{name} is missing in the request" if value is None else f"{name} is no text")
    if "\0" in value:
        raise ArgumentError(f"{name} holds a NUL character")
    return value


def number(arguments: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """An argument that is a whole number. Raises ArgumentError."""
    value: Any = arguments.get(name, default)
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ArgumentError(f"{name} is {value!r}; expected a whole number") from None


def flag(arguments: Mapping[str, Any], name: str) -> bool:
    """An argument that is true or false, false where it is absent."""
    return arguments.get(name) in (True, "1", "true")


def path(arguments: Mapping[str, Any], name: str) -> Path:
    """An argument that is the absolute path of a file or folder; ``~`` is the user's home. Raises ArgumentError."""
    given = text(arguments, name)
    try:
        found = Path(given).expanduser()
    except RuntimeError as problem:
        raise ArgumentError(f"{given}: {problem}") from None
    if not found.is_absolute():
        raise ArgumentError(f"{given!r} is no absolute path; write it from / on")
    return found


def paths(arguments: Mapping[str, Any], name: str = "paths") -> list[Path]:
    """An argument that is a list of absolute paths."""
    given = arguments.get(name)
    if not isinstance(given, list) or not given:
        raise ArgumentError(f"{name} is no list of files")
    return [path({name: one}, name) for one in given]
