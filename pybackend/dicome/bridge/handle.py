"""Carries out one request: verb -> engine -> reply, and puts the files of the reply beside the request."""

from __future__ import annotations

import json
import shutil
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable
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
    Request,
    parse_request,
)
from dicome.bridge.tables import Tables, cut, cut_tree
from dicome.errors import DicomeError, FileAccessError

Reply = dict[str, object]


def answer(path: Path, engine: Engine) -> bool:
    """Answer the request at ``path`` with files beside it, errors too; whether it could be carried out.

    Only OSError where the folder is gone or full, and KeyboardInterrupt, get out; no half-written file stays then.
    """
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            reply = _reply(path, engine)
        said = [str(warning.message) for warning in caught if issubclass(warning.category, UserWarning)]
        reply["warnings"] = list(dict.fromkeys(said))
        text = json.dumps(_sendable({"protocol": PROTOCOL, **reply}))
        path.with_name(REPLY_NAME).write_text(text, encoding="ascii")
    except BaseException:
        discard(path.parent)
        raise
    return bool(reply["ok"])


def discard(folder: Path) -> None:
    """Remove what an answer may have put into a folder."""
    for name in (REPLY_NAME, NUMERIC_NAME, RAW_NAME):
        (folder / name).unlink(missing_ok=True)


def handle(request: Request, engine: Engine) -> Reply:
    """Carry out a request; numbers go into files in its folder, the rest is the reply. Raises what the engine does."""
    if request.verb not in _VERBS:
        raise ProtocolError(f"no verb {request.verb!r}; this version knows {', '.join(_VERBS)}")
    return {"ok": True, **_VERBS[request.verb](request, engine)}


def _reply(path: Path, engine: Engine) -> Reply:
    try:
        return handle(parse_request(path), engine)
    except DicomeError as error:
        return _refusal(error.kind, str(error))
    except MemoryError:
        return _refusal("memory", "not enough memory for this image: read fewer files at a time")
    except OSError as error:
        return _refusal("system", str(error))
    except Exception as error:
        message = f"an error inside dicome {dicome.__version__}, please report it: {type(error).__name__}: {error}"
        return {**_refusal("internal", message), "details": traceback.format_exc()}


def _refusal(kind: str, message: str) -> Reply:
    return {"ok": False, "kind": kind, "message": message, "details": ""}


def _version(request: Request, engine: Engine) -> Reply:
    del request, engine  # the shape of all verbs
    return {"version": dicome.__version__, "python": sys.version.split()[0], "executable": sys.executable}


def _dimensions(request: Request, engine: Engine) -> Reply:
    return {"lines": list(engine.dimensions(request.reading()))}


def _read(request: Request, engine: Engine) -> Reply:
    result = engine.read(request.reading())
    _check_room(request.folder, result.array.nbytes)
    numbers: dict[str, NDArray[np.generic]] = {"items": result.items.astype(np.float64)}
    reply: Reply = {
        "names": list(result.names),
        **_labels(result.labels),
        "evidence": list(result.evidence),
        "scale": result.scale,
    }
    if result.array.nbytes <= numeric.VARIABLE_LIMIT:
        numbers["imag"] = result.array
    else:
        reply["raw"] = _raw(request.folder / RAW_NAME, result.array)
    if result.header is not None:
        tables = cut(result.header)
        numbers |= tables.numbers
        reply["header"] = _header(tables)
    numeric.write_mat(request.folder / NUMERIC_NAME, numbers)
    return reply


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise FileAccessError(
            f"{folder}: the image takes {needed:,} bytes on its way, and {free:,} are free on that disk; the "
            "environment variable TMPDIR (TMP on Windows) chooses another, before MATLAB or Octave starts"
        )


def _raw(path: Path, array: NDArray[np.generic]) -> Reply:
    numeric.write_raw(path, array)
    return {"class": numeric.matlab_class(array.dtype), "size": list(array.shape)}


def _labels(labels: Iterable[Iterable[str]]) -> Reply:
    """Labels of all axes in one list: of a list of lists `jsondecode` may make something else."""
    axes = [list(axis) for axis in labels]
    return {"labels": [label for axis in axes for label in axis], "label_counts": [len(axis) for axis in axes]}


def _sendable(value: object) -> object:
    """The same with strings that `jsondecode` takes whole: Octave cuts at NUL and stops at half a surrogate pair."""
    if isinstance(value, dict):
        return {key: _sendable(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_sendable(entry) for entry in value]
    if isinstance(value, str):
        return value.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode("utf-8")
    return value


def _export(request: Request, engine: Engine) -> Reply:
    return {"files": [str(path) for path in engine.export(request.exporting())]}


def _examcard(request: Request, engine: Engine) -> Reply:
    tables = cut_tree(engine.examcard(request.carding()))
    numeric.write_mat(request.folder / NUMERIC_NAME, tables.numbers)
    return {"header": _header(tables)}


def _dcms2e(request: Request, engine: Engine) -> Reply:
    return {"files": [str(engine.dcms2e(request.converting()))]}


def _header(tables: Tables) -> Reply:
    """What of the tables goes as text; their numbers go into the file."""
    return {"root": tables.root, "names": tables.names, "texts": tables.texts}


_VERBS: dict[str, Callable[[Request, Engine], Reply]] = {
    "version": _version,
    "dimensions": _dimensions,
    "read": _read,
    "export": _export,
    "examcard": _examcard,
    "dcms2e": _dcms2e,
}
