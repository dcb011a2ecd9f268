"""How long a frame takes in the page of ``dicome gui``: from the server alone, and from a slider to the canvas."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import CannotError, Clock, Measured, Scan
from tests.support.chromium import chromium, has_chromium
from tests.support.pages import Server

TIMES = 60
"""Frames asked for, at random places."""

SHOWN = "return document.getElementById('page-view')?.viewer?.stage.frame != null"

FRAMES = """
const [times, done] = arguments;
const {state, stage} = document.getElementById("page-view").viewer;
const painted = () => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)));
(async () => {
  const found = [];
  for (let k = 0; k < times; k++) {
    await painted();
    const start = performance.now();
    const shown = stage.drawn();
    state.at = state.image.axes.map((axis) => Math.floor(Math.random() * axis.size));
    state.tell("at");
    await shown;
    await new Promise((then) => requestAnimationFrame(then));
    found.push(performance.now() - start);
  }
  done(found);
})();
"""


def frames_from_server(scan: Scan, clock: Clock) -> None:
    """Frames at random places, each by a request of its own on one connection."""
    from http.client import HTTPConnection

    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), token="a-token-for-benchmarks").start()
        try:
            facts = server.open(scan.path)
            connection = HTTPConnection("127.0.0.1", server.port)
            headers = {"Cookie": f"dicome-{server.token[:6]}={server.token}"}
            clock.measured = _summary([_request(connection, headers, facts) for _ in range(TIMES)])
        finally:
            server.kill()


def _request(connection: Any, headers: dict[str, str], facts: dict[str, Any]) -> float:
    at = ",".join(str(random.randrange(axis["size"])) for axis in facts["axes"])
    start = time.perf_counter()
    connection.request("GET", f"/api/frame?id={facts['id']}&at={at}", headers=headers)
    reply = connection.getresponse()
    reply.read()
    assert reply.status == 200
    return time.perf_counter() - start


def frames_in_browser(scan: Scan, clock: Clock) -> None:
    """From a slider that has moved to the frame on the canvas, in headless Chromium."""
    if not has_chromium():
        raise CannotError("chromium, chromedriver or selenium is missing")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        server = Server(Path(folder), [str(scan.path)], token="a-token-for-benchmarks").start()
        try:
            browser.get(server.address)
            while not browser.execute_script(SHOWN):
                time.sleep(0.05)
            found: Sequence[float] = browser.execute_async_script(FRAMES, TIMES)
        finally:
            server.kill()
    clock.measured = _summary([one / 1000 for one in found])


def _summary(seconds: Sequence[float]) -> Measured:
    ordered = sorted(seconds)
    slow = ordered[int(0.95 * len(ordered))]
    note = f"median of {len(ordered)}; 95 % within {slow * 1000:.0f} ms, all within {ordered[-1] * 1000:.0f} ms"
    return Measured(statistics.median(ordered), None, note)
