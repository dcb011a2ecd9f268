"""The blob PDF_USED_PRESCAN_RESPONSES: what the prescans were asked for and answered, as JSON objects.

A ``#:#`` follows each object; NULs fill the rest. Each object has one key, which names the kind of pair
(``RequestResponsePair<CoilSurveyRequest,CoilSurveyResponse>``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dicome.errors import DamagedFileError

SEPARATOR = b"#:#"
DEEPEST = 100
"""Nested brackets beyond this are taken for damage (whoever shows them would run out of stack); real ones have 10."""


@dataclass(frozen=True, slots=True)
class PrescanResponses:
    """The objects in the order of the blob, as `json.loads` gives them."""

    pairs: tuple[dict[str, Any], ...]
    problems: tuple[str, ...] = ()


def read_responses(data: bytes, where: str) -> PrescanResponses:
    """Reads the objects; those that can be read where others are damaged. Raises DamagedFileError where none can."""
    pairs: list[dict[str, Any]] = []
    problems: list[str] = []
    at = 0
    for piece in data.rstrip(b"\0").split(SEPARATOR):
        if piece.strip():
            try:
                pairs.append(_object(piece))
            except ValueError as problem:
                problems.append(f"{where}: at byte {at:,}: expected a JSON object; found {piece[:20]!r}... ({problem})")
        at += len(piece) + len(SEPARATOR)
    if problems and not pairs:
        raise DamagedFileError(problems[0])
    return PrescanResponses(tuple(pairs), tuple(problems))


def _object(piece: bytes) -> dict[str, Any]:
    try:
        found = json.loads(piece.decode("utf-8", "replace"))
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(found, dict):
        raise ValueError(f"a {type(found).__name__}, not an object")  # noqa: TRY004 - one error for both
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _inside(one)]
    if any(isinstance(one, (dict, list)) for one in level):
        raise _too_deep()
    return found


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> ValueError:
    return ValueError(f"brackets nested more than {DEEPEST} deep")
