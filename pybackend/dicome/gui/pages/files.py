"""Choosing: folders of this machine, the series in them, and what the page was started with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.requests import Request

from dicome import __version__
from dicome.errors import FileMissingError
from dicome.gui.folders import listing
from dicome.gui.jobs import Job, Jobs
from dicome.gui.replies import flag, get, path, post, text


def start(request: Request, arguments: Mapping[str, Any]) -> Any:
    """What the page begins with."""
    return {"version": __version__, "home": str(Path.home()), "folder": str(Path.cwd()), **request.app.state.start}


def alive(request: Request, arguments: Mapping[str, Any]) -> Any:
    """That the server is there, and which one it is."""
    return {"server": request.app.state.born}


def folder(request: Request, arguments: Mapping[str, Any]) -> Any:
    """What lies in a folder."""
    return listing(path(arguments, "path"))


def series(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Begins to look for the series in a folder."""
    where, below = path(arguments, "path"), flag(arguments, "recursive")
    jobs: Jobs = request.app.state.jobs
    return jobs.start(lambda job: find_series(where, below, job)).facts()


def find_series(where: Path, below: bool, job: Job) -> dict[str, Any]:
    """The series in a folder, and how to open each."""
    from dicome.listing import Entry, list_series

    if not where.is_dir():
        raise FileMissingError(f"{where}: no such folder")
    found = list_series(where, below, tell=job.tell)

    def facts(entry: Entry) -> dict[str, Any]:
        folders = {one.parent for one in entry.paths}
        by_uid = bool(entry.uid) and len(folders) == 1 and entry.kind in ("classic", "enhanced")
        shown = {**entry.facts(), "files": len(entry.paths), "folders": sorted(map(str, folders))[:3]}
        opening = {"paths": [str(next(iter(folders)))], "series": entry.uid}
        shown["open"] = opening if by_uid else {"paths": [str(one) for one in entry.paths], "series": None}
        return shown

    return {
        "path": str(where),
        "series": [facts(entry) for entry in found.entries],
        "notes": [*found.notes(), *found.warnings()],
        "others": len(found.not_dicom),
    }


def progress(request: Request, arguments: Mapping[str, Any]) -> Any:
    """How far a job has come."""
    jobs: Jobs = request.app.state.jobs
    return jobs.find(text(arguments, "key")).facts()


def stop(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Stops a job."""
    jobs: Jobs = request.app.state.jobs
    found = jobs.find(text(arguments, "key"))
    found.stop.set()
    return found.facts()


ROUTES = (
    get("/api/start", start),
    get("/api/alive", alive),
    get("/api/folder", folder),
    post("/api/series", series),
    get("/api/job", progress),
    post("/api/job/stop", stop),
)
