"""``python -m tests.support.page_pictures``: makes the pictures of the page that the README shows, of phantom data."""

from __future__ import annotations

import io
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dicome.phantom import write_phantom
from tests.support.chromium import chromium
from tests.support.looking import Page
from tests.support.pages import Server

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

TARGET = Path(__file__).parents[2] / "examples" / "pictures"
COLOURS = 128


def main() -> None:
    """The viewer in the dark, moving in the light."""
    with tempfile.TemporaryDirectory(prefix="scans-") as name, chromium() as browser:
        folder = Path(name) / "incoming"
        folder.mkdir()
        make_scans(folder)
        server = Server(Path(name), [str(folder / "IM_0001")]).start()
        try:
            page = Page(browser)
            view(page, server)
            keep(browser, "view.png")
            move(page, folder)
            keep(browser, "move.png")
        finally:
            server.kill()


def make_scans(folder: Path) -> None:
    """Three scans of two people who do not exist."""
    one: dict[str, Any] = {"PatientName": "PHANTOM^One", "PatientID": "P-0001", "StudyInstanceUID": "2.25.66"}
    two: dict[str, Any] = {"PatientName": "PHANTOM^Two", "PatientID": "P-0002", "StudyInstanceUID": "2.25.77"}
    size: dict[str, Any] = {"rows": 128, "columns": 112, "spacing": (1.6, 1.6, 3.0)}
    multi = {**one, "SeriesNumber": 301, "SeriesDescription": "Multi-echo FFE"}
    write_phantom(folder / "IM_0001", slices=44, echoes=4, dynamics=6, types=["M", "P"], series=multi, **size)
    dwi = {**one, "SeriesNumber": 401, "SeriesDescription": "DWI 6 directions"}
    write_phantom(folder / "IM_0002", slices=12, b_values=[0, 1000], directions=6, series=dwi, **size)
    other = {**two, "StudyID": "2", "SeriesNumber": 201, "SeriesDescription": "T1 FFE"}
    write_phantom(folder / "IM_0003", slices=20, series=other, seed=5, **size)
    (folder / "IM_0004").write_bytes((folder / "IM_0003").read_bytes()[:4000])
    an_hour_ago = time.time() - 3600
    for path in folder.iterdir():
        os.utime(path, (an_hour_ago, an_hour_ago))


def view(page: Page, server: Server) -> None:
    """Three planes, a chosen voxel, its curve over the echo times."""
    theme(page.browser, "dark")
    page.browser.get(server.address)
    page.until("a frame", lambda: page.run("return document.getElementById('page-view')?.viewer?.stage.frame != null"))
    page.run(
        "const {state} = document.getElementById('page-view').viewer; state.set('cursor', {row: 40, column: 42});"
        "state.set('mode', 'planes'); const axis = document.querySelector(\"[aria-label='Axis of the curve']\");"
        "axis.value = 3; axis.dispatchEvent(new Event('change'))"
    )
    page.until("four points", lambda: len(page.all(".plot .dot")) == 4)
    time.sleep(1)


def move(page: Page, folder: Path) -> None:
    """The plan of a run."""
    theme(page.browser, "light")
    page.tab("move")
    page.seen("[data-option=source]").send_keys(str(folder))
    page.one("[data-option=destination]").send_keys(str(folder.parent / "sorted"))
    for option in ("recursive", "everything", "suffix"):
        page.one(f"[data-option={option}]").click()
    page.one("#move-plan").click()
    page.says("2 studies")
    page.run("document.activeElement.blur()")
    time.sleep(0.5)


def theme(browser: Chrome, name: str) -> None:
    """Light or dark."""
    features = [{"name": "prefers-color-scheme", "value": name}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def keep(browser: Chrome, name: str) -> None:
    """Small enough for a repository."""
    from PIL import Image

    picture = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    TARGET.mkdir(exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(TARGET / name, optimize=True)


if __name__ == "__main__":
    main()
