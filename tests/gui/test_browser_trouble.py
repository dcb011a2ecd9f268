"""Things that go wrong in front of a user: wrong files, a server that is gone, other web sites."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dicome.phantom import Phantom, write_phantom
from tests.support.pages import Server

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.support.looking import Page


@pytest.fixture
def page(browser: Chrome) -> Page:
    from tests.support.looking import Page

    return Page(browser)


def test_a_wrong_file_is_told_and_a_good_one_opens_after_it(
    page: Page, serve: Callable[..., Server], phantom: Phantom, tmp_path: Path
) -> None:
    wrong = tmp_path / "shopping list.txt"
    wrong.write_text("milk\n")
    page.browser.get(serve().address)
    page.seen("#open-first").click()
    page.choose(wrong)
    page.says("shopping list.txt: not a DICOM file")
    page.button("Open …").click()
    page.choose(phantom.path)
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    page.nothing_broke()


def test_a_folder_of_series_lets_the_user_choose(page: Page, serve: Callable[..., Server], tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in (1, 2):
        series = {"SeriesNumber": number, "SeriesDescription": f"scan {number}"}
        write_phantom(folder / f"{number}.dcm", rows=8, columns=8, slices=number + 1, seed=number, series=series)
    page.browser.get(serve(folder).address)
    page.button("scan 2").click()
    page.wait_for_frame(2)
    assert page.one(".scan .name").text == "scan 2"


def test_the_page_says_that_the_server_is_gone_and_goes_on_when_it_is_back(
    page: Page, serve: Callable[..., Server], phantom: Phantom
) -> None:
    first = serve(phantom.path)
    page.browser.get(first.address)
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    first.kill()
    page.press("ArrowRight")
    page.says("The server does not answer")
    second = serve(port=first.port)  # the same token, and nothing open in it
    page.until("no complaint", lambda: not page.one("#connection").is_displayed())
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    page.run("document.getElementById('page-view').viewer.state.setAt(1, 2)")
    page.wait_for_frame(int(phantom.item_numbers[3, 2, 0, 0]))
    second.kill()
    page.says("The server does not answer")
    serve(port=first.port, token="quite-another-token")
    page.says("Open the address that dicome printed")


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Another web site on this machine."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title>hello")

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}/"
    site.shutdown()
    site.server_close()


def test_another_web_site_reads_and_does_nothing(
    page: Page, serve: Callable[..., Server], phantom: Phantom, elsewhere: str, tmp_path: Path
) -> None:
    server = serve(phantom.path)
    page.browser.get(server.address)  # the browser has the cookie now
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    page.browser.get(elsewhere)
    told = page.browser.execute_async_script(
        """
        const [base, folder, done] = arguments;
        const body = JSON.stringify({id: "1", folder, name: "stolen.mat"});
        const mine = {credentials: "include"};
        const blind = {...mine, mode: "no-cors"};
        const headers = {"Content-Type": "application/json"};
        const kind = (reply) => reply.type;
        const ran = (script) => new Promise((loaded, failed) => {
          Object.assign(script, {onload: () => loaded("ran"), onerror: () => failed(new Error("refused"))});
          document.head.append(script);
        });
        const tries = {
          read: () => fetch(`${base}/api/start`, mine).then((reply) => reply.text()),
          opaque: () => fetch(`${base}/api/start`, blind).then(kind),
          post: () => fetch(`${base}/api/export`, {...mine, method: "POST", body, headers}),
          form: () => fetch(`${base}/api/export`, {...blind, method: "POST", body}).then(kind),
          script: () => {
            const script = document.createElement("script");
            script.src = `${base}/static/main.js`;
            return ran(script);
          },
          frame: () => new Promise((loaded) => {
            const frame = document.createElement("iframe");
            frame.src = `${base}/`;
            frame.onload = () => loaded(frame.contentWindow.length);
            document.body.append(frame);
          }),
        };
        const found = {};
        (async () => {
          for (const [name, one] of Object.entries(tries)) {
            try { found[name] = String(await one()); } catch (problem) { found[name] = `refused: ${problem.message}`; }
          }
          done(found);
        })();
        """,
        f"http://127.0.0.1:{server.port}",
        str(tmp_path),
    )
    for name in ("read", "post", "script"):
        assert told[name].startswith("refused"), told
    assert list(tmp_path.glob("stolen*")) == []
    assert server.ask("/api/job?key=1").status == 404  # no export was ever begun
    page.browser.get(server.address)
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))


def test_an_image_that_the_server_has_closed_is_opened_again(
    page: Page, serve: Callable[..., Server], phantom: Phantom
) -> None:
    server = serve(phantom.path)
    page.browser.get(server.address)
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    for _ in range(16):  # twice as many as it keeps, for other windows
        server.open(phantom.path)
    assert server.ask("/api/frame?id=1&at=0,0,0,0").status == 404
    page.run("document.getElementById('page-view').viewer.state.setAt(1, 3)")
    page.wait_for_frame(int(phantom.item_numbers[3, 3, 0, 0]))
    assert page.all(".notice") == []


SLOW = """
const real = window.fetch;
window.waiting = [];
window.fetch = async (address, options) => {
  const held = `${address} ${options?.body}`.includes(arguments[0]);
  if (held) await new Promise((go) => window.waiting.push(go));
  return real(address, options);
};
window.release = () => { window.fetch = real; window.waiting.forEach((go) => go()); };
"""
"""Requests that have this in their address or body wait until they are released."""


def test_a_late_frame_of_the_image_before_is_not_shown_as_one_of_the_next(
    page: Page, serve: Callable[..., Server], phantom: Phantom, tmp_path: Path
) -> None:
    viewer = "document.getElementById('page-view').viewer"
    other = write_phantom(tmp_path / "other.dcm", rows=24, columns=20, slices=7, echoes=3, dynamics=4, types=["M", "P"],
                          seed=9)  # fmt: skip
    page.browser.get(serve(phantom.path).address)
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    page.run(f"{viewer}.state.setAt(1, 1)")
    page.wait_for_frame(int(phantom.item_numbers[3, 1, 0, 0]))
    page.run(f"{viewer}.stage.load(); {SLOW}", "/api/frame")
    page.run(f"{viewer}.state.setAt(1, 2)")
    page.until("a request", lambda: page.run("return window.waiting.length === 1"))
    page.run(f"{viewer}.open({{paths: [arguments[0]]}}); return null", str(other.path))
    page.until("the other image", lambda: page.run(f"return {viewer}.state.image.name") == "other.dcm")
    page.run(f"{viewer}.state.setAt(1, 2); window.release()")
    page.wait_for_frame(int(other.item_numbers[3, 2, 0, 0]))
    shown = page.run(f"return Array.from({viewer}.stage.frame.values)")
    assert shown == other.stored[:, :, 3, 2, 0, 0].ravel().tolist()


def test_of_two_files_the_one_that_was_opened_last_is_shown(
    page: Page, serve: Callable[..., Server], phantom: Phantom, tmp_path: Path
) -> None:
    viewer = "document.getElementById('page-view').viewer"
    slow, quick = (
        write_phantom(tmp_path / f"{name}.dcm", rows=8, columns=8, slices=size)
        for name, size in (("slow", 3), ("quick", 5))
    )
    page.browser.get(serve(phantom.path).address)
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    page.run(SLOW, "slow.dcm")
    page.run(f"window.first = {viewer}.open({{paths: [arguments[0]]}}); return null", str(slow.path))
    page.run(f"{viewer}.open({{paths: [arguments[0]]}}); return null", str(quick.path))
    page.wait_for_frame(3)
    page.run("window.release(); return window.first")
    assert page.run(f"return {viewer}.state.image.name") == "quick.dcm"
    assert page.one("#where").text.endswith("quick.dcm")


FAILING = """
const real = window.fetch;
const told = () => new Response('{"error": "its pixels are damaged"}', {status: 400});
window.fetch = (address, options) => (String(address).includes("/api/frame") ? told() : real(address, options));
"""
"""No frame can be read any more."""


@pytest.mark.parametrize("another", [True, False])
def test_where_a_frame_cannot_be_read_none_of_another_place_is_shown(
    page: Page, serve: Callable[..., Server], phantom: Phantom, tmp_path: Path, another: bool
) -> None:
    viewer = "document.getElementById('page-view').viewer"
    other = write_phantom(tmp_path / "other.dcm", rows=24, columns=20, slices=7)
    page.browser.get(serve(phantom.path).address)
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    dark = (
        "const canvas = document.querySelector('.stage.frame canvas');"
        "const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
        "return data.every((one, k) => one === (k % 4 === 3 ? 255 : 0))"
    )
    assert not page.run(dark)
    go = f"{viewer}.open({{paths: [arguments[0]]}})" if another else f"{viewer}.state.setAt(1, 2)"
    page.run(f"{FAILING} {go}; return null", str(other.path))
    page.says("its pixels are damaged")
    page.until("nothing on the canvas", lambda: page.run(dark))
    assert page.run(f"return {viewer}.stage.frame") is None


def test_an_image_that_has_grown_is_opened_again_at_its_middle(
    page: Page, serve: Callable[..., Server], tmp_path: Path
) -> None:
    path = tmp_path / "scan.dcm"
    write_phantom(path, rows=8, columns=8, slices=3)
    first = serve(path)
    page.browser.get(first.address)
    page.wait_for_frame(2)
    first.kill()
    path.unlink()
    grown = write_phantom(path, rows=8, columns=8, slices=5, dynamics=2)
    serve(port=first.port)
    page.wait_for_frame(int(grown.item_numbers[2, 0]))
    assert page.labels() == ["3", "1"]
    assert page.all(".notice.bad") == []
