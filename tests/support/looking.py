"""What a user does with the page in a real browser, in words."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

T = TypeVar("T")
PATIENCE = 40.0
"""Seconds; a browser on a machine with other work takes ten."""


class Page:
    """The page in a browser."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def until(self, what: str, found: Callable[[], T | None]) -> T:
        """Waits for something that is neither None nor False."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                value = found()
            except StaleElementReferenceException:
                value = None
            if value:
                return value
            time.sleep(0.03)
        raise AssertionError(f"waited in vain: {what}\n{self.text[:3000]}")

    @property
    def text(self) -> str:
        return self.one("body").text

    def run(self, code: str, *given: Any) -> Any:
        return self.browser.execute_script(code, *given)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def seen(self, selector: str) -> WebElement:
        """The first such element that is to be seen, waited for."""
        return self.until(selector, lambda: next((one for one in self.all(selector) if one.is_displayed()), None))

    def button(self, words: str) -> WebElement:
        """The button to be seen with these words."""

        def find() -> WebElement | None:
            return next((one for one in self.all("button") if one.is_displayed() and one.text.strip() == words), None)

        return self.until(f"button {words!r}", find)

    def says(self, words: str) -> str:
        """Waits until these words are somewhere on the page."""
        return self.until(f"words {words!r}", lambda: self.text if words in self.text else "")

    def tab(self, name: str) -> None:
        self.one(f"#tab-{name}").click()
        self.seen(f"#page-{name}")

    def choose(self, path: Path) -> None:
        """In the dialog that is open."""
        field = self.seen("dialog[open] input[type=text]")
        self.until("the folder", lambda: field.get_attribute("value"))
        field.clear()
        field.send_keys(str(path), Keys.ENTER)

    def press(self, *keys: str) -> None:
        self.run("document.activeElement.blur()")
        for key in keys:
            self.one("body").send_keys(key)

    # -- the viewer --------------------------------------------------------------------------------------------------

    def wait_for_frame(self, number: int) -> None:
        script = "return document.getElementById('page-view')?.viewer.stage.frame?.frames[0]"
        self.until(f"frame {number}", lambda: self.run(script) == number)
        self.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def greys(self, pane: str = "frame") -> list[int]:
        """The grey values on the canvas, row by row, before they are enlarged."""
        self.run("return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found: list[int] = self.run(f"return document.getElementById('page-view').viewer.stage.panes.{pane}.greys()")
        return found

    def labels(self) -> list[str]:
        return [one.text for one in self.all(".axis-label")]

    def nothing_broke(self) -> None:
        """No script of a header has run, and none of ours has failed."""
        assert self.run("return window.broken") is None
        log = self.browser.get_log("browser")  # type: ignore[no-untyped-call]
        assert [one for one in log if "Failed to load resource" not in one["message"]] == []
