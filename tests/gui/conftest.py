"""A server with phantom files, and a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dicome.phantom import Phantom, write_phantom
from tests.support.chromium import chromium, has_chromium
from tests.support.pages import Server

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "test-output" / "screenshots"


@pytest.fixture(autouse=True, scope="session")
def _needs_packages() -> None:
    for name in ("starlette", "uvicorn"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install 'dicome[gui]'")


@pytest.fixture(scope="session")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Phantom:
    """Magnitude and phase, three echoes, four dynamics, seven slices, in a folder with blanks and accents."""
    folder = tmp_path_factory.mktemp("gui") / "Bilder à voir"
    folder.mkdir()
    return write_phantom(
        folder / "scan été.dcm", rows=24, columns=20, slices=7, echoes=3, dynamics=4, types=["M", "P"],
        series={"PatientName": "O'Neil^<b>Zoë</b>", "PatientID": "<script>window.broken = 1</script>",
                "SeriesDescription": "../<img src=x onerror='window.broken = 1'>",
                "SpecificCharacterSet": "ISO_IR 192"},
    )  # fmt: skip


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers in the test's folder, and ends them."""
    servers: list[Server] = []

    def start(*arguments: str | Path, **options: Any) -> Server:
        server = Server(tmp_path, [str(one) for one in arguments], **options)
        servers.append(server)
        return server.start()

    yield start
    for server in servers:
        server.kill()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One without arguments, which tests share."""
    made = Server(tmp_path_factory.mktemp("server")).start()
    yield made
    made.kill()


@pytest.fixture(scope="session")
def showing(tmp_path_factory: pytest.TempPathFactory, phantom: Phantom) -> Iterator[Server]:
    """One that begins with the phantom, which tests share."""
    made = Server(tmp_path_factory.mktemp("server"), [str(phantom.path)]).start()
    yield made
    made.kill()


@pytest.fixture(scope="session")
def chrome() -> Iterator[Chrome]:
    """Headless Chromium. With DICOME_REQUIRE_BROWSER=1 its absence is a failure."""
    if not has_chromium():
        if os.environ.get("DICOME_REQUIRE_BROWSER") == "1":
            pytest.fail("DICOME_REQUIRE_BROWSER is 1, but chromium, chromedriver or selenium is missing")
        pytest.skip("chromium, chromedriver or selenium is missing")
    with chromium() as made:
        yield made


@pytest.fixture
def browser(chrome: Chrome, request: pytest.FixtureRequest) -> Iterator[Chrome]:
    """The browser with an empty page; what it shows at the end is kept as a picture."""
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    chrome.get("about:blank")
    chrome.get_log("browser")  # type: ignore[no-untyped-call]
    yield chrome
    PICTURES.mkdir(parents=True, exist_ok=True)
    chrome.save_screenshot(str(PICTURES / f"{request.node.name}.png"))
    chrome.get("about:blank")
    chrome.execute_cdp_cmd("Network.clearBrowserCookies", {})
