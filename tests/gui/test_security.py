"""Who is let in, and what never gets through."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from dicome.gui.security import Keys, host_name, is_safe_token, refused
from tests.support.pages import TOKEN, Server

PRIVATE = ("/", "/api/start", "/api/folder?path=/", "/static/main.js", "/api/job?key=1", "/nothing")


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize("token", ["", "wrong-token-of-that-length", TOKEN[:-1], f"{TOKEN}x"])
def test_without_the_token_nothing_is_given(server: Server, path: str, token: str) -> None:
    cookie = {"Cookie": f"dicome-{TOKEN[:6]}={token}"} if token else {}
    found = server.ask(path, token="", headers=cookie)
    assert found.status == 403
    assert b"token" in found.body


def test_the_address_gives_the_cookie_once_and_for_all(server: Server) -> None:
    found = server.ask(f"/?token={TOKEN}", token="")
    assert found.status == 200
    cookie = found.headers["set-cookie"]
    assert cookie.startswith(f"dicome-{TOKEN[:6]}={TOKEN};")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert server.ask("/", headers={"Cookie": cookie.split(";")[0]}, token="").status == 200


def test_the_token_in_an_address_opens_nothing_but_the_page(server: Server) -> None:
    assert server.ask(f"/api/start?token={TOKEN}", token="").status == 403
    assert server.ask(f"/?token={TOKEN}", {}, token="").status == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8337", "127.0.0.1.evil.example", "[::2]", "0.0.0.0", "x@127.0.0.1", ""]
)
def test_a_name_that_was_made_to_point_here_is_refused(server: Server, host: str) -> None:
    connection = HTTPConnection("127.0.0.1", server.port)
    connection.putrequest("GET", "/api/start", skip_host=True)
    if host:
        connection.putheader("Host", host)
    connection.putheader("Cookie", f"dicome-{TOKEN[:6]}={TOKEN}")
    connection.endheaders()
    assert connection.getresponse().status in (400, 421)
    connection.close()


@pytest.mark.parametrize("host", ["127.0.0.1:8337", "localhost:9000", "LOCALHOST", "[::1]:80"])
def test_this_machine_is_let_in_at_any_port_as_through_a_tunnel(server: Server, host: str) -> None:
    assert server.ask("/api/start", headers={"Host": host}).status == 200
    assert server.ask("/api/series", {"path": "/"}, headers={"Host": host, "Origin": f"http://{host}"}).status == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", "file://"]
)
def test_another_web_site_is_refused(server: Server, origin: str) -> None:
    for given in (None, {"path": "/"}):
        assert server.ask("/api/start", given, headers={"Origin": origin}).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_the_browser_says_of_the_caller_counts(server: Server, site: str) -> None:
    assert server.ask("/api/start", headers={"Sec-Fetch-Site": site}).status == 403
    assert server.ask("/static/main.js", headers={"Sec-Fetch-Site": site}).status == 403
    # The address itself may stand on any page, in a mail say.
    assert server.ask(f"/?token={TOKEN}", headers={"Sec-Fetch-Site": site}, token="").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/",
        "/../../etc/passwd", "/static/..\\app.py", "/static/main.js%00.css", "//etc/passwd", "/static/view",
    ],
)  # fmt: skip
def test_paths_of_addresses_do_not_reach_the_disk(server: Server, path: str) -> None:
    found = server.ask(path)
    assert found.status == 404
    assert b"root:" not in found.body
    assert b"Starlette" not in found.body


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/api/folder?path=relative", None),
        ("/api/folder?path=../..", None),
        ("/api/folder?path=%00/etc", None),
        ("/api/folder?path=", None),
        ("/api/folder", None),
        ("/api/folder?path=~nobody-of-that-name/", None),
        ("/api/open", {"paths": ["../scan.dcm"]}),
        ("/api/open", {"paths": [7]}),
        ("/api/open", {"paths": []}),
        ("/api/open", {"paths": "/etc/passwd"}),
        ("/api/open", {}),
        ("/api/open", []),
        ("/api/open", b"{"),
        ("/api/open", b"\xff\xfe"),
        ("/api/frame?id=99&at=1", None),
        ("/api/move/plan", {"options": {"source": "..", "roots": ["/"]}}),
        ("/api/move/plan", {"options": {"source": "/", "everything": "yes"}}),
        ("/api/move/run", {"key": "99", "studies": []}),
    ],
)
def test_bad_requests_are_told_and_change_nothing(server: Server, path: str, given: object) -> None:
    found = server.ask(path, given)
    assert found.status in (400, 404)
    assert found.json["error"]
    assert "Traceback" not in found.body.decode()


def test_a_form_of_another_site_cannot_post(server: Server) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert server.ask("/api/series", {"path": "/"}, headers={"Content-Type": kind}).status == 400


def test_long_requests_are_cut_off(server: Server) -> None:
    found = server.ask("/api/open", {"paths": ["/" + "x" * 5_000_000]})
    assert found.status == 400
    assert "longer than" in found.json["error"]


def test_every_reply_keeps_scripts_and_sites_out(server: Server) -> None:
    for path in ("/", "/static/main.js", "/api/start", "/nothing"):
        headers = server.ask(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in headers


def test_it_listens_on_this_machine_only(server: Server) -> None:
    listening = {
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    }
    ours = {address for address in listening if int(address.split(":")[1], 16) == server.port}
    assert ours == {f"0100007F:{server.port:04X}"}


def test_a_ticket_is_good_once() -> None:
    keys = Keys()
    ticket = keys.ticket()
    assert not keys.takes("another")
    assert keys.takes(ticket)
    assert not keys.takes(ticket)
    assert not keys.fits(ticket)


@pytest.mark.parametrize(
    ("host", "name"), [("a:1", "a"), ("[::1]:5", "::1"), ("[", ""), ("A.b", "a.b"), ("x@127.0.0.1", "")]
)
def test_names_of_hosts(host: str, name: str) -> None:
    assert host_name(host) == name


def test_a_name_before_the_host_does_not_help() -> None:
    assert refused(Headers({"host": "127.0.0.1", "origin": "http://x@127.0.0.1"})) is not None


@pytest.mark.parametrize(
    ("token", "good"),
    [("a" * 16, True), ("a" * 15, False), ("a" * 16 + ";", False), ("é" * 20, False), ("A-b_0" * 4, True)],
)
def test_tokens_that_a_user_may_choose(token: str, good: bool) -> None:
    assert is_safe_token(token) is good
