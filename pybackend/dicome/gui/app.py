"""The application: the guard, the routes of all pages, and the files of ``static`` as a table."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dicome.gui.jobs import Jobs
from dicome.gui.moves import Plans
from dicome.gui.opened import Shelf
from dicome.gui.pages import examcard, export, files, header, move, view
from dicome.gui.security import Guard, Keys

PAGES = (files, view, export, header, move, examcard)
"""Modules with ROUTES."""
STATIC = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def make_app(keys: Keys, start: Mapping[str, Any]) -> Starlette:
    """The application. start: what the page is told when it begins (``paths``, ``page``, ...)."""
    table = {"/": STATIC / "index.html", **{f"/static/{name}": path for name, path in static_files().items()}}

    def file(request: Request) -> Response:
        # Only what is in the table is ever read, so no path of a request reaches the disk.
        path = table.get(request.url.path)
        if path is None:
            return PlainTextResponse("There is nothing at this address.\n", status_code=404)
        return Response(path.read_bytes(), media_type=TYPES[path.suffix])

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        jobs.end()

    jobs = Jobs()
    routes: list[BaseRoute] = [route for page in PAGES for route in page.ROUTES]
    routes += [Route("/", file), Route("/{rest:path}", file)]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, keys=keys)], lifespan=lifespan)
    app.state.jobs, app.state.shelf, app.state.plans = jobs, Shelf(), Plans()
    app.state.start, app.state.born = dict(start), secrets.token_hex(8)
    return app


def static_files() -> dict[str, Path]:
    """All files of ``static`` by their path within it."""
    found = (path for path in STATIC.rglob("*") if path.suffix in TYPES)
    return {path.relative_to(STATIC).as_posix(): path for path in found}
