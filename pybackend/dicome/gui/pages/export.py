"""Writing an open image in another format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request

from dicome.errors import ArgumentError
from dicome.files.naming import safe_part
from dicome.gui.jobs import Job, Jobs
from dicome.gui.opened import Opened, Shelf
from dicome.gui.replies import flag, get, path, post, text
from dicome.writers import WRITERS, export, writer

SWITCHES = {"compress": "compress", "fullInfo": "full_info", "v73": "v73", "force": "force"}
"""Names of the page to those of `dicome.writers.Options`."""


def _opened(request: Request, arguments: Mapping[str, Any]) -> Opened:
    shelf: Shelf = request.app.state.shelf
    return shelf.find(text(arguments, "id"))


def suggestion(request: Request, arguments: Mapping[str, Any]) -> Any:
    """The formats, and a name that is safe whatever the header holds."""
    opened = _opened(request, arguments)
    files, first = opened.image.series.files, opened.image.series.paths[0]
    words = [files[0].text(tag) for tag in (0x00200011, 0x0008103E)] if files else []
    stem = safe_part("_".join(word for word in words if word) or first.stem)
    return {"formats": list(WRITERS), "folder": str(Path.cwd()), "beside": str(first.parent), "stem": stem}


def write(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Begins to write; nothing is overwritten unless ``force``."""
    opened = _opened(request, arguments)
    target = path(arguments, "folder") / file_name(text(arguments, "name"))
    options: dict[str, Any] = {name: flag(arguments, key) for key, name in SWITCHES.items()}
    options |= {name: text(arguments, name) for name in ("scale", "split") if arguments.get(name)}
    writer(target)  # an unknown suffix is told at once

    def work(job: Job) -> Any:
        return {"files": [str(one) for one in export(opened.image, target, progress=job.tell, **options)]}

    jobs: Jobs = request.app.state.jobs
    return jobs.start(work).facts()


def file_name(name: str) -> str:
    """A name that stays in its folder. Raises ArgumentError."""
    if not name or name.startswith(".") or any(c in "/\\" or ord(c) < 32 for c in name):
        raise ArgumentError(f"{name!r} is no file name; leave folders to the field for the folder")
    return name


ROUTES = (get("/api/export", suggestion), post("/api/export", write))
