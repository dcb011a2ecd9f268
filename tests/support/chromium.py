"""Headless Chromium, driven by Selenium, with a window of a laptop."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1280,720",
)  # fmt: skip
SIZE = {"width": 1280, "height": 720, "deviceScaleFactor": 1, "mobile": False}


def program() -> str | None:
    """Path of the browser."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def has_chromium() -> bool:
    """Whether the browser, its driver and Selenium are there."""
    return program() is not None and shutil.which("chromedriver") is not None and find_spec("selenium") is not None


@contextmanager
def chromium() -> Iterator[Chrome]:
    """A browser with a profile of its own."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = program() or ""
    with tempfile.TemporaryDirectory(prefix="dicome-browser-", ignore_cleanup_errors=True) as profile:
        for argument in (*ARGUMENTS, f"--user-data-dir={profile}"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        made = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        try:
            made.set_script_timeout(120)
            made.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SIZE)
            yield made
        finally:
            made.quit()
