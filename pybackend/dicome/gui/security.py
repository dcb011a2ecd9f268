"""Who may talk to the server: the browser that was given the token, from the page of this server, and nobody else.

The server listens on 127.0.0.1 only, but every user of the machine reaches that, and so does any web site that the
user's browser has open. Hence, for every request:

- Host must be a loopback name: a site whose name was made to point here (DNS rebinding) is refused.
- Origin and Sec-Fetch-Site, where the browser sends them, must be those of this page: other sites are refused.
- The token comes with the address once, then as a cookie that other sites cannot make the browser send.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest
from string import ascii_letters, digits
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
"""Names under which this machine reaches itself; the port may be another one, as through ``ssh -L``."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Sent with every reply. No script but ours runs, whatever a header value holds; nothing is fetched from elsewhere."""

FRAMED = {
    "Content-Security-Policy": "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
"""Instead, for a page with a script of its own that we show within ours: as if it came from another web site."""

_OF_HOSTS = frozenset(ascii_letters + digits + "-._:[]")


@dataclass(slots=True)
class Keys:
    """The token of this server, and a ticket for the browser that it opens itself.

    The command line of a browser can be seen by other users of the machine; the ticket in it is worth nothing once
    it was used.
    """

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    tickets: set[str] = field(default_factory=set)

    @property
    def cookie(self) -> str:
        """Name of the cookie: cookies do not know of ports, and several servers may run."""
        return f"dicome-{self.token[:6]}"

    def ticket(self) -> str:
        """A new ticket, good for one use."""
        made = secrets.token_urlsafe(24)
        self.tickets.add(made)
        return made

    def fits(self, given: str) -> bool:
        """Whether this is the token."""
        return compare_digest(given.encode(), self.token.encode())

    def takes(self, ticket: str) -> bool:
        """Whether this is a ticket that was not used yet; it is used now."""
        if ticket not in self.tickets:
            return False
        self.tickets.remove(ticket)
        return True


class Guard:
    """ASGI middleware that lets nothing through but what the rules above allow."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app, self._keys = app, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no web sockets here
        headers = Headers(scope=scope)
        entering = self._enters(scope)
        refusal = refused(headers, navigation=entering) or self._without_token(headers, entering)
        reply: ASGIApp = self._app if refusal is None else refusal

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
                if entering and refusal is None:
                    out.append("Set-Cookie", self._cookie())
            await send(message)

        await reply(scope, receive, sending)

    def _enters(self, scope: Scope) -> bool:
        """Whether this opens the page by an address with a good token or ticket."""
        if scope["path"] != "/" or scope["method"] != "GET":
            return False
        query = parse_qs(scope["query_string"].decode("latin-1"))
        token, ticket = (query.get(name, [""])[0] for name in ("token", "ticket"))
        return self._keys.fits(token) or self._keys.takes(ticket)

    def _without_token(self, headers: Headers, entering: bool) -> Response | None:
        given = cookie_parser(headers.get("cookie", "")).get(self._keys.cookie, "")
        if entering or self._keys.fits(given):
            return None
        return PlainTextResponse(
            "This page needs the token of the dicome that is running now.\n"
            "Open the address that dicome printed when it was started (it ends in ?token=...).\n",
            status_code=403,
        )

    def _cookie(self) -> str:
        return f"{self._keys.cookie}={self._keys.token}; Path=/; HttpOnly; SameSite=Strict"


def refused(headers: Headers, navigation: bool = False) -> Response | None:
    """What to say to a request from elsewhere; None where the rules are kept.

    navigation: the user follows the address with the token, which may stand on any page.
    """
    host = headers.get("host", "")
    if host_name(host) not in LOOPBACK:
        return PlainTextResponse("Refused: this server answers to 127.0.0.1 and localhost only.\n", status_code=421)
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{host.lower()}":
        return PlainTextResponse("Refused: the request comes from another web site.\n", status_code=403)
    if not navigation and headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return PlainTextResponse("Refused: the request comes from another web site.\n", status_code=403)
    return None


def host_name(host: str) -> str:
    """The name in a Host header, without the port; '' where it is malformed."""
    if not set(host) <= _OF_HOSTS:
        return ""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def is_safe_token(token: str) -> bool:
    """Whether a token that the user chose is long enough, and can stand in an address and a cookie."""
    return len(token) >= 16 and set(token) <= set(ascii_letters + digits + "-_")
