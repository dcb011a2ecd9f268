"""ExamCards and raw data of Philips: the page that ``dcmexamcard --html`` writes, shut in a frame of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dicome.gui.replies import get, path, post
from dicome.gui.security import FRAMED

SHOWN = "/api/examcard/page"


def summary(request: Request, arguments: Mapping[str, Any]) -> Any:
    """Whether a file holds an ExamCard or raw data, and its name. Raises the errors of `dicome.philips`."""
    from dicome.philips.page import page_name
    from dicome.philips.sources import one_source

    source = one_source(path(arguments, "path"))
    return {"name": page_name(source), "path": str(source.path), "problems": list(source.problems)}


def page(request: Request, arguments: Mapping[str, Any]) -> Response:
    """The page itself. It may run its own script, but in an origin of its own, from where it reaches nothing."""
    from dicome.philips.page import page as as_html
    from dicome.philips.sources import one_source

    return HTMLResponse(as_html(one_source(path(arguments, "path"))), headers=FRAMED)


ROUTES = (post("/api/examcard", summary), get(SHOWN, page))
