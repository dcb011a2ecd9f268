"""Starting and ending: a port of 127.0.0.1, the address with the token, the user's browser, Ctrl-C."""

from __future__ import annotations

import os
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dicome.errors import ArgumentError, DicomeWarning, FileAccessError, MissingPackageError

if TYPE_CHECKING:
    from dicome.gui.security import Keys

PORTS = range(8337, 8347)
"""Tried in this order when none is asked for; then any free one."""
TOKEN = "DICOME_GUI_TOKEN"
"""Environment variable with a token to use again and again, so that a page survives a restart of its server."""


def serve(
    start: Mapping[str, Any], port: int | None = None, browser: bool = True, say: Callable[[str], None] = print
) -> int:
    """Serves the page until Ctrl-C, and gives the exit code.

    start: what the page begins with: ``page``, ``paths``. Raises MissingPackageError, FileAccessError where the port is
    taken, ArgumentError for a bad token.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ImportError:
        raise MissingPackageError("the page needs two more packages: pip install 'dicome[gui]'") from None
    from dicome.gui.app import make_app

    class Server(uvicorn.Server):
        """Says that it is there when it is, Ctrl-C included."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            for line in _greeting(where, keys, browser):
                say(line)
            sys.stdout.flush()

    warnings.simplefilter("ignore", DicomeWarning)  # images carry their warnings, and the page shows them
    keys = _keys()
    listener = bind(port)
    where = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    settings = uvicorn.Config(
        make_app(keys, start),
        log_level="error",
        access_log=False,  # addresses hold the token
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=2,
    )
    try:
        Server(settings).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # uvicorn has ended in order, and passes the signal on
    finally:
        listener.close()
    say("Ended.")
    return 0


def _greeting(where: str, keys: Keys, browser: bool) -> Iterator[str]:
    yield f"dicome is at {where}?token={keys.token}"
    yield f"Only this machine reaches it. From another one: {tunnel(where)}"
    if browser and not _open_browser(f"{where}?ticket={keys.ticket()}"):
        yield "No browser was found here: open the address above in yours."
    yield "Ctrl-C ends it."


def bind(port: int | None) -> socket.socket:
    """A socket of 127.0.0.1 that listens at this port, or at a free one. Raises FileAccessError, ArgumentError."""
    if port is not None and not 0 <= port <= 65535:
        raise ArgumentError(f"port {port}; expected 1 to 65535, or 0 for any free one")
    for one in [*PORTS, 0] if port is None else [port]:
        # Named as TCP, for asyncio then sends small pieces at once (TCP_NODELAY): else a frame takes 40 ms more.
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":  # elsewhere it would let two programs share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(("127.0.0.1", one))
            made.listen(128)
        except OSError as problem:
            made.close()
            if port is not None:
                raise FileAccessError(
                    f"port {port} of 127.0.0.1 cannot be used: {problem.strerror}; choose another with --port, or "
                    "leave --port out for a free one"
                ) from None
            continue
        return made
    raise FileAccessError("127.0.0.1 has no free port")


def tunnel(where: str) -> str:
    """How to reach the page from another machine."""
    port = urlsplit(where).port
    return f"ssh -L {port}:127.0.0.1:{port} {os.environ.get('USER', 'you')}@{socket.gethostname()}"


def _keys() -> Keys:
    from dicome.gui.security import Keys, is_safe_token

    chosen = os.environ.get(TOKEN)
    if not chosen:
        return Keys()
    if not is_safe_token(chosen):
        raise ArgumentError(f"{TOKEN} must be 16 or more letters, digits, - or _")
    return Keys(chosen)


def _open_browser(address: str) -> bool:
    """Opens the user's browser, a moment later; False where there is none to show anything."""
    if sys.platform not in ("win32", "darwin") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False  # a browser in this terminal would be in the way
    import webbrowser

    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return False
    threading.Timer(0.3, lambda: found.open(address)).start()
    return True


def absolute(paths: list[str]) -> list[str]:
    """Paths of a command line as the page takes them."""
    return [str(Path(path).expanduser().absolute()) for path in paths]
