"""Carries out one request: verb -> engine -> reply, and puts the files of the reply beside the request."""

from __future__ import annotations

import json
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import dicome
from dicome.bridge import numeric
from dicome.bridge.protocol import (
    NUMERIC_NAME,
    PROTOCOL,
    RAW_NAME,
    REPLY_NAME,
    Engine,
    ProtocolError,
    Reading,
    Request,
    parse_request,
)
from dicome.bridge.tables import cut
from dicome.errors import DicomeError

Reply = dict[str, object]


def answer(path: Path, engine: Engine) -> bool:
    """Answer the request at ``path`` by files beside it; whether it could be carried out. Raises no Exception."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        reply = _safe_reply(path, engine)
    said = [str(warning.message) for warning in caught if not _is_for_developers(warning.category)]
    reply["warnings"] = [*_strings(reply.get("warnings")), *said]
    text = json.dumps({"protocol": PROTOCOL, **reply})
    path.with_name(REPLY_NAME).write_text(_printable(text), encoding="ascii")
    return bool(reply["ok"])


def handle(request: Request, engine: Engine) -> Reply:
    """Carry out a request; numbers go into files in its folder, the rest is the reply."""
    if request.verb not in _VERBS:
        raise ProtocolError(f"no verb {request.verb!r}; this version knows {', '.join(_VERBS)}")
    return _VERBS[request.verb](request, engine)
