"""A small page with the status of the server: for people, as JSON, and for Prometheus. It answers nothing but GET."""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dicome.errors import FileAccessError
from dicome.network.status import Status, as_metrics, as_text

_TITLE = "dicome server"


class Page:
    """The page, from `start` to `stop`. tell: gives the status; address: (host, port), port 0 for a free one."""

    def __init__(self, address: tuple[str, int], tell: Callable[[], Status]) -> None:
        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                found = _answer(self.path, tell)
                self.send_response(200 if found else 404)
                kind, text = found or ("text/plain", "no such page\n")
                body = text.encode()
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as in the base class
                """Nothing: who looks at the page is no matter for the log."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                """Nothing: a reader that went away is no error."""

        try:
            self._server = Server(address, Handler)
        except OSError as problem:
            raise FileAccessError(
                f"status page: cannot listen on {address[0]}:{address[1]}: {problem.strerror}"
            ) from None
        self.address = (address[0], int(self._server.server_address[1]))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.25,), name="page", daemon=True)

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answers no more."""
        if self._thread.ident is not None:
            self._server.shutdown()
        self._server.server_close()


def _answer(path: str, tell: Callable[[], Status]) -> tuple[str, str] | None:
    if path == "/status.json":
        return "application/json", json.dumps(tell())
    if path == "/metrics":
        return "text/plain", as_metrics(tell())
    if path == "/":
        text = html.escape(as_text({"running": True, **tell()}))
        head = f'<!doctype html><meta http-equiv="refresh" content="5"><title>{_TITLE}</title>'
        return "text/html", f"{head}<h1>{_TITLE}</h1><pre>{text}</pre>\n"
    return None
